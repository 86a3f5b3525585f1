/** An outbox that is killed at every step: nothing is lost, what comes twice has the same id, and each plan keeps its order. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { memoryStore, type TokenStore } from 'plan-access-tokens'
import { createOutbox, type Notice } from 'plan-access-tokens/outbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltProgram, buildProgram } from '../support/built-program.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { hasRedis, NEEDS_REDIS, type RedisServer, startRedis } from '../support/redis.ts'
import { sqliteFile } from '../support/sqlite.ts'
import { ADMIN, HOUR, newWorld, TOKEN } from '../support/world.ts'
import { type HttpReceiver, httpReceiver } from './receivers.ts'
import { OTHER } from './support.ts'
import { engineOver, openStore, type Where } from './world-of-stores.ts'

/** Each plan's ids as they came first are those of its log, in its order. */
async function isWhole(store: TokenStore, got: readonly Notice[]): Promise<void> {
  for (const planId of ['1001', '2002']) {
    const events = await store.events({ planId, limit: 500 })
    const own = got.filter((notice) => notice.planId === planId && notice.seq !== undefined)
    expect([...new Set(own.map(({ id }) => id))]).toEqual(events.map(({ id }) => id))
    for (const { id, seq } of own) expect(events.find((event) => event.seq === seq)?.id).toBe(id)
  }
}

describe('in memory', () => {
  it('after every call, whether it was carried out or not: the next process goes on', async () => {
    let isOver = false
    for (let nth = 1; !isOver; nth++)
      for (const when of ['before', 'after']) {
        const right = memoryStore()
        const { tokens, make, clock } = newWorld({ store: right })
        const { id } = await make()
        await make(OTHER)
        for (let i = 0; i < 3; i++) await tokens.edit({ actor: ADMIN, id, name: `Name ${i}` })
        const got: Notice[] = []
        let calls = 0
        /** A process that is no more answers nobody. */
        const mortal = async <T>(call: () => T): Promise<T> => {
          const isDead = ++calls > nth || (calls === nth && when === 'before')
          if (isDead) return new Promise(() => undefined)
          const answer = await call()
          return calls >= nth ? new Promise(() => undefined) : answer
        }
        const methods = ['find', 'list', 'events', 'scan', 'lastUse', 'readValue', 'writeValue'] as const
        const dying = Object.fromEntries(
          methods.map((method) => {
            const call = right[method] as (...args: unknown[]) => unknown
            return [method, (...args: unknown[]) => mortal(() => call(...args))]
          }),
        )
        const first = newWorld({ store: { ...right, ...dying } as never, clock, timeoutMs: 600_000 })
        const dead = createOutbox({
          ...{ tokens: first.tokens, since: 'beginning', deliver: (notice) => mortal(() => got.push(notice)) },
        }).runOnce()
        const ended = await Promise.race([
          dead.then(() => true),
          new Promise((resolve) => setTimeout(resolve, 20, false)),
        ])
        const before = got.length
        clock.advance(HOUR)
        const next = createOutbox({ tokens, since: 'beginning', deliver: (notice) => got.push(notice) })
        expect(await next.runOnce()).toMatchObject({ ran: true, isDone: true })
        await isWhole(right, got)
        isOver = ended === true && before === 5
      }
  })
})

let program: BuiltProgram
beforeAll(async () => {
  program = await buildProgram(new URL('./sender.worker.ts', import.meta.url))
})
afterAll(() => program?.remove())

/** Runs a process until it ends by itself. */
async function sender(where: Where, url: string, dies?: object): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [program.script, JSON.stringify({ where, url, dies })], {
    ...{ stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return signal
}

/** Where processes die. */
const DEATHS = [
  { what: 'deliver', when: 'before', nth: 3 },
  { what: 'deliver', when: 'after', nth: 3 },
  { what: 'writeValue', when: 'before', nth: 2 },
  { what: 'writeValue', when: 'after', nth: 2 },
  { what: 'events', when: 'after', nth: 1 },
]

function killsIn(start: () => Promise<{ readonly where: Where; stop(): Promise<unknown> }>): void {
  let started: Awaited<ReturnType<typeof start>>
  let receiver: HttpReceiver
  beforeAll(async () => {
    started = await start()
    receiver = await httpReceiver()
  })
  afterAll(async () => {
    await receiver?.close()
    await started?.stop()
  })

  it('by a signal, between any two steps; then two processes at once finish, one of which sends', {
    timeout: 240_000,
  }, async () => {
    const { where } = started
    const { store, close } = await openStore(where)
    const tokens = engineOver(store)
    const url = `http://127.0.0.1:${receiver.port}/`
    const got = (): { readonly pid: number; readonly notice: Notice }[] =>
      receiver.got.map(({ body }) => JSON.parse(body))
    const { token } = await tokens.create(TOKEN)
    await tokens.create({ ...TOKEN, ...OTHER })
    for (const [i, dies] of DEATHS.entries()) {
      for (let k = 0; k < 3; k++) await tokens.edit({ actor: ADMIN, id: token.id, name: `Name ${i} ${k}` })
      await tokens.create({ ...TOKEN, ...OTHER })
      expect([dies, await sender(where, url, dies)]).toEqual([dies, 'SIGKILL'])
    }
    const before = new Set(got().map(({ pid }) => pid))
    for (let k = 0; k < 20; k++) await tokens.edit({ actor: ADMIN, id: token.id, name: `Last ${k}` })
    expect(await Promise.all([sender(where, url), sender(where, url)])).toEqual([null, null])
    await isWhole(
      store,
      got().map(({ notice }) => notice),
    )
    // Whatever of it came twice, since an answer was lost: the other one has sent nothing.
    const senders = got().flatMap(({ pid }) => (before.has(pid) ? [] : [pid]))
    expect(senders.length).toBeGreaterThanOrEqual(20)
    expect(new Set(senders).size).toBe(1)
    await tokens.close()
    await close()
  })
}

describe('over SQLite', () => {
  killsIn(async () => {
    const { file, close } = sqliteFile()
    return { where: { kind: 'sqlite', file }, stop: async () => close() }
  })
})

describe('over PostgreSQL', () => {
  killsIn(async () => {
    const server: PostgresServer = await startPostgres()
    return { where: { kind: 'postgres', config: await server.database() }, stop: () => server.close() }
  })
})

describe.skipIf(!hasRedis)(hasRedis ? 'over Redis' : `over Redis, ${NEEDS_REDIS}`, () => {
  killsIn(async () => {
    const server: RedisServer = await startRedis()
    return { where: { kind: 'redis', url: server.url }, stop: () => server.stop() }
  })
})
