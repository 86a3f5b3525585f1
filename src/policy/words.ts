/** Names out of a policy in lists of names: none passes for two. */
import { oneLine } from '../core/one-line.ts'

/** What stands in tables for something else than a name. */
const TAKEN = new Set(['none', 'closed', 'any', 'nothing', 'and', 'or'])

/** A name in a list of names: in quotes, as JSON has it, unless it can be read in one way without. */
export function word(name: string): string {
  const isPlain = /^[\p{L}\p{N}_/{@*][\p{L}\p{N}_\-.:/@{}[\]*$()]*$/u.test(name)
  return isPlain && !TAKEN.has(name) ? name : oneLine(JSON.stringify(name))
}
