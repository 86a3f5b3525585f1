/**
 * The store's tables as Drizzle describes tables, so that drizzle-kit knows them and leaves them as they are. Made out of the one
 * description (stores/sql/schema.ts). They are made by `migrate`, not by drizzle-kit: it knows no collations.
 * None for MySQL: drizzle-kit misreads MariaDB, and would alter each of its tables at every push (docs/stores.md).
 */
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'
import { tableNamesOf } from '../sql/options.ts'
import { type Kind, lastPart, TABLES } from '../sql/schema.ts'
import type { Names } from '../sql/tables.ts'
import type { DrizzleTableOptions } from './store.ts'

/** A table of Drizzle for each of the store's. */
export type DrizzleTables<Table> = {
  readonly [T in 'tokens' | 'secrets' | 'events' | 'uses' | 'values' | 'state']: Table
}

/**
 * The tables for `drizzle-orm/pg-core`. Export them from your schema file, with the options that `drizzleStore` has.
 *
 * @throws SetupError (a `TypeError`) for options that cannot be used.
 * @example
 * export const { tokens, secrets, events, uses, values, state } = pgTables()
 */
export function pgTables(options: DrizzleTableOptions = {}): DrizzleTables<pg.PgTable> {
  const text = (column: string) => pg.text(column)
  const whole = (column: string) => pg.bigint(column, { mode: 'number' })
  const table = (options.schema === undefined ? pg.pgTable : pg.pgSchema(options.schema).table) as typeof pg.pgTable
  return tablesBy(options, {
    column: (column, kind) => (kind === 'whole' ? whole(column) : text(column)),
    derived: (column, by) => whole(column).generatedAlwaysAs(sql.raw(by)),
    index: (name, on) => pg.index(name).on(...(on as [never])),
    table: (name, columns, indexes) => table(name, columns as never, indexes as never) as unknown as pg.PgTable,
  })
}

/**
 * The tables for `drizzle-orm/sqlite-core`. As `pgTables`; an attached file (`schema`) is nothing that Drizzle knows.
 *
 * @throws SetupError (a `TypeError`) for options that cannot be used.
 * @example
 * export const { tokens, secrets, events, uses, values, state } = sqliteTables()
 */
export function sqliteTables(options: Omit<DrizzleTableOptions, 'schema'> = {}): DrizzleTables<sqlite.SQLiteTable> {
  return tablesBy(options, {
    column: (column, kind) => (kind === 'whole' ? sqlite.integer(column) : sqlite.text(column)),
    derived: (column, by) => sqlite.integer(column).generatedAlwaysAs(sql.raw(by), { mode: 'stored' }),
    index: (name, on) => sqlite.index(name).on(...(on as [never])),
    table: (name, columns, indexes) =>
      sqlite.sqliteTable(name, columns as never, indexes as never) as unknown as sqlite.SQLiteTable,
  })
}

/** What is used of a column while it is made. */
interface Column {
  primaryKey(): unknown
  notNull(): unknown
}

/** How one of Drizzle's dialects makes the parts of a table. */
interface Maker<Table> {
  column(column: string, kind: Kind): Column
  derived(column: string, expression: string): unknown
  index(name: string, on: readonly unknown[]): unknown
  table(name: string, columns: object, indexes: (columns: { readonly [column: string]: unknown }) => unknown[]): Table
}

function tablesBy<Table>(options: DrizzleTableOptions, make: Maker<Table>): DrizzleTables<Table> {
  const { bare } = tableNamesOf('sqlMigrations', options)
  const made = Object.entries(TABLES).map(([key, { columns, derived = {}, indexes = {} }]) => {
    const name = bare[key as keyof Names]
    const [first] = Object.keys(columns)
    const written = Object.entries(columns).map(([column, kind]) => {
      const isNullable = kind.endsWith('?')
      const bareColumn = make.column(column, (isNullable ? kind.slice(0, -1) : kind) as Kind)
      if (column === first) return [column, bareColumn.primaryKey()]
      return [column, isNullable ? bareColumn : bareColumn.notNull()]
    })
    const others = Object.entries(derived).map(([column, by]) => [column, make.derived(column, by)])
    const indexesOf = (all: { readonly [column: string]: unknown }) =>
      Object.entries(indexes).map(([index, on]) =>
        make.index(
          `${lastPart(name)}_${index}`,
          on.map((column) => all[column]),
        ),
      )
    return [key, make.table(name, Object.fromEntries([...written, ...others]), indexesOf)]
  })
  return Object.fromEntries(made) as DrizzleTables<Table>
}
