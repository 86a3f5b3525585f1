/**
 * Reads the pattern of keys from before: an anchored regular expression out of a small subset in which every key can be read in one
 * way, so that nothing goes back over a text and its language can be compared with another one exactly (legacy/overlap.ts).
 */

/** What may stand next in a key, and how often. */
export interface Part {
  readonly characters: ReadonlySet<string>
  readonly least: number
  readonly most: number
  /** Whether it is a part of the id, `(?<id>…)`. */
  readonly isId: boolean
}

/** A pattern that was read. */
export interface Pattern {
  readonly parts: readonly Part[]
  /** How long a key can be, in characters. */
  readonly least: number
  readonly most: number
  /** With what every key begins; empty if that differs. */
  readonly start: string
  /** What matches the id alone; absent where keys have none. */
  readonly id?: RegExp
  /** The source without its anchors. */
  readonly body: string
}

/** No key is longer. */
const LONGEST = 256
/** How many bits a key holds at least that nobody is to guess. */
const LEAST_BITS = 64

/** Whether a character may stand in a key: visible ASCII but for what ends or quotes the value of a header (RFC 9110, section 5.6). */
const MAY_STAND = /^[!#-+\--[\]-~]$/
const DIGITS = [...'0123456789']
const WORD = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_']
/** Of other characters that stand for themselves there is none that means something. */
const MEANS_SOMETHING = /[.*+?^$()[\]{}|\\]/
const ID = '(?<id>'

/** What is wrong with a pattern; caught in `readPattern`. */
class Wrong extends Error {}

/** Reads it, or says in one sentence what is wrong with it. */
export function readPattern(given: unknown): Pattern | string {
  if (!(given instanceof RegExp)) return 'must be a regular expression such as /^key_[A-Za-z0-9]{32}$/.'
  const { source, flags } = given
  if (flags !== '') return 'must have no flags.'
  // Behind a backslash that is one itself, a dollar sign is the end.
  if (!source.startsWith('^') || !/(^|[^\\])(\\\\)*\$$/.test(source)) return 'must begin with ^ and end with $.'
  try {
    return patternOf(source.slice(1, -1))
  } catch (error) {
    if (error instanceof Wrong) return error.message
    throw error
  }
}

function patternOf(body: string): Pattern {
  const { parts, id } = partsOf(body)
  const most = sumOf(parts, (part) => part.most)
  if (most > LONGEST) throw new Wrong(`must match no text of more than ${LONGEST} characters.`)
  for (const [i, part] of parts.entries()) {
    const next = parts[i + 1]
    if (part.least < part.most && next && [...part.characters].some((one) => next.characters.has(one)))
      throw new Wrong(
        'backtracks: what follows a part of several lengths must not begin with a character of it. Give it one length, or put another character between.',
      )
  }
  if (bitsOf(parts) < LEAST_BITS)
    throw new Wrong(
      `matches keys that can be guessed: the shortest must have ${LEAST_BITS} bits outside of its id, such as 16 of [0-9a-f].`,
    )
  return {
    parts,
    least: sumOf(parts, ({ least }) => least),
    most,
    start: startOf(parts),
    ...(id !== undefined && { id: new RegExp(`^${id}$`) }),
    body,
  }
}

const sumOf = (parts: readonly Part[], of: (part: Part) => number): number =>
  parts.reduce((sum, part) => sum + of(part), 0)

/** What the shortest keys leave to be guessed. Whoever knows an id knows nothing of the key. */
const bitsOf = (parts: readonly Part[]): number =>
  sumOf(parts, ({ characters, least, isId }) => (isId ? 0 : least * Math.log2(characters.size)))

function startOf(parts: readonly Part[]): string {
  let start = ''
  for (const { characters, least, most } of parts) {
    if (characters.size > 1) break
    start += [...characters].join('').repeat(least)
    if (least < most) break
  }
  return start
}

/** The parts, and the source of the id. */
function partsOf(body: string): { readonly parts: readonly Part[]; readonly id: string | undefined } {
  const parts: Part[] = []
  let isId = false
  let idStart: number | undefined
  let id: string | undefined
  for (let at = 0; at < body.length; ) {
    if (body.startsWith(ID, at) && idStart === undefined) {
      isId = true
      at += ID.length
      idStart = at
      continue
    }
    if (body[at] === ')' && isId) {
      if (!parts.at(-1)?.isId) throw new Wrong('has an empty id.')
      if (/^[{*+?]/.test(body.slice(at + 1))) throw new Wrong('must have its id once.')
      isId = false
      id = body.slice(idStart, at)
      at += 1
      continue
    }
    const one = atomAt(body, at)
    const times = timesAt(body, one.end)
    parts.push({ characters: one.characters, least: times.least, most: times.most, isId })
    at = times.end
  }
  if (isId) throw new Wrong(OUTSIDE)
  return { parts, id }
}

const OUTSIDE =
  'may hold only characters, classes such as [a-z0-9], \\d and \\w, each once or {n} or {n,m} times, and one (?<id>…).'

interface Atom {
  readonly characters: ReadonlySet<string>
  readonly end: number
}

function atomAt(body: string, at: number): Atom {
  const one = body[at] as string
  if (one === '[') return classAt(body, at + 1)
  if (one === '\\') return escapeAt(body, at)
  if (MEANS_SOMETHING.test(one)) throw new Wrong(OUTSIDE)
  return { characters: new Set([standing(one)]), end: at + 1 }
}

/** `\d`, `\w`, or a sign that stands for itself; other letters mean something else, or nothing yet. */
function escapeAt(body: string, at: number): Atom {
  const one = body[at + 1] ?? ''
  const end = at + 2
  if (one === 'd') return { characters: new Set(DIGITS), end }
  if (one === 'w') return { characters: new Set(WORD), end }
  if (one === '' || /\w/.test(one)) throw new Wrong(OUTSIDE)
  return { characters: new Set([standing(one)]), end }
}

function classAt(body: string, begin: number): Atom {
  const characters = new Set<string>()
  if (body[begin] === '^') throw new Wrong('must say which characters a class has, and not which it has not.')
  let at = begin
  while (body[at] !== ']') {
    const first = memberAt(body, at)
    at = first.end
    // A hyphen at the end of a class is one.
    if (body[at] !== '-' || body[at + 1] === ']') {
      for (const one of first.characters) characters.add(one)
      continue
    }
    const last = memberAt(body, at + 1)
    if (first.characters.size > 1 || last.characters.size > 1) throw new Wrong(OUTSIDE)
    const [from, to] = [first, last].map((member) => [...member.characters].join('').charCodeAt(0)) as [number, number]
    for (let code = from; code <= to; code++) characters.add(standing(String.fromCharCode(code)))
    at = last.end
  }
  if (characters.size === 0) throw new Wrong('has a class without characters.')
  return { characters, end: at + 1 }
}

function memberAt(body: string, at: number): Atom {
  const one = body[at]
  if (one === '\\') return escapeAt(body, at)
  if (one === undefined) throw new Wrong(OUTSIDE)
  return { characters: new Set([standing(one)]), end: at + 1 }
}

function standing(one: string): string {
  if (MAY_STAND.test(one)) return one
  throw new Wrong(
    'may hold only visible characters of ASCII, without commas, quotation marks and backslashes, which a header cannot carry plainly.',
  )
}

function timesAt(body: string, at: number): { readonly least: number; readonly most: number; readonly end: number } {
  const rest = body.slice(at)
  if (/^([*+]|\{\d+,\})/.test(rest)) throw new Wrong('repeats without an end: say {n} or {n,m}.')
  const [braces = '', from, to = from] = /^\{(\d{1,3})(?:,(\d{1,3}))?\}/.exec(rest) ?? []
  const end = at + braces.length
  if (/^[?{*+]/.test(body.slice(end))) throw new Wrong(OUTSIDE)
  if (braces === '') return { least: 1, most: 1, end }
  const [least, most] = [Number(from), Number(to)]
  if (least < 1 || most < least)
    throw new Wrong('repeats a part {n} or {n,m} times, of which n is at least 1 and m no less.')
  return { least, most, end }
}
