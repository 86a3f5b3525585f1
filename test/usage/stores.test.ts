/** How tokens are used, gathered by several processes over stores that are real ones: nothing is lost, and a sweep leaves nothing. */
import { createHash } from 'node:crypto'
import { createPlanTokens, type Issued, type TokenStore } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { usage } from 'plan-access-tokens/usage'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Where } from '../outbox/world-of-stores.ts'
import { startPostgres } from '../support/postgres.ts'
import { hasRedis, NEEDS_REDIS, startRedis } from '../support/redis.ts'
import { sqliteFile } from '../support/sqlite.ts'
import { ADMIN, newDirectory, POLICY, TOKEN } from '../support/world.ts'

interface Opened {
  readonly where: Where
  stop(): unknown
}

function gathersIn(start: () => Promise<Opened>): void {
  let opened: Opened
  const stores: { readonly store: TokenStore; close(): Promise<void> }[] = []
  beforeAll(async () => {
    opened = await start()
    const first = await openStore(opened.where)
    // libsql has one connection in a process: its engines share the store.
    const isOne = opened.where.kind === 'sqlite'
    stores.push(first)
    for (let i = 0; i < 2; i++)
      stores.push(isOne ? { ...first, close: async () => undefined } : await openStore(opened.where))
  }, 120_000)
  afterAll(async () => {
    for (const { close } of stores) await close()
    await opened.stop()
  }, 60_000)

  it('three processes that write at once lose nothing, and what was swept is gone', async () => {
    const engines = stores.map(({ store }) =>
      createPlanTokens({
        ...{ policy: POLICY, store, directory: newDirectory(), usage: usage(), timeoutMs: 20_000, onWarning() {} },
      }),
    )
    const [first] = engines
    if (!first) throw new Error('No engine.')
    const made: Issued[] = []
    for (let i = 0; i < 3; i++)
      made.push(await first.create({ ...TOKEN, resources: ['https://figma.com/design/FileA'] }))
    for (let round = 0; round < 4; round++)
      await Promise.all(
        engines.map(async (engine) => {
          for (const { secret } of made)
            for (const line of ['GET /v1/files/FileA', 'GET /v1/files/FileA/meta'])
              await engine.authorize(requestWith(secret, line))
          // Each writes what it has, while the others write theirs.
          await Promise.all(made.map(({ token }) => engine.usage({ actor: ADMIN, id: token.id })))
          await engine.planUsage({ actor: ADMIN, planId: '1001' })
        }),
      )
    for (const { token } of made) {
      const { routes, resources, refused, days } = await first.usage({ actor: ADMIN, id: token.id })
      expect([routes, resources, refused].map(([one]) => one?.requests)).toEqual([12, 12, 12])
      expect(days.reduce((sum, day) => sum + day.allowed, 0)).toBe(12)
    }
    const { days } = await first.planUsage({ actor: ADMIN, planId: '1001' })
    expect(days.reduce((sum, day) => sum + day.allowed + day.refused, 0)).toBe(72)

    const { id } = made[0]!.token
    const name = `usage/token/${createHash('sha256').update(id).digest('hex')}`
    const { store } = stores[0]!
    expect(await store.readValue?.(name)).toBeDefined()
    await first.revoke({ actor: ADMIN, id })
    await new Promise((resolve) => setTimeout(resolve, 5))
    await first.sweep({ olderThan: Date.now() })
    expect(await store.readValue?.(name)).toBeUndefined()
    expect((await first.usage({ actor: ADMIN, id: made[1]!.token.id })).routes[0]?.requests).toBe(12)
  }, 120_000)
}

describe('over SQLite', () => {
  gathersIn(async () => {
    const { file, close } = sqliteFile()
    return { where: { kind: 'sqlite', file }, stop: close }
  })
})

describe('over PostgreSQL', () => {
  gathersIn(async () => {
    const server = await startPostgres()
    return { where: { kind: 'postgres', config: await server.database() }, stop: () => server.close() }
  })
})

describe.skipIf(!hasRedis)(hasRedis ? 'over Redis' : `over Redis, ${NEEDS_REDIS}`, () => {
  gathersIn(async () => {
    const server = await startRedis()
    return { where: { kind: 'redis', url: server.url }, stop: () => server.stop() }
  })
})
