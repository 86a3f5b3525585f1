/** The filter of the log, as the address has it. What is nonsense there is left out, and told. */
import type { EventType } from '../../../core/event.ts'
import { isEventType } from '../../plan/event-types.ts'
import { holdsSecret } from '../hub.ts'
import { addressHere } from '../places.ts'
import type { LogQuery } from './calls.ts'

/** Each empty where nothing is asked. Days are those of a calendar, as `2027-01-31`. */
export interface LogChoice {
  readonly event: EventType | ''
  readonly actor: string
  /** The id of a token. */
  readonly about: string
  readonly from: string
  readonly to: string
}

export const EVERYTHING: LogChoice = { event: '', actor: '', about: '', from: '', to: '' }

/** Ids have no more characters. */
const LONGEST_ID = 256

const isName = (text: string): boolean => text.length <= LONGEST_ID && !/\p{Cc}/u.test(text) && !holdsSecret(text)

/** Whether a field can be asked for as it stands. */
const GOOD: { readonly [field in keyof LogChoice]: (text: string) => boolean } = {
  event: isEventType,
  actor: isName,
  about: isName,
  from: (text) => midnight(text) !== undefined,
  to: (text) => midnight(text) !== undefined,
}

/** What stands in the address, and whether all of it could be read. */
export function choiceInAddress(): { readonly choice: LogChoice; readonly isWhole: boolean } {
  const parameters = addressHere()
  let isWhole = true
  const fields = Object.entries(EVERYTHING).map(([field]) => {
    const text = parameters.get(field)?.trim() ?? ''
    const isGood = text === '' || GOOD[field as keyof LogChoice](text)
    isWhole &&= isGood
    return [field, isGood ? text : '']
  })
  return { choice: Object.fromEntries(fields) as LogChoice, isWhole }
}

/** What the server is asked. The last day is part of it. */
export function queryOf(planId: string, { event, actor, about, from, to }: LogChoice): LogQuery {
  return {
    planId,
    ...(event !== '' && { type: event }),
    ...(actor !== '' && { by: actor }),
    ...(about !== '' && { tokenId: about }),
    ...(from !== '' && { from: midnight(from) as number }),
    ...(to !== '' && { to: midnight(to, 1) as number }),
  }
}

/** When a day of the browser's time zone begins, or one that is so many days later; `undefined` for what is no day. */
function midnight(text: string, later = 0): number | undefined {
  const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number)
  if (!year || !month || !day || year < 1971) return undefined
  const isDay = new Date(year, month - 1, day).getDate() === day && month <= 12
  return isDay ? new Date(year, month - 1, day + later).getTime() : undefined
}
