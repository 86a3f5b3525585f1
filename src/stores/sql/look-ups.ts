/** The look-ups of one token: by the digest of a secret, which every request makes, and by id. Pages: stores/sql/list.ts. */
import type { SelectQueryBuilder } from 'kysely'
import { secretWithDigest, type TokenRecord } from '../../core/token.ts'
import { answersOf, latest, tokenBeside } from './beside.ts'
import { bytesOf } from './bytes.ts'
import { findTogether } from './look-ups-together.ts'
import { keptQuery } from './query.ts'
import { TOKEN_COLUMNS, type TokenRow, wholeToken } from './rows.ts'
import type { Session } from './session.ts'
import type { Shown, Suitability } from './suitable-mysql.ts'
import { type Marked, markOf, withMark } from './suitable-postgres.ts'
import type { Db, Tables } from './tables.ts'
import { together } from './together.ts'

/** Makes the look-up by digest: one statement over two primary keys, compiled once. */
export function lookUpByDigest(session: Session): (digest: string) => Promise<TokenRecord | undefined> {
  const { db, names } = session
  // No join: PostgreSQL takes 165 µs to plan one, and 64 µs to plan this.
  const ask = tokenLookUp(session, db.selectFrom(names.secrets).select('token_id').where('digest', '=', ''))
  return async (digest) => {
    const record = await ask(digest)
    // Databases compare more loosely than JavaScript: MySQL takes no notice of trailing spaces.
    return record && secretWithDigest(record, digest) && record
  }
}

/** Makes the look-up of the token with exactly this id. */
export function lookUpById(session: Session): (id: string) => Promise<TokenRecord | undefined> {
  const ask = tokenLookUp(session, '')
  const find = async (id: string): Promise<TokenRecord | undefined> => {
    const record = await ask(id)
    return record?.id === id ? record : undefined
  }
  return session.dialect === 'postgres' ? together(findTogether(session, find)) : find
}

/** What gives the id of a token, with one parameter: a query, or the parameter itself. */
type Holder = '' | SelectQueryBuilder<Tables, 'secrets', { token_id: unknown }>
type Ask = (db: Db, parameter: string) => Promise<TokenRow | undefined>

/** Makes a look-up of one token by a parameter, which says in the same statement what session has read it. */
function tokenLookUp(session: Session, holder: Holder): (parameter: string) => Promise<TokenRecord | undefined> {
  const { db, names, suitability } = session
  const query = db
    .selectFrom(names.tokens)
    .select(TOKEN_COLUMNS)
    .where('id', '=', holder as string)
  const ask = suitability
    ? askBeside(session, suitability, holder)
    : session.dialect === 'postgres'
      ? askMarked(session, query)
      : askPlain(query)
  return async (parameter) => {
    const row = await session.ask((within) => ask(within, parameter))
    return row && wholeToken(row, session)
  }
}

type TokenQuery = SelectQueryBuilder<Tables, 'tokens', TokenRow>

function askPlain(query: TokenQuery): Ask {
  const kept = keptQuery<TokenRow>(query)
  return async (db, parameter) => (await kept(db, parameter))[0]
}

/** For PostgreSQL. Where there is no row, which is seldom, it is asked in a form that shows the session in any case. */
function askMarked(session: Session, query: TokenQuery): Ask {
  const kept = keptQuery<Marked<TokenRow>>(query.select(markOf(session, 'tokens')))
  const anyway = keptQuery<Marked<TokenRow>>(withMark(session, 'tokens', query))
  return async (db, parameter) => {
    const row = (await kept(db, parameter))[0] ?? (await anyway(db, parameter))[0]
    session.checkSession(row?.session, 'tokens')
    return row?.id === null ? undefined : row
  }
}

/** For MySQL: a query that is compiled again only when it has to show other settings. */
function askBeside({ db, names }: Session, { shown }: Suitability, holder: Holder): Ask {
  const compile = (now: Shown) =>
    keptQuery<TokenRow>(tokenBeside(db, names, now, holder === '' ? holder : latest(holder, now)))
  let kept: { readonly now: Shown; readonly ask: ReturnType<typeof compile> } | undefined
  return async (within, parameter) => {
    const now = shown()
    if (kept?.now !== now) kept = { now, ask: compile(now) }
    return answersOf(await kept.ask(within, bytesOf(parameter)), 'id', names, now)[0]
  }
}
