/**
 * A table that keeps what was put into it lately: the older half is given up at once, so that keeping costs no order and no timer.
 * What is kept in it, and whether it may be given up: whoever makes one.
 */

/** Values by their keys. */
export interface Recent<V> {
  /** The value, unless it was given up; this alone keeps nothing longer. */
  get(key: string): V | undefined
  /** Keeps a value while less than half of `most` other keys are put; gives it back. */
  put(key: string, value: V): V
}

/** Makes one for `most` keys, 2 or more. */
export function createRecent<V>(most: number): Recent<V> {
  const half = Math.floor(most / 2)
  let young = new Map<string, V>()
  let old = young
  return {
    get: (key) => young.get(key) ?? old.get(key),
    put(key, value) {
      if (young.size >= half && !young.has(key)) {
        old = young
        young = new Map()
      }
      young.set(key, value)
      return value
    },
  }
}
