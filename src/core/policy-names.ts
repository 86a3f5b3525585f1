/** Compiles what a policy says that an endpoint names. How it is read out of a request: core/names.ts. */
import { fold } from './letter-case.ts'
import type { NamedResource, Names, Source } from './policy-data.ts'
import { type WantedParameters, wantedOf } from './query.ts'
import type { ResourceRef } from './resources.ts'
import type { Tell } from './setup.ts'

/** A source of the policy, read once. */
export type CompiledSource =
  | { readonly in: 'path'; readonly index: number; readonly text: string }
  | { readonly in: 'query'; readonly param: string; readonly text: string }
  | { readonly in: 'body'; readonly steps: readonly BodyStep[]; readonly text: string }

/** One field of a body; `each` if it holds a list whose entries are meant. */
export interface BodyStep {
  readonly field: string
  readonly each: boolean
  /** All fields that the endpoint reads in the same object, this one among them. */
  readonly own: readonly string[]
}

/** A resource of the policy, with its sources read. */
export interface CompiledName {
  readonly kind: string | { readonly from: CompiledSource; readonly of: ReadonlySet<string> }
  readonly at: CompiledSource
  readonly prefix: string
  readonly stem: string
  /** The texts of the sources of the resources that must be above this one: what it is within, and what that is within. */
  readonly within: readonly string[]
  /** Whether it is there only to be above another one. */
  readonly isAbove: boolean
}

/** Where a resource that a request names was read. */
export interface NamedAt {
  /** The source, as the policy spells it. */
  readonly at: string
  /** What must be among the resource's ancestors, all of it. */
  readonly within?: readonly ResourceRef[]
}

/** A resource of a fixed kind that is a parameter of the route. */
export interface OnlyName {
  readonly kind: string
  readonly stem: string
  /** The place of its parameter in the route. */
  readonly index: number
  /** Where it is read, made once. */
  readonly namedAt: readonly NamedAt[]
}

/** What an endpoint names, made ready. */
export type CompiledNames =
  | { readonly what: 'nothing' | 'plan' | 'filtered' }
  | {
      readonly what: 'resources'
      readonly list: readonly CompiledName[]
      /** The one resource, if there is just one and it is a parameter of the route as it stands. */
      readonly only: OnlyName | undefined
      /** Whether every one has to be there (`all`), or what it means if none is. */
      readonly none: 'all' | 'plan' | 'refuse' | 'filtered'
      readonly query: WantedParameters
      readonly needsBody: boolean
    }

/** The resources that an endpoint of a policy names. */
export function resourcesIn(names: Names): readonly NamedResource[] {
  if (typeof names === 'string') return []
  return 'anyOf' in names ? names.anyOf : names
}

/** Compiles `names`; `tell` hears of each source that points to nothing. */
export function compileNames(names: Names, params: readonly string[], tell: Tell): CompiledNames {
  if (typeof names === 'string') return { what: names }
  const anyOf = 'anyOf' in names ? names : undefined
  const resources = resourcesIn(names)
  const given: Given = { resources, params, fields: fieldsOf(resources) }
  const list = resources.map((resource, i) =>
    compileName(resource, given, (at, message) => tell([...(anyOf ? ['anyOf'] : []), i, ...at], message)),
  )
  const sources: readonly CompiledSource[] = list.flatMap(({ kind, at }) =>
    typeof kind === 'string' ? [at] : [kind.from, at],
  )
  const needsBody = sources.some((source) => source.in === 'body')
  if (anyOf && list.some(({ isAbove }) => isAbove))
    tell(['anyOf'], 'must have no resource that is "above": a request can leave out what is within it.')
  if (anyOf && anyOf.none !== 'refuse' && needsBody) tell(['none'], 'must be "refuse" where a body names resources.')
  const texts = new Set(sources.flatMap((source) => (source.in === 'path' ? [] : [source.text])))
  if (new Set([...texts].map(fold)).size < texts.size)
    tell([], 'reads two names that differ by letter case alone, which some servers take for one.')
  return {
    what: 'resources',
    list,
    only: onlyOf(list),
    none: anyOf ? anyOf.none : 'all',
    query: wantedOf(sources.flatMap((source) => (source.in === 'query' ? [source.param] : []))),
    needsBody,
  }
}

function onlyOf(list: readonly CompiledName[]): OnlyName | undefined {
  const [name] = list
  if (!name || list.length > 1 || typeof name.kind !== 'string' || name.at.in !== 'path' || name.prefix !== '')
    return undefined
  return { kind: name.kind, stem: name.stem, index: name.at.index, namedAt: [{ at: name.at.text }] }
}

/** What all names of an endpoint have in common. */
interface Given {
  readonly resources: readonly NamedResource[]
  readonly params: readonly string[]
  /** The fields that are read of a body, by the way to the object that they stand in. */
  readonly fields: ReadonlyMap<string, readonly string[]>
}

function compileName(resource: NamedResource, given: Given, tell: Tell): CompiledName {
  const { kind, at, prefix = '', stem = '', within, above = false } = resource
  const { resources: all } = given
  const compiledAt = compileSource(at, given, () => tell(['at'], `names a parameter that the route lacks.`))
  if (within !== undefined && [at, within].some((source) => source.includes('[]'))) {
    tell(['within'], 'cannot be said of lists.')
  }
  if (within !== undefined && !all.some((other) => other !== resource && other.at === within)) {
    tell(['within'], 'must be the "at" of another resource of the same endpoint.')
  }
  if (above && !all.some((other) => other !== resource && other.within === at))
    tell(['above'], 'must be left out, since no resource of the endpoint is "within" it.')
  const common = { at: compiledAt, prefix, stem, within: above ? [] : allAbove(resource, all), isAbove: above }
  if (typeof kind === 'string') return { kind, ...common }
  const from = compileSource(kind.from, given, () => tell(['kind', 'from'], 'names a parameter that the route lacks.'))
  if (from.in === 'body' && from.steps.some((step) => step.each))
    tell(['kind', 'from'], 'must be one value, not a list.')
  return { kind: { from, of: new Set(kind.of) }, ...common }
}

/** What a resource is within, and what that is within where it is judged by nothing else. */
function allAbove(resource: NamedResource, all: readonly NamedResource[]): readonly Source[] {
  const found = new Set<Source>()
  for (let { within }: Pick<NamedResource, 'within'> = resource; within !== undefined && !found.has(within); ) {
    found.add(within)
    const next = all.find(({ at }) => at === within)
    within = next?.above ? next.within : undefined
  }
  return [...found]
}

function compileSource(text: Source, { params, fields }: Given, missing: () => void): CompiledSource {
  const colon = text.indexOf(':')
  const rest = text.slice(colon + 1)
  if (text.startsWith('query:')) return { in: 'query', param: rest, text }
  if (text.startsWith('body:')) {
    const steps = rest.split('.')
    return { in: 'body', steps: steps.map((step, i) => bodyStep(step, fields.get(wayTo(steps, i)) ?? [])), text }
  }
  const index = params.indexOf(rest)
  if (index === -1) missing()
  return { in: 'path', index, text }
}

function bodyStep(text: string, own: readonly string[]): BodyStep {
  const each = text.endsWith('[]')
  return { field: each ? text.slice(0, -2) : text, each, own }
}

const wayTo = (steps: readonly string[], depth: number): string => steps.slice(0, depth).join('.')

function fieldsOf(resources: readonly NamedResource[]): Given['fields'] {
  const fields = new Map<string, readonly string[]>()
  for (const source of resources.flatMap(({ kind, at }) => (typeof kind === 'string' ? [at] : [kind.from, at]))) {
    const steps = source.startsWith('body:') ? source.slice('body:'.length).split('.') : []
    for (const [depth, step] of steps.entries()) {
      const way = wayTo(steps, depth)
      fields.set(way, [...(fields.get(way) ?? []), step.replace('[]', '')])
    }
  }
  return fields
}
