/** `createOutbox`: news of tokens, sent on one after another. Who sends, how, and where it stands: the files beside this one. */
import type { Policy } from '../core/policy.ts'
import { ask, readObjects } from '../service/ask.ts'
import { timeOf } from '../service/engine.ts'
import { createAlarm } from './alarm.ts'
import { type DeadLetter, deadLettersOf } from './dead.ts'
import { leasingOf } from './lease.ts'
import { type OutboxOptions, readOutboxOptions } from './options.ts'
import { run, type Stop } from './runner.ts'
import { type Counts, sendingOf } from './sending.ts'
import type { State } from './state.ts'
import { type OutboxStatus, outboxStatusOf } from './status.ts'

/** What `runOnce` did. */
export interface RunResult extends Counts {
  /** Whether this process was the one that sends; otherwise another is. */
  readonly ran: boolean
  /** Whether nothing was left to do now. */
  readonly isDone: boolean
}

/** Sends news of tokens on: at least once, in the order of each plan. */
export interface Outbox {
  /** Which outbox of the store it is. */
  readonly name: string
  /**
   * Sends in this process from now on, whenever no other one does, until `close`. Keeps the process alive. What fails underneath
   * is told to the engine's `onError`, and it goes on.
   */
  start(): void
  /**
   * Sends what there is to send now and lets go: for cron and for serverless functions.
   *
   * @param input.forMs after how many milliseconds nothing new is begun, 1 to 3,600,000. Default 20,000.
   * @throws PlanTokenError `unavailable`; TypeError once it was started, and for another `forMs`.
   */
  runOnce(input?: { readonly forMs?: number }): Promise<RunResult>
  /** How far it is, whoever sends. @throws PlanTokenError `unavailable`. */
  status(): Promise<OutboxStatus>
  /** What was tried as often as it may be: the newest 1,000, oldest first. @throws PlanTokenError `unavailable`. */
  deadLetters(): Promise<readonly DeadLetter[]>
  /**
   * Has dead letters sent again, once each, by the process that sends; what is delivered is no dead letter any more. It comes out of
   * order, with the token as it is then.
   *
   * @param ids of dead letters, or `all`. What is none is left out.
   * @returns how many will be sent.
   * @throws PlanTokenError `unavailable`; TypeError for what is no list of ids.
   */
  resend(ids: readonly string[] | 'all'): Promise<number>
  /** Begins nothing new, waits for what is under way, at most `deliverTimeoutMs`, and lets another process go on at once. */
  close(): Promise<void>
}

/** How long it is waited after the store has failed, in milliseconds: longer each time. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [500, 30_000]
/** How long one call of `runOnce` may go on, in milliseconds. */
const LONGEST_RUN = 3_600_000

/**
 * Makes an outbox: it walks the audit log and looks through the tokens, and hands each notice to `deliver`.
 *
 * - **At least once.** A notice may come twice, after a crash for instance, with the same `id`.
 * - **In order within a plan.** A plan that fails is tried again by itself, longer apart each time, and holds up no other.
 * - **One process at a time**, by a lease in the store. Start it in as many as you like.
 *
 * @throws SetupError, which is a TypeError, with every mistake.
 * @example
 * const outbox = createOutbox({ tokens, deliver: mail({ admins, send }) })
 * outbox.start()
 */
export function createOutbox<P extends Policy>(options: OutboxOptions<P>): Outbox {
  const { engine, settings } = readOutboxOptions(options)
  const { clock, store } = engine
  const name = `outbox/${settings.name}`
  const letters = deadLettersOf(engine, name)
  const alarm = createAlarm(clock)
  const sending = sendingOf(engine, settings, letters)
  const leasing = leasingOf(engine, name, settings.leaseMs, begin)
  let isClosing = false
  let work: Promise<unknown> | undefined
  let isStarted = false

  async function begin(): Promise<State> {
    const query = { order: 'newest', limit: 1 } as const
    const [newest] =
      settings.since === 'now' ? await ask(engine, 'store.events', () => store.events(query), readObjects) : []
    return { v: 1, cursor: newest?.seq ?? 0, plans: [], due: { after: timeOf(engine) }, dead: 0 }
  }
  /** Whether this process was the one that sends, and whether nothing was left. */
  const once = async (stop: Stop): Promise<Pick<RunResult, 'ran' | 'isDone'>> => {
    const held = await leasing.take()
    if (!held) return { ran: false, isDone: false }
    sending.begin(held.state.dead)
    return { ran: true, isDone: await run({ engine, settings, leasing, sending, alarm }, held, stop) }
  }
  const goOn = async (): Promise<void> => {
    let pause = FIRST_PAUSE
    while (!isClosing) {
      try {
        await once({ isAsked: () => isClosing, whenIdle: false })
        pause = FIRST_PAUSE
        if (!isClosing) await alarm.wait(settings.pollMs)
      } catch (error) {
        sending.failed(error)
        await alarm.wait(pause)
        pause = Math.min(2 * pause, LONGEST_PAUSE)
      }
    }
  }

  return {
    name: settings.name,
    start() {
      if (isStarted) return
      isStarted = true
      const end = store.watch?.(() => alarm.ring())
      // Behind a run that is under way: two at once would take the lease from each other.
      work = Promise.resolve(work)
        .then(goOn)
        .finally(() => end?.())
    },
    async runOnce({ forMs = 20_000 } = {}) {
      if (isStarted)
        throw new TypeError('The outbox was started and runs by itself: runOnce() is for one that was not.')
      if (!(Number.isSafeInteger(forMs) && forMs >= 1 && forMs <= LONGEST_RUN))
        throw new TypeError(`runOnce() takes as forMs a whole number of milliseconds from 1 to ${LONGEST_RUN}.`)
      const [before, since] = [sending.counts(), clock.monotonic()]
      const isOver = (): boolean => isClosing || clock.monotonic() - since >= forMs
      // One after another: two at once would take the lease from each other.
      const running = Promise.resolve(work).then(() => once({ isAsked: isOver, whenIdle: true }))
      work = running.catch(() => undefined)
      const result = await running
      const after = sending.counts()
      return {
        ...result,
        delivered: after.delivered - before.delivered,
        failed: after.failed - before.failed,
        dead: after.dead - before.dead,
      }
    },
    status: () => outboxStatusOf(engine, name, letters),
    deadLetters: () => letters.list(),
    async resend(ids) {
      if (ids !== 'all' && !(Array.isArray(ids) && ids.every((id) => typeof id === 'string')))
        throw new TypeError('resend() takes a list of ids of dead letters, or "all".')
      const known = (await letters.list()).map(({ id }) => id)
      const wanted = ids === 'all' ? known : known.filter((id) => ids.includes(id))
      if (wanted.length > 0) await letters.ask(wanted)
      alarm.ring()
      return wanted.length
    },
    async close() {
      isClosing = true
      alarm.ring()
      await work
    },
  }
}
