/**
 * Which resources a request names: reads them out of the path, the query and the body as the policy says. Whatever is
 * missing, empty, doubled or of the wrong type is malformed; nothing is guessed. Whether the token may reach them:
 * core/decide.ts.
 */

import { type Match, paramsOf } from './endpoints.ts'
import type { Malformed, MalformedReason } from './malformed.ts'
import { isNamed } from './objects.ts'
import type { CompiledName, CompiledSource, OnlyName } from './policy-names.ts'
import { readQuery } from './query.ts'
import type { ResourceRef } from './resources.ts'
import { hasControlCharacter } from './target.ts'

/** A resource that a request names. */
export interface NamedRef extends ResourceRef {
  /** The source, as the policy spells it. */
  readonly at: string
  /** What must be among this one's ancestors. */
  readonly within?: ResourceRef
}

/** What a request names, or that it cannot be told. */
export type Named = 'nothing' | 'plan' | 'malformed' | readonly NamedRef[]

/** Where values are read from, and where it is noted why they cannot be. */
interface RequestParts {
  readonly values: readonly string[]
  readonly query: ReadonlyMap<string, string>
  readonly body: unknown
  readonly blame: Blame
}

/** Takes note of why it cannot be told what a request names. */
export interface Blame {
  malformed: Malformed | undefined
}

function blamed(blame: Blame, reason: MalformedReason, source?: string): 'malformed' {
  blame.malformed = source === undefined ? { reason } : { reason, source }
  return 'malformed'
}

/**
 * Reads what a request names.
 *
 * @param body the parsed value of its body, looked at only where the endpoint names resources there or has checks.
 * @param most how many resources it may name.
 * @param blame is told why, where the answer is `malformed`.
 */
export function namesOf(match: Match, query: string, body: unknown, most: number, blame: Blame): Named {
  const named = readNames(match, query, body, most, blame)
  if (named === 'malformed') return named
  for (const check of match.endpoint.checks) {
    const resources = typeof named === 'object' ? named : []
    if (check({ params: paramsOf(match), resources, body }) !== true) return blamed(blame, 'check_failed')
  }
  return named
}

function readNames(match: Match, query: string, body: unknown, most: number, blame: Blame): Named {
  const { names } = match.endpoint
  if (names.what !== 'resources') return names.what
  if (names.only) return onlyOf(names.only, match)
  const values = names.query.size === 0 ? NO_QUERY : readQuery(query, names.query)
  if ('reason' in values) {
    blame.malformed = values
    return 'malformed'
  }
  const parts: RequestParts = { values: match.values, query: values, body, blame }
  /** Each resource once for each that must be above it. */
  const found = new Map<string, NamedRef>()
  for (const name of names.list) {
    const refs = refsOf(name, parts)
    if (refs === 'malformed') return refs
    if (refs === 'absent' && names.none === 'all') return blamed(blame, 'value_missing', name.at.text)
    if (refs === 'absent') continue
    const { within } = name
    const above = names.list.find(({ at }) => at.text === within)
    const parent = above && refsOf(above, parts)[0]
    if (above && typeof parent !== 'object') return blamed(blame, 'value_missing', within)
    for (const ref of refs) {
      const named = typeof parent === 'object' ? { ...ref, within: { kind: parent.kind, id: parent.id } } : ref
      found.set(JSON.stringify([ref.kind, ref.id, within]), named)
      if (found.size > most) return blamed(blame, 'resources_too_many')
    }
  }
  if (found.size > 0) return [...found.values()]
  return names.none === 'plan'
    ? 'plan'
    : blamed(blame, 'value_missing', names.list.map(({ at }) => at.text).join(' or '))
}

const NO_QUERY: ReadonlyMap<string, string> = new Map()

/** The most frequent case by far, without a list in between: one resource of a fixed kind in the path. */
function onlyOf({ kind, stem, at }: OnlyName, { values }: Match): Named {
  return [{ kind, id: stem + values[at.index], at: at.text }]
}

function refsOf(
  { kind, at, prefix, stem }: CompiledName,
  parts: RequestParts,
): readonly NamedRef[] | 'absent' | 'malformed' {
  const ids = valuesAt(at, parts)
  const kindName = typeof kind === 'string' ? [kind] : kindAt(kind, parts)
  if (ids === 'malformed' || kindName === 'malformed') return 'malformed'
  if (ids === 'absent' && (typeof kind === 'string' || kindName === 'absent')) return ids
  if (ids === 'absent') return blamed(parts.blame, 'value_missing', at.text)
  if (kindName === 'absent')
    return blamed(parts.blame, 'value_missing', typeof kind === 'string' ? kind : kind.from.text)
  const refs: NamedRef[] = []
  for (const id of ids) {
    if (!id.startsWith(prefix) || id.length === prefix.length) return blamed(parts.blame, 'value_unreadable', at.text)
    refs.push({ kind: kindName[0] as string, id: stem + id.slice(prefix.length), at: at.text })
  }
  return refs
}

/** The one kind that another value says, if it is among those that it may say. */
function kindAt(
  { from, of }: { readonly from: CompiledSource; readonly of: ReadonlySet<string> },
  parts: RequestParts,
): readonly string[] | 'absent' | 'malformed' {
  const values = valuesAt(from, parts)
  if (typeof values === 'string' || (values.length === 1 && of.has(values[0] as string))) return values
  return blamed(parts.blame, 'value_of_no_kind', from.text)
}

function valuesAt(
  source: CompiledSource,
  { values, query, body, blame }: RequestParts,
): readonly string[] | 'absent' | 'malformed' {
  switch (source.in) {
    case 'path':
      return [values[source.index] as string]
    case 'query': {
      const value = query.get(source.param)
      return value === undefined ? 'absent' : [value]
    }
    case 'body':
      return valuesInBody(body, source, blame)
  }
}

/** Follows the steps into a body. Only a field of the outermost object may be absent; whatever is there must be readable. */
function valuesInBody(
  body: unknown,
  { steps, text }: CompiledSource & { readonly in: 'body' },
  blame: Blame,
): readonly string[] | 'absent' | 'malformed' {
  if (body === undefined) return blamed(blame, 'body_missing')
  let level: readonly unknown[] = [body]
  for (const [depth, { field, each }] of steps.entries()) {
    const below: unknown[] = []
    for (const value of level) {
      if (!isNamed(value)) return blamed(blame, 'value_unreadable', text)
      if (!Object.hasOwn(value, field)) return depth === 0 ? 'absent' : blamed(blame, 'value_missing', text)
      const inner: unknown = (value as Record<string, unknown>)[field]
      if (!each) below.push(inner)
      else if (!Array.isArray(inner) || inner.length === 0) return blamed(blame, 'value_unreadable', text)
      else for (const entry of inner) below.push(entry)
    }
    level = below
  }
  return level.every(isReadableId) ? level : blamed(blame, 'value_unreadable', text)
}

function isReadableId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !hasControlCharacter(value)
}
