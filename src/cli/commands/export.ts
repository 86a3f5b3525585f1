/** `export`: a plan's whole audit log as CSV or NDJSON, part by part. */
import type { ExportFormat } from '../../core/event-text.ts'
import { failureOf } from '../failure.ts'
import { oneLine } from '../io.ts'
import type { Session } from '../session.ts'

/** Flags of `export`. */
export interface ExportOptions {
  readonly plan: string
  readonly format?: ExportFormat
  readonly token?: string
  readonly after?: string
}

/** Writes the log to stdout. Where it breaks off, what was written is whole lines, and it is said how to go on. */
export async function exportLog({ io, source }: Session, options: ExportOptions): Promise<void> {
  const { plan: planId, format = 'ndjson', token: tokenId } = options
  const calls = await source()
  for (let after = options.after; ; ) {
    const input = { planId, format, ...(tokenId !== undefined && { tokenId }), ...(after !== undefined && { after }) }
    const part = await calls.exportEvents(input).catch((thrown: unknown) => {
      if (after !== options.after) io.warn(`The export is not whole. It goes on with --after ${oneLine(after ?? '')}`)
      throw failureOf(thrown)
    })
    await io.text(part.text)
    if (part.next === undefined) return
    after = part.next
  }
}
