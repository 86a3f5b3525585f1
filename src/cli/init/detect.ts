/** What `init` finds in a project by its files: framework, database, language, ids. Nothing is run or loaded. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../exit.ts'

/** Servers that there is a guard for; `node` where there is no framework. */
export const FRAMEWORKS = ['express', 'fastify', 'hono', 'koa', 'elysia', 'nest', 'node', 'fetch'] as const
/** One of them. */
export type Framework = (typeof FRAMEWORKS)[number]

/** Databases that there is a store for, by their driver. */
export const DATABASES = ['pg', 'mysql2', 'better-sqlite3', 'libsql', 'node:sqlite'] as const
/** One of them. */
export type Database = (typeof DATABASES)[number]

/** How ids of the project's own tables look. */
export const ID_FORMS = ['integer', 'bigint', 'uuid', 'name'] as const
/** One of them. */
export type IdForm = (typeof ID_FORMS)[number]

/** What was found. */
export interface Found {
  readonly name: string
  readonly framework: Framework
  readonly database: Database
  readonly ids: IdForm
  readonly openapi?: string
  readonly isTypeScript: boolean
  /** How files end that Node runs as ES modules. */
  readonly ending: 'ts' | 'mts' | 'js' | 'mjs'
  /** How relative imports end. */
  readonly importEnding: string
  readonly runner: 'vitest' | 'jest' | 'node'
  readonly manager: 'npm' | 'pnpm' | 'yarn' | 'bun'
  /** Names of installed or declared packages. */
  readonly packages: ReadonlySet<string>
}

interface Manifest {
  readonly name?: unknown
  readonly type?: unknown
  readonly dependencies?: object
  readonly devDependencies?: object
}

/** Looks at a folder. @param hasNodeSqlite whether this Node has a SQLite that the store can use. */
export function detect(folder: string, hasNodeSqlite: boolean): Found {
  const manifest = manifestIn(folder)
  const packages = new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }))
  const tsconfig = readIn(folder, 'tsconfig.json')
  const isTypeScript = tsconfig !== undefined
  const isModule = manifest.type === 'module'
  const schema = schemasIn(folder)
  const openapi = openApiIn(folder)
  const base = isTypeScript ? 'ts' : 'js'
  const ending = isModule ? base : (`m${base}` as const)
  const takesTs = /"(allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(tsconfig ?? '')
  return {
    name: typeof manifest.name === 'string' ? manifest.name : 'my-app',
    framework: frameworkOf(packages),
    database: databaseOf(packages, schema, hasNodeSqlite),
    ids: idsOf(schema),
    ...(openapi !== undefined && { openapi }),
    isTypeScript,
    ending,
    importEnding: isTypeScript && !takesTs ? ending.replace('ts', 'js') : ending,
    runner: packages.has('vitest') ? 'vitest' : packages.has('jest') ? 'jest' : 'node',
    manager: managerIn(folder),
    packages,
  }
}

function manifestIn(folder: string): Manifest {
  const text = readIn(folder, 'package.json')
  if (text === undefined) return {}
  try {
    return Object(JSON.parse(text)) as Manifest
  } catch {
    throw new CliError('files', 'manifest_unreadable', 'package.json is no JSON.')
  }
}

function readIn(folder: string, file: string): string | undefined {
  try {
    return readFileSync(join(folder, file), 'utf8')
  } catch {
    return undefined
  }
}

function frameworkOf(packages: ReadonlySet<string>): Framework {
  if (packages.has('@nestjs/core')) return 'nest'
  for (const name of ['fastify', 'hono', 'koa', 'elysia', 'express'] as const) if (packages.has(name)) return name
  return ['next', '@sveltejs/kit', 'h3', 'nitro'].some((name) => packages.has(name)) ? 'fetch' : 'node'
}

/** The driver that the project has, or the one that its schema asks for. */
function databaseOf(packages: ReadonlySet<string>, schema: string, hasNodeSqlite: boolean): Database {
  for (const name of ['pg', 'mysql2', 'better-sqlite3', 'libsql'] as const) if (packages.has(name)) return name
  if (/provider\s*=\s*"postgres(ql)?"|\bpgTable\(|\bbigserial\b/.test(schema)) return 'pg'
  if (/provider\s*=\s*"mysql"|\bmysqlTable\(/.test(schema)) return 'mysql2'
  if (['postgres', '@neondatabase/serverless', 'postgres.js'].some((name) => packages.has(name))) return 'pg'
  return hasNodeSqlite ? 'node:sqlite' : 'libsql'
}

/** More text than this of schemas is not read, in characters. */
const MOST_SCHEMA = 1_000_000
const SCHEMA_FOLDERS = ['prisma', 'drizzle', 'migrations', 'db', 'db/migrations', 'src/db', 'sql', 'database']

/** The text of whatever describes the project's tables. */
function schemasIn(folder: string): string {
  let text = ''
  for (const place of SCHEMA_FOLDERS) {
    const path = join(folder, place)
    if (!existsSync(path)) continue
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const isSchema = entry.isFile() && (/\.(prisma|sql)$/.test(entry.name) || /^schema\.[mc]?[jt]s$/.test(entry.name))
      if (isSchema && text.length < MOST_SCHEMA) text += readIn(path, entry.name) ?? ''
    }
  }
  return text
}

/** The form that most primary keys have; ids by number where no table is found. */
function idsOf(schema: string): IdForm {
  const count = (pattern: RegExp): number => schema.match(pattern)?.length ?? 0
  const counts: readonly (readonly [IdForm, number])[] = [
    ['integer', count(/\bInt\s+@id|\b(serial|integer|int)(\s+not\s+null)?\s+primary\s+key|\bserial\(/gi)],
    [
      'bigint',
      count(
        /\bBigInt\s+@id|\b(bigserial|bigint)(\s+not\s+null)?(\s+generated[^,\n]{0,200})?\s+primary\s+key|\bbigserial\(/gi,
      ),
    ],
    [
      'uuid',
      count(
        /@id\s+@default\((dbgenerated\("gen_random_)?uuid\(|\buuid(\s+not\s+null)?\s+primary\s+key|\buuid\([^)\n]{0,200}\)\.primaryKey|@db\.Uuid\b/gi,
      ),
    ],
    ['name', count(/@id\s+@default\((cuid|nanoid|ulid)\(|\b(text|varchar\(\d+\))(\s+not\s+null)?\s+primary\s+key/gi)],
  ]
  const [best] = [...counts].sort(([, a], [, b]) => b - a)
  return best && best[1] > 0 ? best[0] : 'integer'
}

function openApiIn(folder: string): string | undefined {
  const names = ['openapi', 'swagger', 'api'].flatMap((name) => ['json', 'yaml', 'yml'].map((end) => `${name}.${end}`))
  const places = ['', 'docs/', 'api/', 'spec/', 'public/', 'openapi/', 'src/']
  return places
    .flatMap((place) => names.map((name) => place + name))
    .find((file) => /["']?(openapi|swagger)["']?\s*:/.test(readIn(folder, file)?.slice(0, 4_096) ?? ''))
}

function managerIn(folder: string): Found['manager'] {
  if (existsSync(join(folder, 'pnpm-lock.yaml'))) return 'pnpm'
  if (existsSync(join(folder, 'yarn.lock'))) return 'yarn'
  return existsSync(join(folder, 'bun.lock')) || existsSync(join(folder, 'bun.lockb')) ? 'bun' : 'npm'
}
