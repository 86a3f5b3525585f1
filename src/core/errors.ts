/**
 * What a refusal and an error are called: one table of codes, statuses and titles for requests, one for management calls.
 * How a refusal is rendered: core/denial.ts. Which one applies: core/decide.ts and service/.
 */
import type { Issue } from './issue.ts'
import { isObject } from './objects.ts'
import type { StepUp } from './step-up.ts'

/** Why a request was refused. Grows with what can be refused, so a `switch` over it needs a `default`. */
export type RefusalCode =
  | 'token_missing'
  | 'request_malformed'
  | 'token_malformed'
  | 'token_unknown'
  | 'token_revoked'
  | 'token_expired'
  | 'secret_retired'
  | 'address_not_allowed'
  | 'token_wrong_type'
  | 'plan_not_eligible'
  | 'lifetime_exceeded'
  | 'token_idle'
  | 'endpoint_unknown'
  | 'endpoint_not_supported'
  | 'scope_missing'
  | 'rate_limited'
  | 'resource_not_in_plan'
  | 'resource_not_allowed'
  | 'unavailable'

/** The HTTP status of a refusal. */
export type RefusalStatus = 400 | 401 | 403 | 429 | 503

/** What a refusal says. */
export interface RefusalInfo {
  readonly status: RefusalStatus
  /** What happened. */
  readonly title: string
  /** What to do. */
  readonly help: string
}

/**
 * Every way in which a request can be refused, in the order in which the questions are asked: what happened (`title`) and what
 * to do (`help`), without quotation marks and backslashes, since both stand in a header too.
 */
export const REFUSALS: { readonly [C in RefusalCode]: RefusalInfo } = {
  token_missing: {
    status: 401,
    title: 'The request carries no token.',
    help: 'Send the secret of one.',
  },
  request_malformed: {
    status: 400,
    title: 'The request can be read in more than one way, or not at all.',
    help: 'Send one credential, a plain path, and each value that names a resource exactly once.',
  },
  token_malformed: {
    status: 401,
    title: 'The credential is not a token of this API.',
    help: 'Check that the whole secret was copied.',
  },
  token_unknown: {
    status: 401,
    title: 'The token is not known.',
    help: 'Ask a plan admin for a new one.',
  },
  token_revoked: { status: 401, title: 'The token has been revoked.', help: 'Ask a plan admin for a new one.' },
  token_expired: { status: 401, title: 'The token has expired.', help: 'Ask a plan admin for a new one.' },
  secret_retired: {
    status: 401,
    title: 'The secret has been replaced and no longer works.',
    help: 'Use the newest secret of the token.',
  },
  address_not_allowed: {
    status: 403,
    title: 'The token may not be used from the address that this request came from.',
    help: 'Send it from another network, or ask a plan admin.',
  },
  token_wrong_type: {
    status: 403,
    title: 'The token is of another type than this API takes.',
    help: 'Use one that was made for this API.',
  },
  plan_not_eligible: {
    status: 403,
    title: 'The plan does not include this, or is suspended.',
    help: 'Ask a plan admin.',
  },
  lifetime_exceeded: {
    status: 401,
    title: 'The token is older than the rules of its plan allow.',
    help: 'Ask a plan admin to refresh it.',
  },
  token_idle: {
    status: 401,
    title: 'The token was not used for longer than the rules of its plan allow.',
    help: 'Ask a plan admin to refresh it.',
  },
  endpoint_unknown: {
    status: 403,
    title: 'The endpoint is not known to this API.',
    help: 'Check the method and the path.',
  },
  endpoint_not_supported: {
    status: 403,
    title: 'The endpoint is not open to plan access tokens.',
    help: 'Authenticate in another way.',
  },
  scope_missing: {
    status: 403,
    title: 'The token holds none of the scopes that this endpoint takes.',
    help: 'Ask a plan admin to add one.',
  },
  rate_limited: {
    status: 429,
    title: 'There were more requests than the limit allows.',
    help: 'Wait as many seconds as Retry-After says.',
  },
  resource_not_in_plan: {
    status: 403,
    title: 'A resource of the request does not exist in the plan of the token.',
    help: 'Check its id.',
  },
  resource_not_allowed: {
    status: 403,
    title: 'A resource of the request is not among those that the token may reach.',
    help: 'Ask a plan admin to add it.',
  },
  unavailable: { status: 503, title: 'The token could not be checked just now.', help: 'Try again later.' },
}

/** What happened and what to do, in one or two sentences. */
export function messageOf(code: RefusalCode): string {
  const { title, help } = REFUSALS[code]
  return `${title} ${help}`
}

/** Why a management call failed. Grows with what can fail, so a `switch` over it needs a `default`. */
export type ManagementCode =
  | 'invalid_input'
  | 'not_plan_admin'
  | 'plan_not_eligible'
  | 'token_not_found'
  | 'token_not_active'
  | 'version_conflict'
  | 'too_many_live_secrets'
  | 'idempotency_key_reused'
  | 'idempotency_key_spent'
  | 'key_already_adopted'
  | 'plan_rules_broken'
  | 'preview_outdated'
  | 'usage_not_gathered'
  | 'token_is_canary'
  | 'insufficient_user_authentication'
  | 'approval_required'
  | 'token_is_pending'
  | 'own_request'
  | 'not_requester'
  | 'nothing_requested'
  | 'unavailable'

/** What a failed management call says. */
export interface ManagementErrorInfo {
  readonly status: 400 | 401 | 403 | 404 | 409 | 422 | 503
  readonly title: string
}

/** Every way in which a management call can fail. */
export const MANAGEMENT_ERRORS: { readonly [C in ManagementCode]: ManagementErrorInfo } = {
  invalid_input: { status: 400, title: 'The input is not valid.' },
  not_plan_admin: { status: 403, title: 'The actor is not an admin of this plan.' },
  plan_not_eligible: { status: 403, title: 'The plan does not include plan access tokens.' },
  token_not_found: { status: 404, title: 'There is no such token.' },
  token_not_active: { status: 409, title: 'The token has expired or was revoked.' },
  version_conflict: { status: 409, title: 'The token was changed in the meantime. Load it again and repeat the call.' },
  too_many_live_secrets: { status: 409, title: 'The token has too many secrets that still work.' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used before with other input.' },
  idempotency_key_spent: {
    status: 409,
    title: 'The secret that this idempotency key issued cannot be replaced any more.',
  },
  key_already_adopted: { status: 409, title: 'The key is that of a token already.' },
  plan_rules_broken: {
    status: 409,
    title: 'The token holds what the rules of its plan do not allow any more. Edit it first.',
  },
  usage_not_gathered: { status: 404, title: 'How tokens are used is not gathered here.' },
  preview_outdated: { status: 409, title: 'The log no longer goes back to the preview. Preview again.' },
  token_is_canary: { status: 409, title: 'The token is a canary, which has no other secret. Make a new one.' },
  insufficient_user_authentication: {
    status: 401,
    title: 'A stronger or a more recent authentication of the actor is needed.',
  },
  approval_required: {
    status: 409,
    title: 'The rules of the plan ask for an approval, which can be neither asked for nor given here.',
  },
  token_is_pending: {
    status: 409,
    title: 'The token is pending: another admin approves it, and then whoever asked for it collects its secret.',
  },
  own_request: { status: 403, title: 'Another admin than the one who asked for it has to decide.' },
  not_requester: { status: 403, title: 'The token is pending, and only the admin who asked for it may do this.' },
  nothing_requested: {
    status: 409,
    title: 'Nothing waits here, or whoever asked for it is not an admin of the plan any more.',
  },
  unavailable: { status: 503, title: 'The store or the directory did not answer.' },
}

/** What is kept of a failure underneath: its kind, never its text, which may quote a query and with it a digest. */
export interface SafeCause {
  readonly name: string
  readonly code?: string
  /** What failed: a method of a port, such as `directory.plan` or `store.findByDigest`. */
  readonly method?: string
}

/**
 * A management call that failed. Never holds a secret or a digest.
 *
 * @example
 * try { await tokens.create(input) } catch (error) {
 *   if (error instanceof PlanTokenError && error.code === 'invalid_input') show(error.issues)
 * }
 */
export class PlanTokenError extends Error {
  override readonly name = 'PlanTokenError'
  /** What went wrong; text may change between versions, codes do not. */
  readonly code: ManagementCode
  /** The HTTP status that fits. */
  readonly status: number
  /** For `invalid_input`: everything that is wrong, all at once. Otherwise empty. */
  readonly issues: readonly Issue[]
  /** For `insufficient_user_authentication`: what the rules ask for. Absent otherwise. */
  readonly stepUp?: StepUp

  constructor(
    code: ManagementCode,
    options: { message?: string; issues?: readonly Issue[]; cause?: SafeCause; stepUp?: StepUp } = {},
  ) {
    const issues = options.issues ?? []
    super(options.message ?? [MANAGEMENT_ERRORS[code].title, ...linesOf(issues)].join('\n  '), causeOf(options.cause))
    this.code = code
    this.status = MANAGEMENT_ERRORS[code].status
    this.issues = issues
    if (options.stepUp) this.stepUp = options.stepUp
  }
}

function causeOf(cause: SafeCause | undefined): { cause: SafeCause } | undefined {
  return cause === undefined ? undefined : { cause }
}

/** The name and the error code of whatever was thrown, if they are plain identifiers such as `ECONNREFUSED` or `57P01`. */
export function safeCause(thrown: unknown, method?: string): SafeCause {
  const asked = method !== undefined && { method }
  if (!isObject(thrown)) return { name: typeof thrown, ...asked }
  const name = identifier(read(thrown, 'name')) ?? 'Error'
  const code = identifier(read(thrown, 'code'))
  return { name, ...(code !== undefined && { code }), ...asked }
}

function read(from: object, field: string): unknown {
  try {
    return (from as Record<string, unknown>)[field]
  } catch {
    return undefined
  }
}

function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z][A-Za-z_]{0,39}$|^[0-9A-Z]{5}$/.test(value) ? value : undefined
}

/**
 * A store that cannot work until somebody mends it: not migrated, without rights, a row that was edited by hand. What a store
 * throws of this kind is told in words to whoever runs the server, so the message says what to do, names tables and tokens'
 * ids, and never holds a digest or anything that a client sent.
 *
 * @example
 * throw new StoreError('store_not_migrated', 'The table "plan_tokens" does not exist. Run the migrations (docs/stores.md).')
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreProblem
  /** The number of the event that cannot be read, where it is one and the store knows it: `verifyLog` goes on behind it. */
  readonly seq?: number

  constructor(code: StoreProblem, message: string, seq?: number) {
    super(message)
    this.code = code
    if (seq !== undefined) this.seq = seq
  }
}

/** What is wrong with a store. */
export type StoreProblem =
  | 'store_not_migrated'
  | 'store_newer'
  | 'store_forbidden'
  | 'store_unsuitable'
  | 'row_unreadable'

/**
 * Thrown by a store's `commit` where nothing was written, for certain, and where writing again is for the caller to decide: what
 * `alongside` of a SQL store threw. The caller of `tokens.create` and its like gets `cause` itself.
 *
 * @example
 * throw new NotWrittenError(thrown)
 */
export class NotWrittenError extends Error {
  override readonly name = 'NotWrittenError'

  /** @param cause what the caller is to hear. */
  constructor(cause: unknown) {
    super('The change was undone. Nothing was written.', { cause })
  }
}

/**
 * An answer of the directory that has not the shape of the port, such as an id that is a number. The message names the method,
 * the field, what came (its kind, never its value) and what was expected.
 */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError'
  readonly code = 'directory_unreadable'
}

/**
 * Something that a host gave at start and that cannot be used: options, a policy, what `ready` looked at. A mistake of whoever
 * wrote it. All mistakes stand in `issues` and in the message.
 *
 * @example
 * try { createPlanTokens(options) } catch (error) {
 *   if (error instanceof SetupError) for (const { path, message } of error.issues) console.error(path, message)
 * }
 */
export class SetupError extends TypeError {
  override readonly name = 'SetupError'
  /** Everything that is wrong, all at once. */
  readonly issues: readonly Issue[]

  /** @param reader the function that was called, such as `createPlanTokens`. */
  constructor(reader: string, issues: readonly Issue[], options?: { readonly cause: unknown }) {
    super([`${reader}() found mistakes in the set-up:`, ...linesOf(issues)].join('\n  '), options)
    this.issues = issues
  }
}

/** Each mistake after its place. */
function linesOf(issues: readonly Issue[]): readonly string[] {
  return issues.map(({ path, message }) => `${path || 'input'}: ${message}`)
}
