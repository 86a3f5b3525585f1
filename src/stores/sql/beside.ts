/**
 * For MySQL and MariaDB: look-ups and pages of the log that show the settings of their connection in the same statement, so that
 * nothing lies between the question and the answer. They start at the store's one row: there is an answer, and a session to judge,
 * also where nothing is found. What is judged: stores/sql/suitable-mysql.ts.
 */
import type { Expression, SelectQueryBuilder } from 'kysely'
import { notMigrated } from './problems.ts'
import { type Compilable, rawExpression } from './query.ts'
import { EVENT_COLUMNS, type EventRow, TOKEN_COLUMNS, type TokenRow } from './rows.ts'
import type { Shown } from './suitable-mysql.ts'
import type { Db, Names, Tables } from './tables.ts'

/**
 * Reads the latest that was committed, whatever the transaction it is in has seen. It locks, so it is used only where an open
 * transaction cannot be found out otherwise.
 */
const LOCK = rawExpression('lock in share mode')

/** A query that can be made to lock. */
interface Lockable {
  modifyEnd(modifier: Expression<unknown>): this
}

/** The query, locking if it has to. */
export function latest<Q extends Lockable>(query: Q, { locks }: Shown): Q {
  return locks ? query.modifyEnd(LOCK) : query
}

/** The token whose id is a text or what an expression gives. */
export function tokenBeside(
  db: Db,
  names: Names,
  shown: Shown,
  id: string | Expression<unknown>,
): Compilable<TokenRow> {
  const columns = TOKEN_COLUMNS.map((column) => `token.${column}` as const)
  const state = db.selectFrom(names.state)
  const token = db
    .selectFrom(names.tokens)
    .select(TOKEN_COLUMNS)
    .where('id', '=', id as string)
  const both = shown.locks
    ? // By itself, since the store's one row must not be locked.
      state.leftJoin(latest(token, shown).as('token'), (join) => join.onTrue())
    : state.leftJoin(`${names.tokens} as token`, (join) => join.on('token.id', '=', id as string))
  // Written out: the digest is the only parameter.
  return both
    .select(columns)
    .select(shown.column)
    .where((eb) => eb(`${names.state}.id`, '=', eb.lit(1)))
    .limit((eb) => eb.lit(1))
}

/** Events as they are asked for. */
type EventPage = SelectQueryBuilder<Tables, 'events', EventRow>

/** A page of the log, in any order. */
export function eventsBeside(db: Db, names: Names, shown: Shown, page: EventPage, limit: number): Compilable<EventRow> {
  const columns = EVENT_COLUMNS.map((column) => `event.${column}` as const)
  return (
    db
      .selectFrom(names.state)
      .leftJoin(latest(page, shown).as('event'), (join) => join.onTrue())
      .select(columns)
      .select(shown.column)
      .where((eb) => eb(`${names.state}.id`, '=', eb.lit(1)))
      // Above what `sql_select_limit` says. Written out, since MySQL takes no number with a point from a prepared statement.
      .limit((eb) => eb.lit(Math.max(1, limit)))
  )
}

/** The rows that were found beside a session that is good. */
export function answersOf<Row extends object>(
  rows: readonly Row[],
  key: keyof Row,
  { state }: Names,
  shown: Shown,
): readonly Row[] {
  const [first] = rows
  if (!first) throw notMigrated(`The table "${state}" does not hold its row.`)
  shown.checkSession((first as { readonly session?: unknown }).session)
  return first[key] === null ? [] : rows
}
