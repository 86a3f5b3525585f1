/** What no other route takes. */
import { answer } from '../../../tokens.js'

const any = ({ request, locals }) => answer(request, locals.planToken)

export { any as DELETE, any as GET, any as POST }
