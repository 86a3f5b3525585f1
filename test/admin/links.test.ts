/** `POST /links` for a plan: what lies elsewhere is a mistake at its own place, and only what lies in the plan has a name. */
import type { Directory, ResourceRef } from 'plan-access-tokens'
import { testDirectory } from 'plan-access-tokens/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { adminWorld, refused, TOKEN } from './world.ts'

const FIGMA = 'https://www.figma.com'
const MINE = `${FIGMA}/design/MINE123/Landing`
const FOREIGN = `${FIGMA}/design/FOREIGN1`
const NOT_HERE = 'resource_not_in_plan'

/** A plan with a few things in it, and another one. */
const tree = () =>
  testDirectory({
    1001: { admins: ['admin-1'], resources: { 'team:456': { 'project:123': {} }, 'file:MINE123': {} } },
    2002: { admins: ['admin-2'], resources: { 'file:FOREIGN1': {}, 'project:923': {} } },
  })

/** The API with a directory that calls everything by its kind and id, and remembers what it was asked. */
async function placing(change: { readonly [method in keyof Directory]?: unknown } = {}) {
  const real = tree()
  const asked: string[] = []
  const described: string[] = []
  const directory = {
    plan: real.plan,
    isPlanAdmin: real.isPlanAdmin,
    locate(resource: ResourceRef) {
      asked.push(`${resource.kind} ${resource.id}`)
      return real.locate(resource)
    },
    describe(refs: readonly ResourceRef[]) {
      described.push(...refs.map(({ id }) => id))
      return refs.map(({ kind, id }) => (kind === 'team' ? undefined : `The ${kind} ${id}`))
    },
    ...change,
  }
  const w = await adminWorld({ directory, bodyBytes: 4_194_304 })
  const links = (text: string, as = 'admin-1', more: object = { planId: '1001' }) =>
    w.call('POST /links', { as, body: { text, ...more } })
  return { ...w, links, asked, described }
}

it('names what lies in the plan, in the order of the text', async () => {
  const { links } = await placing()
  const text = `${FIGMA}/files/1001/team/456, ${MINE}\n${FIGMA}/files/1001/project/123`
  const { body } = await links(text)
  expect(body.mistakes).toEqual([])
  expect(body.resources).toMatchObject([
    { kind: 'team', id: '456' },
    { kind: 'file', id: 'MINE123', name: 'The file MINE123' },
    { kind: 'project', id: '123', name: 'The project 123' },
  ])
  expect(body.resources[0]).not.toHaveProperty('name')
})

it('without a plan nobody is asked', async () => {
  const { links, asked, described } = await placing()
  expect((await links(`${MINE} ${FOREIGN}`, 'admin-1', {})).body.resources).toHaveLength(2)
  expect([...asked, ...described]).toEqual([])
})

describe('a mistake stands where its link stands', () => {
  it.each<[string, string, readonly [string, string][]]>([
    ['alone', FOREIGN, [[FOREIGN, NOT_HERE]]],
    ['between right ones', `${MINE}, ${FOREIGN},${FIGMA}/files/1001/project/123`, [[FOREIGN, NOT_HERE]]],
    [
      'twice',
      `${FOREIGN}\n${MINE}\n${FOREIGN}`,
      [
        [FOREIGN, NOT_HERE],
        [FOREIGN, NOT_HERE],
      ],
    ],
    [
      'twice, in two spellings',
      `${FOREIGN} www.figma.com/file/FOREIGN1?node-id=1`,
      [
        [FOREIGN, NOT_HERE],
        ['www.figma.com/file/FOREIGN1?node-id=1', NOT_HERE],
      ],
    ],
    [
      'as the beginning of a right link before it',
      `${MINE} ${FIGMA}/file/MINE12 ${FIGMA}/file/MINE1`,
      [
        [`${FIGMA}/file/MINE12`, NOT_HERE],
        [`${FIGMA}/file/MINE1`, NOT_HERE],
      ],
    ],
    [
      'as the beginning of a broken link before it',
      `${FOREIGN}/a/branch/c/d, ${FOREIGN}`,
      [
        [`${FOREIGN}/a/branch/c/d`, 'link_unknown_shape'],
        [FOREIGN, NOT_HERE],
      ],
    ],
    [
      'as the end of a broken link before it',
      `see:${FOREIGN},${FOREIGN}`,
      [
        [`see:${FOREIGN}`, 'link_not_https'],
        [FOREIGN, NOT_HERE],
      ],
    ],
    [
      'behind surrogate pairs',
      `🦄🦄 ${FOREIGN}`,
      [
        ['🦄🦄', 'link_malformed'],
        [FOREIGN, NOT_HERE],
      ],
    ],
    ['with CRLF, tabs and commas without number', `,,\r\n\t${FOREIGN}\r\n,,${MINE},`, [[FOREIGN, NOT_HERE]]],
    [
      'of another plan by the id in its path',
      `${MINE} ${FIGMA}/files/2002/project/923`,
      [[`${FIGMA}/files/2002/project/923`, NOT_HERE]],
    ],
    ['claimed for this plan', `${FIGMA}/files/1001/project/923`, [[`${FIGMA}/files/1001/project/923`, NOT_HERE]]],
    [
      'claimed for another plan, beside the right link to the same',
      `${FIGMA}/files/2002/project/123 ${FIGMA}/files/1001/project/123`,
      [[`${FIGMA}/files/2002/project/123`, NOT_HERE]],
    ],
  ])('%s', async (_, text, expected) => {
    const { links, described } = await placing()
    const { body } = await links(text)
    const mistakes = body.mistakes as readonly { start: number; end: number; link: string; code: string }[]
    expect(mistakes.map(({ link, code }) => [link, code])).toEqual(expected)
    for (const { start, end, link } of mistakes) expect(text.slice(start, end)).toBe(link)
    expect(new Set(mistakes.map(({ start }) => start)).size).toBe(mistakes.length)
    expect(described).not.toContain('FOREIGN1')
    expect(body.resources.length + mistakes.length).toBe(text.match(/[^\s,]+/g)?.length)
  })
})

it('what lies in another plan reads like what does not exist', async () => {
  const { links } = await placing()
  const [foreign, nowhere] = await Promise.all([links(FOREIGN), links(FOREIGN.replace('FOREIGN1', 'NOWHERE1'))])
  expect(nowhere.text.replaceAll('NOWHERE1', 'FOREIGN1')).toBe(foreign.text)
})

it('only an admin of the plan asks where things lie', async () => {
  const { links, asked } = await placing()
  for (const [as, planId] of [
    ['admin-2', '1001'],
    ['admin-1', '2002'],
    ['admin-1', 'nonsense'],
  ] as const)
    refused(await links(MINE, as, { planId }), 'not_plan_admin')
  expect(asked).toEqual([])
})

describe('a directory that fails', () => {
  const fail = () => {
    throw new Error('secret detail')
  }
  const hang = () => new Promise(() => undefined)

  it.each<[string, { readonly [method in keyof Directory]?: unknown }]>([
    ['throws in locate', { locate: fail }],
    ['rejects in locate', { locate: () => Promise.reject(new Error('secret detail')) }],
    ['hangs in locate', { locate: hang }],
    ['throws when asked for admins', { isPlanAdmin: fail }],
    ['hangs when asked for admins', { isPlanAdmin: hang }],
  ])('that %s is unavailable, and says nothing of why', async (_, change) => {
    const { links } = await placing(change)
    expect(refused(await links(MINE), 'unavailable').text).not.toContain('secret detail')
  })

  it('that says nothing of a place has no such resource', async () => {
    const { links } = await placing({ locate: () => undefined })
    expect((await links(MINE)).body).toMatchObject({ resources: [], mistakes: [{ code: NOT_HERE }] })
  })

  it.each<[string, unknown]>([
    ['a number', () => 5],
    ['a plan without ancestors', () => ({ planId: '1001' })],
    ['a plan that is a number', () => ({ planId: 1001, ancestors: [] })],
    ['text', () => '1001'],
  ])('that says %s of a place is unavailable', async (_, locate) => {
    const { links } = await placing({ locate })
    refused(await links(MINE), 'unavailable')
  })

  it.each<[string, unknown]>([
    ['throws', fail],
    ['rejects', () => Promise.reject(new Error('x'))],
    ['hangs', hang],
    ['says nothing', () => undefined],
    ['gives text', () => 'Landing page'],
    ['gives too few', () => []],
    ['gives numbers', () => [7]],
    ['gives empty names', () => [' ']],
    ['is missing', undefined],
  ])('whose describe %s has no names, and its links are right all the same', async (_, describe) => {
    const { links } = await placing({ describe })
    const { body } = await links(MINE)
    expect(body).toEqual({ resources: [{ kind: 'file', id: 'MINE123', link: MINE }], mistakes: [] })
  })

  it.each(['yes', 1, {}])('that says %o of an admin has none', async (answer) => {
    const { links } = await placing({ isPlanAdmin: () => answer })
    refused(await links(MINE), 'not_plan_admin')
  })
})

it('more links than a token can hold are neither placed nor named: somebody could read the names of other plans', async () => {
  const { links, asked, described } = await placing()
  const files = (count: number): string =>
    Array.from({ length: count }, (_, i) => `${FIGMA}/file/NOWHERE${i}`).join('\n')
  const { body } = await links(`${MINE}\n${files(1_000)}`)
  // Nobody has judged them, so none of them is recognised.
  expect(body.resources).toEqual([])
  expect(body.unplaced).toHaveLength(1_001)
  expect(body.unplaced.filter((one: object) => 'name' in one)).toEqual([])
  expect([...asked, ...described]).toEqual([])
  const most = await links(`${MINE}\n${files(999)}`)
  expect(most.body.mistakes).toHaveLength(999)
  expect(most.body.resources).toMatchObject([{ name: 'The file MINE123' }])
  expect(most.body.unplaced).toBeUndefined()
  expect(asked).toHaveLength(1_000)
})

it('a resource counts once, in however many spellings, up to the limit and above it', async () => {
  const { links, asked, call } = await placing()
  const spellings = Array.from({ length: 1_500 }, (_, i) =>
    i % 2 ? `${MINE}-${i}` : `${FIGMA}/file/MINE123?node-id=${i}`,
  )
  const { body } = await links(spellings.join('\n'))
  expect(body).toEqual({
    resources: [{ kind: 'file', id: 'MINE123', link: spellings[0], name: 'The file MINE123' }],
    mistakes: [],
  })
  expect(asked).toEqual(['file MINE123'])
  // The same text without a plan, and a token for all of it, are not counted otherwise.
  expect((await links(spellings.join('\n'), 'admin-1', {})).body.resources).toHaveLength(1)
  const resources = spellings.map((_, i) => `${FIGMA}/files/1001/project/123/Title-${i}`)
  const made = await call('POST /plans/1001/tokens', { as: 'admin-1', body: { ...TOKEN, resources } })
  expect(made.body.token.resources).toEqual([{ kind: 'project', id: '123', link: resources[0] }])
})

it('a spelling that is wrong stays a mistake beside the right one', async () => {
  const { links } = await placing()
  const { body } = await links(
    `${FIGMA}/files/1001/project/123 ${FIGMA}/files/2002/project/123 ${FIGMA}/files/1001/project/123`,
  )
  expect(body.resources).toHaveLength(1)
  expect(body.mistakes).toMatchObject([{ link: `${FIGMA}/files/2002/project/123` }])
})

it('of 5,000 links with 50 mistakes each mistake has its place', async () => {
  const { links } = await placing()
  const text = Array.from({ length: 5_000 }, (_, i) =>
    i % 100 === 7 ? `${MINE}/a/branch/${i}` : `${FIGMA}/file/NOWHERE${i}`,
  ).join('\n')
  const { body } = await links(text)
  expect(body.resources).toEqual([])
  expect(body.unplaced).toHaveLength(4_950)
  expect(body.mistakes).toHaveLength(50)
  for (const { start, end, link } of body.mistakes) expect(text.slice(start, end)).toBe(link)
})

describe('a directory that takes three seconds', () => {
  afterEach(() => void vi.useRealTimers())

  it.each([
    [10_000, 200],
    [2_000, 503],
    [undefined, 503],
  ])('with a timeoutMs of %s of the engine is answered with %i', async (timeoutMs, status) => {
    const real = tree()
    const slow = {
      ...real,
      locate: (ref: ResourceRef) => new Promise((done) => setTimeout(() => done(real.locate(ref)), 3_000)),
    }
    const w = await adminWorld({ directory: slow, world: timeoutMs === undefined ? {} : { timeoutMs } })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
    const answering = w.call('POST /links', { body: { text: MINE, planId: '1001' } })
    await vi.advanceTimersByTimeAsync(4_000)
    expect((await answering).status).toBe(status)
  })
})

it("tells the engine's onError of the error itself, with its method, and the handler's of what was answered", async () => {
  const told: unknown[][] = []
  const onError = (...args: unknown[]) => told.push(args)
  const error = new Error('the words of a driver')
  const directory = { ...tree(), locate: () => Promise.reject(error) }
  const w = await adminWorld({ directory, onError, world: { onError } })
  refused(await w.call('POST /links', { body: { text: MINE, planId: '1001' } }), 'unavailable')
  expect(told).toEqual([
    [error, { method: 'directory.locate' }],
    [expect.objectContaining({ code: 'unavailable', cause: { name: 'Error', method: 'directory.locate' } })],
  ])
})
