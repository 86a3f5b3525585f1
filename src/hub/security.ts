/** The headers that every answer of the hub has: what a browser may do with the page. */

/**
 * Headers of every answer. The policy lets nothing be loaded but the page's own files, nothing be sent but to its own origin,
 * and nobody put it into a frame; `require-trusted-types-for` turns text that would become markup into an error.
 */
export const SECURITY = {
  'Content-Security-Policy': [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:"],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
    ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const
