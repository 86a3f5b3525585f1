/**
 * Values kept in order, in chunks: one more value moves those of one chunk and not all of them, and a page is found by binary
 * search. What the order is about: the caller's `compare`.
 */

/** Changed by `put` and `remove` alone. No chunk is empty. */
export interface Sorted<T> {
  readonly compare: (a: T, b: T) => number
  readonly chunks: T[][]
}

/** Values a chunk at most. Values that come in order fill their chunks; others leave them half full at worst. */
const CHUNK = 256

/** An empty list. `compare` tells any two values apart that may be in it together. */
export const sortedBy = <T>(compare: (a: T, b: T) => number): Sorted<T> => ({ compare, chunks: [] })

/** Adds a value, in the place of one that compares equal if there is one. */
export function put<T>({ compare, chunks }: Sorted<T>, value: T): void {
  const isFrom = (other: T): boolean => compare(other, value) >= 0
  const found = firstIndex(chunks, (chunk) => isFrom(chunk[chunk.length - 1] as T))
  const at = Math.min(found, chunks.length - 1)
  const chunk = chunks[at]
  if (!chunk || (found === chunks.length && chunk.length >= CHUNK)) {
    chunks.push([value])
    return
  }
  const index = firstIndex(chunk, isFrom)
  const next = chunk[index]
  if (next !== undefined && compare(next, value) === 0) {
    chunk[index] = value
    return
  }
  chunk.splice(index, 0, value)
  if (chunk.length > CHUNK) chunks.splice(at + 1, 0, chunk.splice(CHUNK / 2))
}

/** Takes out the value that compares equal, if there is one. */
export function remove<T>({ compare, chunks }: Sorted<T>, value: T): void {
  const isFrom = (other: T): boolean => compare(other, value) >= 0
  const at = firstIndex(chunks, (chunk) => isFrom(chunk[chunk.length - 1] as T))
  const chunk = chunks[at]
  if (!chunk) return
  const index = firstIndex(chunk, isFrom)
  if (compare(chunk[index] as T, value) !== 0) return
  chunk.splice(index, 1)
  if (chunk.length === 0) chunks.splice(at, 1)
}

/** From the first value on that passes a test, which all later ones pass too. Not to be changed meanwhile. */
export function* upFrom<T>({ chunks }: Sorted<T>, isFrom: (value: T) => boolean): Generator<T, void> {
  const first = firstIndex(chunks, (chunk) => isFrom(chunk[chunk.length - 1] as T))
  for (let at = first; at < chunks.length; at++) {
    const chunk = chunks[at] as T[]
    for (let i = at === first ? firstIndex(chunk, isFrom) : 0; i < chunk.length; i++) yield chunk[i] as T
  }
}

/** Back from the last value that passes a test, which all earlier ones pass too. Not to be changed meanwhile. */
export function* downFrom<T>({ chunks }: Sorted<T>, isUpTo: (value: T) => boolean): Generator<T, void> {
  const isBeyond = (value: T): boolean => !isUpTo(value)
  const last = firstIndex(chunks, (chunk) => isBeyond(chunk[0] as T)) - 1
  for (let at = last; at >= 0; at--) {
    const chunk = chunks[at] as T[]
    for (let i = (at === last ? firstIndex(chunk, isBeyond) : chunk.length) - 1; i >= 0; i--) yield chunk[i] as T
  }
}

/** The index of the first item that passes a test, which all later ones pass too; the length if there is none. */
export function firstIndex<T>(items: readonly T[], passes: (item: T) => boolean): number {
  let [from, to] = [0, items.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (passes(items[middle] as T)) to = middle
    else from = middle + 1
  }
  return from
}
