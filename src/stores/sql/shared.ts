/**
 * Equal values of many records, held once. A process remembers up to 100,000 records (service/cache.ts), and most of them have
 * the same few scopes, plans, types and creators: copies of their own took a fifth of that memory. For values that many tokens
 * have and that are no secret; what they are read from is in rows.ts.
 */
import { deepFreeze } from '../../core/freeze.ts'

/** How many texts of a column are known at most, twice over, and how long each may be. */
const MOST = 500
const LONGEST = 256

type Reader<T> = (value: unknown) => T | undefined

/**
 * A reader that gives the same value, which nobody can change, for the same text. Sound only for a reader that goes by nothing
 * but the text. What cannot be read, and what is no text or a long one, is read each time.
 */
export function shared<T>(reader: Reader<T>): Reader<T> {
  let known = new Map<string, T>()
  /** Those from before the table was full, so that what is in use stays. */
  let older = known
  return (value) => {
    if (typeof value !== 'string' || value.length > LONGEST) return reader(value)
    const found = known.get(value)
    if (found !== undefined) return found
    const read = older.get(value) ?? deepFreeze(reader(value))
    if (read === undefined) return undefined
    if (known.size >= MOST) {
      older = known
      known = new Map()
    }
    known.set(value, read)
    return read
  }
}
