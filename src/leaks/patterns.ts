/**
 * What scanners have to know to find secrets of a policy: name, regular expression and samples, by token type. As the registration
 * page of a scanner asks for it; as files of rules: leaks/rules.ts.
 */
import * as z from 'zod/mini'
import { newSecret, type Random } from '../core/new-secret.ts'
import { compiledOf, type Policy } from '../core/policy.ts'
import { TAIL_LENGTH } from '../core/secret.ts'
import { readOptions } from '../core/setup.ts'
import { judged } from '../core/shape.ts'

/** How the secrets of one token type look. */
export interface LeakPattern {
  /** The name by which a scanner reports it: surface and type, lower-case letters, digits and `_`. */
  readonly name: string
  /** What it is, for people. */
  readonly description: string
  readonly surface: string
  readonly type: string
  /** How every secret of it begins, with its underscore: a word that a scanner may look for first. */
  readonly prefix: string
  /**
   * The regular expression, with a word boundary at each end. It stays within RE2 and Hyperscan: nothing looks behind or ahead,
   * nothing refers back.
   */
  readonly pattern: string
  /** The same without the boundaries, for scanners that take what stands around it by itself. */
  readonly body: string
  /** Texts that look like secrets of this type and were never given out, each with a checksum that is right; the same at each call. */
  readonly samples: readonly string[]
}

const SAMPLES = 3

/** One policy, or several. */
export const policiesSchema = judged((value) =>
  [value].flat().every((one) => compiledOf(one as Policy))
    ? undefined
    : 'must be made by definePolicy, or a list of such policies, such as tokens.policies.',
)

/**
 * What scanners have to know, for every token type of some policies: the data for the registration of GitHub's secret scanning
 * partner program, and of any other scanner.
 *
 * @throws SetupError, which is a TypeError, for what no policy is.
 * @example
 * leakPatterns(tokens.policies)[0].pattern // '\\bacme_live_[0-9A-Za-z]{38}\\b'
 */
export function leakPatterns(policies: Policy | readonly Policy[]): readonly LeakPattern[] {
  readOptions('leakPatterns', z.strictObject({ policies: policiesSchema }), undefined, { policies })
  return [policies].flat().flatMap(({ surface, types }) =>
    types.map(
      ({ name: type, title, prefix, secretPattern: pattern }): LeakPattern => ({
        name: wordOf(`${surface}_${type}`),
        description: `${title ?? type} of ${surface}`,
        ...{ surface, type, prefix: `${prefix}_`, pattern, body: `${prefix}_[0-9A-Za-z]{${TAIL_LENGTH}}` },
        samples: Array.from({ length: SAMPLES }, (_, i) => newSecret(prefix, countingFrom(i + 1)).reveal()),
      }),
    ),
  )
}

const wordOf = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')

/** Bytes that anybody can foretell, so that no sample can be a secret that was given out by chance; the same each time, so that files of rules stay as they are. */
function countingFrom(start: number): Random {
  let at = start
  return (bytes) => Uint8Array.from({ length: bytes }, () => (at = (at * 167 + 13) % 251))
}
