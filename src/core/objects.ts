/** What a value from outside is, as far as `typeof` does not tell. */

/** Whether a value has fields: an object or a list, and not `null`. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Whether a value is an object with names, and no list. */
export function isDictionary(value: unknown): value is { readonly [name: string]: unknown } {
  return isObject(value) && !Array.isArray(value)
}

/** Whether an object is of no class, in whichever realm it was made. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Takes what an async function gave where nothing waits: one that rejects must end no process. */
export function letGo(answer: unknown): void {
  if (isThenable(answer)) answer.then(undefined, () => undefined)
}

/** Whether an answer has to be waited for. */
export function isThenable<T>(answer: T | Promise<T>): answer is Promise<T> {
  return isObject(answer) && typeof (answer as { then?: unknown }).then === 'function'
}

/** Whether a value is a whole number from 1. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1
}
