/** "Did you mean …?": the nearest of some names, for the errors that a person reads. */

/** The name that is at most two edits away (three for long ones), or `undefined`. */
export function nearest(wrong: string, names: Iterable<string>): string | undefined {
  const limit = wrong.length > 12 ? 3 : 2
  if (wrong.length > 100) return undefined
  let best: string | undefined
  let least = limit + 1
  for (const name of names) {
    const distance = Math.abs(name.length - wrong.length) > limit ? least : editDistance(wrong, name)
    if (distance < least) {
      best = name
      least = distance
    }
  }
  return best
}

/** ` Did you mean "x"?` or nothing. */
export function didYouMean(wrong: string, names: Iterable<string>): string {
  const name = nearest(wrong, names)
  return name === undefined ? '' : ` Did you mean "${name}"?`
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1), swapped))
    }
  }
  return at(a.length, b.length)
}
