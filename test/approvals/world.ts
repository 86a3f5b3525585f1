/** A plan whose rules ask for approvals: ada asks, ben and eve may decide, and mallory is admin of another plan. */
import {
  type ApprovingOptions,
  type CreateInput,
  createPlanTokens,
  type MemoryStore,
  memoryStore,
  type PlanRules,
  type Policy,
  type Requested,
  type TokenStore,
} from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { approvals } from 'plan-access-tokens/approvals'
import { requestWith, testClock, testDirectory } from 'plan-access-tokens/testing'
import { POLICY, START } from '../support/world.ts'

export const PLAN = '1001'
export const [ADA, BEN, EVE, MALLORY] = ['ada', 'ben', 'eve', 'mallory']
const FILES = {
  'team:456': { 'project:123': { 'file:FileA': {} }, 'project:124': { 'file:FileB': {} } },
}
export const LINKS = {
  team: 'https://www.figma.com/files/1001/team/456',
  project: 'https://www.figma.com/files/1001/project/123',
  other: 'https://www.figma.com/files/1001/project/124',
}
export const WISH = {
  ...({ actor: ADA, planId: PLAN, type: 'rest', name: 'Nightly export', lifetimeDays: 30 } as const),
  ...({ scopes: ['file_content:read'], resources: 'all' } as const),
} satisfies CreateInput<typeof POLICY>

export interface GivenWorld {
  readonly rules?: PlanRules
  readonly admins?: readonly string[]
  readonly port?: (store: MemoryStore) => TokenStore
  readonly options?: Partial<ApprovingOptions<Policy>>
}

export function newWorld({ rules = { approvals: 'required' }, admins, port, options }: GivenWorld = {}) {
  const directory = testDirectory({
    [PLAN]: { admins: admins ?? [ADA, BEN, EVE], resources: FILES, rules },
    2002: { tier: 'enterprise', admins: [MALLORY] },
  })
  const store = (options?.store as MemoryStore | undefined) ?? memoryStore()
  const clock = testClock(START)
  const tokens = createPlanTokens({
    ...{ policy: POLICY, directory, clock, onWarning() {} },
    ...{ addresses: addressRanges(), approvals: approvals(), ...options },
    store: port?.(store) ?? store,
  })
  /** A token that waits. */
  const ask = async (wish: object = {}): Promise<string> => {
    const { token, secret } = (await tokens.create({ ...WISH, ...wish } as never)) as Requested
    if (secret !== undefined) throw new Error('It has a secret.')
    return token.id
  }
  /** A token that was asked for, approved and collected. */
  const make = async (wish: object = {}) => {
    const id = await ask(wish)
    await tokens.approve({ actor: BEN, id })
    const { token, secret } = await tokens.collect({ actor: ADA, id })
    return { id, token, secret: secret.reveal() }
  }
  return {
    ...{ tokens, store, clock, directory, ask, make },
    get: (id: string, actor = BEN) => tokens.get({ actor, id }),
    edit: (id: string, change: object, actor = ADA) => tokens.edit({ actor, id, ...change } as never),
    setRules: (rules: PlanRules) => directory.setPlan(PLAN, { admins: [ADA, BEN, EVE], rules }),
    async judged(secret: string, line = 'GET /v1/files/FileA', address?: string) {
      const decision = await tokens.authorize(requestWith(secret, line), { address })
      return decision.allowed ? 'allowed' : decision.code
    },
    async log() {
      return (await store.events({ planId: PLAN, limit: 1_000 })).map(({ type }) => type)
    },
    async lastEvent() {
      return (await store.events({ planId: PLAN, order: 'newest', limit: 1 }))[0]!
    },
  }
}
