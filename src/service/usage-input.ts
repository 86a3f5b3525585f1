/** What is asked of the use of tokens: the inputs and their schemas. What is answered: core/usage.ts. */
import * as z from 'zod/mini'
import { whole } from '../core/shape.ts'
import { CURSORS } from './cursor.ts'
import { INPUTS, type PlanInput, page, type TokenInput } from './input.ts'

/** Which token is to be advised on. */
export interface AdviceInput extends TokenInput {
  /** How many days are looked at, up to today, 1 to 365. Default 90. */
  readonly window?: number
}

/** A page of a plan's tokens that are not used. */
export interface UnusedInput extends PlanInput {
  /** For how many days, up to today, 1 to 365. Default 90. */
  readonly window?: number
  /** 1 to 500, default 50. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly after?: string
}

/** How many days are looked at unless it is said. */
export const DEFAULT_WINDOW = 90

const window = z.exactOptional(whole(1, 365))

/** The fields of each call. */
export const USAGE_INPUTS = {
  usage: INPUTS.token,
  advice: z.extend(INPUTS.token, { window }),
  planUsage: INPUTS.plan,
  unused: z.extend(INPUTS.plan, { window, ...page(CURSORS.list) }),
}
