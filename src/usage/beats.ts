/**
 * Since when what is gathered is everything. Each process that judges writes into one value, a beat, that it did and gathered on a day;
 * a gap in it, or something that was lost, begins anew. It also knows the newest day that any process has seen, whatever the clock here says.
 */
import type { Engine } from '../service/engine.ts'
import { changeValue } from '../service/values.ts'
import { dayOf } from './days.ts'
import { readBeat } from './kept.ts'
import { BEAT, readOrTell } from './values.ts'
import type { DayBounds } from './write.ts'

/** How far ahead a clock is believed to have been, in days, when another one is behind it. */
const MOST_AHEAD = 400

/** The beats of one process; days are whole days since 1970. */
export interface Beats extends DayBounds {
  /** Whether a day on which this process judges is not written yet, nor waits to be. */
  isNews(day: number): boolean
  /** Notes that it judged on a day. */
  judge(day: number): void
  /** Notes that something could not be gathered. */
  lose(): void
  /** Whether a beat waits to be written. */
  isWaiting(): boolean
  /** The day that something counts for. By a clock that was set back, nothing is used long ago. */
  usedOn(day: number): number
  /** A day from which on all is known; one that lies ahead is none yet. */
  knownDay(day: number): number | undefined
  /**
   * Writes that this process has judged and gathered, if it has since the last time; gives since when that was done without a gap.
   * Whoever only asks writes nothing: nobody may have gathered.
   */
  write(): Promise<number>
}

/** Begins them. @param quietDays for how many days nobody may have judged without that being a gap. */
export function createBeats(engine: Engine, quietDays: number): Beats {
  /** The newest day that any process is known to have seen. */
  let seen = Number.NEGATIVE_INFINITY
  /** The days on which this process has judged and of which that is not written yet, and the last one of which it is. */
  let judged: { readonly first: number; readonly last: number } | undefined
  let beaten: number | undefined
  let isLost = false

  const today = (): number => dayOf(engine.clock.now())
  const newest = (): number => Math.max(today(), seen)

  return {
    newest,
    least: () => (today() < seen - 1 ? seen - 1 : Number.NEGATIVE_INFINITY),
    isNews: (day) => day !== beaten && day !== judged?.last,
    judge(day) {
      judged = { first: judged?.first ?? day, last: day }
    },
    lose() {
      isLost = true
    },
    isWaiting: () => judged !== undefined,
    usedOn: (day) => Math.max(day, seen - 1),
    knownDay: (day) => (day > newest() ? undefined : day),
    async write() {
      const span = judged
      judged = undefined
      const hadLost = isLost
      isLost = false
      const { first, last: now } = span ?? { first: today(), last: today() }
      let since = Number.POSITIVE_INFINITY
      try {
        await changeValue(engine, BEAT, (text) => {
          const kept = readOrTell(engine, BEAT, text, readBeat)
          // Of the day on which it begins some requests may have come before.
          if (!kept || kept === 'unreadable') since = first + 1
          else if (kept.last > now + 1) since = Math.min(kept.last, now + MOST_AHEAD) + 1
          else since = first - kept.last - 1 > quietDays ? first + 1 : kept.since
          if (hadLost) since = Math.max(since, now + 1)
          const last = typeof kept === 'object' ? kept.last : now
          seen = Math.max(seen, Math.min(last, now + MOST_AHEAD), now)
          if (span === undefined) return undefined
          return JSON.stringify({ v: 1, since, last: last > now + 1 ? now : Math.max(last, now) })
        })
      } catch (error) {
        isLost ||= hadLost
        if (span) judged = { first: span.first, last: (judged ?? span).last }
        throw error
      }
      // What was lost is written by whoever has something to write.
      if (span) beaten = now
      else isLost ||= hadLost
      return since
    },
  }
}
