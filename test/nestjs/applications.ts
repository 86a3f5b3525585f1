/**
 * Applications of Nest, made without the syntax of decorators, so that each test says in a line what a controller has. With that
 * syntax: examples/nestjs and programs.test.ts.
 */
import type { AddressInfo } from 'node:net'
import { addressOf, answerOf, one, PROXY, type Route, type Running, type Site } from '../http/support/site.ts'
import type { Adapter, Any, Loaded } from './nests.ts'

/** A method of a controller: its decorators, and those of its parameters. */
export interface Method {
  readonly on?: readonly Any[]
  readonly takes?: readonly Any[]
  run(...parameters: Any[]): unknown
}

/** Makes a class of methods: a controller, or what Nest else calls. */
export function classOf(
  name: string,
  on: readonly Any[],
  methods: { readonly [name: string]: Method },
  of = Object,
): Any {
  const made = { [name]: class extends (of as Any) {} }[name] as Any
  for (const [key, { on: decorators = [], takes = [], run }] of Object.entries(methods)) {
    Object.defineProperty(made.prototype, key, {
      value: { [key]: (...args: Any[]) => run(...args) }[key],
      configurable: true,
      writable: true,
    })
    const described = Object.getOwnPropertyDescriptor(made.prototype, key)
    for (const [i, parameter] of takes.entries()) parameter(made.prototype, key, i)
    for (const decorator of decorators.toReversed()) decorator(made.prototype, key, described)
  }
  for (const decorator of on.toReversed()) decorator(made)
  return made
}

/** What an application has besides its controllers. */
export interface Setting {
  readonly imports?: readonly Any[]
  readonly controllers?: readonly Any[]
  readonly providers?: readonly Any[]
  readonly configure?: (consumer: Any) => void
  readonly adapter?: object
  readonly options?: object
  /** What `main.ts` does before it listens. */
  readonly before?: (app: Any) => unknown
}

/** Makes an application, which has not started. */
export async function create({ nest, adapter }: Loaded, over: Adapter, setting: Setting): Promise<Any> {
  const { imports = [], controllers = [], providers = [], configure, before } = setting
  const App = classOf('App', [nest.Module({ imports, controllers, providers })], {})
  if (configure) App.prototype.configure = configure
  const options = { logger: false, abortOnError: false, forceCloseConnections: true, ...setting.options }
  const app = await nest.NestFactory.create(
    App,
    adapter(over, { forceCloseConnections: true, ...setting.adapter }),
    options,
  )
  await before?.(app)
  return app
}

/** Makes an application and listens. */
export async function start(loaded: Loaded, over: Adapter, setting: Setting): Promise<Running> {
  const app = await create(loaded, over, setting)
  await app.listen(0, '127.0.0.1')
  return { port: (app.getHttpServer().address() as AddressInfo).port, close: () => app.close() }
}

/** Serves a site with a guarded controller. */
export function startSite(loaded: Loaded, over: Adapter, site: Site): Promise<Running> {
  const { nest, ours } = loaded
  const { tokens, mount, when, rewrite, cors } = site
  const { address, ...options } = { ...site.options, ...addressOf(site, (request: Any) => request.ip) }
  const targetOf = (request: Any): string => (request.raw ?? request).url
  const told = { ...options, ...(when && { when: (request: Any) => when(targetOf(request)) }) }
  const controller = classOf(
    'Api',
    [nest.Controller(), ...(tokens ? [ours.PlanTokenGuarded(told)] : [])],
    Object.fromEntries(site.routes.map((route, i) => [`route${i}`, methodOf(loaded, site, route)])),
  )
  return start(loaded, over, {
    imports: tokens ? [ours.PlanTokensModule.forRoot({ tokens, ...(address && { address }) })] : [],
    controllers: [controller],
    adapter: {
      ...(over === 'fastify' && rewrite && { rewriteUrl: (request: Any) => rewrite(request.url) }),
      ...(site.address === 'proxy' && { trustProxy: PROXY }),
    },
    options: { rawBody: true },
    before(app) {
      if (mount) app.setGlobalPrefix(mount)
      if (over === 'express' && site.address === 'proxy') app.set('trust proxy', PROXY)
      if (cors) app.enableCors({ origin: ['https://app.example'] })
      if (over === 'express' && rewrite)
        app.use((request: Any, _: unknown, next: () => void) => {
          request.url = rewrite(request.url)
          next()
        })
    },
  })
}

function methodOf({ nest, ours }: Loaded, site: Site, { method, path }: Route): Method {
  const verb = method === 'GET' ? nest.Get(path) : nest.Post(path)
  return {
    on: [verb, nest.HttpCode(200), nest.Header('Content-Type', 'application/json')],
    takes: [nest.Req(), ...(site.tokens ? [ours.PlanToken()] : [])],
    run(request, planToken) {
      const run = {
        route: `${method} ${path}`,
        params: { ...request.params },
        planToken,
        name: one(request.headers['x-case']),
      }
      const body = method === 'GET' ? {} : { body: request.rawBody?.toString() ?? '' }
      return answerOf(site, { ...run, ...body })
    },
  }
}
