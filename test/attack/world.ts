/**
 * The world that every case starts from, as the case "world" of attack-cases.json says it: the plain one (support/world.ts) with
 * its files under longer keys, and the tokens ALL and ONE. Store, directory and clock are the real ones, with their calls counted
 * and with answers that a test can replace. What is asserted with it: verdicts.ts.
 */

import type {
  CreateInput,
  Decision,
  MemoryStore,
  PlanTokens,
  PlanTokensOptions,
  RequestLike,
  TokenOnlyPolicy,
  TokenRecord,
  TokenStore,
} from 'plan-access-tokens'
import { memoryStore } from 'plan-access-tokens'
import {
  type ResourceTree,
  requestWith,
  type TestClock,
  type TestDirectory,
  type TestRequestOptions,
  testClock,
} from 'plan-access-tokens/testing'
import { NPM_POLICY } from '../npm/world.ts'
import { ADMIN, type Made, newDirectory, newWorld, POLICY, START, TOKEN } from '../support/world.ts'

export const A = 'FileA0000000000000000aa'
export const BR = 'BranchA00000000000000aa'
export const B = 'FileB0000000000000000bb'
export const Z = 'FileZ0000000000000000zz'

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

type Passed = Pick<
  PlanTokensOptions<TokenOnlyPolicy>,
  'timeoutMs' | 'bodyTimeoutMs' | 'onDecision' | 'onError' | 'limits' | 'canaries' | 'usage'
>

export interface WorldOptions extends Passed {
  /** Default: Figma's alone. */
  readonly policy?: readonly TokenOnlyPolicy[]
  /** More resources of plan 1001. */
  readonly resources?: ResourceTree
  /** Default: `memoryStore()`. */
  readonly store?: TokenStore
}

/** Every scope that a token of type `rest` can be granted. */
export const EVERY_SCOPE: readonly string[] = POLICY.types[0]?.scopes ?? []

/** What creates ALL, with other fields. Deliberately loose: bad input is what is tested. */
export function input(other: { readonly [field: string]: unknown } = {}): CreateInput {
  return { ...TOKEN, description: '', lifetimeDays: 90, scopes: EVERY_SCOPE, ...other } as CreateInput
}

/** Builds the world. */
export async function world(options: WorldOptions = {}): Promise<World> {
  const { resources = {}, store: given = memoryStore(), policy = [POLICY], ...rest } = options
  const warnings: string[] = []
  const clock = steered(testClock(START))
  const store = steered(given as MemoryStore)
  const directory = steered(newDirectory({ files: { A, BR, B, Z }, resources }))
  const ports = { store: store.port, directory: directory.port, clock: clock.port }
  const plain = newWorld<TokenOnlyPolicy>({ ...rest, policy, ...ports, onWarning: (line) => warnings.push(line) })
  const { tokens } = plain
  const secrets: string[] = []
  const kept = (one: Made): Made => {
    secrets.push(one.secret)
    return one
  }
  const make: World['make'] = async (other) => kept(await plain.make(input(other)))
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
    async refresh({ id }, other) {
      const { token, secret } = await tokens.refresh({ actor: ADMIN, id, ...other })
      return kept({ id, token, secret: secret.reveal() })
    },
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
    policy: [...(options.policy ?? [POLICY]), NPM_POLICY],
    resources: { ...options.resources, 'npm_scope:@acme': {} },
  })
  const NPM = await w.make({ type: 'npm', name: 'Install', scopes: ['npm:read', 'npm:write'] })
  return { ...w, NPM }
}
