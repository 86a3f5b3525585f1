/** `inspect`: what introspection (RFC 7662) needs. Of what does not work, nothing is said. */
import { inspect } from 'node:util'
import { createPlanTokens } from 'plan-access-tokens'
import { tokensInEachState } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, newWorld, START, TOKEN } from '../support/world.ts'
import { packagesPolicy } from './support/small-policy.ts'

describe('inspect', () => {
  it('tells of a secret that works which token it is of, and until when it works', async () => {
    const world = newWorld()
    const { id, secret } = await world.make()
    expect(await world.tokens.inspect({ secret })).toEqual({
      active: true,
      endsAt: START + 30 * DAY,
      token: await world.tokens.get({ actor: ADMIN, id }),
      secret: { issuedAt: START, worksUntil: null, lastUsedAt: null },
    })
    await world.tokens.refresh({ actor: ADMIN, id })
    expect((await world.tokens.inspect({ secret })).secret).toEqual({
      ...{ issuedAt: START, worksUntil: START + DAY, lastUsedAt: null },
    })
  })

  it('says { active: false } and nothing else of all others', async () => {
    const world = newWorld()
    const states = await tokensInEachState(world.tokens, world.clock, TOKEN)
    const { secret: unknown } = await newWorld().make()
    expect(await world.tokens.inspect({ secret: states.refreshed.previous.reveal() })).toMatchObject({ active: true })
    for (const { secret } of [states.retired, states.expired, states.revoked]) {
      expect(await world.tokens.inspect({ secret: secret.reveal() })).toEqual({ active: false })
    }
    for (const text of [unknown, '', 'figpat_x'])
      expect(await world.tokens.inspect({ secret: text })).toEqual({ active: false })
  })

  it.each([undefined, 'figpat_x', 5, {}, { secret: 5 }, { text: 'x' }])(
    'refuses %j, which is no secret to look up',
    async (input) => {
      await expect(newWorld().tokens.inspect(input as never)).rejects.toMatchObject({ code: 'invalid_input' })
    },
  )

  it('says { active: false } while the plan is not eligible', async () => {
    const world = newWorld()
    const { secret } = await world.make()
    for (const change of [{ suspended: true }, { suspended: false, tier: 'starter' }]) {
      world.directory.setPlan('1001', change)
      expect(await world.tokens.inspect({ secret })).toEqual({ active: false })
    }
    world.directory.setPlan('1001', { tier: 'enterprise' })
    expect((await world.tokens.inspect({ secret })).active).toBe(true)
  })

  it('says { active: false } for a type that no policy has', async () => {
    const world = newWorld()
    const { secret } = await world.make()
    const other = createPlanTokens({ policy: packagesPolicy(), store: world.store, directory: world.directory })
    expect(await other.inspect({ secret })).toEqual({ active: false })
  })

  it('judges by the time after the directory has answered', async () => {
    const world = newWorld()
    const { secret } = await world.make({ lifetimeDays: 1 })
    const { plan } = world.directory
    world.directory.plan = (async (id: string) => {
      world.clock.advance(DAY)
      return plan(id)
    }) as never
    expect(await world.tokens.inspect({ secret })).toEqual({ active: false })
  })

  it('shows no digest, writes nothing and counts as no use', async () => {
    const uses: unknown[] = []
    const world = newWorld({ port: (store) => ({ ...store, recordUse: async (news) => void uses.push(news) }) })
    const { secret } = await world.make()
    expect(inspect(await world.tokens.inspect({ secret }), { depth: 9 })).not.toMatch(/[0-9a-f]{64}/)
    expect(uses).toEqual([])
    expect(await world.log()).toEqual(['created'])
  })
})
