/**
 * Walks the log while this process holds the lease: hands each event to its plan's lane, looks tokens through for what fell due, and
 * writes down how far it came. A try is made in outbox/sending.ts; what is left of a plan: outbox/lane.ts.
 */
import type { TokenEvent } from '../core/event.ts'
import type { TokenRecord } from '../core/token.ts'
import { ask, readObjects } from '../service/ask.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { elapsed, type Moment, momentOf } from '../service/platform.ts'
import type { Alarm } from './alarm.ts'
import { dueOfAll, hand, isDone, type Lane, laneOf, letGo, newLane, notices, stateOf } from './lane.ts'
import type { Held, Leasing } from './lease.ts'
import type { Settings } from './options.ts'
import type { Sending } from './sending.ts'
import type { DueState, State } from './state.ts'

/** How many events are read at a time, and how many tokens. */
const [PAGE, STEP] = [500, 200]
/** How many plans may wait, and how many events in memory, before the walk waits too. */
const [MOST_LANES, MOST_QUEUED] = [1_000, 5_000]
/** How often the place is written down while there is something to do, in milliseconds. */
const SAVE_MS = 200
/** How long a plan waits after the store has failed, and how long the walk does at first, in milliseconds. */
const [STORE_PAUSE, WALK_PAUSE] = [1_000, 100]

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
export async function run(
  { engine, settings, leasing, sending, alarm }: Parts,
  taken: Held,
  stop: Stop,
): Promise<boolean> {
  let held = taken
  let isLost = false
  let { cursor, due } = taken.state
  const lanes = new Map<string, Lane>(
    taken.state.plans.map((plan) => [plan.planId, laneOf(plan, taken.state.cursor)] as const),
  )
  /** Up to which moment all that fell due of a plan was told: its other tokens are looked through a little later. */
  const told = new Map<string, number>()
  const running = new Set<Promise<void>>()
  let isChanged = false
  /** Whether the walk waits for lanes. */
  let isHeldUp = false
  let savedAt: Moment = taken.since

  const laneFor = (planId: string, after: number): Lane => {
    const lane = lanes.get(planId) ?? newLane(planId, after)
    lanes.set(planId, lane)
    return lane
  }
  const mayGoOn = (): boolean => !isLost && !stop.isAsked() && leasing.isHeldFor(held, settings.deliverTimeoutMs)

  const sendLane = async (lane: Lane): Promise<void> => {
    try {
      const isTold = (until: number): void => void told.set(lane.planId, until)
      for await (const next of notices(engine, lane, () => due.until ?? due.after, isTold)) {
        if (!mayGoOn()) return
        const retryAfter = await sending.send(next, lane.tries + 1)
        isChanged = true
        lane.tries = retryAfter === undefined ? 0 : lane.tries + 1
        if (retryAfter === undefined) continue
        lane.retryAt = timeOf(engine) + retryAfter
        letGo(lane)
        return
      }
    } catch (error) {
      sending.failed(error)
      lane.retryAt = timeOf(engine) + STORE_PAUSE
      letGo(lane)
    }
  }
  const begin = (lane: Lane): void => {
    lane.isRunning = true
    const work = sendLane(lane).finally(() => {
      lane.isRunning = false
      running.delete(work)
      if (isDone(lane)) lanes.delete(lane.planId)
      pump()
      if (running.size === 0 || (isHeldUp && !isFull())) alarm.ring()
    })
    running.add(work)
  }
  const pump = (): void => {
    if (running.size >= settings.concurrency || !mayGoOn()) return
    const now = timeOf(engine)
    for (const lane of lanes.values()) {
      if (running.size >= settings.concurrency) return
      if (!lane.isRunning && lane.retryAt <= now) begin(lane)
    }
  }

  const isFull = (): boolean => {
    if (lanes.size >= MOST_LANES) return true
    let queued = 0
    for (const lane of lanes.values()) queued += lane.queue.length
    return queued >= MOST_QUEUED
  }
  /** Whether there is more. */
  const walk = async (): Promise<boolean> => {
    isHeldUp = isFull()
    if (isHeldUp) return false
    const query = { after: cursor, limit: PAGE }
    const page: TokenEvent[] = await ask(engine, 'store.events', () => engine.store.events(query), readObjects)
    const first = page[0]
    if (first && first.seq > cursor + 1 && cursor > 0) sending.gap(cursor, first.seq)
    for (const event of page) {
      hand(laneFor(event.planId, event.seq - 1), event)
      cursor = event.seq
      isChanged = true
    }
    return page.length === PAGE
  }
  /** Looks through some tokens, if it is time; whether there are more. */
  const lookThrough = async (): Promise<boolean> => {
    const now = timeOf(engine)
    if (!settings.due || lanes.size >= MOST_LANES) return false
    if (due.until === undefined) {
      if (now - due.after < settings.dueEveryMs) return false
      due = { after: due.after, until: now }
      told.clear()
    }
    const window = { after: due.after, until: due.until as number }
    const query = { limit: STEP, ...(due.id !== undefined && { after: due.id }) }
    const page: TokenRecord[] = await ask(
      engine,
      'store.scan',
      async () => engine.store.scan?.(query) ?? [],
      readObjects,
    )
    for (const { planId } of await dueOfAll(engine, page, window))
      if (!((told.get(planId) ?? 0) >= window.until)) laneFor(planId, cursor).dueAfter ??= window.after
    const last = page.at(-1)?.id
    const isOver = page.length < STEP || last === undefined
    due = isOver ? { after: window.until } : ({ ...window, id: last } satisfies DueState)
    isChanged = true
    return !isOver
  }

  const stateNow = (): State => {
    const plans = [...lanes.values()].filter((lane) => !isDone(lane)).map(stateOf)
    return { ...held.state, cursor, due, plans, dead: sending.dead() }
  }
  const save = async (): Promise<void> => {
    const wasChanged = isChanged
    isChanged = false
    savedAt = momentOf(engine.clock)
    try {
      const renewed = await leasing.renew(held, stateNow())
      isLost = renewed === undefined
      held = renewed ?? held
    } catch (error) {
      isChanged ||= wasChanged
      throw error
    }
  }
  const sinceSaved = (): number => elapsed(savedAt, momentOf(engine.clock))
  /** How long it is until a plan is tried again. */
  const untilRetry = (): number => {
    const now = timeOf(engine)
    const waiting = [...lanes.values()].filter((lane) => !lane.isRunning)
    return Math.min(...waiting.map(({ retryAt }) => retryAt - now))
  }
  const isIdle = (): boolean => running.size === 0 && untilRetry() > 0

  /** One round; whether it was the last. */
  const round = async (): Promise<boolean> => {
    const isMore = [await walk(), await lookThrough(), await sending.again(mayGoOn)].some(Boolean)
    pump()
    if (stop.isAsked() || (stop.whenIdle && !isMore && isIdle())) return true
    const renewMs = settings.leaseMs / 3
    if (sinceSaved() >= (isChanged ? Math.min(SAVE_MS, renewMs) : renewMs)) await save()
    if (isLost) return true
    if (!isMore || isHeldUp)
      await alarm.wait(Math.max(1, Math.min(settings.pollMs, untilRetry(), isChanged ? SAVE_MS : renewMs)))
    return false
  }

  try {
    let pause = WALK_PAUSE
    for (let isOver = false; !isOver; ) {
      try {
        isOver = await round()
        pause = WALK_PAUSE
      } catch (error) {
        if (stop.isAsked() || stop.whenIdle || !leasing.isHeldFor(held, pause)) throw error
        sending.failed(error)
        await alarm.wait(pause)
        pause *= 2
      }
    }
  } finally {
    await Promise.all(running)
    if (!isLost) await leasing.release(held, stateNow()).catch(sending.failed)
  }
  return isIdle()
}
