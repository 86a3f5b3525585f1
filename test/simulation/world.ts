/** The world in which walks begin: an engine with plans, resources, a clock and uses, and the page as it is then. */
import {
  createPlanTokens,
  type MemoryStore,
  memoryStore,
  type Policy,
  type SecretUse,
  type TokenStore,
} from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { type TestClock, type TestDirectory, testClock, testDirectory } from 'plan-access-tokens/testing'
import type { Page } from './page-model.ts'
import { PLANS } from './steps.ts'

export const ADMIN = 'admin-1'

/** What is walked over. */
export interface Walked {
  readonly tokens: ReturnType<typeof createPlanTokens<Policy>>
  readonly clock: TestClock
  readonly directory: TestDirectory
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

/** Checked and compiled once, since each walk begins with a new engine. */
const POLICY: Policy = figmaPolicy()

/** A new engine over a new world. */
export function newEngine({ policy = POLICY, isLater = false, ...mending }: Mending = {}): Walked {
  const clock = testClock()
  const memory = memoryStore()
  const directory = testDirectory({
    [PLANS.one]: {
      admins: [ADMIN],
      resources: {
        'workspace:789': {
          'team:456': { 'project:123': { 'file:FileA': {} } },
          'team:457': { 'project:124': { 'file:FileB': {} } },
        },
      },
    },
    [PLANS.two]: { tier: 'enterprise', admins: [ADMIN], resources: { 'project:923': { 'file:FileZ': {} } } },
  })
  // Requests are no uses here, since every secret is asked after each step; uses are steps of their own.
  const { recordUse: _, ...store }: TokenStore = mending.store?.(memory) ?? memory
  const asked = mending.directory?.(directory) ?? directory
  const tokens = createPlanTokens<Policy>({
    ...{ policy, clock, onError() {}, onWarning() {} },
    store: isLater ? { ...store, findByDigest: (digest) => store.findByDigest(digest) } : store,
    directory: isLater
      ? {
          plan: async (id) => asked.plan(id),
          isPlanAdmin: async (actor, id) => asked.isPlanAdmin(actor, id),
          locate: async (ref) => asked.locate(ref),
        }
      : asked,
  })
  return { tokens, clock, directory, use: (use) => memory.recordUse([use]) }
}

/** The page as it is before the first step. */
export function newPage(now: number): Page {
  const above = {
    'workspace:789': 'plan:1001',
    ...{ 'team:456': 'workspace:789', 'project:123': 'team:456', 'file:FileA': 'project:123' },
    ...{ 'team:457': 'workspace:789', 'project:124': 'team:457', 'file:FileB': 'project:124' },
    ...{ 'project:923': 'plan:2002', 'file:FileZ': 'project:923' },
  }
  const plans = new Map([
    [PLANS.one as string, { tier: 'organization', suspended: false }],
    [PLANS.two as string, { tier: 'enterprise', suspended: false }],
  ])
  return { now, plans, above: new Map(Object.entries(above)), tokens: [], events: [], keys: new Map() }
}
