/** How far an outbox is, read from the store by whoever asks: for metrics and for the command line. */
import type { TokenEvent } from '../core/event.ts'
import type { EventQuery } from '../ports.ts'
import { ask, readObjects } from '../service/ask.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { readValue } from '../service/values.ts'
import type { DeadLetters } from './dead.ts'
import { readState } from './state.ts'

/** A plan whose next notice has failed. */
export interface WaitingPlan {
  readonly planId: string
  /** How often it was tried. */
  readonly tries: number
  /** Epoch milliseconds: not before then again. */
  readonly retryAt: number
}

/** How far an outbox is. */
export interface OutboxStatus {
  /** The `seq` up to which the log was walked; `null` of an outbox that has never run. */
  readonly cursor: number | null
  /** What is not sent yet, but for the plans that fail. */
  readonly lag: {
    /** How many events, at most. */
    readonly events: number
    /** How old the oldest is; 0 if there is none. */
    readonly seconds: number
  }
  /** The plans that fail and are tried again. */
  readonly waiting: readonly WaitingPlan[]
  /** How many dead letters are kept. */
  readonly dead: number
  /** Epoch milliseconds: up to when tokens were looked through for what fell due. */
  readonly dueAt: number | null
  /** Until when some process is the one that sends, epoch milliseconds by its clock; `null` if none is. */
  readonly leasedUntil: number | null
}

/** How far the outbox of a name has come, and what it could not deliver. */
export async function outboxStatusOf(
  engine: ManagingEngine,
  name: string,
  letters: DeadLetters,
): Promise<OutboxStatus> {
  const [kept, dead] = await Promise.all([readValue(engine, name), letters.list()])
  const state = kept && readState(name, kept.value)
  if (!state)
    return {
      ...{ cursor: null, lag: { events: 0, seconds: 0 }, waiting: [], dead: dead.length },
      ...{ dueAt: null, leasedUntil: null },
    }
  const now = timeOf(engine)
  const under = state.plans.filter(({ tries }) => tries === 0)
  const done = Math.min(state.cursor, ...under.map(({ after }) => after))
  const events = (query: EventQuery): Promise<TokenEvent[]> =>
    ask(engine, 'store.events', () => engine.store.events(query), readObjects)
  const [[newest], [first]] = await Promise.all([
    events({ order: 'newest', limit: 1 }),
    events({ after: done, limit: 1 }),
  ])
  const { lease } = state
  return {
    cursor: state.cursor,
    lag: {
      events: Math.max(0, (newest?.seq ?? done) - done),
      seconds: first ? Math.max(0, (now - first.at) / 1_000) : 0,
    },
    waiting: state.plans
      .filter(({ tries }) => tries > 0)
      .map(({ planId, tries, retryAt }) => ({ planId, tries, retryAt })),
    dead: dead.length,
    dueAt: state.due.after,
    leasedUntil: lease && lease.until > now ? lease.until : null,
  }
}
