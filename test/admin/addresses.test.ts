/** Addresses of tokens over the management API: in bodies, answers, the log, explanations, introspection and the document. */
import { createAdminClient } from 'plan-access-tokens/admin'
import { expect, it } from 'vitest'
import { adminWorld, BASE, refused, TOKEN } from './world.ts'

const FILE = 'GET /v1/files/{file_key}'

it('are made, edited, taken away by null (RFC 7396) and written to the log', async () => {
  const w = await adminWorld()
  const made = await w.call('POST /plans/1001/tokens', {
    body: { ...TOKEN, addresses: ['203.0.113.0/24', '2001:DB8::/48'] },
  })
  const { id, addresses } = made.body.token
  expect(addresses).toEqual(['203.0.113.0/24', '2001:db8::/48'])
  expect((await w.call(`GET /tokens/${id}`)).body.addresses).toEqual(addresses)
  const patch = (body: object) => w.call(`PATCH /tokens/${id}`, { body })
  expect((await patch({ addresses: ['::1'] })).body.addresses).toEqual(['::1'])
  expect((await patch({ addresses: null })).body).not.toHaveProperty('addresses')
  const log = await w.call(`GET /plans/1001/events?tokenId=${id}`)
  expect(log.body.events.map(({ changes }: { changes?: object }) => changes)).toEqual([
    undefined,
    { addresses: { before: addresses, after: ['::1'] } },
    { addresses: { before: ['::1'], after: null } },
  ])
})

it('that are wrong are told with their places', async () => {
  const w = await adminWorld()
  const body = { ...TOKEN, addresses: ['203.0.113.7/24', 'x'], name: '' }
  const made = refused(await w.call('POST /plans/1001/tokens', { body }), 'invalid_input', 400)
  expect(made.body.issues.map(({ at }: { at: unknown }) => at)).toEqual([['name'], ['addresses', 0], ['addresses', 1]])
  for (const addresses of [[], 7, 'all', [7]])
    refused(await w.call(`PATCH /tokens/${w.ALL.token.id}`, { body: { addresses } }), 'invalid_input', 400)
})

it('are in an explanation for who manages the token, by the typed client too', async () => {
  const w = await adminWorld()
  const { id } = (await w.make({ addresses: ['203.0.113.0/24'] })).token
  const admin = createAdminClient({
    baseUrl: BASE,
    headers: { 'x-session': 'admin-1' },
    fetch: async (url, init) => w.handler(new Request(url, init)),
  })
  const about = async (address?: string) => {
    const params = { file_key: 'FileA0000000000000000aa' }
    const { decision, rules } = await admin.explain({
      id,
      route: FILE,
      params,
      ...(address !== undefined && { address }),
    })
    return [decision.allowed, rules.find(({ rule }) => rule === 'address')?.reason]
  }
  expect(await about('203.0.113.9')).toEqual([true, expect.stringContaining('It may be used from 203.0.113.0/24.')])
  for (const address of ['198.51.100.9', undefined])
    expect(await about(address)).toEqual([false, expect.stringContaining('It may be used from 203.0.113.0/24.')])
  expect((await admin.edit({ id, addresses: null })).addresses).toBeUndefined()
})

it('are in the answer of an introspection, for whoever has the request to compare', async () => {
  const w = await adminWorld({ introspection: { client: () => true } })
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const ask = async (secret: string) =>
    (await w.call('POST /introspect', { headers: form, body: `token=${secret}` })).body
  expect(await ask((await w.make({ addresses: ['203.0.113.0/24'] })).secret)).toMatchObject({
    active: true,
    addresses: ['203.0.113.0/24'],
  })
  expect(await ask(w.ALL.secret)).not.toHaveProperty('addresses')
})
