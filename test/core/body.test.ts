/** What a body is, given what its headers say and what somebody has of it. The table of headers: test/http/content.test.ts. */
import { describe, expect, it, vi } from 'vitest'
import { faultOfContent, readGiven } from '../../src/core/body.ts'
import { readAs, unreadable } from '../../src/core/body-reading.ts'

const JSON_TYPE = 'application/json'
const FORM = 'application/x-www-form-urlencoded'
const bytes = (text: string) => new TextEncoder().encode(text)

describe('headers', () => {
  it.each<[string, unknown, unknown, string | undefined]>([
    ['plain', { 'content-type': JSON_TYPE }, undefined, undefined],
    ['in any case', { 'CONTENT-type': JSON_TYPE }, undefined, undefined],
    ['in a list of one', { 'content-type': [JSON_TYPE] }, undefined, undefined],
    ['without raw ones, as of a serverless platform', { 'content-type': JSON_TYPE }, [], undefined],
    ['raw alone', {}, ['Content-Type', JSON_TYPE], undefined],
    ['both', { 'content-type': JSON_TYPE }, ['Content-Type', JSON_TYPE], undefined],
    ['none', {}, undefined, 'body_type'],
    ['nothing at all', undefined, undefined, 'body_type'],
    ['null', null, undefined, 'body_type'],
    ['text', 'content-type: application/json', undefined, 'body_type'],
    ['in a list of two', { 'content-type': [JSON_TYPE, JSON_TYPE] }, undefined, 'body_type'],
    ['in two spellings', { 'content-type': JSON_TYPE, 'Content-Type': JSON_TYPE }, undefined, 'body_type'],
    ['as a number', { 'content-type': 5 }, undefined, 'body_type'],
    ['in a prototype', Object.create({ 'content-type': JSON_TYPE }), undefined, 'body_type'],
    ['not among the raw ones', { 'content-type': JSON_TYPE }, ['Host', 'x'], 'body_type'],
    [
      'twice among the raw ones',
      { 'content-type': JSON_TYPE },
      ['A', JSON_TYPE, 'Content-Type', JSON_TYPE, 'content-type', JSON_TYPE],
      'body_type',
    ],
    ['put there by a middleware', { 'content-type': JSON_TYPE }, ['Content-Type', FORM], 'body_type'],
    ['changed by a middleware', { 'content-type': FORM }, ['Content-Type', JSON_TYPE], 'body_type'],
    ['encoded', { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' }, undefined, 'body_encoded'],
    [
      'encoded by the raw ones alone',
      { 'content-type': JSON_TYPE },
      ['Content-Type', JSON_TYPE, 'Content-Encoding', 'br'],
      'body_encoded',
    ],
    ['with no encoding', { 'content-type': JSON_TYPE, 'content-encoding': undefined }, undefined, undefined],
  ])('%s', (_, headers, raw, reason) => {
    expect(faultOfContent(headers, raw)).toBe(reason)
  })
})

describe('what is given', () => {
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic

  it.each<[string, unknown, unknown]>([
    ['an object', { a: 1 }, { a: 1 }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['a list', [1], [1]],
    ['null', null, null],
    ['a number', 7, 7],
    ['true', true, true],
    ['text', '{"a":1}', { a: 1 }],
    ['bytes', bytes('{"a":1}'), { a: 1 }],
    ['a buffer', bytes('{"a":1}').buffer, { a: 1 }],
    ['an object that holds itself', cyclic, cyclic],
    ['a reading', readAs({ a: 1 }), { a: 1 }],
    ['the reading of a text', readAs('{"a":1}'), '{"a":1}'],
  ])('is read: %s', (_, given, value) => {
    expect(readGiven(given, 100)).toMatchObject({ malformed: undefined })
    expect(readGiven(given, 100).value).toEqual(value)
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'body_missing'],
    ['no text', '', 'body_missing'],
    ['no bytes', new Uint8Array(), 'body_missing'],
    ['no buffer', new ArrayBuffer(0), 'body_missing'],
    ['white space', ' ', 'json_invalid'],
    ['text that is too long', `"${'x'.repeat(99)}"`, 'body_too_long'],
    ['text of too many bytes', `"${'ä'.repeat(50)}"`, 'body_too_long'],
    ['bytes that are too long', bytes(`"${'x'.repeat(99)}"`), 'body_too_long'],
    ['broken text', '"\ud800"', 'json_surrogate'],
    ['a value with a broken text', { a: [{ b: '\udfff' }] }, 'json_surrogate'],
    ['a value with a broken name', { a: [{ '\udfff': 1 }] }, 'json_surrogate'],
    ['a value with the name __proto__', JSON.parse('{"a":{"__proto__":1}}'), 'json_name_proto'],
    ['a function', () => '{}', 'body_of_no_kind'],
    ['a symbol', Symbol('x'), 'body_of_no_kind'],
    ['a bigint', 7n, 'body_of_no_kind'],
    ['a stream that nobody has read', new ReadableStream(), 'body_of_no_kind'],
    ['a promise', Promise.resolve({}), 'body_of_no_kind'],
    ['a form', new FormData(), 'body_of_no_kind'],
    ['a query', new URLSearchParams('a=1'), 'body_of_no_kind'],
    ['a blob', new Blob(['{}']), 'body_of_no_kind'],
    ['a map', new Map(), 'body_of_no_kind'],
    ['a date', new Date(), 'body_of_no_kind'],
    ['a view of another kind', new DataView(new ArrayBuffer(2)), 'body_of_no_kind'],
    ['an object whose fields are in a prototype', Object.create({ a: 1 }), 'body_of_no_kind'],
    [
      'an object that cannot be looked at',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no')
          },
        },
      ),
      'body_of_no_kind',
    ],
    ['a reading of none', unreadable('body_too_slow'), 'body_too_slow'],
  ])('is refused: %s', (_, given, reason) => {
    expect(readGiven(given, 100)).toEqual(unreadable(reason as never))
  })

  it('is a reading too where another copy of the package has read it', async () => {
    vi.resetModules()
    const copy = await import('../../src/core/body-reading.ts')
    expect(copy.readAs).not.toBe(readAs)
    expect(readGiven(copy.readAs({ a: 1 }), 100)).toEqual(readAs({ a: 1 }))
    expect(readGiven(copy.unreadable('body_type'), 100)).toEqual(unreadable('body_type'))
    // What a client sends is none, whatever its names.
    const sent = '{"value":1,"malformed":{"reason":"body_type"},"plan-access-tokens:body-reading":true}'
    expect(readGiven(sent, 100).value).toEqual(JSON.parse(sent))
  })

  it('of exactly as many bytes as may be read is read, as text and as bytes', () => {
    for (const text of [`"${'x'.repeat(98)}"`, `"${'ä'.repeat(49)}"`, `"${'ก'.repeat(32)}xx"`]) {
      expect(bytes(text)).toHaveLength(100)
      expect(readGiven(text, 100).value).toBe(JSON.parse(text))
      expect(readGiven(bytes(text), 100).value).toBe(JSON.parse(text))
    }
  })
})
