/**
 * Writes a record and its event together. Commits take the next `seq` out of the store's one row, one after another, by the lock
 * of that row: nobody can see an event before the ones with smaller numbers. So the lock is taken last, once all else is written,
 * and the row is the last one that is waited for. Here for MySQL and SQLite; PostgreSQL does it in one statement
 * (stores/sql/commit-postgres.ts).
 */
import { CHAIN_START, linkOf } from '../../core/chain.ts'
import { platformSha256 } from '../../core/digest.ts'
import type { NewEvent } from '../../core/event.ts'
import type { TokenRecord } from '../../core/token.ts'
import type { Alongside } from './alongside.ts'
import { latest } from './beside.ts'
import { postgresCommit, postgresWrite } from './commit-postgres.ts'
import { digestTaken, isDuplicate, unlessThere, withoutNumber } from './problems.ts'
import { partsOf } from './query.ts'
import { eventRow, tokenRow } from './rows.ts'
import type { Session } from './session.ts'
import type { Db, Setup } from './tables.ts'
import { textOf, wholeOf } from './values.ts'

const sha256 = platformSha256()
/** How many rows a statement writes at most. */
const PART = 500

/** Whether the pair was written; `false` if another version stands, and then nothing was. */
type Commit = (record: TokenRecord, event: NewEvent) => Promise<boolean>
/** Writes a pair within a transaction: the event's number, or `undefined` if another version stands. */
type Write = (db: Db, record: TokenRecord, event: NewEvent, known: Known | undefined) => Promise<number | undefined>

/** The commit of a store. @param alongside what the host does in each of its transactions. */
export function commitOf(session: Session, alongside?: Alongside): Commit {
  const commit = wayOf(session, alongside)
  return async (record, event) => Number.isSafeInteger(record.version) && record.version >= 1 && commit(record, event)
}

function wayOf(session: Session, alongside: Alongside | undefined): Commit {
  if (session.dialect !== 'postgres')
    return inTransaction(session, writeOf(session, alongside !== undefined), alongside)
  if (!alongside) return postgresCommit(session)
  const write = postgresWrite(session, alongside.timeoutMs)
  return inTransaction(session, (db, record, event) => write(db, 'own', record, event), alongside)
}

function inTransaction(session: Session, write: Write, alongside: Alongside | undefined): Commit {
  const isMysql = session.dialect === 'mysql'
  return (record, event) =>
    refusable(async (refuse) => {
      tokenRow(record)
      eventRow(event, 1)
      const written = await session.transaction<true, Known>(
        async (db, before) => {
          const seq = await write(db, record, event, before)
          if (seq === undefined) return undefined
          const refused = await alongside?.run(db, record, { ...event, seq }, refuse)
          if (!refused) return true
          refuse(refused)
          return undefined
        },
        // Before the transaction: a read in it would give it a snapshot, and MariaDB may then refuse to number the event (1020).
        isMysql ? (db) => knownOf(db, session, record) : undefined,
      )
      return written === true
    })
}

/** Runs a commit that can be refused before it has come to its end, since what it waits for may never come. */
function refusable(commit: (refuse: (refused: Error) => void) => Promise<boolean>): Promise<boolean> {
  return new Promise((resolve, reject) => void commit(reject).then(resolve, reject))
}

/** Writes part by part, for MySQL and SQLite. @param isTold whether somebody wants to know the number, which MySQL has to be asked for. */
function writeOf(session: Session, isTold: boolean): Write {
  const isMysql = session.dialect === 'mysql'
  return async (db, record, event, before) => {
    const row = tokenRow(record)
    const { id, version } = record
    if (isMysql && before?.version !== version - 1) return undefined
    if (!(version === 1 ? await insertToken(db, session, row) : await updateToken(db, session, row))) return undefined
    const digests = [...new Set(record.secrets.map(({ digest }) => digest))]
    await keepSecrets(db, session, id, digests, (before ?? (await knownOf(db, session, record))).digests)
    if (!isMysql) return insertEvent(db, session, event)
    await insertNumbered(db, session, event)
    return isTold ? lastSeq(db, session) : 0
  }
}

/** A version of a token that was found, and its digests. */
interface Known {
  readonly version: number | undefined
  readonly digests: ReadonlySet<string | undefined>
}

const NOTHING: Promise<Known> = Promise.resolve({ version: 0, digests: new Set<undefined>() })

/** In one statement, so that they belong together. Whether the version still stands is found when the token is written. */
async function knownOf(db: Db, { names, suitability }: Session, { id, version }: TokenRecord): Promise<Known> {
  if (version === 1) return NOTHING
  const query = db
    .selectFrom(`${names.tokens} as token`)
    .leftJoin(`${names.secrets} as secret`, 'secret.token_id', 'token.id')
    .select(['token.version', 'secret.digest'])
    .where('token.id', '=', id)
  const rows = await (suitability ? latest(query, suitability.shown()) : query).execute()
  return { version: wholeOf(rows[0]?.version), digests: new Set(rows.map(({ digest }) => textOf(digest))) }
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
  return unlessThere(insert.execute())
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
async function keepSecrets(
  db: Db,
  { names }: Setup,
  tokenId: string,
  digests: readonly string[],
  known: Known['digests'],
): Promise<void> {
  // In order, so that two that have several new ones in common do not wait for each other.
  const added = digests.filter((digest) => !known.has(digest)).sort()
  try {
    for (const part of partsOf(added, PART)) {
      const rows = part.map((digest) => ({ digest, token_id: tokenId }))
      await db.insertInto(names.secrets).values(rows).execute()
    }
  } catch (thrown) {
    // The driver's own error quotes the digest.
    if (isDuplicate(thrown)) throw digestTaken()
    throw thrown
  }
  const kept = new Set<string | undefined>(digests)
  const forgotten = [...known].filter((digest) => digest !== undefined && !kept.has(digest)) as string[]
  for (const part of partsOf(forgotten, PART)) await db.deleteFrom(names.secrets).where('digest', 'in', part).execute()
}

/** For MySQL, which gives back no rows that it has changed: the connection remembers the number, and the state has the link. */
async function insertNumbered(db: Db, { names }: Setup, event: NewEvent): Promise<void> {
  const row = eventRow(event, 1)
  const { hash } = row
  const { numUpdatedRows } = await db
    .updateTable(names.state)
    .set((eb) => {
      // In front, since MySQL sets one column after another, and the number in the link is that of this event.
      const text = [
        eb.fn.coalesce('chain', eb.val(CHAIN_START)),
        eb.val(':'),
        eb('last_seq', '+', 1),
        eb.val(`:${hash}`),
      ]
      const link = eb.fn<string>('sha2', [eb.fn('concat', text), eb.lit(256)])
      return {
        ...(hash !== null && { chain: link }),
        last_seq: eb.fn<number>('last_insert_id', [eb('last_seq', '+', 1)]),
      }
    })
    .where('id', '=', 1)
    .where('last_seq', '<', Number.MAX_SAFE_INTEGER)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows !== 1n) throw withoutNumber(names)
  const insert = db.insertInto(names.events).values((eb) => ({
    ...row,
    seq: eb.fn<number>('last_insert_id', []),
    ...(hash !== null && {
      chain: eb.selectFrom(names.state).select('chain').where('id', '=', 1).$castTo<{ chain: string }>(),
    }),
  }))
  await insert.execute()
}

/** The number that this transaction has taken, and that nobody else can see or change yet. */
async function lastSeq(db: Db, { names }: Setup): Promise<number> {
  const seq = wholeOf(
    (await db.selectFrom(names.state).select('last_seq').where('id', '=', 1).executeTakeFirst())?.last_seq,
  )
  if (seq === undefined) throw withoutNumber(names)
  return seq
}

/** For SQLite, which knows no SHA-256: the link is worked out here, in between, while the transaction has the database for itself. */
async function insertEvent(db: Db, { names }: Setup, event: NewEvent): Promise<number> {
  const update = db
    .updateTable(names.state)
    .set((eb) => ({ last_seq: eb('last_seq', '+', 1).$castTo<number>() }))
    .where('id', '=', 1)
    .returning(['last_seq', 'chain'])
  const state = await update.executeTakeFirst()
  const seq = wholeOf(state?.last_seq)
  if (seq === undefined) throw withoutNumber(names)
  const { hash } = event
  const chain = hash === undefined ? null : linkOf(sha256, textOf(state?.chain) ?? CHAIN_START, seq, hash)
  if (chain !== null) await db.updateTable(names.state).set({ chain }).where('id', '=', 1).execute()
  await db
    .insertInto(names.events)
    .values(eventRow(event, seq, chain))
    .execute()
  return seq
}
