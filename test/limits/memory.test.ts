/** The limiter in memory: a bucket that is refilled evenly, whatever the wall clock does, and no more memory than was said. */
import { SetupError } from 'plan-access-tokens'
import { memoryLimiter } from 'plan-access-tokens/limits/memory'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date'] }))
afterEach(() => void vi.useRealTimers())

const TAKE = { key: 'all:token:a', requests: 4, perSeconds: 60, cost: 1 }

it('holds what was said at once, and is refilled evenly, one in each part of the time', async () => {
  const limiter = memoryLimiter()
  for (const remaining of [3, 2, 1, 0])
    expect(limiter.take(TAKE)).toEqual({ allowed: true, remaining, retryMs: 0, fullMs: (4 - remaining) * 15_000 })
  expect(limiter.take(TAKE)).toEqual({ allowed: false, remaining: 0, retryMs: 15_000, fullMs: 60_000 })
  await vi.advanceTimersByTimeAsync(14_999)
  expect(limiter.take(TAKE)).toMatchObject({ allowed: false, retryMs: expect.closeTo(1, 6) })
  await vi.advanceTimersByTimeAsync(1)
  expect(limiter.take(TAKE)).toMatchObject({ allowed: true, remaining: 0 })
  expect(limiter.take(TAKE)).toMatchObject({ allowed: false })
  // It never holds more than it can.
  await vi.advanceTimersByTimeAsync(86_400_000)
  expect(limiter.look?.(TAKE)).toEqual({ allowed: true, remaining: 4, retryMs: 0, fullMs: 0 })
})

it('takes several at once, or none of them', () => {
  const limiter = memoryLimiter()
  expect(limiter.take({ ...TAKE, cost: 3 })).toMatchObject({ allowed: true, remaining: 1 })
  expect(limiter.take({ ...TAKE, cost: 2 })).toMatchObject({ allowed: false, remaining: 1, retryMs: 15_000 })
  expect(limiter.take(TAKE)).toMatchObject({ allowed: true, remaining: 0 })
})

it('is looked at without being taken from, and a bucket that nobody took from is full', () => {
  const limiter = memoryLimiter()
  const full = { allowed: true, remaining: 4, retryMs: 0, fullMs: 0 }
  for (let i = 0; i < 9; i++) expect(limiter.look?.(TAKE)).toEqual(full)
  limiter.take({ ...TAKE, cost: 4 })
  for (let i = 0; i < 9; i++)
    expect(limiter.look?.(TAKE)).toMatchObject({ allowed: false, remaining: 0, retryMs: 15_000 })
  expect(limiter.look?.({ ...TAKE, key: 'all:token:b' })).toEqual(full)
})

it('takes no notice of a wall clock that is set back or ahead', () => {
  const limiter = memoryLimiter()
  limiter.take({ ...TAKE, cost: 4 })
  for (const hours of [-48, 48]) {
    vi.setSystemTime(Date.now() + hours * 3_600_000)
    expect(limiter.take(TAKE)).toMatchObject({ allowed: false, retryMs: 15_000 })
  }
})

it('goes by the size that a rule has now', () => {
  const limiter = memoryLimiter()
  limiter.take(TAKE)
  expect(limiter.take({ ...TAKE, requests: 2 })).toMatchObject({ allowed: true, remaining: 1 })
  expect(limiter.look?.({ ...TAKE, requests: 2 })).toMatchObject({ remaining: 1 })
  limiter.take({ ...TAKE, requests: 2 })
  expect(limiter.take({ ...TAKE, requests: 100 })).toMatchObject({ allowed: false })
})

it.each([
  ['requests', { requests: 60 }],
  ['perSeconds', { perSeconds: 4 }],
])('is refilled by the size that a rule has now, when it has other %s', async (_, size) => {
  const limiter = memoryLimiter()
  limiter.take({ ...TAKE, cost: 4 })
  expect(limiter.look?.({ ...TAKE, ...size })).toMatchObject({ remaining: 0 })
  await vi.advanceTimersByTimeAsync(1_000)
  // By the size before one takes fifteen.
  expect(limiter.look?.({ ...TAKE, ...size })).toMatchObject({ remaining: 1 })
})

it('keeps the buckets that were asked for lately, and gives up others', () => {
  const limiter = memoryLimiter({ keys: 10 })
  const take = (key: string) =>
    limiter.take({ ...TAKE, key, requests: 1, perSeconds: 2_678_400 }) as { allowed: boolean }
  expect(take('busy').allowed).toBe(true)
  expect(take('idle').allowed).toBe(true)
  for (let i = 0; i < 1_000; i++) {
    take(`other ${i}`)
    // Asked for between every two others, it is never given up.
    expect(take('busy').allowed).toBe(false)
  }
  expect(take('idle').allowed).toBe(true)
})

it('holds no more than so many buckets', () => {
  // What a map holds is told by what it lets go: a bucket that is gone is full.
  const limiter = memoryLimiter({ keys: 100 })
  const take = (i: number) =>
    limiter.take({ ...TAKE, key: `k${i}`, requests: 1, perSeconds: 2_678_400 }) as { allowed: boolean }
  for (let i = 0; i < 10_000; i++) take(i)
  const kept = Array.from({ length: 10_000 }, (_, i) => {
    const looked = limiter.look?.({ ...TAKE, key: `k${i}`, requests: 1, perSeconds: 2_678_400 }) as { allowed: boolean }
    return looked.allowed ? 0 : 1
  }).reduce<number>((sum, one) => sum + one, 0)
  expect(kept).toBeGreaterThanOrEqual(50)
  expect(kept).toBeLessThanOrEqual(100)
})

it.each([0, 1, 1.5, '5', 10_000_001])('is told at start of keys that are none: %s', (keys) => {
  expect(() => memoryLimiter({ keys: keys as number })).toThrow(SetupError)
})
