/** Elysia and h3 with their own routers, parsers of queries and of bodies. What h3 leaves encoded is decoded, as handlers do. */
import { node } from '@elysiajs/node'
import { Elysia } from 'elysia'
import { getQuery, getRouterParams, H3, serve } from 'h3'
import type { Allowance } from 'plan-access-tokens'
import { guard } from 'plan-access-tokens/elysia'
import { judge } from 'plan-access-tokens/fetch'
import { listenElysia } from '../support/middleware.ts'
import type { Running } from '../support/site.ts'
import type { Manner } from './express-koa.ts'
import { ROUTES } from './policy.ts'
import { runOf } from './runs.ts'
import type { Setup } from './servers.ts'

export function startElysia({ tokens, onRun }: Setup, { generous }: Manner): Promise<Running> {
  const app = new Elysia({ adapter: node(), aot: !generous, strictPath: !generous })
  app.use(guard(tokens))
  for (const route of ROUTES)
    app.route(route.method, route.path, (context) => {
      const { params, query, body, headers } = context
      const { planToken } = context as unknown as { readonly planToken: Allowance }
      onRun(runOf(route, { params, query, body, planToken, type: headers['content-type'], name: headers['x-case'] }))
      return 'ran'
    })
  return listenElysia(app)
}

export async function startH3({ tokens, onRun }: Setup, { generous }: Manner): Promise<Running> {
  const app = new H3({ silent: true, allowMalformedURL: generous })
  const judged = judge(tokens)
  app.use(async (event, next) => {
    const found = await judged(event.req)
    if (found instanceof Response) return found
    Object.assign(event.context, { planToken: found })
    return next()
  })
  for (const route of ROUTES)
    app.on(route.method, route.path, async (event) => {
      const { planToken } = event.context as unknown as { readonly planToken: Allowance }
      const { headers } = event.req
      const body = route.method === 'GET' ? undefined : await event.req.text()
      const [type, name] = ['content-type', 'x-case'].map((one) => headers.get(one) ?? undefined)
      onRun(
        runOf(route, {
          params: getRouterParams(event, { decode: true }),
          query: getQuery(event),
          body,
          planToken,
          type,
          name,
        }),
      )
      return 'ran'
    })
  const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true })
  await server.ready()
  return { port: Number(new URL(server.url ?? '').port), close: async () => void (await server.close(true)) }
}
