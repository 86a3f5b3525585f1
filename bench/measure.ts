/** Times sides against each other: in turn, many rounds, medians. Absolute times drift with the machine; ratios in one run hold. */

/** One side: does its work that many times. */
export type Side = (times: number) => Promise<void>

/**
 * The median time of one call of each side, in nanoseconds. Each round runs every side once, in an order that rotates.
 *
 * @param options.calls calls a round, default 10,000: enough that each side works out of a warm cache, as a server does
 * @param options.rounds counted rounds, default 31, after a tenth as many that are not counted
 */
export async function interleaved<Name extends string>(
  sides: { readonly [N in Name]: Side },
  { calls = 10_000, rounds = 31 }: { readonly calls?: number; readonly rounds?: number } = {},
): Promise<{ [N in Name]: number }> {
  const names = Object.keys(sides) as Name[]
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  const warmUp = Math.ceil(rounds / 10)
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(((round + turn) % names.length) + names.length) % names.length] as Name
      const start = process.hrtime.bigint()
      await sides[name](calls)
      const end = process.hrtime.bigint()
      if (round >= 0) times.get(name)?.push(Number(end - start) / calls)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as { [N in Name]: number }
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

/** A number of three significant figures. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
