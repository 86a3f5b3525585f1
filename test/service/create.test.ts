/** Issuing a token: what it is made of, when its secret works, how refusals and failures of the ports leave nothing behind. */
import { inspect } from 'node:util'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, newDirectory, newWorld, START, TOKEN } from '../support/world.ts'
import { packagesPolicy } from './support/small-policy.ts'

describe('create', () => {
  it('gives a token and the only readable copy of its secret, which works at once', async () => {
    const { tokens, ask, log } = newWorld()
    const { token, secret } = await tokens.create(TOKEN)
    expect(secret.reveal()).toMatch(/^figpat_[0-9A-Za-z]{38}$/)
    for (const shown of [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }),
    ]) {
      expect(shown).not.toContain(secret.reveal().slice(7))
    }
    expect(token).toMatchObject({
      status: 'active',
      version: 1,
      createdAt: START,
      expiresAt: START + 30 * DAY,
      description: '',
    })
    expect(await ask(secret)).toBe('allowed')
    expect(await log()).toEqual(['created'])
  })

  it('keeps no secret, only its digest', async () => {
    const { tokens, store } = newWorld()
    const { token, secret } = await tokens.create(TOKEN)
    const record = await store.find(token.id)
    expect(JSON.stringify(record)).not.toContain(secret.reveal().slice(7, 39))
    expect(record?.secrets).toEqual([
      { digest: expect.stringMatching(/^[0-9a-f]{64}$/), issuedAt: START, worksUntil: null },
    ])
  })

  it('counts a day as 24 hours of UTC, over a leap day and over the change of clocks', async () => {
    const { tokens, clock } = newWorld()
    for (const start of ['2028-02-29T12:00:00Z', '2027-03-28T00:30:00Z', '2027-10-31T00:30:00Z']) {
      clock.set(start)
      const { token } = await tokens.create({ ...TOKEN, lifetimeDays: 365 })
      expect(token.expiresAt - token.createdAt).toBe(365 * 86_400_000)
    }
  })

  it('lets the secret work until the last millisecond and not one longer', async () => {
    const { make, clock, ask } = newWorld()
    const { secret } = await make({ lifetimeDays: 2 })
    clock.advance(2 * DAY - 1)
    expect(await ask(secret)).toBe('allowed')
    clock.advance(1)
    expect(await ask(secret)).toBe('token_expired')
  })

  it('ends at the moment that is said instead of days, and a refresh starts the begun days until then again', async () => {
    const { tokens, make, clock, ask } = newWorld()
    const ends = START + 2 * DAY + 1
    const { id, token, secret } = await make({ lifetimeDays: undefined, expiresAt: ends })
    expect([token.expiresAt, token.lifetimeDays]).toEqual([ends, 3])
    clock.set(ends - 1)
    expect(await ask(secret)).toBe('allowed')
    const { token: again } = await tokens.refresh({ actor: ADMIN, id })
    expect(again.expiresAt).toBe(ends - 1 + 3 * DAY)
    clock.set(again.expiresAt)
    expect(await ask(secret)).toBe('token_expired')
  })

  it.each([[1], [365 * DAY]])('takes an end that is %i ms ahead', async (ahead) => {
    const { make } = newWorld()
    expect((await make({ lifetimeDays: undefined, expiresAt: START + ahead })).token.expiresAt).toBe(START + ahead)
  })

  it('names both where neither days nor an end are said', async () => {
    const { make } = newWorld()
    const { issues } = await errorOf(make({ lifetimeDays: undefined } as never))
    expect(issues.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'lifetimeDays must be a whole number of days from 1 to 365, unless expiresAt is there.',
    ])
  })

  it.each<[unknown, unknown, string]>([
    [undefined, START, 'expiresAt'],
    [undefined, START + 365 * DAY + 1, 'expiresAt'],
    [undefined, START + DAY + 0.5, 'expiresAt'],
    [undefined, Number.NaN, 'expiresAt'],
    [undefined, '2027-12-31', 'expiresAt'],
    [undefined, new Date(START + DAY), 'expiresAt'],
    [undefined, undefined, 'lifetimeDays'],
    [30, START + 30 * DAY, 'expiresAt'],
    [0, START + DAY, 'lifetimeDays expiresAt'],
  ])(
    'of %j days or until %j is wrong in that, beside all else that is wrong',
    async (lifetimeDays, expiresAt, wrong) => {
      const { tokens, store } = newWorld()
      const error = await errorOf(tokens.create({ ...TOKEN, name: '', lifetimeDays, expiresAt } as never))
      expect(error.issues.map(({ path }) => path).join(' ')).toBe(`name ${wrong}`)
      expect(await store.events({ limit: 1 })).toEqual([])
    },
  )

  it('makes a new token at each call without a key', async () => {
    const { make } = newWorld()
    const [one, two] = [await make(), await make()]
    expect(one.id).not.toBe(two.id)
    expect(one.secret).not.toBe(two.secret)
  })

  it.each([
    ['no admin of the plan', { actor: 'admin-2' }, 'not_plan_admin'],
    ['a plan that does not exist', { planId: '9009' }, 'not_plan_admin'],
    ['a plan of a lower tier', { actor: 'admin-3', planId: '3003' }, 'plan_not_eligible'],
  ])('is refused for %s, and nothing is written', async (_, change, code) => {
    const { make, store } = newWorld()
    expect(await codeOf(make(change))).toBe(code)
    expect(await store.events({ limit: 1 })).toEqual([])
  })

  it('is refused for an admin of a plan that the directory does not describe', async () => {
    for (const answer of [undefined, null, { id: '2002', tier: 'organization' }]) {
      const { make, directory } = newWorld()
      directory.plan = () => answer as never
      expect(await codeOf(make())).toBe('plan_not_eligible')
    }
  })

  it('takes the limit of days and of links, and the prefix, from the policy of the type', async () => {
    const directory = newDirectory()
    const tokens = createPlanTokens({ policy: packagesPolicy(), store: memoryStore(), directory })
    const npm = {
      actor: ADMIN,
      planId: '1001',
      type: 'npm',
      name: 'Build',
      scopes: ['npm:read'],
      resources: 'all',
    } as const
    expect((await tokens.create({ ...npm, lifetimeDays: 90 })).secret.reveal()).toMatch(/^acmenpm_/)
    await expect(tokens.create({ ...npm, lifetimeDays: 91 })).rejects.toMatchObject({
      issues: [{ path: 'lifetimeDays' }],
    })
    const links = ['https://registry.acme.test/p/a', 'https://registry.acme.test/p/b', 'https://registry.acme.test/p/c']
    await expect(tokens.create({ ...npm, lifetimeDays: 1, resources: links })).rejects.toMatchObject({
      issues: [{ path: 'resources' }],
    })
  })

  it('gives a type with fixed scopes these and lets none be chosen', async () => {
    const tokens = createPlanTokens({ policy: packagesPolicy(), store: memoryStore(), directory: newDirectory() })
    const ci = { actor: ADMIN, planId: '1001', type: 'ci', name: 'Build', lifetimeDays: 1, resources: 'all' } as const
    expect((await tokens.create({ ...ci, scopes: [] })).token.scopes).toEqual(['npm:read'])
    await expect(tokens.create({ ...ci, scopes: ['npm:read'] as never[] })).rejects.toMatchObject({
      issues: [{ path: 'scopes' }],
    })
  })

  it('asks the directory for a thousand links a few at a time', async () => {
    const world = newWorld()
    let open = 0
    let most = 0
    const { locate } = world.directory
    world.directory.locate = (async (ref: Parameters<typeof locate>[0]) => {
      most = Math.max(most, ++open)
      await new Promise((resolve) => setImmediate(resolve))
      open--
      return locate(ref)
    }) as never
    const links = Array.from({ length: 200 }, (_, i) => `https://figma.com/design/File${i}`)
    expect(await codeOf(world.make({ resources: links }))).toBe('invalid_input')
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(64)
  })

  it('is unavailable where the directory says of a link what cannot be read', async () => {
    for (const place of [{}, 'FileA', { planId: '1001' }, { planId: '1001', ancestors: ['project'] }, true]) {
      const { make, directory, store } = newWorld()
      directory.locate = () => place as never
      expect(await codeOf(make({ resources: ['https://figma.com/design/FileA'] }))).toBe('unavailable')
      expect(await store.events({ limit: 1 })).toEqual([])
    }
  })
})
