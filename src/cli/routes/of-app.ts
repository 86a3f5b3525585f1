/**
 * The routes of an application that the configuration gives. Each framework is known by what its applications have; none is
 * imported. Nothing is started: Fastify's plugins and Nest's modules are made ready, which does not listen.
 */
import { isObject } from '../../core/objects.ts'
import { routesOfExpress } from './express.ts'
import { routesOfFastify } from './fastify.ts'
import { type AppRoute, routesOfPath } from './route.ts'

/** What was read of an application. */
export interface AppRoutes {
  readonly framework: string
  readonly routes: readonly AppRoute[]
}

type Fields = { readonly [field: string]: unknown }

/**
 * Reads them.
 *
 * @param paths paths of the policy, to try mounted routers of Express with that do not tell where they are.
 * @returns `undefined` for an application of another kind.
 */
export async function routesOfApp(given: unknown, paths: readonly string[]): Promise<AppRoutes | undefined> {
  const app = (await given) as Fields | null
  if (!isObject(app) && typeof app !== 'function') return undefined
  if (has(app, 'getHttpAdapter') && has(app, 'init')) {
    await (app.init as () => Promise<unknown>)()
    const { getInstance } = (app.getHttpAdapter as () => Fields)()
    const inner = await routesOfApp((getInstance as () => unknown).call((app.getHttpAdapter as () => Fields)()), paths)
    return inner && { ...inner, framework: `Nest over ${inner.framework}` }
  }
  if (has(app, 'printRoutes')) return { framework: 'Fastify', routes: await routesOfFastify(app as never) }
  if (Array.isArray(app.routes) && has(app, 'fetch')) return { framework: 'Hono', routes: routesOfHono(app.routes) }
  if (Array.isArray(app.middleware) && has(app, 'callback'))
    return { framework: 'Koa', routes: app.middleware.flatMap(routesOfKoa) }
  const stack = stackOf(app)
  return stack && { framework: 'Express', routes: routesOfExpress(stack, paths) }
}

const has = (app: object, method: string): boolean => typeof (app as Fields)[method] === 'function'

/** Express 5 has `router`; in Express 4 that is a getter which throws, and `_router` is there once a route is. */
function stackOf(app: Fields): readonly unknown[] | undefined {
  for (const find of [() => app._router, () => app.router, () => app]) {
    try {
      const stack = (find() as { readonly stack?: unknown } | undefined)?.stack
      if (Array.isArray(stack)) return stack
    } catch {}
  }
  return undefined
}

/** Hono lists middleware too, as routes of every method; those of `use` end with a star. */
function routesOfHono(routes: readonly unknown[]): readonly AppRoute[] {
  return routes.flatMap((route) => {
    const { method, path } = route as { readonly method: string; readonly path: string }
    if (method === 'ALL' && path.endsWith('*')) return []
    return routesOfPath(method === 'ALL' ? '*' : method, path)
  })
}

/** `@koa/router` leaves itself on its middleware. */
function routesOfKoa(middleware: unknown): readonly AppRoute[] {
  const stack = (middleware as { readonly router?: { readonly stack?: unknown } }).router?.stack
  if (!Array.isArray(stack)) return []
  return stack.flatMap((layer) => {
    const { path, methods } = layer as { readonly path: unknown; readonly methods: readonly string[] }
    if (typeof path !== 'string' || methods.length === 0) return []
    return methodsOf(methods).flatMap((method) => routesOfPath(method, path))
  })
}

/** More methods than any API has are all of them. */
function methodsOf(methods: readonly string[]): readonly string[] {
  return methods.length > 20 ? ['*'] : methods
}
