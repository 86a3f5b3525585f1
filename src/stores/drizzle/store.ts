/** `drizzleStore`: the SQL store over a Drizzle database. The rules are those of stores/sql/; the tables for Drizzle are beside it. */
import { clientTransactions, kyselyOver } from '../clients/kysely.ts'
import { type MigrateResult, migrateOver } from '../sql/migrate.ts'
import { type SqlTables, type StoreParts, setupOver } from '../sql/options.ts'
import { type SqlStore, storeOver } from '../sql/store.ts'
import { type DrizzleDatabase, type DrizzleTransaction, drizzleClient, judgeDrizzle } from './client.ts'

/** Where the tables are: as for `sqlStore`. The dialect is the database's. */
export type DrizzleTableOptions = Omit<SqlTables, 'dialect'>

/** Options of `drizzleStore`. `alongside` gets the transaction of Drizzle's own. */
export interface DrizzleStoreOptions<Trx> extends DrizzleTableOptions, StoreParts<Trx> {}

/**
 * A store in the database that a host reaches through Drizzle: PostgreSQL (node-postgres), MySQL and MariaDB (mysql2),
 * SQLite (libsql). It is `sqlStore` with its statements sent through `db`, on its connections, and its changes in `db.transaction`;
 * what is promised, refused and thrown is the same. Needs `kysely`, which compiles the statements. Make the tables with `migrate`.
 *
 * What a logger of Drizzle's is told of the store's statements holds digests of secrets.
 *
 * @param db what `drizzle()` gave, over a pool; no transaction, and no replicas.
 * @throws SetupError (a `TypeError`) for anything else, and for options that cannot be used.
 *
 * @example
 * const db = drizzle(new pg.Pool({ connectionString }))
 * await migrate(db)
 * const store = drizzleStore(db, {
 *   alongside: (tx, record, event) => tx.insert(outbox).values({ seq: event.seq, tokenId: record.id }),
 * })
 */
export function drizzleStore<Trx extends DrizzleTransaction>(
  db: DrizzleDatabase<Trx>,
  options: DrizzleStoreOptions<Trx> = {},
): SqlStore {
  const setup = setupOver('drizzleStore', judgeDrizzle(db), options)
  const client = drizzleClient(db)
  return storeOver(kyselyOver(client), setup, clientTransactions(client), options)
}

/**
 * Makes the tables that `drizzleStore` needs, with the same options, or brings older ones up to date: `migrate` of
 * `plan-access-tokens/stores/sql` over Drizzle. It may run at every start.
 *
 * @throws SetupError (a `TypeError`) for what cannot be used; StoreError `store_newer`, `store_forbidden`, `store_unsuitable`.
 */
export async function migrate<Trx extends DrizzleTransaction>(
  db: DrizzleDatabase<Trx>,
  options: DrizzleTableOptions = {},
): Promise<MigrateResult> {
  const setup = setupOver('migrate', judgeDrizzle(db), options)
  return migrateOver(kyselyOver(drizzleClient(db)), setup)
}
