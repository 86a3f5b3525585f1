/** Every export of the sources says what it is. Left out: tables of texts and lists of cases, which the first comment of their file is about. */
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { SOURCES, SRC } from './imports.ts'

/** What is said of a command stands in docs/cli.md, which a test holds to it. */
const LEFT_OUT = /\.gen\.ts$|^hub\/(texts|languages|page)\/|^testing\/contract\/|^cli\/commands\//

/** The exported names of a file that have no description; one of several signatures is enough. */
function undescribedIn(path: string, text: string): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const described = new Map<string, boolean>()
  for (const statement of file.statements) {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    if (!isExported) continue
    const names = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map(({ name }) => name.getText())
      : [(statement as ts.DeclarationStatement).name?.getText() ?? '']
    const has = ts.getJSDocCommentsAndTags(statement).length > 0
    for (const name of names) described.set(name, described.get(name) === true || has)
  }
  return [...described].flatMap(([name, has]) => (has ? [] : `${path}: ${name}`))
}

it('every export is described', () => {
  const looked = SOURCES.filter((path) => !LEFT_OUT.test(path))
  expect(looked.flatMap((path) => undescribedIn(path, readFileSync(SRC + path, 'utf8')))).toEqual([])
  expect(looked.length).toBeGreaterThan(400)
})

it.each([
  ['export const a = 1', ['x.ts: a']],
  ['/** A. */\nexport const a = 1', []],
  ['// A.\nexport function a(): void {}', ['x.ts: a']],
  ['/** A. */\nexport function a(x: 1): 1\nexport function a(x: 2): 2', []],
  ['const a = 1\nexport interface B {}', ['x.ts: B']],
])('finds what is not: %s', (text, names) => {
  expect(undescribedIn('x.ts', text)).toEqual(names)
})
