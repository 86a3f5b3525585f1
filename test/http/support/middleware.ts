/** Starts a site in frameworks whose middleware gets a Fetch request: Elysia by its plugin, h3 by `judge`. */
import { node } from '@elysiajs/node'
import { Elysia } from 'elysia'
import { H3, type H3Event, serve } from 'h3'
import type { Allowed } from 'plan-access-tokens'
import { type ElysiaContext, guard } from 'plan-access-tokens/elysia'
import { headersOf, judge } from 'plan-access-tokens/fetch'
import { rewritten } from './handlers.ts'
import { addressOf, answerOf, optionsOf, type Running, type Site } from './site.ts'

/** What the server of both has on its requests. */
const ipOf = (request: Request): unknown => (request as { readonly ip?: unknown }).ip
const pathOf = (request: Request): string => new URL(request.url).pathname
const JSON_TYPE = { 'Content-Type': 'application/json' }

export async function startElysia(site: Site): Promise<Running> {
  const { tokens, rewrite, mount, cors } = site
  const app = new Elysia({ adapter: node(), ...(mount && { prefix: mount }) })
  if (rewrite)
    app.wrap((run) => async (request: Request) => {
      try {
        return await (run as (request: Request) => unknown)(rewritten(request, rewrite))
      } catch {
        // No URL can be made of it. What is thrown here would end the process.
        return new Response(null, { status: 400 })
      }
    })
  if (cors)
    app.onRequest(({ set }) => {
      set.headers.vary = 'Origin'
    })
  const address = addressOf(
    site,
    ({ request }: ElysiaContext) => ipOf(request),
    ({ request }) => request.headers.get('x-real-ip'),
  )
  if (tokens) app.use(guard(tokens, { ...optionsOf(site, pathOf, 'stays'), ...address }))
  for (const { method, path } of site.routes) {
    app.route(
      method,
      path,
      async (context) => {
        const { params, request } = context
        const { planToken } = context as { readonly planToken?: Allowed<string> | null }
        const run = { route: `${method} ${path}`, params, planToken: planToken ?? undefined, ...nameOf(request) }
        const body = method === 'GET' ? {} : { body: await request.text() }
        return new Response(answerOf(site, { ...run, ...body }), { headers: JSON_TYPE })
      },
      { parse: 'none' },
    )
  }
  return listenElysia(app)
}

/** What the adapter for Node gives of its server. */
interface Raw {
  ready(): Promise<unknown>
  close(all?: boolean): Promise<void>
  readonly node: { readonly server: { address(): unknown } }
}

/** Listens on a free port, which only the server below the adapter knows. */
export async function listenElysia(app: { listen(options: object, then: (server: unknown) => void): unknown }) {
  const { raw } = await new Promise<{ readonly raw: Raw }>((resolve) => {
    app.listen({ port: 0, hostname: '127.0.0.1' }, (server) => resolve(server as { readonly raw: Raw }))
  })
  await raw.ready()
  const { port } = raw.node.server.address() as { readonly port: number }
  return { port, close: () => raw.close(true) }
}

export async function startH3(site: Site): Promise<Running> {
  const { tokens, rewrite, mount = '', cors } = site
  const app = new H3({ silent: true })
  if (cors) app.use((event) => void event.res.headers.set('Vary', 'Origin'))
  if (tokens) {
    const address = addressOf(
      site,
      (request: Request) => ipOf(request),
      ({ headers }) => headers.get('x-real-ip'),
    )
    const judged = judge(tokens, { ...optionsOf(site, pathOf, 'stays'), ...address })
    app.use(async (event, next) => {
      const found = await judged(event.req)
      // What is set on the event does not go onto a response that says the same header itself.
      const vary = event.res.headers.get('Vary')
      if (vary !== null && found instanceof Response) found.headers.append('Vary', vary)
      if (found instanceof Response) return found
      Object.assign(event.context, { planToken: found })
      if (found) for (const [name, value] of Object.entries(headersOf(found))) event.res.headers.append(name, value)
      return next()
    })
  }
  for (const { method, path } of site.routes)
    app.on(method, mount + path, async (event: H3Event) => {
      const { params = {}, planToken } = event.context as {
        params?: Record<string, string>
        planToken?: Allowed<string>
      }
      const run = { route: `${method} ${path}`, params: decoded(params), planToken, ...nameOf(event.req) }
      const body = method === 'GET' ? {} : { body: await event.req.text() }
      return new Response(answerOf(site, { ...run, ...body }), { headers: JSON_TYPE })
    })
  const fetch = (request: Request) => app.fetch(rewrite ? rewritten(request, rewrite) : request)
  const server = serve({ ...app, fetch } as H3, { port: 0, hostname: '127.0.0.1', silent: true })
  await server.ready()
  return { port: Number(new URL(server.url ?? '').port), close: async () => void (await server.close(true)) }
}

const nameOf = ({ headers }: Request) => ({ name: headers.get('x-case') ?? undefined })

/** h3 leaves the parameters of a path as they were sent. */
function decoded(params: { readonly [name: string]: string }): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]))
}
