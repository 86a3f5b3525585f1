/** A file. */
import { guarded } from '../../../guarded.js'

export default guarded
