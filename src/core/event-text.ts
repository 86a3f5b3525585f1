/** An event of the audit log as a line of CSV (RFC 4180) or of NDJSON. */

import type { TokenEvent } from './event.ts'
import { EVENT_DETAIL_NAMES } from './record.ts'

/** The form of an export. */
export type ExportFormat = 'csv' | 'ndjson'

const COLUMNS = [
  ...(['seq', 'at', 'type', 'tokenId', 'planId', 'actor', 'version', 'changes', 'reason'] as const),
  ...EVENT_DETAIL_NAMES,
  ...(['id', 'hash', 'chain', 'v'] as const),
] satisfies (keyof TokenEvent)[]

/** The first line of CSV: the names of the columns. */
export const CSV_HEAD = `${COLUMNS.join(',')}\r\n`

/**
 * The line of an event, ended. NDJSON is the event as it is kept, so that its hash can be worked out. Of CSV times are ISO 8601 in UTC,
 * and what is no text is JSON.
 */
export const TEXT_OF_EVENT: { readonly [F in ExportFormat]: (event: TokenEvent) => string } = {
  ndjson: (event) => `${JSON.stringify(event)}\n`,
  csv: (event) => `${COLUMNS.map((column) => cellOf(column, event[column])).join(',')}\r\n`,
}

function cellOf(column: keyof TokenEvent, value: unknown): string {
  if (value === undefined || value === null) return ''
  const text =
    column === 'at' ? timeOf(value as number) : typeof value === 'object' ? JSON.stringify(value) : String(value)
  // A table calculator takes such a text for a formula, which can send the table elsewhere (OWASP, CSV injection).
  // Where it goes by semicolons, as it does in half of the world, so does what follows one, quoted or not.
  const safe = text.replaceAll(/(^|;"*)(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/g, "$1'")
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** What no date of JavaScript's is, as the number that it is. */
function timeOf(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString()
}
