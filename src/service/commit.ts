/**
 * Writes a change: record and event together, by version. A write whose answer was lost is found out and never repeated
 * blindly, and an answer that comes late still counts. What a change is: core/lifecycle.ts.
 */
import type { Actor } from '../core/actor.ts'
import { withHash } from '../core/chain.ts'
import { NotWrittenError, PlanTokenError } from '../core/errors.ts'
import type { EventType, NewEvent } from '../core/event.ts'
import { changesBetween } from '../core/lifecycle.ts'
import type { TokenRecord } from '../core/token.ts'
import { answerInTime, failureOf, unavailable } from './ask.ts'
import { type Engine, timeOf } from './engine.ts'

/** How often a change is judged anew after somebody else's commit. */
const MAX_CONFLICTS = 20
/** How long to wait before looking again after a lost answer, in milliseconds; doubled each time. */
const FIRST_PAUSE = 10
/** How many events are read at a time when looking for our own. */
const PAGE = 100

/** A change that was judged: what to write and what the caller gets, or only the latter where nothing changes. */
export type Judged<Result> = { readonly result: Result } | Write<Result>

/** What to write for a record that was judged; nothing if it is still the one before. */
export function judgement(
  before: TokenRecord,
  record: TokenRecord,
  type: EventType,
  actor: Actor | null,
  told?: Write<TokenRecord>['told'],
): Judged<TokenRecord> {
  return record === before ? { result: record } : { record, type, actor, result: record, ...(told && { told }) }
}

interface Write<Result> {
  readonly record: TokenRecord
  readonly type: EventType
  readonly actor: Actor | null
  readonly result: Result
  /** What the event says beside the differences between the two versions. */
  readonly told?: Pick<NewEvent, 'changes' | 'reason' | 'source' | 'url'>
}

/**
 * Judges a change on the newest record and writes it, again and again while somebody else's commit comes first, so that a
 * revoke never loses to an edit.
 *
 * @param load the newest record, or `undefined` where there is none yet.
 * @param judge what to write; it throws what the caller is told.
 * @throws PlanTokenError `version_conflict` after 20 conflicts, `unavailable` if it cannot be told whether it was written.
 */
export async function change<Before extends TokenRecord | undefined, Result>(
  engine: Engine,
  load: () => Promise<Before>,
  judge: (before: Before) => Judged<Result> | Promise<Judged<Result>>,
): Promise<Result> {
  for (let attempt = 0; attempt < MAX_CONFLICTS; attempt++) {
    const before = await load()
    const judged = await judge(before)
    if (!('record' in judged)) return judged.result
    if (await write(engine, judged.record, withHash(engine.sha256, eventOf(before, judged, timeOf(engine)))))
      return judged.result
  }
  throw new PlanTokenError('version_conflict')
}

function eventOf(before: TokenRecord | undefined, { record, type, actor, told }: Write<unknown>, at: number): NewEvent {
  const { eventId: id, id: tokenId, planId, version } = record
  const changes = before && changesBetween(before, record)
  const { address, session } = actor ?? {}
  return {
    ...{ v: 1, id, at, type, tokenId, planId, actor: actor?.id ?? null, version },
    ...(changes && { changes }),
    ...told,
    ...(address !== undefined && { address }),
    ...(session !== undefined && { session }),
  }
}

/** Whether the pair was written; `false` if another version stands. */
async function write(engine: Engine, record: TokenRecord, event: NewEvent): Promise<boolean> {
  const { clock, store } = engine
  const giveUp = clock.monotonic() + 2 * engine.timeoutMs
  /** Earlier tries that may still be answered: a commit can stand in the queue of a pool for longer than we wait. */
  const late: Promise<true>[] = []
  /** Why the first of them is not answered, for whoever is told that nobody knows. */
  let failure: unknown
  for (let pause = FIRST_PAUSE; ; pause *= 2) {
    let sent: unknown
    const commit = (): Promise<unknown> => {
      const answer = store.commit(record, event)
      sent = answer
      return answer
    }
    try {
      const answer = await Promise.race([answerInTime(engine, commit), ...late])
      if (answer === true) return true
      // At first, false means that somebody else was quicker; after a lost answer it may be our own earlier write.
      if (answer === false && pause === FIRST_PAUSE) return false
      if (answer !== false) return refuseAnswer()
    } catch (error) {
      if (error instanceof PlanTokenError) throw error
      // With an earlier try still under way, nobody knows what that one will do.
      if (error instanceof NotWrittenError && late.length === 0) throw error.cause
      failure = failureOf(engine, error, 'store.commit')
      late.push(onceTrue(sent))
    }
    const found = outcomeOf(engine, record).catch((error: unknown) => {
      engine.report.failed(error, 'store.find')
      return 'open' as const
    })
    const outcome = await Promise.race([found, ...late])
    if (outcome !== 'open') return outcome !== 'superseded'
    if (clock.monotonic() + pause > giveUp) throw unavailable(failure)
    if ((await Promise.race([clock.sleep(pause), ...late])) === true) return true
  }
}

/** Resolves when an answer turns out to be that the pair was written; whatever else it is, or if it never comes, it stays open. */
function onceTrue(answer: unknown): Promise<true> {
  return new Promise((resolve) => {
    Promise.resolve(answer).then(
      (value) => {
        if (value === true) resolve(true)
      },
      () => undefined,
    )
  })
}

function refuseAnswer(): never {
  throw new PlanTokenError('unavailable', {
    message: "The store's commit answered neither true nor false: mend the adapter.",
  })
}

/** What became of a write whose answer was lost: the record carries our event's id, or the log does, or the way is still free. */
async function outcomeOf(engine: Engine, record: TokenRecord): Promise<'written' | 'superseded' | 'open'> {
  const { store } = engine
  const found = await answerInTime(engine, () => store.find(record.id))
  if (found?.eventId === record.eventId) return 'written'
  if (!found || found.version < record.version) return 'open'
  for (let after: number | undefined; ; ) {
    const page = await answerInTime(engine, () =>
      store.events({ tokenId: record.id, order: 'newest', limit: PAGE, ...(after !== undefined && { after }) }),
    )
    if (page.some((event) => event.id === record.eventId)) return 'written'
    const last = page.at(-1)
    if (page.length < PAGE || !last || last.version <= record.version) return 'superseded'
    if (after !== undefined && last.seq >= after) return 'open'
    after = last.seq
  }
}
