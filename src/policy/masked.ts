/**
 * Changes that no line of a comparison is about: does the new policy answer alike without them? Where a tier, a type or a header has
 * another name too, what else changed is hidden behind it, and shows only so. The comparison itself: policy/diff.ts.
 */
import { SetupError } from '../core/errors.ts'
import { isDictionary } from '../core/objects.ts'
import { definePolicy, type Policy } from '../core/policy.ts'
import type { PolicyData } from '../core/policy-data.ts'
import { isAt, isOfText, type PolicyChange } from './changes.ts'
import type { DiffLine } from './diff-line.ts'
import { type Judge, judgeOf } from './judge.ts'

/** What became of the changes that no line was about. */
export interface Unmasked {
  /** What they change by themselves: the new policy against itself without them. */
  readonly masked: readonly DiffLine[]
  /** Those without which the new policy is none, so that it cannot be told what they do. */
  readonly uncompared: readonly PolicyChange[]
  /** Those without which it answers everything alike. */
  readonly silent: readonly PolicyChange[]
}

/** Compares the new policy without some changes with the new policy. */
export type Compare = (without: Judge, after: Judge, changes: readonly PolicyChange[]) => readonly DiffLine[]

/** Changes can hide each other: so many times, what no line is about yet is looked at by itself. */
const MOST_ROUNDS = 8

/** Sorts the changes that no line is about. */
export function unmask(after: Judge, changes: readonly PolicyChange[], compare: Compare): Unmasked {
  const masked: DiffLine[] = []
  const uncompared: PolicyChange[] = []
  let silent = changes
  for (let round = 0; silent.some((change) => !isOfText(change)); round++) {
    const { policy, taken, impossible } = round < MOST_ROUNDS ? without(after.data, silent) : nothing(silent)
    uncompared.push(...impossible)
    silent = taken
    if (!policy) break
    const lines = compare(judgeOf('diffPolicies', 'before', policy), after, silent)
    if (lines.length === 0) break
    masked.push(...lines)
    const told = new Set(lines.flatMap((line) => line.changes))
    silent = silent.filter((change) => !told.has(change))
    // What differs comes from one of them, and nobody can say from which.
    if (told.size === 0) return { masked, ...split(uncompared, silent, true) }
  }
  return { masked, ...split(uncompared, silent, false) }
}

/** Text is nothing that anybody gains or loses by, whether it was compared or not. */
function split(
  uncompared: readonly PolicyChange[],
  silent: readonly PolicyChange[],
  isUnknown: boolean,
): Omit<Unmasked, 'masked'> {
  const open = isUnknown ? [...uncompared, ...silent] : uncompared
  const isOpen = new Set(open.filter((change) => !isOfText(change)))
  return { uncompared: [...isOpen], silent: [...uncompared, ...silent].filter((change) => !isOpen.has(change)) }
}

/** A policy less some changes, and which of them could be taken back. */
interface Without {
  readonly policy?: Policy
  readonly taken: readonly PolicyChange[]
  readonly impossible: readonly PolicyChange[]
}

const nothing = (changes: readonly PolicyChange[]): Without => ({ taken: [], impossible: changes })

/** So many times, changes that cannot be taken back are left as they are. */
const MOST_TRIES = 8

function without(data: PolicyData, changes: readonly PolicyChange[]): Without {
  let taken = changes
  for (let tries = 0; tries < MOST_TRIES && taken.length > 0; tries++) {
    const { policy, places } = defined(takenBack(data, taken, 0))
    const isTaken = new Set(taken)
    if (policy) return { policy, taken, impossible: changes.filter((change) => !isTaken.has(change)) }
    const possible = taken.filter((change) => !isAt(change, places))
    if (possible.length === taken.length) break
    taken = possible
  }
  return nothing(changes)
}

/** The policy, or the places at which its data is wrong. */
function defined(data: unknown): { readonly policy?: Policy; readonly places: readonly (readonly string[])[] } {
  try {
    return { policy: definePolicy(data as PolicyData), places: [] }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return { places: error.issues.map(({ at }) => at.map(String)) }
  }
}

/** The value as it was before some changes below it. */
function takenBack(value: unknown, changes: readonly PolicyChange[], depth: number): unknown {
  const whole = changes.find(({ at }) => at.length === depth)
  if (whole) return whole.before
  const below = new Map<string, PolicyChange[]>()
  for (const change of changes) {
    const name = change.at[depth] as string
    const some = below.get(name)
    if (some) some.push(change)
    else below.set(name, [change])
  }
  const fields = new Map(Object.entries(isDictionary(value) ? value : {}))
  for (const [name, some] of below) {
    const was = takenBack(fields.get(name), some, depth + 1)
    if (was === undefined) fields.delete(name)
    else fields.set(name, was)
  }
  return Object.fromEntries(fields)
}
