/** What the two statements have in common that write in PostgreSQL: that of one commit, and that of several (stores/sql/commit-group.ts). */

import type { CompiledQuery } from 'kysely'
import { CHAIN_START } from '../../core/chain.ts'
import { isUnreadable } from './problems.ts'
import type { Session } from './session.ts'
import { DURABLE, IS_OPEN, LEFT_OPEN, markSql, UNVOUCHED, type Vouching } from './suitable-postgres.ts'
import type { Db, Setup } from './tables.ts'

/**
 * After so many milliseconds without a word from a process that was stopped or cut off amid a commit in a transaction, PostgreSQL
 * undoes it: until then every other commit waits.
 */
const LONGEST_SILENCE = '5000'

const [OWN, PROBED, NOBODY]: readonly Vouching[] = ['own', 'probed', 'nobody']

/** The first parameters of both. */
const [VOUCHING, MARK] = ['$1::text', '$2::text']

/** What both answer, besides what was written. */
interface Answer {
  readonly session: unknown
  readonly vouching: unknown
  /** Text, since a host may have changed how the driver reads other types. */
  readonly open: unknown
}

/** The part that says what session runs the statement; its columns are those of an answer. */
export function sessionPart(setup: Setup): string {
  return `select ${markSql(setup, 'state')} as session, ${VOUCHING} as vouching, ${IS_OPEN}::text as open`
}

/** Whether something may be written in this session, of which `s` is the part. */
export const IS_GOOD = `s.session = ${MARK} and (${VOUCHING} = '${OWN}' or (${VOUCHING} = '${PROBED}' and s.open = 'false'))`

/** The link of an event in the chain, by SQL. */
export function linkSql(before: string, seq: string, hash: string): string {
  const text = `coalesce(${before}, '${CHAIN_START}') || ':' || (${seq})::pg_catalog.text || ':' || ${hash}`
  return `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(${text}, 'UTF8')), 'hex')`
}

/** What is set for the transaction once it holds the lock, as columns. */
export const UNDER_LOCK = `${DURABLE}, pg_catalog.set_config('idle_in_transaction_session_timeout', '${LONGEST_SILENCE}', true) as silence`

/**
 * Runs one of the two.
 *
 * @param parameters those after the first two.
 * @throws what `Session.alone` knows, if nothing was written because of the connection.
 */
export async function runWrite<A extends Answer>(
  db: Db,
  session: Session,
  statement: CompiledQuery<A>,
  vouching: Vouching,
  parameters: readonly unknown[],
): Promise<A> {
  const first = [vouching, session.goodMark('state')]
  let answer: A
  try {
    answer = (await db.executeQuery({ ...statement, parameters: [...first, ...parameters] })).rows[0] as A
  } catch (thrown) {
    // The connection may be another than it should be, which a look at it tells.
    if (isUnreadable(thrown) && vouching === NOBODY) throw UNVOUCHED
    throw thrown
  }
  session.checkSession(answer.session, 'state')
  if (answer.vouching === NOBODY) throw UNVOUCHED
  if (answer.vouching === PROBED && answer.open === 'true') throw LEFT_OPEN
  return answer
}
