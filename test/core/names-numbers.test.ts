/** Numbers in a body: an id where ids of the kind are numbers and the number has one spelling, and refused as one anywhere else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readGiven } from '../../src/core/body.ts'
import { namesOf } from '../../src/core/names.ts'
import type { Names } from '../../src/core/policy-data.ts'
import { compiled, matchIn, policyWith } from './fixtures.ts'
import { most, newTold, refs } from './names-fixtures.ts'

const kinds = {
  any: {},
  name: { id: 'name' },
  base62: { id: 'base62' },
  uuid: { id: 'uuid' },
  digits: { id: 'digits' },
  integer: { id: 'integer' },
  bigint: { id: 'bigint' },
} as const

/** What a body names, given as text, as bytes, or as what a parser made of it; or the reason why that cannot be told. */
function read(body: unknown, names: Names = [{ kind: 'bigint', at: 'body:id' }]) {
  const policy = policyWith({ 'POST /x': { scopes: [], names } }, { kinds })
  const match = matchIn(policy, 'POST', '/x')?.match
  if (!match) throw new TypeError('no match')
  const told = newTold()
  const named = namesOf(match, '', readGiven(body, 1_000_000), compiled(policy), told)
  return named === 'malformed' ? told.malformed?.reason : refs(named)
}

const whole = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 7, Number.MAX_SAFE_INTEGER))

describe('a number as an id', () => {
  it('is the id that its digits are, as text, as bytes and parsed', () => {
    fc.assert(
      fc.property(whole, (id) => {
        for (const body of [`{"id":${id}}`, new TextEncoder().encode(`{ "id" : ${id} }`), { id }])
          expect(read(body)).toEqual([`bigint:${id}`])
        expect(read(`[${id}]`)).toBe('value_unreadable')
      }),
    )
  })

  it.each(Object.keys(kinds))('is one of the kind %s only if its ids are numbers', (kind) => {
    const names: Names = [{ kind, at: 'body:id' }]
    const isNumber = ['digits', 'integer', 'bigint'].includes(kind)
    for (const body of ['{"id":7}', { id: 7 }])
      expect(read(body, names)).toEqual(isNumber ? [`${kind}:7`] : 'value_number')
    expect(read('{"id":"7"}', names)).toEqual([`${kind}:7`])
  })

  it.each([
    '7.0',
    '7e0',
    '7E0',
    '70e-1',
    '0.7e1',
    '-0',
    '-0.0',
    '-7',
    '7.5',
    '1e3',
    '1e-400',
    '0.99999999999999999999',
    '9007199254740992',
    '9007199254740993',
    '9007199254740990.9',
    '1e400',
    '12345678901234567890',
  ])('is refused in another spelling, as a fraction, below zero or above 2^53 - 1: %s', (number) => {
    for (const body of [`{"id":${number}}`, new TextEncoder().encode(`{"\\u0069d":${number},"x":[${number}]}`)])
      expect(read(body)).toBe('value_number')
  })

  it('may stand beside the same number in any spelling', () => {
    fc.assert(
      fc.property(whole, fc.constantFrom('.0', 'e0', '.0E+0'), (id, tail) => {
        const other = `${id}${tail}`
        const body = `{"a":${other},"b":[-0,"${other}",${other}],"i\\u0064":${id},"c":{"id":${other}}}`
        expect(read(body)).toEqual([`bigint:${id}`])
        expect(read(`{"a":${id},"id":${other}}`)).toBe('value_number')
      }),
    )
  })

  it('of which a parser has left no more than a value is refused if no reader has it whole', () => {
    for (const id of [-0, -7, 7.5, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN])
      expect(read({ id })).toBe('value_number')
  })

  it('is none behind a prefix, and no kind', () => {
    expect(read('{"id":7}', [{ kind: 'digits', at: 'body:id', prefix: '7' }])).toBe('value_number')
    const names: Names = [{ kind: { from: 'body:of', of: ['digits', 'name'] }, at: 'body:id' }]
    expect(read('{"of":"digits","id":7}', names)).toEqual(['digits:7'])
    expect(read('{"of":"name","id":7}', names)).toBe('value_number')
    expect(read('{"of":7,"id":7}', names)).toBe('value_of_no_kind')
  })

  it('counts in a list as its text does', () => {
    const names: Names = [{ kind: 'integer', at: 'body:ids[]' }]
    expect(read('{"ids":[7,"7",8]}', names)).toEqual(['integer:7', 'integer:8'])
    expect(read('{"ids":[7,8.0]}', names)).toBe('value_number')
    expect(read(JSON.stringify({ ids: Array.from({ length: most + 1 }, (_, i) => i) }), names)).toBe(
      'resources_too_many',
    )
  })
})

it('a check of the policy sees the numbers as they were sent', () => {
  const seen: unknown[] = []
  const policy = policyWith(
    { 'POST /x': { scopes: [], names: [{ kind: 'integer', at: 'body:id' }], checks: { see: '1' } } },
    { kinds },
  )
  const { match } = matchIn(policy, 'POST', '/x') ?? {}
  if (!match) throw new TypeError('no match')
  const endpoint = { ...match.endpoint, checks: [({ body }: { readonly body: unknown }) => Boolean(seen.push(body))] }
  const named = namesOf({ ...match, endpoint }, '', readGiven('{"id":7,"x":8.0}', 100), compiled(policy), newTold())
  expect(refs(named)).toEqual(['integer:7'])
  expect(seen).toEqual([{ id: 7, x: 8 }])
})
