/**
 * How a renewal is answered: with the new secret and its dates, or with problem+json (RFC 9457) and a code. What is wrong with the
 * credential itself is answered as a guard answers it (core/denial.ts).
 */
import type { Denial, RenderedDenial } from '../core/denial.ts'
import type { Secret } from '../core/new-secret.ts'
import type { NotRenewed, RenewalCode, RenewalDates, Renewed } from '../core/self-renewal.ts'
import type { Token } from '../core/token-view.ts'

/** A code that only the endpoint has. */
export type EndpointCode = 'request_malformed' | 'cross_site' | 'not_found' | 'method_not_allowed' | 'internal'

interface ProblemInfo {
  readonly status: number
  /** What happened, and what to do. */
  readonly message: string
}

const PROBLEMS: { readonly [C in RenewalCode | EndpointCode]: ProblemInfo } = {
  idempotency_key_missing: {
    status: 400,
    message:
      'The request has no Idempotency-Key. Draw one for each secret that is to be replaced, and keep it until the answer is.',
  },
  idempotency_key_unreadable: {
    status: 400,
    message: 'The Idempotency-Key must be 1 to 200 printable ASCII characters without space or comma, sent once.',
  },
  renewal_not_allowed: { status: 403, message: 'The token may not renew itself. Ask a plan admin for a refresh.' },
  renewal_ended: {
    status: 403,
    message: 'The time is over in which the token may renew itself. Ask a plan admin to look at it.',
  },
  secret_leaked: {
    status: 403,
    message: 'The secret was reported as leaked, so it renews nothing. Ask a plan admin for a refresh.',
  },
  renewal_too_early: { status: 409, message: 'The secret is too new to be replaced. Wait as Retry-After says.' },
  secret_superseded: {
    status: 409,
    message:
      'The secret has been replaced: only the newest one renews its token. Read the newest again from where it is kept.',
  },
  version_conflict: {
    status: 409,
    message: 'Somebody else changed the token in the meantime. Read the newest secret again from where it is kept.',
  },
  plan_rules_broken: {
    status: 409,
    message: 'The token holds what the rules of its plan do not allow any more. Ask a plan admin to edit it.',
  },
  too_many_live_secrets: { status: 409, message: 'The token has too many secrets that still work. Try again later.' },
  idempotency_key_reused: {
    status: 422,
    message:
      'The Idempotency-Key was used before with another secret. Draw a new one for each secret that is to be replaced.',
  },
  request_malformed: { status: 400, message: 'The request can be read in more than one way, or not at all.' },
  cross_site: { status: 403, message: 'The request comes from a page of another site.' },
  not_found: { status: 404, message: 'There is nothing here.' },
  method_not_allowed: { status: 405, message: 'A token is renewed by POST.' },
  internal: { status: 500, message: 'Something went wrong.' },
}

const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const

/** A problem as it goes over the wire. */
export function problemOf(
  code: RenewalCode | EndpointCode,
  extra: Readonly<Record<string, string>> = {},
  more: { readonly renewFrom?: number } = {},
): RenderedDenial {
  const { status, message } = PROBLEMS[code]
  const body = JSON.stringify({
    ...{ type: `urn:plan-access-tokens:error:${code}`, title: message, status, code },
    ...more,
  })
  return { status, headers: { ...HEADERS, 'Content-Type': 'application/problem+json', ...extra }, body }
}

/** Status, headers and body as a Fetch `Response`. */
export const responseOf = ({ status, headers, body }: RenderedDenial): Response =>
  new Response(body, { status, headers })

/** A renewal that was refused for a reason of its own. `vary` are the headers of every answer to a credential. */
export function refusedFor(
  code: RenewalCode,
  vary: Readonly<Record<string, string>>,
  early?: { readonly renewFrom: number; readonly now: number },
): NotRenewed {
  const wait = early && { 'Retry-After': String(Math.max(1, Math.ceil((early.renewFrom - early.now) / 1_000))) }
  const more = early ? { renewFrom: early.renewFrom } : {}
  const rendered = problemOf(code, { ...vary, ...wait }, more)
  const { status, headers } = rendered
  return Object.freeze({
    ...{ renewed: false, code, status, message: PROBLEMS[code].message, headers: Object.freeze(headers) },
    ...more,
    rendered: () => rendered,
    response: () => responseOf(rendered),
  })
}

/** A renewal that a guard's own refusal refuses. */
export function refusedAs(denial: Denial): NotRenewed {
  const { code, status, message, headers } = denial
  return Object.freeze({
    ...{ renewed: false, code, status, message, headers },
    rendered: () => denial.rendered(),
    response: () => denial.response(),
  })
}

/** A token that was renewed. Of the token itself the answer says no more than whoever holds its secret has to know. */
export function renewed(
  token: Token,
  secret: Secret,
  dates: RenewalDates,
  vary: Readonly<Record<string, string>>,
): Renewed {
  const rendered = (): RenderedDenial => ({
    status: 200,
    headers: { ...HEADERS, 'Content-Type': 'application/json', ...vary },
    body: JSON.stringify({ id: token.id, secret: secret.reveal(), ...dates }),
  })
  return Object.freeze({
    ...{ renewed: true, token, secret, ...dates, rendered },
    response: () => responseOf(rendered()),
  })
}
