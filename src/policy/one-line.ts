/** Text out of a policy in output that people and machines read line by line: no value ends a line, hides one, or passes for two. */

/** In one line: control characters, line ends and what turns the direction of writing stand as `\u{1b}`. */
export function oneLine(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (one) => `\\u{${(one.codePointAt(0) as number).toString(16)}}`,
  )
}

/** What stands in tables for something else than a name. */
const TAKEN = new Set(['none', 'closed', 'any', 'nothing', 'and', 'or'])

/** A name in a list of names: in quotes, as JSON has it, unless it can be read in one way without. */
export function word(name: string): string {
  const isPlain = /^[\p{L}\p{N}_/{@*][\p{L}\p{N}_\-.:/@{}[\]*$()]*$/u.test(name)
  return isPlain && !TAKEN.has(name) ? name : oneLine(JSON.stringify(name))
}
