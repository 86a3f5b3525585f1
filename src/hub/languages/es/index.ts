/** The texts of the page in Spanish. */
import { CONFLICT } from './conflict.ts'
import { ENGINE } from './engine.ts'
import { FAILURES } from './failures.ts'
import { FORM } from './form.ts'
import { PAGE } from './page.ts'
import { PLAN } from './plan.ts'
import { REASONS } from './reasons.ts'
import { SECRET } from './secret.ts'
import { STATES } from './states.ts'
import { TABLE } from './table.ts'
import { TOKEN } from './token.ts'
import { VIEWS } from './views.ts'

export const SPANISH = {
  ...CONFLICT,
  ...ENGINE,
  ...FAILURES,
  ...FORM,
  ...PAGE,
  ...PLAN,
  ...REASONS,
  ...SECRET,
  ...STATES,
  ...TABLE,
  ...TOKEN,
  ...VIEWS,
}
