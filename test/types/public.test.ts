/** Holds the list of public types in public.test-d.ts against what the entry points export. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { PUBLIC_VALUES } from '../support/public-values.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, readFileSync(root + path, 'utf8'), ts.ScriptTarget.Latest, true)

/** The names that an entry point exports: as types alone, or as values. */
function exportsOf(path: string): { readonly types: readonly string[]; readonly values: readonly string[] } {
  const types: string[] = []
  const values: string[] = []
  for (const statement of read(path).statements) {
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
    if (ts.isFunctionDeclaration(statement) || isType) {
      const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
      if (isExported) (isType ? types : values).push(statement.name?.text ?? 'default')
    }
    if (!ts.isExportDeclaration(statement)) continue
    if (!statement.exportClause || !ts.isNamedExports(statement.exportClause)) {
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

const entries = Object.values(PUBLIC_VALUES)

describe('the public face', () => {
  it.each(entries)('of $source has every type pinned', ({ source }) => {
    const { types } = exportsOf(source)
    expect(types.length).toBeGreaterThan(0)
    expect(types.filter((name) => !pinned.includes(name))).toEqual([])
  })

  it('has no pinned type that is gone', () => {
    const all = entries.flatMap(({ source }) => exportsOf(source).types)
    expect(pinned.filter((name) => name === undefined || !all.includes(name))).toEqual([])
  })

  it.each(entries)('of $source has these values and no others', ({ source, values }) => {
    expect(exportsOf(source).values.toSorted()).toEqual(values)
  })
})
