/** The parameter `_method`, by which Laravel, Symfony, Spring and others run another method than that of the first line. */
import { type AuthzenOptions, authzen, forwardAuth } from 'plan-access-tokens/gateway'
import { beforeAll, describe, expect, it } from 'vitest'
import { A, type World, world } from '../attack/world.ts'
import { SECRET } from './programs.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

/** What is answered to a gateway that asks about a request. */
async function codeOf(method: string, url: string, body?: string, type = 'application/json'): Promise<string> {
  const handler = forwardAuth(w.tokens, { gateway: 'traefik', trust: { secret: SECRET }, bodies: true })
  const response = await handler(
    new Request('https://auth.example/forward-auth', {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'X-Gateway-Secret': SECRET,
        'X-Figma-Token': w.ALL.secret,
        'X-Forwarded-Method': method,
        'X-Forwarded-Uri': url,
        ...(body !== undefined && { 'Content-Type': type }),
      },
      ...(body !== undefined && { body }),
    }),
  )
  return response.ok ? 'allowed' : (await response.json()).code
}

const OVERRIDDEN = 'gateway_method_overridden'
const FILE = `/v1/files/${A}`

describe('in the query', () => {
  it.each([
    '_method=DELETE',
    'a=1&_method=delete',
    '_METHOD=PUT',
    '_m%65thod=PATCH',
    '%5fmethod=%44ELETE',
    '.method=DELETE',
    '+_method=DELETE',
    '_method[]=DELETE',
    '_method%00%ff=DELETE',
    '_method=GET&_method=DELETE',
    'a=1;_method=DELETE',
    '_method=%ff',
    '_method=GET;DELETE',
  ])('is refused where it names another method, as any server may read it: %s', async (query) => {
    expect(await codeOf('GET', `${FILE}?${query}`)).toBe(OVERRIDDEN)
    expect(await codeOf('POST', `${FILE}?${query}`)).toBe(OVERRIDDEN)
  })

  it.each([
    '',
    '_method=GET',
    '_method=get&x=1',
    '_method=',
    '_method',
    'method=DELETE',
    'x_method=DELETE',
    'a[_method]=DELETE',
    'q=_method%3DDELETE',
    '%ff=1',
    'x=_method',
  ])('may stand there if it names the same or none, and so may others: %s', async (query) => {
    expect(await codeOf('GET', `${FILE}?${query}`)).toBe('allowed')
  })
})

describe('in a body that is judged', () => {
  const LINE = ['POST', '/v2/webhooks'] as const
  const hook = (more: object) => JSON.stringify({ context: 'file', context_id: A, ...more })

  it.each<object>([
    { _method: 'DELETE' },
    { _METHOD: 'put' },
    { _method: ['DELETE'] },
    { _method: 7 },
    { _method: {} },
    { _method: { toString: 1, valueOf: 1 } },
  ])('is refused where it names another method: %j', async (more) => {
    expect(await codeOf(...LINE, hook(more))).toBe(OVERRIDDEN)
  })

  it('is refused where it is a list in lists, however deep', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    expect(await codeOf(...LINE, `{"context":"file","context_id":"${A}","_method":${deep}}`)).toBe(OVERRIDDEN)
  })

  it.each([{}, { _method: 'post' }, { _method: '' }, { _method: null }, { in: { _method: 'DELETE' } }])(
    'may stand there if it names the same or none, and so may others: %j',
    async (more) => {
      expect(await codeOf(...LINE, hook(more))).toBe('allowed')
    },
  )

  it('which is a form is refused as every form is', async () => {
    const form = `_method=DELETE&context=file&context_id=${A}`
    expect(await codeOf(...LINE, form, 'application/x-www-form-urlencoded')).toBe('request_malformed')
  })
})

describe('in an evaluation of AuthZEN', () => {
  /** What is decided of an evaluation. */
  async function decided(action: string, resource: object, options: Partial<AuthzenOptions> = {}) {
    const handler = authzen(w.tokens, { trust: { secret: SECRET }, ...options })
    const response = await handler(
      new Request('https://pdp.example/access/v1/evaluation', {
        method: 'POST',
        headers: { Authorization: `Bearer ${SECRET}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({
          ...{ subject: { type: 'plan_access_token', id: w.ALL.secret }, action: { name: action }, resource },
        }),
      }),
    )
    const { decision, context } = await response.json()
    return decision ? 'allowed' : context.code
  }
  const target = (id: string, body?: object) => ({ type: 'target', id, ...(body && { properties: { body } }) })
  const hook = { context: 'file', context_id: A }

  it('a target is denied where its query or its body names another method', async () => {
    expect(await decided('GET', target(`${FILE}?_method=DELETE`))).toBe(OVERRIDDEN)
    expect(await decided('POST', target('/v2/webhooks', { ...hook, _method: 'DELETE' }))).toBe(OVERRIDDEN)
  })

  it('so is a request of the host’s own vocabulary, by its headers too', async () => {
    const headers = { 'X-Figma-Token': w.ALL.secret, 'X-HTTP-Method-Override': 'DELETE' }
    const ask = ({ action: { name } }: { readonly action: { readonly name: string } }) => ({
      ...{ method: name, url: FILE, headers },
    })
    expect(await decided('GET', { type: 'any', id: 'x' }, { ask })).toBe(OVERRIDDEN)
    expect(await decided('DELETE', { type: 'any', id: 'x' }, { ask })).toBe('endpoint_unknown')
  })

  it('one that names the same is judged, and so is a call, whose method the caller has chosen', async () => {
    expect(await decided('GET', target(`${FILE}?_method=get`))).toBe('allowed')
    expect(await decided('POST', target('/v2/webhooks', { ...hook, _method: null }))).toBe('allowed')
    const properties = { body: { ...hook, _method: 'DELETE' } }
    expect(await decided('POST', { type: 'route', id: '/v2/webhooks', properties })).toBe('allowed')
  })
})
