/** What a host says of a key that it has, read: by which scheme it is found and what is kept of it. */
import type { Sha256 } from '../core/digest.ts'
import { type Issue, issueAt, type Problem } from '../core/issue.ts'
import type { LegacyKey } from '../core/legacy.ts'
import type { LegacySecret } from '../core/token.ts'
import type { Pattern } from './pattern.ts'
import { type LegacyScheme, readDigest, storedDigest } from './scheme.ts'

/** Keys of one look, compiled. */
export interface Form {
  readonly type: string
  readonly name: string
  readonly scheme: LegacyScheme
  readonly pattern: Pattern
  /** Whether keys are told from other text by how they begin. */
  readonly isTold: boolean
  /** Where it stands in the options. */
  readonly at: readonly [type: string, index: number]
  readonly whole: RegExp
  /** Finds keys in a text: the first group is the key, the second its id. */
  readonly within: RegExp
  keyOf(text: string, id: string | undefined): LegacyKey
}

/** As it came, unread. */
export interface Claim {
  readonly type?: unknown
  readonly scheme?: unknown
  readonly digest?: unknown
  readonly keyId?: unknown
}

/** What is kept of the key, or everything that is wrong with what was said of it. */
export type ReadClaim =
  | { readonly digest: string; readonly legacy: LegacySecret; readonly issues?: never }
  | { readonly issues: readonly Issue[] }

/** Visible ASCII: bcrypt, argon2 and scrypt are written so. */
const HASH = /^[!-~]{1,512}$/

const NO_KEY_ID: Problem = ['must be the id inside the key, as the pattern of the scheme has it.', 'key_id_malformed']
const NEEDLESS_KEY_ID: Problem = ['must not be given: the scheme finds keys by their digest.', 'not_taken']
const NO_HASH: Problem = [
  'must be the hash that verify compares with: 1 to 512 visible characters of ASCII.',
  'hash_malformed',
]

function otherType(values: readonly string[], scheme: string): Issue {
  const words = values.map((name) => JSON.stringify(name)).join(' or ')
  return issueAt(['type'], `must be ${words}, to which keys of the scheme "${scheme}" belong.`, 'not_one_of', {
    values,
  })
}

/** Reads it. */
export function readClaim(forms: readonly Form[], { type, scheme, digest, keyId }: Claim, sha256: Sha256): ReadClaim {
  const ofType = forms.filter((form) => form.type === type)
  const form = ofType.find(({ name }) => name === scheme)
  if (!form) {
    const types = forms.filter(({ name }) => name === scheme).map((other) => other.type)
    if (types.length > 0) return { issues: [otherType(types, scheme as string)] }
    const values = (ofType.length > 0 ? ofType : forms).map(({ name }) => name)
    const words = values.map((name) => JSON.stringify(name)).join(' or ')
    return { issues: [issueAt(['scheme'], `must be ${words}.`, 'not_one_of', { values })] }
  }
  const { name, pattern } = form
  if ('verify' in form.scheme) {
    const issues: Issue[] = []
    const isId = typeof keyId === 'string' && pattern.id?.test(keyId) === true
    if (!isId) issues.push(issueAt(['keyId'], ...NO_KEY_ID))
    if (typeof digest !== 'string' || !HASH.test(digest)) issues.push(issueAt(['digest'], ...NO_HASH))
    if (issues.length > 0) return { issues }
    return {
      digest: storedDigest(sha256, name, 'id', keyId as string),
      legacy: { scheme: name, hash: digest as string },
    }
  }
  const read = readDigest(digest, form.scheme.encoding)
  const issues = [
    ...('problem' in read ? [issueAt(['digest'], read.problem, 'digest_malformed')] : []),
    ...(keyId === undefined ? [] : [issueAt(['keyId'], ...NEEDLESS_KEY_ID)]),
  ]
  if ('problem' in read || issues.length > 0) return { issues }
  return { digest: storedDigest(sha256, name, 'digest', read.hex), legacy: { scheme: name } }
}
