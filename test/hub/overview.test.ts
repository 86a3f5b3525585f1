/** The overview of a plan's tokens on the server: what it finds and counts, that it is never older than the log, and who may ask. */
import fc from 'fast-check'
import { memoryStore, type Token } from 'plan-access-tokens'
import type { AdminApiError } from 'plan-access-tokens/admin'
import { HUB_TEXTS } from 'plan-access-tokens/hub'
import { describe, expect, it } from 'vitest'
import { countsOf, fitsQuery, orderBy } from '../../src/hub/overview/judge.ts'
import type { Overview, OverviewQuery } from '../../src/hub/overview/query.ts'
import { DAY } from '../support/world.ts'
import { type HubWorld, hubWorld, LINKS, PATH, PLAN } from './world.ts'

/** Asks as the page does. */
async function ask(
  { hub }: HubWorld,
  query: OverviewQuery & { readonly [other: string]: string } = {},
  { plan = PLAN, tag }: { readonly plan?: string; readonly tag?: string } = {},
) {
  const url = `https://hub.example${PATH}/api/plans/${plan}/overview?${new URLSearchParams({ type: 'rest', ...query })}`
  const response = await hub(new Request(url, { headers: tag === undefined ? {} : { 'if-none-match': tag } }))
  const body = (response.status === 304 ? undefined : await response.json()) as Overview & { readonly code: string }
  return { status: response.status, tag: response.headers.get('etag') ?? '', body }
}

const namesOf = ({ body }: Awaited<ReturnType<typeof ask>>): string[] => body.tokens.map(({ name }) => name)

/** A world whose database can be another one from one moment to the next, as after it was restored. */
async function restorable() {
  const stores = [memoryStore(), memoryStore()] as const
  let at: 0 | 1 = 0
  const calls = { list: 0 }
  const store = new Proxy(stores[0], {
    get: (_, name: keyof (typeof stores)[0]) => {
      if (typeof stores[0][name] !== 'function') return stores[at][name]
      return (...given: unknown[]) => {
        if (name === 'list') calls.list++
        return (stores[at][name] as (...all: unknown[]) => unknown)(...given)
      }
    },
  })
  const change = (to: 0 | 1): void => {
    at = to
  }
  return { ...(await hubWorld({ engine: { store } })), calls, change }
}

/** A world whose calls of the store are counted. */
async function counted(options: Parameters<typeof hubWorld>[0] = {}) {
  const store = memoryStore()
  const calls = { list: 0, find: 0, events: 0 }
  for (const name of ['list', 'find', 'events'] as const) {
    const plain = store[name].bind(store) as (...given: unknown[]) => unknown
    Object.assign(store, {
      [name]: (...given: unknown[]) => {
        calls[name]++
        return plain(...given)
      },
    })
  }
  const world = await hubWorld({ ...options, engine: { store } })
  return { ...world, calls }
}

const NOW = Date.parse('2027-01-31T12:00:00Z')

const moment = fc.integer({ min: -200, max: 200 }).map((days) => NOW + days * DAY)
const anyToken = fc.record({
  id: fc.uuid(),
  name: fc.constantFrom('Export', 'export 2', 'Ärger', 'Backup 10', 'Backup 9'),
  description: fc.constantFrom('', 'nightly'),
  type: fc.constantFrom('rest', 'npm'),
  scopes: fc.subarray(['a', 'b']),
  resources: fc.constantFrom('all' as const, [{ kind: 'file', id: '1', link: 'https://l/1' }], []),
  createdBy: fc.constantFrom('ada', 'bob'),
  createdAt: moment,
  expiresAt: moment,
  revokedAt: fc.option(moment),
  lastUsedAt: fc.option(moment),
  request: fc.constantFrom(undefined, { by: 'ada', at: NOW }),
}) as unknown as fc.Arbitrary<Token>
const withSecrets = fc
  .tuple(fc.array(anyToken, { maxLength: 20 }), fc.array(moment, { minLength: 20, maxLength: 20 }))
  .map(([tokens, ends]) =>
    tokens.map(
      (token, i): Token => ({
        ...token,
        secrets: [
          { issuedAt: token.createdAt, worksUntil: ends[i] ?? 0, lastUsedAt: token.lastUsedAt ?? null },
          { issuedAt: NOW - DAY, worksUntil: null, lastUsedAt: null },
        ],
      }),
    ),
  )
const anyQuery: fc.Arbitrary<OverviewQuery> = fc.record(
  {
    type: fc.constantFrom('rest', 'npm'),
    status: fc.constantFrom('active', 'pending', 'expired', 'revoked'),
    search: fc.constantFrom('EXP', 'nightly', 'ärg'),
    expiring: fc.constantFrom('7', '30', '90'),
    unused: fc.constantFrom('7', '30', '90'),
    never: fc.constant('true' as const),
    oldSecret: fc.constant('true' as const),
    scope: fc.constantFrom('a', 'b'),
    by: fc.constantFrom('ada', 'bob'),
  },
  { requiredKeys: [] },
)

/** The plain reading of every filter. */
function plainly(token: Token, query: OverviewQuery): boolean {
  const is =
    token.revokedAt !== null ? 'revoked' : token.expiresAt <= NOW ? 'expired' : token.request ? 'pending' : 'active'
  const days = (from: number): number => (NOW - from) / DAY
  const begun = Math.max(token.createdAt, token.secrets[0]?.issuedAt ?? 0)
  const text = `${token.name}\n${token.description}`.toLowerCase()
  const [old] = token.secrets
  if (query.type && token.type !== query.type) return false
  if (query.status && is !== query.status) return false
  if (query.search && !text.includes(query.search.toLowerCase())) return false
  if (query.scope && !token.scopes.includes(query.scope)) return false
  if (query.by && token.createdBy !== query.by) return false
  if ((query.expiring || query.unused || query.never || query.oldSecret) && is !== 'active') return false
  if (query.expiring && days(token.expiresAt) < -Number(query.expiring)) return false
  if (query.unused && (days(begun) < Number(query.unused) || days(token.lastUsedAt ?? 0) < Number(query.unused)))
    return false
  if (query.never && token.lastUsedAt !== null) return false
  if (query.oldSecret && !((old?.worksUntil ?? 0) > NOW && (old?.lastUsedAt ?? 0) >= NOW - DAY)) return false
  return true
}

describe('what fits', () => {
  it('is what each filter says in plain words, alone and together', () => {
    fc.assert(
      fc.property(withSecrets, anyQuery, (tokens, query) => {
        expect(tokens.filter((token) => fitsQuery(token, query, NOW))).toEqual(
          tokens.filter((token) => plainly(token, query)),
        )
      }),
    )
  })

  it('is counted as it is found', () => {
    fc.assert(
      fc.property(withSecrets, (tokens) => {
        const found = (query: OverviewQuery): number => tokens.filter((token) => fitsQuery(token, query, NOW)).length
        expect(countsOf(tokens, NOW)).toEqual({
          all: tokens.length,
          active: found({ status: 'active' }),
          pending: found({ status: 'pending' }),
          expired: found({ status: 'expired' }),
          revoked: found({ status: 'revoked' }),
          expiring7: found({ expiring: '7' }),
          expiring30: found({ expiring: '30' }),
          expiring90: found({ expiring: '90' }),
          unused: found({ unused: '90' }),
          never: found({ never: 'true' }),
          oldSecret: found({ oldSecret: 'true' }),
        })
      }),
    )
  })

  it('keeps every token, in an order that turns round', () => {
    const collator = new Intl.Collator('en', { numeric: true })
    fc.assert(
      fc.property(withSecrets, fc.constantFrom('name', 'status', 'used', 'created', 'expires'), (tokens, sort) => {
        const up = tokens.toSorted(orderBy(sort as 'name', 'asc', NOW, collator))
        const down = tokens.toSorted(orderBy(sort as 'name', 'desc', NOW, collator))
        expect(new Set(up)).toEqual(new Set(tokens))
        expect(new Set(down)).toEqual(new Set(tokens))
        const keys = (list: readonly Token[]) => list.map(({ name }) => name)
        if (sort === 'name') {
          expect(keys(up)).toEqual(keys(tokens).sort(collator.compare))
          expect(keys(down)).toEqual(keys(tokens).sort(collator.compare).reverse())
        }
        if (sort === 'created')
          expect([...down].reverse().map((one) => one.createdAt)).toEqual(up.map((one) => one.createdAt))
      }),
    )
  })
})

describe('the overview', () => {
  it('is sorted as people of the language of the page sort, numbers by their size', async () => {
    const world = await hubWorld()
    for (const name of ['Zeta', 'Ärger', 'Job 10', 'Job 9']) await world.make(name)
    expect(namesOf(await ask(world, { sort: 'name', lang: 'sv' }))).toEqual(['Job 9', 'Job 10', 'Zeta', 'Ärger'])
    expect(namesOf(await ask(world, { sort: 'name' }))).toEqual(['Ärger', 'Job 9', 'Job 10', 'Zeta'])
    expect(namesOf(await ask(world, { sort: 'name', dir: 'desc', lang: 'sv' }))).toEqual([
      'Ärger',
      'Zeta',
      'Job 10',
      'Job 9',
    ])
  })

  it('counts all of a tab, finds by every filter, and says what filters can be', async () => {
    const world = await hubWorld()
    await world.make('Soon', { lifetimeDays: 5 })
    await world.make('Bob has made it', { actor: 'bob', scopes: ['projects:read'] })
    await world.make('One file', { resources: [LINKS.landing] })
    const ended = await world.make('Ended', { resources: [LINKS.brand] })
    await world.tokens.revoke({ actor: 'ada', id: ended.token.id })
    await world.make('Of the registry', { type: 'npm', scopes: [], resources: 'all' } as never).catch(() => undefined)
    const { body } = await ask(world)
    expect(body.whole).toMatchObject({
      total: 4,
      page: 1,
      pages: 1,
      counts: { all: 4, active: 3, revoked: 1, expiring7: 1, never: 3, unused: 0 },
      makers: [
        { value: 'ada', count: 3 },
        { value: 'bob', count: 1 },
      ],
    })
    expect(namesOf(await ask(world, { expiring: '7' }))).toEqual(['Soon'])
    expect(namesOf(await ask(world, { by: 'bob' }))).toEqual(['Bob has made it'])
    expect(namesOf(await ask(world, { scope: 'projects:read' }))).toEqual(['Bob has made it'])
    expect(namesOf(await ask(world, { search: 'FILE' }))).toEqual(['One file'])
    expect(namesOf(await ask(world, { resource: LINKS.landing, sort: 'name', status: 'active' }))).toEqual([
      'Bob has made it',
      'One file',
      'Soon',
    ])
    expect(namesOf(await ask(world, { resource: 'team:456', status: 'revoked' }))).toEqual(['Ended'])
    // What lies in a team is reached by whoever reaches the team.
    const logos = 'https://www.figma.com/design/LOGOS2026/Logos'
    expect(namesOf(await ask(world, { resource: logos, status: 'revoked' }))).toEqual(['Ended'])
    world.later(91)
    expect(namesOf(await ask(world, { unused: '90', sort: 'name' }))).toEqual([])
    expect((await ask(world)).body.whole?.counts).toMatchObject({ active: 0, expired: 3 })
  })

  it('leaves a resource out that names nothing in the plan, and says why', async () => {
    const world = await hubWorld()
    await world.make('Website sync')
    for (const resource of [LINKS.elsewhere, LINKS.nonsense, 'https://a.example/']) {
      const { status, body } = await ask(world, { resource })
      expect(status).toBe(200)
      expect(HUB_TEXTS).toHaveProperty(`issue_${body.mistake?.code}`)
      expect(body.tokens).toHaveLength(1)
    }
  })

  it('finds the tokens whose old secret is still used after a refresh', async () => {
    const world = await hubWorld()
    const first = await world.make('Careful')
    const other = await world.make('Careless')
    for (const { id } of [first.token, other.token]) await world.tokens.refresh({ actor: 'ada', id })
    world.later(0.1)
    await world.use(other.secret)
    expect(namesOf(await ask(world, { oldSecret: 'true' }))).toEqual(['Careless'])
    world.later(2)
    expect(namesOf(await ask(world, { oldSecret: 'true' }))).toEqual([])
  })

  it('has pages of 50; one that there is not is the last', async () => {
    const world = await hubWorld()
    for (let i = 0; i < 102; i++) await world.make(`Job ${i}`)
    expect(namesOf(await ask(world, { sort: 'name', page: '3' }))).toEqual(['Job 100', 'Job 101'])
    const { body } = await ask(world, { sort: 'name', page: '900000' })
    expect(body.whole).toMatchObject({ total: 102, page: 3, pages: 3 })
  })

  it('refuses what is no filter', async () => {
    const world = await hubWorld()
    for (const query of [
      { status: 'lost' },
      { page: '0' },
      { page: '1e3' },
      { expiring: '31' },
      { sort: 'id' },
      { x: '1' },
      { resource: 'a b' },
      { lang: 'x' },
      { since: 'now' },
      { search: 'x'.repeat(201) },
      { after: '?' },
    ]) {
      const { code, issues } = (await ask(world, query as never)).body as unknown as AdminApiError
      expect(code).toBe('invalid_input')
      for (const issue of issues) expect(HUB_TEXTS).toHaveProperty(`issue_${issue.code}`)
    }
  })
})

describe('freshness', () => {
  it('nothing new is 304, whatever was done is not, and only what changed is read', async () => {
    const world = await counted()
    const made = await world.make('Website sync')
    for (let i = 0; i < 20; i++) await world.make(`Job ${i}`)
    const first = await ask(world)
    world.calls.list = world.calls.find = world.calls.events = 0
    expect((await ask(world, {}, { tag: first.tag })).status).toBe(304)
    expect(world.calls).toEqual({ list: 0, find: 0, events: 1 })
    await world.tokens.edit({ actor: 'bob', id: made.token.id, name: 'By Bob' })
    world.calls.list = world.calls.find = world.calls.events = 0
    const second = await ask(world, { search: 'By Bob' }, { tag: first.tag })
    expect(namesOf(second)).toEqual(['By Bob'])
    expect(world.calls).toEqual({ list: 0, find: 1, events: 2 })
    await world.tokens.revoke({ actor: 'bob', id: made.token.id })
    const { body } = await ask(world, { status: 'revoked' }, { tag: second.tag })
    expect(body.tokens).toMatchObject([{ name: 'By Bob', status: 'revoked' }])
  })

  it('nothing new is 304 also behind a proxy that compresses answers, which makes the tag a weak one', async () => {
    const world = await hubWorld()
    await world.make('Website sync')
    const { tag } = await ask(world)
    for (const known of [`W/${tag}`, `"x", W/${tag}`]) expect((await ask(world, {}, { tag: known })).status).toBe(304)
    for (const known of ['W/"x"', tag.slice(1, -1), '']) expect((await ask(world, {}, { tag: known })).status).toBe(200)
  })

  it('tells what others did since, and not what one did oneself', async () => {
    const world = await hubWorld()
    const { token } = await world.make('Website sync')
    const { body } = await ask(world)
    await world.tokens.edit({ actor: 'ada', id: token.id, name: 'Website' })
    await world.tokens.revoke({ actor: 'bob', id: token.id })
    const { body: later } = await ask(world, { since: String(body.seq) })
    expect(later.news).toMatchObject([{ type: 'revoked', actor: 'bob', tokenId: token.id, name: 'Website' }])
    expect((await ask(world, { since: String(later.seq) })).body.news).toEqual([])
  })

  it('a token that ends meanwhile has ended, without an event', async () => {
    const world = await hubWorld()
    await world.make('Short', { lifetimeDays: 1 })
    const { tag } = await ask(world)
    world.later(1.001)
    const { status, body } = await ask(world, {}, { tag })
    expect(status).toBe(200)
    expect(body.tokens).toMatchObject([{ name: 'Short', status: 'expired' }])
    expect(body.whole?.counts).toMatchObject({ active: 0, expired: 1 })
  })

  it('last uses that are shown are those of now', async () => {
    const world = await hubWorld()
    const { secret } = await world.make('Website sync')
    expect((await ask(world)).body.tokens[0]?.lastUsedAt).toBe(null)
    await world.use(secret)
    world.later(10 / 86_400)
    expect((await ask(world)).body.tokens[0]?.lastUsedAt).toBeTypeOf('number')
    world.later(70 / 86_400)
    expect((await ask(world)).body.whole?.counts.never).toBe(0)
  })

  it('requests at the same time share what is read', async () => {
    const world = await counted()
    for (let i = 0; i < 5; i++) await world.make(`Job ${i}`)
    world.calls.list = 0
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(world)))
    expect(answers.every(({ body }) => body.tokens.length === 5)).toBe(true)
    expect(world.calls.list).toBe(1)
  })
})

describe('people', () => {
  it('by whom one can filter have their names, whoever made the tokens of the page', async () => {
    const world = await hubWorld({ describeActor: (ids) => ids.map((id) => `Name of ${id}`) })
    await world.make('By Bob', { actor: 'bob', lifetimeDays: 300 })
    for (let i = 0; i < 50; i++) await world.make(`Job ${i}`)
    const { body } = await ask(world)
    expect(body.tokens.some(({ createdBy }) => createdBy === 'bob')).toBe(false)
    expect(body).toMatchObject({ actors: { ada: 'Name of ada', bob: 'Name of bob' } })
  })
})

describe('rights', () => {
  it('are asked anew for each request: who is no admin learns nothing of what is kept for others', async () => {
    const world = await hubWorld()
    await world.make('Website sync')
    const { tag } = await ask(world)
    world.state.actor = 'mallory'
    expect((await ask(world)).status).toBe(403)
    expect((await ask(world, {}, { tag })).status).toBe(403)
    world.state.actor = undefined
    expect((await ask(world, {}, { tag })).status).toBe(401)
    world.state.actor = 'bob'
    expect(namesOf(await ask(world))).toEqual(['Website sync'])
    expect((await ask(world, {}, { plan: '1002' })).status).toBe(403)
  })

  it('that are lost in the midst of an answer take no token out of what others see', async () => {
    let left = Number.POSITIVE_INFINITY
    const world = await hubWorld({
      directory: { isPlanAdmin: (actor, planId) => planId === PLAN && (actor === 'bob' || left-- > 0) },
    })
    const { token } = await world.make('Website sync')
    expect(namesOf(await ask(world))).toEqual(['Website sync'])
    await world.tokens.edit({ actor: 'bob', id: token.id, name: 'By Bob' })
    for (const calls of [1, 2, 3]) {
      left = calls
      await ask(world)
      world.state.actor = 'bob'
      expect(namesOf(await ask(world))).toEqual(['By Bob'])
      await world.tokens.edit({ actor: 'bob', id: token.id, name: 'Again' })
      await world.tokens.edit({ actor: 'bob', id: token.id, name: 'By Bob' })
      world.state.actor = 'ada'
    }
  })
})

describe('a database that was restored', () => {
  it('is what is shown at once, and is kept in memory like the one before', async () => {
    const world = await restorable()
    for (const name of ['First', 'Second', 'Third']) await world.make(name)
    world.change(1)
    await world.make('Restored')
    world.change(0)
    expect((await ask(world)).body.tokens).toHaveLength(3)
    world.change(1)
    expect(namesOf(await ask(world))).toEqual(['Restored'])
    world.calls.list = 0
    for (let i = 0; i < 5; i++) expect(namesOf(await ask(world))).toEqual(['Restored'])
    expect(world.calls.list).toBe(0)
  })

  it('is told from the one before also where as much was done in it, and more', async () => {
    const world = await restorable()
    await world.make('Lost')
    const { tag } = await ask(world)
    world.change(1)
    await world.make('Restored')
    const { status, body } = await ask(world, {}, { tag })
    expect([status, body.tokens.map(({ name }) => name)]).toEqual([200, ['Restored']])
    world.change(0)
    await ask(world)
    world.change(1)
    await world.make('And more')
    expect(namesOf(await ask(world, { sort: 'name' }))).toEqual(['And more', 'Restored'])
  })
})

describe('memory', () => {
  it('of what was worked out for a type that there is not is nobody else’s answer', async () => {
    const world = await hubWorld()
    await world.make('Website sync')
    expect((await ask(world, { type: 'undefined' })).body.tokens).toEqual([])
    const all = await world.hub(new Request(`https://hub.example${PATH}/api/plans/${PLAN}/overview`))
    expect(((await all.json()) as Overview).tokens).toHaveLength(1)
  })

  it('a plan with more tokens than are kept is the list of the engine, page by page', async () => {
    const world = await counted({ overviewTokens: 60 })
    for (let i = 0; i < 70; i++) await world.make(`Job ${i}`, { lifetimeDays: 10 + i })
    const first = await ask(world, { sort: 'name' })
    expect(first.body.whole).toBeUndefined()
    expect(namesOf(first)[0]).toBe('Job 0')
    expect(first.body.tokens).toHaveLength(50)
    const second = await ask(world, { after: first.body.next ?? '' })
    expect(namesOf(second)).toContain('Job 69')
    expect(second.body.next).toBeUndefined()
    world.calls.list = 0
    expect((await ask(world, {}, { tag: second.tag })).status).toBe(304)
    expect(world.calls.list).toBe(0)
    // It is not counted again each time.
    await ask(world)
    expect(world.calls.list).toBe(1)
  })

  it('that is too small for two plans makes nobody read them again as long as nothing is new', async () => {
    const world = await counted({ overviewTokens: 10 })
    for (let i = 0; i < 6; i++) {
      await world.make(`Acme ${i}`)
      await world.make(`Globex ${i}`, { planId: '1002' })
    }
    const { tag } = await ask(world)
    const { tag: other } = await ask(world, {}, { plan: '1002' })
    world.calls.list = 0
    for (let i = 0; i < 3; i++) {
      expect((await ask(world, {}, { tag })).status).toBe(304)
      expect((await ask(world, {}, { plan: '1002', tag: other })).status).toBe(304)
    }
    expect(world.calls.list).toBe(0)
  })

  it('keeps the plans that were asked about last', async () => {
    const world = await counted({ overviewTokens: 10 })
    for (let i = 0; i < 6; i++) {
      await world.make(`Acme ${i}`)
      await world.make(`Globex ${i}`, { planId: '1002' })
    }
    await ask(world)
    await ask(world, {}, { plan: '1002' })
    world.calls.list = 0
    await ask(world, {}, { plan: '1002' })
    expect(world.calls.list).toBe(0)
    expect((await ask(world)).body.tokens).toHaveLength(6)
    expect(world.calls.list).toBe(1)
  })
})
