/** "Did you mean …?": the nearest of some names, for the errors that a person reads. */

/** The other name that differs in one place, by two characters at most, or `undefined`. */
export function nearest(wrong: string, names: Iterable<string>): string | undefined {
  for (const name of names) {
    const longest = Math.max(name.length, wrong.length)
    let same = 0
    while (same < longest && name[same] === wrong[same]) same++
    let end = 0
    while (end < Math.min(name.length, wrong.length) - same && name.at(-1 - end) === wrong.at(-1 - end)) end++
    if (name !== wrong && longest - same - end <= 2) return name
  }
  return undefined
}

/** ` Did you mean "x"?` or nothing. */
export function didYouMean(wrong: string, names: Iterable<string>): string {
  const name = nearest(wrong, names)
  return name === undefined ? '' : ` Did you mean "${name}"?`
}
