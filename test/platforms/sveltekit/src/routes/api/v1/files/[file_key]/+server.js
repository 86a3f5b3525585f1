/** A file. */
import { answer } from '../../../../../tokens.js'

export const GET = ({ request, locals, params }) => answer(request, locals.planToken, params.file_key)
