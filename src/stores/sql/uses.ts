/** When secrets were used last: a table of its own, written in batches. It holds no right and undoes nothing. */
import { isDate } from '../../core/token.ts'
import type { SecretUse } from '../../ports.ts'
import { usesTogether } from './look-ups-together.ts'
import { partsOf, runFixed } from './query.ts'
import { readUse, USE_COLUMNS, type UseRow, wholeRow } from './rows.ts'
import type { Session } from './session.ts'
import type { Db, Setup } from './tables.ts'
import { together } from './together.ts'

/** How many rows are written, and how many ids asked for, in a statement. */
const PART = 500

/** Keeps each use if it is later than what is known. A digest need not be one that the store knows. */
export async function keepUses(session: Session, uses: readonly SecretUse[]): Promise<void> {
  for (const part of partsOf(latestOf(uses), PART)) await session.write((db) => upsert(db, session, part))
}

/** The latest use of each digest, in the order of the digests: two batches then wait for each other instead of colliding. */
function latestOf(uses: readonly SecretUse[]): readonly SecretUse[] {
  const latest = new Map<string, SecretUse>()
  for (const use of uses) {
    const known = latest.get(use.digest)
    if (isDate(use.at) && (!known || known.at < use.at)) latest.set(use.digest, use)
  }
  return [...latest.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1))
}

async function upsert(db: Db, { dialect, names }: Setup, uses: readonly SecretUse[]): Promise<void> {
  const rows = uses.map(({ tokenId, digest, at }) => ({ digest, token_id: tokenId, at }))
  const insert = db.insertInto(names.uses).values(rows)
  const upsert =
    dialect === 'mysql'
      ? insert.onDuplicateKeyUpdate((eb) => ({
          at: eb.fn<number>('greatest', ['at', eb.fn('values', [eb.ref('at')])]),
        }))
      : insert.onConflict((conflict) =>
          conflict
            .column('digest')
            .doUpdateSet((eb) => ({ at: eb.ref('excluded.at') }))
            .whereRef(`${names.uses}.at`, '<', 'excluded.at'),
        )
  await upsert.execute()
}

/** What finds the last uses that are known of the secrets of tokens. */
export function lastUsesOf(session: Session): (tokenIds: readonly string[]) => Promise<SecretUse[]> {
  const { names } = session
  // Those of one token are asked for after every change of it; the others in texts of many lengths.
  const one = (tokenId: string): Promise<readonly UseRow[]> =>
    session.read((db) =>
      runFixed<UseRow>(db, db.selectFrom(names.uses).select(USE_COLUMNS).where('token_id', '=', tokenId)),
    )
  const ofOne = session.dialect === 'postgres' ? together(usesTogether(session, one)) : one
  return async (tokenIds) => {
    const found: SecretUse[] = []
    for (const part of partsOf([...new Set(tokenIds)], PART)) {
      const [first] = part
      const rows =
        part.length === 1 && first !== undefined
          ? await ofOne(first)
          : await session.read((db) =>
              db.selectFrom(names.uses).select(USE_COLUMNS).where('token_id', 'in', part).execute(),
            )
      for (const row of rows) found.push(wholeRow(readUse(row), 'a use of a secret', names.uses))
    }
    return found
  }
}
