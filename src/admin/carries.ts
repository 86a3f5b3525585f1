/** Whether a request carries a plan access token, anywhere: nothing that is done with one can manage tokens. */
import type { LegacyKeys } from '../core/legacy.ts'
import type { Policy } from '../core/policy.ts'
import { wellFormedWith } from '../core/secret.ts'

/** Finds plan access tokens of some policies. */
export interface Detector {
  /** Whether a request has one in its headers or its URL, or a header that is for nothing else. */
  carries(request: Request): boolean
  /** Whether a text has one in it. */
  holds(text: string): boolean
}

/** What tells how its tokens look: an engine. */
interface Guarded {
  readonly policies: readonly Policy[]
  readonly legacy?: LegacyKeys
}

/** Makes a detector for an engine. Of a key from before it finds what is told by its beginning, and what stands where a credential does. */
export function createDetector({ policies, legacy }: Guarded): Detector {
  const prefixes = policies.flatMap((policy) => policy.types.map(({ prefix }) => prefix))
  const places = [...new Set(policies.flatMap((policy) => policy.data.credential.headers))]
  const isOurs = wellFormedWith(prefixes)
  // Secrets are letters, digits and underscores, so whatever stands around one is left off.
  const holds = (text: string): boolean => text.split(/[^\w]+/).some(isOurs) || legacy?.isIn(text) === true
  const mayBe = (word: string): boolean => legacy?.mayBe(word) === true
  const isCredential = (text: string): boolean =>
    holds(text) ||
    text.split(/[\s,:]+/).some((word) => prefixes.some((prefix) => word.startsWith(`${prefix}_`)) || mayBe(word)) ||
    text.split(/\s+/).some(mayBe)
  return {
    holds,
    carries(request) {
      const { headers, url } = request
      if (places.some((name) => headers.has(name)) || holds(url)) return true
      for (const [name, value] of headers) {
        if (holds(value)) return true
        if (name === 'authorization' && (isCredential(value) || isCredential(basicOf(value)))) return true
      }
      return false
    },
  }
}

/** User and password of `Basic` (RFC 7617); empty for anything else. */
function basicOf(value: string): string {
  try {
    return atob(/^basic +(\S+)$/i.exec(value)?.[1] ?? '')
  } catch {
    return ''
  }
}
