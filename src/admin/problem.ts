/**
 * Answers that say what went wrong: problem+json (RFC 9457) with a code. The codes of the engine: core/errors.ts; those of
 * HTTP alone are here. Nothing that was thrown and nothing that a client sent is repeated, but for names of fields.
 */
import { MANAGEMENT_ERRORS, type ManagementCode, PlanTokenError } from '../core/errors.ts'
import type { Issue } from '../core/issue.ts'
import { challengeOf, type StepUp, sentenceOf } from '../core/step-up.ts'

/** A code of HTTP's own: why the management API refused a request before the engine was asked. */
export type HttpCode =
  | 'request_malformed'
  | 'actor_missing'
  | 'client_unauthenticated'
  | 'plan_token_refused'
  | 'cross_site'
  | 'not_found'
  | 'method_not_allowed'
  | 'body_timeout'
  | 'body_too_large'
  | 'media_type_unsupported'
  | 'internal'

/** What they say. */
const HTTP_ERRORS: { readonly [C in HttpCode]: { readonly status: number; readonly title: string } } = {
  request_malformed: { status: 400, title: 'The request can be read in more than one way, or not at all.' },
  actor_missing: { status: 401, title: 'Nobody is signed in.' },
  client_unauthenticated: { status: 401, title: 'The client is not known here.' },
  plan_token_refused: { status: 403, title: 'A plan access token cannot manage tokens.' },
  cross_site: { status: 403, title: 'The request comes from another site.' },
  not_found: { status: 404, title: 'There is nothing here.' },
  method_not_allowed: { status: 405, title: 'This method is not known here.' },
  body_timeout: { status: 408, title: 'The body did not arrive in time.' },
  body_too_large: { status: 413, title: 'The body is too long.' },
  media_type_unsupported: { status: 415, title: 'The body has not the content type that is taken here.' },
  internal: { status: 500, title: 'Something went wrong.' },
}

/** Every code that an answer of the management API can have. */
export type AdminCode = HttpCode | ManagementCode

/** An answer that is no success. Thrown within the handler alone. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly code: AdminCode
  readonly status: number
  readonly issues: readonly Issue[]
  readonly detail: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly stepUp: StepUp | undefined

  constructor(
    code: AdminCode,
    more: {
      status?: number
      issues?: readonly Issue[]
      detail?: string
      headers?: Record<string, string>
      stepUp?: StepUp
    } = {},
  ) {
    super(code)
    this.code = code
    this.status = more.status ?? factsOf(code).status
    this.issues = more.issues ?? []
    this.detail = more.detail
    this.headers = more.headers ?? {}
    this.stepUp = more.stepUp
  }
}

function factsOf(code: AdminCode): { readonly status: number; readonly title: string } {
  return Object.hasOwn(HTTP_ERRORS, code) ? HTTP_ERRORS[code as HttpCode] : MANAGEMENT_ERRORS[code as ManagementCode]
}

/** The status and title of a code. */
export const httpStatusOf = (code: AdminCode): number => factsOf(code).status

/** More than this many mistakes are not told: an answer should not be longer than what it answers. */
const MOST_ISSUES = 100
const LONGEST_PATH = 200

/** What is thrown as a problem: ours as it is, an error of the engine by its code, anything else as `internal`. */
export function problemOf(thrown: unknown): HttpProblem {
  if (thrown instanceof HttpProblem) return thrown
  if (!(thrown instanceof PlanTokenError) || !Object.hasOwn(MANAGEMENT_ERRORS, thrown.code))
    return new HttpProblem('internal')
  const { code, issues, stepUp } = thrown
  return new HttpProblem(code, { issues, ...(stepUp && { stepUp, detail: sentenceOf(stepUp) }) })
}

/** The body of a problem (RFC 9457), with what a challenge asks for (RFC 9470). */
interface Members extends ReturnType<typeof challengeOf> {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly code: AdminCode
  readonly issues: readonly Issue[]
}

/** The members of a problem's body. */
export function membersOf(
  { code, status, issues, detail, stepUp }: HttpProblem,
  hides: (text: string) => boolean,
): Members {
  return {
    type: `urn:plan-access-tokens:error:${code}`,
    title: factsOf(code).title,
    status,
    ...(detail !== undefined && { detail }),
    code,
    ...(stepUp && challengeOf(stepUp)),
    issues: issues.slice(0, MOST_ISSUES).map((issue) => shownOf(issue, hides)),
  }
}

function shownOf({ path, at, message, code, params }: Issue, hides: (text: string) => boolean): Issue {
  const what = { message, ...(code && { code }), ...(params && { params }) }
  if (hides(path)) return { path: '', at: [], ...what }
  const short = at.map((key) => (typeof key === 'string' ? key.slice(0, LONGEST_PATH) : key))
  return { path: path.slice(0, LONGEST_PATH), at: short, ...what }
}

/** The headers that go with a status: a challenge (RFC 9110, section 15.5.2), and when to try again. */
export function problemHeaders({ code, status, headers, stepUp }: HttpProblem): Record<string, string> {
  const scheme = code === 'client_unauthenticated' ? 'Basic' : 'Session'
  const asked = stepUp
    ? Object.entries({ error: code, error_description: factsOf(code).title, ...challengeOf(stepUp) })
    : []
  const challenge = [['realm', 'plan-access-tokens'], ...asked].map(([name, value]) => `${name}="${value}"`)
  return {
    ...(status === 401 && { 'WWW-Authenticate': `${scheme} ${challenge.join(', ')}` }),
    ...(status === 503 && { 'Retry-After': '1' }),
    ...headers,
  }
}
