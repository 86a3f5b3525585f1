/**
 * How the databases answer what is asked: along an index, without sorting, and by reading no more rows than a page needs, in
 * tables where looking through everything would show. The statements are taken from the store as it sends them.
 */
import { type Kysely, sql } from 'kysely'
import { migrate, type SqlStore, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { T } from '../../records.ts'
import type { Database, Engine } from '../engines.ts'

/** One large plan with tokens of each status; and many small ones. */
const TOKENS = 12_000
const LIMIT = 20
const list = (store: SqlStore, query: object = {}) =>
  store.list({ planId: 'large', order: 'newest', now: T, limit: LIMIT, ...query })

const CALLS: readonly (readonly [name: string, index: string, call: (store: SqlStore) => Promise<unknown>])[] = [
  ['the look-up by digest', 'secrets_pkey', (store) => store.findByDigest('digest-600')],
  ['find', 'tokens_pkey', (store) => store.find('token-600')],
  ['list by newest', 'newest', (store) => list(store)],
  ['list by newest, further on', 'newest', (store) => list(store, { after: { ended: false, at: 6_000, id: 'x' } })],
  ['list by expiry', 'expiry', (store) => list(store, { order: 'expiry' })],
  [
    'list by expiry, further on',
    'expiry',
    (store) => list(store, { order: 'expiry', after: { ended: false, at: T + 9_000, id: 'x' } }),
  ],
  [
    'list by expiry, among those that ended',
    'expiry',
    (store) => list(store, { order: 'expiry', after: { ended: true, at: T - 9_000, id: 'x' } }),
  ],
  ['list of active ones by expiry', 'expiry', (store) => list(store, { order: 'expiry', status: 'active' })],
  ['list of revoked ones by expiry', 'expiry', (store) => list(store, { order: 'expiry', status: 'revoked' })],
  ['events', 'events_pkey', (store) => store.events({ after: 6_000, limit: LIMIT })],
  ['the newest events', 'events_pkey', (store) => store.events({ order: 'newest', limit: LIMIT })],
  ['events of a plan', 'plan', (store) => store.events({ planId: 'large', after: 6_000, limit: LIMIT })],
  ['the newest events of a plan', 'plan', (store) => store.events({ planId: 'large', order: 'newest', limit: LIMIT })],
  ['events of a token', 'token', (store) => store.events({ tokenId: 'token-600', limit: LIMIT })],
  ['the last uses', 'token', (store) => store.lastUse(['token-600', 'token-601'])],
  ['a sweep', 'ended', (store) => store.sweep({ before: T - 6_000 + 10, limit: LIMIT })],
]

/** The numbers from 1 to `TOKENS` as a table `n (i)`. */
const NUMBERS = sql`with recursive n (i) as (select 1 union all select i + 1 from n where i < ${sql.lit(TOKENS)})`

async function fill(kysely: Kysely<unknown>, { dialect }: Engine): Promise<void> {
  const text = (before: string) =>
    dialect === 'mysql' ? sql`concat(${sql.lit(before)}, i)` : sql`${sql.lit(before)} || i`
  // A third each: ends later, ended, revoked.
  const end = sql`case when i % 3 = 0 then ${sql.lit(T)} + i else ${sql.lit(T)} - i end`
  const rows = sql`select ${text('token-')}, case when i % 2 = 0 then ${text('plan-')} else 'large' end,
    'rest', 'Name', 'Description', '["read"]', '"all"', i, 'admin', 1, ${end}, '[]',
    case when i % 3 = 2 then ${sql.lit(T)} - i else null end, null, 1, 'event', '[]', 'name', 'description' from n`
  const columns = `id, plan_id, type, name, description, scopes, resources, created_at, created_by, lifetime_days, expires_at,
    secrets, revoked_at, revoked_by, version, event_id, idempotency, search_name, search_description`
  const insert = async (table: string, columns: string, rows: ReturnType<typeof sql>) => {
    const into = sql`insert into ${sql.table(table)} (${sql.raw(columns)})`
    // MySQL has the numbers behind the insert, the others in front of it.
    await (dialect === 'mysql' ? sql`${into} ${NUMBERS} ${rows}` : sql`${NUMBERS} ${into} ${rows}`).execute(kysely)
  }
  if (dialect === 'mysql') await sql`set session max_recursive_iterations = ${sql.lit(TOKENS)}`.execute(kysely)
  await insert('plan_tokens', columns, rows)
  await insert('plan_token_secrets', 'digest, token_id', sql`select ${text('digest-')}, ${text('token-')} from n`)
  await insert(
    'plan_token_uses',
    'digest, token_id, at',
    sql`select ${text('digest-')}, ${text('token-')}, ${sql.lit(T)} from n`,
  )
  await insert(
    'plan_token_events',
    'seq, id, at, type, token_id, plan_id, actor, version, changes',
    sql`select i, ${text('event-')}, i, 'created', ${text('token-')},
      case when i % 2 = 0 then ${text('plan-')} else 'large' end, 'admin', 1, null from n`,
  )
  const tables = ['tokens', 'token_secrets', 'token_events', 'token_uses'].map((table) => sql.table(`plan_${table}`))
  const analyze = { postgres: 'vacuum analyze', mysql: 'analyze table', sqlite: 'analyze' }[dialect]
  for (const table of tables) await sql`${sql.raw(analyze)} ${table}`.execute(kysely)
}

/** A step of a plan: how it reads, from which index, and how many rows it touches. */
interface Step {
  readonly kind: string
  readonly index: string
  readonly rows: number
}

type Explain = (kysely: Kysely<unknown>, statement: ReturnType<typeof sql>) => Promise<readonly Step[]>

const EXPLAIN: { readonly [D in Engine['dialect']]: Explain } = {
  async postgres(kysely, statement) {
    const { rows } = await sql<{
      'QUERY PLAN': [{ Plan: PostgresNode }]
    }>`explain (analyze, format json) ${statement}`.execute(kysely)
    const steps: Step[] = []
    const walk = (node: PostgresNode): void => {
      const seen = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
      steps.push({ kind: node['Node Type'], index: node['Index Name'] ?? '', rows: seen })
      for (const inner of node.Plans ?? []) walk(inner)
    }
    walk(rows[0]?.['QUERY PLAN'][0].Plan as PostgresNode)
    return steps
  },
  async sqlite(kysely, statement) {
    const { rows } = await sql<{ detail: string }>`explain query plan ${statement}`.execute(kysely)
    return rows.map(({ detail }) => ({ kind: detail, index: detail, rows: 0 }))
  },
  async mysql(kysely, statement) {
    const { rows } = await sql<MysqlStep>`analyze ${statement}`.execute(kysely)
    return rows.map(({ table, type, key, Extra, r_rows }) => {
      return { kind: `${type} ${table} ${Extra}`, index: key ?? '', rows: Number(r_rows) }
    })
  },
}

interface PostgresNode {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly PostgresNode[]
}

interface MysqlStep {
  readonly table: string | null
  readonly r_rows: unknown
  readonly type: string | null
  readonly key: string | null
  readonly Extra: string | null
}

/** A value as part of a statement, bytes as MySQL reads them. */
function literal(value: unknown) {
  return Buffer.isBuffer(value) ? sql.raw(`X'${value.toString('hex')}'`) : sql.lit(value)
}

/** What none of the plans may do: look through a table, or sort. The log is read along its primary key. */
const BAD =
  /Seq Scan|Sort|SCAN plan_tokens$|SCAN plan_token_(secrets|uses)|TEMP B-TREE FOR ORDER|ALL (?!<derived)|filesort/
/** What the primary keys are called besides. */
const PRIMARY = /PRIMARY|sqlite_autoindex|SCAN plan_token_events$/

export function answersAlongIndexes(engine: Engine): void {
  let database: Database
  let kysely: Kysely<unknown>
  let store: SqlStore
  const sent: { readonly text: string; readonly parameters: readonly unknown[] }[] = []

  beforeAll(async () => {
    database = await engine.database()
    kysely = database.kysely({}, (text, parameters) => sent.push({ text, parameters }))
    await migrate(kysely)
    await fill(kysely, engine)
    store = sqlStore(kysely)
    await store.find('x')
  }, 60_000)
  afterAll(() => database.close())

  it.each(CALLS)('answers %s along an index', async (_, index, call) => {
    sent.length = 0
    await call(store)
    const statements = sent.filter(({ text }) => /^(\/\*.*\*\/ )?select/.test(text))
    expect(statements.length).toBeGreaterThan(0)
    const steps: Step[] = []
    for (const { text, parameters } of statements) {
      const pieces = text.split(/\$\d+|\?/)
      const statement = sql.join(
        pieces.map((piece, i) => (i === 0 ? sql.raw(piece) : sql`${literal(parameters[i - 1])}${sql.raw(piece)}`)),
        sql``,
      )
      steps.push(...(await EXPLAIN[engine.dialect](kysely, sql`${statement}`)))
    }
    const shown = JSON.stringify(steps, undefined, 1)
    for (const { kind } of steps) expect(kind, shown).not.toMatch(BAD)
    expect(
      steps.some(({ index: used }) => used.includes(index) || (index.endsWith('pkey') && PRIMARY.test(used))),
      shown,
    ).toBe(true)
    for (const { rows } of steps) expect(rows, shown).toBeLessThanOrEqual(3 * LIMIT + 3)
  })
}
