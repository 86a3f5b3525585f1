/**
 * What a request costs over PostgreSQL: with a token that the process remembers, with one that it asks the store for, and how
 * often it asks the store under more and more traffic.
 */

import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { millisecondsInDay } from 'date-fns/constants'
import { createPlanTokens, type memoryStore, type PlanTokens, type RequestLike } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { newFloor } from '../engine-world.ts'
import { type FloorRequest, floorAuthorize } from '../floor.ts'
import { interleaved, rounded, type Side } from '../measure.ts'
import { type Database, openDatabase } from './postgres.ts'
import { directory, expectDecision, forEach, PLAN, requestsWith } from './world.ts'

/** How many requests are under way at a time where each waits for the database. */
const AT_ONCE = 64
/** For one request that waits for the database, so many that do not: else a round of one side would take far longer. */
const SLOWER = 20

const engineOver = (store: Database['store'], freshnessMs: number): PlanTokens =>
  createPlanTokens({ policy: figmaPolicy(), store, directory: directory(), freshnessMs })

/** A part of the calls one after another, each answer checked. */
function inTurn(tokens: PlanTokens, requests: readonly RequestLike[], part = 1): Side {
  let next = 0
  return async (times) => {
    for (let i = 0; i < times / part; i++) expectDecision(await tokens.authorize(requests[next++ % requests.length]!))
  }
}

/** A part of the calls, many at a time, as a busy server has them. */
function atOnce(tokens: PlanTokens, requests: readonly RequestLike[]): Side {
  let next = 0
  return (times) => {
    const calls = Array.from({ length: times / SLOWER }, () => requests[next++ % requests.length]!)
    return forEach(calls, AT_ONCE, async (request) => expectDecision(await tokens.authorize(request)))
  }
}

/** The floor with the same tokens. */
function theFloor(secrets: readonly string[], requests: readonly RequestLike[]): Side {
  const floor = newFloor(figmaPolicy())
  for (const [i, secret] of secrets.entries())
    floor.tokens.set(hash('sha256', secret, 'hex'), {
      ...{ id: String(i), planId: PLAN, expiresAt: Date.now() + millisecondsInDay },
      ...{ scopes: new Set(['file_content:read']), allowlist: 'all' },
    })
  let next = 0
  return async (times) => {
    for (let i = 0; i < times; i++) {
      const request = requests[next++ % requests.length] as unknown as FloorRequest
      if (!(await floorAuthorize(floor, request)).allowed) throw new Error('The floor refused a request.')
    }
  }
}

export interface Warm {
  /** The floor of bench/floor.ts, for the same thousand out of a Map of all: less no authorizer can take. */
  readonly floor: number
  /** A thousand tokens that are asked again and again, of 100,000. */
  readonly memory: number
  readonly postgresFreshness1000: number
  /** With many requests under way, so that it is the throughput and not the delay of one. */
  readonly postgresFreshness0: number
  /** One request after another: the delay of one. */
  readonly postgresFreshness0InTurn: number
  /** All 100,000 in turn. */
  readonly memoryAll: number
  readonly postgresFreshness1000All: number
}

/** `authorize`, in ns, over the memory store and over PostgreSQL with the same tokens. */
export async function warm(
  database: Database,
  ofMemory: ReturnType<typeof memoryStore>,
  secrets: readonly string[],
  rounds: number,
): Promise<Warm> {
  const all = requestsWith(secrets)
  const step = Math.ceil(all.length / 1_000)
  // Made by themselves, so that they lie together as what a server has just received does.
  const some = requestsWith(secrets.filter((_, i) => i % step === 0))
  const engines = {
    memory: createPlanTokens({ policy: figmaPolicy(), store: ofMemory, directory: directory() }),
    fresh1000: engineOver(database.store, 1_000),
    fresh0: engineOver(database.store, 0),
  }
  await forEach(all, AT_ONCE, async (request) => expectDecision(await engines.fresh1000.authorize(request)))
  const calls = 10_000
  const ofSome = await interleaved(
    {
      floor: theFloor(secrets, some),
      memory: inTurn(engines.memory, some),
      fresh1000: inTurn(engines.fresh1000, some),
      fresh0: atOnce(engines.fresh0, some),
      fresh0InTurn: inTurn(engines.fresh0, some, SLOWER),
    },
    { calls, rounds },
  )
  const ofAll = await interleaved(
    { memory: inTurn(engines.memory, all), fresh1000: inTurn(engines.fresh1000, all) },
    { calls, rounds },
  )
  for (const engine of Object.values(engines)) await engine.close()
  return {
    floor: rounded(ofSome.floor),
    memory: rounded(ofSome.memory),
    postgresFreshness1000: rounded(ofSome.fresh1000),
    postgresFreshness0: rounded(ofSome.fresh0 * SLOWER),
    postgresFreshness0InTurn: rounded(ofSome.fresh0InTurn * SLOWER),
    memoryAll: rounded(ofAll.memory),
    postgresFreshness1000All: rounded(ofAll.fresh1000),
  }
}

/** A look-up by digest in the store, and the same row by its primary key with nothing around it, in ns. */
export async function cold(
  { config }: Database,
  records: readonly { readonly id: string; readonly digest: string }[],
  rounds: number,
): Promise<{ readonly ours: number; readonly bare: number }> {
  const texts = new Set<string>()
  const database = openDatabase(config, ({ sql }) => texts.add(sql))
  const plain = openDatabase(config)
  await database.store.find('')
  const columns = [...texts].find((sql) => sql.includes('"idempotency"'))?.match(/select ("id".*) from/)?.[1]
  if (columns === undefined) throw new Error('The columns of a token were not found out.')
  await database.close()
  const text = `select ${columns} from plan_tokens where id = $1`
  let next = 0
  const draw = () => {
    next = (next + 7_919) % records.length
    return records[next]!
  }
  const times = await interleaved(
    {
      ours: async (calls) => {
        for (let i = 0; i < calls; i++) {
          const { id, digest } = draw()
          if ((await plain.store.findByDigest(digest))?.id !== id) throw new Error('Another token was found.')
        }
      },
      bare: async (calls) => {
        for (let i = 0; i < calls; i++) {
          const { id } = draw()
          const { rows } = await plain.pool.query({ name: 'bare', text, values: [id] })
          if (rows[0]?.id !== id) throw new Error('Another row was found.')
        }
      },
    },
    { calls: 200, rounds },
  )
  await plain.close()
  return { ours: rounded(times.ours), bare: rounded(times.bare) }
}

const TRAFFIC = { '1x': 1, '10x': 10, '100x': 100 }
type Traffic = keyof typeof TRAFFIC

/**
 * How many statements that read reach the database a second, at 100 requests a second, at 1,000 and at 10,000: three engines
 * side by side, so that they live through the same seconds.
 */
export async function storeReads(
  { config }: Database,
  secrets: readonly string[],
  seconds: number,
): Promise<{ readonly [T in Traffic]: number }> {
  const requests = requestsWith(secrets.slice(0, 1_000))
  const measured = await Promise.all(
    Object.entries(TRAFFIC).map(async ([name, each]) => {
      let reads = 0
      const database = openDatabase(config, ({ sql }) => {
        if (/^(\/\*.*?\*\/ )?select/.test(sql)) reads += 1
      })
      const tokens = engineOver(database.store, 1_000)
      await forEach(requests, AT_ONCE, async (request) => expectDecision(await tokens.authorize(request)))
      reads = 0
      let next = 0
      const start = performance.now()
      for (let ticks = 1; ticks <= seconds * 100; ticks++) {
        const burst = Array.from({ length: each }, () => requests[next++ % requests.length]!)
        for (const decision of await Promise.all(burst.map((request) => tokens.authorize(request))))
          expectDecision(decision)
        await sleep(Math.max(0, start + ticks * 10 - performance.now()))
      }
      const perSecond = reads / ((performance.now() - start) / 1_000)
      await tokens.close()
      await database.close()
      return [name, rounded(perSecond)]
    }),
  )
  return Object.fromEntries(measured)
}
