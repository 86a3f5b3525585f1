/** `policyMatrix`: what it says of a policy, and that the same policy has the same matrix however it is written. */
import { definePolicy, type PolicyData } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { policyMatrix } from 'plan-access-tokens/policy'
import { describe, expect, it } from 'vitest'
import { invoicesData } from '../core/fixtures.ts'

const invoices = () => definePolicy(invoicesData() as unknown as PolicyData)

/** The same data with the names of every object in the other order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, entry]) => [name, reversed(entry)]),
  )
}

describe('policyMatrix', () => {
  it('says of each endpoint who gets through, with which scopes, and what it names', () => {
    const { endpoints } = policyMatrix(invoices())
    expect(endpoints.find(({ route }) => route === 'GET /projects/{p}/invoices/{i}')).toEqual({
      route: 'GET /projects/{p}/invoices/{i}',
      scopes: [['invoice:read'], ['invoices']],
      types: ['ci', 'cli', 'live'],
      tiers: ['business', 'team'],
      names: ['project in path:p', 'invoice in path:i within path:p'],
      allowlist: 'covering',
      params: {},
      checks: [],
    })
    expect(endpoints.find(({ route }) => route === 'POST /invoices')).toMatchObject({ types: ['cli', 'live'] })
    expect(endpoints.find(({ route }) => route === 'GET /accounts')).toMatchObject({
      tiers: ['business'],
      allowlist: 'all resources',
    })
    expect(endpoints.find(({ route }) => route === 'DELETE /accounts')).toMatchObject({
      closed: 'it needs a person',
      types: [],
    })
  })

  it('says of each scope who can have it and where it counts', () => {
    const { scopes } = policyMatrix(invoices())
    expect(scopes.find(({ name }) => name === 'invoice:write')).toMatchObject({
      types: ['cli', 'live'],
      deprecated: false,
    })
    expect(scopes.find(({ name }) => name === 'account:close')).toMatchObject({ types: [], routes: [] })
    expect(scopes.find(({ name }) => name === 'invoices')).toMatchObject({ deprecated: true })
  })

  it.each(['toText', 'toMarkdown'] as const)('%s has every endpoint on a line of its own', (form) => {
    const policy = figmaPolicy()
    const lines = policyMatrix(policy)[form]().split('\n')
    const plain = lines.map((line) => line.replaceAll('`', ''))
    for (const route of Object.keys(policy.data.endpoints))
      expect(plain.filter((line) => line.replace(/^\| /, '').startsWith(`${route} `))).toHaveLength(1)
  })

  it('is the same for the same policy, in whatever order its data is written', () => {
    const policy = figmaPolicy()
    const other = definePolicy(reversed(policy.data) as PolicyData)
    expect(policyMatrix(other).toMarkdown()).toBe(policyMatrix(policy).toMarkdown())
    expect(policyMatrix(other).toText()).toBe(policyMatrix(policy).toText())
    expect(JSON.stringify(policyMatrix(other))).toBe(JSON.stringify(policyMatrix(policy)))
  })

  it('lets no text of a policy end a cell', () => {
    const data = invoicesData()
    Object.assign(data.endpoints['DELETE /accounts'], { closed: 'a | b\n# c <b>' })
    const markdown = policyMatrix(definePolicy(data as unknown as PolicyData)).toMarkdown()
    expect(markdown).toContain(String.raw`closed: "a \| b\n# c <b>"`)
    expect(markdown).not.toContain('\n# c')
  })

  // biome-ignore lint/suspicious/noExplicitAny: data that each case changes at will
  it.each<[string, (data: any, value: number) => void]>([
    ['an earlier name of a scope', (d, i) => (d.scopes['invoice:read'].aliases = [i ? 'legacy:all' : 'legacy'])],
    ['an earlier name of a reserved scope', (d, i) => (d.reserved['account:close'].aliases = [i ? 'close' : 'shut'])],
    ['titles behind links', (d, i) => (d.links.tail = i)],
    ['a form and a word', (d, i) => (d.endpoints['GET /x/{a}'].params.a = i ? 'any' : ['any'])],
    ['a form of digits and a word', (d, i) => (d.endpoints['GET /x/{a}'].params.a = i ? 'digits' : ['digits'])],
    ['one word and two', (d, i) => (d.endpoints['GET /x/{a}'].params.a = i ? ['a', 'b'] : ['a, b'])],
    ['one tier and two', (d, i) => d.tiers.push(...(i ? ['a', 'b'] : ['a, b']))],
    ['why it is closed', (d, i) => (d.endpoints['GET /x/{a}'].closed = i ? 'a; check b' : 'a" ; check b')],
  ])('tells two policies apart by %s', (_, change) => {
    const texts = [0, 1].map((value) => {
      const data = invoicesData()
      Object.assign(data.endpoints, { 'GET /x/{a}': { scopes: ['invoices'], names: 'plan', params: { a: 'any' } } })
      change(data, value)
      const matrix = policyMatrix(definePolicy(data as unknown as PolicyData))
      return [matrix.toText(), matrix.toMarkdown(), JSON.stringify(matrix)]
    })
    for (const [i, text] of texts[0]?.entries() ?? []) expect(texts[1]?.[i]).not.toBe(text)
  })

  it('takes only what definePolicy made', () => {
    expect(() => policyMatrix({ data: {} } as never)).toThrow('policy: must be a policy that definePolicy made.')
  })
})
