/**
 * Names that are the same but for letter case: some readers take them for one (Go's encoding/json, ASP.NET with its queries and its
 * JSON, routers), and the last of two wins there. Where that is asked: core/endpoints.ts, core/query.ts, core/names.ts, npm/, mcp/.
 */

/** One letter case for all that some reader takes for the same: the sign of Kelvin has a small `k`, the long `s` a large `S`, and the I with a dot is an `i` to Java. */
export function fold(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll('i\u0307', 'i')
}

/**
 * Whether an object has a name that is another spelling of one of these, whether it has that one as well or not. Other names that
 * differ by letter case alone are nobody's business: `jsonstream` and `JSONStream` are two packages.
 */
export function hasOtherSpelling(object: object, ...fields: readonly string[]): boolean {
  const names = Object.keys(object)
  return fields.some((field) => {
    const folded = fold(field)
    return names.some((name) => name !== field && mayBe(name, field) && fold(name) === folded)
  })
}

/** What most names are not, at a glance: only letters beyond ASCII become more of them in another letter case. */
function mayBe(name: string, field: string): boolean {
  return name.length === field.length || /[^\0-\x7f]/.test(name + field)
}
