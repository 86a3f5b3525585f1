/**
 * Removes tokens that ended long ago, with their secrets and uses: in small transactions beside the traffic, and each only if
 * it still is what it was when it was found. Events: stores/sql/log.ts.
 */
import { partsOf } from './query.ts'
import type { Session } from './session.ts'
import type { Db, Setup } from './tables.ts'
import { textOf } from './values.ts'

/** How many tokens a transaction removes. */
const STEP = 100

/** Removes up to `limit` tokens that ended before a moment. */
export async function sweepTokens(session: Session, before: number, limit: number): Promise<number> {
  const { names } = session
  let removed = 0
  for (const part of partsOf(await endedTokens(session, before, limit), STEP)) {
    const ids = await session.transaction(async (db) => {
      const ids = await removeEnded(db, session, part, before)
      if (ids.length === 0) return ids
      await db.deleteFrom(names.secrets).where('token_id', 'in', ids).execute()
      await db.deleteFrom(names.uses).where('token_id', 'in', ids).execute()
      return ids
    })
    removed += ids?.length ?? 0
  }
  return removed
}

/** The ids of up to `limit` tokens that ended before a moment, those that ended first in front. */
export async function endedTokens(session: Session, before: number, limit: number): Promise<readonly string[]> {
  const { tokens } = session.names
  const rows = await session.read((db) =>
    db.selectFrom(tokens).select('id').where('ended_at', '<', before).orderBy('ended_at').limit(limit).execute(),
  )
  return idsOf(rows)
}

/** Removes those that ended before the moment even now, since one may have been refreshed meanwhile; their ids. */
async function removeEnded(
  db: Db,
  { dialect, names }: Setup,
  ids: readonly string[],
  before: number,
): Promise<readonly string[]> {
  if (dialect !== 'mysql')
    return idsOf(
      await db.deleteFrom(names.tokens).where('id', 'in', ids).where('ended_at', '<', before).returning('id').execute(),
    )
  const rows = await db
    .selectFrom(names.tokens)
    .select('id')
    .where('id', 'in', ids)
    .where('ended_at', '<', before)
    .orderBy('id')
    .forUpdate()
    .execute()
  const locked = idsOf(rows)
  if (locked.length > 0) await db.deleteFrom(names.tokens).where('id', 'in', locked).execute()
  return locked
}

function idsOf(rows: readonly { readonly id: unknown }[]): readonly string[] {
  return rows.map(({ id }) => textOf(id)).filter((id) => id !== undefined)
}
