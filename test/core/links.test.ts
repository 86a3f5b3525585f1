/** What people paste, under any policy: what names a resource, what means nothing, what is refused. The shapes themselves: link-shapes.test.ts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { invoices, policyWith } from './fixtures.ts'
import { linksOf, readLink as read } from './link-fixtures.ts'

describe('an id', () => {
  const policy = linksOf(['/t/{team}', '/f/{file}', '/r/{region}'])

  it.each([
    ['/t/0', 'team:0'],
    ['/t/1234', 'team:1234'],
    ['/t/12345', 'link_bad_id'],
    ['/t/12a', 'link_bad_id'],
    ['/t/-1', 'link_bad_id'],
    ['/t/%31', 'link_bad_id'],
    ['/t/１', 'link_bad_id'],
    [`/f/${'a'.repeat(128)}`, `file:${'a'.repeat(128)}`],
    [`/f/${'a'.repeat(129)}`, 'link_bad_id'],
    ['/f/a-b', 'link_bad_id'],
    ['/f/é', 'link_bad_id'],
    ['/r/@a.b_c-d', 'region:@a.b_c-d'],
    ['/r/a:b', 'link_bad_id'],
    ['/t/7/..', 'link_malformed'],
  ])('has the form that its kind says: %s', (path, expected) => {
    expect(read(policy, `https://x.test${path}`)).toBe(expected)
  })
})

describe('what stands around the path', () => {
  const policy = linksOf(['/t/{team}'], 1, ['x.test', 'www.x.test'])

  it.each([
    'https://x.test/t/7',
    'https://www.x.test/t/7',
    'x.test/t/7',
    'https://x.test/t/7/',
    'https://x.test/t/7?a=b/c&d=..//',
    'https://x.test/t/7#/t/8',
    'https://x.test/t/7/Title-é-%20',
    'https://x.test/t/7/Title/?x#y',
    'https://x.test/t/7/Title%2Fwith%5Cseparators%00%',
    'x.test/t/7/a:b',
    'https://x.test/t/7/👩‍👩‍👧\u200e\u00ad',
    'https://x.test/t/7#👩‍👩‍👧',
    'https://x.test/t/7//',
    'HTTPS://x.test/t/7',
    'hTtPs://WWW.X.Test/t/7',
    'X.TEST/t/7',
    'https://x.test:443/t/7',
    'https://x.test:/t/7',
  ])('means nothing: %s', (link) => {
    expect(read(policy, link)).toBe('team:7')
  })

  it.each([
    ['', 'link_malformed'],
    [' https://x.test/t/7', 'link_malformed'],
    ['https://x.test/t/7\u200b', 'link_malformed'],
    ['https://x.test/t/\u00ad7', 'link_malformed'],
    ['https://x.test/\t/7', 'link_malformed'],
    ['https://ｘ.test/t/7', 'link_malformed'],
    ['https://x.test\\@evil.test/t/7', 'link_malformed'],
    ['https:///t/7', 'link_malformed'],
    ['//x.test/t/7', 'link_malformed'],
    ['/t/7', 'link_malformed'],
    ['https://x.test//t/7', 'link_malformed'],
    ['https://x.test/a/../t/7', 'link_malformed'],
    ['https://x.test/t/./7', 'link_malformed'],
    ['https://x.test/t/%2e%2E/7', 'link_malformed'],
    ['https://x.test/t%2f7', 'link_malformed'],
    ['https://x.test/t\\7', 'link_malformed'],
    ['https://x.test/t/7%00', 'link_malformed'],
    [`https://x.test/t/7?${'a'.repeat(2_048)}`, 'link_malformed'],
    ['http://x.test/t/7', 'link_not_https'],
    ['javascript://x.test/t/7', 'link_not_https'],
    ['https://evil.test/t/7', 'link_wrong_host'],
    ['https://x.test.evil.test/t/7', 'link_wrong_host'],
    ['https://x.test./t/7', 'link_wrong_host'],
    ['https://x.test:8443/t/7', 'link_wrong_host'],
    ['https://x.test:0443/t/7', 'link_wrong_host'],
    ['https://x.test::443/t/7', 'link_wrong_host'],
    ['x.test:443/t/7', 'link_wrong_host'],
    ['x.test:/t/7', 'link_wrong_host'],
    ['https://user@x.test/t/7', 'link_wrong_host'],
    ['https://evil.test:443@x.test/t/7', 'link_wrong_host'],
    ['https://x.test@evil.test:443/t/7', 'link_wrong_host'],
    ['\u200bhttps://x.test/t/7', 'link_malformed'],
    ['http\u017f://x.test/t/7', 'link_malformed'],
    ['https://x.\u212aest/t/7', 'link_malformed'],
    ['https://x.test/t/7/Title/..', 'link_malformed'],
    ['https://x.test/t/7/..%2f..%2Ft%2f8', 'link_malformed'],
    ['https://x.test/t/7/..%5Ct', 'link_malformed'],
    ['https://x.test/t/7/a\\b', 'link_malformed'],
    ['https://x.test/t/7/\u202eeltiT', 'link_malformed'],
    ['https://x.test/t/7?\u2067x', 'link_malformed'],
    ['https://x.test/t/7/Ti\ttle', 'link_malformed'],
    ['https://x.test/t/7/Title\ud800', 'link_malformed'],
    ['https://x.test', 'link_unknown_shape'],
    ['https://x.test/', 'link_malformed'],
    ['https://x.test/t/7/Title/More', 'link_unknown_shape'],
    ['https://x.test/constructor/7', 'link_unknown_shape'],
    ['https://x.test/__proto__', 'link_unknown_shape'],
  ])('is refused where it could mislead: %s', (link, code) => {
    expect(read(policy, link)).toBe(code)
  })

  it('has no title where the policy lets none through', () => {
    expect(read(linksOf(['/t/{team}']), 'https://x.test/t/7/Title')).toBe('link_unknown_shape')
    expect(read(linksOf(['/t/{team}']), 'https://x.test/t/7//')).toBe('link_malformed')
  })
})

describe('a title of any length', () => {
  const policy = linksOf(['/t/{team}[/f/{file}]/**', '/r/{region}/t/{team}'])

  it.each([
    ['/t/7/Title/duplicate', 'team:7'],
    ['/t/7/a/b/c/', 'team:7'],
    ['/t/7///', 'team:7'],
    ['/t/7/Title/e%2Ff/%', 'team:7'],
    ['/t/7/https://y.test/u/8', 'team:7'],
    ['/t/7/r', 'team:7'],
    ['/t/7/T', 'team:7'],
    ['/t/7/f/A/Title/x', 'file:A'],
  ])('means nothing: %s', (path, resource) => {
    expect(read(policy, `https://x.test${path}`)).toBe(resource)
  })

  it.each([
    ['/t/7/f'],
    ['/t/7/Title/f/A'],
    ['/t/7//f/A'],
    ['/t/7/F/A'],
    ['/t/7/%66/A'],
    ['/t/7/r/eu'],
    ['/t/7/Title/x/f'],
    ['/t/7/f/A/t/8'],
    ['/r/eu/Title/x'],
  ])('is none if a word of a shape could be read in it: %s', (path) => {
    expect(read(policy, `https://x.test${path}`)).toMatch(/^link_(unknown_shape|malformed)$/)
  })

  it('may hold :// behind a link without a scheme', () => {
    expect(read(policy, 'x.test/t/7/https://y.test')).toBe('team:7')
  })

  it.each(['/t/7/Title/../8', '/t/7/x/%2E%2e', '/t/7/./x', '/t/7/x/a\\b'])('leads nowhere else: %s', (path) => {
    expect(read(policy, `https://x.test${path}`)).toBe('link_malformed')
  })
})

describe('the sentence about a wrong link', () => {
  it.each([
    ['/*/{team}'],
    ['/t/{team}'],
    ['/(t|team)[/{plan}]/x/{team}'],
    ['/t[/a[/b]]/{team}'],
    ['/((a|b)|c)/{team}'],
  ])('shows a link that would be right: %s', (shape) => {
    const policy = linksOf([shape])
    const parsed = policy.parseLink('https://evil.test/')
    const [, example] = /A right one looks like (\S+)\.$/.exec(parsed.ok ? '' : parsed.message) ?? []
    expect(read(policy, example ?? '')).toBe('team:123')
  })

  it('shows an id that is long enough', () => {
    const parsed = linksOf(['/f/{file:22}']).parseLink('https://evil.test/')
    expect(parsed.ok ? '' : parsed.message).toMatch(/ https:\/\/x\.test\/f\/[0-9]{22}\.$/)
  })

  it('shows none where the policy has none', () => {
    const parsed = linksOf([], 0, []).parseLink('https://x.test/t/7')
    expect(parsed.ok ? '' : parsed.message).not.toMatch(/looks like|example|must be \./)
  })

  it('is about what is no text as well', () => {
    for (const link of [undefined, null, 7, ['https://x.test/t/7']])
      expect(linksOf(['/t/{team}']).parseLink(link as never)).toMatchObject({ ok: false, code: 'link_malformed' })
  })

  it('never repeats the link', () => {
    const wrong = [
      'https://LEAK.test/t/7',
      'http://LEAK',
      'https://x.test/LEAK/7',
      'https://x.test/t/LEAK',
      'LEAK LEAK',
    ]
    const policy = linksOf(['/t/{team}'])
    for (const link of wrong)
      expect(policy.parseLink(link)).not.toMatchObject({ message: expect.stringMatching(/LEAK/i) })
  })

  it('names every host that is right', () => {
    const { mistakes } = invoices.parseLinks('https://evil.test/p/7')
    expect(mistakes[0]?.message).toMatch(/^The host must be app\.invoices\.test or invoices\.test\. /)
  })
})

describe('a link that a shape made', () => {
  /** A shape as parts, each with a link's text for it. Literals are letters and ids digits, so that neither is taken for the other. */
  const word = fc.stringMatching(/^[a-z]{1,4}$/)
  const part = (kind: string) =>
    fc.record({
      kind: fc.constant(kind),
      words: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
      chosen: fc.nat(),
      optional: fc.boolean(),
      present: fc.boolean(),
      id: fc.stringMatching(/^[0-9]{1,8}$/),
    })
  const chains = fc.tuple(part('plan'), part('top'), part('middle'), part('bottom'))
  const kinds = {
    top: { id: 'digits' },
    middle: { id: 'digits', parents: ['top'] },
    bottom: { id: 'digits', parents: ['middle'] },
  } as const

  it('is read back to its ids', () => {
    fc.assert(
      fc.property(chains, fc.constantFrom('', '/', '?x', '/title'), (parts, end) => {
        // A word of its own before each id, so that leaving a part out leaves no doubt which one it was.
        const named = parts.map((p) => ({ ...p, words: p.words.map((text) => `${p.kind}-${text}`) }))
        const last = named.length - 1
        const shape = named.map(({ kind, words, optional }, i) => {
          const text = `/(${words.join('|')})/{${kind}}`
          return optional && i < last ? `[${text}]` : text
        })
        const there = named.filter(({ optional, present }, i) => i === last || !optional || present)
        const path = there.map(({ words, chosen, id }) => `/${words[chosen % words.length]}/${id}`)
        const policy = policyWith({}, { kinds, links: { hosts: ['x.test'], tail: 1, shapes: [shape.join('')] } })
        const planId = there.find(({ kind }) => kind === 'plan')?.id
        expect(policy.parseLink(`https://x.test${path.join('')}${end}`)).toEqual({
          ok: true,
          resource: { kind: 'bottom', id: there.at(-1)?.id },
          ...(planId !== undefined && { planId }),
        })
      }),
    )
  })

  it('is refused, or names the same, whatever is slipped into it', () => {
    const slips = [
      ' ',
      '\t',
      '\0',
      '\u00ad',
      '\u200b',
      '\u202e',
      '/',
      '//',
      '/.',
      '/../',
      '%2e',
      '%2f',
      '\\',
      '@',
      ':',
      ':443',
      '.',
      '％',
      '%37',
      ';x',
      '٣',
    ]
    const policy = linksOf(['/r/{region}/t/{team}/f/{file}'])
    const link = 'https://x.test/r/eu-1/t/77/f/A7'
    fc.assert(
      fc.property(fc.constantFrom(...slips), fc.nat({ max: link.length }), (slip, i) => {
        expect(['file:A7', expect.stringMatching(/^link_/)]).toContainEqual(
          read(policy, link.slice(0, i) + slip + link.slice(i)),
        )
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('pasted text', () => {
  it('gives every resource and every mistake with its place', () => {
    const text = ' https://invoices.test/p/7,\n\thttp://invoices.test/p/8 app.invoices.test/1001/r/eu,, nonsense'
    const report = invoices.parseLinks(text)
    expect(report.resources).toEqual([
      { kind: 'project', id: '7', link: 'https://invoices.test/p/7' },
      { kind: 'region', id: 'eu', link: 'app.invoices.test/1001/r/eu', planId: '1001' },
    ])
    expect(report.mistakes.map(({ link, code }) => [link, code])).toEqual([
      ['http://invoices.test/p/8', 'link_not_https'],
      ['nonsense', 'link_wrong_host'],
    ])
    for (const { link, start, end } of report.mistakes) expect(text.slice(start, end)).toBe(link)
  })

  it.each(['', ' \n,, \t', ','.repeat(1_000_000)])('may hold no link', (text) => {
    expect(invoices.parseLinks(text)).toEqual({ resources: [], mistakes: [] })
  })

  it('may hold 20,000 links, and one of a million characters', () => {
    expect(invoices.parseLinks('https://invoices.test/p/7 '.repeat(20_000)).resources).toHaveLength(20_000)
    expect(invoices.parseLinks('a'.repeat(1_000_000)).mistakes).toMatchObject([{ code: 'link_malformed' }])
  })
})
