/** The content types of an exported audit log, and how its next part is named: for the handler and for the client. */
import type { ExportFormat } from '../core/event-text.ts'

/** The content type of each format. */
export const EXPORT_TYPES: { readonly [F in ExportFormat]: string } = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
}

/** The `Link` to the part behind a cursor, beside the part itself, wherever that is mounted. */
export function linkTo(next: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const said = Object.entries({ ...query, after: next }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return `<?${new URLSearchParams(said)}>; rel="next"`
}

/** The cursor in such a `Link`; `undefined` where there is none. */
export function nextIn(link: string | null): string | undefined {
  const [, query] = /<[^>?]*\?([^>]*)>\s*;\s*rel="next"/.exec(link ?? '') ?? []
  return new URLSearchParams(query).get('after') ?? undefined
}
