/** Dates and spans as people of the page's language read them. */
import { boot, now, t } from './hub.ts'

const DAY = 86_400_000

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
const relative = late(() => new Intl.RelativeTimeFormat(boot.lang, { numeric: 'auto' }))

/** What takes a browser some ten milliseconds each; to be done one by one before the page is drawn. */
export const PREPARATIONS: readonly (() => unknown)[] = [
  () => day().format(0),
  () => minute().format(0),
  () => relative().format(0, 'day'),
]

/** A day: `Nov 28, 2026`. */
export const dayOf = (at: number): string => day().format(at)
/** A day with its time. */
export const minuteOf = (at: number): string => minute().format(at)
/** The day that lies so many days ahead. */
export const dayAhead = (days: number): string => dayOf(now() + days * DAY)

const SPANS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', DAY / 24],
  ['minute', DAY / 1_440],
] as const

/** How far away a moment is: `3 hours ago`, `in 5 days`. */
export function awayOf(at: number): string {
  const distance = at - now()
  const [unit, length] = SPANS.find(([, span]) => Math.abs(distance) >= span) ?? (['minute', DAY / 1_440] as const)
  return relative().format(Math.trunc(distance / length), unit)
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
