/** The route handler of a file. */
import { guard } from 'plan-access-tokens/fetch'
import { answer, tokens } from '../../../../tokens.js'

export const GET = guard(tokens, async (request, planToken, { params }) =>
  answer(request, planToken, (await params).file_key),
)
