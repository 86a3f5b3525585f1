/**
 * `migrate`: makes the store's tables, or brings them up to date, without a migration tool. The statements:
 * stores/sql/schema.ts. The same for hosts with a tool of their own: stores/sql/migrations.ts.
 */
import type { Kysely } from 'kysely'
import { StoreError } from '../../core/errors.ts'
import { storeNewer } from './look.ts'
import { type SqlTables, setupOf } from './options.ts'
import { isExisting, isForbidden, isMissing, isUndone, problemOf } from './problems.ts'
import { rawQuery } from './query.ts'
import { columnsOf, quote, SCHEMA_VERSION, STEPS } from './schema.ts'
import type { Names, Setup } from './tables.ts'
import { textOf, wholeOf } from './values.ts'

/** What `migrate` did. */
export interface MigrateResult {
  /** The names of the steps that were missing, oldest first; empty if the tables were up to date. */
  readonly applied: readonly string[]
  /** The version that the tables have now. */
  readonly version: number
}

/** How often it is tried again where another process has the lock of SQLite, and how long it is waited each time, in milliseconds. */
const ATTEMPTS = 100
const PAUSE = 50
/** How many seconds MySQL waits for another process that migrates. */
const LONGEST_WAIT = 60
/** What PostgreSQL's lock is called: any number, the same in all processes. */
const LOCK = 7_305_801_146_021

/**
 * Makes the tables that `sqlStore` needs, with the same options, or brings older ones up to date. It may be run at every start and
 * by several processes at once: one of them does the work, the others wait for it. Tables that Kysely's Migrator or the printed
 * SQL has made are taken as they are. There is no way down: it would end every token.
 *
 * Its user has to be allowed to make tables; the store's need not be. PostgreSQL and SQLite make all or nothing; MySQL commits each
 * statement by itself, and what was half done is completed by the next call.
 *
 * @param kysely the host's own, whose plugins are left out; no transaction.
 * @throws SetupError (a `TypeError`) for options that cannot be used, and for a transaction; StoreError `store_newer`,
 * `store_forbidden`, and `store_unsuitable` where the schema is missing or a table of that name is another one.
 *
 * @example
 * const { applied } = await migrate(db)
 * const store = sqlStore(db)
 */
export async function migrate<DB>(kysely: Kysely<DB>, options: SqlTables = {}): Promise<MigrateResult> {
  return migrateOver(kysely, setupOf('migrate', kysely, options))
}

/** The same for a Kysely that was looked at, whoever made it. */
export async function migrateOver<DB>(kysely: Kysely<DB>, setup: Setup): Promise<MigrateResult> {
  const db = kysely.withoutPlugins() as unknown as Plain
  for (let attempt = 1; ; attempt++) {
    try {
      return await WAYS[setup.dialect](db, setup, (one) => bringUpToDate(one, setup))
    } catch (thrown) {
      if (attempt === ATTEMPTS || !isUndone(thrown)) throw problemOfMigrate(thrown, setup)
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
  }
}

type Plain = Kysely<unknown>
type Way = (db: Plain, setup: Setup, work: (one: Plain) => Promise<MigrateResult>) => Promise<MigrateResult>

const run = async (db: Plain, sql: string): Promise<readonly Row[]> => (await db.executeQuery(rawQuery<Row>(sql))).rows
type Row = { readonly [column: string]: unknown }

/** How one process at a time is let in, and what it does is done as a whole where the database can. */
const WAYS: { readonly [D in Setup['dialect']]: Way } = {
  postgres: (db, _, work) =>
    db
      .transaction()
      // What the process before has made is seen after the wait.
      .setIsolationLevel('read committed')
      .execute(async (one) => {
        await run(one, `select 1 as locked from pg_catalog.pg_advisory_xact_lock(${LOCK})`)
        return work(one)
      }),
  sqlite: (db, { isLoose }, work) => {
    // Clients begin theirs as one that writes.
    if (isLoose) return db.transaction().execute(work)
    return db.connection().execute(async (one) => {
      // A transaction that begins with a question could not write any more if another process has written meanwhile.
      await run(one, 'begin immediate')
      try {
        const result = await work(one)
        await run(one, 'commit')
        return result
      } catch (thrown) {
        await run(one, 'rollback').catch(() => undefined)
        throw thrown
      }
    })
  },
  // Each statement that makes a table ends the transaction, and the connection stays the same.
  mysql: (db, { isLoose }, work) =>
    (isLoose ? db.transaction() : db.connection()).execute(async (one) => {
      const [row] = await run(one, `select get_lock('plan_access_tokens', ${LONGEST_WAIT}) as got`)
      if (wholeOf(row?.got) !== 1)
        throw new StoreError(
          'store_not_migrated',
          `Another process has been making the tables for ${LONGEST_WAIT} s. Look at what it waits for, and run migrate again.`,
        )
      try {
        return await work(one)
      } finally {
        await run(one, `select release_lock('plan_access_tokens')`).catch(() => undefined)
      }
    }),
}

/**
 * Runs what a client may prepare by itself: MySQL then takes none of its own statements about preparing. What would have been
 * prepared is run in their place (`addColumn` of stores/sql/schema.ts).
 */
async function runUnprepared(db: Plain, statement: string): Promise<void> {
  if (/^(execute|deallocate prepare) statement$/.test(statement)) return
  if (statement !== 'prepare statement from @statement') return void (await run(db, statement))
  const [row] = await run(db, 'select @statement as statement')
  await run(db, textOf(row?.statement) ?? '')
}

async function bringUpToDate(db: Plain, setup: Setup): Promise<MigrateResult> {
  const { dialect, names } = setup
  const before = await versionOf(db, setup)
  if (before > SCHEMA_VERSION) throw storeNewer(before)
  const missing = Object.entries(STEPS).slice(before)
  for (const [, statements] of missing)
    for (const statement of statements(dialect, names)) await (setup.isLoose ? runUnprepared : run)(db, statement)
  // MySQL takes a table of that name for ours, whatever its columns are.
  for (const table of Object.keys(names) as (keyof Names)[]) {
    const columns = columnsOf(table).map(([column]) => quote(dialect, column))
    await run(db, `select ${columns.join(', ')} from ${quote(dialect, names[table])} where 1 = 0`)
  }
  return { applied: missing.map(([name]) => name), version: SCHEMA_VERSION }
}

/** The version that the tables have; 0 where there are none. */
export async function versionOf<DB>(
  kysely: Kysely<DB>,
  { dialect, names }: Pick<Setup, 'dialect' | 'names'>,
): Promise<number> {
  const db = kysely.withoutPlugins() as unknown as Plain
  const state = quote(dialect, names.state)
  // In PostgreSQL a question about a table that is not there would end the transaction.
  const [found] = dialect === 'postgres' ? await run(db, `select pg_catalog.to_regclass('${state}')::text as name`) : []
  if (dialect === 'postgres' && found?.name === null) return 0
  const rows = await run(db, `select schema_version from ${state} where id = 1`).catch((thrown) => {
    if (dialect !== 'postgres' && isMissing(thrown)) return []
    throw thrown
  })
  return wholeOf(rows[0]?.schema_version) ?? 0
}

function problemOfMigrate(thrown: unknown, setup: Setup): unknown {
  const { state } = setup.names
  const schema = state.includes('.') ? state.slice(0, state.indexOf('.')) : undefined
  if (isForbidden(thrown))
    return new StoreError(
      'store_forbidden',
      'The database does not let this user in, or does not let it make tables. Run migrate as a user with the right to create tables, in PostgreSQL in their schema, or let one run the statements of sqlMigrations().toSql(); the store itself needs only select, insert, update and delete on them.',
    )
  if (isMissing(thrown) || isExisting(thrown))
    return new StoreError(
      'store_unsuitable',
      schema === undefined
        ? 'A table or an index with one of the names of the store is there already and is another one. Give migrate and sqlStore other names in the option `tables`, or a schema of their own in `schema`.'
        : `The schema "${schema}" is not there, or has tables or indexes with names of the store that are other ones. Make the schema first, or give migrate and sqlStore other names in the option \`tables\`.`,
    )
  return problemOf(thrown, setup)
}
