/** The one credential of a request: where it may stand, and that two which might differ are never a choice. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCredential as readIn } from '../../src/core/credential.ts'
import { placesOf } from '../../src/core/credential-places.ts'

const BOTH = placesOf({ headers: ['x-key'], bearer: true })
const HEADER = placesOf({ headers: ['x-key', 'api-key'], bearer: false })
const BEARER = placesOf({ headers: [], bearer: true })
const PREFIXES = new Set(['acme_live', 'acme'])

const found = (secret: string) => secret
const MISSING = { code: 'token_missing' }
const malformed = (reason: string) => ({ code: 'request_malformed', malformed: { reason } })
const REPEATED = malformed('credential_repeated')
const UNREADABLE = malformed('credential_unreadable')

const readCredential = (places: typeof BOTH, headers: unknown, raw: unknown) => readIn(places, headers, raw, PREFIXES)

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
    [BEARER, 'authorization', 'Bearer  s3cret', found('s3cret')],
    [BEARER, 'authorization', 'Bearer     s3cret', found('s3cret')],
    [BEARER, 'authorization', 'Bearer a b', found('a b')],
    [BEARER, 'authorization', 'Bearer', found('')],
    [BEARER, 'authorization', 'Bearer\ts3cret', found('\ts3cret')],
    [BEARER, 'authorization', 'Bearer \ts3cret', found('\ts3cret')],
    [BEARER, 'authorization', 'Digest realm="a, Bearer s3cret', REPEATED],
    [BEARER, 'authorization', 'Digest realm="a", uri="\\", Bearer s3cret', REPEATED],
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
    [BEARER, 'authorization', 'Digest Bearer', MISSING],
    [BEARER, 'authorization', 'Basic dXNlcjpwdw==', MISSING],
    [BEARER, 'authorization', 'Digest username="a", realm="b", uri="/"', MISSING],
    [BEARER, 'authorization', 'Digest username="Doe, Jane x", realm="a \\", Bearer b"', MISSING],
    [BEARER, 'authorization', 'Digest username="Doe", Bearer s3cret', REPEATED],
    [BEARER, 'authorization', '', MISSING],
    [BOTH, 'x-key', 'a, b', REPEATED],
    [BOTH, 'x-key', 'a,', REPEATED],
    [BOTH, 'x-key', ',a', REPEATED],
    [BEARER, 'authorization', 'Bearer a, Bearer b', REPEATED],
    [BEARER, 'authorization', 'Bearer a,b', REPEATED],
    [BEARER, 'authorization', 'Basic dXNlcg==, Bearer s3cret', REPEATED],
    [BEARER, 'authorization', 'Basic dXNlcg==,Bearer s3cret', REPEATED],
    [BEARER, 'authorization', 'Bearer s3cret, Basic dXNlcg==', REPEATED],
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
      ['s3cret', 'acme_other'],
      ['s3cret', 'acme_live_other'],
      ['', 'acme_live_'],
      ['s3cret', '\tacme_live_other'],
      ['acme_live_s3cret', 'acme_live_S3cret'],
    ] as const)
      for (const lines of pairs(a, b)) expect(read(BOTH, ...lines)).toEqual(REPEATED)
  })

  it.each(['\t', ' \t ', '\t\t', ' "', ' \u00a0', " '"])('%j behind the scheme hides no second one', (before) => {
    for (const value of [`Bearer${before}acme_other`, `bearer${before}acme_s3cret`])
      expect(read(BOTH, ['x-key', 'acme_s3cret'], ['authorization', value])).toEqual(REPEATED)
    expect(read(BOTH, ['x-key', 's3cret'], ['authorization', 'Bearer\tother'])).toEqual(found('s3cret'))
  })

  it('a credential of another scheme is none of ours, in either order', () => {
    const lines: Lines = [
      ['x-key', 's3cret'],
      ['authorization', 'Basic dXNlcjpwdw=='],
    ]
    expect(read(BOTH, ...lines)).toEqual(found('s3cret'))
    expect(read(BOTH, ...lines.toReversed())).toEqual(found('s3cret'))
  })

  it('a bearer token of somebody else beside a header of the policy is none of ours, in either order', () => {
    for (const foreign of ['', 'eyJhbGciOiJIUzI1NiJ9.e30.x', 'acme', 'acme-live_x', 'ACME_x', 'other acme_x']) {
      const lines: Lines = [
        ['x-key', 's3cret'],
        ['authorization', `Bearer ${foreign}`],
      ]
      expect(read(BOTH, ...lines)).toEqual(found('s3cret'))
      expect(read(BOTH, ...lines.toReversed())).toEqual(found('s3cret'))
    }
    // Joined lines, of whomever, are two credentials.
    expect(read(BOTH, ['x-key', 's3cret'], ['authorization', 'Bearer a, Bearer b'])).toEqual(REPEATED)
  })

  it('two headers of which each can carry it are two credentials, equal or not', () => {
    for (const other of ['s3cret', 'other'])
      expect(read(HEADER, ['x-key', 's3cret'], ['api-key', other])).toEqual(REPEATED)
  })
})

it('finds a header of any length among others of all lengths, in any letter case', () => {
  const names = Array.from({ length: 70 }, (_, i) => `x${'y'.repeat(i)}`)
  for (const wanted of names) {
    const places = placesOf({ headers: [wanted], bearer: false })
    const others = Object.fromEntries(names.filter((name) => name !== wanted).map((name) => [name, 'other']))
    expect(readCredential(places, others, undefined)).toEqual(MISSING)
    expect(readCredential(places, { ...others, [wanted.toUpperCase()]: 's3cret' }, undefined)).toEqual(found('s3cret'))
  }
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
    expect(readCredential(BOTH, { [name.toLowerCase()]: first }, twice(name, first, second))).toEqual(REPEATED)
  })

  it('is malformed in two spellings, and in a list', () => {
    expect(readCredential(BOTH, { 'X-Key': 'a', 'x-key': 'b' }, undefined)).toEqual(REPEATED)
    expect(readCredential(BOTH, { Authorization: 'Bearer a', authorization: 'Basic b' }, undefined)).toEqual(REPEATED)
    expect(readCredential(BOTH, { 'x-key': ['a', 'b'] }, undefined)).toEqual(REPEATED)
    expect(readCredential(BOTH, { 'x-key': Array.from({ length: 1_000 }, () => 'a') }, undefined)).toEqual(REPEATED)
    expect(readCredential(BOTH, { 'x-key': ['a', 7] }, undefined)).toEqual(REPEATED)
  })

  it('is malformed where Headers has joined it', () => {
    const headers = new Headers({ 'x-key': 'a' })
    headers.append('x-key', 'b')
    expect(readCredential(BOTH, headers, undefined)).toEqual(REPEATED)
    const schemes = new Headers({ authorization: 'Basic a' })
    schemes.append('authorization', 'Bearer b')
    expect(readCredential(BOTH, schemes, undefined)).toEqual(REPEATED)
  })
})

describe('headers that are none', () => {
  it.each([undefined, null, 'x-key: a', 7, [], () => ({ 'x-key': 'a' })])('carry no credential: %s', (headers) => {
    expect(readCredential(BOTH, headers, undefined)).toEqual(MISSING)
  })

  it.each([7, true, {}, [], [7], null])('have a value that is no text: %j', (value) => {
    expect(readCredential(BOTH, { 'x-key': value }, undefined)).toEqual(UNREADABLE)
    expect(readCredential(BOTH, { authorization: value }, undefined)).toEqual(UNREADABLE)
  })

  it('may have a field that is undefined, as objects in TypeScript have', () => {
    expect(readCredential(BOTH, { 'x-key': undefined, authorization: 'Bearer a' }, undefined)).toEqual(found('a'))
  })

  it('are those whose names are the same in lower case, of whatever characters these are', () => {
    // The sign of Kelvin has a small k; the others are neighbours of letters, or become longer in lower case.
    const near = fc.constantFrom('\u212a', '@', '[', '`', '{', '\r', 'İ', 'ı', '')
    const spelt = (header: string) =>
      fc
        .tuple(
          ...[...header].map((char) =>
            fc.oneof(
              { weight: 40, arbitrary: fc.constantFrom(char, char.toUpperCase()) },
              { weight: 1, arbitrary: char === 'k' ? fc.constant('\u212a') : near },
            ),
          ),
        )
        .map((chars) => chars.join(''))
    const names = fc.oneof(spelt('x-key'), spelt('authorization'), fc.string({ unit: 'binary', maxLength: 14 }))
    const seen = new Set<unknown>()
    fc.assert(
      fc.property(names, (name) => {
        const lower = name.toLowerCase()
        const expected = lower === 'x-key' ? found('Bearer a') : lower === 'authorization' ? found('a') : MISSING
        expect(readCredential(BOTH, { [name]: 'Bearer a' }, undefined)).toEqual(expected)
        expect(readCredential(BOTH, {}, [name, 'Bearer a'])).toEqual(expected)
        seen.add(`${typeof expected === 'string'} ${/^[!-~]*$/.test(name)}`)
      }),
      { numRuns: 2_000 },
    )
    // Found and not found, each with names of ASCII and with others.
    expect(seen.size).toBe(4)
  })

  it('are not taken from a prototype', () => {
    expect(readCredential(BOTH, Object.create({ 'x-key': 'a' }), undefined)).toEqual(MISSING)
  })

  it.each([
    ['a name that is no text', [7, 'a']],
    ['a value that is no text', ['x-key', 7]],
  ])('are malformed where raw lines have %s', (_, raw) => {
    expect(readCredential(BOTH, {}, raw)).toEqual(UNREADABLE)
  })

  it('end where a raw line has no value, and raw lines that are no list are not looked at', () => {
    expect(readCredential(BOTH, {}, ['x-key'])).toEqual(MISSING)
    expect(readCredential(BOTH, { 'x-key': 'a' }, 'x-key')).toEqual(found('a'))
  })

  it('are the parsed ones where raw lines are empty or missing, as adapters of serverless platforms have them', () => {
    for (const raw of [[], undefined]) {
      expect(readCredential(BOTH, { 'x-key': 'a' }, raw)).toEqual(found('a'))
      expect(readCredential(BOTH, new Headers({ authorization: 'Bearer a' }), raw)).toEqual(found('a'))
      expect(readCredential(BOTH, { 'x-key': 'a', authorization: 'Bearer acme_b' }, raw)).toEqual(REPEATED)
    }
    expect(readCredential(BOTH, { 'x-key': 'a' }, ['host', 'api.test'])).toEqual(MISSING)
  })

  it.each([' a', 'a ', '\ta\t', ' \t a'])('have values without the white space around them: %j', (value) => {
    expect(readCredential(BOTH, { 'x-key': value }, undefined)).toEqual(found('a'))
    expect(readCredential(BOTH, {}, ['authorization', `\tBearer ${value.trim()} `])).toEqual(found('a'))
  })

  it('may be 10,000, or one of 100,000 commas', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`x-key-${i}`, 'a']))
    expect(readCredential(BOTH, { ...many, 'x-key': 'b' }, undefined)).toEqual(found('b'))
    expect(readCredential(BOTH, { authorization: `Basic ${', a'.repeat(5_000)}` }, undefined)).toEqual(MISSING)
    expect(readCredential(BOTH, { authorization: `Basic ${','.repeat(100_000)}` }, undefined)).toEqual(MISSING)
  })
})
