/** A limiter that fails, does not answer or answers nonsense: what was chosen for it, told to the host, and never an allowance by itself. */
import type { RateLimiter } from 'plan-access-tokens/limits'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { newWorld } from '../support/world.ts'
import { ALL, FILE, limitedWorld } from './world.ts'

const GOOD = { allowed: true, remaining: 1, retryMs: 0, fullMs: 30_000 }
const answering = (answer: unknown): RateLimiter => ({ take: () => answer as never, look: () => answer as never })
const throws = () => {
  throw new Error('redis://user:pw@host')
}

/** Each limiter that has not said whether there is room. */
const FAILING: readonly (readonly [string, RateLimiter])[] = [
  ['throws', { take: throws, look: throws }],
  ['rejects', { take: async () => throws(), look: async () => throws() }],
  ['never answers', answering(new Promise(() => undefined))],
  ['answers nothing', answering(undefined)],
  ['answers a promise of nothing', answering(Promise.resolve())],
  ['answers yes', answering(true)],
  ['answers null', answering(null)],
  ['answers an empty object', answering({})],
  ['says no word', answering({ ...GOOD, allowed: undefined })],
  ['says 1', answering({ ...GOOD, allowed: 1 })],
  ['has NaN left', answering({ ...GOOD, remaining: Number.NaN })],
  ['has less than nothing left', answering({ ...GOOD, remaining: -1 })],
  ['has more left than a bucket holds', answering({ ...GOOD, remaining: 3 })],
  ['has text left', answering({ ...GOOD, remaining: '1' })],
  ['waits for NaN', answering({ ...GOOD, retryMs: Number.NaN })],
  ['waits for a negative time', answering({ ...GOOD, allowed: false, retryMs: -1 })],
  ['waits for ever', answering({ ...GOOD, allowed: false, retryMs: Number.POSITIVE_INFINITY })],
  ['is never full', answering({ ...GOOD, fullMs: undefined })],
]

describe.each(FAILING)('a limiter that %s', (_, limiter) => {
  const made = async (whenUnavailable: 'allow' | 'deny') => {
    const told: { readonly error: unknown; readonly method: string }[] = []
    const onError = (error: unknown, { method }: { readonly method: string }) => told.push({ error, method })
    const world = limitedWorld({ limiter, whenUnavailable }, { onError, timeoutMs: 30 })
    // The bound is measured by a clock that goes on.
    const { secret } = await world.make()
    return { ...world, told, secret }
  }

  it('is a refusal with 503 where that was chosen, and the host is told', async () => {
    const { decide, secret, told } = await made('deny')
    const decision = await decide(secret)
    expect(decision).toMatchObject({
      allowed: false,
      code: 'unavailable',
      status: 503,
      headers: { 'Retry-After': '1' },
    })
    expect(decision.headers).not.toHaveProperty('RateLimit')
    expect(told.map(({ method }) => method)).toEqual(['limiter.take'])
  })

  it('lets the request through uncounted where that was chosen, and the host is told', async () => {
    const { decide, secret, told } = await made('allow')
    const decision = await decide(secret)
    expect(decision.allowed).toBe(true)
    expect(decision.headers).not.toHaveProperty('RateLimit')
    expect(told.map(({ method }) => method)).toEqual(['limiter.take'])
    // What else there is to refuse is refused all the same.
    expect(await decide(secret, 'GET /v1/files/FileZ')).toMatchObject({ code: 'resource_not_in_plan' })
  })

  it('is said of in an explanation, which judges the rest', async () => {
    for (const whenUnavailable of ['allow', 'deny'] as const) {
      const { tokens, secret, told } = await made(whenUnavailable)
      const { decision, rules } = await tokens.explain(requestWith(secret, FILE))
      expect(decision.allowed).toBe(whenUnavailable === 'allow')
      if (!decision.allowed) expect(decision.code).toBe('unavailable')
      const verdict = rules.find(({ rule }) => rule === 'limit')
      expect(verdict?.ok).toBe(whenUnavailable === 'allow')
      expect(rules.at(-1)).toMatchObject({ rule: 'allowlist', ok: true })
      expect(told.map(({ method }) => method)).toEqual(['limiter.look'])
    }
  })
})

it('lets no text of a failure out, and gives a client no more than a 503', async () => {
  const { make, decide } = limitedWorld({ limiter: { take: throws } })
  const decision = await decide((await make()).secret)
  if (decision.allowed) throw new Error('It was allowed.')
  expect(await decision.response().text()).not.toMatch(/redis|pw/)
})

describe.each(['allow', 'deny'] as const)('a function of the rules that fails, by "%s",', (whenUnavailable) => {
  it.each<[string, unknown]>([
    ['throws', throws],
    ['gives text', () => 'much'],
    ['gives a promise', async () => ({ requests: 5, perSeconds: 60 })],
    ['gives no seconds', () => ({ requests: 5 })],
    ['gives NaN', () => ({ requests: Number.NaN, perSeconds: 60 })],
    ['gives a negative number', () => ({ requests: -5, perSeconds: 60 })],
    ['gives more cost than there is', () => ({ requests: 5, perSeconds: 60, cost: 6 })],
    ['gives a field that there is not', () => ({ requests: 5, perSeconds: 60, burst: 6 })],
  ])('is a failure of the limiter: %s', async (_, limit) => {
    const told: string[] = []
    const rules = [{ name: 'own', limit: limit as never }, ALL]
    const { make, decide, takes } = limitedWorld(
      { rules, whenUnavailable },
      { onError: (_error, { method }) => told.push(method) },
    )
    const decision = await decide((await make()).secret)
    expect(decision.allowed).toBe(whenUnavailable === 'allow')
    expect(told).toEqual(['limits.rules'])
    expect(takes).toEqual([])
  })
})

it('stays a failure of the store where the store fails', async () => {
  const told: string[] = []
  const { make, store } = newWorld()
  const { secret } = await make()
  const { decide } = limitedWorld(
    {},
    {
      store: { ...store, findByDigest: async () => throws(), peekByDigest: undefined } as never,
      onError: (_, { method }) => told.push(method),
    },
  )
  expect(await decide(secret)).toMatchObject({ code: 'unavailable' })
  expect(told).toEqual(['store.findByDigest'])
})
