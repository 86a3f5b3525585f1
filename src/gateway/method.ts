/**
 * Whether a request says that it has another method than the one in its first line: by a header, by the parameter `_method` of its
 * query, or by that of a body that is judged. A server behind may go by that: Rails, Laravel, Symfony, Spring and others do so unasked
 * or by an option. What is judged is the first line. Forms are not read here: docs/gateways.md says what to turn off.
 */
import { fold } from '../core/letter-case.ts'
import { isDictionary } from '../core/objects.ts'
import { valuesAnywhere } from '../core/query.ts'
import { type Caller, linesOf } from './caller.ts'

/** With signs for hyphens that servers of CGI take for them, as in gateway/token-headers.ts. */
const OVERRIDE = /^x[^a-z0-9](?:http[^a-z0-9]method(?:[^a-z0-9]override)?|method[^a-z0-9]override)$/i
/** The parameter, by the name that all of them have for it; Slim writes it in capitals. */
const PARAMETER = '_method'

/** Whether a header or the query names another method; one that names the same, or none, changes nothing. @param url the target that is asked about. */
export function namesOtherMethod(
  caller: Pick<Caller, 'headers' | 'rawHeaders'>,
  { method, url }: { readonly method: string; readonly url: string },
): boolean {
  const mark = url.indexOf('?')
  return (
    linesOf(caller).some(([name, value]) => OVERRIDE.test(name) && !isNoOther(value, method)) ||
    (mark !== -1 && valuesAnywhere(url.slice(mark + 1), PARAMETER).some((value) => !isNoOther(value, method)))
  )
}

/** Whether a JSON body names another method, as Laravel reads it there. What is no text counts as another one, and no word is made of it. */
export function bodyNamesOtherMethod(body: unknown, method: string): boolean {
  const isNone = (value: unknown): boolean => value === null || (typeof value === 'string' && isNoOther(value, method))
  return isDictionary(body) && Object.entries(body).some(([name, value]) => fold(name) === PARAMETER && !isNone(value))
}

const isNoOther = (value: unknown, method: string): boolean => {
  const named = String(value).trim().toUpperCase()
  return named === '' || named === method.toUpperCase()
}
