/** h3 on Node. */
import { H3, serve } from 'h3'
import { guard } from 'plan-access-tokens/fetch'
import { admin, answer, tokens } from './tokens.js'

const guarded = guard(tokens, (request, planToken, event) => answer(request, planToken, event.context.params?.file_key))
const handler = (event) => guarded(event.req, event)

const app = new H3()
  .all('/admin/**', (event) => admin(event.req))
  .get('/v1/files/:file_key', handler)
  .post('/v1/dev_resources', handler)
  .all('/**', handler)

serve(app, { hostname: process.env.HOST, port: process.env.PORT })
