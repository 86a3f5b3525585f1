/** What a value from outside is, as far as `typeof` does not tell. */

/** Whether a value has fields: an object or a list, and not `null`. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Whether a value is an object with names, and no list. */
export function isDictionary(value: unknown): value is { readonly [name: string]: unknown } {
  return isObject(value) && !Array.isArray(value)
}

/** Whether an answer has to be waited for. */
export function isThenable<T>(answer: T | Promise<T>): answer is Promise<T> {
  return isObject(answer) && typeof (answer as { then?: unknown }).then === 'function'
}
