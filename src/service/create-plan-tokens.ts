/** `createPlanTokens`: puts policies, ports and rules together. Everything is compiled here; nothing is left to the first request. */
import { platformSha256 } from '../core/digest.ts'
import { PlanTokenError } from '../core/errors.ts'
import { type CompiledPolicy, compiledOf, type Policy, type RouteOf, type TypeOf } from '../core/policy.ts'
import type { Random } from '../core/secret.ts'
import type { SecretView, Token, TokenEvent } from '../core/token.ts'
import { createAnswers } from './answers.ts'
import { failureOf } from './ask.ts'
import { createDecide, type SurfaceOptions } from './authorize.ts'
import { checkLinks, type PlacedReport } from './check-links.ts'
import { createDeadlines } from './deadlines.ts'
import type { Decision } from './decision.ts'
import { type RevokedSecret, revoke, revokeSecret, sweep } from './end.ts'
import type { Engine, TypeEntry } from './engine.ts'
import { createExplain, type Explanation } from './explain.ts'
import { createFreshness } from './freshness.ts'
import { createGrants } from './grants.ts'
import type {
  CheckLinksInput,
  CreateInput,
  EditInput,
  EventsInput,
  ListInput,
  RefreshInput,
  TokenInput,
} from './inputs.ts'
import { inspect } from './inspect.ts'
import { create, type Issued, previewRefresh, refresh } from './issue.ts'
import { edit, events, get, list } from './manage.ts'
import { checkOptions, type PlanTokensOptions } from './options.ts'
import { completeClock, platformRandom } from './platform.ts'
import type { Question } from './question.ts'
import { type ReadyInput, ready } from './ready.ts'
import { createReport, type Report } from './report.ts'
import type { Asked } from './request.ts'
import { planIdsOf } from './rights.ts'
import { createUses } from './uses.ts'

/**
 * The engine. Management calls reject with `PlanTokenError`; `authorize` and `explain` of a request never reject for anything
 * that a client can send.
 */
export interface PlanTokens<P extends Policy = Policy> {
  /** The policies, each with its scopes, types, limits and `parseLinks`. */
  readonly policies: readonly P[]
  /**
   * Asks the store and the directory whether they can be used: the store is migrated and reached where it should be, the
   * directory answers in shape, also for what does not exist. Await it before the server listens. Writes nothing.
   *
   * @param real a plan and a resource that exist, so that the answers about them can be judged too.
   * @throws PolicyError with every problem at once, and what was thrown as its `cause`.
   * @example
   * await tokens.ready({ planId: '1001' })
   */
  ready(real?: ReadyInput): Promise<void>
  /**
   * Issues a token. Its secret is shown this once.
   *
   * @throws PlanTokenError `invalid_input`, `not_plan_admin`, `plan_not_eligible`, `version_conflict`, `idempotency_key_reused`,
   * `idempotency_key_spent`, `token_not_active` (a repeated key whose token has ended), `unavailable`.
   */
  create<X extends TypeOf<P>>(input: CreateInput<P, X>): Promise<Issued>
  /** One token. @throws PlanTokenError `token_not_found` (also for another plan's), `invalid_input`, `unavailable`. */
  get(input: TokenInput): Promise<Token>
  /** A page of a plan's tokens, expired and revoked ones too. @throws PlanTokenError `not_plan_admin`, `invalid_input`, `unavailable`. */
  list(input: ListInput): Promise<{ readonly tokens: readonly Token[]; readonly next?: string }>
  /**
   * Changes name, description, scopes or resources. Resolves when every process judges by the change.
   *
   * @throws PlanTokenError `invalid_input`, `token_not_found`, `token_not_active`, `plan_not_eligible`, `version_conflict`, `unavailable`.
   */
  edit(input: EditInput<P>): Promise<Token>
  /**
   * The dates that a refresh would give now, epoch milliseconds. Changes nothing.
   *
   * @throws PlanTokenError `token_not_active`, `token_not_found`, `plan_not_eligible`, `invalid_input`, `unavailable`.
   */
  previewRefresh(input: TokenInput): Promise<{ readonly expiresAt: number; readonly previousWorksUntil: number }>
  /**
   * Issues a new secret and starts the original lifetime again. The secret that was newest works 24 hours more (the policy's
   * `graceHours`), counted from now. Resolves when every process judges by the change.
   *
   * @throws PlanTokenError `token_not_active`, `too_many_live_secrets` (over the policy's `liveSecrets`, 10), `version_conflict` (another refresh came
   * first), `token_not_found`, `plan_not_eligible`, `idempotency_key_reused`, `idempotency_key_spent`, `invalid_input`, `unavailable`.
   */
  refresh(input: RefreshInput): Promise<Issued>
  /**
   * Ends a token and all its secrets for good. Once it has resolved, no process accepts the token. Twice is not an error.
   *
   * @throws PlanTokenError `token_not_found`, `invalid_input`, `version_conflict` (after 20 attempts), `unavailable`, which
   * promises nothing: call again.
   */
  revoke(input: TokenInput): Promise<Token>
  /**
   * For reports of a leak, by whoever holds a secret: the newest takes its token with it, an earlier one ends alone. Takes the
   * secret, or text that it stands in: a line of a file, JSON, a URL, percent-encoded too; all secrets in it are ended. Text
   * without a secret that is known here is `{ revoked: false }`.
   *
   * @throws PlanTokenError `invalid_input` (more than 100 secrets), `version_conflict` (after 20 attempts), `unavailable`, which
   * promises nothing: call again.
   */
  revokeSecret(text: string): Promise<RevokedSecret>
  /** A page of a plan's audit log. @throws PlanTokenError `not_plan_admin`, `invalid_input`, `unavailable`. */
  events(input: EventsInput): Promise<{ readonly events: readonly TokenEvent[]; readonly next?: string }>
  /**
   * Judges pasted links before a token is made of them: which resources they name, each once and by the name that the directory
   * has for it, which are wrong and where in the text, and what lies outside of the plan. Writes nothing; `create` and `edit`
   * judge again. An answer of the directory about a place may be as old as `directoryMaxAgeMs`.
   *
   * @throws PlanTokenError `invalid_input` (also for far more links than a token can hold), `not_plan_admin`, `unavailable`.
   */
  checkLinks(input: CheckLinksInput): Promise<PlacedReport>
  /**
   * Whether to let a request through, or a call of one of the policy's routes where there is no HTTP.
   *
   * @throws TypeError for a surface that does not exist or a base path that is none; PlanTokenError `invalid_input` for a call of a
   * route that the policy does not have, or with other parameters than its own.
   * @example
   * await tokens.authorize({ secret, route: 'GET /v1/files/{file_key}', params: { file_key: 'ABC' } })
   */
  authorize(asked: Asked<RouteOf<P>>, options?: SurfaceOptions): Promise<Decision>
  /**
   * The same, without a promise where nothing has to be waited for: what guards call for every request. Counts and tells
   * `onDecision` as `authorize` does, which is its async form.
   *
   * @throws as `authorize` does, at once.
   */
  decide(asked: Asked<RouteOf<P>>, options?: SurfaceOptions): Decision | Promise<Decision>
  /**
   * Every rule with its verdict: for a request, or for a question about a token by an admin of its plan. A question is asked
   * of the surface of the token's own type unless `surface` says otherwise.
   *
   * @throws PlanTokenError for a question: `invalid_input`, `token_not_found`, `unavailable`.
   */
  explain(what: Asked<RouteOf<P>> | Question<RouteOf<P>>, options?: SurfaceOptions): Promise<Explanation>
  /**
   * Whether a secret works now, and its token if so; for introspection (RFC 7662). Counts as no use.
   *
   * @throws PlanTokenError `unavailable`.
   */
  inspect(secret: string): Promise<{ readonly active: boolean; readonly token?: Token; readonly secret?: SecretView }>
  /**
   * Removes tokens that ended, and events that were written, before a moment (epoch milliseconds). Never called by itself.
   *
   * @throws PlanTokenError `invalid_input` (also for a moment that lies ahead), `unavailable`; TypeError for a store that
   * has no `sweep`.
   */
  sweep(input: { readonly olderThan: number }): Promise<{ readonly tokens: number; readonly events: number }>
  /**
   * Writes what is known of uses, ends the watch of the store, and resolves when nothing runs in the background any more,
   * after `timeoutMs` at the latest. Never rejects. Afterwards every request asks the store.
   */
  close(): Promise<void>
}

/**
 * Makes the engine.
 *
 * @throws PolicyError, which is a TypeError, with every mistake of the options and of the policies together.
 * @example
 * const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })
 * const decision = await tokens.authorize(request)
 * if (!decision.allowed) return decision.response()
 */
export function createPlanTokens<P extends Policy>(options: PlanTokensOptions<P>): PlanTokens<P> {
  const policies = checkOptions(options)
  const engine = createEngine(options, policies)
  const grants = createGrants(engine.deprecated)
  const decide = createDecide(engine, grants, options.onDecision)
  return {
    policies,
    ready: (real) => ready(engine, real),
    create: (input) => create(engine, input as CreateInput),
    get: (input) => get(engine, input),
    list: (input) => list(engine, input),
    edit: (input) => edit(engine, input as EditInput),
    previewRefresh: (input) => previewRefresh(engine, input),
    refresh: (input) => refresh(engine, input),
    revoke: (input) => revoke(engine, input),
    revokeSecret: (text) => revokeSecret(engine, text),
    events: (input) => events(engine, input),
    checkLinks: (input) => checkLinks(engine, policies, input),
    decide,
    authorize: async (asked, options) => decide(asked, options),
    explain: createExplain(engine, grants),
    inspect: (secret) => inspect(engine, secret),
    sweep: (input) => sweep(engine, input),
    async close() {
      await Promise.all([engine.freshness.close(), engine.uses.close()])
    },
  }
}

function createEngine(options: PlanTokensOptions, policies: readonly Policy[]): Engine {
  const { store, directory, clock, random, freshnessMs = 0, directoryMaxAgeMs = 0 } = options
  const { timeoutMs = 2_000, bodyTimeoutMs = 30_000 } = options
  const compiled = policies.map((policy) => compiledOf(policy) as CompiledPolicy)
  const types = new Map<string, TypeEntry>()
  for (const policy of compiled) for (const type of policy.types.values()) types.set(type.name, { policy, type })
  const fullClock = completeClock(clock)
  const within = createDeadlines(fullClock, timeoutMs)
  const report = createReport(options.onError, options.onWarning, options.onDecision !== undefined)
  const asking = { within, report }
  return {
    surfaces: new Map(compiled.map((policy) => [policy.surface, policy])),
    main: compiled[0] as CompiledPolicy,
    types,
    prefixes: new Set([...types.values()].map(({ type }) => type.prefix)),
    deprecated: new Set(compiled.flatMap((policy) => [...policy.deprecated])),
    planIds: planIdsOf(policies),
    store,
    directory,
    clock: fullClock,
    random: checkedRandom(random ?? platformRandom, report),
    sha256: platformSha256(),
    within,
    bodyWithin: createDeadlines(fullClock, bodyTimeoutMs),
    timeoutMs,
    freshness: createFreshness(store, fullClock, asking, freshnessMs, timeoutMs),
    answers: createAnswers(directory, fullClock, directoryMaxAgeMs),
    uses: createUses(store, fullClock, asking),
    report,
  }
}

/** Randomness that fails must not turn into a secret that can be guessed. */
function checkedRandom(random: Random, report: Report): Random {
  return (bytes) => {
    try {
      const drawn: unknown = random(bytes)
      if (drawn instanceof Uint8Array && drawn.length === bytes) return drawn
    } catch (error) {
      throw failureOf({ report }, error, 'random')
    }
    throw new PlanTokenError('unavailable', { message: 'The source of randomness failed.' })
  }
}
