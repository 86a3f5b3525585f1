/**
 * The Kysely that comes next, out of the folder that KYSELY_NEXT names: it asks for Node 22 in its `engines`, so it is no development
 * dependency. It runs on Node 20 all the same. Its types are others and are checked by a test of its own (stores/sql/kysely-next.test.ts).
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Kysely, MigrationProvider, Migrator, PostgresDialect, SqliteDialect } from 'kysely'

/** What tests use of it, under the types of the Kysely that they have. */
export interface KyselyNext {
  /** Where its package lies. */
  readonly folder: string
  readonly Kysely: typeof Kysely
  readonly SqliteDialect: typeof SqliteDialect
  readonly PostgresDialect: typeof PostgresDialect
  readonly Migrator: new (props: { db: unknown; provider: MigrationProvider }) => Pick<Migrator, 'migrateToLatest'>
}

/** The command that installs what is missing. */
export const KYSELY_NEXT_COMMAND = 'npm install --prefix <dir> kysely@0.29.9, then KYSELY_NEXT=<dir> npm test'

/** `undefined` where it is not installed. */
export const KYSELY_NEXT: KyselyNext | undefined = await load()

async function load(): Promise<KyselyNext | undefined> {
  const folder = join(process.env.KYSELY_NEXT ?? '', 'node_modules/kysely')
  if (!process.env.KYSELY_NEXT || !existsSync(folder)) return undefined
  const [all, migration] = await Promise.all(
    ['dist/index.js', 'dist/migration/index.js'].map((file) => import(pathToFileURL(join(folder, file)).href)),
  )
  return { ...all, ...migration, folder }
}
