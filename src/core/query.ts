/**
 * The parameters of a query that name resources: each at most once, in one spelling, with a value of one reading. Whatever is in
 * the query besides is nobody's business here. Which characters a query may hold: core/target.ts.
 */
import { fold, foldName } from './letter-case.ts'
import type { Malformed } from './malformed.ts'
import { decodeStrictly } from './target.ts'

/** Parameters that name resources, as the policy spells them, by that name and by what stands for all of its spellings. */
export type WantedParameters = ReadonlyMap<string, string>

/** The parameters that a policy reads, made ready. */
export function wantedOf(params: readonly string[]): WantedParameters {
  const spellings = [foldName, fold, (param: string) => param]
  return new Map(spellings.flatMap((spelt) => params.map((param) => [spelt(param), param] as const)))
}

/** More parameters than this are not read, since servers stop reading as well, some after 1,000. */
const MOST_PARAMETERS = 100

/**
 * The values of some parameters, or why there is no one reading of them: one comes twice, or in another spelling (in another letter
 * case or with other signs between its words, which some servers do not mind; with brackets, dots or spaces, which some drop and PHP
 * takes for underscores; behind a semicolon, which some take for `&`); its value is empty or cannot be read in one way; there are too
 * many parameters to be sure. Every server decodes names, so an encoded one is the same. Values of other parameters are not looked at.
 */
export function readQuery(query: string, wanted: WantedParameters): ReadonlyMap<string, string> | Malformed {
  const values = new Map<string, string>()
  const pairs = query.split('&', MOST_PARAMETERS + 1)
  if (pairs.length > MOST_PARAMETERS) return { reason: 'query_too_long' }
  for (const pair of pairs) {
    const name = nameOf(pair)
    if (name === undefined) return { reason: 'query_name' }
    const hasSemicolon = pair.includes(';')
    if (hasSemicolon && hidesWanted(pair, wanted)) return { reason: 'query_semicolon' }
    const param = wantedIn(name, wanted)
    if (param === undefined) continue
    const source = `query:${param}`
    if (hasSemicolon) return { reason: 'query_semicolon' }
    if (name !== param) return { reason: 'parameter_spelling', source }
    if (values.has(name)) return { reason: 'parameter_repeated', source }
    const raw = pair.slice(pair.indexOf('=') + 1)
    const value = raw.includes('+') || !pair.includes('=') ? undefined : decodeStrictly(raw)
    if (!value) return { reason: 'value_unreadable', source }
    values.set(name, value)
  }
  return values
}

/**
 * Every value that some reader finds in a query for one parameter, whatever its name is spelt like; `undefined` for one that cannot
 * be decoded.
 */
export function valuesAnywhere(query: string, param: string): readonly (string | undefined)[] {
  const wanted = wantedOf([param])
  const pairs = query.split('&').flatMap((pair) => (pair.includes(';') ? [pair, ...pair.split(';')] : [pair]))
  return pairs.flatMap((pair) => {
    if (wantedIn(nameOf(pair) ?? byBytes(pair), wanted) !== param) return []
    return [pair.includes('=') ? decoded(pair.slice(pair.indexOf('=') + 1)) : '']
  })
}

/** The name of a parameter with a character for each byte, for readers that take bytes as they come. */
function byBytes(pair: string): string {
  const name = pair.split('=', 1)[0] as string
  return name.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/**
 * The decoded name of a parameter: a percent sign that begins no byte stands for itself, as in the URL standard. `undefined` if
 * its bytes are not UTF-8, since it then depends on the reader which name it is.
 */
function nameOf(pair: string): string | undefined {
  const end = pair.indexOf('=')
  const raw = end === -1 ? pair : pair.slice(0, end)
  return /[%+]/.test(raw) ? decoded(raw) : raw
}

function decoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw.replaceAll('+', ' ').replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25'))
  } catch {
    return undefined
  }
}

/** The parameter that a name is, or is to some reader. */
function wantedIn(name: string | undefined, wanted: WantedParameters): string | undefined {
  if (name === undefined || wanted.get(name) === name) return name
  // Most names are plain, and nobody reads another one in them.
  if (/^[\w-]*$/.test(name)) return wanted.get(foldName(name))
  const folded = fold(name.replaceAll(UNIT, unitOf))
  const first = /[\w-]+/.exec(folded)?.[0] ?? ''
  const bare = folded.replaceAll(/[^\w-]/g, '')
  const ofBare = wanted.get(bare)
  // Who drops marks makes no word out of two, as `file[key]` has them.
  const dropped = ofBare !== undefined && fold(ofBare) === bare ? ofBare : undefined
  return wanted.get(foldName(first)) ?? dropped ?? wanted.get(foldName(variableOf(folded)))
}

/** A character as `escape` of JavaScript writes it, which ASP.NET and CGI.pm decode; to everybody else it is a broken percent sign. */
const UNIT = /%u([0-9A-Fa-f]{4})/g
const unitOf = (_: string, hex: string): string => String.fromCharCode(Number.parseInt(hex, 16))

/**
 * The variable of PHP that a name becomes (its manual, "Variables From External Sources"): spaces before it and all from a NUL on are
 * dropped, other spaces, dots and a bracket that nothing closes are underscores, and brackets that are closed say a place within it.
 */
function variableOf(name: string): string {
  const text = name.replace(/^ +/, '').replace(/\0.*/s, '')
  const open = text.indexOf('[')
  const isClosed = open !== -1 && text.includes(']', open)
  return (isClosed ? text.slice(0, open) : text).replaceAll(/[ .[]/g, '_')
}

/** Whether a parameter stands behind a semicolon of another one's value. */
function hidesWanted(pair: string, wanted: WantedParameters): boolean {
  const parts = pair.split(';')
  return parts.some((part, i) => i > 0 && wantedIn(nameOf(part), wanted) !== undefined)
}
