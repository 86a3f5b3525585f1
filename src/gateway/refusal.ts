/** Refusals for gateways that pass on some statuses alone: what they cannot pass on stands in headers. */
import type { RenderedDenial } from '../core/denial.ts'

/** A longer body is left out: nginx takes 4 kB for all headers of an answer. */
const LONGEST_BODY = 2_048

/**
 * nginx' `auth_request` knows 401 and 403, and makes 500 of the rest. So another 4xx goes as 403 and a failure as it is; which it
 * was, and its body, stand in headers that a configuration can answer with (docs/gateways.md).
 */
export function forNginx({ status, headers, body }: RenderedDenial): RenderedDenial {
  const text = inOneLine(body)
  const { 'WWW-Authenticate': challenge } = headers
  return {
    status: status >= 400 && status < 500 && status !== 401 ? 403 : status,
    headers: {
      ...headers,
      'X-Refusal-Status': String(status),
      ...(text !== undefined && { 'X-Refusal-Body': text }),
      // With a 401 nginx passes the challenge on itself.
      ...(status !== 401 && challenge !== undefined && { 'X-Refusal-Challenge': challenge }),
    },
    body,
  }
}

/**
 * Envoy takes a 5xx for a failure of ours, drops what it says, and with `failure_mode_allow` lets the request through. So a
 * failure goes as 403, with `Retry-After` as it was.
 */
export function forEnvoy({ status, headers, body }: RenderedDenial): RenderedDenial {
  return status < 500
    ? { status, headers, body }
    : { status: 403, headers: { ...headers, 'X-Refusal-Status': String(status) }, body }
}

/** A body that can stand in a header: JSON with escapes for all that is not ASCII, or a line of plain text. */
function inOneLine(body: string): string | undefined {
  const text = body.startsWith('{') ? body.replaceAll(/[^\n -~]/g, escaped) : body
  return text.length <= LONGEST_BODY && /^[ -~]+$/.test(text) ? text : undefined
}

const escaped = (unit: string): string =>
  Array.from({ length: unit.length }, (_, i) => `\\u${unit.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')
