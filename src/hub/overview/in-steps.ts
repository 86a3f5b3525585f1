/**
 * A sort that lets other requests be answered in between: 20,000 names by the rules of a language take 80 to 350 ms at once
 * (`sortMs` of bench/hub.ts), and here no more than a few at a time. What is in order already, as after the change of a few, costs one look at each.
 */

/** So many are sorted at once, and so many comparisons are made before others have their turn. */
const RUN = 500
const COMPARISONS = 5_000

/** The values in order; those that are alike stay as they came. */
export async function sortedInSteps<T>(
  values: readonly T[],
  compare: (a: T, b: T) => number,
  rest: () => Promise<void> = aTurn,
): Promise<readonly T[]> {
  let made = 0
  const counted = (a: T, b: T): number => {
    made++
    return compare(a, b)
  }
  const pause = async (): Promise<void> => {
    if (made < COMPARISONS) return
    made = 0
    await rest()
  }
  let runs: T[][] = []
  for (let i = 0; i < values.length; i += RUN) {
    runs.push(values.slice(i, i + RUN).sort(counted))
    await pause()
  }
  while (runs.length > 1) {
    const longer: T[][] = []
    for (let i = 0; i < runs.length; i += 2) longer.push(await merged(runs[i] ?? [], runs[i + 1] ?? [], counted, pause))
    runs = longer
  }
  return runs[0] ?? []
}

async function merged<T>(
  left: T[],
  right: T[],
  compare: (a: T, b: T) => number,
  pause: () => Promise<void>,
): Promise<T[]> {
  const [last, first] = [left.at(-1), right[0]]
  if (last === undefined || first === undefined || compare(last, first) <= 0) return left.concat(right)
  const both: T[] = []
  let [l, r] = [0, 0]
  while (l < left.length && r < right.length) {
    const [a, b] = [left[l] as T, right[r] as T]
    if (compare(a, b) <= 0) {
      both.push(a)
      l++
    } else {
      both.push(b)
      r++
    }
    if (both.length % RUN === 0) await pause()
  }
  return both.concat(left.slice(l), right.slice(r))
}

const aTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
