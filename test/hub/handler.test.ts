/** `hubHandler` without a browser: where it mounts, what it answers with which headers, and what it refuses. */
import { createRequire } from 'node:module'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { toNode } from 'plan-access-tokens/admin'
import { HUB_LANGUAGES, type HubHandler } from 'plan-access-tokens/hub'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listen, sendRaw } from '../admin/server.ts'
import { bootOf, filesOf, hubWorld, loadedOf, PATH, PLAN } from './world.ts'

// It has no types of its own.
const express4 = createRequire(import.meta.url)('express4') as typeof express
const isHub = (path = ''): boolean => path === PATH || path.startsWith(`${PATH}/`)

type Ask = (path: string, init?: RequestInit) => Promise<Response>

const over =
  (address: string): Ask =>
  (path, init) =>
    fetch(address + path, { redirect: 'manual', ...init })

/** Every way to mount the page; none of them takes off the path. */
const MOUNTS: { readonly [framework: string]: (hub: HubHandler) => Promise<Ask> } = {
  fetch: async (hub) => (path, init) => hub(new Request(`https://acme.example${path}`, init)),
  'node:http': async (hub) => over(await listen(toNode(hub))),
  'express 5': async (hub) => {
    const app = express()
    app.all([PATH, `${PATH}/*rest`], toNode(hub))
    return over(await listen(app))
  },
  'express 5, behind a parser': async (hub) => {
    const app = express()
    app.use(express.json(), (request, response, next) =>
      isHub(request.path) ? toNode(hub)(request, response) : next(),
    )
    return over(await listen(app))
  },
  'express 4': async (hub) => {
    const app = express4()
    app.all([PATH, `${PATH}/*`], toNode(hub))
    return over(await listen(app))
  },
  fastify: async (hub) => {
    const app = fastify()
    const listener = toNode(hub)
    app.addHook('onRequest', async (request, reply) => {
      if (isHub(request.raw.url?.split('?')[0])) await listener(reply.hijack().request.raw, reply.raw)
    })
    onTestFinished(() => app.close())
    return over(await app.listen({ port: 0, host: '127.0.0.1' }))
  },
  koa: async (hub) => {
    const app = new Koa()
    const listener = toNode(hub)
    app.use((ctx, next) => (isHub(ctx.path) ? listener(ctx.req, Object.assign(ctx, { respond: false }).res) : next()))
    return over(await listen(app.callback()))
  },
  hono: async (hub) => {
    const app = new Hono()
    app.all(PATH, (c) => hub(c.req.raw)).all(`${PATH}/*`, (c) => hub(c.req.raw))
    return over(await listen(getRequestListener(app.fetch)))
  },
}

describe.each(Object.keys(MOUNTS))('in %s', (framework) => {
  it('page, script, stylesheet and API answer below the path', async () => {
    const { hub, tokens } = await hubWorld()
    const ask = await (MOUNTS[framework] as (hub: HubHandler) => Promise<Ask>)(hub)
    const page = await ask(PATH)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const html = await page.text()
    const files = filesOf(html)
    expect(files.map((file) => file.replace(/\.[0-9a-f]{16}\./, '.'))).toEqual([`${PATH}/hub.css`, `${PATH}/hub.js`])
    for (const file of files) {
      const answer = await ask(file)
      expect(answer.status).toBe(200)
      expect((await answer.text()).length).toBeGreaterThan(100)
    }
    const init = { headers: { 'content-type': 'application/json' }, method: 'POST' }
    const body = { type: 'rest', name: 'x', lifetimeDays: 1, scopes: ['file_content:read'], resources: 'all' }
    const made = await ask(`${PATH}/api/plans/${PLAN}/tokens`, { ...init, body: JSON.stringify(body) })
    expect(made.status).toBe(201)
    expect((await tokens.list({ actor: 'ada', planId: PLAN })).tokens).toHaveLength(1)
    const slash = await ask(`${PATH}/`, { redirect: 'manual' })
    expect([slash.status, slash.headers.get('location')]).toEqual([308, PATH])
    const head = await ask(PATH, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})

/** The page, asked without a server. */
async function hubAsk(options: Parameters<typeof hubWorld>[0] = {}) {
  const world = await hubWorld(options)
  const ask: Ask = (path, init) => world.hub(new Request(`https://acme.example${path}`, init))
  const [style = '', script = ''] = filesOf(await (await ask(PATH)).text())
  return { ...world, ask, style, script }
}

describe('headers', () => {
  const POLICY = [
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:",
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "require-trusted-types-for 'script'; trusted-types 'none'",
  ].join('; ')

  it.each<[string, string | ((files: { script: string; style: string }) => string), number, RequestInit?]>([
    ['the page', PATH, 200],
    ['HEAD', PATH, 200, { method: 'HEAD' }],
    ['the script', ({ script }) => script, 200],
    ['the stylesheet', ({ style }) => style, 200],
    ['the API', `${PATH}/api/policies`, 200],
    ['an error of the API', `${PATH}/api/nothing`, 404],
    ['a missing file', `${PATH}/hub.0000000000000000.js`, 404],
    ['another path', '/elsewhere', 404],
    ['a path that only begins alike', `${PATH}s`, 404],
    ['the folder of the API', `${PATH}/api`, 404],
    ['another method', PATH, 405, { method: 'DELETE' }],
    ['another method for a file', `${PATH}/hub.js`, 405, { method: 'POST' }],
    ['a slash too many', `${PATH}/`, 308],
    ['an unreadable target', `${PATH}//x`, 400],
    ['a plan access token', PATH, 403, { headers: { 'x-figma-token': 'x' } }],
  ])('of %s', async (_, path, status, init) => {
    const { ask, script, style } = await hubAsk()
    const at = typeof path === 'string' ? path : path({ script, style })
    const { status: seen, headers } = await ask(at, init)
    const isFile = status === 200 && at !== PATH && !at.includes('/api/')
    expect(seen).toBe(status)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': isFile ? 'public, max-age=31536000, immutable' : 'no-store',
      ...(status === 405 && { allow: 'GET, HEAD' }),
    })
    expect([...headers.keys()].filter((name) => /^access-control|^set-cookie|^server|powered/.test(name))).toEqual([])
  })

  it.each<[string | undefined, boolean]>([
    ['br', true],
    ['gzip, deflate, br, zstd', true],
    ['BR', true],
    ['gzip;q=1.0, br;q=0.5', true],
    ['br ; q=1', true],
    ['br;q=0.001', true],
    ['br;q=0', false],
    ['br;q=0.000', false],
    ['br; q=0, gzip', false],
    ['gzip', false],
    ['xbr, brx', false],
    ['identity', false],
    ['', false],
    [undefined, false],
  ])('brotli for Accept-Encoding %o: %s', async (accepted, isBrotli) => {
    const { ask, script, style } = await hubAsk()
    for (const file of [script, style]) {
      const plain = await (await ask(file)).text()
      const answer = await ask(file, accepted === undefined ? {} : { headers: { 'accept-encoding': accepted } })
      expect(answer.headers.get('content-encoding')).toBe(isBrotli ? 'br' : null)
      expect(answer.headers.get('vary')).toBe('Accept-Encoding')
      const bytes = new Uint8Array(await answer.arrayBuffer())
      expect(new TextDecoder().decode(isBrotli ? brotliDecompressSync(bytes) : bytes)).toBe(plain)
    }
  })
})

it.each(HUB_LANGUAGES)(
  'all that the table needs is at most 60,000 bytes with brotli in "%s"; the rest is loaded when one opens it',
  async (lang) => {
    const { ask, make } = await hubAsk({ lang })
    for (let i = 0; i < 50; i++) await make(`Token ${i}`)
    const files = loadedOf(await (await ask(PATH)).text())
    expect(files.filter((file) => /\/(texts|hub-table)\./.test(file)).length).toBeGreaterThan(1)
    const scripts = await Promise.all(
      files.filter((file) => file.endsWith('.js')).map(async (file) => (await ask(file)).text()),
    )
    const later = [...scripts.join('').matchAll(/import\(["'`]\.\/([\w.-]+)["'`]\)/g)].map(([, name]) => name)
    expect(later.map((name) => name?.replace(/\..*/, '')).toSorted()).toEqual(['hub-later-parts'])
    for (const name of later) {
      expect(files).not.toContain(`${PATH}/${name}`)
      expect((await ask(`${PATH}/${name}`)).status).toBe(200)
    }
    const { laterWords } = bootOf(await (await ask(PATH)).text())
    expect(files).not.toContain(laterWords)
    expect((await ask(laterWords)).headers.get('cache-control')).toContain('immutable')
    const sizes = await Promise.all(
      [PATH, ...files].map(async (path) => {
        const answer = await ask(path, { headers: { 'accept-encoding': 'br' } })
        const bytes = new Uint8Array(await answer.arrayBuffer())
        // The HTML goes out as it is; what stands before the host's server compresses it.
        return answer.headers.has('content-encoding') ? bytes.length : brotliCompressSync(bytes).length
      }),
    )
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(60_000)
  },
)

it('what is loaded comes from the own origin alone', async () => {
  const { ask, script, style } = await hubAsk()
  const [html, css, ...scripts] = await Promise.all(
    [PATH, style, script, ...loadedOf(await (await ask(PATH)).text()).filter((file) => file.endsWith('.js'))].map(
      async (path) => (await ask(path)).text(),
    ),
  )
  const js = scripts.join('\n')
  const loads = (html ?? '').matchAll(/(?:src|href|action|srcset|data|poster)="([^"]*)"/g)
  for (const [, target = ''] of loads) expect(target).toMatch(/^(\/developers\/tokens\/|data:,$)/)
  expect(html).not.toMatch(/<(style|iframe|object|embed|base)\b| style=| on\w+=|javascript:/i)
  expect(css).not.toMatch(/@import|url\(|src\(|image-set\(/i)
  // What an SVG or MathML element is called begins with the address of the W3C; nothing is loaded from there.
  expect((js.match(/https?:\/\/[\w.-]+/g) ?? []).filter((one) => one !== 'http://www.w3.org')).toEqual([])
  expect(js).not.toMatch(/sourceMappingURL|\beval\(|new Function|\bimport\((?!["'`]\.\/hub-)|importScripts/)
})

describe('targets', () => {
  const ODD = [
    '//evil.example',
    '/%2e%2e/x',
    '/..;/x',
    '/%2f',
    '/%',
    '/a\\b',
    '/%0d%0aSet-Cookie:x',
    '/<script>',
    '/ünlaut',
  ]

  it.each(ODD)('%s is refused, and nothing of it comes back', async (odd) => {
    const address = await listen(toNode((await hubWorld()).hub))
    for (const target of [`${PATH}${odd}`, odd, `${PATH}${odd}/`, `${odd}/`]) {
      const answer = await sendRaw(address, `GET ${target} HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n\r\n`)
      expect(answer).toMatch(/^HTTP\/1\.1 (400|404) /)
      expect(answer).not.toMatch(/evil|set-cookie|<script>|location:/i)
    }
  })

  it.each(['?x', '?<script>alert(1)</script>', '?"onload="x', '?plan=2002#x'])(
    '%s behind the path changes nothing',
    async (query) => {
      const { ask } = await hubAsk()
      const answer = await ask(PATH + query)
      const body = await answer.text()
      expect([200, 400]).toContain(answer.status)
      expect(body).not.toMatch(/alert|onload|2002/)
    },
  )
})

it('at the root it has no prefix, and a slash alone is the page', async () => {
  const { hub } = await hubWorld({ basePath: undefined } as never)
  const ask: Ask = (path) => hub(new Request(`https://acme.example${path}`))
  const html = await (await ask('/')).text()
  for (const file of filesOf(html)) expect((await ask(file)).status).toBe(200)
  expect(filesOf(html)[0]).toMatch(/^\/hub\./)
  expect((await ask('/api/policies')).status).toBe(200)
  expect(bootOf(html).base).toBe('')
})
