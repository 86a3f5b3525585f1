/** The tokens of all plans in the order of their ids, in bounded steps. A page of a plan's tokens: stores/redis/list.ts. */
import type { TokenRecord } from '../../core/token.ts'
import type { Reply } from './client.ts'
import { parseRecord } from './values.ts'

/** How many tokens one step reads at most, and how many bytes, about. */
const STEP = 500
const BYTES = 1_048_576

/** Reads a page. What cannot be read is shown as far as it can be; what was deleted by hand is left out. */
export async function scanPage(
  { after, limit }: { readonly after?: string; readonly limit: number },
  ask: (args: readonly string[]) => Promise<Reply>,
): Promise<TokenRecord[]> {
  const page: TokenRecord[] = []
  for (let from = after === undefined ? '-' : `(${after}`; page.length < limit; ) {
    const [, all, flat] = await ask([from, String(Math.min(limit - page.length, STEP)), String(BYTES)])
    const texts = Array.isArray(flat) ? flat : []
    for (let i = 0; i + 2 < texts.length; i += 3) {
      const [id = '', record = '', version = ''] = texts.slice(i, i + 3)
      from = `(${id}`
      if (record !== '' || version !== '') page.push({ ...parseRecord(record, id, version).record, id })
    }
    if (all === '1') break
  }
  return page
}
