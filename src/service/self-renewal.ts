/**
 * What create and edit say of a token that may renew itself, and how the term of one starts again with whatever an admin does. What is
 * right to say: self-renewal/term.ts. The renewal itself: self-renewal/renew.ts.
 */
import { type Issue, issueAt } from '../core/issue.ts'
import { type ChangedChoice, edited } from '../core/lifecycle.ts'
import type { CompiledType } from '../core/policy.ts'
import type { SelfRenewalWish } from '../core/self-renewal.ts'
import type { RecordDetails, TokenRecord } from '../core/token.ts'
import { type ManagingEngine, timeOf } from './engine.ts'

/** What a call gives a token, and whether it says anything of it at all. */
interface RenewalChoice {
  readonly isGiven: boolean
  readonly selfRenewal: RecordDetails['selfRenewal'] | undefined
  readonly issues: readonly Issue[]
}

/** Reads what a call says of a token that may renew itself. `before` is the token that is edited. */
export function readSelfRenewal(
  engine: ManagingEngine,
  wish: SelfRenewalWish,
  type: CompiledType | undefined,
  before?: TokenRecord,
): RenewalChoice {
  const { selfRenewal, renewUntil } = wish
  const isGiven = selfRenewal !== undefined || renewUntil !== undefined
  const none = { isGiven, selfRenewal: undefined, issues: [] }
  // Of a type that there is not, its absence is told.
  if (!isGiven || !type) return none
  // That it may not is always taken, so that it can be taken away where nobody knows of it any more.
  if (!selfRenewal && renewUntil === undefined) return none
  if (engine.selfRenewal) {
    const { issues, selfRenewal: chosen } = engine.selfRenewal.choose(wish, type, before?.selfRenewal, timeOf(engine))
    return { isGiven, selfRenewal: chosen, issues }
  }
  const at = selfRenewal === undefined ? 'renewUntil' : 'selfRenewal'
  return { ...none, issues: [issueAt([at], 'is not taken here: the engine has no option selfRenewal.', 'not_taken')] }
}

/** What a refresh by an admin changes of a token that may renew itself: its term begins again, unless somebody has chosen its end. */
export function termAgain(
  engine: ManagingEngine,
  record: TokenRecord,
  { selfRenewal: rule }: CompiledType,
): RecordDetails | undefined {
  const selfRenewal = engine.selfRenewal?.restarted(record, rule, timeOf(engine))
  return selfRenewal && { selfRenewal }
}

/** An edit, with which the term begins again too if it changes anything. */
export function editedWithTerm(
  engine: ManagingEngine,
  type: CompiledType,
  current: TokenRecord,
  choice: ChangedChoice,
  eventId: string,
): TokenRecord {
  const record = edited(current, choice, eventId)
  const term = record === current ? undefined : termAgain(engine, record, type)
  return term ? edited(current, { ...choice, ...term }, eventId) : record
}
