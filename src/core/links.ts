/**
 * What a person pastes, turned into resources: an exact table of link shapes, and every mistake with its place. The raw text
 * is judged, since the URL standard turns full-width letters, soft hyphens, tabs and `/../` into an innocent link. Nothing is
 * guessed. Whether the resource exists and lies in the plan: service/resources.ts asks the directory.
 */
import type { KindInfo, PolicyData } from './policy-data.ts'
import { PLAN_KIND, type ResourceRef } from './resources.ts'

/** What is wrong with a link. */
export type LinkCode = 'link_malformed' | 'link_not_https' | 'link_wrong_host' | 'link_unknown_shape' | 'link_bad_id'

/** One link, read. `planId` is the plan that the link itself claims. */
export type ParsedLink =
  | { readonly ok: true; readonly resource: ResourceRef; readonly planId?: string }
  | { readonly ok: false; readonly code: LinkCode; readonly message: string }

/** A resource that was recognised in pasted text. */
export interface FoundLink extends ResourceRef {
  readonly link: string
  readonly planId?: string
}

/** A link in pasted text that names nothing; `start` and `end` are offsets into the text. */
export interface LinkMistake {
  readonly link: string
  readonly start: number
  readonly end: number
  readonly code: LinkCode
  readonly message: string
}

/** Everything that pasted text holds, both right and wrong, in its order. */
export interface LinkReport {
  readonly resources: readonly FoundLink[]
  readonly mistakes: readonly LinkMistake[]
}

/** A place in the table of shapes. */
interface LinkNode {
  readonly literals: Map<string, LinkNode>
  kind: string | undefined
  child: LinkNode | undefined
  /** Whether a link may end here; the last id before it is the resource. */
  end: boolean
}

/** The links of a policy, made ready. */
export interface LinkTable {
  readonly hosts: ReadonlySet<string>
  readonly tail: number
  readonly spell: ((link: string) => string) | undefined
  readonly kinds: ReadonlyMap<string, KindInfo>
  readonly root: LinkNode
  /** What a right link looks like, for messages. */
  readonly hint: string
}

const newNode = (): LinkNode => ({ literals: new Map(), kind: undefined, child: undefined, end: false })

/** Printable ASCII less space, quotes and backslash. */
const PRINTABLE = /^[!#-&(-[\]-~]+$/
/** Longer than any link that a person pastes. */
const MAX_LINK = 2_048

/** The pattern of an id of a kind. */
function idPattern({ id, max = 128 }: KindInfo): RegExp {
  const chars = id === 'digits' ? '[0-9]' : id === 'base62' ? '[0-9A-Za-z]' : String.raw`[\w.@-]`
  return new RegExp(`^${chars}{1,${max}}$`)
}

/** Compiles the shapes; `problem` is told of each that cannot be used. */
export function buildLinks(
  links: PolicyData['links'],
  kinds: ReadonlyMap<string, KindInfo>,
  spell: ((link: string) => string) | undefined,
  problem: (shape: number, message: string) => void,
): LinkTable {
  const root = newNode()
  for (const [index, shape] of links.shapes.entries()) {
    const paths = expandShape(shape)
    if (!paths) problem(index, 'is not a shape. Write a path such as "/files[/{plan}]/(team|group)/{team}".')
    const mistakes = new Set(paths?.map((path) => addPath(root, path, kinds)))
    for (const mistake of mistakes) if (mistake !== undefined) problem(index, mistake)
  }
  return {
    hosts: new Set(links.hosts),
    tail: links.tail ?? 0,
    spell,
    kinds,
    root,
    hint: hintOf(links),
  }
}

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

const SHAPE = /^(\/([\w-]+|\{[a-z_]+\}))+$/

function addPath(root: LinkNode, path: readonly string[], kinds: ReadonlyMap<string, KindInfo>): string | undefined {
  let node = root
  let above: string | undefined
  for (const segment of path) {
    const kind = segment.startsWith('{') ? segment.slice(1, -1) : undefined
    if (kind === undefined) {
      const next = node.literals.get(segment) ?? newNode()
      node.literals.set(segment, next)
      node = next
      continue
    }
    if (kind !== PLAN_KIND && !kinds.has(kind)) return `names the kind "${kind}", which the policy lacks.`
    if (node.kind !== undefined && node.kind !== kind)
      return `has "{${kind}}" where another shape has "{${node.kind}}".`
    if (above !== undefined && kind !== PLAN_KIND && !isBelow(kind, above, kinds))
      return `has "{${kind}}" below "{${above}}", which is not among its parents.`
    if (kind !== PLAN_KIND) above = kind
    node.kind = kind
    node.child ??= newNode()
    node = node.child
  }
  if (above === undefined || !path.at(-1)?.startsWith('{') || path.at(-1) === `{${PLAN_KIND}}`)
    return 'does not end in the id of a resource.'
  node.end = true
  return undefined
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
function hintOf({ hosts: [host], shapes: [shape] }: PolicyData['links']): string {
  const path = shape === undefined ? undefined : expandShape(shape)?.[0]
  if (host === undefined || !path) return ''
  return ` A right one looks like https://${host}/${path.map((segment) => (segment.startsWith('{') ? '123' : segment)).join('/')}.`
}

/** Reads one link. Accepts a missing `https://`, a title, a trailing slash, a query and a fragment, which all mean nothing. */
export function parseLink(table: LinkTable, link: string): ParsedLink {
  const wrong = (code: LinkCode, message: string): ParsedLink => ({
    ok: false,
    code,
    message: message + table.hint,
  })
  if (typeof link !== 'string' || link.length === 0 || link.length > MAX_LINK || /[\s,\p{Cc}\p{Cf}\p{Cs}]/u.test(link))
    return wrong('link_malformed', 'This is not one link.')
  const end = link.search(/[?#]/)
  const bare = end === -1 ? link : link.slice(0, end)
  const text = table.spell ? table.spell(bare) : bare
  const scheme = text.indexOf('://')
  if (scheme !== -1 && text.slice(0, scheme) !== 'https') return wrong('link_not_https', 'A link begins with https://.')
  const rest = scheme === -1 ? text : text.slice(scheme + 3)
  const slash = rest.indexOf('/')
  const host = slash === -1 ? rest : rest.slice(0, slash)
  if (!PRINTABLE.test(host)) return wrong('link_malformed', 'This is not one link.')
  if (!table.hosts.has(host))
    return wrong('link_wrong_host', `The host must be ${[...table.hosts].join(' or ') || 'a known one'}.`)
  const segments = slash === -1 ? [] : rest.slice(slash + 1).split('/')
  if (segments.length > 1 && segments.at(-1) === '') segments.pop()
  if (segments.some(isAmbiguous))
    return wrong('link_malformed', 'A part of its path is empty, dots or needlessly encoded.')
  return walkShapes(table, segments, wrong)
}

function walkShapes(
  table: LinkTable,
  segments: readonly string[],
  wrong: (code: LinkCode, message: string) => ParsedLink,
): ParsedLink {
  let node = table.root
  let resource: ResourceRef | undefined
  let planId: string | undefined
  for (const [index, segment] of segments.entries()) {
    const literal = node.literals.get(segment)
    if (literal) {
      node = literal
      continue
    }
    if (node.end && segments.length - index <= table.tail) break
    const { kind, child } = node
    if (kind === undefined || !child)
      return wrong('link_unknown_shape', 'A token cannot be limited to this kind of link.')
    if (!idPattern(table.kinds.get(kind) ?? {}).test(segment))
      return wrong('link_bad_id', `The id of the ${kind.replaceAll('_', ' ')} in this link is not one.`)
    if (kind === PLAN_KIND) planId = segment
    else resource = { kind, id: resource && table.kinds.get(kind)?.under ? `${resource.id}/${segment}` : segment }
    node = child
  }
  if (!node.end || !resource) return wrong('link_unknown_shape', 'A token cannot be limited to this kind of link.')
  return planId === undefined ? { ok: true, resource } : { ok: true, resource, planId }
}

/** Empty, a dot segment in any spelling, or something that another reader would take for a separator. */
function isAmbiguous(segment: string): boolean {
  return segment === '' || /^(\.|%2e){1,2}$/i.test(segment) || segment.includes('\\') || /%2f|%5c|%00/i.test(segment)
}

/** Reads what a person pastes: links with commas, line ends or spaces between them. Linear in the text. */
export function parseLinks(table: LinkTable, text: string): LinkReport {
  const resources: FoundLink[] = []
  const mistakes: LinkMistake[] = []
  for (const match of text.matchAll(/[^\s,]+/g)) {
    const link = match[0]
    const parsed = parseLink(table, link)
    if (parsed.ok)
      resources.push({ ...parsed.resource, link, ...(parsed.planId !== undefined && { planId: parsed.planId }) })
    else
      mistakes.push({
        link,
        start: match.index,
        end: match.index + link.length,
        code: parsed.code,
        message: parsed.message,
      })
  }
  return { resources, mistakes }
}
