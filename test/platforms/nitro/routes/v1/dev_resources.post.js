/** What is judged by its body. */
import { guarded } from '../../guarded.js'

export default guarded
