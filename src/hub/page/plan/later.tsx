/** The parts of plan/plan-parts.ts, loaded when one is first looked at. */
import { InDialog, laterOf } from '../parts/later.tsx'

const later = laterOf(() => import('./plan-parts.ts'))

export const Log = later(({ Log }) => Log)
export const Usage = later(({ Usage }) => Usage)
export const DaysChart = later(({ DaysChart }) => DaysChart)
export const Whose = later(({ Whose }) => Whose, InDialog)
export const RevokeMany = later(({ RevokeMany }) => RevokeMany, InDialog)
