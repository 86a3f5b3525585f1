/** What calls are refused with and fail with: codes of management calls, and the errors that carry them. None holds a secret, a digest or what a client sent. */
import { type Issue, linesOf } from './issue.ts'
import { isObject } from './objects.ts'
import type { StepUp } from './step-up.ts'

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
  | 'not_supported'
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
  not_supported: { status: 404, title: 'What was asked for needs an option that is not there.' },
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

/** What calls say of an engine that was made without the option that they need. */
const WITHOUT = {
  approvals: 'nothing is approved, declined or collected here',
  legacy: 'no key is adopted here',
  selfRenewal: 'no token renews itself here',
  usage: 'how tokens are used is not gathered here',
} as const

/** The error of a call that needs an option which the engine does not have. */
export function withoutOption(option: keyof typeof WITHOUT): PlanTokenError {
  return new PlanTokenError('not_supported', { message: `The engine has no option ${option}, so ${WITHOUT[option]}.` })
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
  readonly status: ManagementErrorInfo['status']
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
  const name = identifier(fieldOf(thrown, 'name')) ?? 'Error'
  const code = identifier(fieldOf(thrown, 'code'))
  return { name, ...(code !== undefined && { code }), ...asked }
}

/** A field of whatever was thrown; `undefined` if reading it throws. */
function fieldOf(from: object, field: string): unknown {
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
