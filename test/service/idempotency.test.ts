/** `idempotencyKey`: the same call again after an answer that was lost on the way. */
import type { SecretUse } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, HOUR, newWorld, START, TOKEN, type Wish, type World } from '../support/world.ts'

const KEY = { idempotencyKey: 'order-66' }
const ALIKE = ['key-57093', 'key-743873']

async function refresh({ tokens }: World, id: string, how: object = {}) {
  const { token, secret } = await tokens.refresh({ actor: ADMIN, id, ...how })
  return { token, secret: secret.reveal() }
}

/** A world whose store keeps uses, and a way to say that the newest secret of a token was used. */
function usedWorld() {
  const uses: SecretUse[] = []
  const lastUse = async (ids: string[]) => uses.filter(({ tokenId }) => ids.includes(tokenId))
  const world = newWorld({ port: (store) => ({ ...store, lastUse }) })
  const use = async (tokenId: string): Promise<void> => {
    const digest = (await world.store.find(tokenId))!.secrets.at(-1)!.digest
    uses.push({ tokenId, digest, at: START })
  }
  return { ...world, use }
}

describe('create with a key', () => {
  it('a second time gives the same token with a fresh secret, and the lost one dies at once', async () => {
    const world = newWorld()
    const first = await world.make(KEY)
    world.clock.advance(HOUR)
    const second = await world.make(KEY)
    expect(second.id).toBe(first.id)
    expect([await world.ask(first.secret), await world.ask(second.secret)]).toEqual(['secret_retired', 'allowed'])
    const { expiresAt, secrets } = await world.tokens.get({ actor: ADMIN, id: first.id })
    expect([expiresAt, secrets.map(({ worksUntil }) => worksUntil)]).toEqual([START + 30 * DAY, [0, null]])
    expect(await world.log()).toEqual(['created', 'refreshed'])
  })

  it('as often as it takes', async () => {
    const world = newWorld()
    const secrets: string[] = []
    for (let i = 0; i < 15; i++) secrets.push((await world.make(KEY)).secret)
    for (const lost of secrets.slice(0, -1)) expect(await world.ask(lost)).toBe('secret_retired')
    expect(await world.ask(secrets.at(-1)!)).toBe('allowed')
  })

  it.each<[string, Wish]>([
    ['name', { name: 'Other' }],
    ['description', { description: 'Other' }],
    ['lifetime', { lifetimeDays: 31 }],
    ['end, of the same days,', { lifetimeDays: undefined, expiresAt: START + 30 * DAY }],
    ['scopes', { scopes: ['files:read'] }],
    ['resources', { resources: ['https://figma.com/design/FileA'] }],
  ])('and another %s is idempotency_key_reused, and changes nothing', async (_, change) => {
    const world = newWorld()
    const { secret } = await world.make(KEY)
    const error = await errorOf(world.make({ ...KEY, ...change }))
    expect([error.code, error.status]).toEqual(['idempotency_key_reused', 422])
    expect(await world.ask(secret)).toBe('allowed')
    expect(await world.log()).toEqual(['created'])
  })

  it('belongs to its plan and its call', async () => {
    const world = newWorld()
    world.directory.setPlan('2002', { admins: [ADMIN] })
    const one = await world.make(KEY)
    const two = await world.make({ ...KEY, planId: '2002' })
    expect(two.id).not.toBe(one.id)
    await refresh(world, one.id, KEY)
    expect(await world.log()).toEqual(['created', 'refreshed'])
    expect(await world.ask(one.secret)).toBe('allowed')
  })

  it('derives the id from plan and key, so that any process meets the same token', async () => {
    const ids = [await newWorld().make(KEY), await newWorld().make(KEY)].map(({ id }) => id)
    expect(ids[0]).toBe(ids[1])
    expect(ids[0]).not.toContain('order-66')
    const other = await newWorld().make({ idempotencyKey: 'order-67' })
    expect(other.id).not.toBe(ids[0])
  })

  it('shares its id with no other key, however alike their hashes are', async () => {
    const ids = new Set<string>()
    const world = newWorld()
    // SHA-256 of the call, the plan and either key begins with the same ten digits.
    for (const idempotencyKey of ALIKE) ids.add((await world.make({ idempotencyKey })).id)
    expect(ids.size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
  })

  it('is kept hashed, and shown nowhere', async () => {
    const world = newWorld()
    const { id } = await world.make(KEY)
    const shown = [
      await world.store.find(id),
      await world.store.events({ limit: 9 }),
      await world.tokens.get({ actor: ADMIN, id }),
    ]
    expect(JSON.stringify(shown)).not.toContain('order-66')
  })

  it('is spent once its secret is known to be used', async () => {
    const world = usedWorld()
    const { id, secret } = await world.make(KEY)
    await world.use(id)
    const error = await errorOf(world.make(KEY))
    expect([error.code, error.status]).toEqual(['idempotency_key_spent', 409])
    expect(await world.ask(secret)).toBe('allowed')
  })

  it('is spent once the token was refreshed, and no earlier secret suffers', async () => {
    const world = newWorld()
    const { id, secret } = await world.make(KEY)
    const { secret: newest } = await refresh(world, id)
    expect(await codeOf(world.make(KEY))).toBe('idempotency_key_spent')
    expect([await world.ask(secret), await world.ask(newest)]).toEqual(['allowed', 'allowed'])
  })

  it.each([
    [998, 'allowed'],
    [999, 'idempotency_key_spent'],
  ])(
    'is spent with the thousandth secret of its token, since no more are remembered: %i earlier ones',
    async (n, is) => {
      const old = Array.from({ length: n }, (_, i) => ({ digest: `old-${i}`, issuedAt: START, worksUntil: 0 }))
      const world = newWorld({
        port: (store) => ({
          ...store,
          async find(id) {
            const record = await store.find(id)
            return record?.version === 1 ? { ...record, secrets: [...old, ...record.secrets] } : record
          },
        }),
      })
      const { secret } = await world.make(KEY)
      const again = world.make(KEY)
      if (is === 'allowed') expect(await world.ask((await again).secret)).toBe('allowed')
      else expect(await codeOf(again)).toBe(is)
      expect(await world.ask(secret)).toBe(is === 'allowed' ? 'secret_retired' : 'allowed')
    },
  )

  it('still stands for what it made after an edit', async () => {
    const world = newWorld()
    const { id } = await world.make(KEY)
    await world.tokens.edit({ actor: ADMIN, id, name: 'Other' })
    const { token } = await world.tokens.create({ ...TOKEN, ...KEY })
    expect([token.id, token.name]).toEqual([id, 'Other'])
    expect(await codeOf(world.make({ ...KEY, name: 'Other' }))).toBe('idempotency_key_reused')
  })

  it('does not revive a token that has ended', async () => {
    const world = newWorld()
    const { id } = await world.make(KEY)
    await world.tokens.revoke({ actor: ADMIN, id })
    expect(await codeOf(world.make(KEY))).toBe('token_not_active')
    await world.make({ idempotencyKey: 'short', lifetimeDays: 1 })
    world.clock.advance(DAY)
    expect(await codeOf(world.make({ idempotencyKey: 'short', lifetimeDays: 1 }))).toBe('token_not_active')
  })

  it('at the same moment gives one token, whose last commit wins', async () => {
    const world = newWorld()
    const made = await Promise.all([1, 2, 3, 4].map(() => world.make(KEY)))
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    const verdicts = await Promise.all(made.map(({ secret }) => world.ask(secret)))
    expect(verdicts.filter((verdict) => verdict === 'allowed')).toHaveLength(1)
    expect(verdicts.filter((verdict) => verdict === 'secret_retired')).toHaveLength(3)
  })

  it('at the same moment and with other input lets one through', async () => {
    const world = newWorld()
    const made = await Promise.allSettled([world.make(KEY), world.make({ ...KEY, name: 'Other' })])
    expect(made.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(made.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'idempotency_key_reused' },
    })
  })

  it('asks who may do it at each repeat', async () => {
    const world = newWorld()
    await world.make(KEY)
    world.directory.setPlan('1001', { tier: 'starter' })
    expect(await codeOf(world.make(KEY))).toBe('plan_not_eligible')
    world.directory.setPlan('1001', { tier: 'organization', admins: [] })
    expect(await codeOf(world.make(KEY))).toBe('not_plan_admin')
  })

  it('is not spent by the use of another token or of an earlier secret', async () => {
    const world = usedWorld()
    const { id } = await world.make(KEY)
    await world.use((await world.make()).id)
    expect((await world.make(KEY)).id).toBe(id)
    await refresh(world, id, { idempotencyKey: 'other' })
    await world.use(id)
    const third = await refresh(world, id, { idempotencyKey: 'third' })
    expect((await refresh(world, id, { idempotencyKey: 'third' })).secret).not.toBe(third.secret)
  })
})

describe('refresh with a key', () => {
  it('a second time replaces only the secret that nobody received, and moves no other deadline', async () => {
    const world = newWorld()
    const { id, secret } = await world.make()
    const second = await refresh(world, id, KEY)
    world.clock.advance(HOUR)
    const third = await refresh(world, id, KEY)
    expect(await world.ask(second.secret)).toBe('secret_retired')
    expect(third.token.expiresAt).toBe(second.token.expiresAt)
    expect(third.token.secrets.map(({ worksUntil }) => worksUntil)).toEqual([START + DAY, 0, null])
    expect([await world.ask(secret), await world.ask(third.secret)]).toEqual(['allowed', 'allowed'])
  })

  it('with another retirePrevious is idempotency_key_reused', async () => {
    const world = newWorld()
    const { id } = await world.make()
    await refresh(world, id, KEY)
    expect(await codeOf(refresh(world, id, { ...KEY, retirePrevious: 'now' }))).toBe('idempotency_key_reused')
    await refresh(world, id, { ...KEY, retirePrevious: 'afterGrace' })
  })

  it('belongs to its token', async () => {
    const world = newWorld()
    const [one, two] = [await world.make(), await world.make()]
    const first = await refresh(world, one.id, KEY)
    const second = await refresh(world, two.id, KEY)
    expect([await world.ask(first.secret), await world.ask(second.secret)]).toEqual(['allowed', 'allowed'])
  })

  it('is spent after another refresh or a use, and counts again with another key', async () => {
    const world = usedWorld()
    const { id } = await world.make()
    await refresh(world, id, KEY)
    await refresh(world, id, { idempotencyKey: 'other' })
    expect(await codeOf(refresh(world, id, KEY))).toBe('idempotency_key_spent')
    await world.use(id)
    expect(await codeOf(refresh(world, id, { idempotencyKey: 'other' }))).toBe('idempotency_key_spent')
    await refresh(world, id, { idempotencyKey: 'third' })
  })

  it('is spent after its secret was reported, for the token is gone with it', async () => {
    const world = newWorld()
    const { id } = await world.make()
    const { secret } = await refresh(world, id, KEY)
    await world.tokens.revokeSecret({ text: secret })
    expect(await codeOf(refresh(world, id, KEY))).toBe('token_not_active')
  })

  it('at the same moment issues one secret that works, and one end for the secret before', async () => {
    const world = newWorld()
    const { id, secret } = await world.make()
    const made = await Promise.all([1, 2, 3].map(() => refresh(world, id, KEY)))
    const verdicts = await Promise.all(made.map((issued) => world.ask(issued.secret)))
    expect(verdicts.toSorted()).toEqual(['allowed', 'secret_retired', 'secret_retired'])
    expect(await world.ask(secret)).toBe('allowed')
    expect((await world.tokens.get({ actor: ADMIN, id })).secrets[0]?.worksUntil).toBe(START + DAY)
  })

  it('does not count towards the ten that may live', async () => {
    const world = newWorld()
    const { id } = await world.make()
    for (let i = 0; i < 9; i++) await refresh(world, id, { idempotencyKey: `key-${i}` })
    await refresh(world, id, { idempotencyKey: 'key-8' })
    expect(await codeOf(refresh(world, id))).toBe('too_many_live_secrets')
  })
})
