/**
 * Every mistake that can be made, with the sentence that is said of it, in one file: a change of a sentence is a change of one line
 * of sentences.txt. `npx vitest run test/sentences -u` writes the file anew.
 */
import { PlanTokenError } from 'plan-access-tokens'
import { AdminApiError } from 'plan-access-tokens/admin'
import { beforeAll, expect, it } from 'vitest'
import { AUDIT } from './audit.ts'
import { CALLS } from './calls.ts'
import { LEAKS } from './leaks.ts'
import { LEGACY } from './legacy.ts'
import { LIMITS } from './limits.ts'
import { OPENAPI } from './openapi.ts'
import { POLICIES } from './policies.ts'
import { REQUESTS } from './requests.ts'
import { SELF_RENEWAL } from './self-renewal.ts'
import { SETUP } from './setup.ts'
import { linesOf, TAKEN } from './table.ts'
import { USAGE } from './usage.ts'

const MISTAKES = [
  ...POLICIES,
  ...SETUP,
  ...CALLS,
  ...OPENAPI,
  ...REQUESTS,
  ...LEGACY,
  ...LIMITS,
  ...LEAKS,
  ...SELF_RENEWAL,
  ...USAGE,
  ...AUDIT,
]
const table: { readonly place: string; readonly name: string; readonly lines: readonly string[] }[] = []

beforeAll(async () => {
  for (const mistake of MISTAKES) {
    const { entry: place, name } = mistake
    table.push({ place, name, lines: await linesOf(mistake) })
  }
})

it('each mistake has its sentence, as sentences.txt says', async () => {
  const lines = table.flatMap(({ place, name, lines }) => lines.map((line) => `${place} | ${name} | ${line}`))
  const head = 'where | which mistake | what the error is called | path | sentence\n'
  await expect(`${head}${lines.toSorted().join('\n')}\n`).toMatchFileSnapshot('./sentences.txt')
})

it('each issue of a call has a code, by which it can be said in another language', async () => {
  const without: string[] = []
  for (const { entry, name, make } of MISTAKES) {
    const thrown: unknown = await Promise.resolve()
      .then(make)
      .catch((error: unknown) => error)
    if (!(thrown instanceof PlanTokenError || thrown instanceof AdminApiError)) continue
    for (const { code, message } of thrown.issues) if (!code) without.push(`${entry} | ${name} | ${message}`)
  }
  expect(without).toEqual([])
})

it('no mistake of the table is taken', () => {
  expect(table.filter(({ lines }) => lines.some((line) => line.includes(TAKEN)))).toEqual([])
})

it('no mistake of the table says only what another one of the same place says', () => {
  const first = new Map<string, string>()
  const twice = table.filter(({ place, name, lines }) => {
    const said = [place, ...lines].join('\n')
    if (!first.has(said)) first.set(said, name)
    return first.get(said) !== name
  })
  expect(twice).toEqual([])
})
