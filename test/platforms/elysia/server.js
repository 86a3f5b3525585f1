/** Elysia on Bun, whose router finds the handlers. */
import { Elysia } from 'elysia'
import { guard } from 'plan-access-tokens/elysia'
import { admin, answer, tokens } from './tokens.js'

// What Bun routes to /admin has this path in its URL, since Bun makes one of what was sent.
const isOurs = ({ url }) => !new URL(url).pathname.startsWith('/admin/')

new Elysia()
  .use(guard(tokens, { when: isOurs }))
  .all('/admin/*', ({ request }) => admin(request), { parse: 'none' })
  .get('/v1/files/:file_key', ({ request, planToken, params }) => answer(request, planToken, params.file_key))
  .post('/v1/dev_resources', ({ request, planToken }) => answer(request, planToken), { parse: 'none' })
  .all('/*', ({ request, planToken }) => answer(request, planToken), { parse: 'none' })
  .listen({ hostname: process.env.HOST, port: Number(process.env.PORT) })
