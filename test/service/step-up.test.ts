/** Step-up: rules of a plan that ask for a strong or a recent authentication before a change, and what the log says of a session. */
import fc from 'fast-check'
import type { Actor, PlanRules, PlanTokenError, StepUpAction } from 'plan-access-tokens'
import { operator } from 'plan-access-tokens/operator'
import { describe, expect, it } from 'vitest'
import { claimOf, FORMS, legacyOf } from '../legacy/world.ts'
import { ADMIN, codeOf, errorOf, newDirectory, newWorld, START, TOKEN } from '../support/world.ts'

const MFA = 'urn:example:mfa'
const STRONG: Actor = { id: ADMIN, acr: MFA, authTime: START }

/** A world whose plan has rules that a test can change. */
function stepped(rules: PlanRules | undefined, options: Parameters<typeof newWorld>[0] = {}) {
  const given: { rules: unknown } = { rules }
  const directory = { ...newDirectory(), rules: (planId: string) => (planId === '1001' ? given.rules : undefined) }
  const world = newWorld({ ...options, directory: directory as never })
  return {
    ...world,
    set: (other: unknown): void => {
      given.rules = other
    },
  }
}
type World = ReturnType<typeof stepped>

/** Each change, by the action that rules name it by, made by an actor. */
const CALLS: readonly (readonly [
  name: string,
  action: StepUpAction,
  call: (w: World, by: Actor) => Promise<unknown>,
])[] = [
  ['create', 'create', (w, actor) => w.tokens.create({ ...TOKEN, actor })],
  ['edit', 'edit', async (w, actor) => w.tokens.edit({ actor, id: await madeIn(w), name: 'other' })],
  ['refresh', 'refresh', async (w, actor) => w.tokens.refresh({ actor, id: await madeIn(w) })],
  ['revoke', 'revoke', async (w, actor) => w.tokens.revoke({ actor, id: await madeIn(w) })],
  [
    'revokeMany',
    'revoke',
    async (w, actor) => {
      await madeIn(w)
      const { stamp } = await w.tokens.previewRevoke({ actor: ADMIN, planId: '1001', filter: {} })
      return w.tokens.revokeMany({ actor, planId: '1001', filter: {}, stamp })
    },
  ],
]

/** A token from before the rules. */
async function madeIn(w: World): Promise<string> {
  const [first] = (await w.tokens.list({ actor: ADMIN, planId: '1001' })).tokens
  return first?.id as string
}

async function withToken(rules: PlanRules) {
  const w = stepped(undefined)
  await w.make()
  w.set(rules)
  return w
}

describe('a change for which the rules ask for a strong session', () => {
  it.each(CALLS)(
    '%s is refused to a weak one, writes nothing, and goes through with a strong one',
    async (_, action, call) => {
      const asked = { acr: ['urn:example:key', MFA], maxAgeSeconds: 300 }
      const w = await withToken({ stepUp: { [action]: asked } })
      const before = await w.log()
      for (const weak of [
        { id: ADMIN },
        { id: ADMIN, acr: MFA },
        { id: ADMIN, authTime: START },
        { id: ADMIN, acr: 'urn:example:password', authTime: START },
        { id: ADMIN, acr: MFA, authTime: START - 300_001 },
        { id: ADMIN, acr: MFA, authTime: Math.floor(START / 1_000) },
        { id: ADMIN, acr: MFA, authTime: START + 60_001 },
      ]) {
        const error = await errorOf(call(w, weak))
        expect([error.code, error.status, error.stepUp]).toEqual(['insufficient_user_authentication', 401, asked])
      }
      expect(await w.log()).toEqual(before)
      await call(w, { id: ADMIN, acr: 'urn:example:key', authTime: START - 300_000 })
      expect((await w.log()).length).toBeGreaterThan(before.length)
    },
  )

  it.each(CALLS)('%s asks for nothing where the rules name another action', async (_, action, call) => {
    const others = (['create', 'edit', 'refresh', 'revoke', 'approve'] as const).filter((one) => one !== action)
    const w = await withToken({ stepUp: Object.fromEntries(others.map((one) => [one, { maxAgeSeconds: 1 }])) })
    await expect(call(w, { id: ADMIN })).resolves.toBeDefined()
  })

  it('that changes nothing is none: to revoke what was revoked, but not what has merely run out', async () => {
    const w = await withToken({ stepUp: { revoke: { acr: [MFA] } } })
    const id = await madeIn(w)
    const weak = { actor: ADMIN, id }
    w.clock.advance(400 * 86_400_000)
    expect(await codeOf(w.tokens.revoke(weak))).toBe('insufficient_user_authentication')
    await w.tokens.revoke({ ...weak, actor: { ...STRONG, authTime: w.clock.now() } })
    const log = await w.log()
    expect((await w.tokens.revoke(weak)).status).toBe('revoked')
    expect((await w.tokens.revoke({ ...weak, receipt: true })).receipt.tokenId).toBe(id)
    expect(await codeOf(w.tokens.revoke({ ...weak, actor: 'stranger' }))).toBe('token_not_found')
    expect(await w.log()).toEqual(log)
  })

  it('of many asks for nothing either once all of them have ended, and before the first one that has not', async () => {
    const w = await withToken({ stepUp: { revoke: { acr: [MFA] } } })
    await w.make()
    const { stamp } = await w.tokens.previewRevoke({ actor: ADMIN, planId: '1001', filter: {} })
    const many = { planId: '1001', filter: {}, stamp }
    const [first, second] = (await w.tokens.list({ actor: ADMIN, planId: '1001' })).tokens.map(({ id }) => id)
    await w.tokens.revoke({ actor: STRONG, id: first as string })
    const log = await w.log()
    expect(await codeOf(w.tokens.revokeMany({ ...many, actor: ADMIN }))).toBe('insufficient_user_authentication')
    expect(await w.log()).toEqual(log)
    expect(await w.tokens.revokeMany({ ...many, actor: STRONG })).toMatchObject({ revoked: [second], ended: [first] })
    expect((await w.tokens.revokeMany({ ...many, actor: ADMIN })).ended).toHaveLength(2)
  })

  it('is refused for what else is wrong first, so that nobody authenticates for nothing', async () => {
    const w = await withToken({ stepUp: { create: { acr: [MFA] }, edit: { acr: [MFA] }, revoke: { acr: [MFA] } } })
    const id = await madeIn(w)
    expect((await errorOf(w.tokens.create({ ...TOKEN, actor: ADMIN, scopes: [] }))).code).toBe('invalid_input')
    expect((await errorOf(w.tokens.create({ ...TOKEN, actor: 'stranger' }))).code).toBe('not_plan_admin')
    expect((await errorOf(w.tokens.edit({ actor: ADMIN, id, scopes: [] }))).code).toBe('invalid_input')
    expect((await errorOf(w.tokens.edit({ actor: 'stranger', id, name: 'x' }))).code).toBe('token_not_found')
    expect((await errorOf(w.tokens.revoke({ actor: 'stranger', id }))).code).toBe('token_not_found')
  })

  it('spends no idempotency key: the same call goes through after a step-up', async () => {
    const w = stepped({ stepUp: { create: { acr: [MFA] } } })
    const input = { ...TOKEN, idempotencyKey: 'once' }
    expect((await errorOf(w.tokens.create({ ...input, actor: ADMIN }))).code).toBe('insufficient_user_authentication')
    const { token } = await w.tokens.create({ ...input, actor: STRONG })
    expect((await w.tokens.create({ ...input, actor: STRONG })).token.id).toBe(token.id)
  })

  it('gives no secret anew to a weak session, not even by the key of one that was strong', async () => {
    const w = stepped({ stepUp: { create: { acr: [MFA] }, refresh: { acr: [MFA] } } })
    const again = { ...TOKEN, idempotencyKey: 'c', actor: ADMIN }
    const { token } = await w.tokens.create({ ...again, actor: STRONG })
    expect(await codeOf(w.tokens.create(again))).toBe('insufficient_user_authentication')
    const refresh = { actor: ADMIN, id: token.id, idempotencyKey: 'r' }
    await w.tokens.refresh({ ...refresh, actor: STRONG })
    expect(await codeOf(w.tokens.refresh(refresh))).toBe('insufficient_user_authentication')
  })

  it('is refused for what became of the token first: its version, its words, its keys and its secrets', async () => {
    const legacy = legacyOf(FORMS.plain)
    const w = stepped(undefined, { legacy })
    const { tokens } = w
    const owner = { actor: ADMIN, id: (await tokens.create({ ...TOKEN, idempotencyKey: 'c' })).token.id }
    const words = Array.from({ length: 50 }, (_, i) => [`word ${i}`, ''])
    await tokens.edit({ ...owner, metadata: Object.fromEntries(words) })
    await tokens.refresh({ ...owner, idempotencyKey: 'r' })
    await tokens.adopt({ ...claimOf('plain'), idempotencyKey: 'a' })
    const many = { actor: ADMIN, planId: '1001', filter: {} }
    const { stamp } = await tokens.previewRevoke(many)
    w.clock.advance(1_000)
    for (let i = 0; i < 8; i++) await tokens.refresh(owner)
    await tokens.sweep({ olderThan: w.clock.now() })
    const every = { acr: [MFA] }
    w.set({ stepUp: { create: every, edit: every, refresh: every, revoke: every } })
    const codes = [
      tokens.edit({ ...owner, name: 'x', version: 1 }),
      tokens.edit({ ...owner, metadata: { 'one more': '' } }),
      tokens.create({ ...TOKEN, name: 'x', idempotencyKey: 'c' }),
      tokens.create({ ...TOKEN, idempotencyKey: 'c' }),
      tokens.refresh({ ...owner, idempotencyKey: 'r', retirePrevious: 'now' }),
      tokens.refresh({ ...owner, idempotencyKey: 'r' }),
      tokens.refresh(owner),
      tokens.adopt(claimOf('plain')),
      tokens.adopt({ ...claimOf('plain'), name: 'x', idempotencyKey: 'a' }),
      tokens.revokeMany({ ...many, stamp }),
    ].map(codeOf)
    expect(await Promise.all(codes)).toEqual([
      ...['version_conflict', 'invalid_input', 'idempotency_key_reused', 'idempotency_key_spent'],
      ...['idempotency_key_reused', 'idempotency_key_spent', 'too_many_live_secrets'],
      ...['key_already_adopted', 'idempotency_key_reused', 'preview_outdated'],
    ])
    expect(await codeOf(tokens.adopt({ ...claimOf('plain'), idempotencyKey: 'a' }))).toBe(
      'insufficient_user_authentication',
    )
  })

  it('asks for it at an adoption as at a create', async () => {
    const legacy = legacyOf(FORMS.plain)
    const w = stepped({ stepUp: { create: { acr: [MFA] } } }, { legacy })
    const input = claimOf('plain')
    expect((await errorOf(w.tokens.adopt({ ...input, actor: ADMIN }))).code).toBe('insufficient_user_authentication')
    expect((await w.tokens.adopt({ ...input, actor: STRONG })).createdBy).toBe(ADMIN)
  })

  it('asks nobody who reads, who reports a secret, or who runs the server', async () => {
    const every = { maxAgeSeconds: 1 }
    const w = stepped(undefined)
    const { id, secret } = await w.make()
    await w.make()
    w.set({ stepUp: { create: every, edit: every, refresh: every, revoke: every, approve: every } })
    const { tokens } = w
    expect((await tokens.get({ actor: ADMIN, id })).id).toBe(id)
    expect((await tokens.rules({ actor: ADMIN, planId: '1001' })).stepUp?.create).toEqual(every)
    expect((await tokens.previewRefresh({ actor: ADMIN, id })).expiresAt).toBeGreaterThan(START)
    expect((await tokens.revokeSecret({ text: secret })).revoked).toBe(true)
    expect((await operator(tokens).revokePlan({ actor: 'ops', planId: '1001', reason: 'left' })).tokens).toBe(1)
  })

  it('is let through by exactly the sessions that are strong and recent enough', async () => {
    const acr = fc.constantFrom('a', 'b', 'c')
    const age = fc.integer({ min: -120_000, max: 1_200_000 })
    await fc.assert(
      fc.asyncProperty(
        fc.option(fc.uniqueArray(acr, { minLength: 1 }), { nil: undefined }),
        fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined }),
        fc.option(acr, { nil: undefined }),
        fc.option(age, { nil: undefined }),
        async (wanted, most, has, old) => {
          if (wanted === undefined && most === undefined) return
          const rule = { ...(wanted && { acr: wanted }), ...(most !== undefined && { maxAgeSeconds: most }) }
          const w = stepped({ stepUp: { create: rule } })
          const actor = {
            id: ADMIN,
            ...(has !== undefined && { acr: has }),
            ...(old !== undefined && { authTime: START - old }),
          }
          const isStrong = wanted === undefined || (has !== undefined && wanted.includes(has))
          const isRecent = most === undefined || (old !== undefined && old >= -60_000 && old <= most * 1_000)
          const outcome = await w.tokens.create({ ...TOKEN, actor }).then(
            () => true,
            (error: PlanTokenError) => error.code !== 'insufficient_user_authentication',
          )
          expect(outcome).toBe(isStrong && isRecent)
        },
      ),
    )
  })
})

describe('rules that ask for a strong session', () => {
  it.each<[string, unknown]>([
    ['of an action that there is not', { stepUp: { delete: { maxAgeSeconds: 1 } } }],
    ['that ask for nothing', { stepUp: { create: {} } }],
    ['with an empty list', { stepUp: { create: { acr: [] } } }],
    ['with an acr that two could be read in', { stepUp: { create: { acr: ['a b'] } } }],
    ['with a quote', { stepUp: { create: { acr: ['a"b'] } } }],
    ['with a text in place of a list', { stepUp: { create: { acr: MFA } } }],
    ['with an age of nothing', { stepUp: { create: { maxAgeSeconds: 0 } } }],
    ['with a misspelt field', { stepUp: { create: { maxAge: 300 } } }],
    ['that are a list', { stepUp: [] }],
  ])('%s let nothing through', async (_, rules) => {
    const w = await withToken(rules as PlanRules)
    const id = await madeIn(w)
    const error = await errorOf(w.tokens.create({ ...TOKEN, actor: STRONG }))
    expect([error.code, error.message]).toEqual(['unavailable', expect.stringContaining('"stepUp"')])
    // Nor do they keep alive what is to end.
    expect((await w.tokens.revoke({ actor: ADMIN, id })).status).toBe('revoked')
  })
})

describe('an actor', () => {
  it('that is an object is who it says, as an id alone is', async () => {
    const w = stepped(undefined)
    const { token } = await w.tokens.create({ ...TOKEN, actor: { id: ADMIN } })
    expect(token.createdBy).toBe(ADMIN)
    expect((await errorOf(w.tokens.get({ actor: { id: 'stranger' }, id: token.id }))).code).toBe('token_not_found')
  })

  it('leaves the address and the session in the log, of each call that changes something', async () => {
    const w = stepped(undefined)
    const actor = { id: ADMIN, acr: MFA, authTime: START, address: '203.0.113.7', session: 's-17' }
    const { token } = await w.tokens.create({ ...TOKEN, actor })
    const one = { actor, id: token.id }
    await w.tokens.edit({ ...one, name: 'other' })
    await w.tokens.refresh(one)
    await w.tokens.revoke({ ...one, reason: 'done' })
    const { events } = await w.tokens.events({ actor: ADMIN, planId: '1001' })
    expect(events.map(({ type, actor: by, address, session }) => [type, by, address, session])).toEqual(
      ['created', 'edited', 'refreshed', 'revoked'].map((type) => [type, ADMIN, '203.0.113.7', 's-17']),
    )
    expect(JSON.stringify(events)).not.toContain(MFA)
  })

  it.each<[string, unknown, string]>([
    ['without an id', {}, 'actor.id'],
    ['with an empty id', { id: ' ' }, 'actor.id'],
    ['with a moment that is text', { id: ADMIN, authTime: '1' }, 'actor.authTime'],
    ['with an acr of two words', { id: ADMIN, acr: 'a b' }, 'actor.acr'],
    ['with an address that is a number', { id: ADMIN, address: 7 }, 'actor.address'],
    ['with a session of 257 characters', { id: ADMIN, session: 'x'.repeat(257) }, 'actor.session'],
    ['with a name that it does not have', { id: ADMIN, role: 'admin' }, 'actor.role'],
    ['that is a list', [ADMIN], 'actor'],
    ['that is a Map', new Map([['id', ADMIN]]), 'actor'],
  ])('%s is refused, with its place', async (_, actor, path) => {
    const w = stepped(undefined)
    const error = await errorOf(w.tokens.create({ ...TOKEN, actor: actor as Actor }))
    expect([error.code, error.issues.map((issue) => issue.path)]).toEqual(['invalid_input', [path]])
  })

  it('that is changed while the call waits is the one that was given', async () => {
    const actor = { id: ADMIN }
    const directory = newDirectory()
    const w = newWorld({
      directory: {
        ...directory,
        isPlanAdmin: async (id: string, planId: string) => {
          actor.id = 'somebody-else'
          return directory.isPlanAdmin(id, planId)
        },
      } as never,
    })
    expect((await w.tokens.create({ ...TOKEN, actor })).token.createdBy).toBe(ADMIN)
  })
})
