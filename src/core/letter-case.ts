/**
 * Names that are two to us and one to some reader: those that differ by letter case alone (Go's encoding/json, ASP.NET with its queries
 * and its JSON, routers), and those of fields that are spelt by another convention (`file_key`, `fileKey`, `file-key`: protobuf's JSON,
 * the aliases of pydantic and Jackson). One of two wins there. Where that is asked: core/endpoints.ts, core/query.ts, core/names.ts,
 * npm/, mcp/.
 */

/** One letter case for all that some reader takes for the same: the sign of Kelvin has a small `k`, the long `s` a large `S`, and the I with a dot is an `i` to Java. */
export function fold(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll('i\u0307', 'i')
}

/**
 * One spelling for all that some reader takes for the same name of a field: without letter case, without what stands between words, and
 * without what follows a NUL, at which a text of C ends. A name that begins with an underscore stays another one: `_id` is no `id`.
 */
export function foldName(name: string): string {
  // Of what most names are, small letters are all that there is to do; the rest of `fold` takes twice as long.
  if (/^[\w-]*$/.test(name)) return inOneWord(name.toLowerCase())
  const end = name.indexOf('\0')
  return inOneWord(fold(end === -1 ? name : name.slice(0, end)))
}

const inOneWord = (folded: string): string =>
  /.[_-]./.test(folded) ? folded.replaceAll(/(?<=[^_-])[_-]+(?=[^_-])/g, '') : folded

/**
 * Whether an object has a name that is another spelling of one of these, whether it has that one as well or not. Other names that
 * differ by letter case alone are nobody's business: `jsonstream` and `JSONStream` are two packages.
 */
export function hasOtherSpelling(object: object, ...fields: readonly string[]): boolean {
  return fields.some((field) => hasOtherSpellingOf(object, field, fields))
}

/** The same of one name. @param own names that are read in this object, which are another spelling of none. */
export function hasOtherSpellingOf(object: object, field: string, own: readonly string[]): boolean {
  const folded = foldName(field)
  return Object.keys(object).some((name) => mayBe(name, field) && !own.includes(name) && foldName(name) === folded)
}

/** What most names are not, at a glance: only a letter beyond ASCII becomes another one in another letter case. */
function mayBe(name: string, field: string): boolean {
  const [one, other] = [name.charCodeAt(0), field.charCodeAt(0)]
  return (one | SMALL) === (other | SMALL) || one > 127 || other > 127
}

/** What a small letter of ASCII has more than the capital one. */
const SMALL = 0x20
