/**
 * The look before the first statement and after every failure: whether the tables are there, in the version that is needed, and whether
 * the Kysely is one that a store can have. When it is taken: stores/sql/tries.ts.
 */
import { StoreError } from '../../core/errors.ts'
import type { Reads } from './ask.ts'
import { notMigrated } from './problems.ts'
import { SCHEMA_VERSION } from './schema.ts'
import type { Suitability } from './suitable-mysql.ts'
import type { PostgresSessions } from './suitable-postgres.ts'
import { isPooled, lookAtSqlite } from './suitable-sqlite.ts'
import type { Db, Setup } from './tables.ts'
import type { Transact } from './transactions.ts'
import { wholeOf } from './values.ts'

/** What a look needs of its session. */
interface LookParts {
  /** Of MySQL. */
  readonly suitability: Suitability | undefined
  /** Of PostgreSQL. */
  readonly sessions: PostgresSessions | undefined
  readonly transact: Transact
  /** Told once how SQLite is to be read, where its client may have a pool. */
  readonly reads: Reads
}

/** Makes what looks at a database. The look throws StoreError for what somebody has to mend. */
export function lookOf(
  db: Db,
  setup: Setup,
  { suitability, sessions, transact, reads }: LookParts,
): () => Promise<void> {
  /** Whether the Kysely is that of one connection, which others have afterwards. */
  let isBound = false
  let isProbed = !setup.mayPool
  return async () => {
    isBound = (await hasOneConnection(db)) || isBound
    if (isBound)
      throw new StoreError(
        'store_unsuitable',
        'The store was given the Kysely of one connection, from db.connection(), which others use as soon as it is given back. Give sqlStore the Kysely itself.',
      )
    if (suitability) {
      await suitability.lookAt(db)
      return lookAtTables(db, setup, sessions)
    }
    if (!isProbed) {
      reads.areApart = !(await isPooled(db))
      isProbed = true
    }
    // In a transaction, so that a database without any is found out before somebody relies on it.
    await transact(db, async (within) => {
      await lookAtTables(within, setup, sessions)
      return true
    })
  }
}

/**
 * Whether a Kysely is what `db.connection()` hands to its callback: told by its connection being there at once. (That one is a
 * transaction is found when the store is made: stores/sql/options.ts.)
 */
async function hasOneConnection(db: Db): Promise<boolean> {
  let [isAtOnce, isBound] = [true, false]
  const asked = db.connection().execute(async () => {
    isBound = isAtOnce
  })
  isAtOnce = false
  await asked
  return isBound
}

/** Looks at the tables, and at what their connection is like. @throws StoreError. */
async function lookAtTables(db: Db, setup: Setup, sessions: PostgresSessions | undefined): Promise<void> {
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
