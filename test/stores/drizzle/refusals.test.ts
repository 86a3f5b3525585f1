/** What real clients of Drizzle `drizzleStore` refuses at start. The sentences: test/sentences. No database is needed. */
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import { drizzle as drizzleMysql2 } from 'drizzle-orm/mysql2'
import { drizzle } from 'drizzle-orm/node-postgres'
import { withReplicas } from 'drizzle-orm/pg-core'
import { drizzle as drizzleProxy } from 'drizzle-orm/pg-proxy'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { drizzleStore } from 'plan-access-tokens/stores/drizzle'
import { describe, expect, it } from 'vitest'

const overPool = drizzle(new pg.Pool())

describe('drizzleStore', () => {
  it('takes databases of each driver that is known, over a pool', () => {
    const pool = mysql.createPool({})
    for (const db of [overPool, drizzleMysql2(pool), drizzleLibsql('file::memory:')])
      expect(drizzleStore(db as typeof overPool).commit).toBeTypeOf('function')
  })

  it.each<[string, unknown, string]>([
    ['one connection of pg', drizzle(new pg.Client()), 'single connection'],
    ['replicas', withReplicas(overPool, [drizzle(new pg.Pool())]), 'read replicas'],
    ['another driver', drizzleProxy(async () => ({ rows: [] })), 'PgRemoteDatabase'],
  ])('refuses %s', (_, db, said) => {
    expect(() => drizzleStore(db as never)).toThrow(TypeError)
    expect(() => drizzleStore(db as never)).toThrow(said)
  })
})
