/** The SQL store over real databases, for a feature that has to be there after it was written and read: PostgreSQL and SQLite. */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { TokenStore } from 'plan-access-tokens'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, describe } from 'vitest'
import { type PostgresServer, startPostgres } from './postgres.ts'
import { sqliteFile } from './sqlite.ts'

/** Describes something once over each database. `storeOf` gives the store within a test. */
export function describeOverDatabases(suite: (storeOf: () => TokenStore) => void): void {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.close())

  const OPEN = {
    async PostgreSQL() {
      const pool = new pg.Pool(await server.database())
      return { kysely: new Kysely<never>({ dialect: new PostgresDialect({ pool }) }), end() {} }
    },
    async SQLite() {
      const file = sqliteFile()
      return { kysely: new Kysely<never>({ dialect: file.dialect() }), end: () => file.close() }
    },
  }

  describe.each(Object.entries(OPEN))('over %s', (_, open) => {
    let store: TokenStore
    let close: () => Promise<void>
    beforeAll(async () => {
      const { kysely, end } = await open()
      await migrate(kysely)
      store = sqlStore(kysely)
      close = async () => {
        await kysely.destroy()
        end()
      }
    })
    afterAll(() => close())
    suite(() => store)
  })
}
