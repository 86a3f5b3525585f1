/** What an id of a kind looks like: each form on both sides of its edges, and ids that begin with another's. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildKindForms, isOwnId } from '../../src/core/kinds.ts'
import type { KindInfo } from '../../src/core/policy-data.ts'

const UUID = '0190b0c4-7d2e-7cc0-8f1e-4c1f7f1b2a3d'

describe.each<[KindInfo, readonly string[], readonly string[]]>([
  [{ id: 'digits' }, ['0', '007', '9'.repeat(128)], ['', 'abc', '1a', '-1', '1.0', ' 1', '1\n', '１', '9'.repeat(129)]],
  [{ id: 'digits', max: 2 }, ['7', '42'], ['123']],
  [{ id: 'base62' }, ['Ab9'], ['', 'a-b', 'a_b', 'é']],
  [{ id: 'name' }, ['a.b_c-d@e', '..'], ['', 'a/b', 'a:b', 'a b', 'a~b', 'ü', "a'--"]],
  [{}, ['A-7'], ['a/b', 'x'.repeat(129)]],
  [
    { id: 'integer' },
    ['0', '1', '2147483647', '999999999'],
    ['', '-1', '+1', '007', '00', '2147483648', '9999999999', '1e3', '1.5', 'abc', '1\n'],
  ],
  [{ id: 'integer', max: 2 }, ['99'], ['100']],
  [{ id: 'bigint' }, ['0', '9223372036854775807'], ['9223372036854775808', '99999999999999999999', '01', 'x']],
  [
    { id: 'uuid' },
    [UUID, UUID.toUpperCase()],
    ['', 'abc', `{${UUID}}`, UUID.replaceAll('-', ''), `${UUID}0`, `${UUID}\n`],
  ],
])('%j', (kind, right, wrong) => {
  const isId = isOwnId(kind)
  it.each(right)('takes %j', (id) => expect(isId(id)).toBe(true))
  it.each(wrong)('refuses %j', (id) => expect(isId(id)).toBe(false))
})

it('takes of numbers exactly those that a column holds, in their one spelling', () => {
  const forms = { integer: isOwnId({ id: 'integer' }), bigint: isOwnId({ id: 'bigint' }) }
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }), (number) => {
      expect(forms.integer(String(number))).toBe(number >= 0n && number < 2n ** 31n)
      expect(forms.bigint(String(number))).toBe(number >= 0n && number < 2n ** 63n)
    }),
  )
})

describe('ids of a kind under another', () => {
  const forms = buildKindForms(
    new Map<string, KindInfo>([
      ['scope', { id: 'name' }],
      ['package', { id: 'name', max: 8, parents: ['scope'], under: true }],
      ['version', { id: 'digits', parents: ['package'], under: true }],
    ]),
  )
  it.each([
    ['package', '@acme/button', true],
    ['package', 'button', false],
    ['package', '/button', false],
    ['package', '@acme/', false],
    ['package', '@acme/buttons12', false],
    ['package', '@ac me/button', false],
    ['package', '@acme/a/b', false],
    ['version', '@acme/button/7', true],
    ['version', '@acme/button/x', false],
    ['version', '@acme/7', false],
  ])('%s %s: %s', (kind, id, is) => {
    expect(forms.get(kind)?.isId(id)).toBe(is)
  })
})
