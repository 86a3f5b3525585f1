/**
 * A copy of data as plain JSON, each value read once: what comes after it meets no getter, no cycle, no class and no name that
 * reaches a prototype. Bounded in size and depth, so that hostile data ends in a sentence. What the data means: openapi/read.ts.
 */
import { isDictionary } from '../core/objects.ts'

/** How deep data may nest. The deepest of 2,600 published documents has 21 levels. */
const MAX_DEPTH = 200
/** How many values it may hold. The largest of them has 1.5 million. */
const MAX_VALUES = 5_000_000

/** A copy, or where the data is no plain JSON and why. */
export type PlainCopy =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly at: readonly PropertyKey[]; readonly message: string }

/** Why copying stopped. Never leaves this file. */
class NotPlain extends Error {}

/** Copies data that JSON can hold. */
export function plainCopy(value: unknown): PlainCopy {
  const at: PropertyKey[] = []
  const open = new Set<object>()
  let count = 0

  const copy = (one: unknown): unknown => {
    if (++count > MAX_VALUES) throw new NotPlain('is too large: it holds more than 5,000,000 values.')
    if (one === null || typeof one === 'string' || typeof one === 'boolean' || Number.isFinite(one)) return one
    if (!Array.isArray(one) && !isPlain(one)) throw new NotPlain('is nothing that JSON can hold.')
    if (open.has(one)) throw new NotPlain('holds itself. Write a "$ref" in its place.')
    if (open.size === MAX_DEPTH) throw new NotPlain('is nested more than 200 levels deep.')
    open.add(one)
    const copied = Array.isArray(one) ? entriesOf(one) : fieldsOf(one)
    open.delete(one)
    return copied
  }
  const entriesOf = (list: readonly unknown[]): unknown[] => {
    const copied: unknown[] = []
    for (let i = 0; i < list.length; i++) copied.push(copyAt(i, list[i]))
    return copied
  }
  const fieldsOf = (object: { readonly [name: string]: unknown }): object => {
    const copied: { [name: string]: unknown } = {}
    for (const name of Object.keys(object)) {
      if (name === '__proto__') throw new NotPlain('has the field "__proto__", which can be read in two ways.')
      if (name === '<<') throw new NotPlain('has the field "<<", which some read as a merge of YAML and others do not.')
      const inner = object[name]
      if (inner !== undefined) copied[name] = copyAt(name, inner)
    }
    return copied
  }
  const copyAt = (key: PropertyKey, inner: unknown): unknown => {
    at.push(key)
    const copied = copy(inner)
    at.pop()
    return copied
  }

  try {
    return { ok: true, data: copy(value) }
  } catch (error) {
    // What a getter throws is not repeated.
    return { ok: false, at, message: error instanceof NotPlain ? error.message : 'cannot be read.' }
  }
}

/** Whether a value is an object as JSON makes them, of whatever realm. */
function isPlain(value: unknown): value is { readonly [name: string]: unknown } {
  return isDictionary(value) && Object.prototype.toString.call(value) === '[object Object]'
}
