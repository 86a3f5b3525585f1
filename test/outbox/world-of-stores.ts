/** The engine of the tests over a real store that another process has too: by what is written on a command line. */
import { Redis } from 'ioredis'
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import Libsql from 'libsql'
import pg from 'pg'
import { createPlanTokens, type TokenStore } from 'plan-access-tokens'
import { redisStore } from 'plan-access-tokens/stores/redis'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { newDirectory, POLICY } from '../support/world.ts'

/** Where the data are. */
export type Where =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly config: object }
  | { readonly kind: 'redis'; readonly url: string }

/** Opens the store of a process. */
export async function openStore(where: Where): Promise<{ readonly store: TokenStore; close(): Promise<void> }> {
  if (where.kind === 'redis') {
    const client = new Redis(where.url)
    client.on('error', () => undefined)
    return { store: redisStore(client), close: async () => client.disconnect() }
  }
  const pool = where.kind === 'postgres' ? new pg.Pool({ ...where.config, max: 4 }) : undefined
  pool?.on('error', () => undefined)
  const dialect = pool
    ? new PostgresDialect({ pool })
    : new SqliteDialect({ database: new Libsql((where as { readonly file: string }).file) as never })
  const db = new Kysely<unknown>({ dialect })
  await migrate(db)
  return { store: sqlStore(db), close: () => db.destroy() }
}

/** The engine of a process. */
export const engineOver = (store: TokenStore) =>
  createPlanTokens({ policy: POLICY, store, directory: newDirectory(), onWarning() {}, timeoutMs: 10_000 })
