/**
 * What scanners are told of a policy: patterns that find every secret and no other, in RE2 (gitleaks and trufflehog are written in
 * Go, whose expressions it is), and files in the form of each scanner. GitHub's is held to its own description of the API.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv from 'ajv'
import { definePolicy } from 'plan-access-tokens'
import { leakPatterns, leakRules } from 'plan-access-tokens/leaks'
import { RE2 } from 're2-wasm'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { wellFormedWith } from '../../src/core/secret.ts'
import { NPM_POLICY } from '../npm/world.ts'
import { newWorld, POLICY } from '../support/world.ts'

/** Two types, one with a title that no format may stumble over. */
const TWO = definePolicy({
  ...{ surface: 'api-v2', tiers: ['team'], scopes: { read: {} } },
  types: {
    live: { prefix: 'acme_live', title: 'Live "key"\\ #1: \'x\'' },
    test: { prefix: 'acme_test' },
  },
  credential: { headers: [], bearer: true },
  kinds: { file: { id: 'name' } },
  links: { hosts: ['files.example'], shapes: ['/f/{file}'] },
  endpoints: { 'GET /v1/me': { scopes: ['read'], names: 'nothing' } },
})
const ALL = [POLICY, NPM_POLICY, TWO]

describe('a pattern', () => {
  it.each(leakPatterns(ALL).map((one) => [one.name, one] as const))('%s finds its secrets alone', (_, one) => {
    const { pattern, samples, prefix } = one
    for (const text of [pattern, one.body]) {
      const re2 = new RE2(text, 'u')
      for (const sample of samples)
        for (const around of [sample, `KEY="${sample}"`, `a ${sample}\n`, `/${sample}/`])
          expect(re2.test(around)).toBe(true)
    }
    const whole = new RE2(pattern, 'u')
    for (const sample of samples) {
      expect(wellFormedWith([prefix.slice(0, -1)])(sample)).toBe(true)
      for (const other of [`x${sample}`, `${sample}0`, sample.slice(0, -1), sample.replace('_', '-')])
        expect(whole.test(other)).toBe(false)
    }
    expect(new Set(samples).size).toBe(3)
  })

  it('finds what is given out', async () => {
    const w = newWorld()
    const [pattern] = leakPatterns(w.tokens.policies)
    for (let i = 0; i < 20; i++) expect(new RE2(pattern?.pattern ?? '', 'u').test((await w.make()).secret)).toBe(true)
  })

  it('and its samples are the same each time, and are no secrets of anybody', async () => {
    expect(leakPatterns(ALL)).toEqual(leakPatterns(ALL))
    const w = newWorld()
    for (const sample of leakPatterns(POLICY)[0]?.samples ?? []) expect(await w.ask(sample)).toBe('token_unknown')
  })
})

/** The fields of a rule that gitleaks reads (config.ViperConfig of its version 8) and trufflehog (custom_detectors.proto), as far as they are used. */
const TEXT = { type: 'string', minLength: 1 }
const TEXTS = { type: 'array', minItems: 1, items: TEXT }
const only = (properties: object) => ({
  ...{ type: 'object', additionalProperties: false, properties },
  required: Object.keys(properties),
})
const GITLEAKS = only({
  title: TEXT,
  extend: only({ useDefault: { const: true } }),
  rules: { type: 'array', items: only({ id: TEXT, description: TEXT, regex: TEXT, keywords: TEXTS }) },
})
const TRUFFLEHOG = only({
  detectors: {
    type: 'array',
    items: only({ name: TEXT, description: TEXT, keywords: TEXTS, regex: only({ secret: TEXT }) }),
  },
})
const ajv = new Ajv({ strict: false })
const problemsOf = (schema: object, value: unknown) => (ajv.validate(schema, value) ? [] : ajv.errors)

interface Read {
  readonly pattern: string
  readonly keywords: readonly string[]
}

describe('a file of rules', () => {
  const expected = leakPatterns(ALL)
  const finds = (rules: readonly Read[]): void => {
    expect(rules).toHaveLength(expected.length)
    for (const [i, { pattern, keywords }] of rules.entries())
      for (const sample of expected[i]?.samples ?? []) {
        expect(new RE2(pattern, 'u').test(sample)).toBe(true)
        // The scanner looks at a text only where one of these stands in it, in either letter case.
        expect(keywords.some((word) => sample.toLowerCase().includes(word.toLowerCase()))).toBe(true)
      }
  }

  it('for gitleaks adds to its own rules, in TOML', () => {
    const read = parseToml(leakRules(ALL, 'gitleaks')) as { rules: { id: string; regex: string; keywords: string[] }[] }
    expect(problemsOf(GITLEAKS, read)).toEqual([])
    finds(read.rules.map(({ regex, keywords }) => ({ pattern: regex, keywords })))
    expect(read.rules.map(({ id }) => id)).toEqual(['figma-rest', 'npm-npm', 'api-v2-live', 'api-v2-test'])
    expect((read.rules[2] as unknown as { description: string }).description).toBe('Live "key"\\ #1: \'x\' of api-v2')
  })

  it('for trufflehog has custom detectors, in YAML', () => {
    const read = parseYaml(leakRules(ALL, 'trufflehog')) as {
      detectors: { keywords: string[]; regex: { secret: string } }[]
    }
    expect(problemsOf(TRUFFLEHOG, read)).toEqual([])
    finds(read.detectors.map(({ regex, keywords }) => ({ pattern: regex.secret, keywords })))
  })

  it('for GitHub is a body of its API, whose patterns are RE2 too', () => {
    const { patterns } = JSON.parse(leakRules(ALL, 'github')) as {
      patterns: { pattern: string; start_delimiter: string; end_delimiter: string }[]
    }
    finds(patterns.map(({ pattern }) => ({ pattern, keywords: [''] })))
    for (const { pattern, start_delimiter: start, end_delimiter: end } of patterns) {
      const whole = new RE2(`(?:${start})(?:${pattern})(?:${end})`, 'u')
      const sample = expected[patterns.findIndex((one) => one.pattern === pattern)]?.samples[0] ?? ''
      expect(['', ' '].map((around) => whole.test(around + sample + around))).toEqual([true, true])
      expect([`x${sample}`, `_${sample}`, `${sample}0`, `${sample}_`].filter((text) => whole.test(text))).toEqual([])
    }
  })

  const folder = process.env.OPENAPI_DOCUMENTS
  const command =
    'npm install --prefix <dir> --ignore-scripts @octokit/openapi@23.0.2, then OPENAPI_DOCUMENTS=<dir> npm test'
  it.skipIf(!folder)(
    `for GitHub is what GitHub's own description asks for${folder ? '' : ` (skipped without it: ${command})`}`,
    () => {
      const file = join(folder ?? '', 'node_modules/@octokit/openapi/generated/api.github.com.deref.json')
      const { paths } = JSON.parse(readFileSync(file, 'utf8'))
      const { schema } =
        paths['/orgs/{org}/secret-scanning/custom-patterns'].post.requestBody.content['application/json']
      const strict = structuredClone(schema)
      strict.properties.patterns.items.additionalProperties = false
      expect(problemsOf(strict, JSON.parse(leakRules(ALL, 'github')))).toEqual([])
      expect(problemsOf(strict, { patterns: [{ nam: 'a' }] })).not.toEqual([])
    },
  )
})
