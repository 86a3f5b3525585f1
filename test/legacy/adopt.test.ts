/** A key from before becomes a token: what it is made of, how it works and ends, and what is refused. */
import fc from 'fast-check'
import { createPlanTokens, definePolicy, memoryStore } from 'plan-access-tokens'
import { createAuthorizer } from 'plan-access-tokens/authorizer'
import { canaryTokens } from 'plan-access-tokens/leaks'
import { legacyKeys } from 'plan-access-tokens/legacy'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, HOUR, newDirectory, newWorld, POLICY, START } from '../support/world.ts'
import { claimOf, FORMS, KEYS, legacyOf, legacyWorld, sha256, slowForm } from './world.ts'

const NAMES = ['plain', 'stripped', 'keyed'] as const

describe('adopt', () => {
  it.each(NAMES)('makes a token of a key of the scheme "%s", which works as it is', async (name) => {
    const world = legacyWorld()
    const token = await world.adopt(name)
    expect(token).toMatchObject({
      ...{ planId: '1001', type: 'rest', name: `${name} 0`, description: '', scopes: ['file_content:read'] },
      ...{ status: 'active', legacy: true, version: 1, createdAt: START, createdBy: ADMIN },
      // Begun days count as whole.
      ...{ expiresAt: START + 100.5 * DAY, lifetimeDays: 101 },
    })
    expect(await world.tokens.get({ actor: ADMIN, id: token.id })).toEqual(token)
    expect((await world.tokens.list({ actor: ADMIN, planId: '1001' })).tokens).toEqual([token])
    expect(await world.log()).toEqual(['adopted'])
    expect(await world.ask(KEYS[name]())).toBe('allowed')
    expect(await world.ask(KEYS[name](1))).toBe('token_unknown')
    expect(await world.tokens.get({ actor: ADMIN, id: token.id })).toMatchObject({ lastUsedAt: START })
  })

  it('makes no canary, and no token that works in place of one', async () => {
    const { adopt, log } = legacyWorld({ canaries: canaryTokens() })
    expect(await codeOf(adopt('plain', 0, { canary: true }))).toBe('invalid_input')
    expect(await log()).toEqual([])
  })

  it('ends when the key was to end, to the millisecond', async () => {
    const { adopt, clock, ask } = legacyWorld()
    await adopt('plain')
    clock.advance(100.5 * DAY - 1)
    expect(await ask(KEYS.plain())).toBe('allowed')
    clock.advance(1)
    expect(await ask(KEYS.plain())).toBe('token_expired')
  })

  it('holds an adopted key to its scopes, its resources and its plan as any other token', async () => {
    const { adopt, ask, directory } = legacyWorld()
    await adopt('plain', 0, { resources: ['https://figma.com/design/FileA'] })
    expect(await ask(KEYS.plain(), 'GET /v1/files/FileA')).toBe('allowed')
    expect(await ask(KEYS.plain(), 'GET /v1/files/FileB')).toBe('resource_not_allowed')
    expect(await ask(KEYS.plain(), 'GET /v1/files/FileZ')).toBe('resource_not_in_plan')
    expect(await ask(KEYS.plain(), 'GET /v1/files/FileA/comments')).toBe('scope_missing')
    directory.setPlan('1001', { suspended: true })
    expect(await ask(KEYS.plain())).toBe('plan_not_eligible')
  })

  it('becomes native at its first refresh, and the old key works 24 hours more', async () => {
    const { adopt, tokens, ask, clock } = legacyWorld()
    const { id } = await adopt('plain')
    clock.advance(10 * DAY)
    const { token, secret } = await tokens.refresh({ actor: ADMIN, id })
    expect(token).toMatchObject({ legacy: false, expiresAt: START + 111 * DAY })
    expect([await ask(secret), await ask(KEYS.plain())]).toEqual(['allowed', 'allowed'])
    clock.advance(24 * HOUR - 1)
    expect(await ask(KEYS.plain())).toBe('allowed')
    clock.advance(1)
    expect(await ask(KEYS.plain())).toBe('secret_retired')
    expect(await ask(secret)).toBe('allowed')
  })

  it('has the words and the contact that it was given, and the same key with others is another call', async () => {
    const { adopt, tokens } = legacyWorld()
    const given = { metadata: { team: 'a', env: 'prod' }, contact: 'ops', idempotencyKey: 'run-1' }
    const { id } = await adopt('plain', 0, given)
    expect(await tokens.get({ actor: ADMIN, id })).toMatchObject({
      metadata: given.metadata,
      contact: 'ops',
      legacy: true,
    })
    expect((await tokens.refresh({ actor: ADMIN, id })).token).toMatchObject({
      metadata: given.metadata,
      contact: 'ops',
    })
    expect(await codeOf(adopt('plain', 0, { ...given, metadata: { team: 'b' } }))).toBe('idempotency_key_reused')
  })

  it('is edited, revoked, reported, inspected and explained as any other', async () => {
    const { adopt, tokens, ask, log } = legacyWorld()
    const [one, two] = [await adopt('plain', 1), await adopt('keyed', 2)]
    await tokens.edit({ actor: ADMIN, id: one.id, scopes: ['files:read'] })
    expect(await ask(KEYS.plain(1))).toBe('allowed')
    expect(await tokens.inspect({ secret: KEYS.plain(1) })).toMatchObject({
      active: true,
      token: { id: one.id, legacy: true },
      secret: { issuedAt: START, worksUntil: null },
    })
    const { decision, rules } = await tokens.explain(requestWith(KEYS.plain(1), 'GET /v1/files/FileA'))
    expect(decision.allowed).toBe(true)
    expect(rules.every(({ ok }) => ok)).toBe(true)
    await tokens.revoke({ actor: ADMIN, id: one.id })
    expect(await ask(KEYS.plain(1))).toBe('token_revoked')
    expect(await tokens.inspect({ secret: KEYS.plain(1) })).toEqual({ active: false })

    const reported = await tokens.revokeSecret({ text: `{"url":"https://x.test/?key%3D${KEYS.keyed(2)}&a=1"}` })
    expect(reported.tokens?.map(({ id }) => id)).toEqual([two.id])
    expect(await ask(KEYS.keyed(2))).toBe('token_revoked')
    expect(await log()).toEqual(['adopted', 'adopted', 'edited', 'revoked', 'revoked'])
  })

  it('keeps neither the key nor what the host has of it where a token is shown or stored', async () => {
    const { adopt, tokens, store } = legacyWorld()
    const token = await adopt('plain')
    const record = await store.find(token.id)
    expect(record?.secrets).toEqual([
      {
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        issuedAt: START,
        worksUntil: null,
        legacy: { scheme: 'plain' },
      },
    ])
    const everything = JSON.stringify([record, token, await store.events({ limit: 10 })])
    expect(everything).not.toContain(sha256(KEYS.plain()))
    expect(everything).not.toContain(KEYS.plain().slice(8))
    expect(JSON.stringify([token, await tokens.list({ actor: ADMIN, planId: '1001' })])).not.toContain('"plain"')
  })

  it.each([
    ['another plan’s admin', { actor: 'admin-2' }, 'not_plan_admin'],
    ['a plan of a lower tier', { actor: 'admin-3', planId: '3003' }, 'plan_not_eligible'],
  ])('is refused for %s', async (_, change, code) => {
    const { adopt, store } = legacyWorld()
    expect(await codeOf(adopt('plain', 0, change))).toBe(code)
    expect(await store.events({ limit: 1 })).toEqual([])
  })

  it('tells every mistake at once, as create does, and repeats nothing of a key', async () => {
    const { tokens } = legacyWorld()
    const error = await errorOf(
      tokens.adopt(
        claimOf('plain', 0, {
          ...{ name: '', scopes: ['nope'], resources: ['https://figma.com/design/FileZ'], expiresAt: START },
          ...{ digest: KEYS.plain(), keyId: '7' },
        }),
      ),
    )
    expect(error.issues.map(({ path }) => path).sort()).toEqual([
      'digest',
      'expiresAt',
      'keyId',
      'name',
      'resources[0]',
      'scopes[0]',
    ])
    expect(String(error)).not.toContain('sk_live')
  })

  it('makes no canary, and says so: what was to let nothing through would let everything through', async () => {
    const { adopt, log } = legacyWorld({ canaries: canaryTokens() })
    const error = await errorOf(adopt('plain', 0, { canary: true }))
    expect(error.issues).toMatchObject([{ path: 'canary', message: 'is not a field here.' }])
    expect(await log()).toEqual([])
  })

  it.each([
    ['now', START],
    ['before', START - 1],
    ['past the longest lifetime', START + 365 * DAY + 1],
    ['no date', Number.NaN],
    ['text', String(START + DAY)],
    ['half a millisecond', START + 0.5],
    ['never', undefined],
  ])('asks for an end that lies ahead, by the longest lifetime at most: %s', async (_, expiresAt) => {
    const { adopt } = legacyWorld()
    const error = await errorOf(adopt('plain', 0, { expiresAt }))
    expect(error.issues).toMatchObject([
      { path: 'expiresAt', message: 'must be epoch milliseconds that lie ahead, by 365 days at most.' },
    ])
  })

  it('takes the longest end there is, and one of a millisecond as a day to come', async () => {
    const { adopt } = legacyWorld()
    expect(await adopt('plain', 1, { expiresAt: START + 365 * DAY })).toMatchObject({ lifetimeDays: 365 })
    expect(await adopt('plain', 2, { expiresAt: START + 1 })).toMatchObject({ lifetimeDays: 1 })
  })

  it('takes each encoding in each way of writing the same digest, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (bytes) => {
        const digest = Buffer.from(bytes)
        const forms = (['hex', 'base64', 'base64url'] as const).map((encoding) => ({
          ...{ name: encoding, match: new RegExp(`^${encoding}_[a-z]{32}$`) },
          scheme: { hash: 'sha256', encoding } as const,
        }))
        const { tokens } = newWorld({ legacy: legacyOf(...forms) })
        const ways: readonly (readonly [string, string])[] = [
          ['hex', digest.toString('hex')],
          ['hex', digest.toString('hex').toUpperCase()],
          ['base64', digest.toString('base64')],
          ['base64', digest.toString('base64').replace('=', '')],
          ['base64url', digest.toString('base64url')],
          ['base64url', `${digest.toString('base64url')}=`],
        ]
        for (const [i, [scheme, written]] of ways.entries()) {
          const call = tokens.adopt(claimOf('plain', 0, { scheme, digest: written }))
          // The second way of the same is the same key.
          if (i % 2 === 0) expect((await call).legacy).toBe(true)
          else expect(await codeOf(call)).toBe('key_already_adopted')
          for (const wrong of [
            `${written}0`,
            written.slice(1),
            ` ${written}`,
            `${written}\n`,
            '',
            written.slice(0, -2),
          ])
            expect(await codeOf(tokens.adopt(claimOf('plain', 0, { scheme, digest: wrong })))).toBe('invalid_input')
        }
      }),
      { numRuns: 20 },
    )
  })

  it('refuses base64 with bits behind the digest, which would be a second way to write it', async () => {
    const { adopt } = legacyWorld()
    const good = `${'A'.repeat(42)}A`
    await adopt('stripped', 0, { digest: good })
    for (const last of 'BCD9_-')
      expect(await codeOf(adopt('stripped', 0, { digest: good.slice(0, -1) + last }))).toBe('invalid_input')
  })

  it('is a mistake of the host without the option', async () => {
    const { tokens } = newWorld()
    await expect(tokens.adopt(claimOf('plain'))).rejects.toMatchObject({
      code: 'not_supported',
      message: 'The engine has no option legacy, so no key is adopted here.',
    })
    expect(tokens.legacy).toBeUndefined()
  })

  it('knows the schemes of the type alone', async () => {
    const { adopt } = legacyWorld()
    for (const scheme of ['slow', '', undefined, 7, '__proto__', 'Plain'])
      expect((await errorOf(adopt('plain', 0, { scheme }))).issues).toMatchObject([
        { path: 'scheme', message: 'must be "plain" or "stripped" or "keyed".' },
      ])
  })
})

it('names the type whose keys a scheme is for, where another type is said', async () => {
  const policy = definePolicy({
    ...{ surface: 'two', credential: { headers: [], bearer: true }, tiers: ['organization'], scopes: { read: {} } },
    types: { live: { prefix: 'two_live' }, job: { prefix: 'two_job' } },
    ...{ kinds: {}, links: { hosts: [], shapes: [] }, endpoints: { 'GET /x': { scopes: ['read'], names: 'nothing' } } },
  })
  const legacy = legacyKeys({ live: [FORMS.plain] })
  const tokens = createPlanTokens({ policy, legacy, store: memoryStore(), directory: newDirectory() })
  const claim = { ...claimOf('plain'), type: 'job', scopes: ['read'], expiresAt: Date.now() + DAY } as const
  expect((await errorOf(tokens.adopt(claim))).issues).toEqual([
    {
      path: 'type',
      at: ['type'],
      message: 'must be "live", to which keys of the scheme "plain" belong.',
      code: 'not_one_of',
      params: { values: ['live'] },
    },
  ])
})

describe('a key that is adopted twice', () => {
  it('is a conflict, whosever it is, and says nothing of the other token', async () => {
    const { adopt, tokens } = legacyWorld()
    const { id } = await adopt('plain')
    const others = { actor: 'admin-2', planId: '2002' }
    for (const change of [{}, others, { ...others, idempotencyKey: 'run' }]) {
      const error = await errorOf(adopt('plain', 0, change))
      expect([error.code, error.status, error.message]).toEqual([
        'key_already_adopted',
        409,
        'The key is that of a token already.',
      ])
    }
    await tokens.revoke({ actor: ADMIN, id })
    expect(await codeOf(adopt('plain'))).toBe('key_already_adopted')
  })

  it('is the same token again with the same idempotency key, as it is by then, and no second event', async () => {
    const { adopt, tokens, log } = legacyWorld()
    const run = { idempotencyKey: 'migration-1' }
    const first = await adopt('plain', 1, run)
    // One key serves the whole run.
    expect((await adopt('plain', 2, run)).id).not.toBe(first.id)
    expect(await adopt('plain', 1, run)).toEqual(first)
    expect(await codeOf(adopt('plain', 1, { ...run, name: 'Another' }))).toBe('idempotency_key_reused')
    expect(await codeOf(adopt('plain', 1, { idempotencyKey: 'migration-2' }))).toBe('key_already_adopted')
    await tokens.revoke({ actor: ADMIN, id: first.id })
    expect((await adopt('plain', 1, run)).status).toBe('revoked')
    expect(await log()).toEqual(['adopted', 'adopted', 'revoked'])
  })

  it('is one token however many adopt it at the same moment', async () => {
    const { adopt, log, store } = legacyWorld()
    const calls = Array.from({ length: 20 }, (_, i) =>
      adopt('plain', 0, i % 2 ? { idempotencyKey: 'run' } : {}).then(
        ({ id }) => id,
        (error: { code: string }) => error.code,
      ),
    )
    const answers = await Promise.all(calls)
    expect(answers.filter((answer) => answer !== 'key_already_adopted').length).toBeGreaterThan(0)
    expect(new Set(answers).size).toBeLessThanOrEqual(2)
    expect(await log()).toEqual(['adopted'])
    expect(await store.scan?.({ limit: 10 })).toHaveLength(1)
  })

  it('can be adopted again once its token was swept', async () => {
    const { adopt, tokens, clock } = legacyWorld()
    const { id } = await adopt('plain')
    await tokens.revoke({ actor: ADMIN, id })
    clock.advance(DAY)
    await tokens.sweep({ olderThan: clock.now() })
    clock.set(START)
    expect((await adopt('plain')).status).toBe('active')
  })
})

describe('another process', () => {
  it('that only judges takes an adopted key', async () => {
    const { adopt, store } = legacyWorld()
    await adopt('plain')
    const legacy = legacyOf(FORMS.plain)
    const authorizer = createAuthorizer({
      policy: POLICY,
      store,
      directory: newDirectory(),
      legacy,
      clock: { now: () => START },
    })
    expect((await authorizer.authorize(requestWith(KEYS.plain(), 'GET /v1/files/FileA'))).allowed).toBe(true)
    expect('adopt' in authorizer).toBe(false)
  })

  it('that remembers the key as unknown takes it once adopt has resolved', async () => {
    const store = memoryStore()
    const options = { policy: POLICY, store, directory: newDirectory(), legacy: legacyOf(FORMS.plain), freshnessMs: 60 }
    const [one, other] = [createPlanTokens(options), createPlanTokens(options)]
    const ask = () => other.authorize(requestWith(KEYS.plain(), 'GET /v1/files/FileA'))
    for (let i = 0; i < 3; i++) expect(await ask()).toMatchObject({ code: 'token_unknown' })
    await one.adopt(claimOf('plain', 0, { expiresAt: Date.now() + DAY }))
    expect((await ask()).allowed).toBe(true)
    await Promise.all([one.close(), other.close()])
  })

  it('without the scheme refuses the key, and shows the token', async () => {
    const { adopt, store } = legacyWorld()
    const { id } = await adopt('plain')
    const { form } = slowForm()
    for (const legacy of [undefined, legacyOf(form)]) {
      const { ask, tokens } = newWorld({ store, ...(legacy && { legacy }) })
      expect(await ask(KEYS.plain())).toBe('token_malformed')
      expect(await tokens.get({ actor: ADMIN, id })).toMatchObject({ legacy: true, status: 'active' })
    }
  })
})
