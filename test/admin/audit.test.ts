/** Receipts and exports over the management API, by its routes, by the typed client and over a real socket that breaks off. */
import { createServer } from 'node:http'
import { adminHandler, createAdminClient, toNode } from 'plan-access-tokens/admin'
import { expect, it } from 'vitest'
import { listen } from './server.ts'
import { adminWorld, BASE, refused } from './world.ts'

const clientOf = (w: Awaited<ReturnType<typeof adminWorld>>, session = 'admin-1') =>
  createAdminClient({
    baseUrl: BASE,
    headers: { 'x-session': session },
    fetch: async (url, init) => w.handler(new Request(url, init)),
  })

it('a revocation gives a receipt where one is asked for, and the token where not', async () => {
  const w = await adminWorld()
  const { id } = (await w.make()).token
  const answer = await w.call(`POST /tokens/${id}/revoke`, { body: { receipt: true, reason: 'lost' } })
  expect(answer.body.token).toMatchObject({ id, status: 'revoked' })
  expect(answer.body.receipt).toMatchObject({
    ...{ tokenId: id, planId: '1001', seq: expect.any(Number), chain: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ...{ boundMs: 0, revokedAt: answer.body.token.revokedAt, notAcceptedSince: expect.any(Number) },
  })
  const again = await clientOf(w).revoke({ id, receipt: true })
  expect(again.receipt.seq).toBe(answer.body.receipt.seq)
  expect(await clientOf(w).revoke({ id })).toMatchObject({ id, status: 'revoked' })
  expect((await w.call(`POST /tokens/${id}/revoke`, { body: { receipt: false } })).body).toMatchObject({ id })
  refused(await w.call(`POST /tokens/${id}/revoke`, { body: { receipt: 'yes' } }), 'invalid_input', 400)
})

it('an export comes in parts, each with its length and the link to the next', async () => {
  const w = await adminWorld()
  for (let i = 0; i < 5; i++) await w.make({ name: `Ünï 🔐 ${i}` })
  const ask = (query: string, session = 'admin-1') =>
    w.handler(new Request(`${BASE}/plans/1001/events/export?${query}`, { headers: { 'x-session': session } }))
  const first = await ask('format=csv&limit=4')
  const text = await first.text()
  expect(first.status).toBe(200)
  expect(first.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
  expect(first.headers.get('content-length')).toBe(String(new TextEncoder().encode(text).length))
  expect(first.headers.get('content-disposition')).toBe('attachment; filename="events.csv"')
  expect(first.headers.get('cache-control')).toBe('no-store')
  const link = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  const next = new URL(link, `${BASE}/plans/1001/events/export?format=csv&limit=4`)
  const second = await w.handler(new Request(next, { headers: { 'x-session': 'admin-1' } }))
  const whole = await (await ask('format=csv')).text()
  // The head and eight events.
  expect(text + (await second.text())).toBe(
    whole
      .split(/(?<=\r\n)/)
      .slice(0, 9)
      .join(''),
  )
  expect((await ask('format=ndjson')).headers.get('link')).toBeNull()
  expect((await ask('format=csv', 'admin-2')).status).toBe(403)
  expect((await ask('format=csv', '')).status).toBe(401)
  const wrong = await ask('format=xml&limit=0&after=x')
  expect((await wrong.json()).issues.map(({ path }: { path: string }) => path)).toEqual(['format', 'after', 'limit'])
  expect((await ask('')).status).toBe(400)
})

it('the typed client gives each part and its cursor, and errors as of every call', async () => {
  const w = await adminWorld()
  for (let i = 0; i < 3; i++) await w.make()
  const client = clientOf(w)
  let all = ''
  let parts = 0
  for (let after: string | undefined; ; parts++) {
    const part = await client.exportEvents({ planId: '1001', format: 'ndjson', limit: 2, ...(after && { after }) })
    all += part.text
    after = part.next
    if (after === undefined) break
  }
  const { text } = await client.exportEvents({ planId: '1001', format: 'ndjson' })
  expect(all).toBe(text)
  expect(parts).toBeGreaterThan(0)
  const { events } = await client.events({ planId: '1001', limit: 500 })
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject(events as object[])
  const failed = clientOf(w, 'admin-2').exportEvents({ planId: '1001', format: 'csv' })
  await expect(failed).rejects.toMatchObject({ name: 'AdminApiError', code: 'not_plan_admin' })
})

it('a part whose end did not arrive is an error and no shorter part', async () => {
  const w = await adminWorld()
  for (let i = 0; i < 5; i++) await w.make()
  const handler = adminHandler({ tokens: w.tokens, actor: () => 'admin-1', basePath: '/admin' })
  const listener = toNode(handler)
  const url = await listen(
    createServer((request, response) => {
      const end = response.end.bind(response)
      const write = response.write.bind(response)
      // The connection breaks off in the middle of the body.
      const cut = (chunk: unknown): boolean => {
        write(String(chunk).slice(0, 50), () => response.destroy())
        return true
      }
      response.write = cut as typeof response.write
      response.end = ((chunk?: unknown) => (chunk === undefined ? end() : cut(chunk))) as typeof response.end
      listener(request, response)
    }),
  )
  const client = createAdminClient({ baseUrl: `${url}/admin` })
  await expect(client.exportEvents({ planId: '1001', format: 'csv' })).rejects.toThrow()
})

it('tokens that are a copy cannot be exported, and the host is told why', async () => {
  const w = await adminWorld()
  const told: unknown[] = []
  const handler = adminHandler({
    tokens: { ...w.tokens },
    actor: () => 'admin-1',
    onError: (error) => told.push(error),
  })
  const answer = await handler(new Request(`http://x/plans/1001/events/export?format=csv`))
  expect(answer.status).toBe(500)
  expect(String(told[0])).toContain('tokens: must be what createPlanTokens gave, itself and no copy.')
})
