/** The tokens of all plans in the order of their ids, for operators. A page of a plan's tokens: stores/sql/list.ts. */
import type { TokenRecord } from '../../core/token.ts'
import { readToken, TOKEN_COLUMNS } from './rows.ts'
import type { Session } from './session.ts'

/** A page along the primary key. A row that cannot be read is shown as far as it can be. */
export async function scanTokens(
  session: Session,
  { after, limit }: { readonly after?: string; readonly limit: number },
): Promise<TokenRecord[]> {
  const rows = await session.read((db) => {
    const page = db.selectFrom(session.names.tokens).select(TOKEN_COLUMNS).orderBy('id').limit(limit)
    return (after === undefined ? page : page.where('id', '>', after)).execute()
  })
  return rows.map((row) => readToken(row).value)
}
