/** Virtual time: what happens is a list of things to do at moments, done one after the other. One seed, one course. */

/** A source of choices that a seed decides (mulberry32). */
export interface Chance {
  /** At least 0 and below 1. */
  (): number
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number
  pick<T>(from: readonly T[]): T
  /** Whether something of this probability happens. */
  hits(probability: number): boolean
}

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (count: number): number => Math.floor(next() * count)
  return Object.assign(next, {
    below,
    pick: <T>(from: readonly T[]): T => from[below(from.length)] as T,
    hits: (probability: number) => next() < probability,
  })
}

/** The course of things. */
export interface Course {
  /** Milliseconds since the beginning. */
  now(): number
  /** Does something so many milliseconds from now. */
  after(ms: number, run: () => void): void
  /** Lets everything happen that is due until a moment, in its order, each with all that follows from it at once. */
  until(end: number): Promise<void>
}

interface Due {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

export function newCourse(): Course {
  const heap: Due[] = []
  let now = 0
  let order = 0

  const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)
  const swap = (i: number, j: number): void => {
    const kept = heap[i] as Due
    heap[i] = heap[j] as Due
    heap[j] = kept
  }
  const push = (due: Due): void => {
    heap.push(due)
    for (let i = heap.length - 1; i > 0; ) {
      const above = (i - 1) >> 1
      if (!isBefore(heap[i] as Due, heap[above] as Due)) break
      swap(i, above)
      i = above
    }
  }
  const pop = (): Due => {
    swap(0, heap.length - 1)
    const first = heap.pop() as Due
    for (let i = 0; ; ) {
      let least = i
      for (const below of [2 * i + 1, 2 * i + 2])
        if (below < heap.length && isBefore(heap[below] as Due, heap[least] as Due)) least = below
      if (least === i) return first
      swap(i, least)
      i = least
    }
  }

  return {
    now: () => now,
    after: (ms, run) => push({ at: now + Math.max(0, ms), order: order++, run }),
    async until(end) {
      while (heap.length > 0 && (heap[0] as Due).at <= end) {
        const due = pop()
        now = due.at
        due.run()
        // Everything that promises bring about happens at this very moment.
        await new Promise((resolve) => setImmediate(resolve))
      }
      now = end
    },
  }
}
