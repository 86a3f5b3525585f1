/**
 * The world that every case starts from, as the case "world" of attack-cases.json says it: three plans, a small tree of
 * resources, and the tokens ALL and ONE. Store, directory and clock are the real ones, with their calls counted and with
 * answers that a test can replace. What is asserted with it: verdicts.ts.
 */

import type {
  CreateInput,
  Decision,
  DecisionInfo,
  MemoryStore,
  OnError,
  PlanTokens,
  Policy,
  RequestLike,
  Secret,
  Token,
  TokenRecord,
  TokenStore,
} from 'plan-access-tokens'
import { type Clock, createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { npmPolicy } from 'plan-access-tokens/npm'
import {
  type ResourceTree,
  requestWith,
  type TestClock,
  type TestDirectory,
  type TestRequestOptions,
  testClock,
  testDirectory,
} from 'plan-access-tokens/testing'

export const A = 'FileA0000000000000000aa'
export const BR = 'BranchA00000000000000aa'
export const B = 'FileB0000000000000000bb'
export const Z = 'FileZ0000000000000000zz'

const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Where the clock stands at first. */
export const START = Date.parse('2027-01-31T12:00:00Z')

const PLAN_1001: ResourceTree = {
  'workspace:789': {
    'team:456': {
      'project:123': {
        [`file:${A}`]: { [`file:${BR}`]: {}, 'component:cmpA': {}, 'dev_resource:devA': {}, 'webhook:71': {} },
      },
      'folder:321': {},
    },
    'team:457': {
      'project:124': { [`file:${B}`]: { 'component:cmpB': {}, 'style:styB': {}, 'dev_resource:devB': {} } },
      'webhook:72': {},
    },
  },
}

const PLAN_2002: ResourceTree = {
  'team:956': {
    'project:923': { [`file:${Z}`]: { 'component:cmpZ': {}, 'dev_resource:devZ': {}, 'webhook:79': {} } },
  },
}

/** A port with every call on record, and with answers that can be replaced. */
interface Steered<T extends object> {
  /** What the engine is given. */
  readonly port: T
  /** What stands behind it. */
  readonly real: T
  readonly calls: { readonly method: string; readonly args: readonly unknown[] }[]
  /** Methods that answer in place of the real ones. */
  readonly replace: { -readonly [M in keyof T]?: unknown }
  count(method: keyof T): number
}

type Answer = (...args: readonly unknown[]) => unknown

/** Wraps a port. */
function steered<T extends object>(real: T): Steered<T> {
  const calls: { method: string; args: readonly unknown[] }[] = []
  const replace: { -readonly [M in keyof T]?: unknown } = {}
  const port = new Proxy(real, {
    get(target, name) {
      const method = replace[name as keyof T] ?? (Reflect.get(target, name) as unknown)
      if (typeof method !== 'function') return method
      // Whoever wraps a look-up leaves its short cut out.
      if (name === 'peekByDigest' && !(name in replace) && 'findByDigest' in replace) return undefined
      const answer = (replace[name as keyof T] ?? method) as Answer
      return (...args: readonly unknown[]) => {
        calls.push({ method: String(name), args })
        return Reflect.apply(answer, target, args) as unknown
      }
    },
  })
  return { port, real, calls, replace, count: (method) => calls.filter((call) => call.method === method).length }
}

/** A token, with its secret as text. */
export interface Made {
  readonly token: Token
  readonly secret: string
}

export interface World {
  readonly clock: Steered<TestClock>
  readonly store: Steered<MemoryStore>
  readonly directory: Steered<TestDirectory>
  readonly tokens: PlanTokens
  /** Every scope, every resource of plan 1001. */
  readonly ALL: Made
  /** Every scope, project 123 of plan 1001. */
  readonly ONE: Made
  /** Every secret that was issued here so far. */
  readonly secrets: string[]
  /** What its host was warned of. */
  readonly warnings: readonly string[]
  /** Creates a token like ALL, with other fields. */
  make(other?: { readonly [field: string]: unknown }): Promise<Made>
  /** Refreshes a token of plan 1001. */
  refresh(made: Made, other?: { readonly [field: string]: unknown }): Promise<Made>
  /** Sends `'GET /v1/me'` with a secret (default: that of ALL) in `X-Figma-Token`. */
  ask(line: string, secret?: Made | string, options?: TestRequestOptions): Promise<Decision>
}

export interface WorldOptions {
  /** Default: Figma's alone. */
  readonly policy?: readonly Policy[]
  /** More resources of plan 1001. */
  readonly resources?: ResourceTree
  /** Default: `memoryStore()`. */
  readonly store?: TokenStore
  readonly timeoutMs?: number
  readonly bodyTimeoutMs?: number
  readonly onDecision?: (info: DecisionInfo) => unknown
  readonly onError?: OnError
}

/** Every scope that a token of type `rest` can be granted. */
export const EVERY_SCOPE: readonly string[] = figmaPolicy().types[0]?.scopes ?? []

/** What creates ALL, with other fields. Deliberately loose: bad input is what is tested. */
export function input(other: { readonly [field: string]: unknown } = {}): CreateInput {
  const valid = {
    actor: 'admin-1',
    planId: '1001',
    type: 'rest',
    name: 'Nightly export',
    description: '',
    lifetimeDays: 90,
    scopes: EVERY_SCOPE,
    resources: 'all',
  }
  return { ...valid, ...other } as CreateInput
}

/** Builds the world. */
export async function world(options: WorldOptions = {}): Promise<World> {
  const { policy = [figmaPolicy()], resources = {}, timeoutMs, bodyTimeoutMs, onDecision, onError } = options
  const warnings: string[] = []
  const clock = steered(testClock(START))
  const store = steered((options.store ?? memoryStore()) as MemoryStore)
  const directory = steered(
    testDirectory({
      '1001': { tier: 'organization', admins: ['admin-1'], resources: { ...PLAN_1001, ...resources } },
      '2002': { tier: 'enterprise', admins: ['admin-2'], resources: PLAN_2002 },
      '3003': { tier: 'starter', admins: ['admin-3'] },
    }),
  )
  const tokens = createPlanTokens<Policy>({
    policy,
    store: store.port,
    directory: directory.port,
    clock: clock.port as Clock,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(bodyTimeoutMs !== undefined && { bodyTimeoutMs }),
    ...(onDecision && { onDecision }),
    ...(onError && { onError }),
    onWarning: (line) => warnings.push(line),
  })
  const secrets: string[] = []
  const made = ({ token, secret }: { readonly token: Token; readonly secret: Secret }): Made => {
    const text = secret.reveal()
    secrets.push(text)
    return { token, secret: text }
  }
  const make: World['make'] = async (other) => made(await tokens.create(input(other)))
  const ALL = await make()
  const ONE = await make({ name: 'One project', resources: ['https://figma.com/files/1001/project/123'] })
  return {
    clock,
    store,
    directory,
    tokens,
    ALL,
    ONE,
    secrets,
    warnings,
    make,
    refresh: async ({ token }, other) => made(await tokens.refresh({ actor: 'admin-1', id: token.id, ...other })),
    ask: (line, secret = ALL, request) =>
      tokens.authorize(
        requestWith(typeof secret === 'string' ? secret : secret.secret, line, { header: 'x-figma-token', ...request }),
      ),
  }
}

/** The header of a request with a body. */
export const JSON_TYPE = { 'content-type': 'application/json' } as const

/** A request as Node gives it, with nothing checked: rubbish is what is tested. */
export function rawRequest(fields: { readonly [field: string]: unknown }): RequestLike {
  return { method: 'GET', url: `/v1/files/${A}`, headers: {}, ...fields } as unknown as RequestLike
}

/** A Fetch request to the API. */
export function fetchRequest(
  line: string,
  secret: Made,
  init: RequestInit & { readonly duplex?: 'half' } = {},
): Request {
  const [method = '', target = ''] = line.split(' ')
  const type = init.body === undefined ? {} : JSON_TYPE
  const headers = { ...type, authorization: `Bearer ${secret.secret}`, ...(init.headers as Record<string, string>) }
  return new Request(`https://api.example${target}`, { ...init, method, headers })
}

/** Makes the store answer with its record changed, as a careless driver or a hand in the table would. */
export function tamper({ store }: World, change: object | ((record: TokenRecord) => unknown)): void {
  store.replace.findByDigest = async (digest: string) => {
    const record = await store.real.findByDigest(digest)
    if (!record) return undefined
    return typeof change === 'function' ? change(record) : { ...record, ...change }
  }
}

/** A promise that is never kept. */
export const never = (): Promise<never> => new Promise(() => undefined)

/** The world with the npm surface beside Figma's, and a token of that type. */
export async function worldWithNpm(options: WorldOptions = {}): Promise<World & { readonly NPM: Made }> {
  const w = await world({
    ...options,
    policy: [
      ...(options.policy ?? [figmaPolicy()]),
      npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.example.com' }),
    ],
    resources: { ...options.resources, 'npm_scope:@acme': {} },
  })
  const NPM = await w.make({ type: 'npm', name: 'Install', scopes: ['npm:read', 'npm:write'] })
  return { ...w, NPM }
}
