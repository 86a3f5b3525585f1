/**
 * Fills a database with many tokens in little time: two are taken through their lives by the package itself, and their rows are
 * copied with other ids, digests and dates. So each row is one that the store writes, whatever its columns are.
 */

import { createHash } from 'node:crypto'
import { millisecondsInDay } from 'date-fns/constants'
import type pg from 'pg'
import { createPlanTokens } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import type { Database } from './postgres.ts'
import { directory, INPUT, PLAN } from './world.ts'

/** Events of each token: one for its beginning and four changes. */
export const EVENTS_EACH = 5
/** Over how many days the tokens were created, of which each lives 365. */
const SPAN_DAYS = { active: 300, mixed: 450 }

/** What is put in. */
export interface Filling {
  readonly count: number
  /**
   * Digests of the tokens' secrets; all tokens are then active and of one plan. Without them digests are made up, half of the
   * tokens are of one plan and the others of plans of a hundred, a fifth has expired and a tenth is revoked.
   */
  readonly digests?: readonly string[]
}

/** The id of the token with a number, from 0. */
export const idOf = (n: number): string => createHash('md5').update(`token${n}`).digest('hex').slice(0, 21)
/** The digest of its secret, where digests are made up. */
export const digestOf = (n: number): string => createHash('sha256').update(`secret${n}`).digest('hex')
/** Its plan, where there are several. */
export const planOf = (n: number): string => (n % 2 === 0 ? PLAN : `plan-${Math.floor(n / 200)}`)

interface Template {
  readonly id: string
  /** Which of the tokens are copies of it. */
  readonly where: string
}

export async function fill(database: Database, filling: Filling): Promise<void> {
  const { pool } = database
  const templates = await makeTemplates(database, filling)
  const client = await pool.connect()
  try {
    await client.query("set maintenance_work_mem = '512MB'; set work_mem = '128MB'; set synchronous_commit = off")
    await makeSource(client, filling)
    await withoutIndexes(client, async () => {
      for (const template of templates) await copyToken(client, template, filling.count)
      // Round by round, so that the events of a token lie apart, as they do where many tokens are changed.
      for (let round = 0; round < EVENTS_EACH; round++)
        for (const template of templates) await copyEvent(client, template, round, filling.count, templates.length)
      await client.query('update plan_token_state set last_seq = (select max(seq) from plan_token_events)')
    })
    await client.query('drop table source')
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  } finally {
    client.release(true)
  }
  await checkRows(database, filling)
}

/** A token of four edits and one of three edits and its revocation, made by the package. */
async function makeTemplates({ store }: Database, { digests }: Filling): Promise<readonly Template[]> {
  const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory: directory() })
  const lives = digests ? [{ edits: 4, where: 'true' }] : LIVES
  const templates: Template[] = []
  for (const { edits, where } of lives) {
    const { token } = await tokens.create(INPUT)
    const input = { actor: INPUT.actor, id: token.id }
    for (let i = 0; i < edits; i++) await tokens.edit({ ...input, name: `Nightly export ${i}` })
    if (edits < EVENTS_EACH - 1) await tokens.revoke(input)
    templates.push({ id: token.id, where })
  }
  await tokens.close()
  return templates
}

const LIVES = [
  { edits: 4, where: 's.n / 2 % 10 <> 7' },
  { edits: 3, where: 's.n / 2 % 10 = 7' },
]

/** What differs from token to token. */
async function makeSource(client: pg.PoolClient, { count, digests }: Filling): Promise<void> {
  const days = digests ? SPAN_DAYS.active : SPAN_DAYS.mixed
  const start = Date.now() - days * millisecondsInDay
  const planId = digests ? `'${PLAN}'` : `case when n % 2 = 0 then '${PLAN}' else 'plan-' || n / 200 end`
  const numbered = digests
    ? 'select place - 1 as n, digest from unnest($1::text[]) with ordinality as given (digest, place)'
    : "select n, encode(sha256(convert_to('secret' || n, 'UTF8')), 'hex') as digest from generate_series(0::bigint, $1::bigint - 1) as numbers (n)"
  await client.query('create temp table source (n bigint, id text, plan_id text, digest text, at bigint)')
  await client.query(
    `insert into source select n, left(md5('token' || n), 21), ${planId}, digest, ${start} + n * ${Math.floor((days * millisecondsInDay) / count)} from (${numbered}) as numbered`,
    [digests ?? count],
  )
  await client.query('analyze source')
}

/** Indexes are faster made over all rows than row by row. Primary keys stay. */
async function withoutIndexes(client: pg.PoolClient, work: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ indexname: string; indexdef: string }>(
    "select indexname, indexdef from pg_indexes where tablename like 'plan_token%' and indexname not like '%_pkey'",
  )
  for (const { indexname } of rows) await client.query(`drop index "${indexname}"`)
  await work()
  for (const { indexdef } of rows) await client.query(indexdef)
}

/** Copies rows of a table: what is named differs, every other column stays what the store wrote. */
async function copyRows(
  client: pg.PoolClient,
  table: string,
  from: string,
  differing: { readonly [column: string]: string },
): Promise<void> {
  const { rows } = await client.query<{ column_name: string }>(
    "select column_name from information_schema.columns where table_name = $1 and is_generated = 'NEVER' order by ordinal_position",
    [table],
  )
  const columns = rows.map(({ column_name }) => column_name)
  const values = columns.map((column) => differing[column] ?? `t.${column}`)
  await client.query(
    `insert into ${table} (${columns.join(', ')}) select ${values.join(', ')} from source s cross join ${from}`,
  )
}

/** The id of a token's event of one round: the last one stands in its record. */
const eventId = (round: number, count: number): string => `left(md5('event' || ${round * count} + s.n), 21)`

async function copyToken(client: pg.PoolClient, { id, where }: Template, count: number): Promise<void> {
  const token = `(select * from plan_tokens where id = '${id}') t`
  await copyRows(client, 'plan_tokens', `${token} where ${where}`, {
    id: 's.id',
    plan_id: 's.plan_id',
    name: "t.name || ' of ' || s.n",
    search_name: "t.search_name || ' of ' || s.n",
    created_at: 's.at',
    expires_at: 't.expires_at - t.created_at + s.at',
    revoked_at: 't.revoked_at - t.created_at + s.at',
    secrets:
      "replace(replace(t.secrets, t.secrets::json -> 0 ->> 'digest', s.digest), t.secrets::json -> 0 ->> 'issuedAt', s.at::text)",
    event_id: eventId(EVENTS_EACH - 1, count),
  })
  const secret = `(select * from plan_token_secrets where token_id = '${id}') t`
  await copyRows(client, 'plan_token_secrets', `${secret} where ${where}`, { digest: 's.digest', token_id: 's.id' })
  await client.query(
    `insert into plan_token_uses (token_id, digest, at) select s.id, s.digest, s.at from source s where ${where}`,
  )
}

async function copyEvent(
  client: pg.PoolClient,
  { id, where }: Template,
  round: number,
  count: number,
  templates: number,
): Promise<void> {
  const event = `(select * from plan_token_events where token_id = '${id}' order by seq offset ${round} limit 1) t`
  await copyRows(client, 'plan_token_events', `${event} where ${where}`, {
    seq: `${templates * EVENTS_EACH + 1 + round * count} + s.n`,
    id: eventId(round, count),
    at: `s.at + ${round}`,
    token_id: 's.id',
    plan_id: 's.plan_id',
  })
}

/** Reads some of it back through the store, which refuses rows that it would not have written. */
async function checkRows({ store }: Database, { count, digests }: Filling): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const n = Math.floor((i * (count - 1)) / 19)
    const record = await store.findByDigest(digests?.[n] ?? digestOf(n))
    const events = await store.events({ tokenId: idOf(n), limit: 2 * EVENTS_EACH })
    const last = events.at(-1)
    const isGood =
      record?.id === idOf(n) &&
      record.planId === (digests ? PLAN : planOf(n)) &&
      events.length === EVENTS_EACH &&
      events[0]?.type === 'created' &&
      last?.id === record.eventId &&
      last.version === record.version &&
      (last.type === 'revoked') === (record.revokedAt !== null)
    if (!isGood) throw new Error(`Token ${n} is not what the store would have written.`)
  }
}
