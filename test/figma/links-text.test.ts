/** Text with many links, as a person pastes it: every resource and every mistake with its place, all at once. */
import { type Issue, PlanTokenError } from 'plan-access-tokens'
import { figmaPolicy, parseFigmaLink, parseFigmaLinks } from 'plan-access-tokens/figma'
import { describe, expect, test } from 'vitest'
import { figmaWorld, LISTED_LINK, PLAN } from './world.ts'

/** The field of the third page, as the page of Figma's docs shows it: a comma and a line end after each link but the last. */
const PAGE = `https://figma.com/design/ABCDEFG123,
      https://figma.com/files/123456789/project/123,
      https://figma.com/files/123456789/team/456,
      https://figma.com/files/123456789/workspace/789`

const FOUR = [
  { kind: 'file', id: 'ABCDEFG123', link: 'https://figma.com/design/ABCDEFG123' },
  { kind: 'project', id: '123', link: 'https://figma.com/files/123456789/project/123', planId: '123456789' },
  { kind: 'team', id: '456', link: 'https://figma.com/files/123456789/team/456', planId: '123456789' },
  { kind: 'workspace', id: '789', link: 'https://figma.com/files/123456789/workspace/789', planId: '123456789' },
]

describe('parseFigmaLinks', () => {
  test('reads the four links of the page as the page shows them', () => {
    expect(parseFigmaLinks(PAGE)).toEqual({ resources: FOUR, mistakes: [] })
  })

  test.each([
    ['line ends of Windows', PAGE.replaceAll('\n', '\r\n')],
    ['commas alone', PAGE.replaceAll(/\s/g, '')],
    ['spaces alone', PAGE.replaceAll(/,\s+/g, ' ')],
    ['tabs', PAGE.replaceAll(/,\s+/g, '\t')],
    ['line ends alone', PAGE.replaceAll(/,\s+/g, '\n')],
    ['commas before and after, and empty lines', `\n, ,\n${PAGE},\n\n,`],
    ['no-break spaces and a byte order mark', `\ufeff${PAGE.replaceAll(/,\s+/g, '\u00a0')}\u00a0`],
    ['no schemes', PAGE.replaceAll('https://', '')],
  ])('reads them with %s', (_, text) => {
    const { resources, mistakes } = parseFigmaLinks(text)
    expect(mistakes).toEqual([])
    expect(resources.map(({ kind, id, planId }) => [kind, id, planId])).toEqual(
      FOUR.map(({ kind, id, planId }) => [kind, id, planId]),
    )
  })

  // Links of prototypes hold them; Figma encodes them, and some programs decode what they show.
  test('a comma in a query or a fragment is of the link where no link follows it', () => {
    const links = [
      'https://www.figma.com/proto/ABC/Title?page-id=0%3A1&viewport=-241,48,0.19&scaling=min-zoom',
      'figma.com/design/DEF#1,2',
      'figma.com/design/GHI?node-id=1',
      'figma.com/files/1001/project/123?a=b/c,d',
    ]
    for (const between of [',', ', ', ' ', '\n', ' , ']) {
      const { resources, mistakes } = parseFigmaLinks(links.join(between))
      expect(mistakes).toEqual([])
      expect(resources.map(({ link }) => link)).toEqual(links)
    }
    for (const link of links) expect(parseFigmaLink(link)).toMatchObject({ ok: true })
  })

  test.each(['', ' ', ',', ' ,\n,\t', '\u2028'])('%j holds nothing', (text) => {
    expect(parseFigmaLinks(text)).toEqual({ resources: [], mistakes: [] })
  })

  test('gives each mistake its place, its code and the link as it was pasted', () => {
    const text = 'https://figma.com/design/ABC, https://figma.com/files/1/team/x\nhttp://figma.com/design/D,oops'
    const { resources, mistakes } = parseFigmaLinks(text)
    expect(resources.map(({ id }) => id)).toEqual(['ABC'])
    expect(mistakes.map(({ link, start, end, code }) => [link, start, end, code])).toEqual([
      ['https://figma.com/files/1/team/x', 30, 62, 'link_bad_id'],
      ['http://figma.com/design/D', 63, 88, 'link_not_https'],
      ['oops', 89, 93, 'link_wrong_host'],
    ])
  })

  test('counts places in UTF-16 units, as an editor does', () => {
    const text = '😀 😀x'
    expect(parseFigmaLinks(text).mistakes.map(({ start, end }) => [start, end])).toEqual([
      [0, 2],
      [3, 6],
    ])
  })

  test('keeps a link that stands twice twice, in the order of the text', () => {
    const { resources } = parseFigmaLinks('figma.com/design/B figma.com/design/A figma.com/design/B')
    expect(resources.map(({ id }) => id)).toEqual(['B', 'A', 'B'])
  })

  test('names the plan only where the link does', () => {
    const [file, team] = parseFigmaLinks('figma.com/design/A figma.com/files/1/team/2').resources
    expect(file).not.toHaveProperty('planId')
    expect(team).toHaveProperty('planId', '1')
  })

  test("is what the policy's parseLinks and parseLink do", () => {
    const policy = figmaPolicy()
    const text = `${PAGE}, oops`
    expect(policy.parseLinks(text)).toEqual(parseFigmaLinks(text))
    expect(policy.parseLink(LISTED_LINK)).toEqual(parseFigmaLink(LISTED_LINK))
  })

  test('reads the longest text to its end', () => {
    expect(parseFigmaLinks('figma.com/design/A,'.repeat(50_000)).resources).toHaveLength(50_000)
    expect(parseFigmaLinks('x'.repeat(1_000_000)).mistakes).toHaveLength(1)
    expect(parseFigmaLinks(`https://figma.com${'/a'.repeat(500_000)}`).mistakes).toHaveLength(1)
    expect(parseFigmaLinks(' ,'.repeat(500_000)).mistakes).toHaveLength(0)
  })
})

describe('links as the resources of a token', () => {
  const create = (resources: readonly string[]) =>
    figmaWorld().tokens.create({
      ...{ actor: 'admin-1', planId: PLAN, type: 'rest', name: 'x', lifetimeDays: 1 },
      ...{ scopes: ['file_content:read'], resources },
    })
  const issuesOf = async (resources: readonly string[]): Promise<readonly Issue[]> => {
    const error = await create(resources).catch((thrown: unknown) => thrown)
    if (!(error instanceof PlanTokenError) || error.code !== 'invalid_input') throw new Error('The links were taken.')
    return error.issues
  }

  test('are kept with kind, id and the link as it was pasted; one that is named twice counts once', async () => {
    const links = ['https://www.figma.com/design/FileA/Title?node-id=1-2', 'figma.com/file/FileA', LISTED_LINK]
    const { token } = await create(links)
    expect(token.resources).toEqual([
      { kind: 'file', id: 'FileA', link: links[0] },
      { kind: 'team', id: '456', link: LISTED_LINK },
    ])
  })

  test('that name another plan, lie in another plan, or do not exist are refused together, each at its place', async () => {
    const issues = await issuesOf([
      'https://figma.com/files/2002/team/456',
      LISTED_LINK,
      'https://figma.com/design/FileZ',
      'https://figma.com/files/1001/project/2/team/3',
      'https://figma.com/design/FileQ',
      'https://figma.com/files/1001/team/956',
    ])
    expect(issues.map(({ path }) => path)).toEqual([0, 2, 3, 4, 5].map((i) => `resources[${i}]`))
    const [, foreign, , unknown] = issues
    expect(foreign?.message).toBe(unknown?.message)
  })

  test('take one link an entry: not two with a comma between them', async () => {
    expect((await issuesOf([`${LISTED_LINK},https://figma.com/design/FileA`])).map(({ path }) => path)).toEqual([
      'resources[0]',
    ])
  })
})
