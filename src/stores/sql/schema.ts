/**
 * The statements that make the tables, from one description for all dialects. Who runs or prints them:
 * stores/sql/migrations.ts.
 *
 * Ids are compared byte by byte and with their case: `collate "C"`, `utf8mb4_bin`, and SQLite by itself.
 */
import type { Names, SqlDialect, Tables } from './tables.ts'

/** The version of the tables that this code reads and writes. */
export const SCHEMA_VERSION = 5

/** What a kind of column is called in each dialect. */
const KINDS = {
  postgres: { id: 'text collate "C"', text: 'text', word: 'text collate "C"', json: 'text', whole: 'bigint' },
  mysql: { id: 'varchar(256)', text: 'text', word: 'text', json: 'mediumtext', whole: 'bigint' },
  sqlite: { id: 'text', text: 'text', word: 'text', json: 'text', whole: 'integer' },
} as const
/** Kinds of columns. */
export type Kind = keyof (typeof KINDS)[SqlDialect]

/** A table, as it is described for everybody who makes it or has to know it. */
export interface Table {
  /** The first one is the primary key. */
  readonly columns: { readonly [column: string]: Kind | `${Kind}?` }
  /** Derived columns: each is a whole number made by an expression. */
  readonly derived?: { readonly [column: string]: string }
  /** By what they are named, and their columns. */
  readonly indexes?: { readonly [name: string]: readonly string[] }
}

/** The tables as they are in the newest version. */
export const TABLES: { readonly [T in keyof Tables]: Table } = {
  tokens: {
    columns: {
      id: 'id',
      plan_id: 'id',
      type: 'id',
      name: 'text',
      description: 'text',
      scopes: 'json',
      resources: 'json',
      created_at: 'whole',
      created_by: 'text',
      lifetime_days: 'whole',
      expires_at: 'whole',
      secrets: 'json',
      revoked_at: 'whole?',
      revoked_by: 'text?',
      version: 'whole',
      event_id: 'text',
      idempotency: 'json',
      search_name: 'word',
      search_description: 'word',
      details: 'json?',
    },
    derived: {
      is_revoked: 'case when revoked_at is null then 0 else 1 end',
      ended_at: 'case when revoked_at < expires_at then revoked_at else expires_at end',
    },
    indexes: {
      newest: ['plan_id', 'created_at', 'id'],
      expiry: ['plan_id', 'is_revoked', 'expires_at', 'id'],
      ended: ['ended_at'],
    },
  },
  secrets: { columns: { digest: 'id', token_id: 'id' }, indexes: { token: ['token_id'] } },
  events: {
    columns: {
      seq: 'whole',
      id: 'text',
      at: 'whole',
      type: 'text',
      token_id: 'id',
      plan_id: 'id',
      actor: 'text?',
      version: 'whole',
      changes: 'json?',
      reason: 'text?',
      details: 'json?',
      hash: 'text?',
      chain: 'text?',
    },
    indexes: { plan: ['plan_id', 'seq'], token: ['token_id', 'seq'] },
  },
  uses: { columns: { digest: 'id', token_id: 'id', at: 'whole' }, indexes: { token: ['token_id'] } },
  values: { columns: { name: 'id', version: 'whole', value: 'json' } },
  state: { columns: { id: 'whole', schema_version: 'whole', last_seq: 'whole', bound_ms: 'whole', chain: 'text?' } },
}

/**
 * The steps that lead from one version of the tables to the next, oldest first. A name is never changed: it stands in a host's own
 * table of migrations.
 */
export const STEPS: { readonly [name: string]: (dialect: SqlDialect, names: Names) => readonly string[] } = {
  plan_access_tokens_0001: createTables,
  plan_access_tokens_0002: (dialect, names) => [
    ...addColumn(dialect, names, 'events', 'reason'),
    setVersion(dialect, names, 2),
  ],
  plan_access_tokens_0003: (dialect, names) => [
    ...addColumn(dialect, names, 'tokens', 'details'),
    ...addColumn(dialect, names, 'events', 'details'),
    setVersion(dialect, names, 3),
  ],
  plan_access_tokens_0004: (dialect, names) => [
    ...createTable(dialect, names.values, TABLES.values),
    setVersion(dialect, names, 4),
  ],
  plan_access_tokens_0005: (dialect, names) => [
    ...addColumn(dialect, names, 'events', 'hash'),
    ...addColumn(dialect, names, 'events', 'chain'),
    ...addColumn(dialect, names, 'state', 'chain'),
    setVersion(dialect, names, 5),
  ],
}

/** The columns that a later step has added to a table. */
const LATER: { readonly [T in keyof Tables]?: readonly string[] } = {
  tokens: ['details'],
  events: ['reason', 'details', 'hash', 'chain'],
  state: ['chain'],
}

/** The tables that a later step has made. */
const LATER_TABLES: readonly string[] = ['values'] satisfies (keyof Tables)[]

/** The columns of a table that are written, each with its kind in PostgreSQL. */
export function columnsOf<T extends keyof Tables>(
  table: T,
): readonly (readonly [column: keyof Tables[T], kind: string])[] {
  return Object.entries(TABLES[table].columns).map(([column, kind]) => {
    return [column as keyof Tables[T], kind.startsWith('whole') ? 'bigint' : 'text'] as const
  })
}

/** One more column, which may be null, unless MySQL, which commits each statement by itself, has it from a try that was cut off. */
function addColumn(dialect: SqlDialect, names: Names, table: keyof Tables, column: string): readonly string[] {
  const kind = (TABLES[table].columns[column] as string).slice(0, -1) as Kind
  const statement = `alter table ${quote(dialect, names[table])} add column ${quote(dialect, column)} ${KINDS[dialect][kind]}`
  if (dialect !== 'mysql') return [statement]
  const [name, schema] = names[table].split('.').reverse()
  const where = `table_schema = ${schema === undefined ? 'database()' : `'${schema}'`} and table_name = '${name}' and column_name = '${column}'`
  return [
    `set @statement = (select if(count(*) = 0, '${statement}', 'do 0') from information_schema.columns where ${where})`,
    'prepare statement from @statement',
    'execute statement',
    'deallocate prepare statement',
  ]
}

function setVersion(dialect: SqlDialect, names: Names, version: number): string {
  const [state, column, id] = [names.state, 'schema_version', 'id'].map((name) => quote(dialect, name))
  return `update ${state} set ${column} = ${version} where ${id} = 1`
}

/** The first migration: all tables but later ones, their indexes, and the row of the store. */
function createTables(dialect: SqlDialect, names: Names): readonly string[] {
  const quoted = (name: string): string => quote(dialect, name)
  // MySQL commits each statement by itself: what was half done has to be doable again.
  const ignore = dialect === 'mysql' ? ' ignore' : ''
  return [
    ...Object.entries(TABLES)
      .filter(([key]) => !LATER_TABLES.includes(key))
      .flatMap(([key, table]) => createTable(dialect, names[key as keyof Names], atFirst(key, table))),
    `insert${ignore} into ${quoted(names.state)} (${['id', 'schema_version', 'last_seq', 'bound_ms'].map(quoted).join(', ')}) values (1, 1, 0, 0)`,
  ]
}

/** A table as the first step made it. */
function atFirst(key: string, { columns, ...table }: Table): Table {
  const later = LATER[key as keyof Tables] ?? []
  const kept = Object.entries(columns).filter(([column]) => !later.includes(column))
  return { ...table, columns: Object.fromEntries(kept) }
}

function createTable(dialect: SqlDialect, name: string, { columns, derived = {}, indexes = {} }: Table): string[] {
  const quoted = (column: string): string => quote(dialect, column)
  const kinds = KINDS[dialect]
  const [key] = Object.keys(columns)
  const lines = [
    ...Object.entries(columns).map(([column, kind]) => {
      const isNullable = kind.endsWith('?')
      const type = kinds[(isNullable ? kind.slice(0, -1) : kind) as Kind]
      return `${quoted(column)} ${type}${isNullable ? '' : ' not null'}${column === key ? ' primary key' : ''}`
    }),
    ...Object.entries(derived).map(([column, expression]) => {
      return `${quoted(column)} ${kinds.whole} generated always as (${expression}) stored`
    }),
  ]
  const indexLines = Object.entries(indexes).map(([index, on]) => ({
    name: `${name}_${index}`,
    on: on.map(quoted).join(', '),
  }))
  if (dialect === 'mysql') {
    lines.push(...indexLines.map((index) => `index ${quoted(lastPart(index.name))} (${index.on})`))
    return [
      `create table if not exists ${quoted(name)} (\n  ${lines.join(',\n  ')}\n) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`,
    ]
  }
  // In PostgreSQL an index is always in its table's schema; in SQLite the index has the schema and the table must not.
  const isSqlite = dialect === 'sqlite'
  return [
    `create table ${quoted(name)} (\n  ${lines.join(',\n  ')}\n)`,
    ...indexLines.map((index) => {
      const created = quoted(isSqlite ? index.name : lastPart(index.name))
      return `create index ${created} on ${quoted(isSqlite ? lastPart(name) : name)} (${index.on})`
    }),
  ]
}

/** A name without its schema. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** A name in quotation marks, part by part. Names hold none themselves (stores/sql/options.ts). */
export function quote(dialect: SqlDialect, name: string): string {
  const mark = dialect === 'mysql' ? '`' : '"'
  return name
    .split('.')
    .map((part) => `${mark}${part}${mark}`)
    .join('.')
}
