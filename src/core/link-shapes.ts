/**
 * The shapes of a policy's links, compiled into a table that is walked part by part. What a shape is: core/policy-data.ts. How
 * a pasted link is read by the table: core/links.ts.
 */
import { type IsId, isOwnId, MAX_ID } from './kinds.ts'
import type { KindInfo, PolicyData } from './policy-data.ts'
import { PLAN_KIND } from './resources.ts'

/** A place in the table of shapes. */
interface LinkNode {
  readonly literals: Map<string, LinkNode>
  /** Where a word leads that no shape of the policy has. */
  any: LinkNode | undefined
  /** The id that may stand here. */
  id: { readonly kind: string; readonly text: string; readonly isId: IsId } | undefined
  child: LinkNode | undefined
  /** How many free segments may follow where a link may end; the last id before it is the resource. */
  tail: number | undefined
}

/** The links of a policy, made ready. */
export interface LinkTable {
  readonly hosts: ReadonlySet<string>
  readonly spell: ((link: string) => string) | undefined
  readonly kinds: ReadonlyMap<string, KindInfo>
  readonly root: LinkNode
  /** The words of all shapes, in lower case: what `*` does not stand for, and what no title of several parts holds. */
  readonly words: ReadonlySet<string>
  /** What a right link looks like, for messages. */
  readonly hint: string
}

const newNode = (): LinkNode => ({
  literals: new Map(),
  any: undefined,
  id: undefined,
  child: undefined,
  tail: undefined,
})

/** Compiles the shapes; `problem` is told of each that cannot be used. */
export function buildLinks(
  links: PolicyData['links'],
  kinds: ReadonlyMap<string, KindInfo>,
  spell: ((link: string) => string) | undefined,
  problem: (shape: number, message: string) => void,
): LinkTable {
  const root = newNode()
  const words = new Set<string>()
  const tail = links.tail ?? 0
  for (const [index, shape] of links.shapes.entries()) {
    const paths = expandShape(shape)
    if (!paths) problem(index, 'is not a shape. Write a path such as "/files[/{plan}]/(team|group)/{team}".')
    for (const word of paths?.flat() ?? []) if (WORD.test(word)) words.add(word.toLowerCase())
    const mistakes = new Set(paths?.map((path) => addPath(root, path, kinds, tail)))
    for (const mistake of mistakes) if (mistake !== undefined) problem(index, mistake)
  }
  return { hosts: new Set(links.hosts), spell, kinds, root, words, hint: hintOf(links, kinds) }
}

/** A word of a link's path, as shapes write it, and what `*` stands for. */
export const WORD = /^[\w-]+$/

/** A shape with its choices written out, as lists of segments; `undefined` if it is not one. `[x]` is `x` or nothing. */
function expandShape(shape: string): readonly (readonly string[])[] | undefined {
  if (/\[[^[\]()]*\)|\([^[\]()]*\]/.test(shape)) return undefined
  const text = shape.replaceAll('[', '(|').replaceAll(']', ')')
  if (text.split('(').length > MOST_CHOICES) return undefined
  const choice = /\(([^()]*)\)/.exec(text)
  if (!choice) return SHAPE.test(text) ? [text.slice(1).split('/')] : undefined
  const [group, words = ''] = choice
  const written = words.split('|').map((word) => expandShape(text.replace(group, () => word)))
  return written.every((paths) => paths !== undefined) ? written.flat() : undefined
}

/** Written out, each choice at least doubles the paths. */
const MOST_CHOICES = 9

const SHAPE = /^(\/([\w-]+|\*|\{[a-z][a-z0-9_]*(:[1-9]\d{0,2})?\}))+(\/\*\*)?$/
/** An id in a shape: its kind, and how many characters it has at least. */
const ID = /^\{(\w+)(?::(\d+))?\}$/

function addPath(
  root: LinkNode,
  path: readonly string[],
  kinds: ReadonlyMap<string, KindInfo>,
  tail: number,
): string | undefined {
  let node = root
  let above: string | undefined
  let last: string | undefined
  const isOpen = path.at(-1) === '**'
  for (const segment of isOpen ? path.slice(0, -1) : path) {
    const [, kind, least = '1'] = ID.exec(segment) ?? []
    let next: LinkNode
    if (kind === undefined) next = afterWord(node, segment)
    else {
      if (kind !== PLAN_KIND && !kinds.has(kind)) return `names the kind "${kind}", which the policy lacks.`
      const isId = idForm(kinds.get(kind) ?? {}, Number(least))
      if (!isId) return `has "${segment}", but an id of that kind is shorter.`
      if (node.id !== undefined && node.id.text !== segment)
        return `has "${segment}" where another shape has "${node.id.text}".`
      if (above !== undefined && kind !== PLAN_KIND && !isBelow(kind, above, kinds))
        return `has "{${kind}}" below "{${above}}", which is not among its parents.`
      if (kind !== PLAN_KIND) above = kind
      node.id = { kind, text: segment, isId }
      node.child ??= newNode()
      next = node.child
    }
    if (node.any && node.id) return `has "${segment}" where another shape has "${kind ? '*' : node.id.text}".`
    if (node.tail && (node.any || node.id)) return TITLE_OR_ID
    node = next
    last = kind
  }
  if (above === undefined || last === undefined || last === PLAN_KIND) return 'does not end in the id of a resource.'
  node.tail = Math.max(node.tail ?? 0, isOpen ? Number.POSITIVE_INFINITY : tail)
  if (node.tail && (node.any || node.id)) return TITLE_OR_ID
  return undefined
}

/** Where a word, or `*`, leads. */
function afterWord(node: LinkNode, word: string): LinkNode {
  const next = (word === '*' ? node.any : node.literals.get(word)) ?? newNode()
  if (word === '*') node.any = next
  else node.literals.set(word, next)
  return next
}

const TITLE_OR_ID = 'cannot be told from another shape with a title. Put a word before the id that follows.'

/** What an id of a kind looks like; `undefined` if none is that long. */
function idForm(kind: KindInfo, least: number): IsId | undefined {
  const isId = isOwnId(kind)
  return least > (kind.max ?? MAX_ID) ? undefined : (text) => text.length >= least && isId(text)
}

/** Whether a kind can stand below another: the same kind, one that says nothing of parents, or reached over `parents`. */
function isBelow(kind: string, above: string, kinds: ReadonlyMap<string, KindInfo>, seen = new Set<string>()): boolean {
  if (kind === above) return true
  if (seen.has(kind)) return false
  seen.add(kind)
  const parents = kinds.get(kind)?.parents
  return !parents || parents.some((parent) => isBelow(parent, above, kinds, seen))
}

/** A right link, if there are any. */
function hintOf({ hosts: [host], shapes: [shape] }: PolicyData['links'], kinds: ReadonlyMap<string, KindInfo>): string {
  const path = shape === undefined ? undefined : expandShape(shape)?.[0]
  if (host === undefined || !path) return ''
  const example = path
    .filter((segment) => segment !== '**')
    .map((segment) => {
      const [id, kind = '', least] = ID.exec(segment) ?? []
      if (id === undefined) return segment.replace('*', 'x')
      return kinds.get(kind)?.id === 'uuid' ? A_UUID : '123'.padEnd(Number(least ?? 1), '4567890')
    })
  return ` A right one looks like https://${host}/${example.join('/')}.`
}

const A_UUID = '0197b0c4-7d2e-7cc0-8f1e-4c1f7f1b2a3d'
