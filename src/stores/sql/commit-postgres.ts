/**
 * For PostgreSQL: a commit as one statement, which the server ends by itself. The lock of `seq` is then held while the server
 * works and never while it waits for the client. Several at once: stores/sql/commit-group.ts. Other databases: stores/sql/commit.ts.
 *
 * All parts of the statement see what was committed before it began. Under READ COMMITTED that is enough:
 *
 * - An update that waited for a row checks its condition again on the newest one, so of two commits of a version the second
 *   finds another version and writes nothing. An insert that waited finds the row and does nothing.
 * - Secrets change together with their token's version alone. If the version before this one stood when the statement began, and
 *   still stands now that its row is locked, the secrets that the statement sees are that version's.
 * - `seq` is taken from the newest row of the state, after its lock was waited for, and the lock is held until the end.
 * - Conditions on other parts are subqueries that depend on nothing: PostgreSQL works them out once, before it touches a row,
 *   and not again after a wait. So rows are locked in one order: token, secrets, state.
 */
import type { CompiledQuery } from 'kysely'
import type { NewEvent } from '../../core/event.ts'
import type { TokenRecord } from '../../core/token.ts'
import { groupCommit, type Pair } from './commit-group.ts'
import { IS_GOOD, linkSql, runWrite, sessionPart, UNDER_LOCK } from './commit-parts.ts'
import { digestTaken, isAbout, isDuplicate, isNull, withoutNumber } from './problems.ts'
import { ALONE, rawQuery } from './query.ts'
import { eventRow, tokenRow } from './rows.ts'
import { columnsOf, quote } from './schema.ts'
import type { Session } from './session.ts'
import type { Vouching } from './suitable-postgres.ts'
import type { Db, Setup } from './tables.ts'
import { together } from './together.ts'
import { wholeOf } from './values.ts'

interface Answer {
  readonly session: unknown
  readonly vouching: unknown
  readonly open: unknown
  /** Null if nothing was written. */
  readonly seq: unknown
}

/** Writes a pair by the statement, on a connection that somebody vouches for; its number, `undefined` if another version stands. */
type Write = (db: Db, vouching: Vouching, record: TokenRecord, event: NewEvent) => Promise<number | undefined>

/** The commit of a store: whether the pair was written; `false` if another version stands, and then nothing was. */
export function postgresCommit(session: Session): (record: TokenRecord, event: NewEvent) => Promise<boolean> {
  const write = postgresWrite(session)
  const commit = together<Pair, boolean>({
    one: ([record, event]) =>
      session.alone(async (db, vouching) => (await write(db, vouching, record, event)) !== undefined),
    many: groupCommit(session),
    keyOf: ([{ id }]) => id,
  })
  return async (record, event) => {
    // What cannot be written is no other's fault.
    tokenRow(record)
    eventRow(event, 1)
    return commit([record, event])
  }
}

/**
 * The statement by itself, for a transaction that goes on after it.
 *
 * @param longest after so many milliseconds the server cuts off each statement that comes after it in the transaction.
 */
export function postgresWrite(session: Session, longest?: number): Write {
  const create = statementOf(session, true, longest)
  const change = statementOf(session, false, longest)
  return async (db, vouching, record, event) => {
    const first = tokenRow(record)
    const second = eventRow(event, 1)
    const digests = JSON.stringify([...new Set(record.secrets.map(({ digest }) => digest))])
    const columns = [...TOKEN.map(([column]) => first[column]), ...EVENT.map(([column]) => second[column])]
    const compiled = record.version === 1 ? create : change
    const parameters = [digests, session.channel, ...columns]
    const answer = await runWrite(db, session, compiled, vouching, parameters).catch((thrown) => {
      throw problemOfWrite(thrown, session)
    })
    // Text where it was written, and null where it was not.
    return typeof answer.seq === 'string' ? wholeOf(answer.seq) : undefined
  }
}

function problemOfWrite(thrown: unknown, { names }: Setup): unknown {
  if (isDuplicate(thrown) && isAbout(thrown, names.secrets)) return digestTaken()
  if (isNull(thrown) && isAbout(thrown, names.events)) return withoutNumber(names)
  return thrown
}

type TokenColumns = keyof ReturnType<typeof tokenRow>
type EventColumns = keyof ReturnType<typeof eventRow>
const TOKEN = columnsOf('tokens') as readonly (readonly [TokenColumns, string])[]
/** Its number and its link are no parameters: the server has them. */
const EVENT = columnsOf('events').filter(([column]) => column !== 'seq' && column !== 'chain') as readonly (readonly [
  EventColumns,
  string,
])[]
/** The parameters before those of the columns. */
const [DIGESTS, CHANNEL] = ['$3::json', '$4::text']
const BEFORE = 4

function statementOf(setup: Setup, isFirst: boolean, longest: number | undefined): CompiledQuery<Answer> {
  const { names } = setup
  const [tokens, secrets, events, state] = [names.tokens, names.secrets, names.events, names.state].map((name) =>
    quote('postgres', name),
  )
  const token = TOKEN.map(([column, kind], i) => [column, `$${BEFORE + i + 1}::${kind}`] as const)
  const event = EVENT.map(([column, kind], i) => [column, `$${BEFORE + TOKEN.length + i + 1}::${kind}`] as const)
  const { id, version } = Object.fromEntries(token)
  const { hash } = Object.fromEntries(event)
  // Of the newest row of the state, as the number is: both are worked out anew after a wait.
  const link = linkSql('chain', 'last_seq + 1', String(hash))
  const set = token.filter(([column]) => column !== 'id').map((pair) => pair.join(' = '))
  const write = isFirst
    ? `insert into ${tokens} (${columns(token)}) select ${values(token)} from session s where ${IS_GOOD} on conflict (id) do nothing`
    : `update ${tokens} set ${set.join(', ')} where id = ${id} and version = ${version} - 1 and (select ${IS_GOOD} from session s)`
  const isWritten = `(select pg_catalog.count(*) from written) = 1`
  const listed = `pg_catalog.json_array_elements_text(${DIGESTS})`
  const limit = longest === undefined ? '' : `, ${limitSql(longest)} as longest`
  const isKnown = `exists (select 1 from ${secrets} o where o.digest = d.digest and o.token_id = ${id})`
  const parts = {
    session: sessionPart(setup),
    written: `${write} returning 1`,
    forgotten: `delete from ${secrets} where ${isWritten} and token_id = ${id} and digest not in (select ${listed}) returning 1`,
    // In order, so that two that have several new ones in common do not wait for each other.
    added: `insert into ${secrets} (digest, token_id) select d.digest, ${id} from ${listed} d (digest) where ${isWritten} and not ${isKnown} order by 1 returning 1`,
    // The secrets are counted so that they are written before the lock is taken.
    numbered: `update ${state} set last_seq = last_seq + 1, chain = case when ${hash} is null then chain else ${link} end where ${isWritten} and (select pg_catalog.count(*) from forgotten) >= 0 and (select pg_catalog.count(*) from added) >= 0 and id = 1 and last_seq < ${Number.MAX_SAFE_INTEGER} returning last_seq, chain, ${UNDER_LOCK}${limit}`,
    // Without a number it fails, and all of it with it.
    logged: `insert into ${events} (seq, chain, ${columns(event)}) select (select last_seq from numbered), (select chain from numbered where ${hash} is not null), ${values(event)} from written returning seq, pg_catalog.pg_notify(${CHANNEL}, '') as told`,
  }
  const withParts = Object.entries(parts).map(([name, part]) => `${name} as materialized (${part})`)
  return rawQuery<Answer>(
    `${ALONE}with ${withParts.join(', ')} select s.session, s.vouching, s.open, l.seq::text as seq, l.told::text as told from session s left join logged l on true`,
  )
}

/** Sets `statement_timeout` for the rest of the transaction, unless the host has set a shorter one. */
function limitSql(longest: number): string {
  const now = `(extract(epoch from pg_catalog.current_setting('statement_timeout')::pg_catalog.interval) * 1000)::pg_catalog.int8`
  const shorter = `case ${now} when 0 then ${longest} else least(${now}, ${longest}) end`
  return `pg_catalog.set_config('statement_timeout', (${shorter})::pg_catalog.text, true)`
}

type Pairs = readonly (readonly [column: string, value: string])[]
const columns = (pairs: Pairs): string => pairs.map(([column]) => column).join(', ')
const values = (pairs: Pairs): string => pairs.map(([, value]) => value).join(', ')
