/** Many requests at once, with secrets that nobody was given or with one that somebody was: what they cost is bounded. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Decision } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { expect, vi } from 'vitest'
import { deployment, late, type Process, UNWATCHED, unknownSecret, warmToken } from '../service/support/processes.ts'
import { attacksOf } from './attack.ts'
import { allowed } from './verdicts.ts'

// Two hundred thousand requests take longer on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const attack = attacksOf('denial-of-service')
const say = ({ tokens }: Process, secret: string): Promise<Decision> =>
  tokens.authorize(requestWith(secret, 'GET /v1/files/FileA', { header: 'x-figma-token' }))

/** What is in use, in bytes, once everything that nobody holds is gone. */
function inUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

attack('h08', async () => {
  const d = deployment()
  const a = d.start(UNWATCHED)
  const live = await warmToken(d, a)
  const codes = new Set<string>()
  /** Sends so many unknown secrets, from the n-th on, some at a time. */
  const flood = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n += 50) {
      const said = await Promise.all(Array.from({ length: 50 }, (_, i) => say(a, unknownSecret(n + i))))
      for (const decision of said) codes.add(decision.allowed ? 'allowed' : decision.code)
      a.calls()
      a.told.length = 0
    }
  }
  await flood(0, 20_000)
  const full = inUse()
  await flood(20_000, 200_000)
  // 180,000 more would take 20 MB and more if they were all remembered.
  expect(inUse() - full).toBeLessThan(5_000_000)
  expect([...codes]).toEqual(['token_unknown'])
  allowed(await say(a, live.secret), 'the live token')
  expect(a.calls(), 'and out of memory').toEqual([])
})

attack('h10', async () => {
  for (const isWarm of [false, true]) {
    const d = deployment()
    const a = d.start()
    if (isWarm) await warmToken(d, a)
    const { secret } = await d.admin.make()
    a.replace.findByDigest = late(d.clock, 200, d.store.findByDigest)
    a.replace.events = late(d.clock, 200, d.store.events)
    a.replace.bound = late(d.clock, 200, d.store.bound)
    const said = await d.done(Promise.all(Array.from({ length: 1_000 }, () => say(a, secret))))
    for (const decision of said) allowed(decision)
    const calls = a.calls()
    expect(calls.filter((call) => call === 'findByDigest')).toHaveLength(1)
    expect(calls.length).toBeLessThanOrEqual(4)
    allowed(await d.done(say(a, secret)))
    expect(a.calls()).toEqual([])
  }
})
