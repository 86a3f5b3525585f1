/** The guard of all routes. */
import { guard } from 'plan-access-tokens/fetch'
import { answer, tokens } from './tokens.js'

const handler = guard(tokens, (request, planToken, event) => answer(request, planToken, event.context.params?.file_key))
export const guarded = (event) => handler(event.req, event)
