/**
 * What is still to be sent of one plan, in its order: what the walk has handed over, what has to be read from the log once more, and
 * what fell due. A plan that fails waits by itself and holds up no other. Who walks: outbox/runner.ts.
 */
import type { TokenEvent } from '../core/event.ts'
import type { TokenRecord } from '../core/token.ts'
import { ask, readObjects } from '../service/ask.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { askRules } from '../service/plan-rules.ts'
import { dueOf, type Window } from './due.ts'
import { headOf, type NoticeHead } from './notice.ts'
import type { PlanState } from './state.ts'

/** How many events of a plan are kept in memory; more are read from the log once more. */
const MOST_QUEUED = 100
/** How many tokens of a plan are read at a time. */
const STEP = 100

/** The next notice of a plan. */
export interface Next {
  readonly head: NoticeHead
  /** Absent of what fell due. */
  readonly event?: TokenEvent
}

/** The notices of one plan that are not sent. */
export interface Lane {
  readonly planId: string
  /** Everything up to this `seq` is done. */
  after: number
  /** How often the next one was tried, and not before when it is tried again. */
  tries: number
  retryAt: number
  /** What fell due since then is not sent yet. */
  dueAfter: number | undefined
  isRunning: boolean
  readonly queue: TokenEvent[]
  /** The newest event of the plan that the walk has passed. */
  passed: number
  /** Up to where the queue holds all of them. */
  known: number
  /** What fell due and was sent, since `dueAfter`. */
  readonly told: Set<string>
}

/** A lane of which everything up to a `seq` is done. */
export const newLane = (planId: string, after: number): Lane => ({
  ...{ planId, after, tries: 0, retryAt: 0, dueAfter: undefined, isRunning: false },
  ...{ queue: [], passed: after, known: after, told: new Set() },
})

/** A lane as it was written down, of which the walk has passed everything up to the cursor. */
export function laneOf({ planId, after, tries, retryAt, dueAfter }: PlanState, cursor: number): Lane {
  return { ...newLane(planId, after), tries, retryAt, dueAfter, passed: Math.max(after, cursor) }
}

/** What is written down of a lane. */
export function stateOf({ planId, after, tries, retryAt, dueAfter }: Lane): PlanState {
  return { planId, after, tries, retryAt, ...(dueAfter !== undefined && { dueAfter }) }
}

/** Whether there is nothing more to send. */
export const isDone = (lane: Lane): boolean =>
  !lane.isRunning && lane.queue.length === 0 && !isBehind(lane) && lane.dueAfter === undefined

const isBehind = ({ known, passed }: Lane): boolean => known < passed

/**
 * Lets go of what is in memory but for the next event: a lane that waits for its next try takes no room from others, and reads the
 * rest from the log once more.
 */
export function letGo(lane: Lane): void {
  const [next] = lane.queue.splice(0)
  if (next) lane.queue.push(next)
  lane.known = Math.min(lane.known, next?.seq ?? lane.after)
}

/** Hands an event over, in the order of the log. Of a lane that is tried again no more than the next one is kept. */
export function hand(lane: Lane, event: TokenEvent): void {
  if (!isBehind(lane) && lane.queue.length < (lane.tries > 0 ? 1 : MOST_QUEUED)) {
    lane.queue.push(event)
    lane.known = event.seq
  }
  lane.passed = event.seq
}

/** Reads what was not kept in memory. */
async function refill(engine: ManagingEngine, lane: Lane): Promise<void> {
  // What is newer than this comes by the walk, or is asked for the next time: it may not have been there when this is answered.
  const upTo = lane.passed
  const query = { planId: lane.planId, after: lane.after, limit: MOST_QUEUED }
  const page: TokenEvent[] = await ask(engine, 'store.events', () => engine.store.events(query), readObjects)
  lane.queue.push(...page.filter(({ seq }) => seq <= upTo))
  const isWhole = page.length < MOST_QUEUED || (page.at(-1)?.seq ?? 0) > upTo
  lane.known = isWhole ? upTo : (lane.queue.at(-1)?.seq ?? upTo)
}

/**
 * The notices of a lane one after another; that the next one is asked for says that the one before is done.
 *
 * @param dueUntil up to which moment tokens are looked through.
 * @param isTold is called once all is done that fell due up to a moment.
 */
export async function* notices(
  engine: ManagingEngine,
  lane: Lane,
  dueUntil: () => number,
  isTold: (until: number) => void,
): AsyncGenerator<Next, void, undefined> {
  for (;;) {
    if (lane.queue.length === 0 && isBehind(lane)) await refill(engine, lane)
    const event = lane.queue[0]
    if (event) {
      yield { head: headOf(event), event }
      lane.queue.shift()
      lane.after = event.seq
    } else if (!isBehind(lane)) {
      if (lane.dueAfter === undefined) return
      const until = dueUntil()
      for (const head of await dueIn(engine, lane.planId, { after: lane.dueAfter, until })) {
        if (lane.told.has(head.id)) continue
        yield { head }
        lane.told.add(head.id)
      }
      isTold(until)
      // Tokens may be looked through up to a later moment by now.
      lane.dueAfter = dueUntil() > until ? until : undefined
      lane.told.clear()
    }
  }
}

/** Everything that fell due of a plan, in its order. */
async function dueIn(engine: ManagingEngine, planId: string, window: Window): Promise<readonly NoticeHead[]> {
  const due: NoticeHead[] = []
  for (let last: TokenRecord | undefined; ; ) {
    const after = last && { ended: false, at: last.createdAt, id: last.id }
    const query = { planId, order: 'newest', now: timeOf(engine), limit: STEP, ...(after && { after }) } as const
    const page: TokenRecord[] = await ask(engine, 'store.list', () => engine.store.list(query), readObjects)
    due.push(...(await dueOfAll(engine, page, window)).filter((head) => head.planId === planId))
    last = page.at(-1)
    if (page.length < STEP) return due.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  }
}

/** What falls due of some tokens. */
export async function dueOfAll(
  engine: ManagingEngine,
  records: readonly TokenRecord[],
  window: Window,
): Promise<readonly NoticeHead[]> {
  const uses = records.length === 0 ? undefined : await engine.uses.of(records.map(({ id }) => id))
  // All at once, so that a directory which does not answer is waited for once and not for each plan. Rules that cannot be had hold up
  // nothing else: onError has heard of them, and what follows from them is not told meanwhile.
  const plans = [...new Set(records.map(({ planId }) => planId))]
  const found = plans.map(async (planId) => [planId, await askRules(engine, planId).catch(() => undefined)] as const)
  const rules = new Map(await Promise.all(found))
  return records.flatMap((record) => dueOf(record, uses, window, rules.get(record.planId)))
}
