/** Builds the JSON body of a request out of what stands in its places. How a place is read: core/names.ts. */
import { isDictionary } from '../core/objects.ts'
import type { BodyStep } from '../core/policy-names.ts'

/** What stands in one place of a body. */
export type InBody =
  | { readonly is: 'value'; readonly value: string }
  /** A list with so many different values in it, where the place is in a list. */
  | { readonly is: 'many'; readonly value: string; readonly count: number }
  /** The outermost field is not there. */
  | { readonly is: 'absent' }
  /** The outermost field is there, and the one in question is not. */
  | { readonly is: 'hole' }
  /** No text. */
  | { readonly is: 'wrong' }
  /** An empty list. */
  | { readonly is: 'empty' }

/** A place and what stands in it. */
export interface PlaceInBody {
  readonly steps: readonly BodyStep[]
  readonly holds: InBody
}

/** The body; `undefined` if its places contradict each other: what is text has no fields. */
export function buildBody(places: readonly PlaceInBody[]): object | undefined {
  const body: Fields = {}
  const isConsistent = places.every(({ steps, holds }) => holds.is === 'absent' || put(body, steps, 0, holds))
  const isAbsent = (steps: readonly BodyStep[]): boolean => Object.hasOwn(body, (steps[0] as BodyStep).field)
  return isConsistent && !places.some(({ steps, holds }) => holds.is === 'absent' && isAbsent(steps)) ? body : undefined
}

type Fields = { [field: string]: unknown }

function put(into: Fields, steps: readonly BodyStep[], depth: number, holds: InBody): boolean {
  const { field, each } = steps[depth] as BodyStep
  const isLast = depth === steps.length - 1
  const there = Object.hasOwn(into, field) ? into[field] : undefined
  if (isLast) {
    if (holds.is === 'hole') return !each && there === undefined
    if (there !== undefined) return false
    into[field] = each ? listOf(holds) : textOf(holds)
    return true
  }
  if (each && holds.is === 'empty') {
    if (there !== undefined) return false
    into[field] = []
    return true
  }
  if (!each) {
    const below = there ?? {}
    if (!isDictionary(below)) return false
    into[field] = below
    return put(below as Fields, steps, depth + 1, holds)
  }
  const list = there ?? [{}]
  if (!Array.isArray(list)) return false
  into[field] = list
  if (holds.is === 'many') {
    for (let i = list.length; i < holds.count; i++) list.push({})
    return list.every(
      (entry, i) =>
        isDictionary(entry) && put(entry as Fields, steps, depth + 1, { is: 'value', value: nth(holds.value, i) }),
    )
  }
  return list.length > 0 && list.every((entry) => isDictionary(entry) && put(entry as Fields, steps, depth + 1, holds))
}

function textOf(holds: InBody): unknown {
  return holds.is === 'value' || holds.is === 'many' ? holds.value : holds.is === 'empty' ? '' : 5
}

function listOf(holds: InBody): unknown {
  if (holds.is === 'many') return Array.from({ length: holds.count }, (_, i) => nth(holds.value, i))
  return holds.is === 'empty' ? [] : holds.is === 'value' ? [holds.value] : [5]
}

/** Values that differ and are as much an id as the first: numbers of as many digits count up, other text ends in another way. */
function nth(value: string, i: number): string {
  if (i === 0) return value
  const tail = i.toString(/[a-z~-]$/.test(value) ? 36 : 10)
  return value.length >= tail.length + 1 ? value.slice(0, -tail.length) + tail : value + tail
}
