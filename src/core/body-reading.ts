/** What came of reading a body. How it is read: core/body.ts and core/json.ts. */
import type { Malformed, MalformedReason } from './malformed.ts'
import { isObject } from './objects.ts'

/** The mark of a reading. A symbol, which no JSON has; a registered one, since guard and engine may be of two copies of the package. */
const READING: unique symbol = Symbol.for('plan-access-tokens:body-reading') as never

/** The value of a body, or why it has none. */
export interface BodyReading {
  readonly [READING]: true
  readonly value: unknown
  /**
   * What ids are read from, where it differs: the same value with `NOT_AN_ID` for each number that the text spells in another way
   * than as the whole number that JavaScript makes of it, such as `7.0`.
   */
  readonly ids?: unknown
  readonly malformed: Malformed | undefined
}

/** A number that no id is. */
export const NOT_AN_ID = 0.5

/** A body with a value, and what ids are read from if that is not the same. */
export function readAs(value: unknown, ids: unknown = value): BodyReading {
  return { [READING]: true, value, ids, malformed: undefined }
}

/** A body without a value. */
export function unreadable(reason: MalformedReason): BodyReading {
  return { [READING]: true, value: undefined, malformed: { reason } }
}

/** Whether something is a reading already, and not a body. */
export function isReading(given: unknown): given is BodyReading {
  return isObject(given) && READING in given
}

/**
 * Reads the body of a Fetch `Request`, at most `limit` bytes, so that the handler still can; or says what is wrong with it. The
 * one that the engine has: http/fetch-body.ts.
 */
export type ReadFetchBody = (
  request: Request,
  limit: number,
) => Uint8Array | BodyReading | Promise<Uint8Array | BodyReading>
