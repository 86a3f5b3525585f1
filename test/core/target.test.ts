/** The grammar of request targets: what is let through means one thing to every reader; all else is refused. The query: query.test.ts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MalformedReason, sentenceOf } from '../../src/core/malformed.ts'
import {
  decodeStrictly,
  hasControlCharacter,
  malformedTarget,
  pathStart,
  readTarget,
  readTargetOfUrl,
} from '../../src/core/target.ts'

/** Pieces of which targets are made, rather those with which routers and proxies were fooled. */
const pieces = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('/', 'a', 'V1', '0', '-', '_', '~', '.', '..', '?', '=', '&') },
  { weight: 2, arbitrary: fc.constantFrom('!', '$', "'", '(', ')', '*', '+', ',', ';', ':', '@') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('%20', '%C3%A9', '%c3%a9', '%E2%82%AC', '%25', '%3F', '%23', '%21', '%40', '%7e'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('%2e', '%2F', '%5c', '%00', '%0a', '%7f', '%61', '%C2%85', '%ff', '%', '%2'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\\', ' ', '#', '"', '<', '|', '^', '[', '`', '{', 'é', '．', '\t', '\0', '\ud800'),
  },
)
const targets = fc.array(pieces, { maxLength: 12 }).map((parts) => `/${parts.join('')}`)

const segmentsOf = (path: string): readonly string[] => (path === '/' ? [] : path.slice(1).split('/'))
/** RFC 3986, section 3.3: whatever is no `pchar` is percent-encoded; and the semicolon. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/%(24|26|2B|2C|3A|3D|40)/g, (octet) => decodeURIComponent(octet))

describe('a target that is read', () => {
  it('is handed on as it came, cut at the first question mark', () => {
    fc.assert(
      fc.property(targets, (raw) => {
        const target = readTarget(raw)
        fc.pre(target !== undefined)
        const mark = raw.indexOf('?')
        expect(target?.path).toBe(mark === -1 ? raw : raw.slice(0, mark))
        expect(target?.query).toBe(mark === -1 ? '' : raw.slice(mark + 1))
      }),
    )
  })

  it('is read in one look as it is character by character, which is how those with a query are read', () => {
    const plain = fc.array(fc.constantFrom('/', 'a', '0', '.', '..', '-', '~', '!', '(', ':', '@', 'é', '%', '\n'), {
      maxLength: 8,
    })
    fc.assert(
      fc.property(
        fc.oneof(
          targets,
          plain.map((parts) => `/${parts.join('')}`),
        ),
        (raw) => {
          fc.pre(!raw.includes('?'))
          expect(readTarget(raw)).toEqual(readTarget(`${raw}?`))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('has no empty and no dot segment, also when it is decoded', () => {
    fc.assert(
      fc.property(targets, (raw) => {
        for (const segment of segmentsOf(readTarget(raw)?.path ?? '/')) {
          for (const form of [segment, decodeURIComponent(segment)]) expect(['', '.', '..']).not.toContain(form)
          expect(decodeURIComponent(segment)).not.toMatch(/[/\\\p{Cc}]/u)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('can be decoded once and encoded again by RFC 3986 without a change of meaning', () => {
    fc.assert(
      fc.property(targets, (raw) => {
        const path = readTarget(raw)?.path ?? '/'
        const again = `/${segmentsOf(path)
          .map((segment) => encoded(decodeURIComponent(segment)))
          .join('/')}`
        expect(readTarget(again)?.path).toBe(again)
        expect(segmentsOf(again).map(decodeURIComponent)).toEqual(segmentsOf(path).map(decodeURIComponent))
        // Only reserved characters and the tilde may come both plain and encoded, so nothing else differs but the case of the digits.
        const plain = path.replaceAll(/%(21|24|26|27|28|29|2A|2B|2C|3A|3D|40|7E)/gi, (octet) =>
          decodeURIComponent(octet),
        )
        expect(again.toUpperCase()).toBe(plain.toUpperCase())
      }),
    )
  })

  it('has the path that the URL standard makes of it, and stays on its host', () => {
    fc.assert(
      fc.property(targets, (raw) => {
        const target = readTarget(raw)
        fc.pre(target !== undefined)
        const url = new URL(raw, 'http://x')
        expect([url.pathname, url.host, url.hash]).toEqual([target?.path, 'x', ''])
      }),
    )
  })

  it('is the same out of the URL of a Fetch Request', () => {
    fc.assert(
      fc.property(targets, (raw) => {
        const target = readTarget(raw)
        fc.pre(target !== undefined)
        expect(readTargetOfUrl(new Request(`http://api.test${raw}`).url)?.path).toBe(target?.path)
      }),
    )
  })
})

describe('readTarget', () => {
  it.each([
    ['/', '/', ''],
    ['/?', '/', ''],
    ['/?a=/../b', '/', 'a=/../b'],
    ['/v1/files/ABC', '/v1/files/ABC', ''],
    ['/v1/files/ABC?ids=1,2&a?b', '/v1/files/ABC', 'ids=1,2&a?b'],
    ['/...', '/...', ''],
    ['/.a/..b', '/.a/..b', ''],
    ["/a-._~!$&'()*+,=:@", "/a-._~!$&'()*+,=:@", ''],
    ['/a%3Bb', '/a%3Bb', ''],
    ['/a?x;y=1', '/a', 'x;y=1'],
    ['/a%20b', '/a%20b', ''],
    ['/%E2%82%AC', '/%E2%82%AC', ''],
    ['/%e2%82%ac', '/%e2%82%ac', ''],
    ['/%252e%252e', '/%252e%252e', ''],
    ['/a%3Fb', '/a%3Fb', ''],
    ['/a%40b', '/a%40b', ''],
    ['/a?x=%2F%00%ff', '/a', 'x=%2F%00%ff'],
    ['/v1/%7Ea%21%27%28%29%2A', '/v1/%7Ea%21%27%28%29%2A', ''],
    ['/a?f[n]={1}|2^`\\"<>100%&%2&%', '/a', 'f[n]={1}|2^`\\"<>100%&%2&%'],
  ])('reads %s', (raw, path, query) => {
    expect(readTarget(raw)).toEqual({ path, query })
  })

  it.each<[string, unknown, MalformedReason, number?]>([
    ['nothing', '', 'target_form'],
    ['no text', undefined, 'target_form'],
    ['a number', 42, 'target_form'],
    ['an asterisk', '*', 'target_form'],
    ['an authority', 'api.test:443', 'target_form'],
    ['a relative path', 'v1/files/A', 'target_form'],
    ['a query alone', '?x', 'target_form'],
    ['a space before it', ' /v1/files/A', 'target_form'],
    ['an absolute URL', 'http://evil.test/v1/files/A', 'target_form'],
    ['a network path', '//evil.test/v1/files/A', 'path_empty_segment'],
    ['two slashes', '//', 'path_slash_at_end'],
    ['an empty segment', '/v1//files', 'path_empty_segment'],
    ['a trailing slash', '/v1/files/A/', 'path_slash_at_end'],
    ['a trailing slash before a query', '/v1/files/A/?x=1', 'path_slash_at_end'],
    ['a dot segment', '/v1/./files', 'path_dot_segment'],
    ['two dots', '/v1/../me', 'path_dot_segment'],
    ['a dot at the end', '/v1/.', 'path_dot_segment'],
    ['two dots at the end', '/v1/..', 'path_dot_segment'],
    ['two dots before a query', '/v1/..?x', 'path_dot_segment'],
    ['encoded dots', '/v1/%2e%2E/me', 'path_encoding_needless', 4],
    ['half-encoded dots', '/v1/.%2e/me', 'path_encoding_needless', 5],
    ['an encoded slash', '/v1/files/A%2fmeta', 'path_encoding_forbidden', 11],
    ['an encoded backslash', '/v1/files/A%5Cmeta', 'path_encoding_forbidden', 11],
    ['a backslash', '/v1/files\\A', 'path_character', 9],
    ['an encoded NUL', '/v1/files/A%00', 'path_encoding_forbidden', 11],
    ['an encoded line end', '/v1/files/A%0a', 'path_encoding_forbidden', 11],
    ['an encoded DEL', '/v1/files/A%7F', 'path_encoding_forbidden', 11],
    ['an encoded C1 control', '/v1/files/A%C2%85', 'path_not_utf8'],
    ['an encoded letter', '/v1/%66iles/A', 'path_encoding_needless', 4],
    ['an encoded digit', '/v%31/files/A', 'path_encoding_needless', 2],
    ['an encoded hyphen', '/v1/files/a%2Db', 'path_encoding_needless', 11],
    ['an encoded underscore', '/v1/files/a%5Fb', 'path_encoding_needless', 11],
    ['bytes that are not UTF-8', '/v1/files/%ff', 'path_not_utf8'],
    ['overlong UTF-8', '/v1/files/%c0%ae', 'path_not_utf8'],
    ['an encoded surrogate', '/v1/files/%ed%a0%80', 'path_not_utf8'],
    ['a code point past the last', '/v1/files/%f4%90%80%80', 'path_not_utf8'],
    ['a character that is split by a slash', '/v1/%E2/%82%AC', 'path_not_utf8'],
    ['a percent sign alone', '/v1/files/%', 'path_encoding', 10],
    ['a percent sign with one digit', '/v1/files/%2', 'path_encoding', 10],
    ['a percent sign with no digits', '/v1/files/%zz', 'path_encoding', 10],
    ['a fragment', '/v1/files/A#x', 'path_character', 11],
    ['a fragment in the query', '/v1/files/A?x#y', 'query_character', 13],
    ['a letter that is not ASCII', '/v1/files/\u00e9', 'path_character', 10],
    ['a bracket', '/v1/files/A[]', 'path_character', 11],
    ['a semicolon, at which servlets cut', '/v1/files/A;x', 'path_character', 11],
    ['a semicolon in another segment', '/v1;x/files/A', 'path_character', 3],
    ['a semicolon alone', '/v1/files/;', 'path_character', 10],
    ['a tab', '/v1/files/A\tB', 'path_character', 11],
    ['a tab in the query', '/v1/files/A?x=\t', 'query_character', 14],
    ['a space in the query', '/v1/files/A?x= ', 'query_character', 14],
    ['a letter that is not ASCII in the query', '/v1/files/A?x=\u00e9', 'query_character', 14],
    ['a letter that Node would write as an ampersand', '/v1/files/A?x=\u0126y=2', 'query_character', 14],
    ['DEL in the query', '/v1/files/A?\x7f', 'query_character', 12],
    ['a million slashes', '/'.repeat(1_000_000), 'path_slash_at_end'],
  ])('refuses %s and says why', (_, raw, reason, at) => {
    expect(readTarget(raw)).toBeUndefined()
    expect(malformedTarget(raw, false)).toEqual(at === undefined ? { reason } : { reason, at })
  })

  it('has a reason of its own for every refusal, which repeats nothing of the target', () => {
    fc.assert(
      fc.property(targets, fc.boolean(), (raw, isUrl) => {
        const target = isUrl ? readTargetOfUrl(`http://api.test${raw}`) : readTarget(raw)
        fc.pre(target === undefined)
        const malformed = malformedTarget(isUrl ? `http://api.test${raw}` : raw, isUrl)
        // Whoever mends what is named comes to the next mistake, and never to the same one at another place before it.
        if (malformed.at !== undefined) expect(raw.slice(malformed.at, malformed.at + 1)).not.toBe('')
        if (malformed.reason === 'query_character') expect(malformed.at).toBeGreaterThan(raw.indexOf('?'))
        if (malformed.reason === 'path_not_utf8') {
          const path = raw.split('?')[0] ?? ''
          expect(() => {
            if (/\p{Cc}/u.test(decodeURIComponent(path))) throw new URIError('control')
          }).toThrow(URIError)
        }
        expect(sentenceOf(malformed)).toMatch(/^[A-Z][^"\\]*\.$/)
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads a path of a million letters and one of 100,000 segments', () => {
    expect(readTarget(`/${'a'.repeat(1_000_000)}`)?.path).toHaveLength(1_000_001)
    expect(readTarget('/a'.repeat(100_000))?.path).toHaveLength(200_000)
  })

  it.each([
    ['', true],
    ['/..', false],
  ])('reads ten million segments without a stack that overflows, with %j at the end', (end, isRead) => {
    expect(readTarget('/a'.repeat(10_000_000) + end) !== undefined).toBe(isRead)
  })
})

describe('readTargetOfUrl', () => {
  it.each([
    ['http://api.test/v1/files/A?x=1', '/v1/files/A', 'x=1'],
    ['https://api.test:8443/v1', '/v1', ''],
    ['http://[::1]:80/v1', '/v1', ''],
    ['http://api.test/', '/', ''],
  ])('reads the path of %s', (url, path, query) => {
    expect(readTargetOfUrl(url)).toEqual({ path, query })
  })

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['no text', undefined],
    ['a path alone', '/v1/files/A'],
    ['no scheme', '://api.test/v1'],
    ['no path', 'http://api.test'],
    ['two slashes', 'http://api.test//v1'],
    ['an encoded letter', 'http://api.test/%761'],
    ['a fragment', 'http://api.test/v1#x'],
  ])('refuses %s', (_, url) => {
    expect(readTargetOfUrl(url)).toBeUndefined()
  })

  it('finds the path where a pattern finds it, in whatever text', () => {
    const pattern = /^[^/?#]+:\/\/[^/?#]*(?=\/)/
    const parts = fc.constantFrom('http', 'a', ':', '/', '//', '://', '?', '#', '.', '%2f', '\n', '\ud800', '')
    const texts = fc.oneof(
      fc.string(),
      fc.array(parts, { maxLength: 12 }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(pathStart(text)).toBe(pattern.exec(text)?.[0].length ?? -1)
      }),
      { numRuns: 5_000 },
    )
  })

  it('never takes the path out of the query or the fragment', () => {
    for (const url of ['http://api.test?next=/v1/files/A', 'http://api.test#/v1/files/A'])
      expect(readTargetOfUrl(url)).toBeUndefined()
  })
})

describe('decodeStrictly', () => {
  it('gives what was encoded, for every text without a slash, a backslash or a control character', () => {
    const texts = fc.string({ unit: 'grapheme' }).filter((text) => !/[/\\\p{Cc}]/u.test(text))
    fc.assert(
      fc.property(texts, (text) => {
        // What needs no encoding must not be encoded, so all else is.
        expect(decodeStrictly(encodeURIComponent(text))).toBe(text)
      }),
    )
  })

  it('refuses control characters that came plain', () => {
    expect(decodeStrictly('a\u0085')).toBeUndefined()
    expect(decodeStrictly('a\nb')).toBeUndefined()
  })
})

describe('hasControlCharacter', () => {
  it('says so for C0, DEL and C1, and for nothing else', () => {
    for (let code = 0; code < 0x300; code++) {
      const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0)
      expect(hasControlCharacter(String.fromCharCode(code))).toBe(isControl)
    }
  })
})
