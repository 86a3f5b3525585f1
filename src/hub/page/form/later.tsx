/** The forms of form/form-parts.ts, loaded when one is first opened. */
import { InDialog, laterOf } from '../parts/later.tsx'

const later = laterOf(() => import('./form-parts.ts'))

export const Wizard = later(({ Wizard }) => Wizard, InDialog)
export const Edit = later(({ Edit }) => Edit, InDialog)
export const Waiting = later(({ Waiting }) => Waiting)
