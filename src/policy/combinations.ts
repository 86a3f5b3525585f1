/** Combinations of choices, the first ones first; not all where that would be too many. */

/** Beyond so many, not all are made. */
const MOST = 2_048

/** A list to choose from. One that leads decides what the others mean. */
export interface Choices<T> {
  readonly list: readonly T[]
  readonly leads: boolean
}

/**
 * One of each list: all combinations; or, where there are too many, all of those that lead, with the others as they come first but
 * for two at most.
 */
export function* combinations<T>(choices: readonly Choices<T>[]): Generator<readonly T[]> {
  const lists = choices.map(({ list }) => list)
  if (sizeOf(lists) <= MOST) return yield* allOf(lists)
  const first = lists.map((list) => list.slice(0, 1))
  for (const lead of allOf(choices.map(({ list, leads }, i) => (leads ? list : (first[i] ?? []))))) {
    yield lead
    for (const [i, list] of lists.entries()) for (const choice of list) yield lead.with(i, choice)
    for (const [i, list] of lists.entries())
      for (const [j, second] of lists.entries())
        if (i < j && !choices[i]?.leads && !choices[j]?.leads)
          for (const choice of list.slice(1))
            for (const another of second.slice(1)) yield lead.with(i, choice).with(j, another)
  }
}

const sizeOf = (lists: readonly (readonly unknown[])[]): number =>
  lists.reduce((product, { length }) => product * length, 1)

function* allOf<T>(lists: readonly (readonly T[])[]): Generator<readonly T[]> {
  const total = sizeOf(lists)
  for (let n = 0; n < total; n++) {
    let rest = n
    yield lists.map((list) => {
      const choice = list[rest % list.length] as T
      rest = Math.floor(rest / list.length)
      return choice
    })
  }
}
