/**
 * Walks the log while this process holds the lease: hands each event to its plan's lane, and goes on by rounds until it is told to
 * stop. The lanes: outbox/lanes.ts. What fell due: outbox/due-walk.ts. The lease, and what is written down: outbox/hold.ts.
 */
import type { TokenEvent } from '../core/event.ts'
import { ask, readObjects } from '../service/ask.ts'
import type { ManagingEngine } from '../service/engine.ts'
import type { Alarm } from './alarm.ts'
import { dueWalkOf } from './due-walk.ts'
import { type Hold, holdOf } from './hold.ts'
import { hand } from './lane.ts'
import { lanesOf } from './lanes.ts'
import type { Held, Leasing } from './lease.ts'
import type { Settings } from './options.ts'
import type { Sending } from './sending.ts'

/** How many events are read at a time. */
const PAGE = 500
/** How long a run waits at first after the store has failed, in milliseconds. */
const FIRST_PAUSE = 100

/** What a run is told. */
export interface Stop {
  /** Whether nothing new is to be begun. */
  isAsked(): boolean
  /** Whether to end once there is nothing to do now. */
  readonly whenIdle: boolean
}

/** What it takes to run. */
export interface Parts {
  readonly engine: ManagingEngine
  readonly settings: Settings
  readonly leasing: Leasing
  readonly sending: Sending
  readonly alarm: Alarm
}

/**
 * Goes on until it is told to stop, or has lost the lease, and then lets go. Whether there was nothing left to do. While the lease
 * holds, a store that fails is asked again: what was sent is still known here, and need not be sent again.
 *
 * @throws whatever the store fails with, of one run at once, else when the lease is over; what was sent and not written down is sent again.
 */
export async function run(parts: Parts, taken: Held, stop: Stop): Promise<boolean> {
  const { engine, settings, leasing, sending, alarm } = parts
  let { cursor } = taken.state
  /** Whether the walk waits for lanes. */
  let isHeldUp = false
  const hold = holdOf(engine.clock, leasing, settings.leaseMs, taken, () => ({
    ...{ cursor, plans: lanes.states(), due: due.state(), dead: sending.dead() },
  }))
  const mayGoOn = (): boolean => !hold.isLost() && !stop.isAsked() && hold.isHeldFor(settings.deliverTimeoutMs)
  const due = dueWalkOf(engine, settings.dueEveryMs, taken.state.due)
  const lanes = lanesOf(taken.state, {
    ...{ engine, sending, due, mayGoOn, concurrency: settings.concurrency, onTry: hold.changed },
    onStop() {
      if (lanes.isAtRest() || (isHeldUp && !lanes.isFull())) alarm.ring()
    },
  })

  /** Hands over some events; whether there are more. */
  const walk = async (): Promise<boolean> => {
    isHeldUp = lanes.isFull()
    if (isHeldUp) return false
    const query = { after: cursor, limit: PAGE }
    const page: TokenEvent[] = await ask(engine, 'store.events', () => engine.store.events(query), readObjects)
    const first = page[0]
    if (first && first.seq > cursor + 1 && cursor > 0) sending.gap(cursor, first.seq)
    for (const event of page) {
      hand(lanes.of(event.planId, event.seq - 1), event)
      cursor = event.seq
      hold.changed()
    }
    return page.length === PAGE
  }
  /** Looks through some tokens, if it is time; whether there are more. */
  const lookThrough = async (): Promise<boolean> => {
    if (!settings.due || lanes.isCrowded()) return false
    const isMore = await due.step((planId, after) => {
      lanes.of(planId, cursor).dueAfter ??= after
    })
    if (isMore !== undefined) hold.changed()
    return isMore === true
  }
  const isIdle = (): boolean => lanes.isAtRest() && lanes.untilRetry() > 0

  /** One round; whether it was the last. */
  const round = async (): Promise<boolean> => {
    const isMore = [await walk(), await lookThrough(), await sending.again(mayGoOn)].some(Boolean)
    lanes.pump()
    if (stop.isAsked() || (stop.whenIdle && !isMore && isIdle())) return true
    await hold.saveIfDue()
    if (hold.isLost()) return true
    if (!isMore || isHeldUp)
      await alarm.wait(Math.max(1, Math.min(settings.pollMs, lanes.untilRetry(), hold.saveEveryMs())))
    return false
  }

  try {
    await goRound(round, parts, hold, stop)
  } finally {
    await lanes.ended()
    await hold.release().catch(sending.failed)
  }
  return isIdle()
}

/** Round after round. After a failure again, longer apart each time, while the lease outlasts the pause. */
async function goRound(
  round: () => Promise<boolean>,
  { sending, alarm }: Parts,
  hold: Hold,
  stop: Stop,
): Promise<void> {
  let pause = FIRST_PAUSE
  for (let isOver = false; !isOver; ) {
    try {
      isOver = await round()
      pause = FIRST_PAUSE
    } catch (error) {
      if (stop.isAsked() || stop.whenIdle || !hold.isHeldFor(pause)) throw error
      sending.failed(error)
      await alarm.wait(pause)
      pause *= 2
    }
  }
}
