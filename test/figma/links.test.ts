/**
 * Every shape of a link to Figma, and every near miss, as tables. Texts with many links: links-text.test.ts. Properties:
 * links-properties.test.ts. Whether a linked resource lies in the plan is the directory's answer (service).
 */
import type { LinkCode } from 'plan-access-tokens'
import { parseFigmaLink, parseFigmaLinks } from 'plan-access-tokens/figma'
import { describe, expect, test } from 'vitest'

const FILE_WORDS = ['design', 'file', 'board', 'slides', 'buzz', 'site', 'make', 'proto', 'deck']
const HOSTS = ['figma.com', 'www.figma.com', 'WWW.Figma.COM']
const SCHEMES = ['https://', 'HTTPS://', '']
/** What may follow the last id and means nothing. */
const TAILS = [
  '',
  '/',
  '/Title',
  '/Title/',
  '/A-long-title-2',
  '/Pr%C3%BCfung',
  '/Prüfung',
  '/-',
  '/Web-%2F-Mobile',
  '/C%5CD-%00-100%',
  '/👩‍👩‍👧-🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '/ש\u200fלום',
  '//',
  '//?node-id=0-1',
  '?',
  '?node-id=0-1&t=x/../y',
  '#',
  '#1:2',
  '/?node-id=0-1',
  '/Title?node-id=0-1#frag?x',
  '#?x=/files/1/team/2',
]

/** Each path of a place, with the resource and the plan that it names. */
const PLACES: readonly (readonly [path: string, kind: string, id: string, planId?: string])[] = [
  ...['project', 'team', 'workspace', 'folder'].flatMap((kind) => [
    [`/files/1001/${kind}/23`, kind, '23', '1001'] as const,
    [`/files/${kind}/23`, kind, '23'] as const,
  ]),
  ['/files/1001/team/45/project/23', 'project', '23', '1001'],
  ['/files/1001/team/45/folder/23', 'folder', '23', '1001'],
  ['/files/1001/workspace/67/team/45', 'team', '45', '1001'],
  ['/files/1001/workspace/67/project/23', 'project', '23', '1001'],
  ['/files/1001/workspace/67/folder/23', 'folder', '23', '1001'],
  ['/files/1001/workspace/67/team/45/project/23', 'project', '23', '1001'],
  ['/files/1001/workspace/67/team/45/folder/23', 'folder', '23', '1001'],
  ['/files/team/45/project/23', 'project', '23'],
  ['/files/team/45/folder/23', 'folder', '23'],
  ['/files/workspace/67/team/45', 'team', '45'],
  ['/files/workspace/67/project/23', 'project', '23'],
  ['/files/workspace/67/team/45/project/23', 'project', '23'],
  ['/files/workspace/67/team/45/folder/23', 'folder', '23'],
]

/** What may follow a file as well, since Figma's pattern lets anything follow. */
const FILE_TAILS = [...TAILS, '/Title/duplicate', '/duplicate/', '//duplicate?x', '/a/b/c/d#e']

/** Each spelling of a path that names the same. */
const spellings = (path: string, tails = TAILS) =>
  SCHEMES.flatMap((scheme) => HOSTS.flatMap((host) => tails.map((tail) => `${scheme}${host}${path}${tail}`)))

describe('a link of a file', () => {
  test.each(FILE_WORDS)('/%s/KEY names the file, in each spelling', (word) => {
    for (const link of spellings(`/${word}/ABCdef123`, FILE_TAILS))
      expect(parseFigmaLink(link), link).toEqual({ ok: true, resource: { kind: 'file', id: 'ABCdef123' } })
  })

  test.each(FILE_WORDS)('/%s/KEY/branch/KEY names the branch, in each spelling', (word) => {
    for (const link of spellings(`/${word}/ABCdef123/branch/Branch456`, FILE_TAILS))
      expect(parseFigmaLink(link), link).toEqual({ ok: true, resource: { kind: 'file', id: 'Branch456' } })
  })

  test.each(FILE_WORDS)('/%s/KEY/branch without a key is refused, not read as a title', (word) => {
    for (const tail of ['', '/', '?x', '#x', '//', '/b-1', '/b_1', '//B'])
      expect(parseFigmaLink(`https://figma.com/${word}/ABC/branch${tail}`), tail).toMatchObject({ ok: false })
    for (const path of ['/Title/branch/B', '//branch/B', '/Branch/B', '/%62ranch/B', '/Title/branch'])
      expect(parseFigmaLink(`https://figma.com/${word}/ABC${path}`), path).toMatchObject({ ok: false })
  })
})

describe('a link of a place', () => {
  test.each(PLACES.map((place) => ({ place, path: place[0] })))(
    '$path names what it ends in, in each spelling',
    ({ place }) => {
      const [path, kind, id, planId] = place
      for (const link of spellings(path))
        expect(parseFigmaLink(link), link).toEqual({
          ...{ ok: true, resource: { kind, id } },
          ...(planId !== undefined && { planId }),
        })
    },
  )

  test('that does not descend is refused, as /files/1/project/2/team/3', () => {
    const refused = { ok: false, code: 'link_unknown_shape' }
    expect(parseFigmaLink('https://figma.com/files/1/project/2/team/3')).toMatchObject(refused)
    const kinds = ['workspace', 'team', 'project', 'folder']
    const chains = kinds.map((kind) => [kind])
    for (const chain of chains) if (chain.length < 4) chains.push(...kinds.map((kind) => [...chain, kind]))
    expect(chains).toHaveLength(4 + 16 + 64 + 256)
    const descending = new Set(
      ['project', 'folder'].flatMap((leaf) => [leaf, `team ${leaf}`, `workspace ${leaf}`, `workspace team ${leaf}`]),
    )
    for (const chain of ['workspace', 'team', 'workspace team']) descending.add(chain)
    for (const chain of chains) {
      const path = chain.map((kind, i) => `/${kind}/${i}`).join('')
      for (const link of [`figma.com/files${path}`, `figma.com/files/9${path}`])
        expect(parseFigmaLink(link), link).toMatchObject(descending.has(chain.join(' ')) ? { ok: true } : refused)
    }
  })
})

describe('the ids of a link', () => {
  const cases = (least: string, char: string, max: number, path: string) => [
    [`${path}${least}`, true],
    [`${path}${char.repeat(max)}`, true],
    [`${path}${char.repeat(max + 1)}`, false],
  ]
  test.each([
    ...cases('a', 'Z', 128, '/design/'),
    ...cases('0', '9', 128, '/design/ABC/branch/'),
    ...cases('0', '9', 32, '/files/1/project/'),
    ...cases('0', '9', 32, '/files/1/team/'),
    ...cases('0', '9', 32, '/files/1/workspace/'),
    ...cases('0', '9', 32, '/files/1/folder/'),
    [`/files/${'9'.repeat(32)}/team/1`, true],
    [`/files/${'9'.repeat(33)}/team/1`, false],
    [`/files/1/team/${'9'.repeat(32)}/project/1`, true],
    [`/files/1/team/${'9'.repeat(33)}/project/1`, false],
  ] as [string, boolean][])('%s: %s', (path, ok) => {
    const parsed = parseFigmaLink(`https://figma.com${path}`)
    expect(parsed).toMatchObject(ok ? { ok } : { ok, code: 'link_bad_id' })
  })

  test.each([
    '0x7b',
    '1e2',
    '+123',
    '-1',
    '1.5',
    '123abc',
    'abc',
    '123%20',
    '%31',
    '１２３',
    '١٢٣',
    '1_000',
    '12 3',
    '1;2',
    '1:2',
    '𝟙',
  ])('digits are ASCII digits: not %s', (id) => {
    for (const link of [`https://figma.com/files/1/project/${id}`, `https://figma.com/files/${id}/project/1`])
      expect(parseFigmaLink(link), link).toMatchObject({ ok: false })
  })

  test.each(['a-b', 'a_b', 'a.b', 'a%41', 'ключ', 'ÀB', 'a b', 'a:b', 'a~b', 'a@b', '{file}', 'a,b'])(
    'keys are ASCII letters and digits: not %s',
    (key) => {
      expect(parseFigmaLink(`https://figma.com/design/${key}`)).toMatchObject({ ok: false })
    },
  )

  test('a key keeps its letter case, and may be a word of the table', () => {
    for (const key of ['abc', 'ABC', 'aBc', 'branch', 'project', 'constructor', 'toString'])
      expect(parseFigmaLink(`https://figma.com/design/${key}`)).toEqual({
        ok: true,
        resource: { kind: 'file', id: key },
      })
  })

  test('a leading zero is part of an id: it is a text, not a number', () => {
    expect(parseFigmaLink('https://figma.com/files/01/team/007')).toEqual({
      ...{ ok: true, resource: { kind: 'team', id: '007' } },
      planId: '01',
    })
  })
})

describe('what is no link of Figma', () => {
  test.each<[link: string, code: LinkCode]>([
    // Schemes.
    ['http://figma.com/design/ABC', 'link_not_https'],
    ['ftp://figma.com/design/ABC', 'link_not_https'],
    ['figma://file/ABC', 'link_not_https'],
    ['javascript://figma.com/design/ABC', 'link_not_https'],
    ['https:figma.com/design/ABC', 'link_wrong_host'],
    ['https:/figma.com/design/ABC', 'link_wrong_host'],
    ['https:///figma.com/design/ABC', 'link_malformed'],
    ['//figma.com/design/ABC', 'link_malformed'],
    ['https://https://figma.com/design/ABC', 'link_wrong_host'],
    ['/design/ABC', 'link_malformed'],
    ['design/ABC', 'link_wrong_host'],

    // Hosts, user info, ports.
    ['https://figma.com.evil.com/design/ABC', 'link_wrong_host'],
    ['https://evil-figma.com/design/ABC', 'link_wrong_host'],
    ['https://figma.co/design/ABC', 'link_wrong_host'],
    ['https://api.figma.com/design/ABC', 'link_wrong_host'],
    ['https://embed.figma.com/design/ABC', 'link_wrong_host'],
    ['https://www.www.figma.com/design/ABC', 'link_wrong_host'],
    ['https://figma.com./design/ABC', 'link_wrong_host'],
    ['https://.figma.com/design/ABC', 'link_wrong_host'],
    ['figma.com:443/design/ABC', 'link_wrong_host'],
    ['https://user@figma.com/design/ABC', 'link_wrong_host'],
    ['https://user:pass@figma.com/design/ABC', 'link_wrong_host'],
    ['https://@figma.com/design/ABC', 'link_wrong_host'],
    ['https://figma.com@evil.com/design/ABC', 'link_wrong_host'],
    ['https://evil.com?figma.com/design/ABC', 'link_wrong_host'],
    ['https://evil.com#figma.com/design/ABC', 'link_wrong_host'],
    ['https://evil.com/figma.com/design/ABC', 'link_wrong_host'],
    ['https://figma.com%2fdesign/ABC', 'link_wrong_host'],
    ['https://figma%2ecom/design/ABC', 'link_wrong_host'],
    ['https://figma.com\\design\\ABC', 'link_malformed'],
    ['https:\\\\figma.com\\design\\ABC', 'link_malformed'],
    ['https://figma.com\\@evil.com/design/ABC', 'link_malformed'],

    // Hosts that the URL standard turns into figma.com, and that only look like it.
    ['https://\uff46igma.com/design/ABC', 'link_malformed'],
    ['https://\ufb01gma.com/design/ABC', 'link_malformed'],
    ['https://fig\u00adma.com/design/ABC', 'link_malformed'],
    ['https://fig\u200bma.com/design/ABC', 'link_malformed'],
    ['https://fig\tma.com/design/ABC', 'link_malformed'],
    ['https://figma\u3002com/design/ABC', 'link_malformed'],
    ['https://\u217eigma.com/design/ABC', 'link_malformed'],
    ['https://f\u0456gma.com/design/ABC', 'link_malformed'],
    ['https://xn--fgma-q5a.com/design/ABC', 'link_wrong_host'],
    ['\u202ehttps://figma.com/design/ABC', 'link_malformed'],
    ['https://figma.com/design/ABC\u0000', 'link_malformed'],
    ['https://figma.com/design/A\u00adBC', 'link_malformed'],

    // Dots, empty parts, separators that are hidden.
    ['https://figma.com/design/ABC/../../files/1/workspace/7', 'link_malformed'],
    ['https://figma.com/design/%2e%2e/files/1/team/4', 'link_malformed'],
    ['https://figma.com/design/.%2E/files/1/team/4', 'link_malformed'],
    ['https://figma.com/./design/ABC', 'link_malformed'],
    ['https://figma.com//design/ABC', 'link_malformed'],
    ['https://figma.com/design//ABC', 'link_malformed'],
    ['https://figma.com/design/ABC/..', 'link_malformed'],
    ['https://figma.com/design/ABC%2fTitle', 'link_malformed'],
    ['https://figma.com/design/ABC/a\\b', 'link_malformed'],
    ['https://figma.com/design/ABC%00', 'link_malformed'],

    // Shapes.
    ['https://figma.com', 'link_unknown_shape'],
    ['https://figma.com/', 'link_malformed'],
    ['https://figma.com/design', 'link_unknown_shape'],
    ['https://figma.com/design/', 'link_unknown_shape'],
    ['https://figma.com/ABC', 'link_unknown_shape'],
    ['https://figma.com/Design/ABC', 'link_unknown_shape'],
    ['https://figma.com/DESIGN/ABC', 'link_unknown_shape'],
    ['https://figma.com/%64esign/ABC', 'link_unknown_shape'],
    ['https://figma.com/community/file/123', 'link_unknown_shape'],
    ['https://figma.com/@someone', 'link_unknown_shape'],
    ['https://figma.com/design/ABC/Title/branch/DEF', 'link_unknown_shape'],
    ['https://figma.com/design/ABC/Branch/DEF', 'link_unknown_shape'],
    ['https://figma.com/files', 'link_unknown_shape'],
    ['https://figma.com/files/1001', 'link_unknown_shape'],
    ['https://figma.com/files/1001/team', 'link_unknown_shape'],
    ['https://figma.com/files/team', 'link_unknown_shape'],
    ['https://figma.com/files/1001/45', 'link_unknown_shape'],
    ['https://figma.com/files/1001/Team/45', 'link_unknown_shape'],
    ['https://figma.com/files/1001/teams/45', 'link_unknown_shape'],
    ['https://figma.com/files/1001/team/45/project', 'link_unknown_shape'],
    ['https://figma.com/files/1001/team/45/Title/more', 'link_unknown_shape'],
    ['https://figma.com/files/1001/2002/team/45', 'link_unknown_shape'],
    ['https://figma.com/files/recents-and-sharing', 'link_bad_id'],
    ['https://figma.com/files/ABC/team/45', 'link_bad_id'],

    // One link at a time, and none too long.
    ['', 'link_malformed'],
    [' https://figma.com/design/ABC', 'link_malformed'],
    ['https://figma.com/design/ABC\n', 'link_malformed'],
    ['https://figma.com/design/ABC https://figma.com/design/DEF', 'link_malformed'],
    ['https://figma.com/design/ABC,figma.com/design/DEF', 'link_malformed'],
    ['https://figma.com/design/ABC?node-id=1,https://figma.com/design/DEF', 'link_malformed'],
    ['https://figma.com/design/ABC?node-id=1,2,figma.com/design/DEF', 'link_malformed'],
    ['https://figma.com/design/ABC#1,/', 'link_malformed'],
    ['https://figma.com/design/ABC?node-id=1,', 'link_malformed'],
    ['https://figma.com/design/ABC?node-id=1,,2', 'link_malformed'],
    ['https://figma.com/design/ABC/Title,2', 'link_malformed'],
    ['https://figma.com/design/ABC/T\ud800', 'link_malformed'],
    ['https://figma.com/design/ABC,https://figma.com/design/DEF', 'link_malformed'],
    [`https://figma.com/design/ABC?${'x'.repeat(2_048)}`, 'link_malformed'],
    ['ABCDEFG123', 'link_wrong_host'],
    ['123', 'link_wrong_host'],
    ['all', 'link_wrong_host'],
    ['file:ABC', 'link_wrong_host'],
    ['__proto__', 'link_wrong_host'],
  ])('%j is %s', (link, code) => {
    expect(parseFigmaLink(link)).toMatchObject({ ok: false, code, message: expect.any(String) })
    for (const { message } of parseFigmaLinks(link).mistakes) {
      expect(message).toMatch(/\. A right one looks like https:\/\/figma\.com\/design\/123\.$/)
    }
  })

  test('the right link of the message is one', () => {
    expect(parseFigmaLink('https://figma.com/design/123')).toMatchObject({ ok: true })
  })

  test('a link of 2,048 characters is read', () => {
    const link = 'https://figma.com/design/ABC?'.padEnd(2_048, 'x')
    expect(parseFigmaLink(link)).toMatchObject({ ok: true })
    expect(parseFigmaLink(`${link}x`)).toMatchObject({ ok: false })
  })
})
