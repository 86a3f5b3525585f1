/**
 * What only the guard for Koa does: an error goes on as the handler threw it, whatever its headers are, and a guard that is
 * mounted without its routes says so. All guards: guards.test.ts.
 */
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import Router from '@koa/router'
import Koa from 'koa'
import { guard, type PlanTokenState } from 'plan-access-tokens/koa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { A, type World, world } from '../attack/world.ts'
import { listen } from './support/site.ts'
import { send1 } from './support/wire.ts'

type App = Koa<PlanTokenState>
type Middleware = Koa.Middleware<PlanTokenState>

/** It has no types. */
const mount = createRequire(import.meta.url)('koa-mount') as (prefix: string, app: App | Middleware) => Middleware

function appOf(...middlewares: readonly Middleware[]): App {
  const app: App = new Koa()
  for (const middleware of middlewares) app.use(middleware)
  return app
}

const throws = (): never => {
  throw new Error('another one')
}
const withHeaders = (descriptor: PropertyDescriptor): Error =>
  Object.defineProperty(new Error('mine'), 'headers', { configurable: true, ...descriptor })

/** The guard before a handler that does this, without Koa around it. */
async function guarded(next: () => unknown): Promise<unknown> {
  const w = await world()
  const req = { method: 'GET', url: `/v1/files/${A}`, rawHeaders: ['X-Figma-Token', w.ALL.secret] }
  const res = { headersSent: false, getHeader: () => undefined, setHeader: () => undefined }
  return guard(w.tokens)({ req, res, request: {}, state: {} } as never, next as () => Promise<unknown>)
}

it.each<[string, unknown]>([
  ['that cannot be changed', Object.freeze(new Error('mine'))],
  ['whose headers cannot be read', withHeaders({ get: throws })],
  ['whose headers cannot be set', withHeaders({ get: () => ({}), set: throws })],
  ['whose headers are those of Fetch', withHeaders({ value: new Headers({ 'X-Request-Id': '1' }), writable: true })],
  ['that is none', 'text'],
])('an error %s goes on as it is', async (_, error) => {
  const before = error instanceof Error && Object.getOwnPropertyDescriptor(error, 'headers')
  await expect(guarded(() => Promise.reject(error))).rejects.toBe(error)
  expect(error instanceof Error && Object.getOwnPropertyDescriptor(error, 'headers')).toEqual(before)
})

it('passes on what the next one gives, a promise or not', async () => {
  expect(await guarded(() => Promise.resolve('later'))).toBe('later')
  expect(await guarded(() => 'now')).toBe('now')
})

describe('under a path of koa-mount', () => {
  const FILE = `/v1/files/${A}`
  /** Sends targets to an app with a token, or without one; each answer's status, and how many handlers have begun. */
  async function ask(app: App, targets: readonly string[], secret?: string) {
    app.silent = true
    const { port, close } = await listen(createServer(app.callback()))
    onTestFinished(close)
    const statuses: number[] = []
    const headers = secret === undefined ? [] : [['X-Figma-Token', secret] as const]
    for (const target of targets) statuses.push((await send1(port, { method: 'GET', target, headers })).status)
    return statuses
  }
  /** The routes, which take any letters as `@koa/router` does. */
  function routes(prefix: string) {
    const router = new Router<PlanTokenState>({ prefix })
    router.get('/v1/files/:key', (ctx) => {
      ctx.body = ctx.state.planToken?.token.name ?? 'nobody'
    })
    return router.routes() as unknown as Middleware
  }
  const spellings = ['/api', '/API', '/Api', '/%61pi', '//api', '/api/.', '/api/', '/api;'].map((base) => base + FILE)

  const right: readonly [string, (w: World) => App][] = [
    ['an application that holds both', ({ tokens }) => appOf(mount('/api', appOf(guard(tokens), routes(''))))],
    [
      'an application in a mounted one',
      ({ tokens }) => appOf(mount('/api', appOf(mount('/v2', appOf(guard(tokens), routes('')))))),
    ],
    [
      'a guard in front of mounted routes',
      ({ tokens }) => appOf(guard(tokens, { basePath: '/api' }), mount('/api', appOf(routes('')))),
    ],
    ['a guard with a base path', ({ tokens }) => appOf(guard(tokens, { basePath: '/api' }), routes('/api'))],
  ]
  it.each(right)('%s lets nobody through without a token, however the path is spelt', async (name, make) => {
    const w = await world()
    const base = name === 'an application in a mounted one' ? '/api/v2' : '/api'
    for (const status of await ask(make(w), spellings)) expect([401, 404]).toContain(status)
    expect(await ask(make(w), [base + FILE, `${base.toUpperCase()}${FILE}`], w.ALL.secret)).toEqual([
      200,
      expect.toSatisfy((status: number) => status === 403 || status === 404),
    ])
  })

  const wrong: readonly [string, (w: World) => App][] = [
    ['alone', ({ tokens }) => appOf(mount('/api', guard(tokens)), routes('/api'))],
    ['alone in an application', ({ tokens }) => appOf(mount('/api', appOf(guard(tokens))), routes('/api'))],
    [
      'alone, where it lets others through',
      ({ tokens }) => appOf(mount('/api', guard(tokens, { optional: true })), routes('/api')),
    ],
    [
      'alone, behind a rewrite',
      ({ tokens }) => {
        const rewrite: Middleware = (ctx, next) => {
          ctx.url = ctx.url.replace('/old', '/api')
          return next()
        }
        return appOf(rewrite, mount('/api', guard(tokens)), routes('/api'))
      },
    ],
  ]
  it.each(wrong)(
    'a guard that is mounted %s is an error at the first request that it lets through',
    async (_, make) => {
      const w = await world()
      const app = make(w)
      const errors: Error[] = []
      app.on('error', (error: Error) => errors.push(error))
      expect(await ask(app, [`/api${FILE}?depth=1`], w.ALL.secret)).toEqual([500])
      expect(errors).toEqual([expect.any(TypeError)])
      expect(errors[0]?.message).toMatch(
        /mounted at "\/api", and what answered is not\. Mount an application that holds both/,
      )
    },
  )

  it('an endpoint that the mounted application does not serve is not found, as without a guard', async () => {
    const w = await world()
    const app = appOf(mount('/api', appOf(guard(w.tokens), routes(''))))
    expect(await ask(app, [`/api${FILE}/comments`], w.ALL.secret)).toEqual([404])
  })

  it('what fails behind a guard that is mounted alone fails as it is, and takes no process down with it', async () => {
    const w = await world()
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const app = appOf(mount('/api', guard(w.tokens)), async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      throw new Error('later')
    })
    expect(await ask(app, [`/api${FILE}`], w.ALL.secret)).toEqual([500])
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(unhandled).toEqual([])
  })

  it('a guard without a decision passes on what the next one gives', async () => {
    const w = await world()
    const app = appOf(guard(w.tokens, { optional: true }), routes(''))
    expect(await ask(app, [FILE])).toEqual([200])
  })
})
