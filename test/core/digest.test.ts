/** SHA-256 by the platform and by ourselves: the same for every text, on platforms of every kind. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, platformSha256, platformSha256Bytes, portableSha256, type Sha256 } from '../../src/core/digest.ts'

/** The native one, asked for as the source asks for it, and counted. */
function nativeSha256(): { readonly sha256: Sha256; readonly calls: () => number } {
  const native = process.getBuiltinModule('node:crypto')
  let calls = 0
  const hash = (...args: Parameters<typeof native.hash>) => {
    calls += 1
    return native.hash(...args)
  }
  const sha256 = platformSha256({ process: { getBuiltinModule: () => ({ hash }) } })
  return { sha256, calls: () => calls }
}

/** Published in FIPS 180-2, appendix B, and in RFC 6234; the empty one and the third by NIST's CAVP. */
const VECTORS = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  [
    'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
    'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
] as const

const native = nativeSha256()

describe.each<[string, Sha256]>([
  ['the native hash', native.sha256],
  ['the portable hash', portableSha256],
])('%s', (_, sha256) => {
  it.each(VECTORS)('gives the published value for %.20s', (text, digest) => {
    expect(sha256(text)).toBe(digest)
  })
})

describe('both hashes', () => {
  it('agree for every text, broken characters too', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
    fc.assert(
      fc.property(units, (codes) => {
        const text = String.fromCharCode(...codes)
        const expected = createHash('sha256').update(text, 'utf8').digest('hex')
        expect([native.sha256(text), portableSha256(text)]).toEqual([expected, expected])
      }),
    )
    expect(native.calls()).toBeGreaterThan(VECTORS.length)
  })

  it('take a lone surrogate for U+FFFD, as UTF-8 does, so no text that can hold one may be kept by its digest alone', () => {
    for (const sha256 of [native.sha256, portableSha256]) expect(sha256('\ud800')).toBe(sha256('\ufffd'))
  })
})

describe('a digest as bytes', () => {
  it('is one character for each byte, natively and not, and as read out of hexadecimal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const expected = createHash('sha256').update(text, 'utf8').digest().toString('latin1')
        expect(expected).toHaveLength(32)
        expect(platformSha256Bytes()(text)).toBe(expected)
        expect(platformSha256Bytes({})(text)).toBe(expected)
        expect(bytesOf(portableSha256(text))).toBe(expected)
      }),
    )
  })

  it('is the portable one where the platform gives another value for that encoding', () => {
    const hash = (_: string, text: string) => portableSha256(text)
    const platform = { process: { getBuiltinModule: () => ({ hash }) } }
    expect(platformSha256Bytes(platform)('x')).toBe(bytesOf(portableSha256('x')))
  })
})

describe('the hash of a platform', () => {
  it('is the native one here', () => {
    const calls = native.calls()
    native.sha256('x')
    expect(native.calls()).toBe(calls + 1)
    expect(platformSha256()).not.toBe(portableSha256)
    expect(platformSha256()('x')).toBe(portableSha256('x'))
  })

  const throwing = () => {
    throw new Error('not here')
  }
  it.each<[string, unknown]>([
    ['no process', {}],
    ['a process that is null', { process: null }],
    ['a process without getBuiltinModule', { process: { versions: {} } }],
    ['a getBuiltinModule that throws', { process: { getBuiltinModule: throwing } }],
    ['a getBuiltinModule that is no function', { process: { getBuiltinModule: 'node:crypto' } }],
    ['no node:crypto', { process: { getBuiltinModule: () => undefined } }],
    ['a node:crypto without hash', { process: { getBuiltinModule: () => ({ createHash }) } }],
    ['a hash that throws', { process: { getBuiltinModule: () => ({ hash: throwing }) } }],
    ['a hash of another value', { process: { getBuiltinModule: () => ({ hash: () => '0'.repeat(64) }) } }],
    ['a hash of bytes', { process: { getBuiltinModule: () => ({ hash: () => new Uint8Array(32) }) } }],
    ['no global object', null],
  ])('is the portable one where there is %s', (_, platform) => {
    expect(platformSha256(platform)).toBe(portableSha256)
  })
})
