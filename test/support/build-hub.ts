/** The page of the hub is built before the tests, since a fresh clone does not have it. */
import { buildHub } from '../../scripts/build-hub.ts'

export default buildHub
