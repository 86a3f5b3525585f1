/** The export of an audit log over HTTP: one bounded part an answer, whose length is said, and the next one in its `Link`. */
import { engineFor } from '../service/engines.ts'
import { type ExportInput, exportPart } from '../service/export-events.ts'
import { EXPORT_TYPES, linkTo } from './export-types.ts'

/**
 * The answer with a part. That all of it has come is told by its length; that nothing comes after it, by the missing `Link`.
 *
 * @param tokens what `createPlanTokens` gave.
 */
export async function exported(
  tokens: object,
  input: ExportInput,
): Promise<{ readonly body: undefined; readonly text: string; readonly headers: Readonly<Record<string, string>> }> {
  const engine = engineFor('adminHandler', tokens)
  const { text, next } = await exportPart(engine, input)
  const { format, tokenId, limit } = input
  return {
    body: undefined,
    text,
    headers: {
      'Content-Type': EXPORT_TYPES[format],
      'Content-Length': String(new TextEncoder().encode(text).length),
      'Content-Disposition': `attachment; filename="events.${format}"`,
      ...(next !== undefined && { Link: linkTo(next, { format, tokenId, limit }) }),
    },
  }
}
