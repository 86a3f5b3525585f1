/** `sqlStore` passes the store contract on every engine; what is read is read over other connections than what was written. */
import { type Kysely, sql } from 'kysely'
import { migrate, type SqlStoreOptions, sqlStore } from 'plan-access-tokens/stores/sql'
import { storeContract } from 'plan-access-tokens/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database, Engine } from '../engines.ts'

export function passesTheContract(engine: Engine, options: SqlStoreOptions = {}): void {
  let database: Database
  let writer: Kysely<unknown>
  let reader: Kysely<unknown>
  const storeOver = (kysely: Kysely<unknown>) =>
    sqlStore(kysely, { ...options, ...(database.listen && { listen: database.listen }) })

  beforeAll(async () => {
    database = await engine.database()
    writer = database.kysely()
    reader = engine.hasConnections ? database.kysely() : writer
    await migrate(writer)
  })
  afterAll(() => database.close())

  const cases = storeContract({
    async create() {
      for (const table of ['tokens', 'token_secrets', 'token_events', 'token_uses'])
        await sql`delete from ${sql.table(`plan_${table}`)}`.execute(writer)
      await sql`update plan_token_state set last_seq = 0, chain = null, bound_ms = 0`.execute(writer)
      return storeOver(writer)
    },
    another: () => storeOver(reader),
  })

  it.each(cases.map(({ name, run }) => [name, run] as const))('%s', (_, run) => run())

  it('keeps everything that a store can', () => {
    const { watch, bound, recordUse, lastUse, sweep } = storeOver(writer)
    for (const method of [bound, recordUse, lastUse, sweep]) expect(method).toBeTypeOf('function')
    expect(watch === undefined).toBe(engine.dialect !== 'postgres')
  })
}
