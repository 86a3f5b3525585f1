/**
 * JSON of a request's body, read so that it has one meaning: RFC 8259 leaves a repeated name to each reader, and two readers
 * that choose differently see two requests. What a body names: core/names.ts.
 */

/** The value of JSON text, or `undefined` if it is not JSON, not UTF-8, or says a name of an object twice. */
export function parseJsonStrictly(body: string | Uint8Array): unknown {
  try {
    const text =
      typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    const value: unknown = JSON.parse(text)
    return repeatsName(text) ? undefined : value
  } catch {
    return undefined
  }
}

/** Whether some object of valid JSON text says a name twice. One pass without recursion, whatever the depth. */
function repeatsName(text: string): boolean {
  /** The names of each object that is open; `undefined` for an array. */
  const open: (Set<string> | undefined)[] = []
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '{') open.push(new Set())
    else if (char === '[') open.push(undefined)
    else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = endOfString(text, i)
      const names = open.at(-1)
      if (names && isFollowedByColon(text, end)) {
        const name = JSON.parse(text.slice(i, end)) as string
        if (names.has(name)) return true
        names.add(name)
      }
      i = end - 1
    }
  }
  return false
}

/** The place after the closing quotation mark of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i + 1
}

function isFollowedByColon(text: string, from: number): boolean {
  let i = from
  while (/\s/.test(text.charAt(i))) i++
  return text[i] === ':'
}
