/** The route handlers of the management API. */
import { admin } from '../../../tokens.js'

export { admin as GET, admin as PATCH, admin as POST }
