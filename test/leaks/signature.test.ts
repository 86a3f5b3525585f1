/** Signatures in base64, hexadecimal and DER: whatever Node signs is read as WebCrypto takes it, and nothing else is. */
import { createSign, generateKeyPairSync, webcrypto } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOfBase64, bytesOfHex, rawOfDer } from '../../src/leaks/signature.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const sign = (text: string) => createSign('SHA256').update(text).sign(privateKey)

describe('DER', () => {
  it('of three hundred signatures is what WebCrypto verifies', async () => {
    const key = await webcrypto.subtle.importKey(
      'spki',
      publicKey.export({ format: 'der', type: 'spki' }),
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['verify'],
    )
    for (let i = 0; i < 300; i++) {
      const raw = rawOfDer(sign(`${i}`))
      const data = new TextEncoder().encode(`${i}`)
      expect(raw && (await webcrypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, raw, data))).toBe(true)
    }
  })

  it('that was changed in a byte, cut or made longer is no signature, or another one', () => {
    const der = sign('a')
    const raw = rawOfDer(der)
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Uint8Array.from(der, (byte, i) => (i === at ? byte ^ by : byte))
        expect(rawOfDer(changed)).not.toEqual(raw)
      }),
    )
    for (let length = 0; length < der.length; length++) expect(rawOfDer(der.subarray(0, length))).toBeUndefined()
    expect(rawOfDer(Uint8Array.of(...der, 0))).toBeUndefined()
  })

  it.each<[string, readonly number[]]>([
    ['a number with a needless zero', [0x30, 7, 2, 2, 0, 1, 2, 1, 1]],
    ['a number below zero', [0x30, 6, 2, 1, 0x80, 2, 1, 1]],
    ['an empty number', [0x30, 5, 2, 0, 2, 1, 1]],
    ['a third number', [0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1]],
    ['one number', [0x30, 3, 2, 1, 1]],
    ['a length in more bytes', [0x30, 0x81, 6, 2, 1, 1, 2, 1, 1]],
    ['nothing', []],
  ])('with %s is none', (_, bytes) => expect(rawOfDer(Uint8Array.from(bytes))).toBeUndefined())
})

describe('text', () => {
  it('is read in the one form of base64 and of hexadecimal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        expect(bytesOfBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes)
        expect(bytesOfHex(Buffer.from(bytes).toString('hex'))).toEqual(bytes)
      }),
    )
    for (const text of ['', 'AA', 'AA=', 'AA==\n', 'A-==', ' AAAA', '====']) expect(bytesOfBase64(text)).toBeUndefined()
    for (const text of ['', 'a', 'AB', 'zz', ' ab']) expect(bytesOfHex(text)).toBeUndefined()
  })
})
