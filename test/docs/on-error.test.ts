/** What `onError` can be told as `method`: all that the sources report stands in the docstring and in docs/operations.md. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SOURCES, SRC } from '../package/imports.ts'

/** How the sources name what failed. */
const NAMED = [
  /\b(?:failed|failureOf|ask(?:<\w+>)?)\((?:[^()'<]|\(\))*,\s*(?:[\w.?]+ \?\? )?'([a-zA-Z.]+)'/g,
  /\.port \?\? '([a-zA-Z.]+)'/g,
  /\.port = '([a-zA-Z.]+)'/g,
  /\bconst (?:TAKE|LOOK|method) = '([a-zA-Z.]+)'/g,
]
const texts = SOURCES.filter((path) => !/^(hub\/page|cli|config)\//.test(path)).map((path) =>
  readFileSync(SRC + path, 'utf8'),
)
const named = new Set(
  NAMED.flatMap((pattern) => texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name as string))),
)
/** Methods of a port are named by an example. */
const others = [...named].filter((name) => !/^(store|directory)\./.test(name)).toSorted()

const docstring = /interface ErrorInfo \{[^}]*\}/.exec(readFileSync(`${SRC}service/report.ts`, 'utf8'))?.[0] ?? ''
const page = readFileSync(`${SRC}../docs/operations.md`, 'utf8')
const section = page.slice(page.indexOf('## What fails'), page.indexOf('### Nobody outside'))

describe('onError', () => {
  it('is told of failures that are found in the sources', () => {
    expect(others).toEqual(
      expect.arrayContaining(['authorize', 'canaries.onUse', 'deliver', 'limits.rules', 'onDecision']),
    )
    expect([...named]).toEqual(expect.arrayContaining(['store.find', 'directory.plan']))
  })

  it.each(others)('is told of %s, and both lists have it', (name) => {
    expect(docstring).toContain(`\`${name}\``)
    expect(section).toContain(`\`${name}\``)
  })
})
