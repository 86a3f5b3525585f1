/** The small world of the service's tests: three plans, what lies in them, and an engine over a real store. */
import {
  type CreateInput,
  createPlanTokens,
  type MemoryStore,
  memoryStore,
  PlanTokenError,
  type PlanTokensOptions,
  type RefusalCode,
  type Secret,
  type TokenStore,
} from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import {
  requestWith,
  type TestClock,
  type TestDirectory,
  type TestRequestOptions,
  testClock,
  testDirectory,
} from 'plan-access-tokens/testing'

export type FigmaPolicy = ReturnType<typeof figmaPolicy>
export type Wish = Partial<CreateInput<FigmaPolicy>>

const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** Where the clock stands at first. */
export const START = Date.parse('2027-01-31T12:00:00Z')
export const ADMIN = 'admin-1'

/** What a token of plan 1001 is made of unless a test says otherwise. */
export const TOKEN = {
  actor: ADMIN,
  planId: '1001',
  type: 'rest',
  name: 'Nightly export',
  lifetimeDays: 30,
  scopes: ['file_content:read'],
  resources: 'all',
} as const satisfies CreateInput<FigmaPolicy>

/** Plan 1001 (organization), 2002 (enterprise, another admin) and 3003 (starter), and what lies in the first two. */
export function newDirectory(): TestDirectory {
  return testDirectory({
    1001: {
      admins: [ADMIN],
      resources: {
        'workspace:789': {
          'team:456': {
            'project:123': { 'file:FileA': { 'file:BranchA': {}, 'component:cmpA': {}, 'dev_resource:devA': {} } },
          },
          'team:457': { 'project:124': { 'file:FileB': { 'dev_resource:devB': {} } }, 'webhook:72': {} },
        },
      },
    },
    2002: { tier: 'enterprise', admins: ['admin-2'], resources: { 'project:923': { 'file:FileZ': {} } } },
    3003: { tier: 'starter', admins: ['admin-3'] },
  })
}

/** Checked and compiled once, since hundreds of worlds are made; it is frozen. */
const POLICY = figmaPolicy()

export interface World {
  readonly tokens: ReturnType<typeof createPlanTokens<FigmaPolicy>>
  readonly store: MemoryStore
  readonly clock: TestClock
  readonly directory: TestDirectory
  /** Makes a token of plan 1001. */
  make(wish?: Wish): Promise<{ readonly id: string; readonly secret: string }>
  /** What the engine says to a request: `allowed` or the code of the refusal. */
  ask(secret: string | Secret, line?: string, options?: TestRequestOptions): Promise<'allowed' | RefusalCode>
  /** The types of all events of plan 1001, oldest first. */
  log(): Promise<readonly string[]>
}

/** Makes the world. `port` puts something between the engine and its memory store. */
export function newWorld(
  options: Partial<PlanTokensOptions<FigmaPolicy>> & { readonly port?: (store: MemoryStore) => TokenStore } = {},
): World {
  const { port, ...given } = options
  const store = (given.store as MemoryStore | undefined) ?? memoryStore()
  const clock = (given.clock as TestClock | undefined) ?? testClock(START)
  const directory = (given.directory as TestDirectory | undefined) ?? newDirectory()
  const ports = { store: port?.(store) ?? store, directory, clock }
  const tokens = createPlanTokens({ policy: POLICY, onWarning() {}, ...given, ...ports })
  return {
    ...{ tokens, store, clock, directory },
    async make(wish = {}) {
      const { token, secret } = await tokens.create({ ...TOKEN, ...wish })
      return { id: token.id, secret: secret.reveal() }
    },
    async ask(secret, line = 'GET /v1/files/FileA', request = {}) {
      const decision = await tokens.authorize(requestWith(secret, line, request))
      return decision.allowed ? 'allowed' : decision.code
    },
    async log() {
      return (await store.events({ planId: '1001', limit: 1_000 })).map(({ type }) => type)
    },
  }
}

/** The error of a management call that must fail. */
export async function errorOf(call: Promise<unknown>): Promise<PlanTokenError> {
  const outcome: unknown = await call.then(
    () => 'an answer',
    (thrown: unknown) => thrown,
  )
  if (outcome instanceof PlanTokenError) return outcome
  throw new Error(`Expected the call to fail with a PlanTokenError, but got ${String(outcome)}`)
}

/** The code with which a management call fails. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return (await errorOf(call)).code
}
