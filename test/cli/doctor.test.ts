/** `doctor`: one look tells everything that is wrong or odd, over a store, over an API, and of the routes of an application. */
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import Router from '@koa/router'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, it } from 'vitest'
import { compareRoutes, type Listed } from '../../src/cli/routes/compare.ts'
import { routesOfApp } from '../../src/cli/routes/of-app.ts'
import { partsOf, routesOfPath } from '../../src/cli/routes/route.ts'
import { listen } from '../admin/server.ts'
import { migrated, project, SQLITE } from './project.ts'

const express4 = createRequire(import.meta.url)('express4') as typeof express
const CONFIG = 'plan-access-tokens.config.mjs'

const withConfig = (fields: string): Readonly<Record<string, string>> => ({
  ...SQLITE,
  [CONFIG]: `
import express from 'express'
import { database, directory, policy, store } from './world.mjs'
export default { policy, store, directory, database, close: () => database.destroy(), ${fields} }`,
})

interface Check {
  readonly name: string
  readonly status: string
  readonly message: string
}

async function checksOf(it: ReturnType<typeof project>, ...args: readonly string[]) {
  const { code, stdout } = await it.run(['doctor', '--json', ...args])
  return { code, checks: (JSON.parse(stdout) as { checks: readonly Check[] }).checks }
}

describe('doctor', () => {
  it('finds nothing wrong with a project that is in order', async () => {
    const it = await migrated()
    const { code, checks } = await checksOf(it, '--plan', 'acme', '--resource', 'client:12')
    expect(checks.find(({ name }) => name === 'directory')?.message).toBe(
      'answers in shape for the plan acme and the resource client:12 and what does not exist',
    )
    expect(code).toBe(0)
    expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'store ok',
      'directory ok',
      'policy ok',
      'clock skipped',
      'freshness ok',
      'routes skipped',
    ])
    const table = await it.run(['doctor'])
    expect(table).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^ok +store +reached/m) })
  })

  it('tells all that is wrong at once', async () => {
    const wrong = project(
      withConfig(`directory: {
  plan: (id) => id === 'acme' ? { id: 7, tier: 'business' } : undefined,
  isPlanAdmin: () => true,
  locate: () => undefined,
}`),
    )
    const { code, checks } = await checksOf(wrong, '--plan', 'acme', '--resource', 'client:12')
    expect(code).toBe(1)
    const said = checks.filter(({ status }) => status === 'problem').map(({ message }) => message)
    expect(said.join('\n')).toMatch(/store\.\w+ .*migrat/)
    expect(said.join('\n')).toMatch(/directory\.isPlanAdmin has an admin for no plan/)
    expect(said.join('\n')).toMatch(/directory\.plan of planId .*gave a number as id, where text was expected/)
    expect(said.join('\n')).toMatch(/directory\.locate of resource gave nothing for a resource that exists/)
  })

  it('tells of routes that no endpoint covers, and of endpoints without a route', async () => {
    const app = `
basePath: '/api',
app() {
  const app = express()
  const v1 = express.Router()
  v1.get('/clients/:id/invoices', () => {})
  v1.get('/secret', () => {})
  return app.use('/api/v1', v1).get('/health', () => {})
},`
    const it = await migrated(withConfig(app))
    const { code, checks } = await checksOf(it)
    expect(code).toBe(0)
    expect(checks.filter(({ name }) => name === 'routes')).toEqual([
      {
        name: 'routes',
        status: 'warning',
        message: 'GET /api/v1/secret is covered by no endpoint: every token is refused',
      },
      { name: 'routes', status: 'warning', message: 'POST /v1/invoices is an endpoint that no route serves' },
    ])
    expect((await it.run(['doctor', '--strict'])).code).toBe(1)
  })

  it('tells of a base path that no route lies below, and of an app that cannot be made', async () => {
    const elsewhere = await migrated(withConfig("basePath: '/api', app: () => express().get('/v1/x', () => {}),"))
    expect((await checksOf(elsewhere)).checks).toContainEqual({
      name: 'routes',
      status: 'problem',
      message: 'no route lies below the base path /api',
    })
    const broken = await migrated(withConfig("app() { throw new Error('no port') },"))
    expect((await checksOf(broken)).checks).toContainEqual(
      expect.objectContaining({ status: 'problem', message: 'the application cannot be made: Error: no port' }),
    )
  })

  it('tells of a freshness bound that edits wait for', async () => {
    const it = await migrated(withConfig('store: { ...store, bound: async () => 5_000 }, freshnessMs: 2_000,'))
    expect((await checksOf(it)).checks).toContainEqual({
      name: 'freshness',
      status: 'warning',
      message: 'edits wait for 5000 ms, since a process ran with that; the configuration says freshnessMs: 2000',
    })
  })

  it('looks at an admin API', async () => {
    const url = await listen(createServer((_, response) => response.writeHead(500).end('no')))
    const it = project({ [CONFIG]: `export default { adminApi: { url: '${url}' } }` })
    expect(await checksOf(it)).toMatchObject({ code: 1, checks: [{ name: 'admin API', status: 'problem' }] })
  })
})

const ENDPOINTS: readonly Listed[] = [
  { route: 'GET /files/{id}', isClosed: false },
  { route: 'POST /files', isClosed: false },
  { route: 'GET /teams/{team}/members', isClosed: false },
  { route: 'DELETE /files/{id}', isClosed: true },
]
const handler = () => undefined
// biome-ignore lint/suspicious/noExplicitAny: each framework has its own.
type Any = any

/** The same routes in each framework: one of the endpoints is missing, and one route has no endpoint. */
const APPS: Readonly<Record<string, () => unknown>> = {
  'Express 5': () => expressApp(express as Any),
  'Express 4': () => expressApp(express4 as Any),
  Fastify() {
    const app = fastify()
    app.register(
      async (v1) => {
        v1.get('/files/:id', handler)
        v1.post('/files', handler)
        v1.get('/filters', handler)
      },
      { prefix: '/v1' },
    )
    return app
  },
  Hono() {
    const v1 = new Hono()
    v1.use('*', async (_, next) => next())
    v1.get('/files/:id{[0-9]+}', (c) => c.text(''))
    v1.post('/files', (c) => c.text(''))
    v1.get('/filters', (c) => c.text(''))
    return new Hono().route('/v1', v1)
  },
  Koa() {
    const inner = new Router()
    inner.get('/:id', handler)
    inner.post('/', handler)
    const v1 = new Router({ prefix: '/v1' })
    v1.use('/files', inner.routes())
    v1.get('/filters', handler)
    return new Koa().use(v1.routes()).use(v1.allowedMethods())
  },
  async Nest() {
    let isReady = false
    const inner = expressApp(express as Any)
    return {
      async init() {
        isReady = true
      },
      getHttpAdapter: () => ({ getInstance: () => (isReady ? inner : {}) }),
    }
  },
}

function expressApp(framework: Any): unknown {
  const v1 = framework.Router()
  const files = framework.Router()
  files.get('/:id', handler)
  v1.use('/files', files)
  v1.route('/files').post(handler)
  v1.get('/filters', handler)
  return framework().use('/v1', v1)
}

describe('the routes of an application', () => {
  it.each(Object.entries(APPS))('are read of %s', async (_, app) => {
    const paths = ENDPOINTS.map(({ route }) => `/v1${route.slice(route.indexOf(' ') + 1).replaceAll(/\{\w+\}/g, '1')}`)
    const found = await routesOfApp(app(), [...paths, '/v1/filters'])
    const { uncovered, unserved, outside } = compareRoutes(found?.routes ?? [], ENDPOINTS, '/v1')
    expect(uncovered).toEqual(['GET /v1/filters'])
    expect(unserved).toEqual(['GET /teams/{team}/members'])
    expect(outside).toBe(0)
  })

  it.each([null, 1, {}, () => undefined])('of what is no application are none: %s', async (app) => {
    expect(await routesOfApp(app, [])).toBeUndefined()
  })

  it.each([
    ['/files/:id', ['text any']],
    ['/files{/:id}', ['text any', 'text']],
    ['/:a{/:b}', ['any any', 'any']],
    ['/files/:id?', ['text any', 'text']],
    ['/files/:id{[0-9]+}', ['text any']],
    ['/files/:id(\\d+)/x', ['text any text']],
    ['/a/*', ['text rest']],
    ['/a/*rest', ['text rest']],
    ['/a/:rest(.*)', ['text rest']],
    ['/', ['']],
  ] as const)('a path %s stands for %j', (path, forms) => {
    const own = routesOfPath('get', path).map(({ parts }) => parts.map(({ is }) => is).join(' '))
    expect(own).toEqual(forms)
  })

  it('has a colon of Fastify’s as text', () => {
    expect(partsOf('/s/::esc')).toEqual([
      { is: 'text', text: 's' },
      { is: 'text', text: ':esc' },
    ])
  })
})
