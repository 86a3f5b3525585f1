/**
 * Words of a plan's own on its tokens: which there may be, how an edit merges them, and what a list finds by them. Where they are
 * kept: core/token.ts and the stores.
 */
import * as z from 'zod/mini'
import type { Problem } from './issue.ts'
import { isDictionary } from './objects.ts'
import { dependent, dictionary, type Schema, text } from './shape.ts'
import { textProblem } from './text.ts'
import type { RecordDetails } from './token.ts'

/** Words by key. */
export type Metadata = { readonly [key: string]: string }
/** A change of words (RFC 7396): `null` takes a key away, and `null` for the whole takes all of them. */
export type MetadataPatch = { readonly [key: string]: string | null } | null

/** As many as Stripe takes, as long as there, so that what is kept there fits here. */
const [MOST_KEYS, LONGEST_KEY, LONGEST_WORD] = [50, 40, 500]
/** What is said of an edit that leaves a token with more words than it may have. */
export const TOO_MANY_KEYS = `must leave at most ${MOST_KEYS} keys.`

const keyProblem = (key: string): Problem | undefined =>
  textProblem(key, 1, LONGEST_KEY) ??
  (key === '__proto__' ? ['must not be "__proto__".', 'metadata_key_proto'] : undefined)
/** The name of a word. */
export const metadataKey = text(keyProblem)
const word = text((value) => textProblem(value, 0, LONGEST_WORD))

/** Judges the keys in one sentence for all of them, since a key may be a secret in the wrong place and is not repeated. */
function words<T>(entry: Schema<T>, most: number): Schema<{ readonly [key: string]: T }> {
  const entries = dictionary(undefined, entry)
  return dependent((value) => {
    const keys = isDictionary(value) ? Object.keys(value) : []
    if (keys.length > most) return [`must have at most ${most} keys.`, 'metadata_too_many']
    if (keys.includes('__proto__')) return ['must not have the key "__proto__".', 'metadata_key_proto']
    if (keys.some((key) => keyProblem(key) !== undefined))
      return [
        `must have keys of 1 to ${LONGEST_KEY} characters, without control characters, direction overrides and broken characters.`,
        'metadata_key',
        { most: LONGEST_KEY },
      ]
    return entries
  })
}

/** Words of a new token, or those by which tokens are looked for. */
export const metadata: Schema<Metadata> = words(word, MOST_KEYS)
/** Words that an edit changes: all that a token may have could be replaced by as many others. */
export const metadataPatch = z.nullable(words(z.nullable(word), 2 * MOST_KEYS)) as Schema<MetadataPatch>

/** The words after a change, in the order of their keys; `undefined` if there are none, a sentence if there would be too many. */
export function merged(
  before: Metadata | undefined,
  patch: MetadataPatch,
): Metadata | undefined | typeof TOO_MANY_KEYS {
  const after = new Map(patch === null ? [] : Object.entries(before ?? {}))
  for (const [key, value] of Object.entries(patch ?? {}))
    if (value === null) after.delete(key)
    else after.set(key, value)
  if (after.size > MOST_KEYS) return TOO_MANY_KEYS
  return after.size === 0 ? undefined : Object.fromEntries([...after].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What a list looks for: these words, and a key whatever its word. */
export interface MetadataFilter {
  readonly metadata?: Metadata
  readonly metadataKey?: string
}

/** Whether a token has all the words that are looked for, to the letter. */
export function hasWords(
  { metadata: own = {} }: RecordDetails,
  { metadata: wanted = {}, metadataKey: key }: MetadataFilter,
): boolean {
  const has = (name: string, value: string | undefined): boolean =>
    Object.hasOwn(own, name) && (value === undefined || own[name] === value)
  return (key === undefined || has(key, undefined)) && Object.entries(wanted).every(([name, value]) => has(name, value))
}
