/** Whether the links of the documents lead anywhere. Only links within the repository: the web is not asked. */
import { readFileSync, statSync } from 'node:fs'
import { posix } from 'node:path'
import { anchorsOf, type Page, ROOT, readPage } from './markdown.ts'

/** Every link of a page that points to no file, or to no heading of one, as `file:line: what is wrong`. The root ends with a slash. */
export function brokenLinks(page: Page, root = ROOT): readonly string[] {
  return page.links.flatMap(({ target, line }) => {
    const wrong = problemOf(page, target, root)
    return wrong === undefined ? [] : [`${page.file}:${line}: the link "${target}" ${wrong}`]
  })
}

function problemOf(page: Page, target: string, root: string): string | undefined {
  if (/^(https?|mailto):/.test(target)) return undefined
  const hash = target.indexOf('#')
  const path = hash === -1 ? target : target.slice(0, hash)
  const anchor = hash === -1 ? undefined : target.slice(hash + 1)
  const file = path === '' ? page.file : posix.join(posix.dirname(page.file), path)
  if (posix.isAbsolute(path) || file.startsWith('..')) return 'leaves the repository.'
  if (file !== page.file) {
    const found = statSync(root + file, { throwIfNoEntry: false })
    if (!found) return 'points to a file that does not exist.'
    // The API pages copy what is linked, and cannot copy a folder.
    if (!found.isFile()) return 'points to a folder. Name a file in it.'
  }
  if (anchor === undefined) return undefined
  if (!file.endsWith('.md')) return 'has an anchor, but not into a page.'
  const { headings } = file === page.file ? page : readPage(file, readFileSync(root + file, 'utf8'))
  return anchorsOf(headings).has(anchor) ? undefined : 'points to a heading that does not exist.'
}
