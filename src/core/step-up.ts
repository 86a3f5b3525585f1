/**
 * How strong the session of an actor has to be for a change, where the rules of a plan ask for it: step-up authentication as
 * RFC 9470 has it. Who asks: service/step-up.ts.
 */
import type { Actor } from './actor.ts'
import { isCount, isDictionary } from './objects.ts'
import { isDate } from './token.ts'

/**
 * What rules can ask a stronger session for. `create` is whatever gives out a token's first secret, `revoke` whatever ends tokens,
 * and `approve` whatever decides about what somebody else has asked for.
 */
export type StepUpAction = 'create' | 'edit' | 'refresh' | 'revoke' | 'approve'

/** How an actor must have authenticated: in one of these ways, so recently, or both. */
export interface StepUp {
  /** The `acr` values that are strong enough, the preferred one first; at least one. Default: any. */
  readonly acr?: readonly string[]
  /** At most so many seconds ago, from 1. Default: any time. */
  readonly maxAgeSeconds?: number
}

const ACTIONS: readonly string[] = ['create', 'edit', 'refresh', 'revoke', 'approve'] satisfies StepUpAction[]
/** How far clocks may differ, in milliseconds: a session that has begun this far ahead has begun now. */
const SKEW = 60_000

/** What an `acr` cannot be: it stands among others, with spaces between them, in a header (RFC 9470, section 3). */
export function acrProblem(value: string): string | undefined {
  return /^[!#-[\]-~]{1,256}$/.test(value)
    ? undefined
    : 'must have 1 to 256 characters of ASCII without spaces, quotes and backslashes.'
}

/** Whether a rule `stepUp` can be read. */
export function isStepUpRule(rule: unknown): boolean {
  return (
    isDictionary(rule) && Object.entries(rule).every(([action, asked]) => ACTIONS.includes(action) && isStepUp(asked))
  )
}

function isStepUp(asked: unknown): boolean {
  if (asked === undefined) return true
  if (!isDictionary(asked)) return false
  const { acr, maxAgeSeconds, ...others } = asked
  return (
    Object.keys(others).length === 0 &&
    (acr !== undefined || maxAgeSeconds !== undefined) &&
    (acr === undefined || isListOfAcr(acr)) &&
    (maxAgeSeconds === undefined || isCount(maxAgeSeconds))
  )
}

const isListOfAcr = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((one) => typeof one === 'string' && acrProblem(one) === undefined)

/** Whether an actor has authenticated in one of the ways, and recently enough. What is not known is not enough. */
export function isStrongEnough({ acr, authTime }: Actor, asked: StepUp, now: number): boolean {
  if (asked.acr !== undefined && (acr === undefined || !asked.acr.includes(acr))) return false
  if (asked.maxAgeSeconds === undefined) return true
  if (!isDate(authTime) || !isDate(now)) return false
  return authTime <= now + SKEW && now - authTime <= asked.maxAgeSeconds * 1_000
}

/** What is asked for, for people. */
export function sentenceOf({ acr, maxAgeSeconds }: StepUp): string {
  const asked = [
    ...(acr ? [`acr ${acr.join(' or ')}`] : []),
    ...(maxAgeSeconds === undefined ? [] : [`an authTime at most ${maxAgeSeconds} seconds ago`]),
  ]
  return `The rules of the plan ask for ${asked.join(' and ')}.`
}

/** What is asked for, as the parameters of a challenge (RFC 9470, section 3). */
export function challengeOf({ acr, maxAgeSeconds }: StepUp): {
  readonly acr_values?: string
  readonly max_age?: number
} {
  return {
    ...(acr && { acr_values: acr.join(' ') }),
    ...(maxAgeSeconds !== undefined && { max_age: maxAgeSeconds }),
  }
}
