/**
 * For PostgreSQL: several commits as one statement, which locks the row of `seq` once for all of them. Each stands by itself: one
 * whose version is not the next writes nothing, and the others do. One that the database refuses takes the others with it, and all
 * of them are sent again alone (stores/sql/together.ts). What a statement sees, and when: stores/sql/commit-postgres.ts.
 *
 * Rows are locked in one order here too: tokens by their ids, secrets by their digests, state. So two groups that have several tokens
 * in common do not wait for each other. The row of the state is the newest one, since it is read with its lock.
 */
import type { CompiledQuery } from 'kysely'
import type { NewEvent } from '../../core/event.ts'
import type { TokenRecord } from '../../core/token.ts'
import { IS_GOOD, linkSql, runWrite, sessionPart, UNDER_LOCK } from './commit-parts.ts'
import { ALONE, fewSql, rawQuery } from './query.ts'
import { eventRow, tokenRow } from './rows.ts'
import { columnsOf, quote } from './schema.ts'
import type { Session } from './session.ts'
import type { Setup } from './tables.ts'
import { textOf } from './values.ts'

/** A record and its event. */
export type Pair = readonly [record: TokenRecord, event: NewEvent]

interface Answer {
  readonly session: unknown
  readonly vouching: unknown
  readonly open: unknown
  /** The places of those that were written, as text; null where none was. */
  readonly written: unknown
}

/** Commits of several tokens, no two of one: whether each was written. Whatever it throws is about all of them. */
export function groupCommit(session: Session): (pairs: readonly Pair[]) => Promise<readonly boolean[]> {
  const statement = statementOf(session)
  return async (pairs) => {
    const parameters = [session.channel, JSON.stringify(pairs.map(rowOf))]
    const answer = await session.alone((db, vouching) => runWrite(db, session, statement, vouching, parameters))
    const written = new Set(textOf(answer.written)?.split(','))
    return pairs.map((_, place) => written.has(String(place)))
  }
}

/** The parameters after those of the session. */
const [CHANNEL, PAIRS] = ['$3::text', '$4::json']

/** A column under the name that it has among those of both tables. */
type Column = readonly [name: string, column: string, kind: string]
const TOKEN = columnsOf('tokens').map(([column, kind]): Column => [`t_${column}`, column, kind])
/** Its number and its link are the server's. */
const EVENT = columnsOf('events')
  .filter(([column]) => column !== 'seq' && column !== 'chain')
  .map(([column, kind]): Column => [`e_${column}`, column, kind])

type Row = { readonly [column: string]: unknown }

function rowOf([record, event]: Pair, place: number): Row {
  const token: Row = tokenRow(record)
  const logged: Row = eventRow(event, 1)
  return {
    place,
    digests: [...new Set(record.secrets.map(({ digest }) => digest))],
    ...Object.fromEntries(TOKEN.map(([name, column]) => [name, token[column]])),
    ...Object.fromEntries(EVENT.map(([name, column]) => [name, logged[column]])),
  }
}

function statementOf(setup: Setup): CompiledQuery<Answer> {
  const { names } = setup
  const [tokens, secrets, events, state] = [names.tokens, names.secrets, names.events, names.state].map((name) =>
    quote('postgres', name),
  )
  const shape = ['place int', 'digests json', ...[...TOKEN, ...EVENT].map(([name, , kind]) => `${name} ${kind}`)]
  const set = TOKEN.filter(([, column]) => column !== 'id').map(([name, column]) => `${column} = g.${name}`)
  const link = linkSql('l.chain', 'h.last_seq + o.number', 'o.e_hash')
  const count = '(select pg_catalog.count(*) from ordered)'
  const parts = {
    session: sessionPart(setup),
    given: `select r.* from pg_catalog.json_to_recordset(${PAIRS}) r (${shape.join(', ')}) where ${fewSql('r.place')} and (select ${IS_GOOD} from session s)`,
    locked: `select t.id from given g join ${tokens} t on t.id = g.t_id and t.version = g.t_version - 1 order by t.id for update of t`,
    changed: `update ${tokens} t set ${set.join(', ')} from given g join locked l on l.id = g.t_id where t.id = g.t_id and t.version = g.t_version - 1 returning t.id`,
    created: `insert into ${tokens} (${columns(TOKEN)}) select ${values('g', TOKEN)} from given g where g.t_version = 1 and ${areDone('changed')} order by g.t_id on conflict (id) do nothing returning id`,
    ordered: `select pg_catalog.row_number() over (order by g.place) as number, g.* from given g where g.t_id in (select id from changed union all select id from created)`,
    wanted: `select o.t_id as token_id, d.digest from ordered o cross join lateral pg_catalog.json_array_elements_text(o.digests) with ordinality d (digest, place) where ${fewSql('d.place')}`,
    forgotten: `delete from ${secrets} s using ordered o where s.token_id = o.t_id and not exists (select 1 from wanted w where w.token_id = s.token_id and w.digest = s.digest) returning 1`,
    added: `insert into ${secrets} (digest, token_id) select w.digest, w.token_id from wanted w where not exists (select 1 from ${secrets} k where k.digest = w.digest and k.token_id = w.token_id) and ${areDone('forgotten')} order by 1 returning 1`,
    head: `select last_seq, chain from ${state} where id = 1 and ${count} > 0 and ${areDone('forgotten', 'added')} for update`,
    links: `select 0::pg_catalog.int8, h.chain from head h union all select o.number, case when o.e_hash is null then l.chain else ${link} end from links l join ordered o on o.number = l.number + 1 cross join head h`,
    numbered: `update ${state} s set last_seq = h.last_seq + ${count}, chain = (select l.chain from links l order by l.number desc limit 1) from head h where s.id = 1 and h.last_seq + ${count} <= ${Number.MAX_SAFE_INTEGER} returning h.last_seq, ${UNDER_LOCK}, pg_catalog.pg_notify(${CHANNEL}, '') as told`,
    // Without a number it fails, and all of it with it.
    logged: `insert into ${events} (seq, chain, ${columns(EVENT)}) select (select last_seq from numbered) + o.number, case when o.e_hash is not null then l.chain end, ${values('o', EVENT)} from ordered o left join links l on l.number = o.number`,
  }
  const withParts = Object.entries(parts).map(([name, part]) => {
    return name === 'links' ? `links (number, chain) as (${part})` : `${name} as materialized (${part})`
  })
  return rawQuery<Answer>(
    `${ALONE}with recursive ${withParts.join(', ')} select s.session, s.vouching, s.open, (select pg_catalog.string_agg(o.place::pg_catalog.text, ',') from ordered o) as written from session s`,
  )
}

/** That parts have written what they write before the part goes on that says so. */
const areDone = (...parts: readonly string[]): string =>
  parts.map((part) => `(select pg_catalog.count(*) from ${part}) >= 0`).join(' and ')
const columns = (list: readonly Column[]): string => list.map(([, column]) => column).join(', ')
const values = (table: string, list: readonly Column[]): string => list.map(([name]) => `${table}.${name}`).join(', ')
