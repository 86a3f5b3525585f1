/** Where two values of plain JSON differ, in words: a case of the store contract says what came and not only that it was wrong. */
import { isDictionary } from '../../core/objects.ts'

/** How much of a text is shown. */
const SHOWN = 60

/**
 * The first difference, with its path; `undefined` if there is none. A field that is `undefined` counts as absent. Types are
 * told apart: a date as text, as a `Date` or as a `bigint` is not the number.
 */
export function differenceBetween(came: unknown, expected: unknown, path = ''): string | undefined {
  if (came === expected) return undefined
  if (typeof came === 'string' && typeof expected === 'string') return betweenTexts(came, expected, path)
  if (Array.isArray(came) && Array.isArray(expected)) {
    if (came.length !== expected.length) return `${subjectOf(path)} is ${shown(came)} instead of ${shown(expected)}`
    for (const [i, entry] of expected.entries()) {
      const difference = differenceBetween(came[i], entry, `${path}[${i}]`)
      if (difference !== undefined) return difference
    }
    return undefined
  }
  if (isDictionary(came) && isDictionary(expected)) {
    for (const field of new Set([...fieldsOf(expected), ...fieldsOf(came)])) {
      const difference = differenceBetween(came[field], expected[field], path === '' ? field : `${path}.${field}`)
      if (difference !== undefined) return difference
    }
    return undefined
  }
  return `${subjectOf(path)} is ${shown(came)} instead of ${shown(expected)}`
}

function betweenTexts(came: string, expected: string, path: string): string {
  const subject = subjectOf(path)
  if (came.length <= SHOWN && expected.length <= SHOWN)
    return `${subject} is ${shown(came)} instead of ${shown(expected)}`
  let i = 0
  while (came[i] === expected[i]) i++
  return `${subject} has ${came.length} characters instead of ${expected.length} and from character ${i} on ${shown(came.slice(i))} instead of ${shown(expected.slice(i))}`
}

const subjectOf = (path: string): string => (path === '' ? 'it' : path)

function fieldsOf(value: { readonly [field: string]: unknown }): string[] {
  return Object.keys(value).filter((field) => value[field] !== undefined)
}

/** A value in a few words. What is not ASCII is escaped, since two texts can look alike. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    const text = JSON.stringify(value.slice(0, SHOWN)).replace(/[^ -~]/gu, escaped)
    return value.length > SHOWN ? `${text} and so on` : text
  }
  if (typeof value === 'bigint') return `the bigint ${value}`
  if (value instanceof Date) return `a Date object (${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()})`
  if (Array.isArray(value)) {
    const isShort = value.length > 0 && value.length <= 12 && value.every((entry) => typeof entry !== 'object')
    return isShort ? `[${value.map(shown).join(', ')}]` : `a list of ${value.length}`
  }
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}

const escaped = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`
