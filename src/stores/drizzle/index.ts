/** Tokens in the SQL database that the host reaches through Drizzle. */
export type { DrizzleDatabase, DrizzleTransaction } from './client.ts'
export { type DrizzleStoreOptions, type DrizzleTableOptions, drizzleStore, migrate } from './store.ts'
export { type DrizzleTables, pgTables, sqliteTables } from './tables.ts'
