/** Values that nobody can change, down to their last entry, so that they can be shared instead of copied. */
import { isObject } from './objects.ts'

/** Freezes a value and everything in it, in place. */
export function deepFreeze<T>(value: T): T {
  if (isObject(value)) for (const inner of Object.values(Object.freeze(value))) deepFreeze(inner)
  return value
}

/** Whether a value and everything in it is plain data and frozen, so that it says the same for ever. */
export function isDeeplyFrozen(value: unknown): boolean {
  if (!isObject(value)) return true
  if (!Object.isFrozen(value)) return false
  const fields = Object.values(Object.getOwnPropertyDescriptors(value))
  return fields.every((field) => 'value' in field && isDeeplyFrozen(field.value))
}

/** The value itself if nobody can change it, else a frozen copy of it. */
export function frozenCopy<T>(value: T): T {
  return isDeeplyFrozen(value) ? value : deepFreeze(structuredClone(value))
}
