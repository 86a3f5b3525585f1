/** Days of UTC, as numbers since 1970 and as text, and how many requests there were on each. */
import { millisecondsInDay } from 'date-fns/constants'
import type { Day, DayCount } from '../core/usage.ts'

/** For how many days requests are counted. */
const CHART_DAYS = 90

/** Days that are kept beyond those of the chart, since clocks differ and a day changes. */
const SPARE_DAYS = 2

/** The requests of a day. */
export interface Counts {
  allowed: number
  refused: number
}

/** The day of a moment. */
export const dayOf = (ms: number): number => Math.floor(ms / millisecondsInDay)

/** The first moment of a day. */
export const startOf = (day: number): number => day * millisecondsInDay

/** A day as text; one that no calendar has as its nearest. */
export function textOfDay(day: number): Day {
  const [least, most] = [dayOf(Date.parse('0000-01-01')), dayOf(Date.parse('9999-12-31'))]
  return new Date(startOf(Math.min(Math.max(day, least), most))).toISOString().slice(0, 10)
}

/** The last days up to one, the oldest first, those without a request too. */
export function chartOf(days: ReadonlyMap<number, Counts>, today: number): readonly DayCount[] {
  return Array.from({ length: CHART_DAYS }, (_, i): DayCount => {
    const day = today - CHART_DAYS + 1 + i
    const { allowed = 0, refused = 0 } = days.get(day) ?? {}
    return { day: textOfDay(day), allowed, refused }
  })
}

/** Adds the counts of days. */
export function addDays(into: Map<number, Counts>, part: ReadonlyMap<number, Counts>): void {
  for (const [day, { allowed, refused }] of part) {
    const known = into.get(day)
    if (known) {
      known.allowed += allowed
      known.refused += refused
    } else into.set(day, { allowed, refused })
  }
}

/** Leaves out days that lie ahead, which a wrong clock has made, and of the others the oldest beyond those of the chart. */
export function boundDays(days: Map<number, Counts>, today: number): void {
  for (const day of days.keys()) if (day > today + 1) days.delete(day)
  const old = [...days.keys()].sort((a, b) => a - b).slice(0, -(CHART_DAYS + SPARE_DAYS))
  for (const day of old) days.delete(day)
}
