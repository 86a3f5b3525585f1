/**
 * Resources, and whether a token's allowlist covers one. Which resources a request names: core/names.ts. Where a resource
 * lives is the directory's answer (ports.ts). How a pasted link becomes a resource: core/links.ts.
 */
import { isObject } from './objects.ts'

/** A file, project, team, webhook …: `{ kind: 'team', id: '7' }` and `{ kind: 'project', id: '7' }` never meet. */
export interface ResourceRef {
  readonly kind: string
  readonly id: string
}

/** A resource of an allowlist, with the link that a person pasted for it. */
export interface LinkedResource extends ResourceRef {
  readonly link: string
}

/** What a token may reach: every resource of its plan, or a list. */
export type Resources = 'all' | readonly LinkedResource[]

/** Where a resource lives: its plan, and everything above it, in any order. */
export interface Place {
  readonly planId: string
  readonly ancestors: readonly ResourceRef[]
}

/** A resource with where it lies, as a directory tells it; without a plan it lies nowhere. */
export interface PlacedResource extends ResourceRef, Partial<Place> {}

/**
 * What a token may see: every resource of its plan, or what is listed, by kind, with all that lies below it. Frozen; an object
 * without a prototype, so that a kind is in it or is not.
 */
export type Reach = 'all' | { readonly [kind: string]: readonly string[] }

/** The built-in kind: the plan itself. It is never in an allowlist and never asked of the directory. */
export const PLAN_KIND = 'plan'

/** An allowlist made ready for look-ups by kind and id; `'all'` only for exactly that word. */
export type Allowlist = 'all' | ReadonlyMap<string, ReadonlySet<string>>

/** Reads what a store gave. Only the exact word `all` means all; what cannot be read covers nothing. */
export function readAllowlist(resources: unknown): Allowlist {
  if (resources === 'all') return 'all'
  const list = new Map<string, Set<string>>()
  if (!Array.isArray(resources)) return list
  for (const entry of resources) {
    if (!isResourceRef(entry)) return new Map()
    const ids = list.get(entry.kind)
    if (ids) ids.add(entry.id)
    else list.set(entry.kind, new Set([entry.id]))
  }
  return list
}

/** An allowlist as it is given out. */
export function reachOf(list: Allowlist): Reach {
  if (list === 'all') return 'all'
  const reach: Record<string, readonly string[]> = Object.create(null)
  for (const [kind, ids] of list) reach[kind] = Object.freeze([...ids])
  return Object.freeze(reach)
}

/** Whether the resource or anything above it is listed. Coverage goes down, never up. */
export function covers(list: Allowlist, resource: ResourceRef, ancestors: readonly ResourceRef[]): boolean {
  return list === 'all' || coveredBy(list, resource, ancestors) !== undefined
}

/** The first of the resource and what is above it that is listed; `undefined` if nothing is. */
export function coveredBy(
  list: ReadonlyMap<string, ReadonlySet<string>>,
  resource: ResourceRef,
  ancestors: readonly ResourceRef[],
): ResourceRef | undefined {
  if (isListed(list, resource)) return resource
  for (let i = 0; i < ancestors.length; i++) if (isListed(list, ancestors[i] as ResourceRef)) return ancestors[i]
  return undefined
}

function isListed(list: ReadonlyMap<string, ReadonlySet<string>>, { kind, id }: ResourceRef): boolean {
  return kind !== PLAN_KIND && list.get(kind)?.has(id) === true
}

/** Whether a value from outside is `{ kind, id }` with two non-empty strings. */
export function isResourceRef(value: unknown): value is ResourceRef {
  if (!isObject(value)) return false
  const { kind, id } = value as { kind?: unknown; id?: unknown }
  return typeof kind === 'string' && kind !== '' && typeof id === 'string' && id !== ''
}
