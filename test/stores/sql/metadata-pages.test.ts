/** A page of tokens by their words costs few statements, however many tokens have the words elsewhere. */
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { queryOf } from '../../../src/testing/contract/list-model.ts'
import { NOON, recordOf, writeAll } from '../../../src/testing/contract/records.ts'
import { type Database, LIBSQL } from './engines.ts'

let database: Database
beforeAll(async () => {
  await LIBSQL.start()
  database = await LIBSQL.database()
})
afterAll(() => database.close())

it('finds the one token behind a thousand that only look like it, in three statements', async () => {
  const statements: string[] = []
  const kysely = database.kysely({}, (statement) => void statements.push(statement))
  await migrate(kysely)
  const store = sqlStore(kysely)
  const looks = Array.from({ length: 1_000 }, (_, i) => recordOf(`looks-${i}`, { createdAt: NOON - i, contact: 'ops' }))
  const wanted = recordOf('wanted', { createdAt: NOON - 5_000, metadata: { contact: 'ops' } })
  await writeAll(store, [...looks, wanted])
  const asked = async (limit: number) => {
    statements.length = 0
    const ids = (await store.list(queryOf({ metadata: { contact: 'ops' }, limit }))).map(({ id }) => id)
    return { ids, statements: statements.filter((statement) => statement.includes('details')).length }
  }
  expect(await asked(1)).toEqual({ ids: ['wanted'], statements: 3 })
  expect(await asked(500)).toEqual({ ids: ['wanted'], statements: 3 })
})
