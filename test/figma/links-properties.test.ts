/** Properties of Figma's links: what is rendered is read back, a text is cut without loss, and nothing makes the reader throw. */
import fc from 'fast-check'
import { parseFigmaLink, parseFigmaLinks } from 'plan-access-tokens/figma'
import { describe, expect, test } from 'vitest'
import { ONE_LINK } from '../../src/core/one-link.ts'

const DIGITS = [...'0123456789']
const BASE62 = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz']
const text = (chars: readonly string[], maxLength: number, minLength = 1) =>
  fc.string({ unit: fc.constantFrom(...chars), minLength, maxLength })
const id = text(DIGITS, 32)
const key = text(BASE62, 128)

/** A link as its parts, and as a text. */
interface Rendered {
  readonly link: string
  readonly kind: string
  readonly id: string
  readonly planId: string | undefined
}

const KNOWN_WORDS = ['design', 'file', 'board', 'slides', 'buzz', 'site', 'make', 'proto', 'deck']
/** Words that Figma may add, with keys as long as Figma's are. */
const newWord = text([...BASE62, '-', '_'], 20).filter(
  (word) => ![...KNOWN_WORDS, 'files', 'branch', 'team', 'project', 'folder', 'workspace'].includes(word.toLowerCase()),
)
const pathWith = (word: fc.Arbitrary<string>, key: fc.Arbitrary<string>) =>
  fc.record({ word, file: key, branch: fc.option(key, { nil: undefined }) })
const filePath = fc
  .oneof(pathWith(fc.constantFrom(...KNOWN_WORDS), key), pathWith(newWord, text(BASE62, 128, 22)))
  .map(({ word, file, branch }) => ({
    path: `/${word}/${file}${branch === undefined ? '' : `/branch/${branch}`}`,
    kind: 'file',
    id: branch ?? file,
    planId: undefined,
  }))

/** The kinds of a chain, from the outermost to the one that is named. */
const CHAINS = ['workspace', 'team'].flatMap((kind) => [[kind], ...['project', 'folder'].map((leaf) => [kind, leaf])])
CHAINS.push(['project'], ['folder'], ['workspace', 'team'])
CHAINS.push(['workspace', 'team', 'project'], ['workspace', 'team', 'folder'])
const placePath = fc
  .record({ chain: fc.constantFrom(...CHAINS), ids: fc.tuple(id, id, id), planId: fc.option(id, { nil: undefined }) })
  .map(({ chain, ids, planId }) => ({
    path: `/files${planId === undefined ? '' : `/${planId}`}${chain.map((kind, i) => `/${kind}/${ids[i]}`).join('')}`,
    kind: chain.at(-1) as string,
    id: ids[chain.length - 1] as string,
    planId,
  }))

const TITLE = [
  ...BASE62,
  '-',
  '_',
  '~',
  '!',
  '.',
  '%20',
  '%C3%A9',
  'é',
  '字',
  '%2F',
  '%5C',
  '%',
  ':',
  '👩‍👩‍👧',
  '\u200e',
]
const QUERY = [...BASE62, ...'-=&/?:@.%+'.split(''), 'é']
const CHAIN_WORDS = ['branch', 'team', 'project', 'folder']
/** Dots between separators lead elsewhere, and a word of the table is no title. */
const isTitle = (title: string) => !/(^|%2F|%5C)\.{1,2}($|%2F|%5C)/.test(title) && !CHAIN_WORDS.includes(title)
const title = text(TITLE, 30).filter(isTitle)
const titles = fc.oneof(
  title.map((title) => `/${title}`),
  fc.constant('/'),
)
/** Behind a file anything may follow. */
const more = fc.constantFrom('', '', '/duplicate', '/a/b/')

/** Links that name something, in whatever spelling, without a comma, so that they can be listed. */
const rendered: fc.Arbitrary<Rendered> = fc
  .record({
    scheme: fc.constantFrom('https://', 'HTTPS://', 'Https://', ''),
    host: fc.constantFrom('figma.com', 'www.figma.com', 'Figma.com', 'WWW.FIGMA.COM'),
    named: fc.oneof(filePath, placePath),
    title: fc.option(titles, { nil: '' }),
    more,
    slash: fc.constantFrom('', '/'),
    query: fc.option(
      text(QUERY, 30, 0).map((query) => `?${query}`),
      { nil: '' },
    ),
    fragment: fc.option(
      text(QUERY, 30, 0).map((fragment) => `#${fragment}`),
      { nil: '' },
    ),
  })
  .map(({ scheme, host, named: { path, ...named }, title, more, slash, query, fragment }) => ({
    ...named,
    link: `${scheme}${host}${path}${title}${named.kind === 'file' ? more : ''}${slash}${query}${fragment}`,
  }))

/** Anything at all, and things that are nearly links. */
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  text([...BASE62, ...'/:?#@.,%\\ \n\t\u0000\u00ad\u200b\ud800'.split('')], 200, 0),
  fc
    .tuple(rendered, fc.nat(), fc.string({ unit: 'binary', maxLength: 3 }))
    .map(([{ link }, at, bit]) => link.slice(0, at % link.length) + bit + link.slice(at % link.length)),
)

/** Where the host begins. */
const startOf = (link: string): number => /^https:\/\//i.exec(link)?.[0].length ?? 0

describe('a link of Figma', () => {
  test('that is rendered is read back: its resource, and the plan that it claims', () => {
    fc.assert(
      fc.property(rendered, ({ link, kind, id, planId }) => {
        expect(parseFigmaLink(link)).toEqual({
          ok: true,
          resource: { kind, id },
          ...(planId !== undefined && { planId }),
        })
      }),
      { numRuns: 1_000 },
    )
  })

  test('is refused once anything is put into its host', () => {
    const bit = fc.oneof(
      fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    )
    fc.assert(
      fc.property(rendered, bit, fc.nat(), (right, bit, at) => {
        const start = startOf(right.link)
        const length = right.link.indexOf('/', start) - start
        const place = start + (at % (length + 1))
        // The colon of a port that is not said.
        if (bit === ':' && place === start + length && start > 0) return
        expect(parseFigmaLink(right.link.slice(0, place) + bit + right.link.slice(place))).toMatchObject({ ok: false })
      }),
      { numRuns: 1_000 },
    )
  })

  test('is refused once a part of its path is doubled or turned into dots; behind its id, doubling means nothing', () => {
    fc.assert(
      fc.property(
        rendered,
        fc.constantFrom('//', '/./', '/../', '/%2e/', '/%2E%2e/', '/.%2e/'),
        fc.nat(),
        (right, bit, at) => {
          const end = right.link.search(/[?#]|$/)
          const slashes = [...right.link.slice(0, end).matchAll(/\//g)].map(({ index }) => index).filter((i) => i > 8)
          const place = slashes[at % slashes.length] as number
          const parsed = parseFigmaLink(right.link.slice(0, place) + bit + right.link.slice(place + 1))
          const { kind, id } = right
          if (parsed.ok && bit === '//') expect(parsed.resource).toEqual({ kind, id })
          else expect(parsed).toMatchObject({ ok: false })
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('never names what its own text does not hold', () => {
    fc.assert(
      fc.property(anything, (link) => {
        const parsed = parseFigmaLink(link)
        if (!parsed.ok) return
        expect(link).toContain(`/${parsed.resource.id}`)
        expect(parsed.resource.id).toMatch(parsed.resource.kind === 'file' ? /^[0-9A-Za-z]{1,128}$/ : /^[0-9]{1,32}$/)
        expect(link).toMatch(/^((https:\/\/)?(www\.)?figma\.com|https:\/\/(www\.)?figma\.com:(443)?)\//i)
      }),
      { numRuns: 2_000 },
    )
  })

  /** Links, near links, and links with something put into what follows the host. */
  const taken = fc.oneof(
    rendered.map(({ link }) => link),
    anything,
    fc
      .tuple(
        rendered,
        fc.nat(),
        fc.constantFrom('%2F', '%5C', '%2e', '/branch/B', '%2Fteam%2F3', '%62', '//', ';', '..'),
      )
      .map(([{ link }, at, bit]) => {
        const start = link.indexOf('/', startOf(link))
        const place = start + (at % (link.length - start + 1))
        return link.slice(0, place) + bit + link.slice(place)
      }),
  )

  test('that the reader takes, the URL standard takes to Figma too, and its spelling names the same', () => {
    fc.assert(
      fc.property(taken, (link) => {
        const parsed = parseFigmaLink(link)
        if (!parsed.ok) return
        const { protocol, hostname, port, username, href } = new URL(startOf(link) > 0 ? link : `https://${link}`)
        expect([protocol, port, username]).toEqual(['https:', '', ''])
        expect(['figma.com', 'www.figma.com']).toContain(hostname)
        if (href.length <= 2_048) expect(parseFigmaLink(href)).toEqual(parsed)
      }),
      { numRuns: 3_000 },
    )
  })

  test('that the reader takes, names the same or nothing to whoever decodes it before reading', () => {
    fc.assert(
      fc.property(taken, (link) => {
        // But for a title such as `branch/B`, whose slash Figma encodes: it separates nothing (RFC 3986, section 2.2).
        if (new RegExp(`/(${CHAIN_WORDS.join('|')})%2f`, 'i').test(link)) return
        const parsed = parseFigmaLink(link)
        const decoded = link.replace(/%[2-7][0-9a-f]/gi, decodeURIComponent)
        const read = parseFigmaLink(decoded)
        if (parsed.ok && read.ok) expect(read).toEqual(parsed)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('a text of links', () => {
  const separator = text([',', ' ', '\n', '\t', '\r\n', '\u00a0'], 4)

  test('of right links gives each of them, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(rendered, separator), { maxLength: 20 }), separator, (list, before) => {
        const { resources, mistakes } = parseFigmaLinks(before + list.map(([{ link }, after]) => link + after).join(''))
        expect(mistakes).toEqual([])
        expect(resources.map(({ link, kind, id, planId }) => ({ link, kind, id, planId }))).toEqual(
          list.map(([right]) => right),
        )
      }),
    )
  })

  test('is cut without loss: what it found and what it refused are all that stands between separators', () => {
    const mixed = fc.array(
      fc.tuple(
        fc.oneof(
          rendered.map(({ link }) => link),
          anything,
        ),
        separator,
      ),
      { maxLength: 10 },
    )
    fc.assert(
      fc.property(mixed, (list) => {
        const whole = list.flat().join('')
        const { resources, mistakes } = parseFigmaLinks(whole)
        const rest = [...resources]
        const seen: string[] = []
        for (const { 0: part, index } of whole.matchAll(ONE_LINK)) {
          const mistake = mistakes.find(({ start }) => start === index)
          seen.push(mistake ? whole.slice(mistake.start, mistake.end) : (rest.shift()?.link ?? 'nothing'))
          expect(seen.at(-1)).toBe(part)
          if (mistake) expect(mistake.link).toBe(part)
        }
        expect(seen).toHaveLength(resources.length + mistakes.length)
      }),
      { numRuns: 500 },
    )
  })

  test('says of each link what the reader of one link says of it', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 5 }), (list) => {
        const { resources, mistakes } = parseFigmaLinks(list.join('\n'))
        for (const { link, kind, id, planId } of resources)
          expect(parseFigmaLink(link)).toEqual({
            ok: true,
            resource: { kind, id },
            ...(planId !== undefined && { planId }),
          })
        for (const { link, start: _, end: __, ...mistake } of mistakes)
          expect(parseFigmaLink(link)).toEqual({ ok: false, ...mistake })
      }),
    )
  })
})
