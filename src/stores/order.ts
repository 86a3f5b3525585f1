/** The order of a plan's tokens, for stores that sort in JavaScript. What the order means: `ListQuery` in ports.ts. */
import type { ListPosition } from '../ports.ts'

/** Compares two places: first those that have not ended, from the first on, then the others, from the last back. */
export function inOrder(a: ListPosition, b: ListPosition): number {
  if (a.ended !== b.ended) return a.ended ? 1 : -1
  const ascending = a.at !== b.at ? a.at - b.at : a.id < b.id ? -1 : a.id > b.id ? 1 : 0
  return a.ended ? -ascending : ascending
}
