/**
 * Places in the ordered indexes: a date of 17 characters, a colon, the id. All members of an index have score 0, so that Redis
 * orders them byte by byte and a page can begin after a place where no token stands any more.
 */
import { isDate } from '../../core/token.ts'

const DIGITS = 16
/** Dates before 1970 come first, counted up from the earliest safe integer. */
const BELOW_ZERO = 2 ** 53

/** A date as text that sorts as the date does. */
function dateKey(at: number): string {
  return at < 0 ? `n${String(BELOW_ZERO + at).padStart(DIGITS, '0')}` : `p${String(at).padStart(DIGITS, '0')}`
}

/** The place of a token in an index. */
export function placeOf(at: number, id: string): string {
  return `${dateKey(at)}:${id}`
}

/** The parts of a place. */
export function positionOf(place: string): { readonly at: number; readonly id: string } {
  const at = Number(place.slice(1, DIGITS + 1))
  return { at: place.startsWith('n') ? at - BELOW_ZERO : at, id: place.slice(DIGITS + 2) }
}

/** Where those begin that end after a moment; everything before has ended. Past all places if the moment is no date. */
export function firstAfter(now: number): string {
  return isDate(now) && isDate(now + 1) ? dateKey(now + 1) : 'q'
}
