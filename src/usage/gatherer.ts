/**
 * Gathers for one process: notes in memory what was used, and writes it in batches, so that no request waits for a write. What is
 * noted: usage/note.ts. How it is put together with what others have written: usage/write.ts. Since when that is everything:
 * usage/beats.ts.
 */
import { millisecondsInDay } from 'date-fns/constants'
import type { RefusalCode } from '../core/refusals.ts'
import { isCanary, isDate, type TokenRecord } from '../core/token.ts'
import type { UsedFacts } from '../core/usage.ts'
import type { Engine } from '../service/engine.ts'
import { readValue } from '../service/values.ts'
import { createBeats } from './beats.ts'
import { addDays, type Counts } from './days.ts'
import { add, type Gathered, newGathered } from './gathered.ts'
import { readPlan, readToken } from './kept.ts'
import { isCounted, noteAllowed, noteRefused } from './note.ts'
import { nameOfPlan, nameOfToken, readOrTell } from './values.ts'
import { writePlan, writeToken } from './write.ts'

/** How many tokens are noted in memory before they are written early, and how many at most while the store fails. */
const [EARLY, MOST_NOTED] = [10_000, 50_000]
/** How many values are written at the same time. */
const AT_ONCE = 8

/** What is known of a token, a plan or all: what is gathered, and the first day from which on that is everything. */
export interface Known<T> {
  readonly gathered: T
  readonly since: number | undefined
}

/** How it is gathered. */
export interface GatherSettings {
  readonly writeEveryMs: number
  readonly quietDays: number
}

/** Gathers and knows. */
export interface Memory {
  note(facts: UsedFacts, refusal: RefusalCode | undefined): void
  /** What is known of a token, with what this process has noted. @throws PlanTokenError `unavailable`. */
  ofToken(record: TokenRecord): Promise<Known<Gathered>>
  /** What is known of a plan, with what this process has noted. @throws PlanTokenError `unavailable`. */
  ofPlan(planId: string): Promise<Known<ReadonlyMap<number, Counts>>>
  /** Writes all that is noted; never rejects. */
  close(): Promise<void>
}

/** Begins to gather. */
export function createMemory(engine: Engine, { writeEveryMs, quietDays }: GatherSettings): Memory {
  const { clock, report } = engine
  const beats = createBeats(engine, quietDays)
  /** What is noted by requests. */
  let noted = new Map<string, Gathered>()
  /** What waits to be written, by token and by plan. */
  const tokens = new Map<string, Gathered>()
  const plans = new Map<string, Map<number, Counts>>()
  const writing = new Map<string, Promise<void>>()
  let flushing: Promise<void> | undefined
  let cancel: (() => void) | undefined
  let isTimed = false
  let isClosing = false

  /** Makes what is noted what waits to be written. */
  const take = (): void => {
    for (const [id, part] of noted) {
      const days = plans.get(part.planId) ?? new Map<number, Counts>()
      plans.set(part.planId, days)
      addDays(days, part.days)
      putBack(id, part)
    }
    noted = new Map()
  }
  const putBack = (id: string, part: Gathered): void => {
    const known = tokens.get(id)
    if (known?.planId === part.planId) add(known, part)
    else if (!known || later(part) >= later(known)) tokens.set(id, part)
  }

  /** Writes what waits of one name, after what is being written of it; what could not be written waits again. */
  const writeOne = async <T>(
    name: string,
    waiting: Map<string, T>,
    key: string,
    write: (key: string, part: T) => Promise<void>,
    back: (key: string, part: T) => void,
  ): Promise<void> => {
    while (writing.has(name)) await writing.get(name)?.catch(() => undefined)
    const part = waiting.get(key)
    if (part === undefined) return
    waiting.delete(key)
    const work = write(key, part)
      .catch((error: unknown) => {
        back(key, part)
        throw error
      })
      .finally(() => writing.delete(name))
    writing.set(name, work)
    await work
  }
  const flushToken = (id: string): Promise<void> =>
    writeOne(`token ${id}`, tokens, id, (key, part) => writeToken(engine, beats, key, part), putBack)
  const flushPlan = (planId: string): Promise<void> =>
    writeOne(
      `plan ${planId}`,
      plans,
      planId,
      (key, part) => writePlan(engine, beats, key, part),
      (key, part) => {
        const known = plans.get(key)
        if (known) addDays(known, part)
        else plans.set(key, new Map(part))
      },
    )
  const writeAll = async (): Promise<void> => {
    take()
    await beats.write()
    const work = [
      ...Array.from(plans.keys(), (planId) => () => flushPlan(planId)),
      ...Array.from(tokens.keys(), (id) => () => flushToken(id)),
    ]
    const next = work.values()
    const one = async (): Promise<void> => {
      // Whichever fails ends its turn: where the store fails, each of the others would wait for it as well.
      for (const write of next) await write()
    }
    await Promise.allSettled(Array.from({ length: AT_ONCE }, one))
  }
  const flush = (): Promise<void> => {
    isTimed = false
    // What could not be written is tried again.
    flushing ??= writeAll()
      .catch(() => undefined)
      .finally(() => {
        flushing = undefined
        if (tokens.size + plans.size > 0 || beats.isWaiting()) schedule()
      })
    return flushing
  }
  const schedule = (): void => {
    if (isTimed || isClosing || flushing) return
    try {
      cancel = clock.timer(writeEveryMs, () => void (isClosing || flush()), true)
      isTimed = true
    } catch {
      // A clock that cannot wait: it is written by close(), and by whoever asks.
    }
  }

  const begin = (record: TokenRecord): Gathered | undefined => {
    if (noted.size + tokens.size >= MOST_NOTED) {
      beats.lose()
      return undefined
    }
    const gathered = newGathered(record.planId)
    noted.set(record.id, gathered)
    if (noted.size === EARLY) void flush()
    else schedule()
    return gathered
  }
  const note = (facts: UsedFacts, refusal: RefusalCode | undefined): void => {
    const { record, now } = facts
    if (!isDate(now)) return
    const today = Math.floor(now / millisecondsInDay)
    if (beats.isNews(today)) {
      beats.judge(today)
      schedule()
    }
    const day = beats.usedOn(today)
    if (!record || isCanary(record) || (refusal !== undefined && !isCounted(refusal))) return
    let gathered = noted.get(record.id)
    if (gathered?.planId !== record.planId) {
      if (gathered) take()
      gathered = begin(record)
    }
    if (!gathered) return
    if (refusal === undefined) noteAllowed(gathered, facts, day)
    else noteRefused(gathered, facts, refusal, day)
  }

  return {
    note(facts, refusal) {
      try {
        note(facts, refusal)
      } catch (error) {
        beats.lose()
        report.failed(error, 'usage')
      }
    },
    async ofToken({ id, planId }) {
      take()
      const since = await beats.write()
      await flushToken(id)
      const name = nameOfToken(engine, id)
      const kept = readOrTell(engine, name, (await readValue(engine, name))?.value, readToken)
      if (kept === 'unreadable' || (kept && kept.planId !== planId))
        return { gathered: newGathered(planId), since: undefined }
      const gathered = kept ?? newGathered(planId)
      const { from = since, lost = since - 1 } = gathered
      return { gathered, since: beats.knownDay(Math.max(since, from, lost + 1)) }
    },
    async ofPlan(planId) {
      take()
      const since = await beats.write()
      await flushPlan(planId)
      const name = nameOfPlan(engine, planId)
      const kept = readOrTell(engine, name, (await readValue(engine, name))?.value, readPlan)
      if (kept === 'unreadable') return { gathered: new Map(), since: undefined }
      return { gathered: kept ?? new Map(), since: beats.knownDay(since) }
    },
    async close() {
      isClosing = true
      cancel?.()
      await (flushing ?? Promise.resolve()).then(flush)
    },
  }
}

/** The newest day of a part. */
const later = ({ days }: Gathered): number => Math.max(...days.keys())
