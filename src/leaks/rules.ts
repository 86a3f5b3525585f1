/**
 * Files of rules for scanners that a host or its customers run: gitleaks, trufflehog and the custom patterns of GitHub. What
 * the rules are made of: leaks/patterns.ts.
 */

import * as z from 'zod/mini'
import type { Policy } from '../core/policy.ts'
import { readOptions } from '../core/setup.ts'
import { type LeakPattern, leakPatterns, policiesSchema } from './patterns.ts'

/** Whose rules. */
export type LeakRuleFormat = 'gitleaks' | 'trufflehog' | 'github'

/** Every format. */
export const LEAK_RULE_FORMATS = ['gitleaks', 'trufflehog', 'github'] as const satisfies readonly LeakRuleFormat[]

const schema = z.strictObject({ policies: policiesSchema, format: z.literal(LEAK_RULE_FORMATS) })

/**
 * The rules by which a scanner finds secrets of some policies, as the text of a file. `gitleaks`: a `.gitleaks.toml` that adds
 * them to the rules that gitleaks has. `trufflehog`: a configuration with custom detectors. `github`: the body for GitHub's
 * `POST /orgs/{org}/secret-scanning/custom-patterns`. The same policies give the same text.
 *
 * @throws SetupError, which is a TypeError, for what no policy is, and for another format.
 * @example
 * await writeFile('.gitleaks.toml', leakRules(tokens.policies, 'gitleaks'))
 */
export function leakRules(policies: Policy | readonly Policy[], format: LeakRuleFormat): string {
  readOptions('leakRules', schema, undefined, { policies, format })
  return WRITE[format](leakPatterns(policies))
}

const WRITE: { readonly [F in LeakRuleFormat]: (patterns: readonly LeakPattern[]) => string } = {
  gitleaks: (patterns) =>
    [
      'title = "Plan access tokens"\n',
      // Without it the rules of gitleaks itself would be off.
      '[extend]\nuseDefault = true\n',
      ...patterns.map(({ name, description, pattern, prefix }) =>
        [
          '[[rules]]',
          `id = ${quoted(name.replaceAll('_', '-'))}`,
          `description = ${quoted(description)}`,
          `regex = '''${pattern}'''`,
          `keywords = [${quoted(prefix.toLowerCase())}]`,
          '',
        ].join('\n'),
      ),
    ].join('\n'),
  // Names and texts in quotation marks: JSON's are YAML's too.
  trufflehog: (patterns) =>
    [
      'detectors:',
      ...patterns.flatMap(({ name, description, pattern, prefix }) => [
        `  - name: ${quoted(name)}`,
        `    description: ${quoted(description)}`,
        `    keywords:\n      - ${quoted(prefix)}`,
        `    regex:\n      secret: ${quoted(pattern)}`,
      ]),
      '',
    ].join('\n'),
  github: (patterns) =>
    `${JSON.stringify(
      {
        patterns: patterns.map(({ description, body }) => ({
          name: description,
          pattern: body,
          start_delimiter: '\\A|[^0-9A-Za-z_]',
          end_delimiter: '\\z|[^0-9A-Za-z_]',
        })),
      },
      null,
      2,
    )}\n`,
}

/** Text in quotation marks, for TOML and YAML alike: both take JSON's escapes, and TOML no DEL as it is. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f')
