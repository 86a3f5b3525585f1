/** Tokens in the SQL database that the host already runs, over its own Kysely. */
export type { RunAlongside } from './alongside.ts'
export { type Listen, type ListenClient, type PgListenerOptions, pgListener } from './listen.ts'
export { type MigrateResult, migrate } from './migrate.ts'
export { type SqlMigration, type SqlMigrations, sqlMigrations } from './migrations.ts'
export {
  type KyselySqliteDatabase,
  type NodeSqliteDatabase,
  type NodeSqliteStatement,
  nodeSqlite,
} from './node-sqlite.ts'
export type { AlongsideOptions, SqlStoreOptions, SqlTables } from './options.ts'
export { preparedStatements } from './prepared.ts'
export { type SqlStore, sqlStore } from './store.ts'
export type { SqlDialect } from './tables.ts'
