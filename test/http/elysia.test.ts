/** What is peculiar to Elysia: a path that it reads otherwise, hooks that it goes by the source of, and its own kinds of routes. */
import { node } from '@elysiajs/node'
import { type AnyElysia, Elysia } from 'elysia'
import type { Allowance } from 'plan-access-tokens'
import { guard } from 'plan-access-tokens/elysia'
import { beforeAll, describe, expect, expectTypeOf, it, onTestFinished } from 'vitest'
import { A, B, type World, world, worldWithNpm } from '../attack/world.ts'
import { listenElysia } from './support/middleware.ts'
import { exchange, readReply } from './support/wire.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

const FILE = `/v1/files/${A}`
const ask = (app: AnyElysia, path: string, secret?: string, init: RequestInit = {}): Promise<Response> =>
  app.handle(
    new Request(`http://api.example${path}`, { ...init, headers: { ...(secret && { 'X-Figma-Token': secret }) } }),
  )

describe.each([true, false])('with aot: %s', (aot) => {
  it('gives every handler a typed decision, whatever kind of route it is', async () => {
    const app = new Elysia({ aot })
      .use(guard(w.tokens))
      .get('/v1/files/:key', ({ planToken, params }) => {
        expectTypeOf(planToken).toEqualTypeOf<Allowance>()
        return `${planToken.token.name} ${params.key}`
      })
      .get('/v1/files/:key/comments', () => new Response('comments', { headers: { Vary: 'Accept' } }))
      .get('/v1/files/:key/nodes', new Response('always the same'))
      .all('/v1/files/:key/versions', 'versions')
    const answer = await ask(app, FILE, w.ALL.secret)
    expect([answer.status, await answer.text()]).toEqual([200, `Nightly export ${A}`])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('vary')).toBe('X-Figma-Token, Authorization')
    const own = await ask(app, `${FILE}/comments`, w.ALL.secret)
    expect([own.status, own.headers.get('vary')]).toEqual([200, 'Accept, X-Figma-Token, Authorization'])
    const same = await ask(app, `${FILE}/nodes`, w.ALL.secret)
    expect([same.status, same.headers.get('cache-control')]).toEqual([200, 'no-store'])
    for (const path of ['', '/nodes', '/comments', '/versions', '/nowhere'])
      expect((await ask(app, FILE + path)).status, path).toBe(401)
    expect((await ask(app, FILE, undefined, { method: 'HEAD' })).status).toBe(401)
    // Without aot, Elysia knows no HEAD of its own.
    expect((await ask(app, FILE, w.ALL.secret, { method: 'HEAD' })).status).toBe(aot ? 200 : 404)
  })

  it('is in force for the whole application, whichever part uses it, and beside a second guard', async () => {
    const both = await worldWithNpm()
    const figma = new Elysia({ aot, prefix: '/figma' })
      .use(guard(both.tokens, { basePath: '/figma', when: ({ url }) => !new URL(url).pathname.startsWith('/npm/') }))
      .get('/v1/files/:key', ({ planToken }) => planToken?.token.type ?? 'none')
    const npm = new Elysia({ aot })
      .use(guard(both.tokens, { surface: 'npm', basePath: '/npm', when: ({ url }) => url.includes('/npm/') }))
      .get('/npm/*', ({ planToken }) => planToken?.token.type ?? 'none')
    const app = new Elysia({ aot }).use(figma).use(npm).get('/elsewhere', 'open?')
    expect(await (await ask(app, `/figma${FILE}`, both.ALL.secret)).text()).toBe('rest')
    const ofNpm = { headers: { Authorization: `Bearer ${both.NPM.secret}` } }
    expect(await (await app.handle(new Request('http://api.example/npm/@acme/ui', ofNpm))).text()).toBe('npm')
    expect((await ask(app, `/figma${FILE}`)).status).toBe(401)
    expect((await ask(app, '/npm/@acme/ui')).status).toBe(401)
    expect((await ask(app, '/elsewhere')).status).toBe(401)
  })

  it.each([{ when: () => false }, { optional: true }])(
    'decides nothing behind %o, which is undefined',
    async (told) => {
      const app = new Elysia({ aot })
        .use(guard(w.tokens, told))
        .get('/v1/files/:key', ({ planToken }) => typeof planToken)
      expect(await (await ask(app, FILE)).text()).toBe('undefined')
    },
  )

  it('refuses a path that Elysia reads otherwise, since a client chose a short name of the host', async () => {
    const paths: string[] = []
    const app = new Elysia({ aot }).use(guard(w.tokens)).get('*', ({ path }) => void paths.push(path))
    const headers = { 'X-Figma-Token': w.ALL.secret }
    for (const host of ['a', 'ab', 'a:1', '[::]', 'api.example'])
      await app.handle(new Request(`http://${host}${FILE}?depth=1`, { headers }))
    expect(new Set(paths)).toEqual(new Set([FILE]))
    const refused = await app.handle(new Request(`http://a${FILE}`, { headers }))
    expect([refused.status, (await refused.json()).reason]).toEqual([400, 'target_form'])
  })

  it('answers 500 where the engine itself fails, and runs nothing', async () => {
    let ran = false
    const decide = () => {
      throw new RangeError('broken')
    }
    const app = new Elysia({ aot }).use(guard({ ...w.tokens, decide })).get('*', () => {
      ran = true
    })
    expect([(await ask(app, FILE, w.ALL.secret)).status, ran]).toEqual([500, false])
  })
})

it('judges a body before Elysia parses it, and leaves it to be parsed', async () => {
  const app = new Elysia().use(guard(w.tokens)).post('/v2/webhooks', ({ body }) => body)
  const send = (value: object) =>
    app.handle(
      new Request('http://api.example/v2/webhooks', {
        method: 'POST',
        headers: { 'X-Figma-Token': w.ALL.secret, 'Content-Type': 'application/json' },
        body: JSON.stringify(value),
      }),
    )
  const good = { context: 'team', context_id: '456' }
  expect(await (await send(good)).json()).toEqual(good)
  expect((await send({ context: 'team', context_id: '956' })).status).toBe(403)
})

it('judges the upgrade of a WebSocket as the request that it is', async () => {
  const app = new Elysia({ adapter: node() }).use(guard(w.tokens)).ws('/v1/files/:key', {
    open: (ws) => void ws.send((ws.data as unknown as { planToken: Allowance }).planToken.token.name),
  })
  const { port, close } = await listenElysia(app)
  onTestFinished(close)
  const upgrade = async (target: string, secret?: string): Promise<string> => {
    const lines = ['Host: api.example', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
    if (secret) lines.push(`X-Figma-Token: ${secret}`)
    const head = [`GET ${target} HTTP/1.1`, ...lines, `Sec-WebSocket-Key: ${btoa('x'.repeat(16))}`, '', ''].join('\r\n')
    return Promise.race([
      exchange(port, [head], { ends: true }),
      new Promise<string>((resolve) => setTimeout(resolve, 2_000, 'HTTP/1.1 0 silent\r\n\r\n')),
    ])
  }
  expect(readReply(await upgrade(FILE)).status).toBe(401)
  expect(readReply(await upgrade(`/v1/files/${B}`, w.ONE.secret)).status).toBe(403)
  expect(await upgrade(FILE, w.ALL.secret)).toMatch(/^HTTP\/1.1 101 /)
})
