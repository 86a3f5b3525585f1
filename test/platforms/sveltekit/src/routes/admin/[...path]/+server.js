/** The management API. */
import { admin } from '../../../tokens.js'

const any = ({ request }) => admin(request)

export { any as GET, any as PATCH, any as POST }
