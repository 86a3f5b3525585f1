/** The management API. */
import { admin } from '../../tokens.js'

export default (event) => admin(event.req)
