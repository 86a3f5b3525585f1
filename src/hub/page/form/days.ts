/** How long a new token lives: the choices, and a day of the calendar as a number of days from now. */
import { addDays, differenceInCalendarDays, formatISO } from 'date-fns'
import { millisecondsInDay } from 'date-fns/constants'
import { now } from '../hub.ts'

const CHOICES = [30, 60, 90, 365]
/** What is chosen at first, where it may be. */
const USUAL = 90

/** The lifetimes that are offered, in days: the usual ones that are short enough, and the longest. */
export const choicesUpTo = (longest: number): readonly number[] => [
  ...CHOICES.filter((days) => days < longest),
  longest,
]

/** What is chosen at first. */
export const usualUpTo = (longest: number): string => String(Math.min(USUAL, longest))

/** Whole days from 1 to the longest, or `undefined`. */
export function daysIn(text: string, longest: number): number | undefined {
  const days = Number(text)
  return /^\d{1,5}$/.test(text) && days >= 1 && days <= longest ? days : undefined
}

/** A day as a field for dates has it: `2026-11-28`. */
const isoOf = (at: number): string => formatISO(at, { representation: 'date' })

/** The day on which so many days of 24 hours end. */
export const dayIn = (days: number): string => isoOf(now() + days * millisecondsInDay)

/** The moment at which a day begins. */
function dateOf(day: string): Date {
  const [year = Number.NaN, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date)
}

/** How many days of 24 hours end on a day; empty for a text that is no day, or one that is over. */
export function daysTo(day: string): string {
  const between = differenceInCalendarDays(dateOf(day), now())
  // A day on which clocks are changed may end one sooner or later.
  const days = [between, between - 1, between + 1].find((one) => dayIn(one) === day)
  return days !== undefined && days > 0 ? String(days) : ''
}

/** The first moment after a day, by the clock of the person: until then something may be done on that day. */
export function endOfDay(day: string): number {
  return addDays(dateOf(day), 1).getTime()
}

/** The day that ends at a moment, as a field for dates has it. */
export const dayBefore = (end: number): string => isoOf(end - 1)
