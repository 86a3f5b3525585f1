/**
 * When a secret is renewed, and what follows from each answer. The key of a renewal is kept before it is sent, so that whoever goes on
 * after a crash sends the same one. What is sent: rotating-secret/wire.ts. How it is kept: rotating-secret/keeping.ts.
 */
import type { Keeping, Tell } from './keeping.ts'
import { type Kept, settled } from './kept.ts'
import type { ReadOptions } from './options.ts'
import { type Answer, askFor } from './wire.ts'

/** How long the next renewal waits, in milliseconds: after a failure at first and at most, and after a refusal. */
const [FIRST_PAUSE, LONGEST_PAUSE, REFUSED_PAUSE] = [1_000, 300_000, 3_600_000]
/** How often a renewal without an answer is sent again at once. */
const AGAIN = 1

/** The renewals of one process. */
export interface Renewal {
  /** Whether what is kept is to be renewed at a moment, epoch milliseconds. */
  isTime(kept: Kept, at: number): boolean
  /** Renews it, unless another process is at it. */
  renew(kept: Kept): Promise<void>
}

/** The renewals of one process, which no other pauses. @param options with where the token renews itself. */
export function renewalOf(
  options: ReadOptions & { readonly url: string | URL },
  { look, put, keep }: Keeping,
  tell: Tell,
): Renewal {
  const { now, leaseMs } = options
  const me = crypto.randomUUID()
  let pausedUntil = 0
  let failures = 0

  const pause = (ms: number): void => {
    pausedUntil = now() + ms
  }
  /** After a clock was set back, it is no longer waited than after a refusal. */
  const isPaused = (at: number): boolean => at < pausedUntil && pausedUntil - at <= REFUSED_PAUSE
  /** Twice as long after each failure, up to so many times. */
  const nextPause = (mostDoublings: number): number => FIRST_PAUSE * 2 ** Math.min(failures++, mostDoublings)

  const settle = async (kept: Kept, answer: Answer): Promise<void> => {
    switch (answer.what) {
      case 'renewed': {
        const { what: _, ...dates } = answer
        const { renewFrom: _from, expiresAt: _end, ...rest } = settled(kept)
        failures = 0
        return keep(kept, { ...rest, ...dates })
      }
      case 'early': {
        const { renewFrom, waitMs = FIRST_PAUSE } = answer
        pause(Math.min(waitMs, LONGEST_PAUSE))
        await put({ ...settled(kept), ...(renewFrom !== undefined && { renewFrom }) })
        return
      }
      case 'spent':
        await put(settled(kept))
        return
      case 'replaced':
        // Who has renewed it has kept the new one, or is about to: nothing is written over that.
        if ((await look()).kept.secret !== kept.secret) return
        tell('renewal_refused', { status: answer.status, refusal: answer.code })
        return pause(nextPause(8))
      case 'refused':
        tell('renewal_refused', { status: answer.status, refusal: answer.code })
        return pause(REFUSED_PAUSE)
      case 'unknown': {
        const { status, cause, waitMs } = answer
        tell('renewal_failed', { ...(status !== undefined && { status }), ...(cause !== undefined && { cause }) })
        return pause(Math.min(waitMs ?? nextPause(10), LONGEST_PAUSE))
      }
    }
  }

  return {
    isTime: ({ attempt, renewFrom }, at) =>
      !isPaused(at) && (attempt !== undefined || renewFrom === undefined || at >= renewFrom),
    async renew(kept) {
      const at = now()
      const { attempt } = kept
      const isOthers = attempt !== undefined && attempt.by !== me
      // Somebody else is at it, and the secret so far works meanwhile. After a while it is thought to have broken off.
      if (isOthers && at >= attempt.at && at - attempt.at < leaseMs) return
      const key = attempt?.key ?? crypto.randomUUID()
      const claimed = { ...kept, attempt: { key, at, by: me } }
      if (!(await put(claimed))) return pause(FIRST_PAUSE)
      const seen = (await look()).kept
      if (seen.attempt?.by !== me || seen.secret !== kept.secret) return
      let answer = await askFor(options, kept.secret, key)
      for (let i = 0; i < AGAIN && answer.what === 'unknown' && answer.status === undefined; i++)
        answer = await askFor(options, kept.secret, key)
      await settle(claimed, answer)
    },
  }
}
