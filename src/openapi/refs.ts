/**
 * References of a document (`$ref`): JSON pointers into the document itself (RFC 6901) and nothing else. Nothing is fetched.
 */

import { isDictionary, isObject } from '../core/objects.ts'
import type { Tell } from '../core/setup.ts'

/** What holds data of the document's author and no part of the document: a `$ref` in there means nothing. */
const DATA = new Set(['example', 'examples', 'default', 'enum', 'const'])
/** How many references in a row are followed. */
const MAX_HOPS = 50
/** How many mistakes are told of one by one. */
const MAX_TOLD = 20

/** The reference that a part of the document is, if it is one. A schema may have a property of that name, which is no text. */
export function refOf(part: unknown): string | undefined {
  if (!isDictionary(part) || !Object.hasOwn(part, '$ref')) return undefined
  return typeof part.$ref === 'string' ? part.$ref : undefined
}

/**
 * A part of the document behind all its references, or what is wrong with one of them.
 *
 * @param each is given each reference on the way, beside which there may be more.
 */
export function follow(
  document: object,
  part: unknown,
  each?: (reference: object) => void,
): { readonly part: unknown } | { readonly problem: string } {
  let current = part
  for (let hops = 0; hops <= MAX_HOPS; hops++) {
    const ref = refOf(current)
    if (ref === undefined) return { part: current }
    each?.(current as object)
    const target = pointedAt(document, ref)
    if ('problem' in target) return target
    current = target.part
  }
  return { problem: 'leads to itself, or through more than 50 references.' }
}

/** What one reference points to, which may be a reference again; `undefined` if it is nothing. */
export function targetOf(document: object, ref: string): unknown {
  const target = pointedAt(document, ref)
  return 'part' in target ? target.part : undefined
}

function pointedAt(document: object, ref: string): { readonly part: unknown } | { readonly problem: string } {
  if (!ref.startsWith('#'))
    return { problem: 'points outside of the document. Nothing is fetched: bundle the document into one first.' }
  if (ref !== '#' && !ref.startsWith('#/')) return { problem: 'is no JSON pointer. Write it as "#/components/…".' }
  let part: unknown = document
  for (const token of ref.split('/').slice(1)) {
    const key = decoded(token)
    if (key === undefined || !isObject(part) || !Object.hasOwn(part, key)) return { problem: 'points to nothing.' }
    part = (part as { readonly [name: string]: unknown })[key]
  }
  return { part }
}

function decoded(token: string): string | undefined {
  try {
    return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return undefined
  }
}

/** Tells of each reference that does not lead to a part of the document, with its place. */
export function checkRefs(document: object, tell: Tell): void {
  const judged = new Map<string, string | undefined>()
  let told = 0
  const problemOf = (ref: string): string | undefined => {
    if (!judged.has(ref)) {
      const found = follow(document, { $ref: ref })
      judged.set(ref, 'problem' in found ? found.problem : undefined)
    }
    return judged.get(ref)
  }
  const visit = (part: object, at: readonly PropertyKey[]): void => {
    const ref = refOf(part)
    const problem = ref === undefined ? undefined : problemOf(ref)
    if (problem !== undefined && ++told <= MAX_TOLD) tell([...at, '$ref'], problem)
    for (const [name, inner] of Object.entries(part)) {
      if (isObject(inner) && !DATA.has(name) && !name.startsWith('x-')) visit(inner, [...at, name])
    }
  }
  visit(document, [])
  if (told > MAX_TOLD) tell([], `has ${told - MAX_TOLD} more references that lead nowhere.`)
}
