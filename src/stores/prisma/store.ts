/** `prismaStore`: the SQL store over a PrismaClient. The rules are those of stores/sql/; the tables for Prisma are beside it. */
import { clientTransactions, kyselyOver } from '../clients/kysely.ts'
import { type MigrateResult, migrateOver } from '../sql/migrate.ts'
import { type SqlTables, type StoreParts, setupOver } from '../sql/options.ts'
import { type SqlStore, storeOver } from '../sql/store.ts'
import { judgePrisma, type PrismaDatabase, type PrismaTransaction, prismaClient } from './client.ts'

/** Where the tables are: as for `sqlStore`. The dialect is the adapter's. */
export type PrismaTableOptions = Omit<SqlTables, 'dialect'>

/** Options of `prismaStore`. `alongside` gets the interactive transaction of Prisma's own. */
export interface PrismaStoreOptions<Trx> extends PrismaTableOptions, StoreParts<Trx> {}

/**
 * How long a change may wait for its connection, and how long it may last: Prisma's own 2 s and 5 s are less than a commit behind
 * others may take, and the engine has its own limit.
 */
const TIMES = { maxWait: 10_000, timeout: 10_000 }
/** Making the tables, behind another process that does. */
const LONG = { maxWait: 10_000, timeout: 120_000 }

/**
 * A store in the database that a host reaches through Prisma 7: PostgreSQL (@prisma/adapter-pg), MySQL and MariaDB
 * (@prisma/adapter-mariadb), SQLite (@prisma/adapter-libsql). It is `sqlStore` with its statements sent through `prisma`, on its
 * connections, and its changes in `prisma.$transaction`; what is promised, refused and thrown is the same. Needs `kysely`, which
 * compiles the statements. Make the tables with `migrate`.
 *
 * What Prisma logs of queries (`log: ['query']`) holds digests of secrets.
 *
 * @param prisma a PrismaClient with a driver adapter; no transaction.
 * @throws SetupError (a `TypeError`) for anything else, a client of another version among it, and for options that cannot be used.
 *
 * @example
 * const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString }) })
 * await migrate(prisma)
 * const store = prismaStore(prisma, {
 *   alongside: (tx, record, event) => tx.outbox.create({ data: { seq: event.seq, tokenId: record.id } }),
 * })
 */
export function prismaStore<Trx extends PrismaTransaction>(
  prisma: PrismaDatabase<Trx>,
  options: PrismaStoreOptions<Trx> = {},
): SqlStore {
  const setup = setupOver('prismaStore', judgePrisma(prisma), options)
  const client = prismaClient(prisma, TIMES)
  return storeOver(kyselyOver(client), setup, clientTransactions(client), options)
}

/**
 * Makes the tables that `prismaStore` needs, with the same options, or brings older ones up to date: `migrate` of
 * `plan-access-tokens/stores/sql` over Prisma. It may run at every start.
 *
 * @throws SetupError (a `TypeError`) for what cannot be used; StoreError `store_newer`, `store_forbidden`, `store_unsuitable`.
 */
export async function migrate<Trx extends PrismaTransaction>(
  prisma: PrismaDatabase<Trx>,
  options: PrismaTableOptions = {},
): Promise<MigrateResult> {
  const setup = setupOver('migrate', judgePrisma(prisma), options)
  return migrateOver(kyselyOver(prismaClient(prisma, LONG)), setup)
}
