/** What a token sees of the server's tools: `tools/list` as it goes out, with only those that the token can call. */
import { isDictionary } from '../core/objects.ts'
import type { Allowance } from '../service/decision.ts'
import type { Called, Told } from './options.ts'

/**
 * Whether a token may call an endpoint with some arguments: it is open, the token holds a scope that is enough, and what is for the
 * whole plan is for tokens with all resources. Tiers of one endpoint alone are judged when it is called.
 */
function canCall({ endpoint: { closed, scopes, names } }: Called, { token }: Allowance): boolean {
  const holds = (scope: string | readonly string[]): boolean =>
    [scope].flat().every((one) => token.scopes.includes(one))
  if (closed !== undefined || (scopes.length > 0 && !scopes.some(holds))) return false
  return names !== 'plan' || token.resources === 'all'
}

/** A message of the server as text, with only the tools that the token can call; itself where it lists none. */
export function visibleIn(text: string, { tools }: Told, allowance: Allowance): string {
  if (!text.includes('"tools"')) return text
  const given: unknown = JSON.parse(text)
  let isChanged = false
  const shown = (message: unknown): unknown => {
    const result: unknown = isDictionary(message) ? message.result : undefined
    if (!isDictionary(result) || !Array.isArray(result.tools)) return message
    isChanged = true
    const visible = result.tools.filter((tool) => {
      const called = tools.get(Object(tool).name)
      return called !== undefined && canCall(called, allowance)
    })
    return { ...(message as object), result: { ...result, tools: visible } }
  }
  const all = Array.isArray(given) ? given.map(shown) : shown(given)
  return isChanged ? JSON.stringify(all) : text
}

/** An event of a stream, with only the tools that the token can call. */
export function visibleInEvent(event: string, told: Told, allowance: Allowance): string {
  if (!event.includes('"tools"')) return event
  const lines = event.split(/\r\n|\n|\r/)
  const isData = (line: string): boolean => /^data(:|$)/.test(line)
  const data = lines.filter(isData).map((line) => line.replace(/^data:? ?/, ''))
  if (data.length === 0) return event
  const others = lines.filter((line) => line !== '' && !isData(line))
  return [...others, `data: ${visibleIn(data.join('\n'), told, allowance)}`, '', ''].join('\n')
}
