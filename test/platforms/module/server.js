/** A module that runs as it stands on Bun, on workerd and with `deno serve`. */
import { guard } from 'plan-access-tokens/fetch'
import { admin, answer, tokens } from './tokens.js'

const guarded = guard(tokens, (request, planToken) => answer(request, planToken))

export default {
  hostname: '127.0.0.1', // read by Bun
  fetch: (request) => (new URL(request.url).pathname.startsWith('/admin/') ? admin(request) : guarded(request)),
}
