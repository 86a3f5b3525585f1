/**
 * The store's tables as models of a Prisma schema, so that `prisma migrate` and `prisma db push` know them and leave them as they are.
 * Made out of the one description (stores/sql/schema.ts). The tables are made by `migrate`, not by Prisma: it knows no collations.
 */
import * as z from 'zod/mini'
import { readOptions } from '../../core/setup.ts'
import { tableNamesOf } from '../sql/options.ts'
import { type Kind, lastPart, TABLES, type Table } from '../sql/schema.ts'
import type { Names } from '../sql/tables.ts'
import type { PrismaTableOptions } from './store.ts'

/** What Prisma calls the databases that `prismaStore` knows. */
export type PrismaProvider = 'postgresql' | 'mysql' | 'sqlite'

/** What a kind of column is called in each of them. */
const TYPES: { readonly [P in PrismaProvider]: { readonly [K in Kind]: readonly [type: string, native: string] } } = {
  postgresql: {
    id: ['String', ''],
    text: ['String', ''],
    word: ['String', ''],
    json: ['String', ''],
    whole: ['BigInt', ''],
  },
  mysql: {
    id: ['String', '@db.VarChar(256)'],
    text: ['String', '@db.Text'],
    word: ['String', '@db.Text'],
    json: ['String', '@db.MediumText'],
    whole: ['BigInt', ''],
  },
  sqlite: {
    id: ['String', ''],
    text: ['String', ''],
    word: ['String', ''],
    json: ['String', ''],
    whole: ['Int', ''],
  },
}

/**
 * The models of the store's tables, to be put into a Prisma schema beside yours. They are marked `@@ignore`, so that the generated
 * client has none of them.
 *
 * @param provider that of your `datasource`.
 * @param options the ones that `prismaStore` has.
 * @throws SetupError (a `TypeError`) for another provider, and for options that cannot be used.
 * @example
 * writeFileSync('prisma/plan-tokens.prisma', prismaSchema('postgresql'))
 */
export function prismaSchema(provider: PrismaProvider, options: PrismaTableOptions = {}): string {
  readOptions(
    'prismaSchema',
    z.strictObject({ provider: z.literal(['postgresql', 'mysql', 'sqlite']) }),
    {},
    { provider },
  )
  const { bare } = tableNamesOf('sqlMigrations', options)
  const models = Object.entries(TABLES).map(([key, table]) =>
    modelOf(provider, bare[key as keyof Names], table, options),
  )
  return `// Made by prismaSchema('${provider}') of plan-access-tokens/stores/prisma.\n\n${models.join('\n\n')}\n`
}

function modelOf(
  provider: PrismaProvider,
  name: string,
  { columns, derived = {}, indexes = {} }: Table,
  { schema }: PrismaTableOptions,
): string {
  const types = TYPES[provider]
  const [first] = Object.keys(columns)
  // Prisma does not see SQLite's generated columns, nor indexes on them.
  const seen = provider === 'sqlite' ? {} : derived
  const lines = [
    ...Object.entries(columns).map(([column, kind]) => {
      const isNullable = kind.endsWith('?')
      const [type, native] = types[(isNullable ? kind.slice(0, -1) : kind) as Kind]
      return [column, `${type}${isNullable ? '?' : ''}`, column === first ? '@id' : '', native].filter(Boolean)
    }),
    ...Object.entries(seen).map(([column, by]) => [column, `${types.whole[0]}?`, `@default(dbgenerated("${by}"))`]),
  ].map((words) => words.join(' '))
  const isSeen = (column: string): boolean => provider !== 'sqlite' || !(column in derived)
  const marks = [
    ...Object.entries(indexes)
      .filter(([, on]) => on.every(isSeen))
      .map(([index, on]) => `@@index([${on.join(', ')}], map: "${lastPart(name)}_${index}")`),
    `@@map("${name}")`,
    ...(schema === undefined || provider !== 'postgresql' ? [] : [`@@schema("${schema}")`]),
    '@@ignore',
  ]
  return `model ${modelName(name)} {\n${[...lines, '', ...marks].map((line) => line && `  ${line}`).join('\n')}\n}`
}

/** `plan_token_events` → `PlanTokenEvents`. */
const modelName = (table: string): string =>
  table.replace(/(^|_+)([A-Za-z0-9]?)/g, (_, __, letter: string) => letter.toUpperCase())
