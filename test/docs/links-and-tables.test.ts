/** The links of the documents lead somewhere, and the README's tables of codes are those of the code. */
import { describe, expect, it } from 'vitest'
import { MANAGEMENT_ERRORS } from '../../src/core/errors.ts'
import { REFUSALS } from '../../src/core/refusals.ts'
import { brokenLinks } from './links.ts'
import { anchorsOf, type Page, pagesOfRepository, readPage } from './markdown.ts'

const pages = pagesOfRepository()
const readme = pages.find(({ file }) => file === 'README.md') as Page

/** Code and status of each row of the table under a heading. */
function codesUnder({ tables }: Page, heading: string): readonly (readonly [code: string, status: number])[] {
  const found = tables.filter((table) => table.heading === heading && table.head[0] === 'code')
  expect(found).toHaveLength(1)
  return (found[0]?.rows ?? []).map(([code = '', status]) => [code.replaceAll('`', ''), Number(status)])
}

const codesOf = (table: Readonly<Record<string, { readonly status: number }>>) =>
  Object.entries(table).map(([code, { status }]) => [code, status])

describe('the links of the documents', () => {
  it.each(pages)('of $file lead to files and headings that exist', (page) => {
    expect(brokenLinks(page)).toEqual([])
  })
})

describe('the README’s tables', () => {
  it('name every refusal with its status, in the order of the questions', () => {
    expect(codesUnder(readme, 'When a request is refused')).toEqual(codesOf(REFUSALS))
  })

  it('name every management error with its status', () => {
    expect(codesUnder(readme, 'When a management call fails')).toEqual(codesOf(MANAGEMENT_ERRORS))
  })
})

describe('the check of links and tables', () => {
  it('finds a file or a heading that does not exist, a folder, and a way out of the repository', () => {
    const page = readPage(
      'docs/page.md',
      [
        '# A page: `with` code',
        '[here](#a-page-with-code) [there](#a-page) [readme](../README.md) [gone](gone.md "title")',
        '![out](../../secret.png) [root](/etc/passwd) [far](https://example.com/#x) `[code](is-none.md)`',
        '[lost](../README.md#no-such-heading) [odd](../package.json#name)',
        '[ref]: missing.md',
        '[folder](../src)',
        '```ts',
        'const [x](y) = 1',
        '```',
      ].join('\n'),
    )
    expect(brokenLinks(page)).toEqual([
      'docs/page.md:2: the link "#a-page" points to a heading that does not exist.',
      'docs/page.md:2: the link "gone.md" points to a file that does not exist.',
      'docs/page.md:3: the link "../../secret.png" leaves the repository.',
      'docs/page.md:3: the link "/etc/passwd" leaves the repository.',
      'docs/page.md:4: the link "../README.md#no-such-heading" points to a heading that does not exist.',
      'docs/page.md:4: the link "../package.json#name" has an anchor, but not into a page.',
      'docs/page.md:5: the link "missing.md" points to a file that does not exist.',
      'docs/page.md:6: the link "../src" points to a folder. Name a file in it.',
    ])
  })

  it('makes anchors as GitHub does', () => {
    expect([...anchorsOf(['What `edit` does', 'A, b & c', 'Twice', 'Twice', '[Link](x.md)'])]).toEqual([
      'what-edit-does',
      'a-b--c',
      'twice',
      'twice-1',
      'link',
    ])
  })

  it('sees a row that is missing, a wrong status and a changed order', () => {
    const table = (...rows: string[]) =>
      readPage('page.md', ['# Codes', '', '| code | status |', '| --- | --- |', ...rows, '', 'Text.'].join('\n'))
    const wanted = codesOf({ one: { status: 400 }, two: { status: 403 } })
    expect(codesUnder(table('| `one` | 400 |', '| `two` | 403 |'), 'Codes')).toEqual(wanted)
    expect(codesUnder(table('| `one` | 400 |'), 'Codes')).not.toEqual(wanted)
    expect(codesUnder(table('| `one` | 400 |', '| `two` | 404 |'), 'Codes')).not.toEqual(wanted)
    expect(codesUnder(table('| `two` | 403 |', '| `one` | 400 |'), 'Codes')).not.toEqual(wanted)
  })
})
