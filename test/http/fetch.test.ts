/** What only the guard for Fetch and its judge promise. What all guards do: guards.test.ts. */
import type { Allowance } from 'plan-access-tokens'
import { guard, headersOf, judge, withHeaders } from 'plan-access-tokens/fetch'
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
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

describe('judge', () => {
  it('gives the decision, the refusal as a response, or nothing where the request is not ours', async () => {
    const w = await world()
    const file = fetchRequest(`GET /v1/files/${A}`, w.ALL)
    const none = new Request(`https://api.example/v1/files/${A}`)
    const judged = judge(w.tokens)
    const found = judged(file)
    expect(found).not.toBeInstanceOf(Promise)
    expect(() => judge(w.tokens, { basepath: '/api' } as never)).toThrow(
      /^judge\(\) found .*\n.*Did you mean "basePath"/,
    )
    expect(await found).toMatchObject({ allowed: true, params: { file_key: A } })
    const refused = await judged(none)
    expect(refused).toBeInstanceOf(Response)
    expect((refused as Response).status).toBe(401)
    expect((refused as Response).headers.get('content-type')).toBe('application/problem+json')

    expect(await judge(w.tokens, { optional: true })(none)).toBeUndefined()
    expect(await judge(w.tokens, { optional: true })(fetchRequest('GET /v1/me', w.ALL))).toBeInstanceOf(Response)
    expect(await judge(w.tokens, { when: () => false })(none)).toBeUndefined()
    expect(await judge(w.tokens, { when: () => undefined as never })(none)).toBeInstanceOf(Response)
    expect(await judge(w.tokens, { basePath: '/api' })(file)).toMatchObject({ status: 403 })
    expect(await judge({ ...w.tokens, decide: w.tokens.authorize })(file)).toMatchObject({ allowed: true })
  })

  it('leaves the body to be read, and has a type that says what may be missing', async () => {
    const w = await world()
    const body = '{"context":"team","context_id":"456"}'
    const headers = { 'content-type': 'application/json' }
    const request = fetchRequest('POST /v2/webhooks', w.ALL, { body, headers })
    expect(await judge(w.tokens)(request)).toMatchObject({ allowed: true })
    expect(await request.text()).toBe(body)
    expectTypeOf(judge(w.tokens)).returns.resolves.toEqualTypeOf<Allowance | Response>()
    expectTypeOf(judge(w.tokens, { optional: true })).returns.resolves.toEqualTypeOf<Allowance | Response | undefined>()
  })

  it('is what a guard is made of: with withHeaders it answers as a guard does', async () => {
    const w = await world()
    const made = await w.make({ name: 'Old' })
    await w.refresh(made)
    const handler = (): Response => new Response('here', { headers: { Vary: 'Accept' } })
    const guarded = guard(w.tokens, handler)
    const judged = judge(w.tokens)
    const byJudge = async (request: Request): Promise<Response> => {
      const found = await judged(request)
      return found instanceof Response ? found : withHeaders(handler(), found)
    }
    const told = async (response: Response) => [response.status, [...response.headers], await response.text()]
    for (const secret of [made, w.ALL, w.ONE, { ...w.ALL, secret: 'figpat_x' }])
      for (const line of [`GET /v1/files/${A}`, 'GET /v1/me', 'GET /v1//me']) {
        const ask = (answer: (request: Request) => Response | Promise<Response>) => answer(fetchRequest(line, secret))
        expect(await told(await byJudge(fetchRequest(line, secret)))).toEqual(await told(await ask(guarded)))
      }
    const found = await judged(fetchRequest(`GET /v1/files/${A}`, made))
    expect(found instanceof Response || headersOf(found)).toEqual({
      'Cache-Control': 'no-store',
      Vary: 'X-Figma-Token, Authorization',
      Deprecation: expect.stringMatching(/^@\d+$/),
      Sunset: expect.stringMatching(/ GMT$/),
    })
  })
})
