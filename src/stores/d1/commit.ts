/**
 * Writes a record and its event together, as one batch. Each statement of it asks for itself whether the version before still
 * stands; the token, which says so, is written last. So a lost race writes nothing, and neither does a batch that comes twice.
 * D1 runs one batch at a time, so that the numbers of the events have no gaps and are seen in their order.
 *
 * SQLite knows no SHA-256, and nothing can be asked in between. So the link of an event is worked out before, for the newest event
 * that this process knows of, and the batch writes nothing where another one stands; it is then made anew.
 */
import { type RawBuilder, sql } from 'kysely'
import { CHAIN_START, linkOf } from '../../core/chain.ts'
import { platformSha256 } from '../../core/digest.ts'
import type { NewEvent } from '../../core/event.ts'
import type { TokenRecord } from '../../core/token.ts'
import { digestTaken, isDuplicate, withoutNumber } from '../sql/problems.ts'
import { eventRow, tokenRow } from '../sql/rows.ts'
import type { Names } from '../sql/tables.ts'
import { textOf, wholeOf } from '../sql/values.ts'
import type { D1Session } from './session.ts'

/** How often a batch is made anew for an event that came in between. */
const ATTEMPTS = 100
/** From which try on there is a pause before it, and how long it is at most, in milliseconds. */
const [PATIENT, LONGEST_PAUSE] = [3, 40]

/** The newest event, as far as the chain goes by it. */
interface Head {
  readonly seq: number
  readonly chain: string
}

/** What a batch leaves. */
interface Left extends Head {
  /** Whether the version before still stands: nothing was written, since the head was another. */
  readonly stands: boolean
}

/** Makes the commit of a store. */
export function d1Commit(session: D1Session): (record: TokenRecord, event: NewEvent) => Promise<boolean> {
  const { names } = session
  const sha256 = platformSha256()
  /** As it was last seen. */
  let seen: Head = { seq: 0, chain: CHAIN_START }
  return async (record, event) => {
    if (!Number.isSafeInteger(record.version) || record.version < 1) return false
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const head = seen
      const link = event.hash === undefined ? undefined : linkOf(sha256, head.chain, head.seq + 1, event.hash)
      const statements = statementsOf(names, record, event, link === undefined ? undefined : { head, link })
      const answers = await session.batch(statements).catch((thrown: unknown) => {
        throw isDuplicate(thrown) && isOf(names.secrets, thrown) ? digestTaken() : thrown
      })
      const [written, states] = answers.slice(-2)
      const left = leftIn(states?.[0])
      if (left) seen = { seq: left.seq, chain: left.chain }
      if (written?.length === 1) return true
      if (left?.stands === false) return false
      // No number that could be given is left, or the row is not there.
      if (!left || link === undefined || left.seq >= MOST) throw withoutNumber(names)
      if (attempt >= PATIENT) await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE))
    }
    throw new Error(`Other events came in between ${ATTEMPTS} times in a row. Nothing was written.`)
  }
}

function leftIn(row: unknown): Left | undefined {
  const { last_seq, chain, stands } = Object(row) as { readonly [column: string]: unknown }
  const seq = wholeOf(last_seq)
  return seq === undefined ? undefined : { seq, chain: textOf(chain) ?? CHAIN_START, stands: wholeOf(stands) === 1 }
}

/**
 * The number, the event, the secrets that go, those that come, and the token, whose row comes back if it was written; then what they
 * leave.
 */
function statementsOf(
  names: Names,
  record: TokenRecord,
  event: NewEvent,
  linked: { readonly head: Head; readonly link: string } | undefined,
): readonly RawBuilder<unknown>[] {
  const { tokens, secrets, events, state } = tablesOf(names)
  const row = tokenRow(record)
  const { seq: _, ...said } = eventRow(event, 1, linked?.link)
  const digests = JSON.stringify([...new Set(record.secrets.map(({ digest }) => digest))])
  const { id, version } = record
  // The same in every statement, since none before the last one touches the token. Without its event nothing else is written.
  const stands =
    version === 1
      ? sql`not exists (select 1 from ${tokens} where id = ${id})`
      : sql`exists (select 1 from ${tokens} where id = ${id} and version = ${version - 1})`
  const isSaid = sql`exists (select 1 from ${events} where seq = (select last_seq from ${state} where id = 1) and id = ${said.id})`
  const { head, link } = linked ?? {}
  const isHead = head ? sql`last_seq = ${head.seq} and coalesce(chain, ${CHAIN_START}) = ${head.chain}` : sql`1`
  const isNext = head ? sql`last_seq = ${head.seq + 1} and chain = ${link}` : sql`1`
  return [
    sql`update ${state} set last_seq = last_seq + 1, chain = coalesce(${link ?? null}, chain) where id = 1 and ${isHead} and ${stands}`,
    sql`insert into ${events} (seq, ${columns(said)}) select last_seq, ${values(said)} from ${state} where id = 1 and last_seq <= ${MOST} and ${isNext} and ${stands}`,
    sql`delete from ${secrets} where token_id = ${id} and digest not in (select value from json_each(${digests})) and ${stands} and ${isSaid}`,
    sql`insert into ${secrets} (digest, token_id) select value, ${id} from json_each(${digests}) where value not in (select digest from ${secrets} where token_id = ${id}) and ${stands} and ${isSaid}`,
    version === 1
      ? sql`insert into ${tokens} (${columns(row)}) select ${values(row)} where ${stands} and ${isSaid} returning version`
      : sql`update ${tokens} set ${assigned(row)} where id = ${id} and version = ${version - 1} and ${isSaid} returning version`,
    sql`select last_seq, chain, ${stands} as stands from ${state} where id = 1`,
  ]
}

/** Whether SQLite's text names a column of a table. */
const isOf = (table: string, thrown: unknown): boolean =>
  thrown instanceof Error && thrown.message.includes(`: ${table}.`)

const MOST = Number.MAX_SAFE_INTEGER

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
