/**
 * Extensions `x-plan-…` that stand where nothing reads them. An operation that leads to one is not reviewed: whoever wrote it
 * meant something by it. What is read: openapi/operations.ts and openapi/body.ts.
 */
import { isDictionary, isObject } from '../core/objects.ts'
import type { OpenApiDocument } from './read.ts'
import { follow, refOf, targetOf } from './refs.ts'

/** What says that a parameter or a field names a resource. */
export const EXTENSION = 'x-plan-resource'

/** Whether a name is meant as an extension of this package, misspelt ones among them. */
const isExtension = (name: string): boolean => /^x[-_.]?plan([-_.]|res)/i.test(name)

/** One reading of each document. */
const readings = new WeakMap<object, ReadonlySet<object>>()

/**
 * Whether something of a part leads to an extension, but for the fields that are read.
 *
 * @param read names of fields that are read elsewhere, an extension's own name too. Of a reference: `$ref`.
 */
export function leadsOn(document: OpenApiDocument, part: object, read: readonly string[]): boolean {
  const holding = holdingOf(document)
  if (!holding.has(part)) return false
  const target = read.includes('$ref') ? undefined : (part as { readonly $ref?: unknown }).$ref
  if (typeof target === 'string' && leads(document, { $ref: target })) return true
  return Object.entries(part).some(
    ([name, value]) =>
      !read.includes(name) && (isExtension(name) || isDynamic(name, value) || (isObject(value) && holding.has(value))),
  )
}

/** Whether a value is a part that holds an extension or leads to one. */
export function leads(document: OpenApiDocument, value: unknown): boolean {
  const holding = holdingOf(document)
  if (holding.size === 0 || !isObject(value)) return false
  const found = follow(document, value)
  return holding.has(value) || ('part' in found && isObject(found.part) && holding.has(found.part))
}

/** References whose target depends on the way to them: they may lead anywhere. */
const isDynamic = (name: string, value: unknown): boolean =>
  (name === '$dynamicRef' || name === '$recursiveRef') && value !== undefined

/** Every part that holds an extension, or leads to one: found backwards from those that hold one, each part once. */
function holdingOf(document: OpenApiDocument): ReadonlySet<object> {
  const known = readings.get(document)
  if (known) return known
  const holding = new Set<object>()
  const open = holdersIn(document)
  const { parents, sources } = open.length > 0 ? waysIn(document) : { parents: new Map(), sources: new Map() }
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (holding.has(part)) continue
    holding.add(part)
    const parent: object | undefined = parents.get(part)
    if (parent) open.push(parent)
    for (const source of sources.get(part) ?? []) open.push(source)
  }
  readings.set(document, holding)
  return holding
}

function holdersIn(document: object): object[] {
  const holders: object[] = []
  const visit = (part: object): void => {
    for (const [name, value] of Object.entries(part)) {
      if (isExtension(name)) holders.push(part)
      if (isObject(value)) visit(value)
    }
  }
  visit(document)
  return holders
}

/** What each part is in, and what refers to it. */
function waysIn(document: OpenApiDocument): {
  readonly parents: ReadonlyMap<object, object>
  readonly sources: ReadonlyMap<object, readonly object[]>
} {
  const parents = new Map<object, object>()
  const sources = new Map<object, object[]>()
  const add = (target: unknown, source: object): void => {
    if (!isObject(target)) return
    const list = sources.get(target)
    if (list) list.push(source)
    else sources.set(target, [source])
  }
  const visit = (part: object): void => {
    const ref = refOf(part)
    if (ref !== undefined) add(targetOf(document, ref), part)
    for (const [name, value] of Object.entries(part)) {
      if (isDynamic(name, value)) add(document, part)
      if (!isObject(value)) continue
      parents.set(value, part)
      if (name === 'discriminator') for (const schema of subtypesOf(document, part)) add(schema, value)
      visit(value)
    }
  }
  visit(document)
  return { parents, sources }
}

/**
 * The schemas that a discriminator chooses among: those of its mapping, and those that say by `allOf` that they are of this one
 * (OpenAPI, "Discriminator Object").
 */
export function subtypesOf(document: OpenApiDocument, schema: object): readonly object[] {
  const { discriminator } = schema as { readonly discriminator?: unknown }
  if (!isDictionary(discriminator)) return []
  const { mapping } = discriminator
  const mapped = Object.values(isDictionary(mapping) ? mapping : {}).flatMap((name) => {
    if (typeof name !== 'string') return []
    const byRef = targetOf(document, name)
    const byName = targetOf(document, `#/components/schemas/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    return [byRef, byName].filter(isObject)
  })
  return [...mapped, ...(childrenOf(document).get(schema) ?? [])]
}

const families = new WeakMap<object, ReadonlyMap<object, readonly object[]>>()

/** The schemas of a document that are put together of each one by `allOf`. */
function childrenOf(document: OpenApiDocument): ReadonlyMap<object, readonly object[]> {
  const known = families.get(document)
  if (known) return known
  const children = new Map<object, object[]>()
  for (const schema of Object.values<unknown>(document.components?.schemas ?? {})) {
    const { allOf } = (isObject(schema) ? schema : {}) as { readonly allOf?: unknown }
    for (const part of Array.isArray(allOf) ? allOf : []) {
      const found = refOf(part) === undefined ? undefined : follow(document, part)
      if (!isObject(schema) || !found || !('part' in found) || !isObject(found.part)) continue
      const list = children.get(found.part)
      if (list) list.push(schema)
      else children.set(found.part, [schema])
    }
  }
  families.set(document, children)
  return children
}
