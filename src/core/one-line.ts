/** Text from elsewhere in output that people and machines read line by line: no value ends a line or hides one. */

/** In one line: control characters, line ends and what turns the direction of writing stand as `\u{1b}`. */
export function oneLine(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (one) => `\\u{${(one.codePointAt(0) as number).toString(16)}}`,
  )
}
