/** Look-ups of many secrets at once: some at a time, the others in turn, all within the time limit. */
import { describe, expect, it } from 'vitest'
import { DAY } from '../support/world.ts'
import {
  type Deployment,
  deployment,
  down,
  never,
  type Process,
  unknownSecret,
  warmToken,
} from './support/processes.ts'
import { stateOf } from './support/steered-clock.ts'

/** How often the store was asked for records since the last look. */
const lookUps = (process: Process): number => process.calls().filter((call) => call === 'findByDigest').length

describe('look-ups of many secrets', () => {
  /** Counts how many look-ups the store has at once. */
  function counted(d: Deployment, process: Process, ms: number) {
    const seen = { now: 0, most: 0, all: 0 }
    process.replace.findByDigest = async (digest) => {
      seen.all += 1
      seen.most = Math.max(seen.most, ++seen.now)
      await d.clock.sleep(ms)
      seen.now -= 1
      return d.store.findByDigest(digest)
    }
    return seen
  }

  it('are 64 at once at most; the others wait their turn', async () => {
    const d = deployment()
    const a = d.start()
    const made = await Promise.all(Array.from({ length: 300 }, () => d.admin.make()))
    const seen = counted(d, a, 100)
    const asked = made.map(({ secret }) => a.ask(secret))
    expect(new Set(await d.done(Promise.all(asked)))).toEqual(new Set(['allowed']))
    expect(seen).toEqual({ now: 0, most: 64, all: 300 })
    // As many again: every place was given back.
    await d.clock.pass(DAY)
    const more = Array.from({ length: 300 }, (_, i) => a.ask(unknownSecret(i)))
    await d.done(Promise.all(more))
    expect(seen).toEqual({ now: 0, most: 64, all: 600 })
  })

  it('give their places back when they fail', async () => {
    const d = deployment()
    const a = d.start()
    await warmToken(d, a)
    a.replace.findByDigest = down
    await Promise.all(Array.from({ length: 300 }, (_, i) => a.ask(unknownSecret(i))))
    const seen = counted(d, a, 100)
    await d.done(Promise.all(Array.from({ length: 100 }, (_, i) => a.ask(unknownSecret(i)))))
    expect(seen.most).toBe(64)
  })

  it('that wait are refused within the time limit', async () => {
    const d = deployment()
    const a = d.start({ timeoutMs: 2_000 })
    const { secret } = await warmToken(d, a)
    a.replace.findByDigest = never
    const asked = Array.from({ length: 200 }, (_, i) => a.ask(unknownSecret(i)))
    await d.clock.pass(2_300)
    expect(await stateOf(Promise.all(asked))).toBe('resolved')
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['unavailable']))
    expect(await a.ask(secret)).toBe('allowed')
  })

  it('are not made any more once their requests were refused', async () => {
    const d = deployment()
    const a = d.start({ timeoutMs: 2_000 })
    await warmToken(d, a)
    a.replace.findByDigest = never
    const asked = Array.from({ length: 1_000 }, (_, i) => a.ask(unknownSecret(i)))
    await d.clock.pass(2_300)
    await Promise.all(asked)
    a.calls()
    await d.clock.pass(60_000)
    expect(lookUps(a)).toBe(0)
  })
})
