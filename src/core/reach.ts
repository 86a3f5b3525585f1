/**
 * Whether resources lie in a token's plan and on its allowlist: those that a request names, and any other that a handler asks about.
 * The rules that ask it: core/decide.ts. What an allowlist covers: core/resources.ts.
 */
import { aboveOf } from './kinds.ts'
import type { NamedResources } from './names.ts'
import { isObject } from './objects.ts'
import type { CompiledPolicy } from './policy.ts'
import type { NamedAt } from './policy-names.ts'
import { covers, isResourceRef, PLAN_KIND, type Place, type PlacedResource, type ResourceRef } from './resources.ts'
import type { Grant, TokenRecord } from './token.ts'

/** What a request names, and where that lies. A field that is `undefined` is not known yet. */
export interface NamedPlaces {
  named: NamedResources | undefined
  /** Where each named resource was read, in the order of `named`. */
  namedAt: readonly NamedAt[]
  /** Where each named resource lies, in the order of `named`. */
  places: Places | undefined
}

/**
 * Where resources lie; of one resource, which is what most requests name, that alone: a list of it was a twentieth of what `authorize`
 * allocates (bench/engine.ts).
 */
export type Places = Place | 'absent' | readonly (Place | 'absent')[]

/** Where the resource with an index lies. */
export function placeAt(places: Places | undefined, index: number): Place | 'absent' | undefined {
  if (isList(places)) return places[index]
  return index === 0 ? places : undefined
}

function isList(places: Places | undefined): places is readonly (Place | 'absent')[] {
  return Array.isArray(places)
}

/** What tells whether resources lie outside of a token's plan. */
type OutsideFacts = NamedPlaces & { readonly record: Pick<TokenRecord, 'planId'> | undefined }

/** Which named resource is the first that does not lie in the token's plan, or not where the request says. */
export function outsidePlan({ named, namedAt, places, record }: OutsideFacts): number | undefined {
  if (typeof named !== 'object') return undefined
  for (let i = 0; i < named.length; i++) {
    const ref = named[i] as ResourceRef
    const place = placeAt(places, i)
    const at = namedAt[i]
    if (ref.kind === PLAN_KIND ? ref.id !== record?.planId : !at || !isPlacedIn(place, record?.planId, at.within))
      return i
  }
  return undefined
}

function isPlacedIn(
  place: Place | 'absent' | undefined,
  planId: string | undefined,
  within: readonly ResourceRef[] = [],
): boolean {
  if (place === undefined || place === 'absent' || place.planId !== planId) return false
  return within.every((above) =>
    above.kind === PLAN_KIND
      ? above.id === planId
      : place.ancestors.some(({ kind, id }) => kind === above.kind && id === above.id),
  )
}

/** What the allowlist does not cover: which named resource first, or the plan. */
export function outsideAllowlist({
  named,
  places,
  grant,
}: Pick<NamedPlaces, 'named' | 'places'> & { readonly grant: Grant | undefined }): number | 'plan' | undefined {
  if (named === 'nothing' || named === 'filtered' || grant?.allowlist === 'all') return undefined
  if (typeof named !== 'object' || !grant) return 'plan'
  for (let i = 0; i < named.length; i++) {
    const ref = named[i] as ResourceRef
    const place = placeAt(places, i)
    const ancestors = typeof place === 'object' ? place.ancestors : []
    if (!covers(grant.allowlist, ref, ancestors)) return i
  }
  return undefined
}

/** What a token grants, with all that tells whether it reaches a resource: its plan, and the kinds of its policy. */
export interface PlacedGrant extends Grant {
  readonly planId: string
  readonly kinds: CompiledPolicy['kinds']
}

/**
 * Whether a token reaches a resource that lies at a place: what the rules `in_plan` and `allowlist` say of one that a request
 * names. An input that cannot be read is reached by none.
 */
export function reaches(placed: unknown, grant: PlacedGrant): boolean {
  try {
    return isReached(placed, grant)
  } catch {
    // What throws when it is read has no place.
    return false
  }
}

function isReached(placed: unknown, grant: PlacedGrant): boolean {
  if (!isObject(placed)) return false
  const { kind, id, planId, ancestors = [] } = placed as { readonly [F in keyof PlacedResource]?: unknown }
  const ref = { kind, id }
  if (!isResourceRef(ref) || typeof planId !== 'string' || !Array.isArray(ancestors)) return false
  const listed: readonly unknown[] = [...ancestors]
  const form = grant.kinds.get(ref.kind)
  if (!listed.every(isResourceRef) || !(ref.kind === PLAN_KIND || form?.isId(ref.id))) return false
  // Nothing is above a plan, and it lies in itself.
  if (ref.kind === PLAN_KIND && (planId !== ref.id || listed.length > 0)) return false
  const above = form?.under === undefined ? listed : [aboveOf(form.under, ref), ...listed]
  const facts = { named: [ref], namedAt: NOT_WITHIN, places: { planId, ancestors: above }, record: grant, grant }
  return outsidePlan(facts) === undefined && outsideAllowlist(facts) === undefined
}

const NOT_WITHIN: readonly NamedAt[] = [{ at: '' }]
