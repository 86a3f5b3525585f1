/**
 * `sqlMigrations`: the store's tables for a migration tool of the host's, as Kysely migrations or as plain SQL. Without a tool:
 * stores/sql/migrate.ts. What they make: stores/sql/schema.ts.
 */
import type { Kysely } from 'kysely'
import { versionOf } from './migrate.ts'
import { dialectOf, type SqlTables, tableNamesOf } from './options.ts'
import { rawQuery } from './query.ts'
import { SCHEMA_VERSION, STEPS } from './schema.ts'
import type { SqlDialect } from './tables.ts'

/** One step, as Kysely's migrator takes it. Kysely's own type lies elsewhere since 0.29. */
export interface SqlMigration {
  /** Makes what the step makes, unless it is there. */
  up<DB>(db: Kysely<DB>): Promise<void>
}

/** The migrations of the SQL store, for Kysely's `Migrator`, or printed. */
export interface SqlMigrations {
  /** What Kysely's migrator asks for: every step by its name. */
  getMigrations(): Promise<Record<string, SqlMigration>>
  /**
   * The same statements as text, each ended by `;`, for an empty database. They leave out what belongs to a migration tool:
   * run them once, in one transaction where the database can.
   */
  toSql(dialect: SqlDialect): string
}

/**
 * The migrations that `sqlStore` needs, with the same `tables` and `schema`, for hosts that keep all theirs in one place; others
 * call `migrate`. A step that the tables have already, from `migrate` or from another tool, does nothing. Kysely keeps track of
 * them in a table; give it one of its own, so that they do not mix with the host's. There is no way down: it would end every
 * token.
 *
 * @throws SetupError (a `TypeError`) for options that cannot be used.
 *
 * @example
 * import { Migrator } from 'kysely' // since 0.29 from 'kysely/migration'
 * const migrator = new Migrator({
 *   db,
 *   provider: sqlMigrations(),
 *   migrationTableName: 'plan_token_migrations',
 *   migrationLockTableName: 'plan_token_migrations_lock',
 * })
 * const { error } = await migrator.migrateToLatest()
 *
 * @example
 * writeFileSync('V7__plan_access_tokens.sql', sqlMigrations().toSql('postgres'))
 */
export function sqlMigrations(options: SqlTables = {}): SqlMigrations {
  const { names } = tableNamesOf('sqlMigrations', options)
  return {
    async getMigrations() {
      const steps = Object.entries(STEPS).map(([name, statements], i): [string, SqlMigration] => [
        name,
        {
          async up(db) {
            const dialect = options.dialect ?? dialectOf(db)
            if ((await versionOf(db, { dialect, names })) > i) return
            await runAll(db, dialect, statements(dialect, names))
          },
        },
      ])
      return Object.fromEntries(steps)
    },
    toSql(dialect) {
      tableNamesOf('sqlMigrations', { dialect })
      const statements = Object.values(STEPS).flatMap((step) => step(dialect, names))
      const head = `-- The tables of plan-access-tokens, version ${SCHEMA_VERSION}, for ${dialect}.\n`
      return head + statements.map((statement) => `\n${statement};\n`).join('')
    },
  }
}

/** All statements, in one transaction if the database can; Kysely opens one by itself only for PostgreSQL. */
async function runAll<DB>(db: Kysely<DB>, dialect: SqlDialect, statements: readonly string[]): Promise<void> {
  const plain = db.withoutPlugins()
  const all = async (within: Kysely<DB>): Promise<void> => {
    for (const statement of statements) await within.executeQuery(rawQuery(statement))
  }
  if (dialect === 'mysql' || plain.isTransaction) await all(plain)
  else await plain.transaction().execute(all)
}
