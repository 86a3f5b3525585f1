/** The route handler that is judged by its body. */
import { guard } from 'plan-access-tokens/fetch'
import { answer, tokens } from '../../../tokens.js'

export const POST = guard(tokens, (request, planToken) => answer(request, planToken))
