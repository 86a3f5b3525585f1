/** The one credential of a request: where it may stand, and that two which might differ are never a choice. */
import { describe, expect, it } from 'vitest'
import { readCredential } from '../../src/core/credential.ts'

const BOTH = { headers: ['x-key'], bearer: true }
const HEADER = { headers: ['x-key', 'api-key'], bearer: false }
const BEARER = { headers: [], bearer: true }

const found = (secret: string) => ({ ok: true, secret })
const MISSING = { ok: false, code: 'token_missing' }
const MALFORMED = { ok: false, code: 'request_malformed' }

type Lines = readonly (readonly [name: string, value: string])[]

/** The same header lines as every kind of server hands them on. */
const FORMS: readonly [string, (lines: Lines) => readonly [headers: unknown, raw: unknown]][] = [
  [
    'a Fetch Headers',
    (lines) => [new Headers(lines.map(([name, value]): [string, string] => [name, value])), undefined],
  ],
  ['a plain object', (lines) => [Object.fromEntries(lines), undefined]],
  [
    'an object without a prototype',
    (lines) => [Object.assign(Object.create(null), Object.fromEntries(lines)), undefined],
  ],
  [
    'lists in a plain object',
    (lines) => [Object.fromEntries(lines.map(([name, value]) => [name, [value]])), undefined],
  ],
  ['raw lines', (lines) => [{}, lines.flat()]],
]

describe.each(FORMS)('out of %s', (_, form) => {
  const read = (places: typeof BOTH, ...lines: Lines) => readCredential(places, ...form(lines))

  it.each([
    [BOTH, 'X-Key', 's3cret', found('s3cret')],
    [BOTH, 'x-key', 's3cret', found('s3cret')],
    [BOTH, 'X-KEY', 's3cret', found('s3cret')],
    [BOTH, 'Authorization', 'Bearer s3cret', found('s3cret')],
    [BOTH, 'AUTHORIZATION', 'bearer s3cret', found('s3cret')],
    [BOTH, 'authorization', 'BEARER s3cret', found('s3cret')],
    [BEARER, 'authorization', 'Bearer  s3cret', found(' s3cret')],
    [BEARER, 'authorization', 'Bearer a b', found('a b')],
    [BEARER, 'authorization', 'Bearer', found('')],
    [BEARER, 'authorization', 'Bearer\ts3cret', found('')],
    [BEARER, 'x-key', 's3cret', MISSING],
    [HEADER, 'authorization', 'Bearer s3cret', MISSING],
    [HEADER, 'api-key', 's3cret', found('s3cret')],
    [HEADER, 'x-kez', 's3cret', MISSING],
    [BOTH, 'cookie', 'token=s3cret', MISSING],
    [BOTH, 'proxy-authorization', 'Bearer s3cret', MISSING],
    [BOTH, 'x-http-auth-x', 'Bearer s3cret', MISSING],
    [BEARER, 'authorization', 's3cret', MISSING],
    [BEARER, 'authorization', 'Bearer:s3cret', MISSING],
    [BEARER, 'authorization', 'Bearer=s3cret', MISSING],
    [BEARER, 'authorization', 'BearerX s3cret', MISSING],
    [BEARER, 'authorization', 'Token s3cret', MISSING],
    [BEARER, 'authorization', 'Basic dXNlcjpwdw==', MISSING],
    [BEARER, 'authorization', 'Digest username="a", realm="b", uri="/"', MISSING],
    [BEARER, 'authorization', '', MISSING],
    [BOTH, 'x-key', 'a, b', MALFORMED],
    [BOTH, 'x-key', 'a,', MALFORMED],
    [BOTH, 'x-key', ',a', MALFORMED],
    [BEARER, 'authorization', 'Bearer a, Bearer b', MALFORMED],
    [BEARER, 'authorization', 'Bearer a,b', MALFORMED],
    [BEARER, 'authorization', 'Basic dXNlcg==, Bearer s3cret', MALFORMED],
    [BEARER, 'authorization', 'Basic dXNlcg==,Bearer s3cret', MALFORMED],
    [BEARER, 'authorization', 'Bearer s3cret, Basic dXNlcg==', MALFORMED],
  ])('for %j, "%s: %s" is %j', (places, name, value, credential) => {
    expect(read(places, [name, value])).toEqual(credential)
  })

  it('there is none where there is no header', () => {
    expect(read(BOTH)).toEqual(MISSING)
  })

  it('two are one if they are equal, and malformed otherwise, in either order', () => {
    const pairs = (a: string, b: string): Lines[] => {
      const lines: Lines = [
        ['x-key', a],
        ['authorization', `Bearer ${b}`],
      ]
      return [lines, lines.toReversed()]
    }
    for (const lines of pairs('s3cret', 's3cret')) expect(read(BOTH, ...lines)).toEqual(found('s3cret'))
    for (const [a, b] of [
      ['s3cret', 'other'],
      ['s3cret', ''],
      ['', 's3cret'],
      ['s3cret', 'S3cret'],
    ] as const)
      for (const lines of pairs(a, b)) expect(read(BOTH, ...lines)).toEqual(MALFORMED)
  })

  it('a credential of another scheme is none of ours, in either order', () => {
    const lines: Lines = [
      ['x-key', 's3cret'],
      ['authorization', 'Basic dXNlcjpwdw=='],
    ]
    expect(read(BOTH, ...lines)).toEqual(found('s3cret'))
    expect(read(BOTH, ...lines.toReversed())).toEqual(found('s3cret'))
  })

  it('two headers of which each can carry it are two credentials, equal or not', () => {
    for (const other of ['s3cret', 'other'])
      expect(read(HEADER, ['x-key', 's3cret'], ['api-key', other])).toEqual(MALFORMED)
  })
})

describe('a header that comes twice', () => {
  const twice = (name: string, ...values: readonly string[]) => values.flatMap((value) => [name, value])

  it.each([
    ['X-Key', 'a', 'b'],
    ['X-Key', 'a', 'a'],
    ['Authorization', 'Bearer a', 'Bearer b'],
    ['Authorization', 'Bearer a', 'Bearer a'],
    ['Authorization', 'Bearer a', 'Basic b'],
    ['Authorization', 'Basic a', 'Basic b'],
  ])('is malformed in raw lines, whatever Node made of it: %s: %s and %s', (name, first, second) => {
    expect(readCredential(BOTH, { [name.toLowerCase()]: first }, twice(name, first, second))).toEqual(MALFORMED)
  })

  it('is malformed in two spellings, and in a list', () => {
    expect(readCredential(BOTH, { 'X-Key': 'a', 'x-key': 'b' }, undefined)).toEqual(MALFORMED)
    expect(readCredential(BOTH, { Authorization: 'Bearer a', authorization: 'Basic b' }, undefined)).toEqual(MALFORMED)
    expect(readCredential(BOTH, { 'x-key': ['a', 'b'] }, undefined)).toEqual(MALFORMED)
    expect(readCredential(BOTH, { 'x-key': Array.from({ length: 1_000 }, () => 'a') }, undefined)).toEqual(MALFORMED)
  })

  it('is malformed where Headers has joined it', () => {
    const headers = new Headers({ 'x-key': 'a' })
    headers.append('x-key', 'b')
    expect(readCredential(BOTH, headers, undefined)).toEqual(MALFORMED)
    const schemes = new Headers({ authorization: 'Basic a' })
    schemes.append('authorization', 'Bearer b')
    expect(readCredential(BOTH, schemes, undefined)).toEqual(MALFORMED)
  })
})

describe('headers that are none', () => {
  it.each([undefined, null, 'x-key: a', 7, [], () => ({ 'x-key': 'a' })])('carry no credential: %s', (headers) => {
    expect(readCredential(BOTH, headers, undefined)).toEqual(MISSING)
  })

  it.each([7, true, {}, [], [7], ['a', 7], null])('have a value that is no text: %j', (value) => {
    expect(readCredential(BOTH, { 'x-key': value }, undefined)).toEqual(MALFORMED)
    expect(readCredential(BOTH, { authorization: value }, undefined)).toEqual(MALFORMED)
  })

  it('may have a field that is undefined, as objects in TypeScript have', () => {
    expect(readCredential(BOTH, { 'x-key': undefined, authorization: 'Bearer a' }, undefined)).toEqual(found('a'))
  })

  it('are not taken from a prototype', () => {
    expect(readCredential(BOTH, Object.create({ 'x-key': 'a' }), undefined)).toEqual(MISSING)
  })

  it.each([
    ['a name that is no text', [7, 'a']],
    ['a value that is no text', ['x-key', 7]],
  ])('are malformed where raw lines have %s', (_, raw) => {
    expect(readCredential(BOTH, {}, raw)).toEqual(MALFORMED)
  })

  it('end where a raw line has no value, and raw lines that are no list are not looked at', () => {
    expect(readCredential(BOTH, {}, ['x-key'])).toEqual(MISSING)
    expect(readCredential(BOTH, { 'x-key': 'a' }, 'x-key')).toEqual(found('a'))
  })

  it('may be 10,000, or one of 100,000 commas', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`x-key-${i}`, 'a']))
    expect(readCredential(BOTH, { ...many, 'x-key': 'b' }, undefined)).toEqual(found('b'))
    expect(readCredential(BOTH, { authorization: `Basic ${', a'.repeat(5_000)}` }, undefined)).toEqual(MISSING)
    expect(readCredential(BOTH, { authorization: `Basic ${','.repeat(100_000)}` }, undefined)).toEqual(MISSING)
  })
})
