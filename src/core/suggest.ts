/** "Did you mean …?": the nearest of some names, for the errors that a person reads. */

/** The other name that differs in one place and by the fewest characters, two at most; the first of several, or `undefined`. */
export function nearest(wrong: string, names: Iterable<string>): string | undefined {
  let best: string | undefined
  let fewest = 3
  for (const name of names) {
    const longest = Math.max(name.length, wrong.length)
    let same = 0
    while (same < longest && name[same] === wrong[same]) same++
    let end = 0
    while (end < Math.min(name.length, wrong.length) - same && name.at(-1 - end) === wrong.at(-1 - end)) end++
    const differing = longest - same - end
    if (name === wrong || differing >= fewest) continue
    best = name
    fewest = differing
  }
  return best
}

/** ` Did you mean "x"?` or nothing. */
export function didYouMean(wrong: string, names: Iterable<string>): string {
  const name = nearest(wrong, names)
  return name === undefined ? '' : ` Did you mean "${name}"?`
}
