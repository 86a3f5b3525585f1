/**
 * How uses are written (service/uses.ts): about ten seconds after the first, in batches, once a minute for each secret, in no
 * request's way; and again if that failed. What is seen of them: uses.test.ts.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { SecretUse } from 'plan-access-tokens'
import { describe, expect, it, onTestFinished } from 'vitest'
import { buildProgram } from '../support/built-program.ts'
import { ADMIN, newWorld, START } from '../support/world.ts'
import {
  type Deployment,
  deployment,
  down,
  FRESH,
  never,
  type Process,
  type StartOptions,
  unknownSecret,
} from './support/processes.ts'
import { atRest, stateOf } from './support/steered-clock.ts'

const MINUTE = 60_000
const GATHERED = 10_000
const USES: StartOptions = { without: [], freshnessMs: FRESH, timeoutMs: 2_000 }

/** A process whose writes are on record; `how` stands in for the store where it is set. */
function writingWorld(options: StartOptions = USES) {
  const d = deployment()
  const a = d.start(options)
  const batches: (readonly SecretUse[])[] = []
  const how: { fails?: () => unknown } = {}
  a.replace.recordUse = (uses) => {
    batches.push([...uses])
    return how.fails ? how.fails() : d.store.recordUse(uses)
  }
  return { d, a, batches, how }
}

/** Lets a request through for each of so many secrets, each of a token of its own. */
async function useMany(d: Deployment, a: Process, count: number): Promise<void> {
  const record = (await d.store.find((await d.admin.make()).id))!
  a.replace.findByDigest = async (digest) => ({ ...record, id: digest, secrets: [{ ...record.secrets[0]!, digest }] })
  for (let i = 0; i < count; i++) expect(await a.ask(unknownSecret(i))).toBe('allowed')
}

/** Failures of `recordUse`. */
const FAILURES: readonly [string, () => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('down')
    },
  ],
  ['rejects', down],
  ['never settles', never],
]

describe('uses are written', () => {
  it('ten seconds after the first of them, together', async () => {
    const { d, a, batches } = writingWorld()
    const [one, two] = [await a.make(), await a.make()]
    await a.ask(one.secret)
    await d.clock.pass(GATHERED - 1)
    await a.ask(two.secret)
    expect(batches).toEqual([])
    await d.clock.pass(1)
    expect(batches).toHaveLength(1)
    expect(batches[0]).toEqual([one, two].map(({ id }) => ({ tokenId: id, digest: expect.any(String), at: START })))
    expect((await d.store.lastUse([one.id, two.id])).length).toBe(2)
  })

  it('once a minute for each secret, however many requests there are', async () => {
    for (const requests of [1, 10, 100]) {
      const { d, a, batches } = writingWorld()
      const { id, secret } = await a.make()
      const { secret: next } = await d.done(a.tokens.refresh({ actor: ADMIN, id }))
      await d.clock.pass(MINUTE - (d.clock.monotonic() % MINUTE))
      for (let minute = 0; minute < 3; minute++) {
        for (let i = 0; i < requests; i++) {
          expect([await a.ask(secret), await a.ask(next)]).toEqual(['allowed', 'allowed'])
          await d.clock.pass(MINUTE / requests)
        }
      }
      await d.clock.pass(GATHERED)
      expect(batches.flat()).toHaveLength(6)
      expect(new Set(batches.flat().map(({ at }) => at - START))).toEqual(new Set([1, 2, 3].map((n) => n * MINUTE)))
    }
  })

  it('not at all where nothing was used, and nothing is written twice', async () => {
    const { d, a, batches } = writingWorld()
    const { secret } = await a.make()
    await d.clock.pass(MINUTE)
    expect(batches).toEqual([])
    await a.ask(secret)
    await d.clock.pass(MINUTE)
    await a.tokens.close()
    await d.clock.pass(MINUTE)
    expect(batches).toHaveLength(1)
  })

  it('a thousand at a time, one batch after the other', async () => {
    const { d, a, batches, how } = writingWorld({ ...USES, timeoutMs: 60_000 })
    let underWay = 0
    let most = 0
    how.fails = async () => {
      most = Math.max(most, ++underWay)
      await d.clock.sleep(1_000)
      underWay -= 1
    }
    await useMany(d, a, 2_100)
    await d.clock.pass(GATHERED + 5_000)
    expect(batches.map((batch) => batch.length)).toEqual([1_000, 1_000, 100])
    expect(most).toBe(1)
    expect(new Set(batches.flat().map(({ tokenId }) => tokenId)).size).toBe(2_100)
  })

  it('at close, without waiting for the ten seconds', async () => {
    const { d, a, batches } = writingWorld()
    const { id, secret } = await a.make()
    await a.ask(secret)
    await a.tokens.close()
    expect(batches).toHaveLength(1)
    expect(await d.store.lastUse([id])).toMatchObject([{ tokenId: id, at: START }])
  })

  it('at close, with what was used while another batch was under way', async () => {
    const { d, a, batches, how } = writingWorld()
    const [one, two] = [await a.make(), await a.make()]
    await a.ask(one.secret)
    how.fails = () => d.clock.sleep(500)
    await d.clock.pass(GATHERED)
    await a.ask(two.secret)
    const closed = a.tokens.close()
    await d.done(closed)
    expect(batches.map((batch) => batch.map(({ tokenId }) => tokenId))).toEqual([[one.id], [two.id]])
  })

  it('with what a secret was used for again while an earlier use of it was being written', async () => {
    const { d, a, batches, how } = writingWorld({ ...USES, timeoutMs: 120_000 })
    const { id, secret } = await a.make()
    await a.ask(secret)
    how.fails = () => d.clock.sleep(MINUTE)
    await d.clock.pass(GATHERED)
    delete how.fails
    await d.clock.pass(MINUTE - 1_000)
    await a.ask(secret)
    await d.clock.pass(GATHERED + 1_000)
    expect(batches.flat().map(({ at }) => at - START)).toEqual([0, MINUTE])
    expect(await d.store.lastUse([id])).toMatchObject([{ at: START + MINUTE }])
  })

  it('by nobody where the store does not keep them', async () => {
    const d = deployment()
    const a = d.start({ ...USES, without: ['recordUse', 'lastUse'] })
    const { secret } = await a.make()
    expect(await a.ask(secret)).toBe('allowed')
    await d.clock.pass(MINUTE)
    await a.tokens.close()
    expect(a.calls()).not.toContain('recordUse')
  })
})

describe.each(FAILURES)('a recordUse that %s', (_, fails) => {
  it('changes no decision and holds no request up', async () => {
    const { d, a, batches, how } = writingWorld()
    const { id, secret } = await a.make()
    how.fails = fails
    for (let i = 0; i < 30; i++) {
      expect(await stateOf(a.ask(secret))).toBe('resolved')
      expect(await a.ask(secret)).toBe('allowed')
      await d.clock.pass(GATHERED / 3)
    }
    expect(batches.length).toBeGreaterThan(2)
    await d.done(a.tokens.revoke({ actor: ADMIN, id }))
    expect(await a.ask(secret)).toBe('token_revoked')
  })

  it('is tried again, and loses nothing', async () => {
    const { d, a, batches, how } = writingWorld()
    const [one, two] = [await a.make(), await a.make()]
    how.fails = fails
    await a.ask(one.secret)
    await d.clock.pass(GATHERED)
    await a.ask(two.secret)
    await d.clock.pass(MINUTE)
    delete how.fails
    await a.ask(one.secret)
    await d.clock.pass(MINUTE)
    expect(batches.length).toBeGreaterThan(2)
    const uses = await d.store.lastUse([one.id, two.id])
    expect(uses.map(({ tokenId, at }) => [tokenId, at]).toSorted()).toEqual(
      [
        [one.id, START + MINUTE],
        [two.id, START],
      ].toSorted(),
    )
    expect((await a.tokens.get({ actor: ADMIN, id: one.id })).lastUsedAt).toBe(START + MINUTE)
  })

  it('holds close no longer than the time limit, and makes it not reject', async () => {
    const { d, a, how } = writingWorld()
    const { secret } = await a.make()
    how.fails = fails
    await a.ask(secret)
    const closed = a.tokens.close()
    await d.clock.pass(2_250)
    expect(await stateOf(closed)).toBe('resolved')
  })

  it('holds close no longer than the time limit if it is under way by then', async () => {
    const { d, a, how } = writingWorld()
    const [one, two] = [await a.make(), await a.make()]
    how.fails = fails
    await a.ask(one.secret)
    await d.clock.pass(GATHERED + 100)
    await a.ask(two.secret)
    const closed = a.tokens.close()
    await d.clock.pass(2_250)
    expect(await stateOf(closed)).toBe('resolved')
  })

  it('leaves nothing that runs in the background once close has resolved', async () => {
    const { d, a, batches, how } = writingWorld()
    const { secret } = await a.make()
    how.fails = fails
    await a.ask(secret)
    await d.done(a.tokens.close())
    const before = batches.length
    await d.clock.pass(10 * MINUTE)
    expect(batches.length).toBe(before)
  })
})

describe('close', () => {
  it('takes no longer than the time limit for many batches that are slow, each within it', async () => {
    const { d, a, how } = writingWorld()
    await useMany(d, a, 2_100)
    how.fails = () => d.clock.sleep(1_500)
    const closed = a.tokens.close()
    await d.clock.pass(2_250)
    expect(await stateOf(closed)).toBe('resolved')
  })

  it('with nothing to write asks the store for nothing', async () => {
    const { a } = writingWorld()
    await a.tokens.close()
    await atRest()
    expect(a.calls()).toEqual([])
  })
})

describe('a clock that cannot sleep', () => {
  it('takes no decision back that was made', async () => {
    const d = deployment()
    const { secret } = await d.admin.make()
    const world = newWorld({
      store: d.store,
      clock: {
        ...d.clock,
        sleep: () => {
          throw new Error('no timers')
        },
      } as never,
    })
    expect(await world.ask(secret)).toBe('allowed')
  })
})

describe('a process', () => {
  it('with uses that wait to be written ends by itself, and writes them first if it closes', async () => {
    const { script, remove } = await buildProgram(new URL('./support/use-and-end.ts', import.meta.url))
    onTestFinished(remove)
    const run = async (how: string): Promise<string> => {
      const options = { timeout: 50_000, env: { ...process.env, NODE_OPTIONS: '' } }
      const { stdout } = await promisify(execFile)(process.execPath, [script, how], options)
      return stdout.trim()
    }
    // A process that lived until they are due would write them.
    expect(await Promise.all([run('just ends'), run('closes')])).toEqual(['allowed', 'allowed\nwritten'])
  }, 60_000)
})
