/** Keys from before at the management API: nothing is managed with one, and a token of one is shown as such. */
import { adminHandler } from 'plan-access-tokens/admin'
import { hubHandler } from 'plan-access-tokens/hub'
import { describe, expect, it } from 'vitest'
import { KEYS, legacyWorld } from '../legacy/world.ts'
import { ADMIN } from '../support/world.ts'

const HOST = 'https://admin.test'
function served() {
  const world = legacyWorld()
  const options = { tokens: world.tokens, actor: () => ADMIN }
  return { ...world, handler: adminHandler(options as never) as (request: Request) => Promise<Response> }
}
const get = (headers: Record<string, string>, path = '/policies'): Request => new Request(HOST + path, { headers })

describe('a request to the management API', () => {
  it.each([
    ['a key as a bearer token', { authorization: `Bearer ${KEYS.plain()}` }],
    ['a key without a beginning of its own', { authorization: `Bearer ${KEYS.keyed()}` }],
    ['a cut key', { authorization: 'Bearer sk_live_cut' }],
    ['a key as a password', { authorization: `Basic ${btoa(`x:${KEYS.plain()}`)}` }],
    ['a key as a user', { authorization: `Basic ${btoa(`${KEYS.keyed()}:`)}` }],
    ['a key in a cookie', { cookie: `session=${KEYS.plain()}` }],
  ])('with %s is refused, whoever else it may be from', async (_, headers) => {
    const { handler } = served()
    const response = await handler(get(headers))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'plan_token_refused' })
  })

  it('with a key in its URL is refused', async () => {
    const { handler } = served()
    expect((await handler(get({}, `/policies?key=${KEYS.plain()}`))).status).toBe(403)
  })

  it('with what only looks like one, elsewhere than a credential, is taken', async () => {
    const { handler } = served()
    // An id of a trace, which has the form of a key that begins with nothing of its own.
    for (const headers of [{ 'x-trace': KEYS.keyed() }, { authorization: 'Bearer a-session' }, { cookie: 'a=sk_liv' }])
      expect((await handler(get(headers as never))).status).toBe(200)
  })

  it('shows a token of a key as such, alone and in lists, until its first refresh', async () => {
    const { handler, adopt, tokens } = served()
    const { id } = await adopt('plain')
    const shown = async (path: string): Promise<unknown> => (await handler(get({}, path))).json()
    expect(await shown(`/tokens/${id}`)).toMatchObject({ id, legacy: true })
    expect(await shown('/plans/1001/tokens')).toMatchObject({ tokens: [{ id, legacy: true }] })
    expect(await shown('/plans/1001/events')).toMatchObject({ events: [{ type: 'adopted', tokenId: id }] })
    await tokens.refresh({ actor: ADMIN, id })
    expect(await shown(`/tokens/${id}`)).toMatchObject({ legacy: false })
  })
})

it('the page refuses a request that carries one', async () => {
  const { tokens } = legacyWorld()
  const handler = hubHandler({ tokens, actor: () => ADMIN, plans: () => [] } as never) as (
    request: Request,
  ) => Promise<Response>
  const response = await handler(get({ authorization: `Bearer ${KEYS.plain()}` }, '/'))
  expect(response.status).toBe(403)
})
