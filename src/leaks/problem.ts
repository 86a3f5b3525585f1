/** Why a report of a leak is refused, for whoever sent it: problem+json (RFC 9457). Nothing of the report is repeated. */
import { HttpProblem } from '../admin/problem.ts'
import { PlanTokenError } from '../core/errors.ts'

/** Why a report was refused. Grows with what can be refused, so a `switch` over it needs a `default`. */
export type LeakCode =
  | 'report_forged'
  | 'report_unreadable'
  | 'report_outdated'
  | 'keys_unavailable'
  | 'source_unknown'
  | 'method_not_allowed'
  | 'body_timeout'
  | 'body_too_large'
  | 'unavailable'
  | 'internal'

const PROBLEMS: { readonly [C in LeakCode]: { readonly status: number; readonly title: string } } = {
  report_unreadable: { status: 400, title: 'The report can be read in more than one way, or not at all.' },
  report_forged: { status: 401, title: 'The report has no signature of its source.' },
  report_outdated: { status: 401, title: 'The report was signed at another time.' },
  source_unknown: { status: 401, title: 'The report comes from no source that is taken here.' },
  method_not_allowed: { status: 405, title: 'Reports are taken by POST.' },
  body_timeout: { status: 408, title: 'The body did not arrive in time.' },
  body_too_large: { status: 413, title: 'The body is too long.' },
  internal: { status: 500, title: 'Something went wrong.' },
  keys_unavailable: { status: 503, title: 'The keys of the source could not be had. Send it again.' },
  unavailable: { status: 503, title: 'The report could not be dealt with just now. Send it again.' },
}

/** The code of what was thrown. */
export function codeOf(thrown: unknown): LeakCode {
  if (thrown instanceof HttpProblem)
    return thrown.code === 'body_timeout' || thrown.code === 'body_too_large' ? thrown.code : 'report_unreadable'
  // A conflict has written nothing of its own, as an outage has not: both are sent again.
  return thrown instanceof PlanTokenError ? 'unavailable' : 'internal'
}

/** The status of a code. */
export const statusOfLeak = (code: LeakCode): number => PROBLEMS[code].status

/** The answer for a code. */
export function problemResponse(code: LeakCode): Response {
  const { status, title } = PROBLEMS[code]
  const body = JSON.stringify({ type: `urn:plan-access-tokens:error:${code}`, title, status, code })
  return answered(status, body, {
    'Content-Type': 'application/problem+json',
    ...(status === 503 && { 'Retry-After': '60' }),
    ...(code === 'method_not_allowed' && { Allow: 'POST' }),
  })
}

/** An answer that nobody keeps. */
export function answered(status: number, body: string | null, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    status,
    headers: { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', ...headers },
  })
}
