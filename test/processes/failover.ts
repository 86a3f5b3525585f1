/**
 * A failover under load, the same tests for each group of databases: servers authorize while admins change tokens, the primary is
 * gone, another one takes over. Nothing that was acknowledged is lost, nothing that was revoked is accepted, and no server is started
 * again. What is recorded is judged by check.ts.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { brokenPromises, endOfMemory } from './check.ts'
import type { Connection } from './connections.ts'
import { allEvents, allRecords, manage, openTokens } from './deployment.ts'
import type { Outage } from './history.ts'
import { type Load, startLoad } from './load.ts'
import { randomOf, seedOfRun } from './random.ts'
import { buildServer, type Server, startServer } from './servers.ts'

/** Databases of which one is the primary. */
export interface Group {
  /** How to connect: one for each kind of client. */
  readonly connections: readonly Connection[]
  /** For how long after `lose` nobody takes over, for certain, where that happens by itself, in milliseconds. */
  readonly vacancyMs?: number
  /** Takes the primary away. `hangs`: it stands still, as a machine does that lost its power, and its connections stay open. */
  lose(how: 'is killed' | 'hangs'): Promise<void>
  /** Lets another one take over, or waits until it has. */
  takeOver(): Promise<void>
  /** Makes the group whole again after a failover. */
  mend(): Promise<void>
  /** Takes away so many copies that no change can be acknowledged, and brings them back. */
  loseCopies(): Promise<void>
  bringCopies(): Promise<void>
  close(): Promise<void>
}

const FRESHNESS = [300, 300, 0, 150]
/** A limit that only a failure reaches, in milliseconds. */
const TIMEOUT = 120_000

/**
 * Declares the tests over a group of databases, which is started by them.
 *
 * @param leavesHung whether its clients leave a primary that hangs. Where nothing closes the connection, some do not.
 */
export function testFailover(start: () => Promise<Group>, leavesHung = true): void {
  const seed = seedOfRun()
  describe(`choices by lot, repeated by SEED=${seed}`, { timeout: TIMEOUT }, () => {
    const servers: Server[] = []
    const outages: Outage[] = []
    const closing: (() => unknown)[] = []
    let group: Group
    let load: Load
    let broken: () => Promise<string[]>

    beforeAll(async () => {
      group = await start()
      closing.push(() => group.close())
      const { connections } = group
      const settings = connections.flatMap((connection) => [connection, connection]).slice(0, 4)
      const admin = await openTokens({ connection: connections[0]!, freshnessMs: 0 })
      closing.push(() => admin.close())
      const program = await buildServer()
      closing.push(() => program.remove())
      const started = settings.map(async (connection, i) => {
        const server = await startServer(`api-${i + 1}`, program, { connection, freshnessMs: FRESHNESS[i]! })
        closing.push(() => server.kill())
        return server
      })
      servers.push(...(await Promise.all(started)))
      load = await startLoad(servers, (change) => manage(admin.tokens, change), randomOf(seed))
      closing.push(() => load.stop())
      const freshnessMs = Object.fromEntries(servers.map(({ name, freshnessMs }) => [name, freshnessMs]))
      broken = async () => {
        await load.quiet()
        const requests = [...load.requests]
        const records = await allRecords(admin.store)
        const events = await allEvents(admin.store)
        const found = brokenPromises({ freshnessMs, calls: load.calls, requests, outages, records, events })
        load.goOn()
        return [...servers.flatMap(({ crashes }) => crashes), ...found].slice(0, 20)
      }
      await load.untilChanged()
    }, TIMEOUT)
    afterAll(async () => {
      for (const server of servers) await server.kill()
      for (const close of closing.reverse()) await close()
    }, TIMEOUT)

    const failOver = async (how: 'is killed' | 'hangs'): Promise<void> => {
      await group.lose(how)
      const from = performance.now()
      const refused = servers.map(({ name, freshnessMs }) =>
        load.untilAnswered(
          `a refusal by ${name} while there is no primary`,
          ({ server, sent, answer }) =>
            server === name && answer === 'unavailable' && sent > endOfMemory(from, freshnessMs),
        ),
      )
      await Promise.all(refused)
      outages.push({ from, to: Math.min(performance.now(), from + (group.vacancyMs ?? Number.POSITIVE_INFINITY)) })
      await group.takeOver()
      await load.untilChanged()
      await load.untilAllowed(servers)
    }

    it('a primary that is killed takes no acknowledged change with it, and every server goes on with the next one', async () => {
      await failOver('is killed')
      expect(await broken()).toEqual([])
    })

    it('while a change can reach no copy, none is acknowledged; requests are answered, and afterwards all goes on', async () => {
      await group.mend()
      await group.loseCopies()
      const since = performance.now()
      const isDone = ({ began, end }: (typeof load.calls)[number]) => began > since && end?.outcome === 'done'
      await load.untilAllowed(servers)
      await load.untilEnded('a change without a copy', ({ began, end }) => began > since && end?.outcome === 'unknown')
      expect(load.calls.filter(isDone)).toEqual([])
      await group.bringCopies()
      await load.untilChanged()
      expect(await broken()).toEqual([])
    })

    if (!leavesHung) return
    it('a primary that hangs is left for the next one by itself, and no acknowledged change is lost', async () => {
      await failOver('hangs')
      expect(await broken()).toEqual([])
    })
  })
}
