/**
 * The small world of the tests: three plans, what lies in them, and an engine over a real store. An area that needs more lays it
 * over this one, in a world.ts of its own.
 */
import {
  type CreateInput,
  createPlanTokens,
  type MemoryStore,
  memoryStore,
  PlanTokenError,
  type PlanTokensOptions,
  type Policy,
  type RefusalCode,
  type Secret,
  type Token,
  type TokenStore,
} from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { figmaPolicy } from 'plan-access-tokens/figma'
import {
  type ResourceTree,
  requestWith,
  type TestClock,
  type TestDirectory,
  type TestRequestOptions,
  testClock,
  testDirectory,
} from 'plan-access-tokens/testing'

export type FigmaPolicy = ReturnType<typeof figmaPolicy>
export type Wish<P extends Policy = FigmaPolicy> = Partial<Omit<CreateInput<P>, keyof WishedLife>> & WishedLife
/** Its days unless a test says otherwise; with `lifetimeDays: undefined` and `expiresAt` a moment. */
interface WishedLife {
  readonly lifetimeDays?: number | undefined
  readonly expiresAt?: number | undefined
}

export const MINUTE = 60_000
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

/** The files, by the letters of what lies in them. */
const FILES = { A: 'FileA', BR: 'BranchA', B: 'FileB', Z: 'FileZ' }

/** Plan 1001 (organization), 2002 (enterprise, another admin) and 3003 (starter), and what lies in the first two. */
export function newDirectory({
  files: { A, BR, B, Z } = FILES,
  resources = {},
}: {
  /** What the files are called. */
  readonly files?: typeof FILES
  /** More resources of plan 1001. */
  readonly resources?: ResourceTree
} = {}): TestDirectory {
  return testDirectory({
    1001: {
      admins: [ADMIN],
      resources: {
        'workspace:789': {
          'team:456': {
            'project:123': { [`file:${A}`]: { [`file:${BR}`]: {}, ...contentOf('A'), 'webhook:71': {} } },
            'folder:321': {},
          },
          'team:457': { 'project:124': { [`file:${B}`]: contentOf('B') }, 'folder:322': {}, 'webhook:72': {} },
        },
        ...resources,
      },
    },
    2002: {
      tier: 'enterprise',
      admins: ['admin-2'],
      resources: {
        'team:956': { 'project:923': { [`file:${Z}`]: { ...contentOf('Z'), 'webhook:79': {} } }, 'folder:921': {} },
      },
    },
    3003: { tier: 'starter', admins: ['admin-3'] },
  })
}

function contentOf(letter: string): ResourceTree {
  const keys = [
    `component:cmp${letter}`,
    `component_set:set${letter}`,
    `style:sty${letter}`,
    `dev_resource:dev${letter}`,
  ]
  return Object.fromEntries(keys.map((key) => [key, {}]))
}

/** Checked and compiled once, since hundreds of worlds are made; it is frozen. */
export const POLICY = figmaPolicy()

/** A token, with its secret as text. */
export interface Made {
  readonly id: string
  readonly token: Token
  readonly secret: string
}

export interface World<P extends Policy = FigmaPolicy> {
  readonly tokens: ReturnType<typeof createPlanTokens<P>>
  readonly store: MemoryStore
  readonly clock: TestClock
  readonly directory: TestDirectory
  /** Makes a token of plan 1001. */
  make(wish?: Wish<P>): Promise<Made>
  /** What the engine says to a request: `allowed` or the code of the refusal. */
  ask(secret: string | Secret, line?: string, options?: TestRequestOptions): Promise<'allowed' | RefusalCode>
  /** The types of all events of plan 1001, oldest first. */
  log(): Promise<readonly string[]>
}

export type WorldOptions<P extends Policy = FigmaPolicy> = Partial<PlanTokensOptions<P>> & {
  /** Puts something between the engine and its memory store. */
  readonly port?: (store: MemoryStore) => TokenStore
}

/** Makes the world. What else than Figma's policy judges is a matter of `policy`. */
export function newWorld<P extends Policy = FigmaPolicy>(options: WorldOptions<P> = {}): World<P> {
  const { port, ...given } = options
  const store = (given.store as MemoryStore | undefined) ?? memoryStore()
  const clock = (given.clock as TestClock | undefined) ?? testClock(START)
  const directory = (given.directory as TestDirectory | undefined) ?? newDirectory()
  const ports = { store: port?.(store) ?? store, directory, clock }
  const tokens = createPlanTokens<P>({
    policy: POLICY as Policy as P,
    onWarning() {},
    addresses: addressRanges(),
    ...given,
    ...ports,
  })
  return {
    ...{ tokens, store, clock, directory },
    async make(wish) {
      const { token, secret } = await tokens.create({ ...TOKEN, ...wish } as unknown as CreateInput<P>)
      return { id: token.id, token, secret: secret.reveal() }
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
