/**
 * The lanes of all plans, and which of them are sent at the same time. What is left of one plan: outbox/lane.ts. A try: outbox/sending.ts.
 * Who hands events over: outbox/runner.ts.
 */
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import type { DueWalk } from './due-walk.ts'
import { isDone, type Lane, laneOf, letGo, newLane, notices, stateOf } from './lane.ts'
import type { Sending } from './sending.ts'
import type { PlanState, State } from './state.ts'

/** How many plans may wait, and how many events in memory, before nothing more is read. */
const [MOST_LANES, MOST_QUEUED] = [1_000, 5_000]
/** How long a plan waits after the store has failed, in milliseconds. */
const STORE_PAUSE = 1_000

/** The lanes of all plans. */
export interface Lanes {
  /** The lane of a plan; where there is none, a new one of which everything up to a `seq` is done. */
  of(planId: string, after: number): Lane
  /** Whether as many plans wait as may. */
  isCrowded(): boolean
  /** Whether so much waits that no more events are to be read. */
  isFull(): boolean
  /** Begins to send what it is time for, of as many plans as may be sent at the same time. */
  pump(): void
  /** Whether nothing is being sent. */
  isAtRest(): boolean
  /** How long it is until a plan is tried again, in milliseconds; infinite if none waits. */
  untilRetry(): number
  /** What is written down of the plans that are not done. */
  states(): readonly PlanState[]
  /** Resolves when what is being sent is over. */
  ended(): Promise<void>
}

/** What lanes need of the run. */
interface LanesParts {
  readonly engine: ManagingEngine
  readonly sending: Sending
  readonly due: DueWalk
  /** How many are sent at the same time. */
  readonly concurrency: number
  /** Whether one more notice may be sent. */
  mayGoOn(): boolean
  /** Is called after each try. */
  onTry(): void
  /** Is called when a lane stops, for whatever reason. */
  onStop(): void
}

/** @param state as it was written down. */
export function lanesOf(
  state: State,
  { engine, sending, due, concurrency, mayGoOn, onTry, onStop }: LanesParts,
): Lanes {
  const lanes = new Map(state.plans.map((plan) => [plan.planId, laneOf(plan, state.cursor)] as const))
  const running = new Set<Promise<void>>()

  const retryIn = (lane: Lane, ms: number): void => {
    lane.retryAt = timeOf(engine) + ms
    letGo(lane)
  }
  const send = async (lane: Lane): Promise<void> => {
    try {
      const isTold = (until: number): void => due.told(lane.planId, until)
      for await (const next of notices(engine, lane, due.until, isTold)) {
        if (!mayGoOn()) return
        const retryAfter = await sending.send(next, lane.tries + 1)
        onTry()
        lane.tries = retryAfter === undefined ? 0 : lane.tries + 1
        if (retryAfter !== undefined) return retryIn(lane, retryAfter)
      }
    } catch (error) {
      sending.failed(error)
      retryIn(lane, STORE_PAUSE)
    }
  }
  const begin = (lane: Lane): void => {
    lane.isRunning = true
    const work = send(lane).finally(() => {
      lane.isRunning = false
      running.delete(work)
      if (isDone(lane)) lanes.delete(lane.planId)
      pump()
      onStop()
    })
    running.add(work)
  }
  const pump = (): void => {
    if (running.size >= concurrency || !mayGoOn()) return
    const now = timeOf(engine)
    for (const lane of lanes.values()) {
      if (running.size >= concurrency) return
      if (!lane.isRunning && lane.retryAt <= now) begin(lane)
    }
  }
  const isCrowded = (): boolean => lanes.size >= MOST_LANES

  return {
    of(planId, after) {
      const lane = lanes.get(planId) ?? newLane(planId, after)
      lanes.set(planId, lane)
      return lane
    },
    isCrowded,
    isFull() {
      if (isCrowded()) return true
      let queued = 0
      for (const lane of lanes.values()) queued += lane.queue.length
      return queued >= MOST_QUEUED
    },
    pump,
    isAtRest: () => running.size === 0,
    untilRetry() {
      const now = timeOf(engine)
      const waiting = [...lanes.values()].filter((lane) => !lane.isRunning)
      return Math.min(...waiting.map(({ retryAt }) => retryAt - now))
    },
    states: () => [...lanes.values()].filter((lane) => !isDone(lane)).map(stateOf),
    async ended() {
      await Promise.all(running)
    },
  }
}
