/**
 * Whether a request says by a header that it is for another target than the one in its first line. A server behind may go by that:
 * IIS with its rewrites, Yii where it trusts the gateway, Symfony, Laminas and Drupal until 2018. What is judged is the first line.
 */
import { type Caller, linesOf } from './caller.ts'

/** With signs for hyphens that servers of CGI take for them, as in gateway/token-headers.ts. */
const OVERRIDE = /^x[^a-z0-9](?:original|rewrite)[^a-z0-9]url$/i

/** Whether a header names another target. Proxies in front send the same one in it, some with scheme and host. */
export function namesOtherTarget(caller: Pick<Caller, 'headers' | 'rawHeaders'>, url: string): boolean {
  return linesOf(caller).some(([name, value]) => OVERRIDE.test(name) && !isNoOther(String(value).trim(), url))
}

const isNoOther = (value: string, url: string): boolean =>
  value === '' || value.replace(/^https?:\/\/[^/?#]*/i, '') === url
