/** The rules of a plan: what an organization allows its tokens within the policy, when they are made, changed, refreshed and used. */
import fc from 'fast-check'
import { definePolicy, memoryStore, type PlanRules } from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { npmPolicy } from 'plan-access-tokens/npm'
import { operator } from 'plan-access-tokens/operator'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import {
  ADMIN,
  codeOf,
  DAY,
  errorOf,
  HOUR,
  newDirectory,
  newWorld,
  POLICY,
  START,
  type Wish,
} from '../support/world.ts'

const PROJECT = 'https://www.figma.com/files/1001/project/123'

/** A world whose directory has rules for plan 1001, which a test can change. */
function ruled(rules: unknown, options: Parameters<typeof newWorld>[0] = {}) {
  const given = { rules }
  const directory = { ...newDirectory(), rules: (planId: string) => (planId === '1001' ? given.rules : undefined) }
  const world = newWorld({ ...options, directory: directory as never })
  const set = (other: unknown): void => {
    given.rules = other
  }
  return { ...world, set }
}

const issuesOf = async (call: Promise<unknown>) =>
  (await errorOf(call)).issues.map(({ path, message }) => `${path} ${message}`)

describe('what is made and changed', () => {
  it.each<[string, PlanRules, Wish, string]>([
    [
      'longer than the plan allows',
      { maxLifetimeDays: 29 },
      {},
      'lifetimeDays must be a whole number of days from 1 to 29. The rules of the plan say so.',
    ],
    [
      'with a scope that it does not allow',
      { scopes: ['files:read'] },
      { scopes: ['files:read', 'file_content:read'] },
      'scopes[1] is not allowed. The rules of the plan say so.',
    ],
    [
      'for all resources',
      { allResources: false },
      {},
      'resources must be a list of links. The rules of the plan say so.',
    ],
  ])('a token %s is not made, and whose rule it was is said', async (_, rules, wish, issue) => {
    const { make, log } = ruled(rules)
    expect(await issuesOf(make(wish))).toEqual([issue])
    expect(await log()).toEqual([])
  })

  it('all of it is said at once, with what else is wrong, and a mistake of the policy alone is no rule of the plan', async () => {
    const { make } = ruled({ maxLifetimeDays: 7, scopes: [], allResources: false })
    const found = await issuesOf(make({ name: '' }))
    expect(found.map((text) => text.split(' ')[0])).toEqual(['name', 'lifetimeDays', 'scopes[0]', 'resources'])
    const [first] = await issuesOf(make({ lifetimeDays: 366 }))
    expect(first).toBe('lifetimeDays must be a whole number of days from 1 to 365.')
  })

  it('a token within the rules is made, of another plan by no rules, and rules that say nothing change nothing', async () => {
    const { make, set } = ruled({
      maxLifetimeDays: 30,
      scopes: ['file_content:read'],
      allResources: false,
      idleDays: 1,
    })
    expect((await make({ resources: [PROJECT] })).token.lifetimeDays).toBe(30)
    expect((await make({ actor: 'admin-2', planId: '2002', lifetimeDays: 365 })).token.resources).toBe('all')
    for (const none of [undefined, null, {}, { maxLifetimeDays: 999, allResources: true, scopes: undefined }]) {
      set(none)
      expect((await make({ lifetimeDays: 365 })).token.lifetimeDays).toBe(365)
    }
  })

  it('scopes that come with a type are refused at the type', async () => {
    const policy = [POLICY, npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.test' })] as never
    const { make } = ruled({ scopes: ['npm:read'] }, { policy })
    const all = { type: 'npm' as never, resources: 'all' } as const
    expect(await issuesOf(make({ ...all, scopes: ['npm:read', 'npm:write'] as never }))).toEqual([
      'scopes[1] is not allowed. The rules of the plan say so.',
    ])
  })

  it('a token is kept to addresses where the plan requires it, whatever its type says', async () => {
    const { make, tokens, set, ask } = ruled({ addresses: 'required' }, { addresses: addressRanges() })
    expect(await issuesOf(make())).toEqual(['addresses must be given. The rules of the plan say so.'])
    expect(await issuesOf(make({ addresses: ['10.0.0.1/8'] }))).toHaveLength(1)
    const { id } = await make({ addresses: ['10.0.0.0/8'] })
    expect(await issuesOf(tokens.edit({ actor: ADMIN, id, addresses: null }))).toEqual([
      'addresses must be given. The rules of the plan say so.',
    ])
    set(undefined)
    const old = await make()
    set({ addresses: 'required' })
    expect(await ask(old.secret)).toBe('allowed')
    expect((await tokens.edit({ actor: ADMIN, id: old.id, name: 'Other' })).name).toBe('Other')
    expect(await codeOf(tokens.refresh({ actor: ADMIN, id: old.id }))).toBe('plan_rules_broken')
    await tokens.edit({ actor: ADMIN, id: old.id, addresses: ['10.0.0.0/8'] })
    expect((await tokens.refresh({ actor: ADMIN, id: old.id })).token.addresses).toEqual(['10.0.0.0/8'])
  })

  it('an edit may narrow and may not widen beyond the rules; what it leaves alone is not asked about', async () => {
    const { make, tokens, set } = ruled(undefined)
    const { id } = await make({ scopes: ['file_content:read', 'projects:read'] })
    set({ scopes: ['file_content:read'], allResources: false })
    expect((await tokens.edit({ actor: ADMIN, id, name: 'Other' })).name).toBe('Other')
    expect(await issuesOf(tokens.edit({ actor: ADMIN, id, scopes: ['projects:read'], resources: 'all' }))).toEqual([
      'scopes[0] is not allowed. The rules of the plan say so.',
      'resources must be a list of links. The rules of the plan say so.',
    ])
    const edited = await tokens.edit({ actor: ADMIN, id, scopes: ['file_content:read'], resources: [PROJECT] })
    expect(edited).toMatchObject({ scopes: ['file_content:read'], resources: [{ id: '123' }] })
  })

  it('a refresh gives no more days than the rules allow, and nothing to a token that holds what they forbid', async () => {
    const { make, tokens, set, clock } = ruled(undefined)
    const { id } = await make({ lifetimeDays: 90 })
    set({ maxLifetimeDays: 10, allResources: false })
    const error = await errorOf(tokens.refresh({ actor: ADMIN, id }))
    expect([error.code, error.status]).toEqual(['plan_rules_broken', 409])
    expect(error.issues.map(({ path }) => path)).toEqual(['resources'])
    expect(await codeOf(tokens.previewRefresh({ actor: ADMIN, id }))).toBe('plan_rules_broken')
    const narrowed = await tokens.edit({ actor: ADMIN, id, resources: [PROJECT] })
    expect(narrowed.warnings).toEqual([{ code: 'lifetime_shortened', lifetimeDays: 10 }])
    clock.advance(HOUR)
    const expiresAt = START + HOUR + 10 * DAY
    expect((await tokens.previewRefresh({ actor: ADMIN, id })).expiresAt).toBe(expiresAt)
    expect((await tokens.refresh({ actor: ADMIN, id })).token).toMatchObject({ expiresAt, lifetimeDays: 90 })
    // A rule that is taken back takes nothing away for good.
    set(undefined)
    expect((await tokens.refresh({ actor: ADMIN, id })).token.expiresAt).toBe(START + HOUR + 90 * DAY)
  })
})

describe('a policy that has changed', () => {
  const policyOf = (scopes: object, fixed: readonly string[]) =>
    definePolicy({
      ...{ surface: 's', credential: { headers: [], bearer: true }, kinds: {}, links: { hosts: [], shapes: [] } },
      scopes,
      types: { live: { prefix: 'x' }, cli: { prefix: 'xcli', fixed } },
      tiers: ['organization'],
      endpoints: { 'GET /a': { scopes: Object.keys(scopes), names: 'nothing' } },
    } as never)
  const before = policyOf({ read: {}, write: {} }, ['read'])
  const after = policyOf({ view: { aliases: ['read'] }, write: {} }, ['view', 'write'])
  const wish = { type: 'live', scopes: ['read'] } as never

  it('calls a scope by another name, and the rules, tokens of before and new ones mean the same', async () => {
    const world = ruled({ scopes: ['read'] }, { policy: before as never })
    const { id } = await world.make(wish)
    for (const scopes of [['read'], ['view']]) {
      const { make, tokens } = ruled({ scopes }, { policy: after as never, store: world.store, clock: world.clock })
      expect((await tokens.refresh({ actor: ADMIN, id })).token.scopes).toEqual(['view'])
      expect((await make({ ...(wish as object), scopes: ['view'] } as never)).token.scopes).toEqual(['view'])
      expect(await codeOf(tokens.edit({ actor: ADMIN, id, scopes: ['write'] as never }))).toBe('invalid_input')
      expect((await tokens.edit({ actor: ADMIN, id, scopes: ['view'] as never })).scopes).toEqual(['view'])
    }
  })

  it('gives a type more scopes than the rules allow: its tokens of before are not refreshed', async () => {
    const world = ruled({ scopes: ['read'] }, { policy: before as never })
    const { id } = await world.make({ type: 'cli', scopes: [] } as never)
    const { tokens } = ruled({ scopes: ['view'] }, { policy: after as never, store: world.store, clock: world.clock })
    const error = await errorOf(tokens.refresh({ actor: ADMIN, id }))
    expect([error.code, error.issues.map(({ path }) => path)]).toEqual(['plan_rules_broken', ['type']])
  })
})

describe('an edit', () => {
  it('that was judged by the rules of one plan changes nothing of a token that is in another by then', async () => {
    const store = memoryStore()
    const places = newDirectory()
    places.setPlan('2002', { admins: [ADMIN] })
    const rules = (planId: string) => (planId === '2002' ? { scopes: ['file_content:read'] } : undefined)
    const world = newWorld({ store, directory: { ...places, rules } as never })
    const { id } = await world.make()
    const { commit } = store
    store.commit = async (record, event) => {
      if (event.type !== 'edited') return commit(record, event)
      store.commit = commit
      await operator(world.tokens).movePlan({ from: '1001', to: '2002', actor: 'ops', reason: 'Merger' })
      return commit(record, event)
    }
    const edit = { actor: ADMIN, id, scopes: ['file_content:read', 'projects:read'] } as const
    expect(await codeOf(world.tokens.edit(edit))).toBe('version_conflict')
    expect(await codeOf(world.tokens.edit(edit))).toBe('invalid_input')
    expect(await world.tokens.get({ actor: ADMIN, id })).toMatchObject({
      planId: '2002',
      scopes: ['file_content:read'],
    })
  })

  it('is given no new secret by the key of its creation once it holds what the rules forbid', async () => {
    const { tokens, make, set } = ruled(undefined)
    const wish = { scopes: ['file_content:read'], idempotencyKey: 'once' } as const
    const { id } = await make(wish)
    await tokens.edit({ actor: ADMIN, id, scopes: ['file_content:read', 'projects:read'] })
    set({ scopes: ['file_content:read'] })
    expect(await codeOf(make(wish))).toBe('plan_rules_broken')
    await tokens.edit({ actor: ADMIN, id, scopes: ['file_content:read'] })
    expect((await make(wish)).id).toBe(id)
  })
})

describe('a request', () => {
  it('of a token that is older than the rules allow is refused, to the millisecond, until it is refreshed', async () => {
    const { make, tokens, ask, clock, set } = ruled(undefined)
    const { id, secret } = await make({ lifetimeDays: 90 })
    set({ maxLifetimeDays: 7 })
    clock.advance(7 * DAY - 1)
    expect([await ask(secret), (await tokens.inspect({ secret })).active]).toEqual(['allowed', true])
    expect((await tokens.inspect({ secret })).endsAt).toBe(START + 7 * DAY)
    clock.advance(1)
    expect([await ask(secret), (await tokens.inspect({ secret })).active]).toEqual(['lifetime_exceeded', false])
    expect((await tokens.get({ actor: ADMIN, id })).warnings).toContainEqual({ code: 'lifetime_exceeded' })
    const fresh = await tokens.refresh({ actor: ADMIN, id })
    expect([await ask(fresh.secret), await ask(secret)]).toEqual(['allowed', 'allowed'])
    set(undefined)
    expect((await tokens.list({ actor: ADMIN, planId: '1001' })).tokens[0]?.warnings).toEqual([])
  })

  it('of a token that nobody used for so long is refused, whichever of its secrets was used and wherever', async () => {
    const { make, tokens, store, ask, clock, set } = ruled({ idleDays: 3 })
    const { id, secret } = await make({ lifetimeDays: 90 })
    clock.advance(3 * DAY - 1)
    expect(await ask(secret)).toBe('allowed')
    clock.advance(3 * DAY - HOUR)
    expect(await ask(secret)).toBe('allowed')
    // Written, and read by another process.
    await tokens.close()
    const second = ruled({ idleDays: 3 }, { store, clock })
    clock.advance(3 * DAY - HOUR)
    expect(await second.ask(secret)).toBe('allowed')
    clock.advance(3 * DAY)
    expect([await second.ask(secret), (await second.tokens.inspect({ secret })).active]).toEqual(['token_idle', false])
    expect((await second.tokens.get({ actor: ADMIN, id })).warnings).toEqual([{ code: 'token_idle' }])
    // A refusal is no use.
    expect(await second.ask(secret)).toBe('token_idle')
    await second.tokens.refresh({ actor: ADMIN, id })
    expect(await second.ask(secret)).toBe('allowed')
    set({ idleDays: 1 })
  })

  it('asks a store for uses only about a token that it would refuse otherwise', async () => {
    let asked = 0
    const { make, ask, clock } = ruled(
      { idleDays: 2 },
      {
        port: (store) => ({
          ...store,
          lastUse: (ids) => {
            asked += 1
            return store.lastUse(ids)
          },
        }),
      },
    )
    const { secret } = await make({ lifetimeDays: 90 })
    asked = 0
    for (let day = 0; day < 20; day++) {
      clock.advance(DAY)
      expect(await ask(secret)).toBe('allowed')
    }
    expect(asked).toBe(0)
  })

  it.each([
    ['no object', 'strict'],
    ['a list', []],
    ['a misspelt rule', { maxLifetimeDay: 3 }],
    ['a rule that is none of its own', JSON.parse('{ "__proto__": 1 }')],
    ['a date for days', { maxLifetimeDays: '90' }],
    ['half a day', { idleDays: 0.5 }],
    ['no days', { maxLifetimeDays: 0 }],
    ['days without an end', { idleDays: Number.POSITIVE_INFINITY }],
    ['one scope for a list', { scopes: 'files:read' }],
    ['a number among the scopes', { scopes: [1] }],
    ['text for no', { allResources: 'false' }],
    ['another word', { addresses: 'optional' }],
  ])('rules that cannot be read let nothing through, and nothing be made: %s', async (_, wrong) => {
    const errors: string[] = []
    const { make, ask, set, tokens } = ruled(undefined, { onError: (error) => void errors.push(String(error)) })
    const { id, secret } = await make()
    set(wrong)
    expect(await ask(secret)).toBe('unavailable')
    for (const call of [make(), tokens.refresh({ actor: ADMIN, id }), tokens.edit({ actor: ADMIN, id, name: 'x' })])
      expect(await codeOf(call)).toBe('unavailable')
    expect(errors.every((text) => text.startsWith('DirectoryError: directory.rules() '))).toBe(true)
    // What was ended is told as ended all the same.
    expect((await tokens.revoke({ actor: ADMIN, id })).status).toBe('revoked')
    set(undefined)
    expect(await ask(secret)).toBe('token_revoked')
  })

  it('is refused where rules cannot be had', async () => {
    const failing = ruled(undefined)
    const made = await failing.make()
    failing.directory.rules = () => Promise.reject(new Error('down'))
    expect(await failing.ask(made.secret)).toBe('unavailable')
  })

  it.each([
    ['recordUse', 'lastUse'],
    ['recordUse', undefined],
    ['lastUse', undefined],
  ] as const)('is refused from the first on where the rules ask for uses and the store has no %s', async (one, two) => {
    const errors: string[] = []
    const { ask, make, set, tokens } = ruled(
      { idleDays: 30 },
      {
        port: (store) => ({ ...store, [one]: undefined, ...(two && { [two]: undefined }) }) as never,
        onError: (error, { method }) => void errors.push(`${method}: ${error}`),
      },
    )
    const { secret } = await make()
    expect([await ask(secret), await ask(secret)]).toEqual(['unavailable', 'unavailable'])
    expect(await codeOf(tokens.inspect({ secret }))).toBe('unavailable')
    expect(new Set(errors)).toEqual(
      new Set([expect.stringContaining('store.lastUse: StoreError: A plan has the rule idleDays')]),
    )
    set({})
    expect(await ask(secret)).toBe('allowed')
  })

  it('is explained, with the rule', async () => {
    const { make, tokens, clock } = ruled({ idleDays: 3, maxLifetimeDays: 30 })
    const { id, secret } = await make()
    const verdictOf = async () =>
      (await tokens.explain(requestWith(secret, 'GET /v1/files/FileA'))).rules.find(({ rule }) => rule === 'plan_rules')
    expect(await verdictOf()).toEqual({
      rule: 'plan_rules',
      ok: true,
      reason: 'The token is within the rules of its plan.',
      reasons: [{ code: 'rules_kept', message: 'The token is within the rules of its plan.' }],
    })
    clock.advance(3 * DAY)
    expect(await verdictOf()).toMatchObject({
      ok: false,
      code: 'token_idle',
      reason: expect.stringContaining('within 3 days'),
      reasons: [
        expect.objectContaining({ code: 'token_idle' }),
        expect.objectContaining({ code: 'rules_idle', params: { days: 3 } }),
      ],
    })
    const byId = await tokens.explain({ actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' })
    expect(byId.decision).toMatchObject({ allowed: false, code: 'token_idle' })
  })

  it('is judged by old answers for as long as directoryMaxAgeMs allows', async () => {
    const { make, ask, set, clock } = ruled(undefined, { directoryMaxAgeMs: 60_000 })
    const { secret } = await make({ lifetimeDays: 90 })
    clock.advance(8 * DAY)
    expect(await ask(secret)).toBe('allowed')
    set({ maxLifetimeDays: 7 })
    clock.advance(59_999)
    expect(await ask(secret)).toBe('allowed')
    clock.advance(1)
    expect(await ask(secret)).toBe('lifetime_exceeded')
  })
})

describe('rules', () => {
  it('are shown to admins of the plan', async () => {
    const { tokens, set } = ruled({ maxLifetimeDays: 7 })
    expect(await tokens.rules({ actor: ADMIN, planId: '1001' })).toEqual({ maxLifetimeDays: 7 })
    expect(await codeOf(tokens.rules({ actor: 'admin-2', planId: '1001' }))).toBe('not_plan_admin')
    set(undefined)
    expect(await tokens.rules({ actor: ADMIN, planId: '1001' })).toEqual({})
    expect(await newWorld().tokens.rules({ actor: ADMIN, planId: '1001' })).toEqual({})
  })

  it('never let through what the same plan without them would refuse, and never refuse within them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ maxLifetimeDays: fc.integer({ min: 1, max: 40 }), idleDays: fc.integer({ min: 1, max: 40 }) }),
        fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 6 }),
        async (rules, pauses) => {
          const { make, ask, clock, set } = ruled(undefined)
          const { secret } = await make({ lifetimeDays: 90 })
          set(rules)
          let [age, idle] = [0, 0]
          for (const days of pauses) {
            clock.advance(days * DAY)
            age += days
            idle += days
            const expected =
              age >= 90
                ? 'token_expired'
                : age >= rules.maxLifetimeDays
                  ? 'lifetime_exceeded'
                  : idle >= rules.idleDays
                    ? 'token_idle'
                    : 'allowed'
            expect(await ask(secret)).toBe(expected)
            if (expected === 'allowed') idle = 0
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
