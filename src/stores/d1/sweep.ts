/** Removes tokens that ended long ago, with their secrets and uses: each part in one batch, and each token only if it still is ended. */
import { sql } from 'kysely'
import { partsOf } from '../sql/query.ts'
import { endedTokens } from '../sql/sweep.ts'
import { tablesOf } from './commit.ts'
import type { D1Session } from './session.ts'

/** How many tokens a batch removes. */
const STEP = 100

/** Removes up to `limit` tokens that ended before a moment. */
export async function sweepD1(session: D1Session, before: number, limit: number): Promise<number> {
  const { tokens, secrets, uses } = tablesOf(session.names)
  let removed = 0
  for (const part of partsOf(await endedTokens(session, before, limit), STEP)) {
    const ids = JSON.stringify(part)
    const isEnded = sql`ended_at < ${before} and id in (select value from json_each(${ids}))`
    const answers = await session.batch([
      sql`delete from ${secrets} where token_id in (select id from ${tokens} where ${isEnded})`,
      sql`delete from ${uses} where token_id in (select id from ${tokens} where ${isEnded})`,
      sql`delete from ${tokens} where ${isEnded} returning id`,
    ])
    removed += answers.at(-1)?.length ?? 0
  }
  return removed
}
