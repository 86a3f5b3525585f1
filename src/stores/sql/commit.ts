/**
 * Writes a record and its event in one transaction. The first statement takes the next `seq` out of the store's one row and
 * holds that row's lock until the end, so that nobody can see an event before the ones with smaller numbers. It also means that
 * commits go one after another: they are what admins do, and few.
 */
import type { NewEvent, TokenRecord } from '../../core/token.ts'
import { isDuplicate, notMigrated } from './problems.ts'
import { partsOf } from './query.ts'
import { eventRow, tokenRow } from './rows.ts'
import type { Session } from './session.ts'
import { durableColumn, markOf } from './suitable-postgres.ts'
import type { Db, Setup } from './tables.ts'
import { textOf, wholeOf } from './values.ts'

/** How many rows a statement writes at most. */
const PART = 500
/**
 * After so many milliseconds without a word from a process that was stopped or cut off amid a commit, PostgreSQL undoes it:
 * until then every other commit waits. MySQL has no such limit for one transaction.
 */
const LONGEST_SILENCE = '5000'

/** Whether the pair was written; `false` if another version stands, and then nothing was. */
export async function commit(session: Session, record: TokenRecord, event: NewEvent): Promise<boolean> {
  if (!Number.isSafeInteger(record.version) || record.version < 1) return false
  const row = tokenRow(record)
  eventRow(event, 1)
  const digests = [...new Set(record.secrets.map(({ digest }) => digest))]
  const written = await session.transaction(async (db) => {
    const seq = await nextSeq(db, session)
    const isFirst = record.version === 1
    if (!(isFirst ? await insertToken(db, session, row) : await updateToken(db, session, row))) return undefined
    await keepSecrets(db, session, record.id, digests, isFirst)
    await insertEvent(db, session, eventRow(event, seq))
    return true
  })
  return written === true
}

async function nextSeq(db: Db, session: Session): Promise<number> {
  const { dialect, names } = session
  const update = db
    .updateTable(names.state)
    .set((eb) => ({ last_seq: eb('last_seq', '+', 1).$castTo<number>() }))
    .where('id', '=', 1)
  if (dialect === 'postgres') {
    // The limit comes with the lock, without a statement of its own.
    const limit = update.returning((eb) => [
      'last_seq',
      eb
        .fn('set_config', [eb.val('idle_in_transaction_session_timeout'), eb.val(LONGEST_SILENCE), eb.lit(true)])
        .as('limit'),
    ])
    const row = await limit.returning([markOf(session, 'state'), durableColumn]).executeTakeFirst()
    // Before anything is written that a connection might make something else of.
    if (row) session.judge(row.session, 'state')
    return seqOf(row, names.state)
  }
  if (dialect === 'sqlite') return seqOf(await update.returning('last_seq').executeTakeFirst(), names.state)
  await update.execute()
  return seqOf(await db.selectFrom(names.state).select('last_seq').where('id', '=', 1).executeTakeFirst(), names.state)
}

function seqOf(row: { readonly last_seq: unknown } | undefined, table: string): number {
  const seq = wholeOf(row?.last_seq)
  if (seq === undefined) throw notMigrated(`The table "${table}" does not hold the last number of an event.`)
  return seq
}

type TokenColumns = ReturnType<typeof tokenRow>

/** Whether there was none with this id. */
async function insertToken(db: Db, { dialect, names }: Setup, row: TokenColumns): Promise<boolean> {
  const insert = db.insertInto(names.tokens).values(row)
  if (dialect !== 'mysql') {
    const { numInsertedOrUpdatedRows } = await insert
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirstOrThrow()
    return numInsertedOrUpdatedRows === 1n
  }
  try {
    await insert.execute()
    return true
  } catch (thrown) {
    if (isDuplicate(thrown)) return false
    throw thrown
  }
}

/** Whether the version before this one stood. */
async function updateToken(db: Db, { names }: Setup, { id, ...row }: TokenColumns): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable(names.tokens)
    .set(row)
    .where('id', '=', id)
    .where('version', '=', row.version - 1)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Makes the token found by these digests and no others. */
async function keepSecrets(db: Db, { names }: Setup, tokenId: string, digests: readonly string[], isFirst: boolean) {
  const known = new Set<string | undefined>()
  if (!isFirst) {
    const rows = await db.selectFrom(names.secrets).select('digest').where('token_id', '=', tokenId).execute()
    for (const { digest } of rows) known.add(textOf(digest))
  }
  const added = digests.filter((digest) => !known.has(digest)).map((digest) => ({ digest, token_id: tokenId }))
  try {
    for (const part of partsOf(added, PART)) await db.insertInto(names.secrets).values(part).execute()
  } catch (thrown) {
    // The driver's own error quotes the digest.
    if (isDuplicate(thrown)) throw new Error('A new secret of the token belongs to another token. Nothing was written.')
    throw thrown
  }
  const kept = new Set<string | undefined>(digests)
  const forgotten = [...known].filter((digest) => digest !== undefined && !kept.has(digest)) as string[]
  for (const part of partsOf(forgotten, PART)) await db.deleteFrom(names.secrets).where('digest', 'in', part).execute()
}

async function insertEvent(db: Db, { dialect, names, channel }: Setup, row: ReturnType<typeof eventRow>) {
  const insert = db.insertInto(names.events).values(row)
  if (dialect !== 'postgres') await insert.execute()
  // Sent when the transaction is committed, and only then.
  else await insert.returning((eb) => eb.fn('pg_notify', [eb.val(channel), eb.val('')]).as('told')).execute()
}
