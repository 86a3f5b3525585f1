/** The question about a call: the target that its route and its arguments make, with the headers of the request around it. */
import { isDictionary } from '../core/objects.ts'
import { asSent } from '../http/guard.ts'
import type { NodeRequest } from '../http/node-side.ts'
import type { RequestLike } from '../service/request.ts'
import type { Called } from './options.ts'

/** A target that no policy has: whatever is asked with it is malformed. */
const NO_TARGET = '//'

/**
 * The question. What an argument of a path or a query is, other than text or a whole number, has no one spelling there, and makes
 * the request malformed. So does a number as an id of a kind whose ids are text, as in a body (core/names.ts).
 */
export function questionOfCall(request: NodeRequest, called: Called, given: unknown): RequestLike {
  const target = targetOf(called, given === undefined ? {} : given)
  return asSent(called.method, target ?? NO_TARGET, request, () => given)
}

function targetOf({ path, params, query, texts }: Called, given: unknown): string | undefined {
  if (!isDictionary(given)) return undefined
  const valueAt = (name: string): unknown =>
    Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined
  let target = path
  for (const [name, argument] of params) {
    const text = textOf(valueAt(argument), texts.has(`path:${name}`))
    if (text === undefined) return undefined
    // A function, since `$` in a text would mean something.
    target = target.replace(`{${name}}`, () => encodeURIComponent(text))
  }
  const pairs: string[] = []
  for (const [name, argument] of query) {
    const value = valueAt(argument)
    if (value === undefined) continue
    const text = textOf(value, texts.has(`query:${name}`))
    if (text === undefined) return undefined
    pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(text)}`)
  }
  return pairs.length > 0 ? `${target}?${pairs.join('&')}` : target
}

function textOf(value: unknown, isTextAlone: boolean): string | undefined {
  if (!isTextAlone && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value.isWellFormed() ? value : undefined
}
