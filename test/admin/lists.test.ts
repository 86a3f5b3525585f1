/** Lists and explanations of the management API: pages, filters, parameters that are refused, and who may do what. */
import { describe, expect, it } from 'vitest'
import { HOUR } from '../support/world.ts'
import { adminWorld, refused } from './world.ts'

describe('lists', () => {
  it('are walked by cursor, filtered and ordered', async () => {
    const w = await adminWorld()
    for (const n of [1, 2, 3, 4]) {
      w.clock.real.advance(HOUR)
      await w.make({ name: `Token ${n}/ü & co`, lifetimeDays: n })
    }
    const ids: string[] = []
    let next: string | undefined
    let pages = 0
    do {
      const page = await w.call(`GET /plans/1001/tokens?limit=3${next ? `&after=${encodeURIComponent(next)}` : ''}`)
      ids.push(...page.body.tokens.map((token: { id: string }) => token.id))
      next = page.body.next
      pages += 1
    } while (next !== undefined)
    expect({ pages, count: ids.length, different: new Set(ids).size }).toEqual({ pages: 3, count: 7, different: 7 })

    const names = async (query: string) =>
      (await w.call(`GET /plans/1001/tokens?${query}`)).body.tokens.map((token: { name: string }) => token.name)
    expect(await names('type=npm')).toEqual(['Install'])
    expect(await names(`search=${encodeURIComponent('3/ü & co')}`)).toEqual(['Token 3/ü & co'])
    expect(await names('search=3%2F%c3%bc+%26+co')).toEqual(['Token 3/ü & co'])
    expect(await names('order=expiry&limit=1')).toEqual(['Token 1/ü & co'])
    const team = { 'a.b "c"': '100% & ü', 'x]y': '1' }
    await w.make({ name: 'Of a team', metadata: team })
    expect(await names(`metadata[${encodeURIComponent('a.b "c"')}]=100%25+%26+%c3%bc`)).toEqual(['Of a team'])
    expect(await names('metadata[x%5Dy]=1&metadataKey=x%5Dy&status=active')).toEqual(['Of a team'])
    expect(await names('metadata[x]y]=1')).toEqual(['Of a team'])
    expect(await names('metadata[x]=1')).toEqual([])
    expect(await names('metadataKey=x')).toEqual([])
    w.clock.real.advance(23 * HOUR)
    expect(await names('status=expired')).toEqual(['Token 1/ü & co'])
    const events = await w.call('GET /plans/1001/events?limit=2')
    expect(events.body.events).toHaveLength(2)
    const more = await w.call(`GET /plans/1001/events?limit=500&after=${events.body.next}`)
    expect(more.body.events).toHaveLength(6)
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=%2B5', 'limit'],
    ['limit=05', 'limit'],
    ['limit=', 'limit'],
    ['status=dead', 'status'],
    ['order=oldest', 'order'],
    ['after=nonsense', 'after'],
    ['after=', 'after'],
    ['planId=1001', 'planId'],
    ['actor=admin-2', 'actor'],
    ['Limit=5', 'Limit'],
    ['__proto__=5', '__proto__'],
    ['limit=5&limit=5', 'limit'],
    ['limit=5&l%69mit=6', 'limit'],
    ['limit[]=5', undefined],
    ['metadata=x', 'metadata'],
    ['metadata[]=x', undefined],
    ['metadata[a]=x&metadata[a]=y', 'metadata.a'],
    ['metadata[a]=x&metadata=y', 'metadata'],
    ['metadata[__proto__]=x', 'metadata'],
    [`metadata[a]=${'x'.repeat(501)}`, 'metadata.a'],
    ['metadataKey=', 'metadataKey'],
    ['search[a]=x', undefined],
    ['search=a%00b', undefined],
    ['search=%ff', undefined],
    ['limit', undefined],
    ['search=a=b', undefined],
  ])('are refused with ?%s', async (query, path) => {
    const w = await adminWorld()
    const answer = await w.call(`GET /plans/1001/tokens?${query}`)
    if (path === undefined) expect([400]).toContain(answer.status)
    else
      expect(refused(answer, 'invalid_input', 400).body.issues.map((issue: { path: string }) => issue.path)).toContain(
        path,
      )
    expect(w.store.count('list')).toBe(0)
  })
})

describe('explain', () => {
  it('answers for a token by its id, by URL and by route', async () => {
    const w = await adminWorld()
    const { id } = w.ONE.token
    const byUrl = await w.call('POST /explain', {
      body: { id, method: 'GET', url: '/v1/files/FileA0000000000000000aa' },
    })
    expect(byUrl.body.decision).toMatchObject({
      allowed: true,
      token: { id },
      params: { file_key: 'FileA0000000000000000aa' },
    })
    expect(byUrl.body.rules.every((rule: { ok: boolean }) => rule.ok)).toBe(true)
    const question = { id, route: 'GET /v1/files/{file_key}', params: { file_key: 'FileB0000000000000000bb' } }
    const byRoute = await w.call('POST /explain', { body: question })
    expect(byRoute.body.decision).toMatchObject({ allowed: false, code: 'resource_not_allowed' })
    const elsewhere = await w.call('POST /explain', { body: { id, method: 'GET', url: '/@acme/ui', surface: 'npm' } })
    expect(elsewhere.body.decision.code).toBe('token_wrong_type')
    for (const [extra, path] of [
      [{ surface: 'x' }, 'surface'],
      [{ headers: {} }, 'headers'],
      [{ actor: 'a' }, 'actor'],
    ] as const) {
      const answer = await w.call('POST /explain', { body: { id, method: 'GET', url: '/v1/me', ...extra } })
      expect(refused(answer, 'invalid_input', 400).body.issues[0].path).toBe(path)
    }
  })
})
