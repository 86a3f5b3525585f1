/** `readExport`: the lines of a whole log that was exported as NDJSON, for `verifyLog`: nobody needs the database to verify it. */
import { StoreError } from '../core/errors.ts'
import type { TokenEvent } from '../core/event.ts'
import { isDictionary } from '../core/objects.ts'
import { readEvent } from '../core/record.ts'
import { isDate } from '../core/token.ts'
import type { TokenStore } from '../ports.ts'

/**
 * A log that was exported, as `verifyLog` takes it. It is read once, from its first line to its last, and no more than a page of it is
 * in memory.
 *
 * @param lines its lines, without their ends, such as those of `readline`.
 * @example
 * const lines = createInterface({ input: createReadStream('log.ndjson') })
 * const report = await verifyLog({ store: readExport(lines), checkpoints, key })
 */
export function readExport(lines: Iterable<string> | AsyncIterable<string>): Pick<TokenStore, 'events' | 'chained'> {
  const all = each(lines)
  /** What was read before a line that cannot be read, and was not given out. */
  let kept: TokenEvent[] = []
  /** The line that cannot be read, behind those. */
  let broken: StoreError | undefined
  let first: TokenEvent | undefined
  let number = 0
  let isBegun = false
  const next = async (): Promise<TokenEvent | undefined> => {
    for (;;) {
      const { value, done } = await all.next()
      if (done) return undefined
      number += 1
      if (value.trim() === '') continue
      const event = eventIn(value, number)
      first ??= event
      return event
    }
  }
  return {
    chained: true,
    async events({ after = Number.NEGATIVE_INFINITY, limit }) {
      // Where the log begins, which is asked for again where something is missing.
      if (limit === 1 && after === 0 && first && kept[0] !== first) return [first]
      const page = kept.splice(0, limit)
      if (page.length === 0 && broken) {
        const { code, message, seq = Math.max(0, after) + 1 } = broken
        broken = undefined
        // The next line, whatever it was, unless it says that it was never one.
        throw new StoreError(code, message, seq)
      }
      try {
        while (page.length < limit && !broken) {
          const event = await next()
          if (!event) break
          // From the middle on; what stands in the wrong place later is the reader's to judge.
          if (isBegun || event.seq > after) page.push(event)
          isBegun ||= event.seq > after
        }
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        // Those before it are asked for one by one, and then it once more.
        kept = page
        broken = error
        throw error
      }
      return page
    },
  }
}

async function* each(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  yield* lines
}

function eventIn(line: string, number: number): TokenEvent {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // Told below.
  }
  const { event, wrong } = readEvent(value)
  // As it was written, so that nobody who looks at the line reads anything else: of a name that stands there twice, say.
  if (isDictionary(value) && wrong.length === 0 && JSON.stringify(value) === line) return event
  const { seq } = Object(value) as { readonly seq?: unknown }
  const message = `Line ${number} of the export is no event: it was cut off or changed.`
  throw new StoreError('row_unreadable', message, isDate(seq) && seq < 1 ? seq : undefined)
}
