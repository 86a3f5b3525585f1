/** The look-ups of one token: by the digest of a secret, which every request makes, and by id. Pages: stores/sql/list.ts. */
import { secretWithDigest, type TokenRecord } from '../../core/token.ts'
import { answersOf, latest, tokenBeside } from './beside.ts'
import { bytesOf } from './bytes.ts'
import { keptQuery, runFixed } from './query.ts'
import { readToken, TOKEN_COLUMNS, type TokenRow, wholeRow } from './rows.ts'
import type { Session } from './session.ts'
import type { Shown } from './suitable-mysql.ts'
import type { Setup } from './tables.ts'

/** Makes the look-up by digest: one statement over two primary keys, compiled once. */
export function lookUpByDigest(session: Session): (digest: string) => Promise<TokenRecord | undefined> {
  const { db, names, suitability } = session
  // No join: PostgreSQL takes 165 µs to plan one, and 64 µs to plan this.
  const holder = db.selectFrom(names.secrets).select('token_id').where('digest', '=', '')
  const ask = suitability
    ? keptBeside(suitability.shown, (shown) => {
        const kept = keptQuery(db, tokenBeside(db, names, shown, latest(holder, shown)))
        return async (digest) => answersOf(await kept(bytesOf(digest)), 'id', names, shown)
      })
    : keptQuery<TokenRow>(db, db.selectFrom(names.tokens).select(TOKEN_COLUMNS).where('id', '=', holder))
  return async (digest) => {
    const [row] = await session.ask(() => ask(digest))
    if (!row) return undefined
    const record = wholeToken(row, session)
    // Databases compare more loosely than JavaScript: MySQL takes no notice of trailing spaces.
    return secretWithDigest(record, digest) && record
  }
}

type Ask = (digest: string) => Promise<readonly TokenRow[]>

/** A query that is compiled again only when it has to show other settings. */
function keptBeside(shown: () => Shown, compile: (shown: Shown) => Ask): Ask {
  let kept: { readonly shown: Shown; readonly ask: Ask } | undefined
  return (digest) => {
    const now = shown()
    if (kept?.shown !== now) kept = { shown: now, ask: compile(now) }
    return kept.ask(digest)
  }
}

/** The token with exactly this id. */
export async function lookUpById(session: Session, id: string): Promise<TokenRecord | undefined> {
  const { names, suitability } = session
  const [row] = await session.ask(async (db): Promise<readonly TokenRow[]> => {
    if (!suitability) return runFixed(db, db.selectFrom(names.tokens).select(TOKEN_COLUMNS).where('id', '=', id))
    const shown = suitability.shown()
    return answersOf(await runFixed(db, tokenBeside(db, names, shown, id)), 'id', names, shown)
  })
  if (!row) return undefined
  const record = wholeToken(row, session)
  return record.id === id ? record : undefined
}

function wholeToken(row: TokenRow, { names }: Setup): TokenRecord {
  const reading = readToken(row)
  return wholeRow(reading, `the token "${reading.value.id}"`, names.tokens)
}
