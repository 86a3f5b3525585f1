/** What whoever runs the service does across plans: finds tokens and events, ends a plan's tokens, moves them to another plan. */
import { definePolicy, memoryStore, type TokenRecord, type TokenStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { npmPolicy } from 'plan-access-tokens/npm'
import { type OperatorTokensInput, operator } from 'plan-access-tokens/operator'
import { requestWith } from 'plan-access-tokens/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { codeOf, DAY, errorOf, newWorld, POLICY, START, type World } from '../support/world.ts'

const WHY = { actor: 'ops:mia', reason: 'Ticket 4711: the contract ended' }
let world: World
beforeEach(() => {
  world = newWorld()
})

const namesOf = ({ tokens }: { readonly tokens: readonly { readonly name: string }[] }): string[] =>
  tokens.map(({ name }) => name).sort()

/** Every page, with the sizes that came. */
async function all(input: OperatorTokensInput = {}): Promise<string[]> {
  const names: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await operator(world.tokens).tokens({ ...input, ...(after !== undefined && { after }) })
    names.push(...namesOf(page))
    after = page.next
    if (after === undefined) return names.sort()
  }
}

describe('tokens', () => {
  beforeEach(async () => {
    const { make, tokens, clock } = world
    const old = await make({ name: 'old', lifetimeDays: 2 })
    await make({ name: 'short', lifetimeDays: 10 })
    const gone = await make({ name: 'gone', scopes: ['file_metadata:read'] })
    await make({ name: 'other plan', actor: 'admin-2', planId: '2002', scopes: ['file_metadata:read'] })
    await tokens.revoke({ actor: 'admin-1', id: gone.id })
    clock.advance(5 * DAY)
    await make({ name: 'new', lifetimeDays: 365 })
    expect(await world.ask(old.secret)).toBe('token_expired')
  })

  it.each<[OperatorTokensInput, string[]]>([
    [{}, ['gone', 'new', 'old', 'other plan', 'short']],
    [{ limit: 1 }, ['gone', 'new', 'old', 'other plan', 'short']],
    [{ planId: '2002' }, ['other plan']],
    [{ planId: '4004' }, []],
    [{ status: 'active' }, ['new', 'other plan', 'short']],
    [{ status: 'expired' }, ['old']],
    [{ status: 'revoked' }, ['gone']],
    [{ type: 'rest', status: 'revoked' }, ['gone']],
    [{ type: 'npm' }, []],
    [{ scope: 'file_metadata:read' }, ['gone', 'other plan']],
    [{ scope: 'file_metadata' }, []],
    [{ expiresBefore: START + 11 * DAY }, ['short']],
    [{ expiresBefore: START + 10 * DAY }, []],
    [{ unusedSince: START + DAY }, ['other plan', 'short']],
    [{ unusedSince: START }, []],
    [{ unusedSince: START + 6 * DAY, planId: '1001' }, ['new', 'short']],
  ])('that fit %j are %j', async (input, names) => {
    expect(await all(input)).toEqual(names)
  })

  it('that were used since are not among the unused', async () => {
    const { secret } = await world.make({ name: 'busy' })
    world.clock.advance(DAY)
    await world.ask(secret)
    await world.tokens.close()
    world.clock.advance(DAY)
    expect(await all({ unusedSince: START + 5.5 * DAY })).not.toContain('busy')
    expect(await all({ unusedSince: START + 6.5 * DAY })).toContain('busy')
  })

  it('come without a digest, with the next page behind the last that was looked at', async () => {
    const first = await operator(world.tokens).tokens({ limit: 2 })
    expect(first.tokens).toHaveLength(2)
    expect(JSON.stringify(first)).not.toMatch(/[0-9a-f]{64}/)
    const ids = first.tokens.map(({ id }) => id)
    expect(first.next).toBe(ids.sort().at(-1))
  })
})

it('a filter that fits nothing comes to an end after 10,000 tokens, with a next', async () => {
  const { store } = world
  const scans: number[] = []
  const many = Array.from({ length: 12_000 }, (_, i) => ({ ...record, id: String(i).padStart(6, '0') }))
  const scan: NonNullable<TokenStore['scan']> = async ({ after = '', limit }) => {
    scans.push(limit)
    const from = many.findIndex(({ id }) => id > after)
    return from === -1 ? [] : many.slice(from, from + limit)
  }
  const { tokens } = newWorld({ store: { ...store, scan } as typeof store })
  const first = await operator(tokens).tokens({ scope: 'file_comments:write' })
  expect(first).toEqual({ tokens: [], next: '009999' })
  expect(await operator(tokens).tokens({ scope: 'file_comments:write', after: '009999' })).toEqual({ tokens: [] })
  expect(scans.reduce((sum, limit) => sum + limit, 0)).toBeLessThanOrEqual(12_500)
})
const record = {
  ...{ v: 1, id: '', planId: '1001', type: 'rest', name: 'One of many', description: '', scopes: [], resources: 'all' },
  ...{ createdAt: START, createdBy: 'admin-1', lifetimeDays: 30, expiresAt: START + 30 * DAY, secrets: [] },
  ...{ revokedAt: null, revokedBy: null, version: 1, eventId: 'e', idempotency: [] },
} satisfies TokenRecord

it('events come from all plans in the order in which they were written, in pages', async () => {
  await world.make({ name: 'one' })
  await world.make({ actor: 'admin-2', planId: '2002' })
  const { token } = await world.make({ name: 'three' })
  await world.tokens.revoke({ actor: 'admin-1', id: token.id })
  const ops = operator(world.tokens)
  const told = async (input: Parameters<typeof ops.events>[0]) =>
    (await ops.events(input)).events.map(({ type, planId }) => `${type} ${planId}`)
  expect(await told({})).toEqual(['created 1001', 'created 2002', 'created 1001', 'revoked 1001'])
  expect(await told({ order: 'newest', limit: 1 })).toEqual(['revoked 1001'])
  expect(await told({ planId: '2002' })).toEqual(['created 2002'])
  expect(await told({ tokenId: token.id })).toEqual(['created 1001', 'revoked 1001'])
  const first = await ops.events({ limit: 3 })
  expect(first.next).toBe('3')
  expect(await told({ after: '3' })).toEqual(['revoked 1001'])
  expect(await ops.events({ after: '4' })).toEqual({ events: [] })
})

describe('revokePlan', () => {
  it('ends every active token of the plan at once, and no other, and the log says who and why', async () => {
    const mine = [await world.make(), await world.make(), await world.make()]
    const [, ended] = mine
    await world.tokens.revoke({ actor: 'admin-1', id: ended?.id as string })
    const other = await world.make({ actor: 'admin-2', planId: '2002' })
    expect(await operator(world.tokens).revokePlan({ planId: '1001', ...WHY })).toEqual({ tokens: 2 })
    for (const { secret } of mine) expect(await world.ask(secret)).toBe('token_revoked')
    expect(await world.ask(other.secret, 'GET /v1/files/FileZ')).toBe('allowed')
    const { events } = await world.tokens.events({ actor: 'admin-1', planId: '1001', order: 'newest', limit: 2 })
    for (const event of events) expect(event).toMatchObject({ type: 'revoked', ...WHY })
    expect(await operator(world.tokens).revokePlan({ planId: '1001', ...WHY })).toEqual({ tokens: 0 })
  })

  it('also ends a token that is made meanwhile, and of a plan that may have none any more', async () => {
    await world.make()
    let late: Promise<unknown> | undefined
    const commit = world.store.commit.bind(world.store)
    world.store.commit = async (...pair) => {
      const answer = await commit(...pair)
      if (pair[1].type === 'revoked') late ??= world.make({ name: 'late' })
      await late
      return answer
    }
    expect(await operator(world.tokens).revokePlan({ planId: '1001', ...WHY })).toEqual({ tokens: 2 })
    const other = await world.make()
    world.directory.setPlan('1001', { suspended: true })
    expect(await operator(world.tokens).revokePlan({ planId: '1001', ...WHY })).toEqual({ tokens: 1 })
    world.directory.setPlan('1001', { suspended: false })
    expect(await world.ask(other.secret)).toBe('token_revoked')
  })

  it('goes on where it stopped', async () => {
    for (let i = 0; i < 5; i++) await world.make({ name: `Token ${i}` })
    const { store } = world
    const commit = store.commit.bind(store)
    let left = 2
    store.commit = async (...pair) => (left-- > 0 ? commit(...pair) : Promise.reject(new Error('away')))
    const fast = newWorld({ store, clock: world.clock, directory: world.directory, timeoutMs: 20 })
    expect(await codeOf(operator(fast.tokens).revokePlan({ planId: '1001', ...WHY }))).toBe('unavailable')
    store.commit = commit
    expect(await operator(world.tokens).revokePlan({ planId: '1001', ...WHY })).toEqual({ tokens: 3 })
  })
})

describe('movePlan', () => {
  const move = { from: '1001', to: '2002', ...WHY }

  it('lets no edit pass that was judged by the plan before, though its actor is an admin of both', async () => {
    let toMove = false
    const { make, tokens, store, directory, clock } = newWorld({
      port: (given) => ({
        ...given,
        async commit(...args) {
          // The edit is judged by then, and not written.
          if (toMove) await operator(plain.tokens).movePlan(move)
          toMove = false
          return given.commit(...args)
        },
      }),
    })
    const plain = newWorld({ store, directory, clock })
    directory.setPlan('2002', { admins: ['admin-1'] })
    directory.rules = (planId) => (planId === '2002' ? { scopes: ['file_content:read'] } : undefined)
    const { id } = await make({ scopes: ['file_content:read'] })
    const edit = { actor: 'admin-1', id, scopes: ['file_content:read', 'projects:read'] } as const
    toMove = true
    expect(await codeOf(tokens.edit(edit))).toBe('version_conflict')
    expect(await codeOf(tokens.edit(edit))).toBe('invalid_input')
    expect(await tokens.get({ actor: 'admin-1', id })).toMatchObject({ planId: '2002', scopes: ['file_content:read'] })
  })

  it('takes every token along, with secrets, scopes and dates, and each log tells of it', async () => {
    const { tokens, directory } = world
    const { id, secret, token } = await world.make({ resources: ['https://www.figma.com/design/FileA'] })
    const ended = await world.make({ name: 'ended' })
    await tokens.revoke({ actor: 'admin-1', id: ended.id })
    expect(await operator(tokens).movePlan(move)).toEqual({ tokens: 2 })
    // Its resources still lie in the other plan, so nothing is open meanwhile.
    expect(await world.ask(secret)).toBe('resource_not_in_plan')
    directory.move('file:FileA', 'plan:2002')
    expect(await world.ask(secret)).toBe('allowed')
    const moved = await tokens.get({ actor: 'admin-2', id })
    const { name, scopes, resources, createdAt, createdBy, expiresAt } = token
    const stays = { name, scopes, resources, createdAt, createdBy, expiresAt }
    expect(moved).toMatchObject({ ...stays, planId: '2002', version: 3, secrets: [{ worksUntil: null }] })
    expect(await codeOf(tokens.get({ actor: 'admin-1', id }))).toBe('token_not_found')
    expect(await tokens.list({ actor: 'admin-1', planId: '1001' })).toEqual({ tokens: [] })
    const log = async (actor: string, planId: string) =>
      (await tokens.events({ actor, planId, tokenId: id })).events.map(({ type, reason, changes, ...event }) => ({
        ...{ type, actor: event.actor, reason },
        moves: changes?.planId,
      }))
    const moves = { before: '1001', after: '2002' }
    expect(await log('admin-1', '1001')).toEqual([
      { type: 'created', actor: 'admin-1', reason: undefined, moves: undefined },
      { type: 'moving', ...WHY, moves },
    ])
    expect(await log('admin-2', '2002')).toEqual([{ type: 'moved', ...WHY, moves }])
    // From now on it is a token like any other of the plan.
    const { secret: fresh } = await tokens.refresh({ actor: 'admin-2', id })
    expect((await tokens.authorize(requestWith(fresh, 'GET /v1/files/FileA'))).allowed).toBe(true)
  })

  it('goes on where it stopped, at whichever commit that was', async () => {
    for (let failing = 0; failing < 6; failing++) {
      world = newWorld()
      const made = [await world.make(), await world.make(), await world.make()]
      const { store } = world
      const commit = store.commit.bind(store)
      let left = failing
      store.commit = async (...pair) => (left-- > 0 ? commit(...pair) : Promise.reject(new Error('away')))
      const fast = newWorld({ store, clock: world.clock, directory: world.directory, timeoutMs: 20 })
      expect(await codeOf(operator(fast.tokens).movePlan(move))).toBe('unavailable')
      store.commit = commit
      await operator(world.tokens).movePlan(move)
      const { tokens } = await world.tokens.list({ actor: 'admin-2', planId: '2002' })
      expect(tokens.map(({ id }) => id).sort()).toEqual(made.map(({ id }) => id).sort())
      const { events } = await world.tokens.events({ actor: 'admin-2', planId: '2002' })
      expect(events.map(({ type }) => type)).toEqual(['moved', 'moved', 'moved'])
    }
  })

  it('loses no revoke of an admin at the same moment', async () => {
    const { id, secret } = await world.make()
    await Promise.all([
      operator(world.tokens).movePlan(move),
      world.tokens.revoke({ actor: 'admin-1', id }).catch(() => world.tokens.revoke({ actor: 'admin-2', id })),
    ])
    expect(await world.ask(secret)).toBe('token_revoked')
    expect((await world.tokens.get({ actor: 'admin-2', id })).planId).toBe('2002')
  })

  it('leaves whoever made a token no way back to it: a repeated create gives no secret of the other plan', async () => {
    const wish = { name: 'Nightly', idempotencyKey: 'nightly' }
    const { id, secret } = await world.make(wish)
    await operator(world.tokens).movePlan(move)
    expect(await codeOf(world.make(wish))).toBe('idempotency_key_spent')
    expect((await world.tokens.get({ actor: 'admin-2', id })).version).toBe(3)
    expect(await world.ask(secret, 'GET /v1/me')).not.toBe('secret_retired')
  })

  it('looks at every policy first, so that no plan is half here and half there', async () => {
    const npm = npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.test' })
    const policy = [POLICY, definePolicy({ ...npm.data, tiers: ['organization'] } as typeof npm.data)] as const
    const both = newWorld({ policy: policy as never })
    await both.make()
    await both.make({ type: 'npm', name: 'npm', scopes: ['npm:read'] } as never)
    for (const order of [0, 1]) {
      expect(await codeOf(operator(both.tokens).movePlan(move)), String(order)).toBe('plan_not_eligible')
      const { tokens } = await both.tokens.list({ actor: 'admin-1', planId: '1001' })
      expect(tokens.map(({ version }) => version)).toEqual(order === 0 ? [1, 1] : [1, 1, 1])
      await both.make({ name: 'one more' })
    }
  })

  it('refuses a plan that may have no tokens, and moves nothing', async () => {
    const { id } = await world.make()
    for (const to of ['3003', '4004'])
      expect(await codeOf(operator(world.tokens).movePlan({ ...move, to }))).toBe('plan_not_eligible')
    expect((await world.tokens.get({ actor: 'admin-1', id })).version).toBe(1)
  })
})

describe('what is wrong', () => {
  it.each([
    ['tokens', { limit: 0, after: 'a\n', scope: '', expiresBefore: 1.5, soon: true }],
    ['events', { after: 'x', order: 'up' }],
    ['revokePlan', { planId: '1001', actor: '', reason: ' ' }],
    ['revokePlan', undefined],
    ['movePlan', { from: '1001', to: '1001', ...WHY }],
    ['movePlan', { from: '1001', to: 'x'.repeat(257), actor: 'ops', reason: 'y'.repeat(1_001) }],
  ] as const)('with the input of %s is told at once (%#)', async (call, input) => {
    const ops = operator(world.tokens) as unknown as Record<string, (input: unknown) => Promise<unknown>>
    const error = await errorOf(ops[call]?.(input) as Promise<unknown>)
    expect([error.code, error.issues.map(({ path, message }) => `${path}: ${message}`)]).toMatchSnapshot()
  })

  it('with a plan whose id cannot be one is told', async () => {
    const { data } = figmaPolicy()
    const policy = definePolicy({ ...data, kinds: { ...data.kinds, plan: { id: 'integer' } } } as typeof data)
    const { tokens } = newWorld({ policy })
    const error = await errorOf(operator(tokens).movePlan({ from: '1001', to: 'acme', ...WHY }))
    expect(error.issues).toMatchObject([{ path: 'to', message: 'is no id that a plan can have.' }])
  })

  it('with the tokens is a SetupError', () => {
    for (const wrong of [undefined, {}, { ...world.tokens }, memoryStore()])
      expect(() => operator(wrong as World['tokens'])).toThrow(
        'operator() found mistakes in the set-up:\n  tokens: must be what createPlanTokens gave, itself and no copy.',
      )
  })

  it('with the store is told by its method', async () => {
    const { scan: _, lastUse: __, ...less } = world.store
    const { tokens } = newWorld({ store: less as typeof world.store })
    await expect(operator(tokens).tokens()).rejects.toThrow('it has no scan')
    const { tokens: other } = newWorld({ store: { ...world.store, lastUse: undefined } as never })
    await expect(operator(other).tokens({ unusedSince: START })).rejects.toThrow('it has no lastUse')
  })
})
