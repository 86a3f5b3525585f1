/** What came of reading a body. How it is read: core/body.ts and core/json.ts. */
import type { Malformed, MalformedReason } from './malformed.ts'

/** The value of a body, or why it has none. A class, so that nothing that a client sends can be taken for one. */
export class BodyReading {
  readonly value: unknown
  readonly malformed: Malformed | undefined

  constructor(value: unknown, malformed?: Malformed) {
    this.value = value
    this.malformed = malformed
  }
}

/** A body without a value. */
export function unreadable(reason: MalformedReason): BodyReading {
  return new BodyReading(undefined, { reason })
}
