/**
 * What a PostgreSQL session must be, so that a look-up reads the latest committed state and a text means what it says. Each
 * connection of a pool may be another session, behind a pooler even another at every statement, so the statements that matter
 * carry a mark of the session that ran them. What belongs to the database and its tables is asked once, before the first one.
 * docs/stores.md has the table of settings. SQLite: stores/sql/suitable-sqlite.ts.
 */
import type { Compilable, CompiledQuery, SelectQueryBuilder } from 'kysely'
import { StoreError } from '../../core/errors.ts'
import { FIXED, rawColumn, rawQuery } from './query.ts'
import type { Db, Names, Setup, Tables } from './tables.ts'
import { textOf, wholeOf } from './values.ts'

/** The isolation level at which each statement sees what was committed before it, also in a transaction that is open. */
const LATEST = 'read committed'
/** Encodings of a database that hold every text as it is. SQL_ASCII keeps bytes and converts nothing. */
const WHOLE_ENCODINGS = new Set<unknown>(['UTF8', 'SQL_ASCII'])
/** A text and numbers that a type parser of the host's may change, and that of `pg` for `binary: true` does. */
const SAMPLE = { text: ' Ab é ', date: 1_801_396_800_000, whole: Number.MAX_SAFE_INTEGER }

/** Thrown for a look-up that may have read from an old snapshot: it has to be asked again in a transaction of its own. */
export const FROM_SNAPSHOT: unique symbol = Symbol('from a snapshot')
/** Thrown where a name stands for another table than before: made anew, or found elsewhere. It is worth a second look. */
export const OTHER_TABLE: unique symbol = Symbol('another table')

/** Thrown for a change that was not written, since it would have become part of a transaction of other code's. */
export const LEFT_OPEN: unique symbol = Symbol('left open')
/** Thrown for a change that was not written, since nobody said that its connection has no transaction open. */
export const UNVOUCHED: unique symbol = Symbol('unvouched')

/**
 * Who says that a statement has a transaction of its own, in a word that it is told: `own` where we have opened one, or where
 * `preparedStatements` has seen the driver's own record of the connection; `probed` where the statement has to look for the probe.
 */
export type Vouching = 'own' | 'probed' | 'nobody'

/** The mark of the session: isolation level, whether it is a standby, character set, the table that was found. */
export function markSql({ names }: Setup, table: keyof Names): string {
  return `pg_catalog.concat(pg_catalog.current_setting('transaction_isolation'), ' ', pg_catalog.pg_is_in_recovery(), ' ', pg_catalog.pg_client_encoding(), ' ', ${regclass(names[table])}::pg_catalog.oid)`
}

/** The column with the mark. */
export const markOf = (setup: Setup, table: keyof Names) => rawColumn(markSql(setup, table), 'session')

/**
 * A setting that ends with the transaction that makes it. Where the next statement of the connection still finds it, the two
 * stand in one transaction, which other code has opened.
 */
const PROBE = 'plan_access_tokens.probe'
/** Whether the probe is still there. */
export const IS_OPEN = `(pg_catalog.current_setting('${PROBE}', true) is not distinct from 'open')`

/** Looks at a connection before something is written on it: leaves the probe and gives the mark. */
export function probeOf(setup: Setup, table: keyof Names): CompiledQuery<{ readonly session: unknown }> {
  return rawQuery(
    `${FIXED}select ${markSql(setup, table)} as session, pg_catalog.set_config('${PROBE}', 'open', true) as probe`,
  )
}

/** A row with the mark of the session that has read it; all its own columns are null where there was none. */
export type Marked<Row> = Row & { readonly session?: unknown }

/** A query whose answer has a row with the mark in any case, for those whose emptiness says something. */
export function withMark<Row>(
  setup: Setup & { readonly db: Db },
  table: keyof Names,
  query: SelectQueryBuilder<Tables, never, Row>,
): Compilable {
  const mark = setup.db.selectNoFrom(markOf(setup, table)).as('connection')
  return setup.db
    .selectFrom(mark)
    .leftJoin(query.as('found'), (join) => join.onTrue())
    .selectAll()
}

/** Makes a transaction wait for its place on the disk where `synchronous_commit` is off. It ends with the transaction. */
export const DURABLE = `pg_catalog.set_config('synchronous_commit', case pg_catalog.current_setting('synchronous_commit') when 'off' then 'on' else pg_catalog.current_setting('synchronous_commit') end, true)`

/** The same as a column. */
export const durableColumn = rawColumn(DURABLE, 'durability')

/** The name is plain letters, digits and `_` (stores/sql/options.ts). */
const regclass = (name: string): string => `'"${name.split('.').join('"."')}"'::pg_catalog.regclass`

/** What one store has seen of its database. */
export interface PostgresSessions {
  /** Asks what belongs to the database and the driver. @throws StoreError `store_unsuitable`. */
  look(db: Db): Promise<void>
  /** Finds the tables, and asks what they are. @throws StoreError `store_unsuitable`. */
  locate(db: Db): Promise<void>
  /** The mark that is good, once the tables were found. */
  goodMark(table: keyof Names): string
  /**
   * Judges the mark of a statement on a table.
   *
   * @throws StoreError `store_unsuitable`, `FROM_SNAPSHOT` for a stricter isolation level, `OTHER_TABLE`.
   */
  checkSession(mark: unknown, table: keyof Names): void
}

/** Where a store's tables are. */
interface Place {
  readonly schema: string
  readonly oids: { readonly [T in keyof Names]: string }
}

/** Begins with nothing seen. */
export function postgresSessions(setup: Setup): PostgresSessions {
  let place: Place | undefined
  const goodMark = (table: keyof Names): string => `${LATEST} f UTF8 ${place?.oids[table]}`
  return {
    look: refuseDatabase,
    async locate(db) {
      const found = await placeOf(db, setup)
      if (place !== undefined && place.schema !== found.schema) throw foundElsewhere(setup)
      place = found
    },
    goodMark,
    checkSession(mark, table) {
      if (mark === goodMark(table)) return
      const oid = place?.oids[table]
      const [, level, replica, encoding, found] = /^(.*) ([tf]) (\S+) (\d+)$/.exec(textOf(mark) ?? '') ?? []
      if (replica !== 'f') throw replicaError()
      if (encoding !== 'UTF8') throw clientEncodingError(encoding)
      if (found !== oid) throw OTHER_TABLE
      if (level !== LATEST) throw FROM_SNAPSHOT
    },
  }
}

type Answer = { readonly [column: string]: unknown }

async function refuseDatabase(db: Db): Promise<void> {
  const question = rawQuery<Answer>(
    `select pg_catalog.pg_is_in_recovery()::text as replica, pg_catalog.pg_client_encoding()::text as client, pg_catalog.current_setting('server_encoding') as server, $1::text as text, ${SAMPLE.date}::bigint as date, ${SAMPLE.whole}::bigint as whole`,
  )
  // Only what has a parameter is answered in binary.
  const { rows } = await db.executeQuery<Answer>({ ...question, parameters: [SAMPLE.text] })
  const { replica, client, server, text, date, whole } = rows[0] ?? {}
  if (textOf(text) !== SAMPLE.text) throw typeParserError('text')
  if (wholeOf(date) !== SAMPLE.date || wholeOf(whole) !== SAMPLE.whole) throw typeParserError('int8')
  if (replica !== 'false') throw replicaError()
  if (client !== 'UTF8') throw clientEncodingError(client)
  if (!WHOLE_ENCODINGS.has(server))
    throw unsuitable(
      `The database has the encoding ${server} (server_encoding), which cannot hold every text. Put the tables into a database that was made with "encoding 'UTF8'".`,
    )
}

async function placeOf(db: Db, setup: Setup): Promise<Place> {
  const { names } = setup
  const { rows } = await db.executeQuery(
    rawQuery<Answer>(
      `select c.relname::text as name, c.oid::text as oid, c.relkind::text as kind, n.nspname::text as schema, pg_catalog.row_security_active(c.oid)::text as hides, exists (select 1 from pg_catalog.pg_subscription_rel s where s.srrelid = c.oid)::text as copy from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid in (${Object.values(names).map(regclass).join(', ')})`,
    ),
  )
  const oids: Record<string, string> = {}
  const schemas = new Set<string>()
  for (const [key, name] of Object.entries(names)) {
    const row = rows.find((one) => one.name === name.slice(name.lastIndexOf('.') + 1))
    if (row?.kind !== 'r' && row?.kind !== 'p')
      throw unsuitable(
        `"${name}" is a view, a foreign table or a copy, which may show what was. Give the store tables that sqlMigrations() made.`,
      )
    if (row.copy !== 'false')
      throw unsuitable(
        `The table "${name}" is filled by a subscription of logical replication, whose answers are late: a revoked token would still work. Connect the store to the primary.`,
      )
    if (row.hides !== 'false')
      throw unsuitable(
        `Row level security is on for "${name}" and this user (row_security), so that rows may be hidden, and with them what was revoked. Give the user bypassrls, or disable row level security on the tables.`,
      )
    oids[key] = String(row.oid)
    schemas.add(String(row.schema))
  }
  if (schemas.size !== 1) throw foundElsewhere(setup)
  return { schema: [...schemas].join(), oids: oids as unknown as Place['oids'] }
}

const unsuitable = (message: string): StoreError => new StoreError('store_unsuitable', message)

const replicaError = (): StoreError =>
  unsuitable(
    'This database is a replica, whose answers are late: a revoked token would still work. Connect the store to the primary.',
  )

const clientEncodingError = (encoding: unknown): StoreError =>
  unsuitable(
    `A connection has the client_encoding ${encoding}, in which texts become others. The driver speaks UTF8: take client_encoding out of the connection's options, its "set" statements and the role's settings.`,
  )

const typeParserError = (type: string): StoreError =>
  unsuitable(
    `The driver makes something else of values of the type ${type}. Take away the type parser (pg.types.setTypeParser, or \`types\` or \`binary\` of the pool), or give the store a pool of its own.`,
  )

const foundElsewhere = ({ names }: Setup): StoreError =>
  unsuitable(
    `The tables "${names.tokens}" and the others are not in one schema, or not in the same on every connection: the connections differ in their search_path, or one has a temporary table of that name. Name the schema in the option \`schema\`.`,
  )

/** What was thrown because of the session, in words; `undefined` for anything else. Codes are SQLSTATE. */
export function sessionProblem(thrown: unknown, code: unknown, text: string, setup: Setup): StoreError | undefined {
  if (thrown === OTHER_TABLE) return foundElsewhere(setup)
  if (thrown === FROM_SNAPSHOT || thrown === LEFT_OPEN || code === '25001' || code === '25P02')
    return unsuitable(
      'Other code left a transaction open on a connection of the pool ("begin" without "commit" or "rollback"), and its answers may be past. Let that code end its transactions before it gives a connection back.',
    )
  if (code === '26000' || code === '42P05')
    return unsuitable(
      'A prepared statement was gone, or there already: a pooler gives the connection to others between two statements, or other code runs "deallocate" or "discard". Leave out preparedStatements, or let PgBouncer pool by session, or take PgBouncer 1.21 or later with max_prepared_statements.',
    )
  if (code === '08P01' && text.includes('statement pooling'))
    return unsuitable(
      'The pooler pools by statement (pool_mode = statement), which allows no transactions. Set pool_mode to transaction or session for this database.',
    )
  return undefined
}
