/**
 * What can be set: names of tables, their schema, the dialect. Names become part of a query's text, so only plain ones are
 * taken. Which dialect a Kysely speaks is asked of its adapter.
 */
import type { Kysely, Transaction } from 'kysely'
import * as z from 'zod/mini'
import { StoreError } from '../../core/errors.ts'
import { isDictionary } from '../../core/objects.ts'
import { readOptions } from '../../core/setup.ts'
import { callable, judged, matching, type Schema, whole } from '../../core/shape.ts'
import { LONGEST_TIME, type RunAlongside } from './alongside.ts'
import type { Listen } from './listen.ts'
import type { Names, Setup, SqlDialect } from './tables.ts'

/** Where the tables are, and which SQL is spoken. The same for `sqlStore` and `sqlMigrations`. */
export interface SqlTables {
  /**
   * Names of tables instead of the usual `plan_tokens`, `plan_token_secrets`, `plan_token_events`, `plan_token_uses`,
   * `plan_token_values` and `plan_token_state`: a letter, then letters, digits and `_`, 40 characters at most. Indexes are named after their table.
   */
  readonly tables?: { readonly [T in keyof Names]?: string }
  /**
   * The schema that the tables are in (in MySQL the database, in SQLite the attached file); it has to exist. Otherwise where
   * the connection looks, in PostgreSQL by its `search_path`.
   */
  readonly schema?: string
  /** Which SQL to speak, for a Kysely dialect that does not show it. By default it is found out. */
  readonly dialect?: SqlDialect
}

/** What a store does beside a change, over any client. */
export interface AlongsideOptions<Trx> {
  /**
   * Your own rows in the same transaction: called with it once record and event are written, for each change and only where
   * it takes place. What it throws undoes both and is what the caller of `tokens.create` and its like gets. `movePlan` and
   * `revokePlan` of `operator` call it too, for each token; `sweep` and last uses do not.
   *
   * All other changes wait for it, so let it write and wait for nothing but its own statements. Where the database undoes
   * the transaction for the sake of another (a deadlock), it is called again. It must not end the transaction.
   *
   * @example
   * alongside: (trx, record, event) =>
   *   trx.insertInto('outbox').values({ seq: event.seq, token_id: record.id, type: event.type }).execute()
   */
  readonly alongside?: RunAlongside<Trx>
  /**
   * How many milliseconds it may take: 1 to 4,000, by default 1,000. Then all is undone, and the caller gets `unavailable`. Let it
   * be less than the `timeoutMs` of `createPlanTokens`.
   */
  readonly alongsideTimeoutMs?: number
}

/** What a store is made of besides its tables. */
export interface StoreParts<Trx> extends AlongsideOptions<Trx> {
  /** PostgreSQL only: what gives the store its `watch`, see `pgListener`. Without it there is none. */
  readonly listen?: Listen
}

/** Options of `sqlStore`. */
export interface SqlStoreOptions<DB = unknown> extends SqlTables, StoreParts<Transaction<DB>> {}

const NAMES = {
  tokens: 'plan_tokens',
  secrets: 'plan_token_secrets',
  events: 'plan_token_events',
  uses: 'plan_token_uses',
  values: 'plan_token_values',
  state: 'plan_token_state',
} as const

/** PostgreSQL cuts names at 63 characters, and the longest index adds 20. */
const LONGEST = 40
const name = matching(
  new RegExp(`^[A-Za-z][A-Za-z0-9_]{0,${LONGEST - 1}}$`),
  `must be a letter, then letters, digits and "_", ${LONGEST} characters at most.`,
)
const tables = z.strictObject({
  tokens: z.optional(name),
  secrets: z.optional(name),
  events: z.optional(name),
  uses: z.optional(name),
  values: z.optional(name),
  state: z.optional(name),
})
const places = {
  tables: z.optional(tables),
  schema: z.optional(name),
  dialect: z.optional(z.literal(['postgres', 'mysql', 'sqlite'])),
}
const listen = z.optional(callable('must be a function, such as pgListener gives.'))
/** The options that are about `alongside`. */
const BESIDE = {
  alongside: z.optional(callable('must be a function (trx, record, event) that gives a promise.')),
  alongsideTimeoutMs: z.optional(whole(1, LONGEST_TIME)),
}
const isKysely = (value: unknown): value is Kysely<unknown> => typeof Object(value).getExecutor === 'function'
const kysely = judged<Kysely<unknown>>((value) => {
  if (!isKysely(value)) return 'must be a Kysely of your database: new Kysely({ dialect }).'
  return value.isTransaction
    ? 'is a transaction, which ends while the store goes on. Give it the Kysely that the transaction came from.'
    : undefined
})
const d1 = judged((value) => {
  const { prepare, batch, getBookmark } = Object(value)
  if (typeof prepare !== 'function' || typeof batch !== 'function')
    return 'must be a D1 database, such as env.DB, or durableObjectDatabase(ctx.storage).'
  return getBookmark === undefined
    ? undefined
    : 'is a session, which may read from a replica, where what was revoked goes on. Give the binding itself.'
})
const OPTIONS = {
  sqlMigrations: z.strictObject(places),
  migrate: z.strictObject({ kysely, ...places }),
  sqlStore: z.strictObject({ kysely, ...places, listen, ...BESIDE }),
  d1Store: z.strictObject({ database: d1, tables: places.tables }),
  migrateD1: z.strictObject({ database: d1, tables: places.tables }),
}

interface TableNames {
  readonly names: Names
  /** The same without the schema. */
  readonly bare: Names
}

/**
 * Reads the options of a function into the names of tables.
 *
 * @param beside its other arguments by name.
 * @throws SetupError (a `TypeError`) with everything that is wrong.
 */
export function tableNamesOf(reader: keyof typeof OPTIONS, options: unknown, beside: object = {}): TableNames {
  return readTableNames(reader, OPTIONS[reader], options, beside, (some) => some.dialect ?? spokenBy(some.kysely))
}

type Given = SqlStoreOptions & { readonly kysely?: unknown }

function readTableNames(
  reader: string,
  schema: Schema<unknown>,
  options: unknown,
  beside: object,
  dialectFor: (some: { readonly [F in keyof Given]?: unknown }) => unknown,
): TableNames {
  const given = readOptions<Given>(reader, schema, options, beside, (some, tell) => {
    const used = Object.values(tablesIn(some.tables))
    for (const table of used.filter((one, i) => used.indexOf(one) !== i))
      tell(['tables'], `name ${JSON.stringify(table)} twice.`)
    const dialect = some.listen === undefined ? undefined : dialectFor(some)
    if (dialect !== undefined && dialect !== 'postgres') tell(['listen'], 'is for PostgreSQL alone.')
    if (some.alongsideTimeoutMs !== undefined && some.alongside === undefined)
      tell(['alongsideTimeoutMs'], 'is the time of `alongside`, which is missing.')
  })
  const bare = tablesIn(given.tables)
  const names = Object.fromEntries(
    Object.entries(bare).map(([key, table]) => [key, given.schema === undefined ? table : `${given.schema}.${table}`]),
  )
  return { names: names as unknown as Names, bare }
}

/** A client of another kind than Kysely, as it was judged. */
export interface JudgedClient {
  /** What the argument is called. */
  readonly name: string
  /** What it speaks to; `undefined` if that could not be told. */
  readonly dialect: SqlDialect | undefined
  /** What is wrong with it. */
  readonly problem: string | undefined
  /** See `Setup`. */
  readonly mayPool?: boolean
}

/**
 * The same as `setupOf` for a client of another kind.
 *
 * @param reader the function that was called; one that is not about a store takes no options but names.
 * @throws SetupError (a `TypeError`) with everything that is wrong, the client among it.
 */
export function setupOver(
  reader: string,
  { name, dialect, problem, mayPool = false }: JudgedClient,
  options: unknown,
): Setup {
  const { dialect: _, ...named } = places
  const ofStore = reader.endsWith('Store') && { listen, ...BESIDE }
  const schema = z.strictObject({ [name]: judged(() => problem), ...named, ...ofStore })
  const { names, bare } = readTableNames(reader, schema, options, { [name]: null }, () => dialect)
  return { names, channel: bare.events, dialect: dialect as SqlDialect, isLoose: true, mayPool }
}

function tablesIn(given: unknown): Names {
  const own = Object.entries(isDictionary(given) ? given : {}).filter(([, table]) => table !== undefined)
  return { ...NAMES, ...Object.fromEntries(own) } as unknown as Names
}

/** Everything that the store's queries need to know. */
export function setupOf<DB>(reader: 'sqlStore' | 'migrate', kysely: Kysely<DB>, options: SqlStoreOptions<DB>): Setup {
  const { names, bare } = tableNamesOf(reader, options, { kysely })
  return { names, channel: bare.events, dialect: options.dialect ?? dialectOf(kysely) }
}

/** The dialect that a Kysely speaks, or an error that says which it may be. */
export function dialectOf<DB>(kysely: Kysely<DB>): SqlDialect {
  const dialect = spokenBy(kysely)
  if (dialect) return dialect
  throw new StoreError(
    'store_unsuitable',
    'This Kysely speaks to a database that the SQL store cannot use. Give it PostgreSQL, MySQL, MariaDB or SQLite, or name the dialect in the options.',
  )
}

/** The dialect, told by what the adapter says that the database can do; `undefined` for another one, and for what is no Kysely. */
function spokenBy(value: unknown): SqlDialect | undefined {
  if (!isKysely(value)) return undefined
  const { supportsReturning, supportsTransactionalDdl } = value.getExecutor().adapter
  if (supportsReturning) return supportsTransactionalDdl ? 'postgres' : 'sqlite'
  return supportsTransactionalDdl ? undefined : 'mysql'
}
