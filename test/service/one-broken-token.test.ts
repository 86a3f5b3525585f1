/** A token whose row was broken by hand: it is refused, and keeps no other alive, whatever ends many at once. */
import { StoreError, type TokenStore } from 'plan-access-tokens'
import { reportLeak } from 'plan-access-tokens/leaks'
import { operator } from 'plan-access-tokens/operator'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, type Made, newWorld } from '../support/world.ts'

/** Three tokens, the newest first; the one in the middle cannot be read, as a SQL store says it: a list shows it all the same. */
async function broken() {
  let id: string | undefined
  const refused = (): never => {
    throw new StoreError('row_unreadable', 'The row cannot be read: it was changed by hand.')
  }
  const port = (store: TokenStore): TokenStore => ({
    ...store,
    find: async (asked) => (asked === id ? refused() : store.find(asked)),
    async findByDigest(digest) {
      const found = await store.findByDigest(digest)
      return found?.id === id && found !== undefined ? refused() : found
    },
  })
  const world = newWorld({ port, onError() {} })
  const made: Made[] = []
  for (let i = 0; i < 3; i++) {
    world.clock.advance(1)
    made.unshift(await world.make())
  }
  id = made[1]?.id
  const status = async () =>
    Promise.all(made.map(async (one) => ((await world.store.find(one.id))?.revokedAt === null ? 'works' : 'ended')))
  return { ...world, made, id, status, text: made.map(({ secret }) => secret).join(' ') }
}

describe('a token that cannot be read keeps no other alive', () => {
  it('in a report of a leak and in a text with secrets, and whoever reports it hears that not all is done', async () => {
    for (const end of [
      ({ tokens, text }: Awaited<ReturnType<typeof broken>>) =>
        reportLeak(tokens, { text, source: 'github', action: 'revoke' }),
      ({ tokens, text }: Awaited<ReturnType<typeof broken>>) => tokens.revokeSecret({ text }),
    ]) {
      const world = await broken()
      expect(await codeOf(end(world))).toBe('unavailable')
      expect(await world.status()).toEqual(['ended', 'works', 'ended'])
    }
  })

  it('in a revocation of many, which names it', async () => {
    const { tokens, made, id, status } = await broken()
    const asked = { actor: ADMIN, planId: '1001', filter: {} }
    const { stamp } = await tokens.previewRevoke(asked)
    expect(await tokens.revokeMany({ ...asked, stamp })).toEqual({
      ...{ revoked: [made[0]?.id, made[2]?.id], ended: [], changed: [] },
      failed: [{ id, code: 'unavailable' }],
    })
    expect(await status()).toEqual(['ended', 'works', 'ended'])
  })

  it('where an operator ends all of a plan, who hears that not all is done', async () => {
    const { tokens, status } = await broken()
    const all = { planId: '1001', actor: 'ops', reason: 'Left' }
    expect(await codeOf(operator(tokens).revokePlan(all))).toBe('unavailable')
    expect(await status()).toEqual(['ended', 'works', 'ended'])
  })
})
