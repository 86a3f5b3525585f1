/**
 * `npm run bench -- usage --json FILE`: what it adds to `authorize` to gather how tokens are used, as ratios to an engine that gathers
 * nothing in the same run; what a token that was noted takes in memory; and how much is written once a minute.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createPlanTokens, memoryStore, type TokenStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'
import { usage as gathering } from 'plan-access-tokens/usage'
import { requestsFor, world } from './engine-world.ts'
import { interleaved, rounded } from './measure.ts'
import { ours } from './sides.ts'

/** The result that is written to the file. */
export interface UsageResult {
  /** A token that may reach all of its plan. */
  readonly gathered: number
  /** A token with a list of ten, of which the last lets it through; beside one with such a list that is not gathered. */
  readonly listed: number
  /** A request that is refused for want of a scope; beside one that is not gathered. */
  readonly refused: number
  readonly withoutNs: number
  /** What the heap grows by for one of 10,000 tokens that have used two routes and a resource and wait to be written. */
  readonly bytesPerToken: number
  /** Calls of the store for one minute in which 1,000 tokens of one plan were used. */
  readonly readsPerMinute: number
  readonly writesPerMinute: number
  /** What is kept of such a token, in bytes. */
  readonly keptBytes: number
}

/** What each figure may be at most. */
export const USAGE_LIMITS: { readonly [figure: string]: number } = {
  gathered: 1.3,
  listed: 1.4,
  refused: 1.5,
  bytesPerToken: 2_000,
  readsPerMinute: 1_010,
  writesPerMinute: 1_010,
  keptBytes: 600,
}

/** A route for which the tokens of these worlds lack the scope. */
const COMMENTS = (i: number): string => `/v1/files/FileKey${String(i % 1_000).padStart(15, '0')}/comments`

export async function usage(): Promise<UsageResult> {
  const policy = figmaPolicy()
  const without = await world(policy, 1_000)
  const withIt = await world(policy, 1_000, { usage: gathering() })
  const list = await world(policy, 1_000, { links: 10 })
  const listed = await world(policy, 1_000, { links: 10, usage: gathering() })
  const times = await interleaved({
    without: ours(without, requestsFor(without.secrets)),
    withIt: ours(withIt, requestsFor(withIt.secrets)),
    list: ours(list, requestsFor(list.secrets)),
    listed: ours(listed, requestsFor(listed.secrets)),
    refused: ours(without, requestsFor(without.secrets, COMMENTS), 'scope_missing'),
    refusedWithIt: ours(withIt, requestsFor(withIt.secrets, COMMENTS), 'scope_missing'),
  })
  return {
    gathered: rounded(times.withIt / times.without),
    listed: rounded(times.listed / times.list),
    refused: rounded(times.refusedWithIt / times.refused),
    withoutNs: rounded(times.without),
    bytesPerToken: await bytesPerToken(),
    ...(await aMinute()),
  }
}

const ROUTES = ['/v1/files/ABC', '/v1/files/ABC/comments'] as const

/** So many tokens, whose requests come from `ask`. */
async function used(count: number, wrap: (store: TokenStore) => TokenStore = (store) => store) {
  const store = memoryStore()
  const directory = testDirectory({ 1001: { admins: ['admin'], resources: { 'file:ABC': {} } } })
  const tokens = createPlanTokens({ policy: figmaPolicy(), store: wrap(store), directory, usage: gathering() })
  const secrets: string[] = []
  for (let i = 0; i < count; i++) {
    const { secret } = await tokens.create({
      ...{ actor: 'admin', planId: '1001', type: 'rest', name: `Token ${i}`, lifetimeDays: 365 },
      ...{ scopes: ['file_content:read', 'file_comments:read'], resources: ['https://figma.com/design/ABC'] },
    })
    secrets.push(secret.reveal())
  }
  const ask = async (): Promise<void> => {
    for (const secret of secrets)
      for (const url of ROUTES) await tokens.authorize({ method: 'GET', url, headers: { 'x-figma-token': secret } })
  }
  return { tokens, ask, store }
}

async function bytesPerToken(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const collect = (): number => {
    gc()
    return process.memoryUsage().heapUsed
  }
  const count = 9_999
  const { tokens, ask } = await used(count, ({ recordUse: _, ...store }) => store)
  // What the engine keeps of a record that was seen once is not what is measured.
  await tokens.planUsage({ actor: 'admin', planId: '1001' })
  await ask()
  await tokens.close()
  const before = collect()
  await ask()
  return rounded((collect() - before) / count)
}

async function aMinute(): Promise<Pick<UsageResult, 'readsPerMinute' | 'writesPerMinute' | 'keptBytes'>> {
  const calls = { reads: 0, writes: 0, bytes: 0 }
  const { tokens, ask } = await used(1_000, (store) => ({
    ...store,
    readValue(name) {
      calls.reads += 1
      return (store as Required<TokenStore>).readValue(name)
    },
    writeValue(name, value, version) {
      calls.writes += 1
      if (name.startsWith('usage/token/')) calls.bytes = Math.max(calls.bytes, value.length)
      return (store as Required<TokenStore>).writeValue(name, value, version)
    },
  }))
  await ask()
  await tokens.close()
  return { readsPerMinute: calls.reads, writesPerMinute: calls.writes, keptBytes: calls.bytes }
}
