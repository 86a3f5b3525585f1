/**
 * Links that stand for all that the shapes of a policy take, and which of them another policy reads in another way. How a link is
 * read: core/links.ts.
 */
import { MAX_ID } from '../core/kinds.ts'
import type { LinkTable } from '../core/link-shapes.ts'
import { parseLink } from '../core/links.ts'
import type { ResourceRef } from '../core/resources.ts'
import { textsOf } from './values.ts'

/** A link that names something by one policy, and by another nothing or something else. */
export interface LinkDifference {
  readonly link: string
  readonly resource: ResourceRef
  /** How many forms of links to such a resource there are, this one the shortest. */
  readonly forms: number
}

/** A link as it can be: words, and the ids that may stand in a place. */
type Pattern = readonly (string | { readonly kind: string; readonly ids: readonly string[] })[]

/** The links that one table takes and the other does not, or takes for something else: for each kind the shortest. */
export function linkDifferences(one: LinkTable, other: LinkTable): readonly LinkDifference[] {
  const found = new Map<
    string,
    { readonly link: string; readonly resource: ResourceRef; readonly forms: Set<string> }
  >()
  const note = (form: string, link: string): void => {
    const [mine, theirs] = [parseLink(one, link), parseLink(other, link)]
    if (!mine.ok || (theirs.ok && same(mine, theirs))) return
    const { kind } = mine.resource
    const known = found.get(kind) ?? { link, resource: mine.resource, forms: new Set() }
    known.forms.add(form)
    found.set(kind, link.length < known.link.length ? { ...known, link, resource: mine.resource } : known)
  }
  for (const host of one.hosts)
    for (const pattern of patternsOf(one, other))
      for (const link of linksOf(pattern))
        for (const tail of ['', '/Title', '/A/Title'])
          note(`${host}/${formOf(pattern)}${tail}`, `https://${host}/${link}${tail}`)
  return [...found.values()].map(({ link, resource, forms }) => ({ link, resource, forms: forms.size }))
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
const formOf = (pattern: Pattern): string =>
  pattern.map((part) => (typeof part === 'string' ? part : `{${part.kind}}`)).join('/')

/** All ways through a table that end where a link may end. */
function patternsOf(table: LinkTable, other: LinkTable): readonly Pattern[] {
  const ids = idsOf(table, other)
  const patterns: Pattern[] = []
  const walk = (node: LinkTable['root'], so: Pattern): void => {
    if (node.tail !== undefined) patterns.push(so)
    for (const [word, next] of node.literals) walk(next, [...so, word])
    // A word that stands in no shape of either.
    if (node.any) walk(node.any, [...so, wordOutside(table, other)])
    const { id, child } = node
    if (id && child) walk(child, [...so, { kind: id.kind, ids: ids.filter(id.isId) }])
  }
  walk(table.root, [])
  return patterns
}

function wordOutside({ words }: LinkTable, other: LinkTable): string {
  let word = 'word'
  while (words.has(word) || other.words.has(word)) word += 's'
  return word
}

/** Ids of each sort that the places of both tables tell apart. */
function idsOf(...tables: readonly LinkTable[]): readonly string[] {
  const lengths = new Set<number>()
  const tests: ((text: string) => boolean)[] = []
  const walk = (node: LinkTable['root']): void => {
    for (const next of node.literals.values()) walk(next)
    if (node.any) walk(node.any)
    if (node.child) walk(node.child)
    if (!node.id) return
    tests.push(node.id.isId)
    const least = Number(/:(\d+)/.exec(node.id.text)?.[1] ?? 1)
    for (const length of [least - 1, least]) lengths.add(length)
  }
  for (const { root, kinds } of tables) {
    walk(root)
    for (const { max = MAX_ID } of kinds.values()) for (const length of [max, max + 1]) lengths.add(length)
  }
  const sorts = new Map<string, string>()
  for (const text of textsOf(lengths, 0)) {
    const sort = tests.map((test) => Number(test(text))).join('')
    const known = sorts.get(sort)
    if (known === undefined || text.length < known.length) sorts.set(sort, text)
  }
  return [...sorts.values()].sort((a, b) => a.length - b.length)
}

/** The links of a pattern: the plainest ids, and each other one in turn. */
function* linksOf(pattern: Pattern): Generator<string> {
  const plain = pattern.map((part) => (typeof part === 'string' ? part : (part.ids[0] ?? '')))
  yield plain.join('/')
  for (const [i, part] of pattern.entries())
    if (typeof part !== 'string') for (const id of part.ids.slice(1)) yield plain.with(i, id).join('/')
}
