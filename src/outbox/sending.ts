/** Makes a notice and tries to send it once: what became of it, and the dead letters. When it is tried: outbox/lanes.ts. */
import { StoreError } from '../core/errors.ts'
import { failureOf } from '../service/ask.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { tell } from '../service/tell.ts'
import type { DeadLetter, DeadLetters } from './dead.ts'
import { attempt, DeliveryError, deliveryFailureOf } from './deliver.ts'
import type { Next } from './lane.ts'
import { makeNotice } from './make.ts'
import type { NoticeHead } from './notice.ts'
import type { Outcome, Settings } from './options.ts'
import { pauseAfter } from './pause.ts'

/** How often this process has tried, and what became of it. */
export interface Counts {
  readonly delivered: number
  readonly failed: number
  readonly dead: number
}

/** Sends. */
export interface Sending {
  /**
   * Tries once.
   *
   * @returns `undefined` once it is delivered or a dead letter; otherwise how long to wait, in milliseconds.
   * @throws PlanTokenError `unavailable`, when nothing was tried or what was tried could not be kept.
   */
  send(next: Next, number: number): Promise<number | undefined>
  /** Tries some of the dead letters that are to be sent again; whether there are more. */
  again(mayGoOn: () => boolean): Promise<boolean>
  /** How many dead letters there have been. */
  dead(): number
  /** Takes over from whoever sent before. */
  begin(dead: number): void
  /** Tells the host of what is wrong. */
  failed(error: unknown): void
  /** Tells the host of events that were removed before they were told. */
  gap(from: number, to: number): void
  counts(): Counts
}

/**
 * How long it is not asked again which dead letters are to be sent, and how long some are sent before other work goes on:
 * milliseconds.
 */
const [AGAIN_MS, SOME_MS] = [5_000, 1_000]

/** Makes what sends the notices of one outbox, and counts what became of them. */
export function sendingOf(engine: ManagingEngine, settings: Settings, letters: DeadLetters): Sending {
  const { clock } = engine
  const { deliver, tries, deliverTimeoutMs, onOutcome } = settings
  const counts = { delivered: 0, failed: 0, dead: 0 }
  let dead = 0
  let askedAt = Number.NEGATIVE_INFINITY
  const report = (error: unknown): void => void failureOf(engine, error, 'outbox')

  /** Tries once and tells of it. What was thrown, if anything, and the letter that it would be. */
  const tryOnce = async (
    { head, event }: Next,
    number: number,
    isLastTry: boolean,
  ): Promise<{ readonly thrown: unknown; readonly isFinal: boolean; readonly letter: DeadLetter } | undefined> => {
    const notice = await makeNotice(engine, head, event)
    const since = clock.monotonic()
    let failure: { readonly thrown: unknown } | undefined
    try {
      await attempt(deliver, notice, { number, isLast: isLastTry }, clock, deliverTimeoutMs)
    } catch (thrown) {
      failure = { thrown }
    }
    const durationMs = clock.monotonic() - since
    const { id, type, planId, tokenId } = head
    const told = { id, type, planId, tokenId, tries: number, durationMs }
    const say = (outcome: Outcome): void => tell(onOutcome, outcome)
    if (!failure) {
      counts.delivered += 1
      say({ ...told, outcome: 'delivered' })
      return undefined
    }
    const { thrown } = failure
    engine.report.failed(thrown, 'deliver')
    const error = deliveryFailureOf(thrown)
    const isFinal = isLastTry || (thrown instanceof DeliveryError && thrown.isFinal)
    counts[isFinal ? 'dead' : 'failed'] += 1
    say({ ...told, outcome: isFinal ? 'dead' : 'failed', error })
    return { thrown, isFinal, letter: { ...head, tries: number, failedAt: timeOf(engine), error } }
  }

  return {
    async send(next, number) {
      const failure = await tryOnce(next, number, number >= tries)
      if (!failure) return undefined
      if (!failure.isFinal) {
        const { thrown } = failure
        return pauseAfter(settings, number, thrown instanceof DeliveryError ? thrown.retryAfterMs : undefined)
      }
      await letters.add(failure.letter, dead++)
      return undefined
    },
    async again(mayGoOn) {
      const now = clock.monotonic()
      if (now - askedAt < AGAIN_MS) return false
      askedAt = now
      const asked = await letters.asked()
      if (asked.length === 0) return false
      const wanted = (await letters.list()).filter(({ id }) => asked.includes(id))
      for (const letter of wanted) {
        if (!mayGoOn() || clock.monotonic() - now > SOME_MS) {
          askedAt = Number.NEGATIVE_INFINITY
          return true
        }
        const { tries: before, failedAt: _, error: __, ...head } = letter
        const failure = await tryOnce({ head, ...(await eventFor(letter)) }, before + 1, true)
        if (failure) await letters.replace(failure.letter)
        else await letters.remove(letter.id)
        await letters.answered([letter.id])
      }
      await letters.answered(asked)
      return false
    },
    dead: () => dead,
    begin(count) {
      dead = count
      askedAt = Number.NEGATIVE_INFINITY
    },
    failed: report,
    gap: (from, to) =>
      report(
        new StoreError(
          'store_unsuitable',
          `The log was swept before its events were told: those with the seq ${from + 1} to ${to - 1} are gone. Sweep later than the outbox lags.`,
        ),
      ),
    counts: () => ({ ...counts }),
  }

  async function eventFor(letter: NoticeHead & DeadLetter): Promise<Pick<Next, 'event'>> {
    const event = await letters.eventOf(letter)
    return event ? { event } : {}
  }
}
