/**
 * Whether a request says by a header that it has another method than the one in its first line. A server behind may go by that: Rails,
 * Laravel and Symfony do so unasked, others by an option. What is judged is the first line.
 */
import type { Caller } from './caller.ts'

/** With signs for hyphens that servers of CGI take for them, as in gateway/token-headers.ts. */
const OVERRIDE = /^x[^a-z0-9](?:http[^a-z0-9]method(?:[^a-z0-9]override)?|method[^a-z0-9]override)$/i

/** Whether a header names another method; one that names the same, or none, changes nothing. */
export function namesOtherMethod(caller: Pick<Caller, 'headers' | 'rawHeaders'>, method: string): boolean {
  return linesOf(caller).some(([name, value]) => OVERRIDE.test(name) && !isNoOther(value, method))
}

const isNoOther = (value: unknown, method: string): boolean => {
  const named = String(value).trim().toUpperCase()
  return named === '' || named === method.toUpperCase()
}

type Line = readonly [name: string, value: unknown]

function linesOf({ headers, rawHeaders = [] }: Pick<Caller, 'headers' | 'rawHeaders'>): readonly Line[] {
  if (rawHeaders.length > 0)
    return rawHeaders.flatMap((name, i): Line[] => (i % 2 === 0 ? [[name, rawHeaders[i + 1]]] : []))
  return isOfFetch(headers) ? [...headers] : Object.entries(headers)
}

/** Of whichever realm or library. */
const isOfFetch = (headers: object): headers is Headers =>
  typeof (headers as { entries?: unknown }).entries === 'function'
