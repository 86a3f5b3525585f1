/**
 * `legacyKeys`: keys that a host gave out before it had this library, by type of token. Everything that is wrong with them is told
 * at start: a pattern that can be read in two ways, matches nearly everything, or matches what another one or a secret of ours does.
 */
import * as z from 'zod/mini'
import { platformSha256 } from '../core/digest.ts'
import type { LegacyKey, LegacyKeys } from '../core/legacy.ts'
import { compiledOf, type Policy } from '../core/policy.ts'
import { BASE62, readingsOf, TAIL_LENGTH } from '../core/secret.ts'
import { readOptions, type Tell } from '../core/setup.ts'
import { atLeastOne, dictionary, judged, named } from '../core/shape.ts'
import { secretWithDigest } from '../core/token.ts'
import { adopt } from './adopt.ts'
import { type Claim, type Form, readClaim } from './claim.ts'
import { doOverlap } from './overlap.ts'
import { type Part, readPattern } from './pattern.ts'
import { hashOf, type LegacyScheme, schemeSchema, storedDigest } from './scheme.ts'
import { createVerify } from './verify.ts'

/** Keys of one look that are hashed in one way. */
export interface LegacyForm {
  /**
   * The name of the scheme, for `adopt` and in the records: a letter, then letters, digits, `_` and `-`, 64 at most, different for all of an
   * engine. It is a part of every digest, so another name makes all keys of it unknown.
   */
  readonly name: string
  /**
   * What every such key looks like: an anchored regular expression of characters, classes such as `[a-z0-9]`, `\d` and `\w`, each
   * once or `{n}` or `{n,m}` times, without flags. For `verify`, `(?<id>…)` stands around the id.
   */
  readonly match: RegExp
  readonly scheme: LegacyScheme
}

const match = judged((value) => {
  const pattern = readPattern(value)
  return typeof pattern === 'string' ? pattern : undefined
})
const form = z.strictObject({
  name: named(),
  match,
  scheme: schemeSchema,
})
const schema = dictionary(undefined, atLeastOne(form))

/** So long a beginning tells keys from other text. */
const TELLING = 3

/**
 * The keys from before that an engine is to take, by type of token, for its option `legacy`. A request is judged by the native form
 * of secrets first, then by the one of these whose pattern matches; a text that none matches costs no look-up, any other one.
 *
 * @throws SetupError, which is a TypeError, with every mistake.
 * @example
 * const legacy = legacyKeys({
 *   rest: [{ name: 'keys', match: /^sk_live_[A-Za-z0-9]{32}$/, scheme: { hash: 'sha256', encoding: 'hex' } }],
 * })
 * const tokens = createPlanTokens({ policy, store, directory, legacy })
 */
export function legacyKeys(keys: { readonly [type: string]: readonly LegacyForm[] }): LegacyKeys {
  type Given = { readonly [type: string]: readonly LegacyForm[] }
  const given = readOptions<Given>('legacyKeys', schema, keys, {}, judgeTogether)
  const sha256 = platformSha256()
  const forms = Object.entries(given).flatMap(([type, list]) => list.map((one, i) => compiled(type, i, one, sha256)))
  const read = (text: string): LegacyKey | undefined => {
    for (const one of forms) {
      if (text.length < one.pattern.least || text.length > one.pattern.most) continue
      const found = one.whole.exec(text)
      if (found) return one.keyOf(text, found.groups?.id)
    }
    return undefined
  }
  const mayBeOne = (text: string): boolean =>
    forms.some(({ whole, isTold, pattern }) => whole.test(text) || (isTold && text.startsWith(pattern.start)))
  return Object.freeze<LegacyKeys>({
    read,
    // Also to a reader who drops quotation marks or white space around it.
    mayBe(text) {
      const begun = text.replace(/^\W+/, '')
      return [text, begun, withoutEnd(begun)].some(mayBeOne)
    },
    findIn(text) {
      const found = new Map<string, LegacyKey>()
      for (const reading of readingsOf(text))
        for (const one of forms)
          for (const [, key = '', id] of reading.matchAll(one.within))
            if (!found.has(key)) found.set(key, one.keyOf(key, id))
      return [...found.values()]
    },
    isIn(text) {
      for (const reading of readingsOf(text))
        for (const one of forms) if (one.isTold && reading.search(one.within) !== -1) return true
      return false
    },
    adopt: (engine, input) => adopt(engine, (claim: Claim) => readClaim(forms, claim, sha256), input),
    check: (policies, tell) => checkTypes(forms, policies, tell),
  })
}

/** Without what stands behind the last word. Not `/\W+$/`, which begins anew at each character: a header of 60 kB took it 12 s. */
function withoutEnd(text: string): string {
  let end = text.length
  while (end > 0 && /\W/.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** What the schema cannot know. */
function judgeTogether(given: { readonly [type: string]: unknown }, tell: Tell): void {
  if (Object.keys(given).length === 0) tell(['keys'], 'must hold the keys of at least one type.')
  const names = new Map<string, string>()
  const patterns: { readonly at: string; readonly parts: readonly Part[] }[] = []
  for (const [type, list] of Object.entries(given)) {
    if (!Array.isArray(list)) continue
    for (const [i, one] of (list as unknown[]).entries()) {
      const { name, match: given, scheme } = Object(one) as { readonly [F in keyof LegacyForm]?: unknown }
      const at = `${type}[${i}]`
      if (typeof name === 'string') {
        const before = names.get(name)
        if (before === undefined) names.set(name, at)
        else tell([type, i, 'name'], `is the name of ${before} too.`)
      }
      const pattern = readPattern(given)
      if (typeof pattern === 'string') continue
      const other = patterns.find(({ parts }) => doOverlap(parts, pattern.parts))
      if (other) tell([type, i, 'match'], `matches texts that ${other.at} matches too.`)
      patterns.push({ at, parts: pattern.parts })
      const { strip, verify } = Object(scheme) as { readonly strip?: unknown; readonly verify?: unknown }
      if (typeof strip === 'string' && !pattern.start.startsWith(strip))
        tell([type, i, 'scheme', 'strip'], 'must be text with which every key begins.')
      if (verify !== undefined && !pattern.id)
        tell([type, i, 'match'], 'must have (?<id>…) around the id by which a key with a slow hash is found.')
      if (verify === undefined && pattern.id)
        tell([type, i, 'match'], 'must have no (?<id>…), since its scheme finds keys by their digest.')
    }
  }
}

function compiled(
  type: string,
  i: number,
  { name, match, scheme }: LegacyForm,
  sha256: ReturnType<typeof platformSha256>,
): Form {
  const pattern = readPattern(match) as Exclude<ReturnType<typeof readPattern>, string>
  const { body, start, parts } = pattern
  const isTold = start.length >= TELLING
  const digestOf = (known: string): string => storedDigest(sha256, name, 'verify' in scheme ? 'id' : 'digest', known)
  const verify = 'verify' in scheme ? createVerify(scheme, sha256) : undefined
  const hash = 'verify' in scheme ? undefined : hashOf(scheme, sha256)
  return {
    ...{ type, name, scheme, pattern, isTold, at: [type, i] },
    whole: new RegExp(`^${body}$`),
    within: new RegExp(
      isTold ? `(?=(${body}))` : `(?<![\\w${classOf(parts[0])}])(?=(${body})(?![\\w${classOf(parts.at(-1))}]))`,
      'g',
    ),
    keyOf(text, id) {
      const digest = digestOf(hash ? hash(text) : (id as string))
      return {
        digest,
        secretIn(record) {
          const secret = secretWithDigest(record, digest)
          const legacy = secret?.legacy
          if (record.type !== type || legacy?.scheme !== name) return undefined
          if (!verify) return secret
          // What cannot be compared is no key.
          if (typeof legacy.hash !== 'string') return undefined
          const isRight = verify(text, legacy.hash)
          return isRight === true ? secret : Promise.resolve(isRight).then((right) => (right ? secret : undefined))
        },
      }
    },
  }
}

/** The characters of a part for a class of a regular expression. */
function classOf(part: Part | undefined): string {
  return [...(part?.characters ?? [])].map((one) => (/\w/.test(one) ? one : `\\${one}`)).join('')
}

function checkTypes(forms: readonly Form[], policies: readonly Policy[], tell: Tell): void {
  const types = policies.flatMap((policy) => [...(compiledOf(policy)?.types.values() ?? [])])
  const tail: Part = { characters: new Set(BASE62), least: TAIL_LENGTH, most: TAIL_LENGTH, isId: false }
  for (const { at, type, pattern } of forms) {
    if (!types.some(({ name }) => name === type)) {
      if (at[1] === 0) tell(['legacy', type], 'is no type of the policies.')
    }
    for (const { prefix, name } of types) {
      const native = [...`${prefix}_`].map(
        (one): Part => ({ characters: new Set(one), least: 1, most: 1, isId: false }),
      )
      if (doOverlap(pattern.parts, [...native, tail]))
        tell(['legacy', ...at, 'match'], `matches secrets of the type "${name}", which begin with "${prefix}_".`)
    }
  }
}
