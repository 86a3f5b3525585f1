/** What is kept of an address where a leak was found. Whoever reports it wrote it, and it may hold the secret itself. */
import { describe, expect, it } from 'vitest'
import { placeOf } from '../../src/leaks/place.ts'
import { FORMS, KEYS, legacyOf } from '../legacy/world.ts'

const SECRET = `figp_${'Ab3'.repeat(12)}xy`
const escaped = [...SECRET].map((one) => `%${one.charCodeAt(0).toString(16)}`).join('')

describe('of an address', () => {
  it.each<[string, string | undefined]>([
    ['https://github.com/acme/app/blob/12ab/a.ts', 'https://github.com/acme/app/blob/12ab/a.ts'],
    ['https://github.com/acme/app?a=b#c', 'https://github.com/acme/app'],
    ['https://user:pass@example.com/a', 'https://example.com/a'],
    ['HTTP://EXAMPLE.COM:8080/a', 'http://example.com:8080/a'],
    [`https://example.com/${SECRET}`, 'https://example.com'],
    [`https://example.com/${escaped}/a`, 'https://example.com'],
    [`https://example.com/${escaped.replaceAll('%', '%25')}/a`, 'https://example.com'],
    [`https://${SECRET}.example.com/`, undefined],
    [`https://example.com/?a=${SECRET}`, 'https://example.com/'],
    [`https://example.com/${KEYS.plain()}`, 'https://example.com'],
    [`https://example.com/${'a'.repeat(600)}`, 'https://example.com'],
    [`https://${'a'.repeat(600)}.example/`, undefined],
    ['javascript:alert(1)', undefined],
    [`data:text/plain,${SECRET}`, undefined],
    ['file:///etc/passwd', undefined],
    ['not an address', undefined],
    ['', undefined],
  ])('%s is kept: %s', (given, kept) => {
    expect(placeOf(given, legacyOf(FORMS.plain))).toBe(kept)
  })

  it('nothing is kept where there is none', () => expect(placeOf(undefined, undefined)).toBeUndefined())
})
