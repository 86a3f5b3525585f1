/** Which texts can be one segment of a path: what a client asks before it sends an id in one, and a service before it takes one. */

/** What keeps a text from being one segment of a path, percent-encoded by whoever sends it; `undefined` if nothing does. */
export function segmentProblem(text: string): string | undefined {
  // Half of a character of two code units cannot be encoded.
  return /^\.{0,2}$|[/\\\p{Cc}\p{Cs}]/u.test(text)
    ? 'must hold no slash, backslash or control character, and be neither "." nor "..".'
    : undefined
}
