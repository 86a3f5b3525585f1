/** Secrets that were ended at once stay dead whatever the host's clock says, before 1970 too, and wherever tokens are kept. */
import fc from 'fast-check'
import { Kysely } from 'kysely'
import { memoryStore, type TokenStore } from 'plan-access-tokens'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { requestWith, testClock } from 'plan-access-tokens/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sqliteFile } from '../support/sqlite.ts'
import { ADMIN, codeOf, DAY, newWorld, START, type World } from '../support/world.ts'

const STORES: { readonly [name: string]: () => Promise<TokenStore> } = {
  memory: async () => memoryStore(),
  async sqlite() {
    const database = sqliteFile()
    const db = new Kysely<unknown>({ dialect: database.dialect() })
    onTestFinished(async () => {
      await db.destroy()
      database.close()
    })
    await migrate(db)
    return sqlStore(db)
  },
}

/** Each way to end the first secret of a token at once; the token lives on. */
const ENDS: { readonly [way: string]: (world: World, id: string, secret: string) => Promise<unknown> } = {
  'retirePrevious: now': ({ tokens }, id) => tokens.refresh({ actor: ADMIN, id, retirePrevious: 'now' }),
  async revokeSecret({ tokens }, id, secret) {
    await tokens.refresh({ actor: ADMIN, id })
    await tokens.revokeSecret({ text: secret })
  },
  'a repeated create': ({ make }) => make({ idempotencyKey: 'key' }),
}

const clocks = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -400 * DAY, max: 400 * DAY }), fc.constantFrom(-1, 0, 1))

describe.each(Object.keys(STORES))('in %s', (name) => {
  it.each(Object.keys(ENDS))('a secret that was ended by %s is dead by every clock', async (way) => {
    for (const start of [START, 0, 1, -1, -DAY, -DAY - 1, -30 * DAY]) {
      const clock = testClock(start)
      const world = newWorld({ store: await STORES[name]!(), clock })
      const { id, secret } = await world.make({ idempotencyKey: 'key' })
      await ENDS[way]!(world, id, secret)
      await fc.assert(
        fc.asyncProperty(clocks, async (now) => {
          clock.set(now)
          expect(await world.ask(secret)).toMatch(/^(secret_retired|token_expired)$/)
        }),
        { numRuns: 30, examples: [[start], [start - 1], [-1], [0], [-400 * DAY]] },
      )
      clock.set(start)
      const explained = await world.tokens.explain(requestWith(secret, 'GET /v1/files/FileA'))
      expect(JSON.stringify(explained)).toContain('It was ended at once.')
    }
  })
})

it('a key whose secret was used before 1970 is spent all the same', async () => {
  const world = newWorld({ clock: testClock(-30 * DAY) })
  const { id, secret } = await world.make({ idempotencyKey: 'key' })
  expect(await world.ask(secret)).toBe('allowed')
  expect(await codeOf(world.make({ idempotencyKey: 'key' }))).toBe('idempotency_key_spent')
  expect((await world.tokens.get({ actor: ADMIN, id })).lastUsedAt).toBe(-30 * DAY)
})
