/** The plain world (support/world.ts) as walks begin in it, with uses that are steps of their own, and the page as it is then. */
import type {
  Issued,
  MemoryStore,
  PlanRules,
  PlanTokens,
  Policy,
  Requested,
  SecretUse,
  TokenStore,
} from 'plan-access-tokens'
import { approvals } from 'plan-access-tokens/approvals'
import { selfRenewal } from 'plan-access-tokens/self-renewal'
import type { TestDirectory } from 'plan-access-tokens/testing'
import { usage } from 'plan-access-tokens/usage'
import { RENEWING } from '../self-renewal/policy.ts'
import { newDirectory, newWorld, type World, type WorldOptions } from '../support/world.ts'
import type { Page } from './page-model.ts'
import { ADMINS, PLANS } from './steps.ts'

/** What is walked over. */
export interface Walked extends Pick<World<Policy>, 'clock' | 'directory'> {
  readonly tokens: PlanTokens<Policy, Issued | Requested>
  /** Whether a plan asks for approvals. */
  setRule(plan: string, isAsking: boolean): void
  /** Whether every plan asks for a session that has begun just now. */
  setStrict(isStrict: boolean): void
  /** Says that a secret was used. */
  use(use: SecretUse): Promise<void>
  /** The store as the engine has it. */
  readonly log: Pick<TokenStore, 'events' | 'chained'>
}

/** What a test puts between the engine and its world. */
export interface Mending {
  readonly policy?: Policy
  readonly store?: (store: MemoryStore) => TokenStore
  readonly directory?: (directory: TestDirectory) => TestDirectory
  /** Whether the ports answer by promises and never at once. */
  readonly isLater?: boolean
}

/** A new engine over a new world, in which two people are admins of two plans. */
export function newEngine({ policy, isLater = false, ...mending }: Mending = {}): Walked {
  const directory = newDirectory()
  for (const plan of Object.values(PLANS)) directory.setPlan(plan, { admins: ADMINS })
  const asking = new Set<string>()
  let stepUp: PlanRules['stepUp'] | undefined
  const rules = (plan: string): PlanRules => ({
    ...(asking.has(plan) && { approvals: 'required' }),
    ...(stepUp && { stepUp }),
  })
  const asked = { ...(mending.directory?.(directory) ?? directory), rules }
  let port: Partial<{ -readonly [M in keyof TokenStore]: TokenStore[M] }> = {}
  const options: WorldOptions<Policy> & { readonly approvals: unknown } = {
    approvals: approvals(),
    policy: policy ?? RENEWING,
    selfRenewal: selfRenewal(),
    onError() {},
    usage: usage(),
    port(memory) {
      const { peekByDigest, ...store }: TokenStore = mending.store?.(memory) ?? memory
      const made: TokenStore = isLater
        ? { ...store, findByDigest: (digest) => store.findByDigest(digest) }
        : { ...store, ...(peekByDigest && { peekByDigest }) }
      port = made
      return made
    },
    directory: isLater
      ? {
          plan: async (id) => asked.plan(id),
          isPlanAdmin: async (actor, id) => asked.isPlanAdmin(actor, id),
          locate: async (ref) => asked.locate(ref),
          rules: async (plan) => rules(plan),
        }
      : asked,
  }
  const { tokens, clock, store } = newWorld<Policy>(options)
  // Requests are no uses here, since every secret is asked after each step; uses are steps of their own.
  delete port.recordUse
  return {
    ...{ tokens, clock, directory, use: (use) => store.recordUse([use]) },
    log: port as TokenStore,
    setRule(plan, isAsking) {
      if (isAsking) asking.add(plan)
      else asking.delete(plan)
    },
    setStrict(isStrict) {
      const asked = { maxAgeSeconds: 1 }
      stepUp = isStrict ? { create: asked, edit: asked, refresh: asked, revoke: asked, approve: asked } : undefined
    },
  }
}

/** The page as it is before the first step. */
export function newPage(now: number): Page {
  const above = {
    'workspace:789': 'plan:1001',
    ...{ 'team:456': 'workspace:789', 'project:123': 'team:456', 'file:FileA': 'project:123' },
    ...{ 'team:457': 'workspace:789', 'project:124': 'team:457', 'file:FileB': 'project:124' },
    ...{ 'team:956': 'plan:2002', 'project:923': 'team:956', 'file:FileZ': 'project:923' },
  }
  const plans = new Map([
    [PLANS.one as string, { tier: 'organization', suspended: false }],
    [PLANS.two as string, { tier: 'enterprise', suspended: false }],
  ])
  return {
    now,
    plans,
    above: new Map(Object.entries(above)),
    tokens: [],
    events: [],
    keys: new Map(),
    renewals: [],
    asking: new Set(),
  }
}
