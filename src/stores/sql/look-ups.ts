/** The look-ups of one token: by the digest of a secret, which every request makes, and by id. Pages: stores/sql/list.ts. */
import { secretWithDigest, type TokenRecord } from '../../core/token.ts'
import { keptQuery, runFixed } from './query.ts'
import { readToken, TOKEN_COLUMNS, type TokenRow, wholeRow } from './rows.ts'
import type { Session } from './session.ts'
import type { Setup } from './tables.ts'

/** Makes the look-up by digest: one statement over two primary keys, compiled once. */
export function lookUpByDigest(session: Session): (digest: string) => Promise<TokenRecord | undefined> {
  const { db, names } = session
  // No join: PostgreSQL takes 165 µs to plan one, and 64 µs to plan this.
  const holder = db.selectFrom(names.secrets).select('token_id').where('digest', '=', '')
  const ask = keptQuery<TokenRow>(db, db.selectFrom(names.tokens).select(TOKEN_COLUMNS).where('id', '=', holder))
  return async (digest) => {
    const [row] = await session.read(() => ask(digest))
    if (!row) return undefined
    const record = wholeToken(row, session)
    // Databases compare more loosely than JavaScript: MySQL takes no notice of trailing spaces.
    return secretWithDigest(record, digest) && record
  }
}

/** The token with exactly this id. */
export async function lookUpById(session: Session, id: string): Promise<TokenRecord | undefined> {
  const [row] = await session.read((db) =>
    runFixed(db, db.selectFrom(session.names.tokens).select(TOKEN_COLUMNS).where('id', '=', id)),
  )
  if (!row) return undefined
  const record = wholeToken(row, session)
  return record.id === id ? record : undefined
}

function wholeToken(row: TokenRow, { names }: Setup): TokenRecord {
  const reading = readToken(row)
  return wholeRow(reading, `the token "${reading.value.id}"`, names.tokens)
}
