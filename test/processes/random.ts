/** Choices by lot that a seed repeats. */

/** Draws from a seed. */
export interface Random {
  /** A whole number from 0 to below `end`. */
  below(end: number): number
  /** One of a list that is not empty. */
  of<T>(list: readonly T[]): T
  /** Whether something with this probability happens. */
  chance(probability: number): boolean
}

/** The seed of this run: the environment variable `SEED`, or another one each time. */
export function seedOfRun(): number {
  return Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
}

/** mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(next() * end)
  return {
    below,
    of: (list) => list[below(list.length)]!,
    chance: (probability) => next() < probability,
  }
}
