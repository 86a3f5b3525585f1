/** What is wrong with an input is said at once, with paths, and nothing is written: `create` as the call that takes the most. */
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, errorOf, newWorld, TOKEN } from '../support/world.ts'

const { tokens, store, ask } = newWorld()
const create = (change: object) => tokens.create({ ...TOKEN, ...change } as never)
const pathsOf = async (change: object): Promise<string[]> =>
  (await errorOf(create(change))).issues.map(({ path }) => path)
/** Written so that the file itself shows no invisible character. */
const char = (code: number): string => String.fromCodePoint(code)

const WRONG: readonly [string, object, readonly string[]][] = [
  ...[0, -1, 366, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '90', null, 2 ** 53, undefined].map(
    (lifetimeDays): [string, object, string[]] => [
      `a lifetime of ${String(lifetimeDays)} days`,
      { lifetimeDays },
      ['lifetimeDays'],
    ],
  ),
  ...[0x00, 0x0a, 0x1b, 0x7f, 0x85, 0x2028, 0x202e, 0x2066, 0xd800].map((code): [string, object, string[]] => [
    `a name with U+${code.toString(16)}`,
    { name: `a${char(code)}b` },
    ['name'],
  ]),
  ['an empty name', { name: '' }, ['name']],
  ['a name of only spaces', { name: '   ' }, ['name']],
  ['a name of 101 characters', { name: 'x'.repeat(101) }, ['name']],
  ['a name of a million characters', { name: 'x'.repeat(1_000_000) }, ['name']],
  ['a name that is a number', { name: 7 }, ['name']],
  ['a description of 1,001 characters', { description: 'x'.repeat(1_001) }, ['description']],
  ['a description of null', { description: null }, ['description']],
  ['no scopes', { scopes: [] }, ['scopes']],
  ['scopes that are no list', { scopes: 'files:read' }, ['scopes']],
  ['scopes twice', { scopes: ['files:read', 'files:read'] }, ['scopes[1]']],
  [
    'scopes that are reserved, unknown, or no text',
    { scopes: ['file_comments:write', 'raed', 5, null] },
    ['scopes[0]', 'scopes[1]', 'scopes[2]', 'scopes[3]'],
  ],
  ['ten thousand scopes', { scopes: Array.from({ length: 10_000 }, (_, i) => `s${i}`) }, ['scopes']],
  ['no links', { resources: [] }, ['resources']],
  ['resources that are neither', { resources: 'ALL' }, ['resources']],
  ['resources that are null', { resources: null }, ['resources']],
  ["another plan's link by its words", { resources: ['https://figma.com/files/2002/project/123'] }, ['resources[0]']],
  ["another plan's link by its place", { resources: ['https://figma.com/design/FileZ'] }, ['resources[0]']],
  ['a link to nothing', { resources: ['https://figma.com/design/Nowhere'] }, ['resources[0]']],
  [
    'links that are no text',
    { resources: [5, null, ['https://figma.com/design/FileA']] },
    ['resources[0]', 'resources[1]', 'resources[2]'],
  ],
  [
    '1,001 links',
    { resources: Array.from({ length: 1_001 }, (_, i) => `https://figma.com/design/File${i}`) },
    ['resources'],
  ],
  ['a type that does not exist', { type: 'npm' }, ['type']],
  ['a type named like a property of objects', { type: '__proto__' }, ['type']],
  ['a type that is a list', { type: ['rest'] }, ['type']],
  ['unknown fields', { colour: 'red', expiresAt: 5 }, ['colour', 'expiresAt']],
  ['an empty key', { idempotencyKey: '' }, ['idempotencyKey']],
  ['a key of 201 characters', { idempotencyKey: 'k'.repeat(201) }, ['idempotencyKey']],
  ['a key that does not print', { idempotencyKey: `a${char(0)}` }, ['idempotencyKey']],
  ['an actor that is none', { actor: '' }, ['actor']],
  ['an actor of only spaces', { actor: '  ' }, ['actor']],
  ['a plan that is a number', { planId: 1001 }, ['planId']],
]

describe('create refuses', () => {
  it.each(WRONG)('%s', async (_, change, paths) => {
    const error = await errorOf(create(change))
    expect([error.name, error.code, error.status]).toEqual(['PlanTokenError', 'invalid_input', 400])
    expect([...new Set(error.issues.map(({ path }) => path))]).toEqual(paths)
    for (const { path, message } of error.issues) expect(error.message).toContain(`${path}: ${message}`)
    expect(await store.events({ limit: 1 })).toEqual([])
  })

  it('a thousand links with three mistakes, naming exactly these', async () => {
    const links = Array.from({ length: 1_000 }, () => 'https://figma.com/design/FileA')
    links[3] = 'http://figma.com/design/FileA'
    links[40] = 'https://figma.com/design/FileZ'
    links[500] = 'https://figma.com.example/design/FileA'
    const error = await errorOf(create({ resources: links }))
    expect(error.issues.map(({ path }) => path)).toEqual(['resources[3]', 'resources[40]', 'resources[500]'])
    for (const { message } of error.issues) expect(message.length).toBeGreaterThan(20)
  })

  it('says every mistake once and all together', async () => {
    const error = await errorOf(
      tokens.create({
        actor: ADMIN,
        planId: '1001',
        type: 'rset',
        name: '',
        lifetimeDays: 0,
        scopes: ['files:raed'],
        resources: ['x'],
        colour: 1,
      } as never),
    )
    const paths = error.issues.map(({ path }) => path)
    expect(paths.toSorted()).toEqual(['colour', 'lifetimeDays', 'name', 'resources[0]', 'scopes[0]', 'type'])
    expect(error.message).toContain('Did you mean "files:read"?')
  })

  it('what is left out, once each', async () => {
    expect(
      (
        await pathsOf({
          type: undefined,
          name: undefined,
          lifetimeDays: undefined,
          scopes: undefined,
          resources: undefined,
        })
      ).toSorted(),
    ).toEqual([...['lifetimeDays', 'name', 'resources', 'scopes', 'type']])
    expect((await errorOf(tokens.create({} as never))).issues.map(({ path }) => path).toSorted()).toEqual([
      ...['actor', 'lifetimeDays', 'name', 'planId', 'resources', 'scopes', 'type'],
    ])
  })

  it('what is no object', async () => {
    for (const input of [undefined, null, 5, 'text', [], () => 1]) {
      const error = await errorOf(tokens.create(input as never))
      expect(error.code).toBe('invalid_input')
    }
  })

  it('an object that cannot be read', async () => {
    const trap = Object.defineProperty({ ...TOKEN }, 'name', {
      enumerable: true,
      get() {
        throw new Error('trap')
      },
    })
    expect(await codeOf(tokens.create(trap as never))).toBe('invalid_input')
  })

  it('__proto__ as a field, without touching any prototype', async () => {
    const input = JSON.parse(JSON.stringify(TOKEN).replace('{', '{"__proto__":{"resources":"all","admin":true},'))
    expect(await codeOf(tokens.create(input))).toBe('invalid_input')
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  it('fields of a prototype', async () => {
    expect(await codeOf(tokens.create(Object.create(TOKEN)))).toBe('invalid_input')
  })

  it("a person who is no admin, before anything is said of the input's meaning", async () => {
    const error = await errorOf(create({ actor: 'admin-2', name: '', scopes: ['x'] }))
    expect([error.code, error.issues]).toEqual(['not_plan_admin', []])
  })
})

describe('create takes', () => {
  it.each([
    ['a name of 100 characters beyond the basic plane', { name: char(0x1f511).repeat(100) }],
    ['markup and formulas', { name: '=1+1 <b>' }],
    ['a description of 1,000 characters', { description: 'x'.repeat(1_000) }],
    ['365 days', { lifetimeDays: 365 }],
    ['a key of 200 characters', { idempotencyKey: 'k'.repeat(200) }],
  ])('%s', async (_, change) => {
    const { token } = await create(change)
    expect(token).toMatchObject('idempotencyKey' in change ? {} : change)
  })

  it('a name with spaces around it, without them', async () => {
    expect((await create({ name: '  Nightly  ' })).token.name).toBe('Nightly')
  })

  it('a resource that is named twice, once', async () => {
    const { token } = await create({ resources: ['https://figma.com/design/FileA', 'www.figma.com/file/FileA/Title'] })
    expect(token.resources).toEqual([{ kind: 'file', id: 'FileA', link: 'https://figma.com/design/FileA' }])
  })

  it('a deprecated scope, with a warning', async () => {
    expect((await create({ scopes: ['files:read'] })).token.warnings).toEqual([
      { code: 'scope_deprecated', scope: 'files:read' },
    ])
  })

  it('each field as it was when it was checked, though the caller changes it meanwhile', async () => {
    const scopes = ['file_content:read']
    const resources = ['https://figma.com/design/FileA']
    let reads = 0
    const input = Object.defineProperty({ ...TOKEN, scopes, resources }, 'lifetimeDays', {
      enumerable: true,
      get: () => (reads++ === 0 ? 1 : 9_999),
    })
    const call = tokens.create(input as never)
    scopes[0] = 'org:activity_log_read'
    resources[0] = 'https://figma.com/design/FileB'
    const { token, secret } = await call
    expect([token.lifetimeDays, token.scopes]).toEqual([1, ['file_content:read']])
    expect(await ask(secret)).toBe('allowed')
    expect(await ask(secret, 'GET /v1/files/FileB')).toBe('resource_not_allowed')
  })
})

describe('every other call', () => {
  it('refuses fields that it lacks and ids that are none', async () => {
    const { id } = (await create({})).token
    const calls = [tokens.get, tokens.refresh, tokens.revoke, tokens.previewRefresh] as ((
      input: never,
    ) => Promise<unknown>)[]
    for (const call of calls) {
      expect(await codeOf(call({ actor: ADMIN, id, colour: 1 } as never))).toBe('invalid_input')
      expect(await codeOf(call({ actor: ADMIN } as never))).toBe('invalid_input')
      for (const odd of ['', '   ', 'x'.repeat(257), `a${char(0)}`, 5, null, {}]) {
        expect(await codeOf(call({ actor: ADMIN, id: odd } as never))).toBe('invalid_input')
      }
    }
    const error = await errorOf(tokens.refresh({ actor: ADMIN, id, retirePrevious: 'never' } as never))
    expect(error.issues.map(({ path }) => path)).toEqual(['retirePrevious'])
  })
})
