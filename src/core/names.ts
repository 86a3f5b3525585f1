/**
 * Which resources a request names: reads them out of the path, the query and the body as the policy says. Whatever is
 * missing, empty, doubled or of the wrong type is malformed; nothing is guessed. Whether the token may reach them:
 * core/decide.ts.
 */

import type { BodyReading } from './body-reading.ts'
import { type Match, paramsOf, type Values, valueAt } from './endpoints.ts'
import type { KindForms } from './kinds.ts'
import { foldName, hasOtherSpellingOf } from './letter-case.ts'
import type { Malformed, MalformedReason } from './malformed.ts'
import { isDictionary, letGo } from './objects.ts'
import type { CompiledName, CompiledSource, NamedAt, OnlyName } from './policy-names.ts'
import { readQuery } from './query.ts'
import type { ResourceRef } from './resources.ts'
import { hasControlCharacter } from './target.ts'

/** What a request names, or that it cannot be told. */
export type NamedResources = 'nothing' | 'plan' | 'filtered' | 'malformed' | readonly ResourceRef[]

/** Where values are read from, what they may be, and where it is noted why they cannot be. */
interface RequestParts {
  readonly values: Values
  readonly query: ReadonlyMap<string, string>
  readonly body: unknown
  readonly kinds: KindForms
  readonly told: Told
}

/** What of a policy says which values can be ids, and how many resources a request may name. */
export interface NamingRules {
  readonly kinds: KindForms
  readonly limits: { readonly resources: number }
}

/** Takes note of where names were read, and of why it cannot be told what a request names. */
export interface Told {
  /**
   * One for each resource, in the same order. Beside the resources, so that an allowance gives out their very list: a copy of it
   * was a twelfth of what `authorize` allocates (bench/engine.ts).
   */
  namedAt: readonly NamedAt[]
  malformed?: Malformed | undefined
}

function blamed(told: Told, reason: MalformedReason, source?: string): 'malformed' {
  told.malformed = source === undefined ? { reason } : { reason, source }
  return 'malformed'
}

/**
 * Reads what a request names.
 *
 * @param body what was read of its body, looked at only where the endpoint names resources there or has checks.
 * @param told is told where they were read, or why, where the answer is `malformed`.
 */
export function namesOf(
  match: Match,
  query: string,
  body: Pick<BodyReading, 'value' | 'ids'> | undefined,
  rules: NamingRules,
  told: Told,
): NamedResources {
  const value = body?.value
  const named = readNames(match, query, body && 'ids' in body ? body.ids : value, rules, told)
  if (named === 'malformed') return named
  for (const check of match.endpoint.checks) {
    // A list of its own for each: what a check does to it moves nothing under the rules.
    const resources = typeof named === 'object' ? named.map(({ kind, id }) => ({ kind, id })) : []
    const said: unknown = check({ params: paramsOf(match), resources, body: value })
    letGo(said)
    if (said !== true) return blamed(told, 'check_failed')
  }
  return named
}

function readNames(
  match: Match,
  query: string,
  body: unknown,
  { kinds, limits }: NamingRules,
  told: Told,
): NamedResources {
  const { names } = match.endpoint
  if (names.what !== 'resources') return names.what
  if (names.only) return onlyOf(names.only, match, told)
  const values = names.query.size === 0 ? NO_QUERY : readQuery(query, names.query)
  if ('reason' in values) {
    told.malformed = values
    return 'malformed'
  }
  const parts: RequestParts = { values: match.values, query: values, body, kinds, told }
  /** Keyed by kind, id and `within`: a resource may appear once per required parent. */
  const found = new Map<string, { readonly ref: ResourceRef; readonly at: NamedAt }>()
  for (const name of names.list) {
    const refs = refsOf(name, parts)
    if (refs === 'malformed') return refs
    if (refs === 'absent' && names.none === 'all') return blamed(told, 'value_missing', name.at.text)
    if (refs === 'absent') continue
    // It is judged by what is within it, and is not there where that is not.
    if (name.isAbove) continue
    const within: ResourceRef[] = []
    for (const source of name.within) {
      const above = names.list.find(({ at }) => at.text === source)
      const parent = above && refsOf(above, parts)[0]
      if (typeof parent !== 'object') return blamed(told, 'value_missing', source)
      within.push(parent)
    }
    for (const ref of refs) {
      const at = { at: name.at.text, ...(within.length > 0 && { within }) }
      found.set(JSON.stringify([ref.kind, ref.id, name.within]), { ref, at })
      if (found.size > limits.resources) return blamed(told, 'resources_too_many')
    }
  }
  if (found.size > 0) {
    told.namedAt = Array.from(found.values(), ({ at }) => at)
    return Array.from(found.values(), ({ ref }) => ref)
  }
  return names.none === 'plan' || names.none === 'filtered'
    ? names.none
    : blamed(told, 'value_missing', names.list.map(({ at }) => at.text).join(' or '))
}

const NO_QUERY: ReadonlyMap<string, string> = new Map()

/** The most frequent case by far, without a list in between: one resource of a fixed kind in the path. */
function onlyOf({ kind, stem, index, namedAt }: OnlyName, { values }: Match, told: Told): NamedResources {
  told.namedAt = namedAt
  return [{ kind, id: stem + valueAt(values, index) }]
}

function refsOf(
  { kind, at, prefix, stem }: CompiledName,
  parts: RequestParts,
): readonly ResourceRef[] | 'absent' | 'malformed' {
  const ids = valuesAt(at, parts)
  const kindName = typeof kind === 'string' ? [kind] : kindAt(kind, parts)
  if (ids === 'malformed' || kindName === 'malformed') return 'malformed'
  if (ids === 'absent' && (typeof kind === 'string' || kindName === 'absent')) return ids
  if (ids === 'absent') return blamed(parts.told, 'value_missing', at.text)
  if (kindName === 'absent')
    return blamed(parts.told, 'value_missing', typeof kind === 'string' ? kind : kind.from.text)
  const kindOf = kindName[0] as string
  const takesNumbers = (): boolean => prefix === '' && parts.kinds.get(kindOf)?.isNumber === true
  const refs: ResourceRef[] = []
  for (const value of ids) {
    if (typeof value === 'number' && !(isPlainWhole(value) && takesNumbers()))
      return blamed(parts.told, 'value_number', at.text)
    const id = String(value)
    if (!id.startsWith(prefix) || id.length === prefix.length) return blamed(parts.told, 'value_unreadable', at.text)
    refs.push({ kind: kindOf, id: stem + id.slice(prefix.length) })
  }
  return refs
}

/** Whether a number has one spelling, which every reader of JSON keeps (RFC 7493, section 2.2). */
function isPlainWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)
}

/** The one kind that another value says, if it is among those that it may say. */
function kindAt(
  { from, of }: { readonly from: CompiledSource; readonly of: ReadonlySet<string> },
  parts: RequestParts,
): readonly string[] | 'absent' | 'malformed' {
  const values = valuesAt(from, parts)
  if (typeof values === 'string') return values
  const [kind] = values
  if (values.length === 1 && typeof kind === 'string' && of.has(kind)) return [kind]
  return blamed(parts.told, 'value_of_no_kind', from.text)
}

function valuesAt(
  source: CompiledSource,
  { values, query, body, told }: RequestParts,
): readonly (string | number)[] | 'absent' | 'malformed' {
  switch (source.in) {
    case 'path':
      return [valueAt(values, source.index)]
    case 'query': {
      const value = query.get(source.param)
      return value === undefined ? 'absent' : [value]
    }
    case 'body':
      return valuesInBody(body, source, told)
  }
}

/**
 * Follows the steps into a body. Only a field of the outermost object may be absent; whatever is there must be readable, and stand
 * in one spelling: some reader takes another one for the field, also where that is absent.
 */
function valuesInBody(
  body: unknown,
  { steps, text }: CompiledSource & { readonly in: 'body' },
  told: Told,
): readonly (string | number)[] | 'absent' | 'malformed' {
  if (body === undefined) return blamed(told, 'body_missing')
  let level: readonly unknown[] = [body]
  for (const [depth, { field, each, own }] of steps.entries()) {
    const leadsOn = depth < steps.length - 1
    const below: unknown[] = []
    for (const value of level) {
      if (!isDictionary(value)) return blamed(told, 'value_unreadable', text)
      if (hasOtherSpellingOf(value, field, own) || (leadsOn && hasWayInto(value, field)))
        return blamed(told, 'json_name_spelling', text)
      if (!Object.hasOwn(value, field)) return depth === 0 ? 'absent' : blamed(told, 'value_missing', text)
      const inner: unknown = (value as Record<string, unknown>)[field]
      if (!each) below.push(inner)
      else if (!Array.isArray(inner) || inner.length === 0) return blamed(told, 'value_unreadable', text)
      else for (const entry of inner) below.push(entry)
    }
    level = below
  }
  return level.every(isReadableId) ? level : blamed(told, 'value_unreadable', text)
}

/**
 * Whether an object has a name that is a way into a field, such as `a.b` or `a[b]` beside an `a`: who asks for the field by its way, as
 * with `get` of lodash, is given what has the name.
 */
function hasWayInto(object: object, field: string): boolean {
  const folded = foldName(field)
  return Object.keys(object).some((name) => {
    const end = name.search(/[.[]/)
    return end > 0 && foldName(name.slice(0, end)) === folded
  })
}

function isReadableId(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value !== '' && !hasControlCharacter(value))
}
