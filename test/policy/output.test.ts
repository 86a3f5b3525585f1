/** What stands in the output of `policyMatrix` and `diffPolicies` where a policy holds text that would write into it. */
import { definePolicy, type PolicyData } from 'plan-access-tokens'
import { diffPolicies, policyMatrix } from 'plan-access-tokens/policy'
import { describe, expect, it } from 'vitest'
import { code, span } from '../../src/policy/markdown.ts'
import { invoicesData } from '../core/fixtures.ts'

const EVIL = [
  'ok\u001b[1A\u001b[2K\r\n::stop-commands::x',
  '::error::x',
  'a\u2028b\u0085c\u202ed\u200be',
  '@octocat #1 https://evil.example &lt;b&gt; <img/src=//evil.example/x> [ok](https://evil.example)',
  'a | b \\| c `d` ``e``',
]

/** Each text in every place of a policy that takes any. */
function policyWith(text: string) {
  const data = invoicesData()
  const endpoint = { scopes: ['invoices'], names: 'plan', tiers: [...data.tiers, text], checks: { [text]: 'x' } }
  Object.assign(data, { tiers: [...data.tiers, text] })
  Object.assign(data.scopes['invoice:read'], { title: text })
  Object.assign(data.endpoints['DELETE /accounts'], { closed: text })
  Object.assign(data.endpoints, { 'GET /more/{a}': { ...endpoint, params: { a: [text] } } })
  return definePolicy(data as unknown as PolicyData)
}

const plain = definePolicy(invoicesData() as unknown as PolicyData)

describe.each(EVIL)('with %j in a policy', (text) => {
  it('each value stands in one line, with nothing that a terminal or a log obeys', async () => {
    const policy = policyWith(text)
    const diffs = [await diffPolicies(plain, policy), await diffPolicies(policy, plain)]
    const texts = [policyMatrix(policy), ...diffs].flatMap((one) => [one.toText(), one.toMarkdown()])
    for (const one of texts) {
      expect(one.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(one).not.toMatch(/^\s*(::|##\[)/m)
    }
  })

  it('it stands in Markdown as code alone', async () => {
    const policy = policyWith(text)
    const diff = await diffPolicies(plain, policy)
    for (const one of [policyMatrix(policy).toMarkdown(), diff.toMarkdown()]) {
      // Without the spans of code, nothing of it is left.
      const rest = one.replaceAll(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '')
      expect(rest).not.toMatch(/octocat|evil|https|img|stop-commands|#1|`/)
      // Every row has as many cells as its table has columns.
      for (const table of one
        .trimEnd()
        .split('\n\n')
        .filter((part) => part.startsWith('| '))) {
        const counts = table.split('\n').map((row) => row.replaceAll(/\\[\\|]/g, '').split('|').length)
        expect(new Set(counts).size).toBe(1)
      }
    }
  })
})

it('code keeps a pipe behind backslashes from ending a cell', () => {
  expect(code('a|b')).toBe('`a\\|b`')
  expect(code('a\\|b')).toBe('`a\\\\u{7c}b`')
  expect(span('a|b')).toBe('`a|b`')
})
