/** Databases under `drizzleStore`, each real, and how a host writes to them through Drizzle. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import { bigint as mysqlBigint, mysqlTable, varchar as mysqlVarchar } from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql2 } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { bigint as pgBigint, pgTable, varchar as pgVarchar } from 'drizzle-orm/pg-core'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { drizzleStore, migrate } from 'plan-access-tokens/stores/drizzle'
import type { MariadbServer } from '../../support/mariadb.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { OUTBOX } from '../alongside/suite.ts'
import type { World } from '../clients/suite.ts'

const OUTBOXES = {
  pg: pgTable('outbox', {
    seq: pgBigint('seq', { mode: 'number' }).primaryKey(),
    tokenId: pgVarchar('token_id', { length: 256 }).notNull(),
  }),
  mysql: mysqlTable('outbox', {
    seq: mysqlBigint('seq', { mode: 'number' }).primaryKey(),
    tokenId: mysqlVarchar('token_id', { length: 256 }).notNull(),
  }),
  sqlite: sqliteTable('outbox', { seq: integer('seq').primaryKey(), tokenId: text('token_id').notNull() }),
}

/** node-postgres. */
export async function overPg(server: PostgresServer) {
  const config = await server.database()
  const pools: pg.Pool[] = []
  const open = () => {
    const pool = new pg.Pool({ ...config, max: 4 })
    pool.on('error', () => undefined)
    pools.push(pool)
    return drizzlePg(pool)
  }
  const [db, another] = [open(), open()]
  let count = 0
  await migrate(db)
  await db.execute(OUTBOX)
  const world: World<Parameters<Parameters<typeof db.transaction>[0]>[0]> = {
    dialect: 'postgres',
    // Others read than write.
    plain: () => drizzleStore(count++ % 2 === 0 ? db : another),
    store: (options) => drizzleStore(count++ % 2 === 0 ? db : another, options),
    insert: (tx, seq, tokenId) => tx.insert(OUTBOXES.pg).values({ seq, tokenId }),
    rows: () => db.select().from(OUTBOXES.pg),
    async lock(seq) {
      const client = await (pools[0] as pg.Pool).connect()
      await client.query('begin')
      await client.query('select seq from outbox where seq = $1 for update', [seq])
      await client.query('update outbox set token_id = token_id where seq = $1', [seq])
      return async () => {
        await client.query('rollback')
        client.release()
      }
    },
    migrate: () => migrate(db),
    exec: (statement) => db.execute(statement),
    async close() {
      for (const pool of pools) await pool.end()
    },
  }
  return { ...world, db, config }
}

/** mysql2. */
export async function overMysql2(server: MariadbServer) {
  const config = await server.database()
  const pools: mysql.Pool[] = []
  const open = () => {
    const pool = mysql.createPool({ ...config, connectionLimit: 4 })
    pools.push(pool)
    return drizzleMysql2(pool)
  }
  const [db, another] = [open(), open()]
  let count = 0
  await migrate(db)
  await db.execute(OUTBOX)
  const world: World<Parameters<Parameters<typeof db.transaction>[0]>[0]> = {
    dialect: 'mysql',
    // Others read than write.
    plain: () => drizzleStore(count++ % 2 === 0 ? db : another),
    store: (options) => drizzleStore(count++ % 2 === 0 ? db : another, options),
    insert: (tx, seq, tokenId) => tx.insert(OUTBOXES.mysql).values({ seq, tokenId }),
    rows: () => db.select().from(OUTBOXES.mysql),
    async lock(seq) {
      const connection = await (pools[0] as mysql.Pool).getConnection()
      await connection.query('begin')
      await connection.query('select seq from outbox where seq = ? for update', [seq])
      return async () => {
        await connection.query('rollback')
        connection.release()
      }
    },
    migrate: () => migrate(db),
    exec: (statement) => db.execute(statement),
    async close() {
      for (const pool of pools) await pool.end()
    },
  }
  return { ...world, db, config }
}

/** @libsql/client, over a file. */
export async function overLibsql() {
  const folder = mkdtempSync(join(tmpdir(), 'plan-tokens-drizzle-'))
  const file = join(folder, 'tokens.db')
  const client = createClient({ url: `file:${file}` })
  const db = drizzleLibsql(client)
  await db.run('pragma journal_mode = wal')
  await migrate(db)
  await db.run(OUTBOX)
  const world: World<Parameters<Parameters<typeof db.transaction>[0]>[0]> = {
    dialect: 'sqlite',
    plain: () => drizzleStore(db),
    store: (options) => drizzleStore(db, options),
    insert: (tx, seq, tokenId) => tx.insert(OUTBOXES.sqlite).values({ seq, tokenId }),
    rows: () => db.select().from(OUTBOXES.sqlite),
    migrate: () => migrate(db),
    exec: (statement) => db.run(statement),
    async close() {
      client.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return { ...world, db, file }
}
