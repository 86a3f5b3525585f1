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
