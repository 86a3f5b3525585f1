/**
 * What a person pastes, turned into resources by the shapes of core/link-shapes.ts, and every mistake with its place. The raw
 * text is judged, since the URL standard turns full-width letters, soft hyphens, tabs and `/../` into an innocent link. Nothing
 * is guessed. Whether the resource exists and lies in the plan: service/resources.ts asks the directory.
 */
import type { IssueParams } from './issue.ts'
import { type LinkTable, WORD } from './link-shapes.ts'
import { ONE_LINK } from './one-link.ts'
import { PLAN_KIND, type ResourceRef } from './resources.ts'
import { speltBy } from './spell.ts'

/** What is wrong with a link. */
export type LinkCode = 'link_malformed' | 'link_not_https' | 'link_wrong_host' | 'link_unknown_shape' | 'link_bad_id'

/** One link, read. `planId` is the plan that the link itself claims. */
export type ParsedLink =
  | { readonly ok: true; readonly resource: ResourceRef; readonly planId?: string }
  | {
      readonly ok: false
      readonly code: LinkCode
      readonly message: string
      /** What stands in the message: `hosts` of `link_wrong_host`, `kind` of `link_bad_id`. */
      readonly params?: IssueParams
    }

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
  /** What stands in the message: `hosts` of `link_wrong_host`, `kind` of `link_bad_id`. */
  readonly params?: IssueParams
}

/** Everything that pasted text holds, both right and wrong, in its order. */
export interface LinkReport {
  readonly resources: readonly FoundLink[]
  readonly mistakes: readonly LinkMistake[]
}

/** Longer than any link that a person pastes. */
const MAX_LINK = 2_048
/** What no link holds: white space, control characters, half a character, and what reverses the text that is shown. */
const NO_LINK = /[\s\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u
/** Printable ASCII less space, quotes and backslash. */
const PRINTABLE = /^[!#-&(-[\]-~]+$/
/** The port of https, or none (RFC 3986, section 6.2.3). Without a scheme before it, a colon reads as the end of one. */
const ITS_PORT = /:(443)?$/

/**
 * Reads one link. The host decides, and every part of the path up to the last id; letter case of scheme and host, what follows
 * the last id, a query and a fragment mean nothing.
 */
export function parseLink(table: LinkTable, link: string): ParsedLink {
  const wrong: Wrong = (code, message, params) => ({
    ...{ ok: false, code, message: message + table.hint },
    ...(params && { params }),
  })
  if (
    typeof link !== 'string' ||
    link.length === 0 ||
    link.length > MAX_LINK ||
    NO_LINK.test(link) ||
    link.match(ONE_LINK)?.[0] !== link
  )
    return wrong('link_malformed', 'This is not one link.')
  const end = link.search(/[?#]/)
  const bare = end === -1 ? link : link.slice(0, end)
  const text = table.spell ? speltBy(table.spell, bare) : bare
  if (text === undefined) return wrong('link_malformed', 'This is not one link.')
  const [before = '', scheme] = /^([^/]*):\/\//.exec(text) ?? []
  const rest = text.slice(before.length)
  const slash = rest.indexOf('/')
  const authority = slash === -1 ? rest : rest.slice(0, slash)
  if (!PRINTABLE.test(before + authority) || authority === '') return wrong('link_malformed', 'This is not one link.')
  if (scheme !== undefined && scheme.toLowerCase() !== 'https')
    return wrong('link_not_https', 'A link begins with https://.')
  const host = scheme === undefined ? authority : authority.replace(ITS_PORT, '')
  if (!table.hosts.has(host.toLowerCase()))
    return wrong('link_wrong_host', `The host must be ${[...table.hosts].join(' or ') || 'a known one'}.`, {
      hosts: [...table.hosts].join(', '),
    })
  const segments = slash === -1 ? [] : rest.slice(slash + 1).split('/')
  if (segments.length > 1 && segments.at(-1) === '') segments.pop()
  if (segments.some(leadsElsewhere)) return wrong('link_malformed', 'A part of its path is dots, or holds a backslash.')
  return walkShapes(table, segments, wrong)
}

/** What is said of a link that names nothing. */
type Wrong = (code: LinkCode, message: string, params?: IssueParams) => ParsedLink

function walkShapes(table: LinkTable, segments: readonly string[], wrong: Wrong): ParsedLink {
  let node = table.root
  let resource: ResourceRef | undefined
  let planId: string | undefined
  let isKnown = true
  for (const [index, segment] of segments.entries()) {
    const literal = node.literals.get(segment)
    if (literal) {
      node = literal
      continue
    }
    if (node.tail !== undefined && isTitle(table, node.tail, segments.slice(index))) break
    if (isAmbiguous(segment)) return wrong('link_malformed', 'A part of its path is empty or needlessly encoded.')
    const { id, child, any } = node
    if (any && WORD.test(segment) && !table.words.has(segment.toLowerCase())) {
      node = any
      isKnown = false
      continue
    }
    if (!id || !child || (!isKnown && !id.isId(segment)))
      return wrong('link_unknown_shape', 'A token cannot be limited to this kind of link.')
    const { kind } = id
    const words = kind.replaceAll('_', ' ')
    if (!id.isId(segment))
      return wrong('link_bad_id', `The id of the ${words} in this link is not one.`, { kind: words })
    if (kind === PLAN_KIND) planId = segment
    else resource = { kind, id: resource && table.kinds.get(kind)?.under ? `${resource.id}/${segment}` : segment }
    node = child
  }
  if (node.tail === undefined || !resource)
    return wrong('link_unknown_shape', 'A token cannot be limited to this kind of link.')
  return planId === undefined ? { ok: true, resource } : { ok: true, resource, planId }
}

/**
 * Whether what follows the last id is a title, whatever it holds. Where it has several parts, none of them is a word of a shape:
 * `/ABC/Title/branch/DEF` could be read as a link of either.
 */
function isTitle({ words }: LinkTable, tail: number, rest: readonly string[]): boolean {
  return rest.length <= tail && (rest.length === 1 || !rest.some((segment) => words.has(plain(segment))))
}

/** A segment as whoever decodes its letters and ignores their case reads it. */
function plain(segment: string): string {
  return segment.replace(/%([2-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))).toLowerCase()
}

/** Dots that climb, also for whoever decodes a path before cutting it; a backslash, which the URL standard makes a slash. */
function leadsElsewhere(segment: string): boolean {
  return segment.includes('\\') || /(^|%2f|%5c)(\.|%2e){1,2}($|%2f|%5c)/i.test(segment)
}

/** Empty, or something that another reader would take for a separator, for the end, or for nothing. */
function isAmbiguous(segment: string): boolean {
  return segment === '' || /%2f|%5c|%00|\p{Cf}/iu.test(segment)
}

/** Reads what a person pastes: links with commas, line ends or spaces between them. Linear in the text. */
export function parseLinks(table: LinkTable, text: string): LinkReport {
  const resources: FoundLink[] = []
  const mistakes: LinkMistake[] = []
  for (const match of text.matchAll(ONE_LINK)) {
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
        ...(parsed.params && { params: parsed.params }),
      })
  }
  return { resources, mistakes }
}
