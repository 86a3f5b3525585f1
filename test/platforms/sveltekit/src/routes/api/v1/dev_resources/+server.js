/** What is judged by its body. */
import { answer } from '../../../../tokens.js'

export const POST = ({ request, locals }) => answer(request, locals.planToken)
