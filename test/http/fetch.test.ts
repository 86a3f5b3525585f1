/** What only the guard for Fetch promises. What all guards do: guards.test.ts. */
import { guard } from 'plan-access-tokens/fetch'
import { afterEach, expect, it, vi } from 'vitest'
import { A, fetchRequest, world } from '../attack/world.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

it('makes no URL of a request, let through or refused', async () => {
  const w = await world()
  const guarded = guard(w.tokens, (_request, planToken) => new Response(planToken.token.name))
  const requests = [fetchRequest(`GET /v1/files/${A}?depth=1`, w.ALL), fetchRequest('GET /v1/me', w.ALL)]
  let made = 0
  vi.stubGlobal(
    'URL',
    class extends URL {
      constructor(url: string, base?: string) {
        super(url, base)
        made += 1
      }
    },
  )
  const answers = await Promise.all(requests.map((request) => guarded(request)))
  expect([made, ...answers.map(({ status }) => status)]).toEqual([0, 200, 403])
  expect(new URL('http://a.example').host).toBe('a.example')
  expect(made).toBe(1)
})

it('answers in the same turn where neither the engine nor the handler has to wait, and passes on what is thrown', async () => {
  const w = await world()
  const request = fetchRequest(`GET /v1/files/${A}`, w.ALL)
  const refused = fetchRequest('GET /v1/me', w.ALL)
  const atOnce = guard(w.tokens, () => new Response('here'))
  for (const [asked, status] of [
    [request, 200],
    [refused, 403],
  ] as const) {
    const answer = atOnce(asked)
    expect(answer).toBeInstanceOf(Response)
    expect([(await answer).status, (await answer).headers.get('cache-control')]).toEqual([status, 'no-store'])
  }
  const later = guard(w.tokens, async () => new Response('here'))(request)
  expect(later).toBeInstanceOf(Promise)
  expect((await later).headers.get('cache-control')).toBe('no-store')
  const waiting = { ...w.tokens, decide: w.tokens.authorize }
  const slow = guard(waiting, () => new Response('here'))(request)
  expect(slow).toBeInstanceOf(Promise)
  expect((await slow).headers.get('cache-control')).toBe('no-store')
  const broken = guard(w.tokens, () => {
    throw new RangeError('broken')
  })
  expect(() => broken(request)).toThrow(RangeError)
})
