/**
 * What drivers make of a column, read as what it is or refused: numbers that arrive as text or bigint, dates as `Date`, text
 * as bytes, JSON that was parsed already. Nothing is guessed. Whole rows: stores/sql/rows.ts.
 */

/** A whole number that JavaScript holds exactly, or `undefined`. */
export function wholeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined
  const digits = typeof value === 'bigint' ? value : textOf(value)
  if (digits === undefined || (typeof digits === 'string' && !/^-?\d{1,16}$/.test(digits))) return undefined
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : undefined
}

/** Epoch milliseconds, or `undefined`. */
export function dateOf(value: unknown): number | undefined {
  return value instanceof Date ? wholeOf(value.getTime()) : wholeOf(value)
}

/** Text, or `undefined`. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (!(value instanceof Uint8Array)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    return undefined
  }
}

/** The value of JSON, whether a driver has parsed it already or not; `undefined` if it is none. */
export function jsonOf(value: unknown): unknown {
  const text = textOf(value)
  if (text === undefined) return typeof value === 'object' && value !== null ? value : undefined
  try {
    return JSON.parse(text)
  } catch {
    // The one JSON value here that is no object: a driver that has parsed it gives the word without its quotation marks.
    return text === 'all' ? text : undefined
  }
}
