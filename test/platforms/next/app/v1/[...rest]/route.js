/** The route handlers of what no other one takes. */
import { guard } from 'plan-access-tokens/fetch'
import { answer, tokens } from '../../../tokens.js'

const guarded = guard(tokens, (request, planToken) => answer(request, planToken))

export { guarded as DELETE, guarded as GET, guarded as POST }
