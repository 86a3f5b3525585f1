/**
 * The promise on real processes: the same tests for each database. Servers authorize under load while admins change tokens, and
 * everything fails in turn. What is recorded is judged by check.ts.
 */
import type { TokenStore } from 'plan-access-tokens'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { brokenPromises, endOfMemory } from './check.ts'
import type { Database } from './databases.ts'
import { allEvents, allRecords, manage, openTokens } from './deployment.ts'
import type { Outage } from './history.ts'
import { type Load, startLoad } from './load.ts'
import { type Random, randomOf, seedOfRun } from './random.ts'
import { buildServer, type Server, startServer } from './servers.ts'

/** For how long each server may answer from memory. The bound of the deployment is the longest; the admin tool has no memory. */
const SERVERS = { 'api-1': 300, 'api-2': 300, 'api-3': 150 }
/** What happens together in one round, each to something else. */
interface Faults {
  readonly held?: Server | undefined
  readonly killed?: Server | undefined
  readonly database?: DatabaseFault | undefined
}
type DatabaseFault = 'hangs' | 'is killed' | 'drops the watch' | 'drops all connections'

const DATABASE_FAULTS: readonly DatabaseFault[] = ['hangs', 'is killed', 'drops the watch', 'drops all connections']
/** Limits that only a failure reaches, in milliseconds. */
const TIMEOUT = 180_000
const POLL = { timeout: 60_000, interval: 50 }

/** Declares the tests over a database, which is started by them. */
export function testPromise(start: () => Promise<Database>): void {
  const seed = seedOfRun()
  describe(`choices by lot, repeated by SEED=${seed}`, { timeout: TIMEOUT }, () => {
    const random: Random = randomOf(seed)
    const servers: Server[] = []
    const outages: Outage[] = []
    const closing: (() => unknown)[] = []
    let database: Database
    let store: TokenStore
    let load: Load

    beforeAll(async () => {
      database = await start()
      closing.push(() => database.close())
      const { connections } = database
      const settings = Object.entries(SERVERS).map(([name, freshnessMs], i) => ({
        ...{ name, freshnessMs, connection: connections[i % connections.length]! },
      }))
      const admin = await openTokens({ connection: random.of(connections), freshnessMs: 0 })
      closing.push(() => admin.close())
      store = admin.store
      const program = await buildServer()
      closing.push(() => program.remove())
      const started = settings.map(async ({ name, ...rest }) => {
        const server = await startServer(name, program, rest)
        closing.push(() => server.kill())
        return server
      })
      servers.push(...(await Promise.all(started)))
      load = await startLoad(servers, (change) => manage(admin.tokens, change), random)
      closing.push(() => load.stop())
      closing.push(() => database.resume())
    }, TIMEOUT)
    afterAll(async () => {
      // A failed test may have left a server stopped, on which the load waits.
      for (const server of servers) await server.kill()
      for (const close of closing.reverse()) await close()
    }, TIMEOUT)

    /** Lets things fail, tokens change meanwhile, and everything recover. Returns when the server that is held stood still. */
    const round = async ({ held, killed, database: fault }: Faults): Promise<{ from: number; to: number }> => {
      // After the round before, it may take its time to come back.
      if (fault === 'drops the watch') await expect.poll(database.watchers, POLL).toBe(servers.length)
      held?.hold()
      await killed?.kill()
      const from = performance.now()
      if (fault === 'drops the watch') expect(await database.dropWatchers()).toBeGreaterThan(0)
      if (fault === 'drops all connections') await database.dropAll()
      if (fault === 'hangs' || fault === 'is killed') await outage(fault)
      await Promise.all([load.untilChanged(), killed?.start()])
      const to = performance.now()
      held?.release()
      await load.untilAllowed(servers)
      return { from, to }
    }

    const outage = async (fault: 'hangs' | 'is killed'): Promise<void> => {
      const isHang = fault === 'hangs'
      await (isHang ? database.hang() : database.kill())
      const from = performance.now()
      const asked = servers.filter((server) => server.state() === 'up')
      await Promise.all(
        asked.map(({ name, freshnessMs }) =>
          load.untilAnswered(
            `a refusal by ${name} while the database ${fault}`,
            ({ server, sent, answer }) =>
              server === name && answer === 'unavailable' && sent > endOfMemory(from, freshnessMs),
          ),
        ),
      )
      outages.push({ from, to: performance.now() })
      await (isHang ? database.resume() : database.restart())
    }

    /** What is broken of all that was recorded until now. */
    const broken = async (): Promise<string[]> => {
      await load.quiet()
      const requests = [...load.requests]
      const records = await allRecords(store)
      const events = await allEvents(store)
      const found = brokenPromises({ freshnessMs: SERVERS, calls: load.calls, requests, outages, records, events })
      load.goOn()
      return [...servers.flatMap(({ crashes }) => crashes), ...found].slice(0, 20)
    }

    it('each change is seen by every request, on every server, that is sent after it returned', async () => {
      await round({})
      for (const { name } of servers)
        await load.untilAnswered(
          `a request for a revoked token on ${name}`,
          ({ server, answer }) => server === name && answer === 'token_revoked',
        )
      expect(await broken()).toEqual([])
    })

    it('a server that stood still for longer than the bound accepts nothing that ended meanwhile, and goes on by itself', async () => {
      const held = random.of(servers)
      const { from, to } = await round({ held })
      expect(await broken()).toEqual([])
      // It was asked straight after each change, and has answered since.
      const late = load.requests.filter(({ server, sent }) => server === held.name && sent > from && sent < to)
      expect(late).not.toEqual([])
    })

    it('a server that is killed takes no acknowledged change with it, and its successor sees them all', async () => {
      for (const killed of [random.of(servers), random.of(servers)]) await round({ killed })
      expect(await broken()).toEqual([])
    })

    it('a watch that is lost comes back by itself, and the promise does not depend on it', async () => {
      await round({ database: 'drops the watch' })
      await expect.poll(database.watchers, POLL).toBe(servers.length)
      expect(await broken()).toEqual([])
    })

    it('a database that drops all connections is connected to again', async () => {
      await round({ database: 'drops all connections' })
      expect(await broken()).toEqual([])
    })

    it('while the database hangs, whatever is asked beyond the bound is refused with 503, and afterwards all goes on by itself', async () => {
      await round({ database: 'hangs' })
      expect(await broken()).toEqual([])
    })

    it('a database that is killed and started again has every change that was acknowledged, once, and all goes on by itself', async () => {
      await round({ database: 'is killed' })
      expect(await broken()).toEqual([])
    })

    it('the same holds when servers and the database fail together', async () => {
      for (let i = 0; i < 2; i++) {
        const held = random.of(servers)
        const killed = random.of(servers.filter((server) => server !== held))
        await round({ held, killed, database: random.of(DATABASE_FAULTS) })
        expect(await broken()).toEqual([])
      }
    })
  })
}
