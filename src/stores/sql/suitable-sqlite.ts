/**
 * What an SQLite connection must be. A transaction that other code left open on it, or rows that other code has not read to
 * their end, hold a snapshot: look-ups would go on with what was. So each look-up has a transaction of its own, whose `begin`
 * fails then (stores/sql/session.ts). PostgreSQL: stores/sql/suitable-postgres.ts. docs/stores.md has the table of settings.
 */
import { StoreError } from '../../core/errors.ts'
import { rawQuery } from './query.ts'
import type { Db, Setup } from './tables.ts'
import { textOf, wholeOf } from './values.ts'

/** How long SQLite waits for another process's write where the host has not said, in milliseconds. */
const BUSY_TIMEOUT = 5_000

/** Asks what the host has set. @throws StoreError `store_unsuitable`. */
export async function lookAtSqlite(db: Db, { names }: Setup): Promise<void> {
  await waitWhenBusy(db).catch(() => undefined)
  const [journal] = (await db.executeQuery(rawQuery<{ journal_mode: unknown }>('pragma journal_mode'))).rows
  if (textOf(journal?.journal_mode)?.toLowerCase() === 'off')
    throw new StoreError(
      'store_unsuitable',
      'The journal_mode of this SQLite connection is off, so that a change cannot be undone and may be written by half. Set it to wal, or leave it as it is by itself.',
    )
  const bare = Object.values(names).filter((name) => !name.includes('.'))
  if (bare.length === 0) return
  const list = bare.map((name) => `'${name}'`).join(', ')
  const hidden = await db.executeQuery(
    rawQuery(`select name from sqlite_temp_master where lower(name) in (${list.toLowerCase()})`),
  )
  if (hidden.rows.length > 0)
    throw new StoreError(
      'store_unsuitable',
      'A temporary table of this SQLite connection has the name of one of the store and hides it. Drop it, or name the schema in the option `schema` ("main").',
    )
}

/**
 * SQLite by itself fails at once where another process is writing, and libsql does not get over that before its garbage is
 * collected (tursodatabase/libsql-js#238).
 */
async function waitWhenBusy(db: Db): Promise<void> {
  const { rows } = await db.executeQuery(rawQuery<{ timeout: unknown }>('pragma busy_timeout'))
  if (wholeOf(rows[0]?.timeout) === 0) await db.executeQuery(rawQuery(`pragma busy_timeout = ${BUSY_TIMEOUT}`))
}

/**
 * Whether a client takes its connections from a pool and ends what was left open on one when it takes it back, as @libsql/client
 * does from 0.18 on: nothing is left of a `begin` then. Asked once. With one connection for everything it is ended by a `commit`,
 * which takes nothing from others that came in between.
 *
 * @param db not in a transaction.
 */
export async function isPooled(db: Db): Promise<boolean> {
  await db.executeQuery(rawQuery('begin'))
  return db.executeQuery(rawQuery('commit')).then(
    () => false,
    () => true,
  )
}

/** Whether the connection is in the hands of other code, by the texts of SQLite, of better-sqlite3 and of @libsql/client. */
export function isHeldByOthers(text: string): boolean {
  return /within a transaction|connection is busy executing a query|held by open transactions|open transaction is holding/.test(
    text,
  )
}

/** For one that stayed so. */
export const heldByOthers = (): StoreError =>
  new StoreError(
    'store_unsuitable',
    'Other code left a transaction open on this SQLite connection, or an iterator that it has not read to its end, so that answers would be past. Let it end them without waiting for anything in between, or open the database a second time for the store.',
  )
