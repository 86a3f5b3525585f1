/** What a host writes with Kysely 0.29, compiled with its types by stores/sql/kysely-next.test.ts. */
import { Kysely, PostgresDialect, type SqliteDialect } from 'kysely'
import { type MigrationProvider, Migrator } from 'kysely/migration'
import type mysql from 'mysql2'
import type pg from 'pg'
import { migrate, preparedStatements, sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'

interface Tables {
  readonly users: { readonly id: string }
}

export async function overPostgres(pool: pg.Pool) {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparedStatements(pool) }) })
  const { applied } = await migrate(db)
  const provider: MigrationProvider = sqlMigrations()
  const migrator = new Migrator({ db, provider })
  return { applied, migrator, store: sqlStore(db) }
}

export const overMysql = (pool: mysql.Pool) => preparedStatements(pool)
export const overSqlite = (dialect: SqliteDialect) => sqlStore(new Kysely<unknown>({ dialect }))
