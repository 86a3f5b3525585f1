/** The audit log as an admin reads it: every change once, both orders, cursors, and nothing secret in it. */
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, newWorld, START, type World } from '../support/world.ts'

const PLAN = { actor: ADMIN, planId: '1001' } as const

/** One token that went through everything. */
async function lived(world: World): Promise<{ id: string; secrets: string[] }> {
  const { tokens, make, clock } = world
  const { id, secret } = await make({ idempotencyKey: 'key' })
  clock.advance(1)
  await tokens.edit({ actor: ADMIN, id, name: 'Other' })
  clock.advance(1)
  const { secret: second } = await tokens.refresh({ actor: ADMIN, id })
  clock.advance(1)
  await tokens.revokeSecret({ text: secret })
  clock.advance(1)
  await tokens.revoke({ actor: ADMIN, id })
  return { id, secrets: [secret, second.reveal()] }
}

describe('events', () => {
  it('tells every change with who, when, which version, and what changed', async () => {
    const world = newWorld()
    const { id } = await lived(world)
    const { events } = await world.tokens.events(PLAN)
    const shared = { v: 1, id: expect.any(String), tokenId: id, planId: '1001', actor: ADMIN }
    expect(events).toEqual([
      { ...shared, seq: 1, at: START, type: 'created', version: 1 },
      {
        ...shared,
        seq: 2,
        at: START + 1,
        type: 'edited',
        version: 2,
        changes: { name: { before: 'Nightly export', after: 'Other' } },
      },
      {
        ...{ ...shared, seq: 3, at: START + 2, type: 'refreshed', version: 3 },
        changes: {
          expiresAt: { before: START + 30 * DAY, after: START + 2 + 30 * DAY },
          previousWorksUntil: { before: null, after: START + 2 + DAY },
        },
      },
      { ...shared, seq: 4, at: START + 3, type: 'secret_revoked', version: 4, actor: null },
      {
        ...shared,
        seq: 5,
        at: START + 4,
        type: 'revoked',
        version: 5,
        changes: { revokedAt: { before: null, after: START + 4 } },
      },
    ])
  })

  it('never holds a secret, a digest or an idempotency key', async () => {
    const world = newWorld()
    const { secrets } = await lived(world)
    const text = JSON.stringify((await world.tokens.events(PLAN)).events)
    for (const secret of secrets) expect(text).not.toContain(secret.slice(7))
    expect(text).not.toMatch(/[0-9a-f]{64}/)
  })

  it.each(['oldest', 'newest'] as const)(
    'from the %s on gives every line once, page by page, while lines are added',
    async (order) => {
      for (const limit of [1, 2, 4, 5]) {
        const world = newWorld()
        await lived(world)
        const seen: number[] = []
        for (let after: string | undefined; ; ) {
          const page = await world.tokens.events({ ...PLAN, order, limit, ...(after !== undefined && { after }) })
          seen.push(...page.events.map(({ seq }) => seq))
          if (page.next === undefined || seen.length > 20) break
          after = page.next
          if (seen.length < 3) await world.make()
        }
        const sorted = order === 'oldest' ? seen : seen.toReversed()
        expect(sorted).toEqual([...new Set(sorted)].sort((a, b) => a - b))
        expect(sorted.slice(0, 5)).toEqual([1, 2, 3, 4, 5])
      }
    },
  )

  it('of one token holds no other, and of one plan no other', async () => {
    const world = newWorld()
    const { id } = await world.make()
    await world.make()
    expect((await world.tokens.events({ ...PLAN, tokenId: id })).events.map(({ tokenId }) => tokenId)).toEqual([id])
    expect((await world.tokens.events({ ...PLAN, tokenId: 'nowhere' })).events).toEqual([])
    expect((await world.tokens.events({ actor: 'admin-2', planId: '2002', tokenId: id })).events).toEqual([])
    expect(await codeOf(world.tokens.events({ actor: 'admin-2', planId: '1001' }))).toBe('not_plan_admin')
  })

  it("drops another plan's lines, whatever the store gives", async () => {
    const world = newWorld({
      port: (store) => ({ ...store, events: ({ planId: _, ...query }) => store.events(query) }),
    })
    await world.make()
    expect((await world.tokens.events({ actor: 'admin-2', planId: '2002' })).events).toEqual([])
  })

  it('refuses a cursor that it did not give, and that of a list', async () => {
    const world = newWorld()
    await world.make()
    await world.make()
    const { next } = await world.tokens.list({ ...PLAN, limit: 1 })
    for (const after of ['', '-1', '1.5', 'x', '99999999999999999', '9999999999999999', next!]) {
      const error = await errorOf(world.tokens.events({ ...PLAN, after }))
      expect([error.code, error.issues.map(({ path }) => path)]).toEqual(['invalid_input', ['after']])
    }
  })
})
