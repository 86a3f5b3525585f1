/** Dates and spans as people of the page's language read them, in the time zone of their browser. */
import { differenceInCalendarDays } from 'date-fns'
import { boot, now, t } from './hub.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Makes something at its first use. */
function late<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

const day = late(() => new Intl.DateTimeFormat(boot.lang, { dateStyle: 'medium' }))
const minute = late(() => new Intl.DateTimeFormat(boot.lang, { dateStyle: 'medium', timeStyle: 'short' }))
// No style of a time has the zone and no seconds.
const zone = late(() => new Intl.DateTimeFormat(boot.lang, { timeZoneName: 'short' }))
const relative = late(() => new Intl.RelativeTimeFormat(boot.lang, { numeric: 'auto' }))

/** What takes a browser some ten milliseconds each; to be done one by one before the page is drawn. */
export const PREPARATIONS: readonly (() => unknown)[] = [
  () => day().format(0),
  () => minute().format(0),
  () => zone().format(0),
  () => relative().format(0, 'day'),
]

/** A day: `Nov 28, 2026`. */
export const dayOf = (at: number): string => day().format(at)
/** A day with its time and the time zone: `Nov 28, 2026, 9:41 AM GMT+1`. */
export function minuteOf(at: number): string {
  const part = zone()
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')
  return `${minute().format(at)} ${part?.value ?? ''}`.trimEnd()
}
/** The day that lies so many days ahead. */
export const dayAhead = (days: number): string => dayOf(now() + days * DAY)
/** The name of the time zone in which all of it is shown: `Europe/Berlin`. */
export const zoneName = (): string => day().resolvedOptions().timeZone.replaceAll('_', ' ')

/** Below so many days they are counted by the calendar; from there on one says months (as date-fns does). */
const DAYS_TOLD = 45
const DAYS_OF_MONTH = 30
const MONTHS_TOLD = 18

/** To the nearest whole, the same in both directions. */
const rounded = (number: number): number => Math.sign(number) * Math.round(Math.abs(number))

/**
 * How far away a moment is: `3 hours ago`, `in 5 days`. From a day on it is days of the calendar that count, as a person counts
 * them: what ends the day after tomorrow ends in 2 days, whatever the hour, and also if a day in between has 23 or 25 hours.
 */
export function awayOf(at: number): string {
  const distance = at - now()
  const say = (value: number, unit: Intl.RelativeTimeFormatUnit): string => relative().format(rounded(value), unit)
  if (Math.abs(rounded(distance / MINUTE)) < 60) return say(distance / MINUTE, 'minute')
  const days = differenceInCalendarDays(at, now())
  if (Math.abs(rounded(distance / HOUR)) < 24 || days === 0) return say(distance / HOUR, 'hour')
  if (Math.abs(days) < DAYS_TOLD) return say(days, 'day')
  const months = days / DAYS_OF_MONTH
  return Math.abs(months) < MONTHS_TOLD ? say(months, 'month') : say(days / 365, 'year')
}

/** When something was used last. */
export function usedOf(at: number | null | undefined): string {
  if (at === undefined) return t('usedUnknown')
  return at === null ? t('neverUsed') : awayOf(at)
}

/** A token that ends within so many days is one to look at. */
const SOON = 14 * DAY

/** Whether an active token ends soon. */
export const isSoon = (expiresAt: number): boolean => expiresAt - now() < SOON
