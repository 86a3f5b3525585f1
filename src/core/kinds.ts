/**
 * What an id of a kind looks like, in links and in requests: whatever is not one names nothing, and no directory is asked about
 * it. So nobody outside can send text to a column of numbers. What a kind may say: core/policy-data.ts.
 */
import type { KindInfo, NamedResource } from './policy-data.ts'
import type { ResourceRef } from './resources.ts'

/** Whether a text can be an id of one kind. */
export type IsId = (id: string) => boolean

/** What a request's resource of one kind must be, all in one look-up. */
export interface KindForm {
  readonly isId: IsId
  /** Whether its ids, or its own part of them, are numbers: then a body may have one as a number. */
  readonly isNumber: boolean
  /** The kind above, with whose id its own begins, if it is `under` one. */
  readonly under: string | undefined
}

/** The kinds of a policy, with how their ids look. */
export type KindForms = ReadonlyMap<string, KindForm>

/** How many characters an id may have where its kind does not say. */
export const MAX_ID = 128

/**
 * Compiles the ids of all kinds, as requests name them. A kind that says nothing of its form takes any id up to its length. An id
 * of a kind that is `under` another is `above/own`.
 */
export function buildKindForms(kinds: ReadonlyMap<string, KindInfo>): KindForms {
  const forms = new Map<string, KindForm>()
  for (const [kind, info] of kinds) {
    const { id: form, max = MAX_ID } = info
    const isOwn = form === undefined ? (id: string) => id !== '' && id.length <= max : isOwnId(info)
    const under = info.under ? info.parents?.[0] : undefined
    const isId: IsId =
      under === undefined
        ? isOwn
        : (id) => {
            const slash = id.lastIndexOf('/')
            return slash > 0 && isOwn(id.slice(slash + 1)) && forms.get(under)?.isId(id.slice(0, slash)) === true
          }
    forms.set(kind, { isId, isNumber: hasNumbers(info), under })
  }
  return forms
}

/**
 * Whether the ids of a kind are numbers, so that a body may have one as a number. Ids of other kinds are text alone: handed to a
 * database as a number, the id `7` can mean `7-eleven` too, since MySQL compares a column of text with a number by the number that
 * the text begins with.
 */
export function hasNumbers({ id }: KindInfo): boolean {
  return id === 'digits' || id === 'integer' || id === 'bigint'
}

/** The same of what names a resource in JSON: of all kinds that it may be of, and without a prefix, which is text. */
export function mayBeNumber(
  { kind, prefix = '' }: Pick<NamedResource, 'kind' | 'prefix'>,
  kinds: { readonly [kind: string]: KindInfo },
): boolean {
  const possible = typeof kind === 'string' ? [kind] : kind.of
  return prefix === '' && possible.every((one) => Object.hasOwn(kinds, one) && hasNumbers(kinds[one] as KindInfo))
}

/** What is directly above a resource of a kind that is `under` another one: its id begins with the id of that. */
export function aboveOf(under: string, { id }: ResourceRef): ResourceRef {
  return { kind: under, id: id.slice(0, id.lastIndexOf('/')) }
}

/** Whether a text can be an id of a kind in a link: for one that is `under` another, its own part alone. */
export function isOwnId({ id = 'name', max = MAX_ID }: KindInfo): IsId {
  if (id === 'integer' || id === 'bigint') {
    const largest = LARGEST[id]
    return (text) => text.length <= max && isUpTo(largest, text)
  }
  // The length beside the pattern: counted in it, a look took half as long again (bench/engine.ts).
  const pattern = id === 'uuid' ? UUID : new RegExp(`^${CHARACTERS[id]}+$`)
  return (text) => text.length <= max && pattern.test(text)
}

const CHARACTERS = { digits: '[0-9]', base62: '[0-9A-Za-z]', name: String.raw`[\w.@-]` } as const
/** The largest numbers of the columns of that type, in SQL. */
const LARGEST = { integer: '2147483647', bigint: '9223372036854775807' } as const
/** RFC 9562, section 4: upper case is read as lower case. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether it is a whole number from 0 in its one spelling, without zeros before it. */
function isUpTo(largest: string, text: string): boolean {
  if (!/^(0|[1-9][0-9]*)$/.test(text)) return false
  return text.length < largest.length || (text.length === largest.length && text <= largest)
}
