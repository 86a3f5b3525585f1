/** `policyMatchers` in Vitest, and in Jest, whose `expect` is a package of its own. */
import { expect as jestExpect } from 'expect'
import { definePolicy, type Policy, type PolicyData } from 'plan-access-tokens'
import { policyMatrix } from 'plan-access-tokens/policy'
import { policyMatchers } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { invoicesData } from '../core/fixtures.ts'

const policyOf = (data: unknown): Policy => definePolicy(data as PolicyData)
const policy = policyOf(invoicesData())
const data = invoicesData()
Object.assign(data.endpoints['GET /accounts'], { tiers: ['business', 'team'] })
const wider = policyOf(data)

/** What is looked at of either runner. */
interface Runner {
  extend(matchers: object): void
  (
    received: unknown,
  ): {
    toMatchPolicyMatrix(committed: unknown): void
    readonly not: { toMatchPolicyMatrix(committed: unknown): void }
  }
}

describe.each<[string, Runner]>([
  ['Vitest', expect as unknown as Runner],
  ['Jest', jestExpect as unknown as Runner],
])('toMatchPolicyMatrix in %s', (_, runner) => {
  runner.extend(policyMatchers)

  it.each<[string, (policy: Policy) => unknown]>([
    ['Markdown', (one) => policyMatrix(one).toMarkdown()],
    ['Markdown with the line ends of Windows', (one) => policyMatrix(one).toMarkdown().replaceAll('\n', '\r\n')],
    ['text', (one) => policyMatrix(one).toText()],
    ['JSON in one line', (one) => JSON.stringify(policyMatrix(one))],
    ['JSON in many lines', (one) => JSON.stringify(policyMatrix(one), undefined, 2)],
    ['parsed JSON', (one) => JSON.parse(JSON.stringify(policyMatrix(one)))],
  ])('holds a policy to its committed matrix as %s', (_, committed) => {
    runner(policy).toMatchPolicyMatrix(committed(policy))
    runner(wider).not.toMatchPolicyMatrix(committed(policy))
    expect(() => runner(wider).toMatchPolicyMatrix(committed(policy))).toThrow(/team/)
    expect(() => runner(policy).not.toMatchPolicyMatrix(committed(policy))).toThrow('and should not be')
  })

  it('shows the lines that differ, and only those', () => {
    const committed = policyMatrix(policy).toMarkdown()
    expect(() => runner(wider).toMatchPolicyMatrix(committed)).toThrow(
      /commit the matrix anew\.\n- \| `GET \/accounts` .*\| `business` \|.*\n\+ \| `GET \/accounts` .*\| `business, team` \|/,
    )
  })
})
