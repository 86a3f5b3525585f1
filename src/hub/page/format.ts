/** Dates and spans as people of the page's language read them, in the time zone of their browser. */
import {
  differenceInCalendarDays,
  differenceInCalendarMonths,
  type IntlFormatDistanceUnit,
  intlFormatDistance,
} from 'date-fns'
import { millisecondsInDay, millisecondsInHour, millisecondsInMinute } from 'date-fns/constants'
import { boot, now, t } from './hub.ts'

/** Makes something of the page's language at its first use. */
export function late<T>(make: () => T): () => T {
  let made: { readonly of: string; readonly value: T } | undefined
  return () => {
    if (made?.of !== boot.lang) made = { of: boot.lang, value: make() }
    return made.value
  }
}

const day = late(() => new Intl.DateTimeFormat(boot.lang, { dateStyle: 'medium' }))
const minute = late(() => new Intl.DateTimeFormat(boot.lang, { dateStyle: 'medium', timeStyle: 'short' }))
// No style of a time has the zone and no seconds.
const zone = late(() => new Intl.DateTimeFormat(boot.lang, { timeZoneName: 'short' }))

/** What takes a browser some ten milliseconds each; to be done one by one before the page is drawn. */
export const PREPARATIONS: readonly (() => unknown)[] = [
  () => day().format(0),
  () => minute().format(0),
  () => zone().format(0),
  () => intlFormatDistance(0, 0, { unit: 'day', locale: boot.lang }),
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
/** The same in UTC, in the form that logs have: `2026-11-28 08:41 UTC`. */
export const utcOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
/** A moment by both clocks, where they differ: for what people in several places have to know. */
export const momentOf = (at: number): string =>
  new Date(at).getTimezoneOffset() === 0 ? minuteOf(at) : `${minuteOf(at)} (${utcOf(at)})`
const utcDay = late(() => new Intl.DateTimeFormat(boot.lang, { dateStyle: 'medium', timeZone: 'UTC' }))
/** A day of UTC, such as `2026-11-28`, as people write it. */
export const dayOfUtc = (day: string): string => utcDay().format(Date.parse(day))
/** The day that lies so many days ahead. */
export const dayAhead = (days: number): string => dayOf(now() + days * millisecondsInDay)
/** The name of the time zone in which all of it is shown: `Europe/Berlin`. */
export const zoneName = (): string => day().resolvedOptions().timeZone.replaceAll('_', ' ')

/** From so many days on one says months, and from so many months on years (the first as date-fns does where it gives words). */
const DAYS_TOLD = 45
const MONTHS_TOLD = 18

/**
 * How far away a moment is: `3 hours ago`, `in 5 days`. From a day on it is days, months and years of the calendar that count, as a
 * person counts them: what ends the day after tomorrow ends in 2 days, whatever the hour, and also if a day in between has 23 or
 * 25 hours. Below that it is the nearest whole minute or hour.
 */
export function awayOf(at: number): string {
  const from = now()
  const say = (moment: number, unit: IntlFormatDistanceUnit): string =>
    intlFormatDistance(moment, from, { unit, locale: boot.lang })
  /** How many of a unit it is to the nearest whole, the same in both directions. */
  const count = (unit: number): number => Math.sign(at - from) * Math.round(Math.abs(at - from) / unit)
  const [minutes, hours] = [count(millisecondsInMinute), count(millisecondsInHour)]
  if (Math.abs(minutes) < 60) return say(from + minutes * millisecondsInMinute, 'minute')
  const days = differenceInCalendarDays(at, from)
  if (Math.abs(hours) < 24 || days === 0) return say(from + hours * millisecondsInHour, 'hour')
  if (Math.abs(days) < DAYS_TOLD) return say(at, 'day')
  return say(at, Math.abs(differenceInCalendarMonths(at, from)) < MONTHS_TOLD ? 'month' : 'year')
}

/** When something was used last. */
export function usedOf(at: number | null | undefined): string {
  if (at === undefined) return t('usedUnknown')
  return at === null ? t('neverUsed') : awayOf(at)
}

/** A token that ends within so many days is one to look at. */
const SOON = 14 * millisecondsInDay

/** Whether an active token ends soon. */
export const isSoon = (expiresAt: number): boolean => expiresAt - now() < SOON
