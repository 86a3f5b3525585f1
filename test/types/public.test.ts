/** Holds the list of public types in public.test-d.ts against what the entry points export. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, readFileSync(root + path, 'utf8'), ts.ScriptTarget.Latest, true)

/** The names that an entry point exports: as types alone, or as values. */
function exportsOf(path: string): { readonly types: readonly string[]; readonly values: readonly string[] } {
  const types: string[] = []
  const values: string[] = []
  for (const statement of read(path).statements) {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause || !ts.isNamedExports(statement.exportClause)) {
      throw new TypeError(`${path} exports otherwise than by name: ${statement.getText()}`)
    }
    for (const element of statement.exportClause.elements)
      (statement.isTypeOnly || element.isTypeOnly ? types : values).push(element.name.text)
  }
  return { types, values }
}

const pinned = read('test/types/public.test-d.ts')
  .statements.filter(ts.isInterfaceDeclaration)
  .flatMap(({ members }) => members.map((member) => member.name?.getText()))

const entries = [
  'src/index.ts',
  'src/figma/index.ts',
  'src/stores/sql/index.ts',
  'src/stores/redis/index.ts',
  'src/testing/index.ts',
]

describe('the public face', () => {
  it.each(entries)('of %s has every type pinned', (entry) => {
    const { types } = exportsOf(entry)
    expect(types.length).toBeGreaterThan(0)
    expect(types.filter((name) => !pinned.includes(name))).toEqual([])
  })

  it('has no pinned type that is gone', () => {
    const all = entries.flatMap((entry) => exportsOf(entry).types)
    expect(pinned.filter((name) => name === undefined || !all.includes(name))).toEqual([])
  })

  it('has these values and no others', () => {
    expect(entries.map((entry) => exportsOf(entry).values.toSorted())).toEqual([
      [
        'MANAGEMENT_ERRORS',
        'PlanTokenError',
        'PolicyError',
        'REFUSALS',
        'StoreError',
        'createPlanTokens',
        'definePolicy',
        'memoryStore',
      ],
      ['figmaErrors', 'figmaPolicy', 'parseFigmaLink', 'parseFigmaLinks'],
      ['pgListener', 'preparedStatements', 'sqlMigrations', 'sqlStore'],
      ['redisStore'],
      [
        'expectAllowed',
        'expectDenied',
        'requestWith',
        'storeContract',
        'testClock',
        'testDirectory',
        'tokensInEachState',
      ],
    ])
  })
})
