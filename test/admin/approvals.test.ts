/** Approvals over the management API: asked, decided and collected by requests, by the typed client, and as the document says. */
import {
  AdminApiError,
  adminHandler,
  createAdminClient,
  type IssuedText,
  type RequestedText,
} from 'plan-access-tokens/admin'
import { expect, it } from 'vitest'
import { ADA, BEN, EVE, LINKS, newWorld, PLAN } from '../approvals/world.ts'
import { contractOf } from './contract.ts'
import { actor, BASE, refused, requestOf, type Seen, type Sending, TOKEN } from './world.ts'

async function apiOver(world = newWorld()) {
  const handler = adminHandler({ tokens: world.tokens, actor })
  const document = await (await handler(requestOf('GET /openapi.json'))).json()
  const contract = contractOf(document as object)
  const call = async (line: string, sending: Sending = {}): Promise<Seen> => {
    const request = requestOf(line, { as: ADA, ...sending })
    const sent = request.method === 'GET' ? undefined : new Uint8Array(await request.clone().arrayBuffer())
    const response = await handler(request)
    const text = await response.text()
    const body = text === '' ? undefined : JSON.parse(text)
    contract.check(request, sent, {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body,
    })
    return { status: response.status, headers: response.headers, text, body }
  }
  const clientOf = (who: string) =>
    createAdminClient<IssuedText | RequestedText>({
      baseUrl: BASE,
      headers: { 'x-session': who },
      fetch: async (url, init) => handler(new Request(url, init)),
    })
  return { ...world, handler, document, call, clientOf }
}

it('a token is asked for with 202 and no secret, approved by its ETag, and collected once', async () => {
  const { call, judged } = await apiOver()
  const asked = await call('POST /plans/1001/tokens', { body: { ...TOKEN, resources: 'all' } })
  expect([asked.status, Object.keys(asked.body)]).toEqual([202, ['token']])
  const { id, request } = asked.body.token
  expect([asked.headers.get('etag'), asked.headers.get('location')]).toEqual(['"1"', `../../tokens/${id}`])
  expect(request).toMatchObject({ by: ADA })
  expect((await call(`GET /plans/${PLAN}/rules`)).body).toEqual({ approvals: 'required' })
  const pending = await call(`GET /plans/${PLAN}/tokens?status=pending`, { as: BEN })
  expect(pending.body.tokens).toEqual([asked.body.token])
  expect((await call(`GET /plans/${PLAN}/tokens?status=active`)).body.tokens).toEqual([])

  refused(await call(`POST /tokens/${id}/approve`), 'own_request', 403)
  refused(await call(`POST /tokens/${id}/collect`), 'token_is_pending', 409)
  refused(await call(`POST /tokens/${id}/refresh`, { body: {} }), 'token_is_pending', 409)
  refused(await call(`POST /tokens/${id}/approve`, { as: 'mallory' }), 'token_not_found', 404)
  const stale = { as: BEN, headers: { 'if-match': '"7"' } }
  refused(await call(`POST /tokens/${id}/approve`, stale), 'version_conflict', 412)
  const approved = await call(`POST /tokens/${id}/approve`, { as: BEN, headers: { 'if-match': '"1"' } })
  expect([approved.status, approved.headers.get('etag'), approved.body.request.approvedBy]).toEqual([200, '"2"', BEN])

  refused(await call(`POST /tokens/${id}/collect`, { as: BEN }), 'not_requester', 403)
  const key = { headers: { 'idempotency-key': 'k' } }
  const lost = await call(`POST /tokens/${id}/collect`, key)
  const collected = await call(`POST /tokens/${id}/collect`, key)
  expect(collected.body.token).toMatchObject({ id, status: 'active' })
  expect(await judged(lost.body.secret)).toBe('secret_retired')
  expect(await judged(collected.body.secret)).toBe('allowed')
  refused(await call(`POST /tokens/${id}/collect`), 'nothing_requested', 409)
  const { events } = (await call(`GET /plans/${PLAN}/events`)).body
  expect(events.map(({ type, actor: by }: { type: string; actor: string }) => [type, by])).toEqual([
    ['requested', ADA],
    ['approved', BEN],
    ['collected', ADA],
    ['refreshed', ADA],
  ])
})

it('an edit that waits is shown by its token, and declined with a reason', async () => {
  const { call, make } = await apiOver()
  const { id } = await make({ resources: [LINKS.project] })
  const edited = await call(`PATCH /tokens/${id}`, { body: { resources: 'all', contact: null } })
  expect(edited.body.proposal).toMatchObject({ by: ADA, changes: { resources: 'all', contact: null } })
  expect(edited.body.resources).toHaveLength(1)
  refused(await call(`POST /tokens/${id}/decline`, { as: BEN, body: { reason: '' } }), 'invalid_input', 400)
  refused(await call(`POST /tokens/${id}/decline`, { body: {} }), 'own_request', 403)
  const declined = await call(`POST /tokens/${id}/decline`, { as: BEN, body: { reason: 'Not all of it' } })
  expect(declined.body).not.toHaveProperty('proposal')
  const [last] = (await call(`GET /plans/${PLAN}/events?order=newest&limit=1`)).body.events
  expect(last).toMatchObject({ type: 'declined', actor: BEN, reason: 'Not all of it' })
  refused(await call(`POST /tokens/${id}/decline`, { as: BEN, body: {} }), 'nothing_requested', 409)
})

it('the typed client says whether there is a secret', async () => {
  const { clientOf } = await apiOver()
  const [ada, ben, eve] = [clientOf(ADA), clientOf(BEN), clientOf(EVE)]
  const made = await ada.create({ planId: PLAN, ...TOKEN, resources: 'all' } as never)
  expect([made.secret, made.token.status]).toEqual([undefined, 'pending'])
  const { id, version } = made.token
  const conflict = await ben.approve({ id, version: 9 }).catch((error: unknown) => error)
  expect(conflict).toBeInstanceOf(AdminApiError)
  expect(conflict).toMatchObject({ code: 'version_conflict', status: 412 })
  await ben.approve({ id, version })
  expect((await ada.collect({ id, idempotencyKey: 'k' })).secret).toMatch(/^figpat_/)
  const edited = await ada.edit({ id, scopes: ['files:read'] })
  expect(edited.proposal?.by).toBe(ADA)
  expect(await eve.decline({ id, reason: 'No' })).not.toHaveProperty('proposal')
})

it('the document has the status, the answers and the three calls', async () => {
  const { document } = await apiOver()
  // biome-ignore lint/suspicious/noExplicitAny: what was served.
  const { paths, components } = document as any
  expect(components.schemas.Token.properties.status.enum).toContain('pending')
  expect(Object.keys(paths['/plans/{planId}/tokens'].post.responses)).toEqual(expect.arrayContaining(['201', '202']))
  for (const what of ['approve', 'decline', 'collect']) expect(paths[`/tokens/{id}/${what}`].post).toBeDefined()
  const taken = (path: string): string[] =>
    paths[path].post.parameters.map(({ name }: { readonly name: string }) => name)
  expect(taken('/tokens/{id}/approve')).toContain('If-Match')
  expect(taken('/tokens/{id}/collect')).toContain('Idempotency-Key')
})
