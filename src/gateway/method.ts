/**
 * Whether a request says that it has another method than the one in its first line, by a header or by a parameter of its query. A server
 * behind may go by that: Rails, Laravel, Symfony and Spring do so unasked, others by an option. What is judged is the first line.
 */
import { textsOf } from '../core/query.ts'
import { type Caller, linesOf } from './caller.ts'

/** With signs for hyphens that servers of CGI take for them, as in gateway/token-headers.ts. */
const OVERRIDE = /^x[^a-z0-9](?:http[^a-z0-9]method(?:[^a-z0-9]override)?|method[^a-z0-9]override)$/i

/** What Laravel, Symfony and Spring read of a query, and Rails of forms alone. */
const PARAMETER = '_method'

/** Whether something names another method; what names the same, or none, changes nothing. @param url the target that is asked about. */
export function namesOtherMethod(
  caller: Pick<Caller, 'headers' | 'rawHeaders'>,
  { method, url }: { readonly method: string; readonly url: string },
): boolean {
  const mark = url.indexOf('?')
  return (
    linesOf(caller).some(([name, value]) => OVERRIDE.test(name) && !isNoOther(value, method)) ||
    (mark !== -1 && textsOf(url.slice(mark + 1), PARAMETER).some((value) => !isNoOther(value, method)))
  )
}

const isNoOther = (value: unknown, method: string): boolean => {
  const named = String(value).trim().toUpperCase()
  return named === '' || named === method.toUpperCase()
}
