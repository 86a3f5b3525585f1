/**
 * The parts of a record and of an event that stores keep as JSON: whether what comes back is what it must be, since a value may
 * have been edited by hand. Dates and texts in columns of their own are the store's to read.
 */
import { isResourceRef, type LinkedResource, type Resources } from '../core/resources.ts'
import { type Change, type IdempotencyRecord, isDate, type SecretRecord } from '../core/token.ts'

export const isText = (value: unknown): value is string => typeof value === 'string'

/** A list of texts. */
export function areScopes(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}

/** `'all'`, or a list of resources with their links. */
export function areResources(value: unknown): value is Resources {
  return value === 'all' || areAll<LinkedResource>(value, (entry) => isResourceRef(entry) && isText(entry.link))
}

/** A list of secrets, each with its digest and dates. */
export function areSecrets(value: unknown): value is readonly SecretRecord[] {
  return areAll<SecretRecord>(
    value,
    ({ digest, issuedAt, worksUntil }) =>
      isText(digest) && isDate(issuedAt) && (worksUntil === null || isDate(worksUntil)),
  )
}

/** A list of idempotency keys that were used. */
export function areIdempotencyRecords(value: unknown): value is readonly IdempotencyRecord[] {
  return areAll<IdempotencyRecord>(
    value,
    ({ call, key, input, digest }) =>
      (call === 'create' || call === 'refresh') && isText(key) && isText(input) && isText(digest),
  )
}

/** Changes by field, each with before and after. */
export function areChanges(value: unknown): value is { readonly [field: string]: Change } {
  return isObject(value) && areAll<Change>(Object.values(value), () => true)
}

/** An object that is no list. */
export function isObject(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A list of objects, of each of which a check finds the fields good. A loop, since every look-up comes along here. */
function areAll<T>(value: unknown, isGood: (entry: { readonly [F in keyof T]: unknown }) => boolean): boolean {
  if (!Array.isArray(value)) return false
  for (const entry of value) if (typeof entry !== 'object' || entry === null || !isGood(entry)) return false
  return true
}
