/** The plain world (support/world.ts) as walks begin in it, with uses that are steps of their own, and the page as it is then. */
import type { MemoryStore, Policy, SecretUse, TokenStore } from 'plan-access-tokens'
import type { TestDirectory } from 'plan-access-tokens/testing'
import { ADMIN, newDirectory, newWorld, type World } from '../support/world.ts'
import type { Page } from './page-model.ts'
import { PLANS } from './steps.ts'

/** What is walked over. */
export interface Walked extends Pick<World<Policy>, 'tokens' | 'clock' | 'directory'> {
  /** Says that a secret was used. */
  use(use: SecretUse): Promise<void>
}

/** What a test puts between the engine and its world. */
export interface Mending {
  readonly policy?: Policy
  readonly store?: (store: MemoryStore) => TokenStore
  readonly directory?: (directory: TestDirectory) => TestDirectory
  /** Whether the ports answer by promises and never at once. */
  readonly isLater?: boolean
}

/** A new engine over a new world, in which one person is admin of two plans. */
export function newEngine({ policy, isLater = false, ...mending }: Mending = {}): Walked {
  const directory = newDirectory()
  directory.setPlan(PLANS.two, { admins: [ADMIN] })
  const asked = mending.directory?.(directory) ?? directory
  const { tokens, clock, store } = newWorld<Policy>({
    ...(policy && { policy }),
    onError() {},
    port(memory) {
      // Requests are no uses here, since every secret is asked after each step; uses are steps of their own.
      const { recordUse: _, ...store }: TokenStore = mending.store?.(memory) ?? memory
      return isLater ? { ...store, findByDigest: (digest) => store.findByDigest(digest) } : store
    },
    directory: isLater
      ? {
          plan: async (id) => asked.plan(id),
          isPlanAdmin: async (actor, id) => asked.isPlanAdmin(actor, id),
          locate: async (ref) => asked.locate(ref),
        }
      : asked,
  })
  return { tokens, clock, directory, use: (use) => store.recordUse([use]) }
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
  return { now, plans, above: new Map(Object.entries(above)), tokens: [], events: [], keys: new Map() }
}
