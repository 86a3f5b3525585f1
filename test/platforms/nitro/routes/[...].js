/** What no other route takes. */
import { guarded } from '../guarded.js'

export default guarded
