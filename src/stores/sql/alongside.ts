/**
 * What a host writes of its own in the transaction of a change: when it runs, how long it may, and what becomes of what it throws.
 * Who asks for it: stores/sql/commit.ts. It runs once record and event are written and numbered, so never for a lost race, and
 * holds the number's lock: every other change waits for it.
 */
import { NotWrittenError, PlanTokenError } from '../../core/errors.ts'
import type { TokenEvent } from '../../core/event.ts'
import { frozenCopy } from '../../core/freeze.ts'
import type { TokenRecord } from '../../core/token.ts'
import { isAborted, isUndone } from './problems.ts'
import { rawQuery } from './query.ts'
import type { Db, Setup } from './tables.ts'

/**
 * Writes a host's own rows beside a change.
 *
 * @param trx the transaction that has written record and event, and will be committed when the promise resolves.
 * @param record the token as it is from now on: digests of its secrets, never a secret.
 * @param event the line of the audit log, with its `seq`.
 */
export type RunAlongside<Trx> = (trx: Trx, record: TokenRecord, event: TokenEvent) => PromiseLike<unknown>

/** How long it may run if the host has not said, in milliseconds: half of what the engine waits for a commit. */
const USUAL_TIME = 1_000
/** The longest that can be set: PostgreSQL cuts off a transaction that falls silent for 5 s (stores/sql/commit-postgres.ts). */
export const LONGEST_TIME = 4_000

/**
 * For MySQL: how long a statement waits for a lock, in seconds. By itself it is 50, and as long all other changes would wait. The
 * setting is the connection's, so that it is put back.
 */
const waitFor = (timeoutMs: number): string =>
  `set @plan_access_tokens_wait = @@session.innodb_lock_wait_timeout, session innodb_lock_wait_timeout = least(@@session.innodb_lock_wait_timeout, ${Math.ceil(timeoutMs / 1_000)})`
const WAIT_AS_BEFORE = 'set session innodb_lock_wait_timeout = @plan_access_tokens_wait'

/** What is run in the transactions of a store. */
export interface Alongside {
  readonly timeoutMs: number
  /**
   * @param refuse is told at once when its time is over: the database may take longer to undo what was done.
   * @returns why everything has to be undone, or `undefined`.
   * @throws what the database said when it undid the transaction for the sake of another.
   */
  run(
    within: Db,
    record: TokenRecord,
    event: TokenEvent,
    refuse: (refused: NotWrittenError) => void,
  ): Promise<NotWrittenError | undefined>
}

/** How the transaction is handed out. */
export interface Handing<Trx> {
  /** The transaction as the host knows it; it is to refuse whatever is asked of it once it is over. */
  handOut(within: Db, isOver: () => boolean): Trx | Promise<Trx>
  /** What the driver threw, out of what a client has wrapped around it. */
  unwrap(thrown: unknown): unknown
}

/** Makes what is run in a store's transactions. */
export function alongsideOf<Trx>(
  setup: Setup,
  run: RunAlongside<Trx>,
  { handOut, unwrap }: Handing<Trx>,
  timeoutMs: number = USUAL_TIME,
): Alongside {
  return {
    timeoutMs,
    async run(within, record, event, refuse) {
      let isOver = false
      let timer: ReturnType<typeof setTimeout> | undefined
      /** What the caller has heard already: from then on nothing else may become of the change. */
      let heard: NotWrittenError | undefined
      const late = new Promise<NotWrittenError>((resolve) => {
        timer = setTimeout(() => {
          isOver = true
          heard = new NotWrittenError(tookTooLong(timeoutMs))
          refuse(heard)
          resolve(heard)
        }, timeoutMs)
      })
      const ran = async (): Promise<NotWrittenError | undefined> => {
        try {
          await run(await handOut(within, () => isOver), frozenCopy(record), frozenCopy(event))
          return undefined
        } catch (thrown) {
          const inner = unwrap(thrown)
          // Undone for the sake of another transaction: both are tried again.
          if (isUndone(inner) && !isOver) throw inner
          return new NotWrittenError(thrown)
        }
      }
      try {
        if (setup.dialect === 'mysql') await within.executeQuery(rawQuery(waitFor(timeoutMs)))
        let refused: NotWrittenError | undefined
        try {
          refused = await Promise.race([ran(), late])
        } finally {
          isOver = true
          // What was asked and not waited for would otherwise come after the end, in nobody's transaction.
          await within.getExecutor().provideConnection(async () => undefined)
          if (setup.dialect === 'mysql') await within.executeQuery(rawQuery(WAIT_AS_BEFORE))
        }
        refused ??= (await isKept(within, setup, event)) ? undefined : new NotWrittenError(wentOn())
        return heard ?? refused
      } catch (thrown) {
        if (heard) return heard
        throw thrown
      } finally {
        isOver = true
        clearTimeout(timer)
      }
    },
  }
}

/**
 * Whether the event still is where it was written. It is not where a statement had failed, nobody was told, and the database has
 * undone the transaction: a commit would then be acknowledged and write nothing.
 */
async function isKept(within: Db, { names }: Setup, { seq, id }: TokenEvent): Promise<boolean> {
  try {
    const [row] = await within.selectFrom(names.events).select('id').where('seq', '=', seq).execute()
    return row?.id === id
  } catch (thrown) {
    if (isAborted(thrown)) return false
    throw thrown
  }
}

const tookTooLong = (timeoutMs: number): PlanTokenError =>
  new PlanTokenError('unavailable', {
    message: `The store's alongside did not come to its end within ${timeoutMs} ms. The change was undone. It must use the transaction that it is given and no other connection, and wait for nothing else; a longer time is alongsideTimeoutMs.`,
  })

const wentOn = (): PlanTokenError =>
  new PlanTokenError('unavailable', {
    message:
      "The store's alongside went on after one of its statements had failed, or ended the transaction itself. The change was undone. Let it throw what its statements throw.",
  })

/** The error for whoever uses the transaction when it is over. */
export const isOverError = (): Error =>
  new Error('The transaction of `alongside` is over. Wait in it for everything that it does.')
