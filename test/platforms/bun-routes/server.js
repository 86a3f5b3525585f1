/** Bun with its own router. */
import { guard } from 'plan-access-tokens/fetch'
import { admin, answer, tokens } from './tokens.js'

const guarded = guard(tokens, (request, planToken) => answer(request, planToken, request.params?.file_key))

Bun.serve({
  hostname: '127.0.0.1',
  routes: {
    '/admin/*': admin,
    '/v1/files/:file_key': { GET: guarded },
    '/v1/dev_resources': { POST: guarded },
    '/*': guarded,
  },
})
