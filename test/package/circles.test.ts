/** No file of src/ leads back to itself, by its imports of types neither: each can be read, moved and tried without those above it. */
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { importOf, SOURCES, SRC } from './imports.ts'

/** The files that a file imports. */
function importsOf(path: string, text: string): readonly string[] {
  const found = new Set<string>()
  const visit = (node: ts.Node): void => {
    const specifier = importOf(node)?.specifier
    if (specifier?.startsWith('.')) found.add(posix.join(posix.dirname(path), specifier))
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))
  return [...found]
}

/** Every way back that is found when files are walked in their order: `a.ts -> b.ts -> a.ts`. None only if there is no circle. */
function circlesIn(files: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const walk = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' -> '))
    else if (!done.has(path)) {
      for (const next of files.get(path) ?? []) walk(next, [...way, path])
      done.add(path)
    }
  }
  for (const path of files.keys()) walk(path, [])
  return circles
}

const graphOf = (sources: Readonly<Record<string, string>>) =>
  new Map(Object.entries(sources).map(([path, text]) => [path, importsOf(path, text)]))

it('the sources hold no circle', () => {
  const files = new Map(SOURCES.map((path) => [path, importsOf(path, readFileSync(SRC + path, 'utf8'))]))
  expect([...files.values()].flat().length).toBeGreaterThan(SOURCES.length)
  expect(circlesIn(files)).toEqual([])
})

it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
  [
    'of types alone',
    { 'core/a.ts': "import type { B } from './b.ts'", 'core/b.ts': "import type { A } from './a.ts'" },
    ['core/a.ts -> core/b.ts -> core/a.ts'],
  ],
  [
    'over three files and two folders, one of them JSX',
    {
      'hub/a.ts': "export { b } from './page/b.tsx'",
      'hub/page/b.tsx': "import { c } from '../c.ts'; const d = <p>{c}</p>",
      'hub/c.ts': "type A = import('./a.ts').A",
    },
    ['hub/a.ts -> hub/page/b.tsx -> hub/c.ts -> hub/a.ts'],
  ],
  ['of one file', { 'a.ts': "const a = await import('./a.ts')" }, ['a.ts -> a.ts']],
  [
    'that does not begin where it is entered',
    { 'a.ts': "import './b.ts'", 'b.ts': "import './c.ts'", 'c.ts': "import './b.ts'" },
    ['b.ts -> c.ts -> b.ts'],
  ],
  [
    'none, where two ways lead to one file',
    { 'a.ts': "import './b.ts'; import './c.ts'", 'b.ts': "import './d.ts'", 'c.ts': "import './d.ts'", 'd.ts': '' },
    [],
  ],
])('a circle %s is found', (_, sources, circles) => {
  expect(circlesIn(graphOf(sources))).toEqual(circles)
})
