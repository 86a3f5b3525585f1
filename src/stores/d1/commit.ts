/**
 * Writes a record and its event together, as one batch. Each statement of it asks for itself whether the version before still
 * stands; the token, which says so, is written last. So a lost race writes nothing, and neither does a batch that comes twice.
 * D1 runs one batch at a time, so that the numbers of the events have no gaps and are seen in their order.
 */
import { type RawBuilder, sql } from 'kysely'
import type { NewEvent, TokenRecord } from '../../core/token.ts'
import { digestTaken, isDuplicate, withoutNumber } from '../sql/problems.ts'
import { eventRow, tokenRow } from '../sql/rows.ts'
import type { Names } from '../sql/tables.ts'
import { wholeOf } from '../sql/values.ts'
import type { D1Session } from './session.ts'

/** Makes the commit of a store. */
export function d1Commit(session: D1Session): (record: TokenRecord, event: NewEvent) => Promise<boolean> {
  const { names } = session
  return async (record, event) => {
    if (!Number.isSafeInteger(record.version) || record.version < 1) return false
    const statements = [...statementsOf(names, record, event), left(names)]
    const answers = await session.batch(statements).catch((thrown: unknown) => {
      throw isDuplicate(thrown) && isOf(names.secrets, thrown) ? digestTaken() : thrown
    })
    const [written, state] = answers.slice(-2)
    if (written?.length === 1) return true
    if (wholeOf((state?.[0] as { readonly last_seq?: unknown } | undefined)?.last_seq) === undefined)
      throw withoutNumber(names)
    return false
  }
}

/** The number, the event, the secrets that go, those that come, and the token, whose row comes back if it was written. */
function statementsOf(names: Names, record: TokenRecord, event: NewEvent): readonly RawBuilder<unknown>[] {
  const { tokens, secrets, events, state } = tablesOf(names)
  const row = tokenRow(record)
  const { seq: _, ...said } = eventRow(event, 1)
  const digests = JSON.stringify([...new Set(record.secrets.map(({ digest }) => digest))])
  const { id, version } = record
  // The same in every statement, since none before the last one touches the token. Without its event nothing else is written.
  const stands =
    version === 1
      ? sql`not exists (select 1 from ${tokens} where id = ${id})`
      : sql`exists (select 1 from ${tokens} where id = ${id} and version = ${version - 1})`
  const isSaid = sql`exists (select 1 from ${events} where seq = (select last_seq from ${state} where id = 1) and id = ${said.id})`
  return [
    sql`update ${state} set last_seq = last_seq + 1 where id = 1 and ${stands}`,
    sql`insert into ${events} (seq, ${columns(said)}) select last_seq, ${values(said)} from ${state} where id = 1 and last_seq <= ${MOST} and ${stands}`,
    sql`delete from ${secrets} where token_id = ${id} and digest not in (select value from json_each(${digests})) and ${stands} and ${isSaid}`,
    sql`insert into ${secrets} (digest, token_id) select value, ${id} from json_each(${digests}) where value not in (select digest from ${secrets} where token_id = ${id}) and ${stands} and ${isSaid}`,
    version === 1
      ? sql`insert into ${tokens} (${columns(row)}) select ${values(row)} where ${stands} and ${isSaid} returning version`
      : sql`update ${tokens} set ${assigned(row)} where id = ${id} and version = ${version - 1} and ${isSaid} returning version`,
  ]
}

/** Whether SQLite's text names a column of a table. */
const isOf = (table: string, thrown: unknown): boolean =>
  thrown instanceof Error && thrown.message.includes(`: ${table}.`)

const MOST = Number.MAX_SAFE_INTEGER

function left(names: Names): RawBuilder<unknown> {
  return sql`select last_seq from ${tablesOf(names).state} where id = 1`
}

/** The tables as parts of a statement. */
export function tablesOf(names: Names): { readonly [T in keyof Names]: RawBuilder<unknown> } {
  const entries = Object.entries(names).map(([key, name]) => [key, sql.table(name)])
  return Object.fromEntries(entries)
}

type Row = { readonly [column: string]: unknown }
const columns = (row: Row) => sql.join(Object.keys(row).map((column) => sql.ref(column)))
const values = (row: Row) => sql.join(Object.values(row))
const assigned = (row: Row) =>
  sql.join(Object.entries(row).map(([column, value]) => sql`${sql.ref(column)} = ${value}`))
