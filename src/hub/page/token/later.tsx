/** The parts of token/token-parts.ts, loaded when one is first looked at. */
import { laterOf } from '../parts/later.tsx'

const later = laterOf(() => import('./token-parts.ts'))

export const TryIt = later(({ TryIt }) => TryIt)
export const Use = later(({ Use }) => Use)
