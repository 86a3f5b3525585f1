/** Input as a plain copy that is read once, so that what was checked is what is used. What it has to be: service/input.ts. */
import { isDictionary, isPlain } from '../core/objects.ts'

/**
 * A plain copy of an object's own fields, each read once; lists and words are copied too, and names are trimmed. `undefined` if it
 * cannot be read.
 */
export function copyOf(input: unknown): Record<string, unknown> | undefined {
  if (!isDictionary(input)) return undefined
  try {
    const copy = fieldsOf(input, copyOfValue)
    for (const field of ['name', 'contact']) {
      const said = copy[field]
      if (typeof said === 'string') copy[field] = said.trim()
    }
    return copy
  } catch {
    return undefined
  }
}

function copyOfValue(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return Array.from(value)
  if (!OF_FIELDS.has(field) || !isDictionary(value)) return value
  // A Map has no fields, and none would be words or a filter that fit everything: it is as little an object here as a list is.
  return isPlain(value) ? fieldsOf(value, copyOfValue) : []
}

/** Fields that are objects. Others, such as the body of a question, are as they are. */
const OF_FIELDS: ReadonlySet<string> = new Set(['metadata', 'filter', 'actor'])

function fieldsOf(
  input: { readonly [field: string]: unknown },
  copyOf: (value: unknown, field: string) => unknown,
): Record<string, unknown> {
  const entries = Object.keys(input).map((field): [string, unknown] => [field, copyOf(input[field], field)])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}
