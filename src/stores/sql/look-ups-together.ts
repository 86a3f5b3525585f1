/**
 * For PostgreSQL: what is read before and after each change, for several callers in one statement: tokens by their ids, and the last
 * uses of their secrets. Each is asked once it was called for, so that it reads what was committed before.
 */
import type { TokenRecord } from '../../core/token.ts'
import { FIXED, fewSql, rawQuery } from './query.ts'
import { TOKEN_COLUMNS, type TokenRow, USE_COLUMNS, type UseRow, wholeToken } from './rows.ts'
import { quote } from './schema.ts'
import type { Session } from './session.ts'
import { type Marked, markSql } from './suitable-postgres.ts'
import type { Db } from './tables.ts'
import type { Ways } from './together.ts'
import { textOf } from './values.ts'

type Find = (id: string) => Promise<TokenRecord | undefined>

/** How several tokens are found by their ids. @param one also proves that there is none. */
export function findTogether(session: Session, one: Find): Ways<string, TokenRecord | undefined> {
  const columns = TOKEN_COLUMNS.map((column) => `t.${column}`).join(', ')
  const query = namedQuery<Marked<TokenRow>>(
    `select ${columns}, (select ${markSql(session, 'tokens')}) as session from NAMED join ${quote('postgres', session.names.tokens)} t on t.id = n.name`,
  )
  return {
    one,
    async many(ids) {
      const rows = await session.ask(async (db) => {
        const found = await query(db, ids)
        if (found[0]) session.checkSession(found[0].session, 'tokens')
        return found
      })
      const byId = new Map(rows.map((row) => [textOf(row.id), row]))
      return ids.map(async (id) => {
        const row = byId.get(id)
        return row ? wholeToken(row, session) : one(id)
      })
    },
  }
}

/** How the last uses of several tokens are found. */
export function usesTogether(
  session: Session,
  one: (tokenId: string) => Promise<readonly UseRow[]>,
): Ways<string, readonly UseRow[]> {
  const columns = USE_COLUMNS.map((column) => `u.${column}`).join(', ')
  const query = namedQuery<UseRow>(
    `select ${columns} from NAMED join ${quote('postgres', session.names.uses)} u on u.token_id = n.name`,
  )
  return {
    one,
    async many(tokenIds) {
      const rows = await session.read((db) => query(db, tokenIds))
      return tokenIds.map((id) => rows.filter((row) => textOf(row.token_id) === id))
    },
  }
}

/** A query over names, each once. */
function namedQuery<Row>(text: string): (db: Db, names: readonly string[]) => Promise<readonly Row[]> {
  const named = 'pg_catalog.json_array_elements_text($1::json) with ordinality n (name, place)'
  const query = rawQuery<Row>(`${FIXED}${text.replace('NAMED', named)} where ${fewSql('n.place')}`)
  return async (db, names) => {
    return (await db.executeQuery<Row>({ ...query, parameters: [JSON.stringify([...new Set(names)])] })).rows
  }
}
