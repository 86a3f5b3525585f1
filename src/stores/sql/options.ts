/**
 * What can be set: names of tables, their schema, the dialect. Names become part of a query's text, so only plain ones are
 * taken. Which dialect a Kysely speaks is asked of its adapter.
 */
import type { Kysely } from 'kysely'
import { PolicyError, StoreError } from '../../core/errors.ts'
import { issuesOf, judged, matching, maybe, object, oneOf, read, type Schema } from '../../core/shape.ts'
import type { Listen } from './listen.ts'
import type { Names, Setup, SqlDialect } from './tables.ts'

/** Where the tables are, and which SQL is spoken. The same for `sqlStore` and `sqlMigrations`. */
export interface SqlTables {
  /**
   * Names of tables instead of the usual `plan_tokens`, `plan_token_secrets`, `plan_token_events`, `plan_token_uses` and
   * `plan_token_state`: a letter, then letters, digits and `_`, 40 characters at most. Indexes are named after their table.
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

/** Options of `sqlStore`. */
export interface SqlStoreOptions extends SqlTables {
  /** PostgreSQL only: what gives the store its `watch`, see `pgListener`. Without it there is none. */
  readonly listen?: Listen
}

const NAMES = {
  tokens: 'plan_tokens',
  secrets: 'plan_token_secrets',
  events: 'plan_token_events',
  uses: 'plan_token_uses',
  state: 'plan_token_state',
} as const

/** PostgreSQL cuts names at 63 characters, and the longest index adds 20. */
const LONGEST = 40
const name = matching(
  new RegExp(`^[A-Za-z][A-Za-z0-9_]{0,${LONGEST - 1}}$`),
  `must be a letter, then letters, digits and "_", ${LONGEST} characters at most.`,
)
const places = {
  tables: maybe(
    object({ tokens: maybe(name), secrets: maybe(name), events: maybe(name), uses: maybe(name), state: maybe(name) }),
  ),
  schema: maybe(name),
  dialect: maybe(oneOf('postgres', 'mysql', 'sqlite')),
}
const callable: Schema<unknown> = judged((value) =>
  typeof value === 'function' ? undefined : 'must be a function, such as pgListener gives.',
)
const OPTIONS = { store: object({ ...places, listen: maybe(callable) }), migrations: object(places) }

/**
 * Reads options into the names of tables.
 *
 * @throws PolicyError (a `TypeError`) with everything that is wrong.
 */
export function readOptions(
  kind: keyof typeof OPTIONS,
  options: SqlTables,
): { readonly names: Names /** The same without the schema. */; readonly bare: Names } {
  const parsed = read<unknown>(OPTIONS[kind], options)
  if (!parsed.success) throw new PolicyError(issuesOf(parsed.error))
  const bare = { ...NAMES, ...definedIn(options.tables ?? {}) }
  const used = Object.values(bare)
  const twice = used.filter((table, i) => used.indexOf(table) !== i)
  if (twice.length > 0)
    throw new PolicyError(twice.map((table) => ({ path: 'tables', message: `name "${table}" twice.` })))
  const { schema } = options
  const names = Object.fromEntries(
    Object.entries(bare).map(([key, table]) => [key, schema === undefined ? table : `${schema}.${table}`]),
  )
  return { names: names as unknown as Names, bare: bare as unknown as Names }
}

function definedIn(tables: object): object {
  return Object.fromEntries(Object.entries(tables).filter(([, table]) => table !== undefined))
}

/** Everything that the store's queries need to know. */
export function setupOf<DB>(kysely: Kysely<DB>, options: SqlStoreOptions): Setup {
  if (typeof (kysely as Partial<Kysely<DB>> | undefined)?.getExecutor !== 'function')
    throw new PolicyError([{ path: 'kysely', message: 'must be a Kysely of your database: new Kysely({ dialect }).' }])
  if (kysely.isTransaction)
    throw new PolicyError([
      {
        path: 'kysely',
        message:
          'is a transaction, which ends while the store goes on. Give it the Kysely that the transaction came from.',
      },
    ])
  const { names, bare } = readOptions('store', options)
  const dialect = options.dialect ?? dialectOf(kysely)
  if (options.listen && dialect !== 'postgres')
    throw new PolicyError([{ path: 'listen', message: 'is for PostgreSQL alone.' }])
  return { names, channel: bare.events, dialect }
}

/** The dialect that a Kysely speaks, told by what its adapter says that the database can do. */
export function dialectOf<DB>(kysely: Kysely<DB>): SqlDialect {
  const { supportsReturning, supportsTransactionalDdl } = kysely.getExecutor().adapter
  if (supportsReturning) return supportsTransactionalDdl ? 'postgres' : 'sqlite'
  if (!supportsTransactionalDdl) return 'mysql'
  throw new StoreError(
    'store_unsuitable',
    'This Kysely speaks to a database that the SQL store cannot use. Give it PostgreSQL, MySQL, MariaDB or SQLite, or name the dialect in the options.',
  )
}
