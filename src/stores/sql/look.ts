/**
 * The look before the first statement and after every failure: whether the tables are there, in the version that is needed, and whether
 * the Kysely is one that a store can have. When it is taken: stores/sql/session.ts.
 */
import { StoreError } from '../../core/errors.ts'
import { notMigrated } from './problems.ts'
import { SCHEMA_VERSION } from './schema.ts'
import type { PostgresSessions } from './suitable-postgres.ts'
import { lookAtSqlite } from './suitable-sqlite.ts'
import type { Db, Setup } from './tables.ts'
import { wholeOf } from './values.ts'

/**
 * Whether a Kysely is what `db.connection()` hands to its callback: told by its connection being there at once. (That one is a
 * transaction is found when the store is made: stores/sql/options.ts.)
 */
export async function hasOneConnection(db: Db): Promise<boolean> {
  let [isAtOnce, isBound] = [true, false]
  const asked = db.connection().execute(async () => {
    isBound = isAtOnce
  })
  isAtOnce = false
  await asked
  return isBound
}

/** Looks at the tables, and at what their connection is like. @throws StoreError. */
export async function lookAtTables(db: Db, setup: Setup, sessions: PostgresSessions | undefined): Promise<void> {
  const { dialect } = setup
  await sessions?.look(db)
  await lookAtVersion(db, setup)
  await sessions?.locate(db)
  if (dialect === 'sqlite') await lookAtSqlite(db, setup)
}

/** Looks which version the tables have. @throws StoreError `store_not_migrated`, `store_newer`. */
export async function lookAtVersion(db: Db, { names }: Setup): Promise<void> {
  const state = await db.selectFrom(names.state).select('schema_version').where('id', '=', 1).executeTakeFirst()
  const version = wholeOf(state?.schema_version)
  if (version === undefined) throw notMigrated(`The table "${names.state}" does not say which version the tables have.`)
  if (version < SCHEMA_VERSION)
    throw notMigrated(`The tables have version ${version}, and ${SCHEMA_VERSION} is needed.`)
  if (version > SCHEMA_VERSION) throw storeNewer(version)
}

/** The error for tables of a later release. */
export const storeNewer = (version: number): StoreError =>
  new StoreError(
    'store_newer',
    `The tables have version ${version}, and this plan-access-tokens knows ${SCHEMA_VERSION}. Update the package in this process.`,
  )
