/** Reads the idempotency key of a renewal: from its options, or from the one `Idempotency-Key` of its request. */
import { HEADER_KEY } from '../core/idempotency-key.ts'
import { isObject } from '../core/objects.ts'
import type { RenewalCode, RenewOptions } from '../core/self-renewal.ts'

/** The key, or why there is not exactly one that can be read. */
export type ReadKey =
  | { readonly key: string; readonly code?: never }
  | { readonly code: Extract<RenewalCode, `idempotency_key_${string}`>; readonly key?: never }

const NAME = 'idempotency-key'

/** The key that goes with a renewal. One that the host hands over stands above the request's own. */
export function keyOf(asked: object, { idempotencyKey }: RenewOptions): ReadKey {
  const given = idempotencyKey === undefined ? keysIn(asked) : [idempotencyKey]
  if (given.length === 0) return { code: 'idempotency_key_missing' }
  const [key] = given
  return given.length === 1 && typeof key === 'string' && HEADER_KEY.test(key)
    ? { key }
    : { code: 'idempotency_key_unreadable' }
}

/** Every value of the header, as it was sent where that is known. */
function keysIn(asked: object): readonly unknown[] {
  const { headers, rawHeaders: raw } = asked as { readonly headers?: unknown; readonly rawHeaders?: unknown }
  if (Array.isArray(raw) && raw.length > 0) return raw.filter((_, i) => i % 2 === 1 && isName(raw[i - 1]))
  if (!isObject(headers)) return []
  const { get } = headers as { readonly get?: unknown }
  if (typeof get === 'function') return [(headers as Headers).get(NAME) ?? []].flat()
  return Object.entries(headers).flatMap(([name, value]) => (isName(name) ? (value ?? []) : []))
}

const isName = (name: unknown): boolean => typeof name === 'string' && name.toLowerCase() === NAME
