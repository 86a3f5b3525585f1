/** The databases whose revocations are timed, as data that a process can be told, and how each process opens its store. */
import { Redis } from 'ioredis'
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely'
import mysql from 'mysql2'
import pg from 'pg'
import { memoryStore, type TokenStore } from 'plan-access-tokens'
import { redisStore } from 'plan-access-tokens/stores/redis'
import { migrate, pgListener, preparedStatements, sqlStore } from 'plan-access-tokens/stores/sql'
import type { MariadbConfig } from '../../test/support/mariadb.ts'
import type { PostgresConfig } from '../../test/support/postgres.ts'
import { openLibsql } from '../../test/support/sqlite.ts'

/** Where the tokens are. */
export type Source =
  | { readonly kind: 'memory' }
  | { readonly kind: 'postgres'; readonly config: PostgresConfig; readonly listens: boolean }
  | { readonly kind: 'mariadb'; readonly config: MariadbConfig }
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'redis'; readonly port: number }

/** Those that are SQL servers. */
export type SqlSource = Extract<Source, { kind: 'postgres' | 'mariadb' }>

export interface OpenStore {
  readonly store: TokenStore
  close(): Promise<unknown>
}

/** The store of one process. */
export function openStore(source: Source): OpenStore {
  if (source.kind === 'memory') return { store: memoryStore(), close: async () => undefined }
  if (source.kind === 'redis') {
    const client = new Redis({ port: source.port })
    return { store: redisStore(client), close: () => client.quit() }
  }
  const kysely = kyselyOver(source)
  const listens = source.kind === 'postgres' && source.listens
  const options = listens ? { listen: pgListener(() => new pg.Client(source.config)) } : {}
  return { store: sqlStore(kysely, options), close: () => kysely.destroy() }
}

/** Makes the tables, where there are any. */
export async function prepare(source: Source): Promise<void> {
  if (source.kind === 'memory' || source.kind === 'redis') return
  const db = kyselyOver(source)
  await migrate(db)
  await db.destroy()
}

function kyselyOver(source: Exclude<Source, { kind: 'memory' | 'redis' }>): Kysely<unknown> {
  if (source.kind === 'sqlite') {
    return new Kysely({ dialect: new SqliteDialect({ database: async () => openLibsql(source.file) }) })
  }
  if (source.kind === 'mariadb')
    return new Kysely({ dialect: new MysqlDialect({ pool: preparedStatements(mysql.createPool(source.config)) }) })
  const pool = new pg.Pool(source.config)
  pool.on('error', () => undefined)
  return new Kysely({ dialect: new PostgresDialect({ pool: preparedStatements(pool) }) })
}
