/** "Did you mean …?": the nearest of some names, for the errors that a person reads. */

/** The name that is at most two edits away (three for long ones), or `undefined`. */
export function nearest(wrong: string, names: Iterable<string>): string | undefined {
  const limit = wrong.length > 12 ? 3 : 2
  if (wrong.length > 100) return undefined
  let best: string | undefined
  let least = limit + 1
  for (const name of names) {
    const distance = Math.abs(name.length - wrong.length) > limit ? least : editDistance(wrong, name)
    if (name !== wrong && distance < least) {
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

/** Insertions, deletions and replacements (Levenshtein); a swap of neighbours is two. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] as number) + (a[i] === b[j] ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] as number) + 1, (next[j] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
