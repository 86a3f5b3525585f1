/**
 * A page of a plan's tokens. Each order is read along an index from the place that was asked for; the order by expiry is made
 * of up to three such stretches in one statement, so that a token which changes meanwhile is neither missed nor shown twice.
 */
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import { hasWords } from '../../core/metadata.ts'
import { isDate, type TokenRecord } from '../../core/token.ts'
import type { ListPosition, ListQuery } from '../../ports.ts'
import { inOrder } from '../order.ts'
import { hasLengthOf, isText } from './query.ts'
import { readToken, TOKEN_COLUMNS } from './rows.ts'
import type { Session } from './session.ts'
import type { Db, Setup, Tables } from './tables.ts'

/** How many tokens are read at a time to fill up a page. */
const STEP = 500

type Builder = ExpressionBuilder<Tables, 'tokens'>
type Condition = Expression<SqlBool>

/**
 * A stretch of an index: tokens that have not ended, or have in one way, or any, in one direction, from a place on. Which of those that
 * have not ended are pending stands in a column of JSON, so it is no part of an index.
 */
interface Stretch {
  readonly state: 'alive' | 'expired' | 'revoked' | undefined
  readonly by: 'created_at' | 'expires_at'
  readonly direction: 'asc' | 'desc'
  readonly after: ListPosition | undefined
}

/** The page. A row that cannot be read is shown as far as it can be, so that an admin sees it. */
export async function listTokens(session: Session, query: ListQuery): Promise<TokenRecord[]> {
  const { metadata, metadataKey, status } = query
  const isWhole = metadata === undefined && metadataKey === undefined && stateOf(status) === status
  if (isWhole) return (await readPage(session, query)).records
  const isWanted = (record: TokenRecord): boolean => hasWords(record, query) && mayBeOf(record, status)
  // The database finds what may have the words, or be pending, and this has the last say. So a page may have to be filled up: in steps that
  // do not get shorter, however little is missing.
  const found: TokenRecord[] = []
  let { after, limit } = query
  for (;;) {
    const { records, last } = await readPage(session, { ...query, limit, ...(after && { after }) })
    found.push(...records.filter(isWanted))
    if (records.length < limit || found.length >= query.limit || !last) return found.slice(0, query.limit)
    after = last
    limit = STEP
  }
}

/** Whether a token that has not ended may be shown under a status. One whose details cannot be read is shown among the active ones. */
function mayBeOf({ request }: TokenRecord, status: ListQuery['status']): boolean {
  if (status === 'pending') return request !== undefined
  return status !== 'active' || request === undefined || request.by === ''
}

interface Page {
  readonly records: TokenRecord[]
  /** The place of the last one. */
  readonly last: ListPosition | undefined
}

async function readPage(session: Session, query: ListQuery): Promise<Page> {
  const [first, ...others] = stretchesOf(query)
  if (!first) return { records: [], last: undefined }
  const rows = await session.read((db) => {
    if (others.length === 0) return selectStretch(db, session, query, first).execute()
    // Each in a table of its own, since not every database takes an order and a limit inside a union.
    const tableOf = (stretch: Stretch) =>
      db.selectFrom(selectStretch(db, session, query, stretch).as('page')).selectAll()
    return others.reduce((all, stretch) => all.unionAll(tableOf(stretch)), tableOf(first)).execute()
  })
  const placed = rows.map((row) => {
    const record = readToken(row).value
    const at = query.order === 'newest' ? record.createdAt : record.expiresAt
    const ended = Number(row.ended) === 1
    return { record, id: record.id, at: Number.isNaN(at) ? Number.MAX_VALUE : at, ended }
  })
  // A union promises no order.
  const page = others.length === 0 ? placed : placed.sort(inOrder).slice(0, query.limit)
  const end = page.at(-1)
  return {
    records: page.map(({ record }) => record),
    last: end && isDate(end.at) ? { id: end.id, at: end.at, ended: query.order === 'expiry' && end.ended } : undefined,
  }
}

/** What makes up the order that is asked for, without what cannot hold anything. */
function stretchesOf({ order, status, after }: ListQuery): readonly Stretch[] {
  const wanted = stateOf(status)
  if (order === 'newest') return [{ state: wanted, by: 'created_at', direction: 'desc', after }]
  const by = 'expires_at'
  const stretches: Stretch[] = [
    { state: 'alive', by, direction: 'asc', after },
    { state: 'expired', by, direction: 'desc', after: after?.ended ? after : undefined },
    { state: 'revoked', by, direction: 'desc', after: after?.ended ? after : undefined },
  ]
  return stretches.filter(
    (stretch) =>
      (wanted === undefined || stretch.state === wanted) && !(after?.ended === true && stretch.state === 'alive'),
  )
}

/** What the columns of an index say of a status. */
function stateOf(status: ListQuery['status']): Stretch['state'] {
  return status === 'active' || status === 'pending' ? 'alive' : status
}

function selectStretch(db: Db, setup: Setup, query: ListQuery, stretch: Stretch) {
  const { by, direction } = stretch
  return (
    db
      .selectFrom(setup.names.tokens)
      .select(TOKEN_COLUMNS)
      .select((eb) => eb.lit(stretch.state === 'alive' ? 0 : 1).as('ended'))
      .where((eb) => eb.and(conditions(eb, setup, query, stretch)))
      // All columns of the index, for MySQL.
      .orderBy('plan_id', direction)
      .$if(by === 'expires_at', (page) => page.orderBy('is_revoked', direction))
      .orderBy(by, direction)
      .orderBy('id', direction)
      .limit(query.limit)
  )
}

function conditions(
  eb: Builder,
  setup: Setup,
  { planId, type, status, search, metadata, metadataKey, now }: ListQuery,
  { state, by, direction, after }: Stretch,
): readonly Condition[] {
  const all: Condition[] = [isInPlan(eb, setup, planId)]
  if (state !== undefined) all.push(eb('is_revoked', '=', state === 'revoked' ? 1 : 0))
  const isExpired = state === 'expired'
  const isTimed = isExpired || state === 'alive'
  // Of two bounds on one column only the narrower: PostgreSQL may begin at the other, and read all that lies between.
  const isOneColumn = after !== undefined && isTimed && by === 'expires_at'
  const isInside = isOneColumn && (isExpired ? after.at <= now : after.at > now)
  if (after && (!isOneColumn || isInside)) all.push(isBehind(eb, setup, by, direction === 'asc' ? '>' : '<', after))
  if (isTimed && !isInside) all.push(eb('expires_at', isExpired ? '<=' : '>', now))
  if (type !== undefined) all.push(isText<'tokens'>(setup, 'type', type)(eb))
  if (status === 'pending') all.push(mayHave(eb, setup, '"request":'))
  if (search !== undefined) all.push(isFound(eb, setup, search))
  for (const pair of Object.entries(metadata ?? {}))
    all.push(mayHave(eb, setup, pair.map((text) => JSON.stringify(text)).join(':')))
  if (metadataKey !== undefined) all.push(mayHave(eb, setup, `${JSON.stringify(metadataKey)}:"`))
  return all
}

/**
 * Told which plan it equals, MySQL goes by the plan alone and reads all tokens in front of the place; told a range, it goes by
 * the whole index.
 */
function isInPlan(eb: Builder, setup: Setup, planId: string): Condition {
  if (setup.dialect !== 'mysql') return eb('plan_id', '=', planId)
  return eb.and([eb('plan_id', '>=', planId), eb('plan_id', '<=', planId), hasLengthOf(eb, 'plan_id', planId)])
}

/** What lies behind a place, in a form that each database finds along an index: MySQL looks through all for a pair. */
function isBehind(
  eb: Builder,
  { dialect }: Setup,
  by: Stretch['by'],
  sign: '<' | '>',
  { at, id }: ListPosition,
): Condition {
  if (dialect !== 'mysql') return eb(eb.refTuple(by, 'id'), sign, eb.tuple(at, id))
  return eb.or([eb(by, sign, at), eb.and([eb(by, '=', at), eb('id', sign, id)])])
}

/** Part of a name or a description in any letter case, or a whole id. Both sides were put in lower case by JavaScript. */
function isFound(eb: Builder, setup: Setup, search: string): Condition {
  const part = eb.val(search.toLowerCase())
  const position = positionOf(setup)
  return eb.or([
    isText<'tokens'>(setup, 'id', search)(eb),
    eb(eb.fn(position, ['search_name', part]), '>', 0),
    eb(eb.fn(position, ['search_description', part]), '>', 0),
  ])
}

/**
 * That a piece of JSON stands in the column of JSON, which the store writes in one way alone: every token that has the words is
 * found, and perhaps one that has them elsewhere, which `hasWords` leaves out. What databases know of JSON differs, paths with
 * quotation marks above all.
 */
function mayHave(eb: Builder, setup: Setup, json: string): Condition {
  return eb(eb.fn(positionOf(setup), ['details', eb.val(json)]), '>', 0)
}

const positionOf = ({ dialect }: Setup): string => (dialect === 'postgres' ? 'strpos' : 'instr')
