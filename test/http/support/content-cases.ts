/** What every guard is asked about each way in which a body can be declared (contents.ts). */
import { expect } from 'vitest'
import type { World } from '../../attack/world.ts'
import { CONTENTS, type Content, titleOf } from './contents.ts'
import type { Framework } from './frameworks.ts'
import { request, serve } from './served.ts'
import type { Reply } from './wire.ts'

const WEBHOOKS = 'POST /v2/webhooks'
/** A body that the token may send. */
export const BODY = { context: 'team', context_id: '456' }
/** The same as text. */
export const TEXT = JSON.stringify(BODY)

/** Asserts that each content has its answer, with the reason, given what somebody answers. */
export async function eachContent(answer: (content: Content) => Promise<string>): Promise<void> {
  const found: string[] = []
  const wanted: string[] = []
  for (const content of CONTENTS) {
    found.push(`${titleOf(content)}: ${await answer(content)}`)
    wanted.push(`${titleOf(content)}: ${content.refused ?? 'allowed'}`)
  }
  expect(found).toEqual(wanted)
}

/** What an answer of a server says. */
export function saidBy({ status, body }: Reply): string {
  if (status === 200) return 'allowed'
  if (!body.startsWith('{')) return `status ${status}`
  const { code, reason } = JSON.parse(body) as { readonly code?: string; readonly reason?: string }
  return reason ?? code ?? `status ${status}`
}

/** A parser before the guard may refuse a body before the guard is asked. */
const REFUSED_BY_PARSER = ['status 400', 'status 415', 'status 500']

/** Asserts that a guard goes by the table, and that the handler gets what was judged. */
export async function expectContents(
  framework: Framework,
  parser: 'before' | 'after' | undefined,
  w: World,
): Promise<void> {
  const { send, runs } = await serve(framework, { tokens: w.tokens, ...(parser && { parser }) })
  await eachContent(async (content) => {
    // HTTP/2's client joins no lines and sends none twice.
    if (framework.isHttp2 && new Set(content.lines.map(([name]) => name.toLowerCase())).size < content.lines.length)
      return content.refused ?? 'allowed'
    const before = runs.length
    const said = saidBy(await send(request(WEBHOOKS, w.ALL, { body: [TEXT], headers: content.lines })))
    if (said === 'allowed') expect(JSON.parse(runs.at(-1)?.body ?? '')).toEqual(BODY)
    else expect(runs.length).toBe(before)
    const isParsers = parser === 'before' && content.refused && REFUSED_BY_PARSER.includes(said)
    return isParsers ? (content.refused as string) : said
  })
}
