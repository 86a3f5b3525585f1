/** What management costs in a database of many tokens, as ratios to one of few on the same server, and whether it goes by indexes. */
import type pg from 'pg'
import {
  createPlanTokens,
  type ListPosition,
  type PlanTokens,
  type TokenRecord,
  type TokenStore,
} from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import type { PostgresServer } from '../../test/support/postgres.ts'
import { interleaved, rounded, type Side } from '../measure.ts'
import { digestOf, EVENTS_EACH, fill, idOf, planOf } from './fill.ts'
import { newDatabase, openDatabase, type Statement } from './postgres.ts'
import { directory, INPUT, PLAN } from './world.ts'

const FEW = 10_000
/** A page of 50, and one more to see whether there are others. */
const LIMIT = 51

interface Population {
  readonly count: number
  readonly tokens: PlanTokens
  readonly store: Omit<TokenStore, 'watch'>
  /** The token in the middle of the large plan in each order. */
  readonly middle: { readonly newest: ListPosition; readonly expiry: ListPosition }
  readonly pool: pg.Pool
  /** One of each text. */
  readonly statements: ReadonlyMap<string, Statement>
  close(): Promise<void>
}

type Operation = (population: Population, draw: number) => Promise<unknown>

const now = Date.now()
const page = (work: (population: Population, draw: number) => Promise<readonly unknown[]>): Operation => {
  return async (population, draw) => {
    if ((await work(population, draw)).length === 0) throw new Error('The page is empty.')
  }
}
const found = (work: (population: Population, draw: number) => Promise<TokenRecord | undefined>): Operation => {
  return async (population, draw) => {
    if (!(await work(population, draw))) throw new Error('The token was not found.')
  }
}

const list = { planId: PLAN, now, limit: LIMIT }
/** Everything that is asked, by the figure that it belongs to. A draw is the number of a token. */
const OPERATIONS = {
  create: { create: ({ tokens }) => tokens.create(INPUT) },
  list: {
    newest: page(({ store }) => store.list({ ...list, order: 'newest' })),
    newestFromTheMiddle: page(({ store, middle }) => store.list({ ...list, order: 'newest', after: middle.newest })),
    expiry: page(({ store }) => store.list({ ...list, order: 'expiry' })),
    expiryFromTheMiddle: page(({ store, middle }) => store.list({ ...list, order: 'expiry', after: middle.expiry })),
    smallPlan: page(({ store }, draw) => store.list({ ...list, planId: planOf(draw | 1), order: 'newest' })),
  },
  find: {
    byId: found(({ store }, draw) => store.find(idOf(draw))),
    byDigest: found(({ store }, draw) => store.findByDigest(digestOf(draw))),
  },
  events: {
    oldest: page(({ store }) => store.events({ planId: PLAN, limit: LIMIT })),
    newest: page(({ store }) => store.events({ planId: PLAN, order: 'newest', limit: LIMIT })),
    planFromTheMiddle: page(({ store, count }) =>
      store.events({ planId: PLAN, after: Math.floor((count * EVENTS_EACH) / 2), limit: LIMIT }),
    ),
    allFromTheMiddle: page(({ store, count }) =>
      store.events({ after: Math.floor((count * EVENTS_EACH) / 2), limit: LIMIT }),
    ),
    ofOneToken: page(({ store }, draw) => store.events({ tokenId: idOf(draw), limit: LIMIT })),
  },
  /** Without a limit: no index has both the filter and the order. */
  filtered: {
    newestExpired: page(({ store }) => store.list({ ...list, order: 'newest', status: 'expired' })),
    newestRevoked: page(({ store }) => store.list({ ...list, order: 'newest', status: 'revoked' })),
    expiryExpired: page(({ store }) => store.list({ ...list, order: 'expiry', status: 'expired' })),
  },
} satisfies { readonly [figure: string]: { readonly [operation: string]: Operation } }
type Figure = keyof typeof OPERATIONS

type Parts = { readonly [operation: string]: { readonly few: number; readonly many: number; readonly ratio: number } }

export interface Million {
  /** The largest ratio of each figure's parts. */
  readonly ratios: { readonly [F in Figure]: number }
  /** Times in ns. */
  readonly parts: { readonly [F in Figure]: Parts }
  /** Statements that read a whole table, of those with a row a token or an event. */
  readonly wholeTableReads: readonly string[]
}

export async function million(server: PostgresServer, many: number, rounds: number): Promise<Million> {
  const populations = { few: await populate(server, FEW), many: await populate(server, many) }
  const parts: { [figure: string]: Parts } = {}
  for (const [figure, operations] of Object.entries(OPERATIONS)) {
    const measured: { [operation: string]: Parts[string] } = {}
    for (const [name, operation] of Object.entries(operations)) {
      const slow = figure === 'filtered'
      const { few, many } = await interleaved(
        { few: sideOf(populations.few, operation), many: sideOf(populations.many, operation) },
        { calls: slow ? 2 : 25, rounds: slow ? 5 : rounds },
      )
      measured[name] = { few: rounded(few), many: rounded(many), ratio: rounded(many / few) }
    }
    parts[figure] = measured
  }
  const wholeTableReads = await wholeReads(populations.many)
  for (const population of Object.values(populations)) await population.close()
  const ratios = Object.entries(parts).map(([figure, measured]) => {
    return [figure, Math.max(...Object.values(measured).map(({ ratio }) => ratio))]
  })
  return { ratios: Object.fromEntries(ratios), parts: parts as Million['parts'], wholeTableReads }
}

function sideOf(population: Population, operation: Operation): Side {
  return async (times) => {
    for (let i = 0; i < times; i++) await operation(population, Math.floor(Math.random() * population.count))
  }
}

async function populate(server: PostgresServer, count: number): Promise<Population> {
  const empty = await newDatabase(server)
  await fill(empty, { count })
  await empty.close()
  const statements = new Map<string, Statement>()
  const { store, pool, close } = openDatabase(empty.config, (statement) => statements.set(statement.sql, statement))
  const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory: directory() })
  // Even numbers are of the large plan; the middle of all was created in the middle of the time, and is not revoked.
  const middle = await store.find(idOf(count / 2))
  if (middle?.revokedAt !== null) throw new Error('The token in the middle is revoked.')
  const { id, createdAt, expiresAt } = middle
  return {
    ...{ count, tokens, store, pool, statements },
    middle: { newest: { ended: false, at: createdAt, id }, expiry: { ended: false, at: expiresAt, id } },
    async close() {
      await tokens.close()
      await close()
    },
  }
}

/** Asks PostgreSQL how it goes about each statement, for its values and, where it is prepared, for any values. */
async function wholeReads({ pool, statements }: Population): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const { sql, parameters } of statements.values()) {
    if (!/^(\/\*.*?\*\/ )?(select|update|insert|delete)/.test(sql)) continue
    const plans = [await pool.query({ text: `explain ${sql}`, values: [...parameters] })]
    if (sql.startsWith('/*')) plans.push(await pool.query(`explain (generic_plan) ${sql}`))
    const lines = plans.flatMap(({ rows }) => rows.map((row) => String(row['QUERY PLAN'])))
    if (lines.some((line) => /Seq Scan on plan_token(s|_secrets|_events|_uses)\b/.test(line))) found.add(sql)
  }
  return [...found]
}
