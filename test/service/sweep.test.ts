/** `sweep`: removes what ended before a moment, a prefix of the events, and nothing that anybody could still need. */
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, newWorld, START } from '../support/world.ts'

describe('sweep', () => {
  it('removes tokens that ended before the moment, by expiry or by revocation, and keeps all others', async () => {
    const { tokens, make, clock, ask } = newWorld()
    const short = await make({ lifetimeDays: 1 })
    const revoked = await make()
    const long = await make()
    clock.advance(DAY)
    await tokens.revoke({ actor: ADMIN, id: revoked.id })
    clock.advance(10 * DAY)
    expect(await tokens.sweep({ olderThan: START + DAY })).toMatchObject({ tokens: 0 })
    expect(await ask(short.secret)).toBe('token_expired')
    expect(await tokens.sweep({ olderThan: START + DAY + 1 })).toMatchObject({ tokens: 2 })
    expect([await ask(short.secret), await ask(revoked.secret), await ask(long.secret)]).toEqual([
      ...['token_unknown', 'token_unknown', 'allowed'],
    ])
    expect(await codeOf(tokens.get({ actor: ADMIN, id: short.id }))).toBe('token_not_found')
    expect((await tokens.list({ actor: ADMIN, planId: '1001' })).tokens.map(({ id }) => id)).toEqual([long.id])
  })

  it('removes a prefix of the events and always keeps the newest one', async () => {
    const { tokens, make, clock, store } = newWorld()
    for (let i = 0; i < 5; i++) {
      await make()
      clock.advance(1)
    }
    const seqs = async (): Promise<number[]> => (await store.events({ limit: 99 })).map(({ seq }) => seq)
    expect(await tokens.sweep({ olderThan: START + 2 })).toEqual({ tokens: 0, events: 2 })
    expect(await seqs()).toEqual([3, 4, 5])
    expect(await tokens.sweep({ olderThan: clock.now() })).toEqual({ tokens: 0, events: 2 })
    expect(await seqs()).toEqual([5])
    await make()
    expect(await seqs()).toEqual([5, 6])
  })

  it('removes thousands in batches', async () => {
    const asked: number[] = []
    const { tokens, make, clock } = newWorld({
      port: (store) => ({
        ...store,
        sweep(query) {
          asked.push(query.limit)
          return store.sweep(query)
        },
      }),
    })
    for (let i = 0; i < 1_200; i++) await make({ lifetimeDays: 1 })
    clock.advance(2 * DAY)
    expect(await tokens.sweep({ olderThan: clock.now() })).toEqual({ tokens: 1_200, events: 1_199 })
    expect(asked.length).toBeGreaterThan(2)
  })

  it('twice removes nothing more', async () => {
    const { tokens, make, clock } = newWorld()
    await make({ lifetimeDays: 1 })
    clock.advance(2 * DAY)
    await tokens.sweep({ olderThan: clock.now() })
    expect(await tokens.sweep({ olderThan: clock.now() })).toEqual({ tokens: 0, events: 0 })
  })

  it('lets an idempotency key be used anew once its token is swept', async () => {
    const { tokens, make, clock, ask } = newWorld()
    const key = { idempotencyKey: 'key', lifetimeDays: 1 }
    const first = await make(key)
    clock.advance(2 * DAY)
    await tokens.sweep({ olderThan: clock.now() })
    const second = await make({ ...key, name: 'Other' })
    expect(second.id).toBe(first.id)
    expect([await ask(first.secret), await ask(second.secret)]).toEqual(['token_unknown', 'allowed'])
  })

  it.each([START + 1, Number.NaN, Number.POSITIVE_INFINITY, 1.5, '0', null, undefined, new Date(0)])(
    'refuses the moment %s',
    async (olderThan) => {
      const { tokens } = newWorld()
      const error = await errorOf(tokens.sweep({ olderThan } as never))
      expect([error.code, error.issues.map(({ path }) => path)]).toEqual(['invalid_input', ['olderThan']])
    },
  )

  it('refuses fields that it lacks', async () => {
    expect(await codeOf(newWorld().tokens.sweep({ olderThan: 0, planId: '1001' } as never))).toBe('invalid_input')
  })

  it('is a TypeError with a store that cannot sweep', async () => {
    const { tokens } = newWorld({ port: ({ sweep: _, ...store }) => store })
    await expect(tokens.sweep({ olderThan: 0 })).rejects.toThrow(TypeError)
  })

  it.each<[unknown, unknown, string]>([
    [500, 500, 'done'],
    [501, 0, 'unavailable'],
    [0, 501, 'unavailable'],
    [-1, 0, 'unavailable'],
    [0, -1, 'unavailable'],
    [1.5, 0, 'unavailable'],
    ['1', 0, 'unavailable'],
    [0, undefined, 'unavailable'],
  ])(
    'counts what a store has removed, and believes no more than was asked for: %s and %s',
    async (records, events, is) => {
      const answers = [
        { records, events },
        { records: 0, events: 0 },
      ]
      const { tokens } = newWorld({ port: (store) => ({ ...store, sweep: async () => answers.shift() as never }) })
      const swept = tokens.sweep({ olderThan: 0 })
      if (is === 'done') expect(await swept).toEqual({ tokens: records, events })
      else expect(await codeOf(swept)).toBe(is)
    },
  )

  it('that fails on the way is unavailable', async () => {
    const { tokens } = newWorld({ port: (store) => ({ ...store, sweep: () => Promise.reject(new Error('down')) }) })
    expect(await codeOf(tokens.sweep({ olderThan: 0 }))).toBe('unavailable')
  })
})
