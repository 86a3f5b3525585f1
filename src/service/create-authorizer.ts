/**
 * `createAuthorizer`: the half of the engine that answers requests and manages nothing, for processes that only judge them. All
 * is compiled here; nothing is left to the first request. The whole engine is this and the calls of admins:
 * service/create-plan-tokens.ts.
 */
import { platformSha256 } from '../core/digest.ts'
import type { LegacyKeys } from '../core/legacy.ts'
import {
  type CompiledPolicy,
  compiledOf,
  type Policy,
  type PublicRouteOf,
  type RouteOf,
  type TokenOnlyPolicy,
  type TypeEntry,
} from '../core/policy.ts'
import { wellFormedWith } from '../core/secret.ts'
import { readFetchBody } from '../http/fetch-body.ts'
import { createAnswers } from './answers.ts'
import { createDecide } from './authorize.ts'
import { createDeadlines } from './deadlines.ts'
import type { Decision } from './decision.ts'
import type { Engine } from './engine.ts'
import { createFreshness } from './freshness.ts'
import { createGrantCache } from './grants.ts'
import { type InspectInput, type Inspection, inspect } from './inspect.ts'
import { type AuthorizerOptions, readAuthorizerOptions } from './options.ts'
import { completeClock } from './platform.ts'
import { type ReadyInput, ready } from './ready.ts'
import { createReport } from './report.ts'
import type { Asked } from './request.ts'
import { planIdsOf } from './rights.ts'
import type { SurfaceOptions } from './surface.ts'
import { createUses } from './uses.ts'

/** Answers requests. What guards take; `PlanTokens` is this and the calls of admins. */
export interface Authorizer<P extends Policy = TokenOnlyPolicy> {
  /** The policies, each with its scopes, types, limits and `parseLinks`. */
  readonly policies: readonly P[]
  /** The keys from before that it takes; absent where it takes none. */
  readonly legacy?: LegacyKeys
  /**
   * Asks the store and the directory whether they can be used: the store is migrated and reached where it should be, the
   * directory answers in shape, also for what does not exist. Await it before the server listens. Writes nothing.
   *
   * @param real a plan and a resource that exist, so that the answers about them can be judged too.
   * @throws SetupError with every problem at once, and what was thrown as its `cause`.
   * @example
   * await tokens.ready({ planId: '1001' })
   */
  ready(real?: ReadyInput): Promise<void>
  /**
   * Whether to let a request through, or a call of one of the policy's routes where there is no HTTP.
   *
   * @throws TypeError for a surface that does not exist or a base path that is none; PlanTokenError `invalid_input` for a call of a
   * route that the policy does not have, or with other parameters than its own.
   * @example
   * await tokens.authorize({ secret, route: 'GET /v1/files/{file_key}', params: { file_key: 'ABC' } })
   */
  authorize(asked: Asked<RouteOf<P>>, options?: SurfaceOptions): Promise<Decision<PublicRouteOf<P>, RouteOf<P>>>
  /**
   * The same, without a promise where nothing has to be waited for: what guards call for every request. Counts and tells
   * `onDecision` as `authorize` does, which is its async form.
   *
   * @throws as `authorize` does, at once.
   */
  decide(
    asked: Asked<RouteOf<P>>,
    options?: SurfaceOptions,
  ): Decision<PublicRouteOf<P>, RouteOf<P>> | Promise<Decision<PublicRouteOf<P>, RouteOf<P>>>
  /**
   * Whether a secret works now, and its token if so; for introspection (RFC 7662). Counts as no use.
   *
   * @throws PlanTokenError `invalid_input` for what is no `{ secret }`, `unavailable`.
   */
  inspect(input: InspectInput): Promise<Inspection>
  /**
   * Writes what is known of uses, ends the watch of the store, and resolves when nothing runs in the background any more,
   * after `timeoutMs` at the latest. Never rejects. Afterwards every request asks the store.
   */
  close(): Promise<void>
}

/**
 * Makes what answers requests and manages nothing: for an edge worker, or a process that is to have no way to issue a token. It
 * takes the options of `createPlanTokens` but for `random`, and its store may be one that others write to.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the options and of the policies together.
 * @example
 * const authorizer = createAuthorizer({ policy: figmaPolicy(), store, directory, freshnessMs: 2_000 })
 * export default { fetch: guard(authorizer, (request, planToken) => handle(request, planToken)) }
 */
export function createAuthorizer<P extends Policy>(options: AuthorizerOptions<P>): Authorizer<P> {
  const { given, policies } = readAuthorizerOptions(options)
  return authorizerOf(createEngine(given, policies), policies, given)
}

/** The calls of an engine that answer requests. */
export function authorizerOf<P extends Policy>(
  engine: Engine,
  policies: readonly P[],
  { onDecision }: Pick<AuthorizerOptions, 'onDecision'>,
): Authorizer<P> {
  // Only a policy that has public endpoints allows a request without a token.
  const decide = createDecide(engine, onDecision) as Authorizer<P>['decide']
  return {
    policies,
    ...(engine.legacy && { legacy: engine.legacy }),
    ready: (real) => ready(engine, real),
    decide,
    authorize: async (asked, options) => decide(asked, options),
    inspect: (input) => inspect(engine, input),
    async close() {
      const told = engine.canaries && engine.within(engine.canaries.close()).catch(() => undefined)
      const written = engine.usage && engine.within(engine.usage.close()).catch(() => undefined)
      await Promise.all([engine.freshness.close(), engine.uses.close(), told, written])
    },
  }
}

/** What the calls work with. */
export function createEngine(options: AuthorizerOptions, policies: readonly Policy[]): Engine {
  const { store, directory, clock, freshnessMs = 0, directoryMaxAgeMs = 0 } = options
  const { timeoutMs = 2_000, bodyTimeoutMs = 30_000 } = options
  const compiled = policies.map((policy) => compiledOf(policy) as CompiledPolicy)
  const types = new Map<string, TypeEntry>()
  for (const policy of compiled) for (const type of policy.types.values()) types.set(type.name, { policy, type })
  const prefixes = new Set([...types.values()].map(({ type }) => type.prefix))
  const fullClock = completeClock(clock)
  const within = createDeadlines(fullClock, timeoutMs)
  const report = createReport(options.onError, options.onWarning, options.onDecision !== undefined)
  const caller = { within, report }
  const grants = createGrantCache(types, options.addresses)
  const engine: Engine = {
    surfaces: new Map(compiled.map((policy) => [policy.surface, policy])),
    main: compiled[0] as CompiledPolicy,
    types,
    prefixes,
    isWellFormed: wellFormedWith(prefixes),
    legacy: options.legacy,
    limits: options.limits,
    canaries: options.canaries,
    addresses: options.addresses,
    usage: undefined,
    planIds: planIdsOf(policies),
    store,
    directory,
    clock: fullClock,
    sha256: platformSha256(),
    within,
    bodyWithin: createDeadlines(fullClock, bodyTimeoutMs),
    readFetchBody,
    timeoutMs,
    freshness: createFreshness(store, fullClock, caller, { freshnessMs, timeoutMs, grants }),
    grants,
    answers: createAnswers(directory, fullClock, directoryMaxAgeMs),
    uses: createUses(store, fullClock, caller),
    report,
  }
  return options.usage ? { ...engine, usage: options.usage.begin(engine) } : engine
}
