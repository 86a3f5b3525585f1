/** What `createPlanTokens` and `createAuthorizer` take, and what is wrong with it. What is made of it: the files of these names. */
import * as z from 'zod/mini'
import type { AddressRanges } from '../core/addresses.ts'
import type { Approvals } from '../core/approvals.ts'
import type { Canaries } from '../core/canary.ts'
import type { LegacyKeys } from '../core/legacy.ts'
import type { RequestLimits } from '../core/limits.ts'
import type { Random } from '../core/new-secret.ts'
import { isThenable } from '../core/objects.ts'
import { type CompiledPolicy, compiledOf, type Policy } from '../core/policy.ts'
import type { SelfRenewals } from '../core/self-renewal.ts'
import { readOptions, type Tell } from '../core/setup.ts'
import { callable, inRange, judged, NOT_AWAITED, type Schema } from '../core/shape.ts'
import type { UsageGathering } from '../core/usage.ts'
import type { Clock, Directory, TokenStore } from '../ports.ts'
import { addressesMissing } from './addresses.ts'
import { MAX_FRESHNESS_MS } from './freshness.ts'
import type { DecisionInfo } from './noted.ts'
import { hasStandingClocks } from './platform.ts'
import type { OnError } from './report.ts'

/** What `createAuthorizer` takes. */
export interface AuthorizerOptions<P extends Policy = Policy> {
  /** One policy or a list, each a surface of its own, over one store. The first is the default. */
  readonly policy: P | readonly P[]
  readonly store: TokenStore
  readonly directory: Directory
  /** Keys from before this library, made by `legacyKeys` of `plan-access-tokens/legacy`. Default: none. */
  readonly legacy?: LegacyKeys
  /** Limits of requests, made by `requestLimits` of `plan-access-tokens/limits`. Default: none. */
  readonly limits?: RequestLimits
  /**
   * Whom the use of canary tokens is told, made by `canaryTokens` of `plan-access-tokens/leaks`. Default: nobody, and none is made;
   * one that another process has made is refused all the same.
   */
  readonly canaries?: Canaries
  /**
   * Keeps tokens to the addresses that they may be used from, made by `addressRanges` of `plan-access-tokens/addresses`. Without
   * it, a token that has a list of them is refused, and none can be made.
   */
  readonly addresses?: AddressRanges
  /**
   * Gathers how tokens are used, made by `usage` of `plan-access-tokens/usage`. Give it to every process that judges. Default:
   * nothing is gathered.
   */
  readonly usage?: UsageGathering
  /** Default: the platform's. */
  readonly clock?: Clock
  /**
   * For how many milliseconds a process may answer from memory, 0 to 60,000. Default 0: the store is asked on every request.
   * `edit`, `refresh` and `revoke` wait for the largest that any process of the deployment runs with (docs/freshness.md). On
   * Cloudflare Workers it has to be 0.
   */
  readonly freshnessMs?: number
  /**
   * For how many milliseconds an answer of the directory about a plan or a resource may be used again by `authorize`,
   * `explain` and `checkLinks`, 0 to 60,000. Default 0. No call waits for it: a plan that is downgraded keeps working that much longer.
   */
  readonly directoryMaxAgeMs?: number
  /** How long the store and the directory may take to answer, in milliseconds, 1 to 600,000. Default 2,000. */
  readonly timeoutMs?: number
  /**
   * How long the body of a request may take to arrive, in milliseconds, 1 to 600,000. Default 30,000. Only a body that the policy
   * judges is waited for, and only with a token that works.
   */
  readonly bodyTimeoutMs?: number
  /** Called for every decision; never waited for, and whatever it throws changes nothing. */
  readonly onDecision?: (info: DecisionInfo) => unknown
  /**
   * Called with each error of the store, the directory, the clock, a check or `onDecision`, as it was thrown, and with the
   * method that failed. A driver's own error may quote a query, and with it a digest or an id; never a secret. Not waited for;
   * what it throws is dropped. Default: with `onDecision` nobody, without it one line in `onWarning` for each cause.
   */
  readonly onError?: OnError
  /**
   * Called with a sentence about what looks like a mistake in the set-up, once for each. Holds no secret, no digest and nothing
   * that a client sent. Default: `console.warn`.
   */
  readonly onWarning?: (message: string) => unknown
}

/** What `createPlanTokens` takes. */
export interface PlanTokensOptions<P extends Policy = Policy> extends AuthorizerOptions<P> {
  /** Random bytes, cryptographically secure. Default: the platform's. */
  readonly random?: Random
  /**
   * Lets tokens renew themselves where their type and their admin allow it, made by `selfRenewal` of `plan-access-tokens/self-renewal`.
   * Needs a store that keeps uses. Default: none can.
   */
  readonly selfRenewal?: SelfRenewals
}

/** What `createPlanTokens` takes where plans may ask for approvals. */
export interface ApprovingOptions<P extends Policy = Policy> extends PlanTokensOptions<P> {
  /**
   * Makes new tokens and wider edits wait for another admin where the rules of a plan say so, made by `approvals` of
   * `plan-access-tokens/approvals`. Without it, such a plan gets no new token and no edit of what a token may do.
   */
  readonly approvals: Approvals
}

function missingIn(value: unknown, methods: readonly string[]): string | undefined {
  const missing = methods.filter(
    (method) => typeof (value as { [name: string]: unknown } | null)?.[method] !== 'function',
  )
  return missing.length === 0 ? undefined : `must have ${missing.map((method) => `${method}()`).join(', ')}.`
}
const port = (...methods: readonly string[]) => judged((value) => missingIn(value, methods))
const milliseconds = (least: number, most: number) =>
  z.optional(inRange(least, most, `must be ${least} to ${most} milliseconds.`))
const hook = z.optional(callable())
/** What a store has to have where use is gathered; the last one where tokens are managed, for a sweep. */
const OF_USAGE = ['readValue', 'writeValue', 'scan']
const areCanaries = (value: unknown): boolean => typeof (value as Partial<Canaries> | null)?.used === 'function'
const areLegacyKeys = (value: unknown): value is LegacyKeys =>
  typeof (value as Partial<LegacyKeys> | null)?.adopt === 'function'
const areLimits = (value: unknown): value is RequestLimits =>
  typeof (value as Partial<RequestLimits> | null)?.take === 'function'
const areRenewals = (value: unknown): boolean => typeof (value as Partial<SelfRenewals> | null)?.renew === 'function'
const areRanges = (value: unknown): value is AddressRanges =>
  typeof (value as Partial<AddressRanges> | null)?.listOf === 'function'
const isGathering = (value: unknown): boolean => typeof (value as Partial<UsageGathering> | null)?.begin === 'function'

const areApprovals = (value: unknown): boolean => typeof (value as Partial<Approvals> | null)?.approve === 'function'

const shared = {
  policy: judged((value) => (value === undefined ? 'is missing.' : undefined)),
  store: port('findByDigest', 'find', 'list', 'commit', 'events'),
  directory: judged((value) => {
    const isOdd = !['function', 'undefined'].includes(typeof (value as Partial<Directory> | null)?.rules)
    return missingIn(value, ['plan', 'isPlanAdmin', 'locate']) ?? (isOdd ? 'must have rules as a method.' : undefined)
  }),
  legacy: z.optional(judged((value) => (areLegacyKeys(value) ? undefined : 'must be made by legacyKeys().'))),
  limits: z.optional(judged((value) => (areLimits(value) ? undefined : 'must be made by requestLimits().'))),
  canaries: z.optional(judged((value) => (areCanaries(value) ? undefined : 'must be made by canaryTokens().'))),
  addresses: z.optional(judged((value) => (areRanges(value) ? undefined : 'must be made by addressRanges().'))),
  usage: z.optional(judged((value) => (isGathering(value) ? undefined : 'must be made by usage().'))),
  clock: z.optional(port('now')),
  freshnessMs: milliseconds(0, MAX_FRESHNESS_MS),
  directoryMaxAgeMs: milliseconds(0, MAX_FRESHNESS_MS),
  timeoutMs: milliseconds(1, 600_000),
  bodyTimeoutMs: milliseconds(1, 600_000),
  onDecision: hook,
  onError: hook,
  onWarning: hook,
}
const authorizerSchema = z.strictObject(shared)
const engineSchema = z.strictObject({
  ...shared,
  random: hook,
  approvals: z.optional(judged((value) => (areApprovals(value) ? undefined : 'must be made by approvals().'))),
  selfRenewal: z.optional(judged((value) => (areRenewals(value) ? undefined : 'must be made by selfRenewal().'))),
})

/** What either of the two forms of `createPlanTokens` was given. */
export type EngineOptions<P extends Policy> = PlanTokensOptions<P> & { readonly approvals?: Approvals }

/** Options as a copy, whose fields were read once, with the policies as a list. */
interface ReadOptions<Options, P extends Policy> {
  readonly given: Options
  readonly policies: readonly P[]
}

/**
 * Reads the options of `createPlanTokens`.
 *
 * @throws SetupError with every mistake of the options and of the policies together.
 */
export const readEngineOptions = <P extends Policy>(options: EngineOptions<P>): ReadOptions<EngineOptions<P>, P> =>
  readAll<EngineOptions<P>, P>('createPlanTokens', options, engineSchema)

/** The same for `createAuthorizer`, which takes fewer. */
export const readAuthorizerOptions = <P extends Policy>(
  options: AuthorizerOptions<P>,
): ReadOptions<AuthorizerOptions<P>, P> =>
  readAll<AuthorizerOptions<P>, P>('createAuthorizer', options, authorizerSchema)

function readAll<Options extends AuthorizerOptions<P>, P extends Policy>(
  reader: string,
  options: Options,
  schema: Schema<unknown>,
): ReadOptions<Options, P> {
  let policies: readonly P[] = []
  const given = readOptions<Options>(
    reader,
    schema,
    options,
    {},
    ({ freshnessMs, store, policy, legacy, limits, addresses, usage, onDecision, selfRenewal }: Given, tell) => {
      if (freshnessMs && typeof (store as Partial<TokenStore> | undefined)?.bound !== 'function')
        tell(['freshnessMs'], 'must be 0, since the store has no bound().')
      if (freshnessMs && hasStandingClocks())
        tell(
          ['freshnessMs'],
          'must be 0 on Cloudflare Workers, whose clocks stand still between I/O, so that nobody there knows how old a proof is.',
        )
      const lacks =
        isGathering(usage) && missingIn(store, reader === 'createPlanTokens' ? OF_USAGE : OF_USAGE.slice(0, 2))
      if (lacks) tell(['usage'], `needs a store that keeps values: it ${lacks}`)
      if (areRanges(addresses) && addresses.isWatched && onDecision === undefined)
        tell(['addresses'], 'must not only watch without onDecision, which is told what would have been refused.')
      if (areRenewals(selfRenewal) && isWithoutUses(store))
        tell(
          ['selfRenewal'],
          'needs a store that keeps uses, with recordUse() and lastUse(): without them nobody knows whether an answer was lost.',
        )
      if (policy === undefined) return
      policies = Object.freeze([policy].flat() as P[])
      checkPolicies(policies, (i) => (Array.isArray(policy) ? ['policy', i] : ['policy']), tell)
      if (areLegacyKeys(legacy)) legacy.check(policies, tell)
      if (areLimits(limits)) limits.check(policies, tell)
      // What only answers requests says so in `ready`: to try a policy nobody needs it.
      const missing = reader === 'createPlanTokens' && addresses === undefined && addressesMissing(compiledIn(policies))
      if (missing) tell(['addresses'], missing)
    },
  )
  return { given, policies }
}

/** Options before they are known to be any. */
type Given = { readonly [F in keyof PlanTokensOptions]?: unknown }

const isWithoutUses = (store: unknown): boolean =>
  missingIn(store, ['find']) === undefined && missingIn(store, ['recordUse', 'lastUse']) !== undefined

const compiledIn = (policies: readonly Policy[]): readonly CompiledPolicy[] =>
  policies.flatMap((policy) => compiledOf(policy) ?? [])

/** Surfaces, types and prefixes are told apart over the whole deployment. */
function checkPolicies(policies: readonly Policy[], placeOf: (i: number) => readonly PropertyKey[], tell: Tell): void {
  if (policies.length === 0) tell(['policy'], 'must hold at least one policy.')
  const seen = { surface: new Set<string>(), type: new Set<string>(), prefix: new Set<string>() }
  const claim = (what: keyof typeof seen, name: string, i: number): void => {
    if (seen[what].has(name)) tell(placeOf(i), `has the ${what} "${name}", which another policy has too.`)
    seen[what].add(name)
  }
  for (const [i, policy] of policies.entries()) {
    const compiled = compiledOf(policy)
    if (!compiled) {
      tell(placeOf(i), isThenable(policy) ? NOT_AWAITED[0] : 'must be made by definePolicy.')
      continue
    }
    claim('surface', compiled.surface, i)
    for (const { name, prefix } of compiled.types.values()) {
      claim('type', name, i)
      claim('prefix', prefix, i)
    }
  }
}
