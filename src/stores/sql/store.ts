/** `sqlStore`: the port over Kysely, put together from its parts. The port: ports.ts. The tables: stores/sql/schema.ts. */
import type { Kysely } from 'kysely'
import type { TokenStore } from '../../ports.ts'
import { alongsideOf, type Handing } from './alongside.ts'
import { boundOf } from './bound.ts'
import { commitOf } from './commit.ts'
import { kyselyTransactions } from './kysely-transaction.ts'
import { listTokens } from './list.ts'
import { listEvents, sweepEvents } from './log.ts'
import { lookUpByDigest, lookUpById } from './look-ups.ts'
import { type SqlStoreOptions, type StoreParts, setupOf } from './options.ts'
import { scanTokens } from './scan.ts'
import { sessionOf } from './session.ts'
import { sweepTokens } from './sweep.ts'
import type { Setup } from './tables.ts'
import { keepUses, lastUsesOf } from './uses.ts'
import { readValue, removeValue, writeValue } from './values-by-name.ts'

/** A store in a SQL database: every method of the port; `watch` only with the option `listen`. */
export type SqlStore = TokenStore & Required<Omit<TokenStore, 'peekByDigest' | 'watch'>>

/**
 * A store in the SQL database that the host runs already, through its own Kysely: PostgreSQL 12 or later, MySQL 8 or MariaDB
 * (mysql2), SQLite 3.35 or later (better-sqlite3, libsql, `nodeSqlite`). The tests run on PostgreSQL 18, MariaDB 10.11, libsql 0.5 and
 * better-sqlite3 12. Make the tables with `sqlMigrations` first. The store opens and closes nothing, leaves out Kysely's plugins,
 * and runs all its statements on the host's connections, so a host's limits for them hold here too.
 *
 * Connect to the primary: a replica answers late, and what was revoked would go on. In PostgreSQL each statement that matters says
 * which session ran it: a replica, a snapshot that other code left open, another character set or other tables are refused. In
 * SQLite each look-up has a transaction of its own. The settings, one by one: docs/stores.md.
 *
 * - MySQL and MariaDB: each look-up shows the settings of its connection, everything else asks the connection first. One on
 *   which an answer could be old, or a text another one, is refused as `store_unsuitable`, by the setting's name: no autocommit,
 *   a transaction that other code left open, READ UNCOMMITTED, a character set that is not utf8mb4, a `sql_mode` that is not
 *   strict, `read_only`, another database, and on Galera `wsrep_sync_wait` without its bit 1. On MySQL, which does not show an
 *   open transaction, look-ups lock what they read.
 * - A record, its event and the event's `seq` are written in one transaction. Commits take the number one after another, by the
 *   lock of one row. In PostgreSQL a commit is one statement, and those that come while one is under way are one together, so that
 *   a process which falls silent holds up nobody; where a commit has to be a transaction of its own, that process is cut off after
 *   5 s. In MySQL the lock is taken last; there and in SQLite the others wait as long as a process is stopped amid a commit.
 * - SQLite: `pragma busy_timeout` is set to 5 s if it is 0. One connection for a process; libsql 0.5 does not get over a wait
 *   that ran out before its garbage is collected (tursodatabase/libsql-js#238).
 * - `pg` ends the process when a connection is lost and nobody listens to its `error`: `pool.on('error', …)` for idle ones, and
 *   `preparedStatements`, or `pool.on('connect', (client) => client.on('error', …))`, for those in use.
 * - A look-up is repeated once if the connection was lost; a commit never is, but for what the database undid itself (deadlock,
 *   serialization, busy).
 * - A row that was changed by hand and cannot be read refuses its own token and no other: look-ups of it throw
 *   `row_unreadable`. `list` shows it with what can be read; its dates are `NaN` then, its lists empty.
 * - An error of the driver's comes through as it is, without the fields that quote values (`sql`, `detail` and the like), and
 *   without what MySQL quotes in its messages. What the host logs of its queries through Kysely's `log` holds digests.
 *
 * @throws SetupError (a `TypeError`) for options that cannot be used, and for a transaction; StoreError `store_unsuitable` for
 * another database.
 * Its methods reject with StoreError `store_not_migrated`, `store_newer`, `store_forbidden`, `store_unsuitable`, `row_unreadable`.
 *
 * @example
 * const pool = new pg.Pool({ connectionString })
 * pool.on('error', (error) => log.warn(error.message))
 * const db = new Kysely({ dialect: new PostgresDialect({ pool: preparedStatements(pool) }) })
 * const store = sqlStore(db, { listen: pgListener(() => new pg.Client({ connectionString })) })
 */
export function sqlStore<DB>(kysely: Kysely<DB>, options: SqlStoreOptions<DB> = {}): SqlStore {
  const setup = setupOf('sqlStore', kysely, options)
  return storeOver(kysely, setup, kyselyTransactions(kysely), options)
}

/** The store over a Kysely, whoever made it. @param handing how `alongside` gets the transaction. */
export function storeOver<DB, Trx>(
  kysely: Kysely<DB>,
  setup: Setup,
  handing: Handing<Trx>,
  { listen, alongside: run, alongsideTimeoutMs }: StoreParts<Trx>,
): SqlStore {
  const session = sessionOf(kysely, setup)
  const alongside = run && alongsideOf(setup, run, handing, alongsideTimeoutMs)
  return {
    chained: true,
    findByDigest: lookUpByDigest(session),
    find: lookUpById(session),
    list: (query) => listTokens(session, query),
    commit: commitOf(session, alongside),
    events: (query) => listEvents(session, query),
    bound: boundOf(session),
    scan: (query) => scanTokens(session, query),
    recordUse: (uses) => keepUses(session, uses),
    lastUse: lastUsesOf(session),
    readValue: (name) => readValue(session, name),
    writeValue: (name, value, version) => writeValue(session, name, value, version),
    removeValue: (name) => removeValue(session, name),
    async sweep({ before, limit }) {
      const records = await sweepTokens(session, before, limit)
      return { records, events: await sweepEvents(session, before, limit) }
    },
    // The look at the tables comes before whatever is asked.
    ready: () => session.read(async () => undefined),
    ...(listen && { watch: (wake) => listen(setup.channel, wake) }),
  }
}
