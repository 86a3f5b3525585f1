/** Ending tokens and secrets for good: `revoke` and `revokeSecret`, at once, twice, from two sides. */
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, newWorld, START, TOKEN } from '../support/world.ts'

describe('revoke', () => {
  it('refuses every secret with token_revoked as soon as it has resolved, also those in their grace', async () => {
    const { tokens, make, ask } = newWorld()
    const { id, secret } = await make()
    const { secret: second } = await tokens.refresh({ actor: ADMIN, id })
    const { secret: third } = await tokens.refresh({ actor: ADMIN, id })
    const token = await tokens.revoke({ actor: ADMIN, id })
    expect(token).toMatchObject({ status: 'revoked', revokedAt: START, revokedBy: ADMIN, version: 4 })
    for (const each of [secret, second, third]) expect(await ask(each)).toBe('token_revoked')
  })

  it('twice is no error and changes nothing', async () => {
    const { tokens, make, clock, log } = newWorld()
    const { id } = await make()
    const first = await tokens.revoke({ actor: ADMIN, id })
    clock.advance(DAY)
    expect(await tokens.revoke({ actor: ADMIN, id })).toEqual(first)
    expect(await log()).toEqual(['created', 'revoked'])
  })

  it('says why in the log, once: a token that had ended keeps what was said then', async () => {
    const { tokens, make } = newWorld()
    const { id } = await make()
    const other = await make()
    const reason = 'The nightly job is gone. „Ünser“ <b>Ticket 7</b>'
    await tokens.revoke({ actor: ADMIN, id, reason })
    await tokens.revoke({ actor: ADMIN, id, reason: 'Another one' })
    await tokens.revoke({ actor: ADMIN, id: other.id })
    const { events } = await tokens.events({ actor: ADMIN, planId: '1001' })
    const ends = events.filter(({ type }) => type === 'revoked')
    expect(ends.map(({ tokenId, reason: why }) => [tokenId, why])).toEqual([
      [id, reason],
      [other.id, undefined],
    ])
  })

  it.each([[''], [' '], ['x'.repeat(1_001)], ['a\nb'], ['a\u202eb'], [7], [null]])(
    'for the reason %j is refused, and the token goes on',
    async (reason) => {
      const { tokens, make, ask } = newWorld()
      const { id, secret } = await make()
      const error = await errorOf(tokens.revoke({ actor: ADMIN, id, reason: reason as string }))
      expect(error.issues.map(({ path }) => path)).toEqual(['reason'])
      expect(await ask(secret)).toBe('allowed')
      await tokens.revoke({ actor: ADMIN, id, reason: 'x'.repeat(1_000) })
      expect(await ask(secret)).toBe('token_revoked')
    },
  )

  it('from four sides at once is one revocation, and all four resolve', async () => {
    const { tokens, make, log } = newWorld()
    const { id } = await make()
    const revoked = await Promise.all([1, 2, 3, 4].map(() => tokens.revoke({ actor: ADMIN, id })))
    for (const token of revoked) expect(token).toEqual(revoked[0])
    expect(await log()).toEqual(['created', 'revoked'])
  })

  it('ends an expired token as well, and it stays revoked whatever its dates say', async () => {
    const { tokens, make, clock, ask } = newWorld()
    const { id, secret } = await make({ lifetimeDays: 1 })
    clock.advance(2 * DAY)
    expect((await tokens.revoke({ actor: ADMIN, id })).status).toBe('revoked')
    clock.set(START)
    expect(await ask(secret)).toBe('token_revoked')
  })

  it('never loses to edits that come first', async () => {
    const world = newWorld({
      port: (store) => ({
        ...store,
        async commit(record, event) {
          // Somebody else is quicker, several times.
          if (event.type === 'revoked' && record.version < 8) {
            const stored = (await store.find(record.id))!
            const other = { ...event, id: `other-${record.version}`, type: 'edited' as const, changes: {} }
            await store.commit({ ...stored, version: record.version, eventId: other.id }, other)
          }
          return store.commit(record, event)
        },
      }),
    })
    const { id, secret } = await world.make()
    const token = await world.tokens.revoke({ actor: ADMIN, id })
    expect(token).toMatchObject({ status: 'revoked', version: 8 })
    expect(await world.ask(secret)).toBe('token_revoked')
  })
})

describe('revokeSecret', () => {
  it('of the newest secret takes the token with it, without an actor and without asking the directory', async () => {
    const { tokens, make, ask, directory, log } = newWorld()
    const { id, secret } = await make()
    const { secret: newest } = await tokens.refresh({ actor: ADMIN, id })
    directory.isPlanAdmin = directory.plan = () => {
      throw new Error('asked')
    }
    const { revoked, token } = await tokens.revokeSecret({ text: newest.reveal() })
    expect([revoked, token?.id, token?.status, token?.revokedBy]).toEqual([true, id, 'revoked', null])
    expect([await ask(newest), await ask(secret)]).toEqual(['token_revoked', 'token_revoked'])
    expect(await log()).toEqual(['created', 'refreshed', 'revoked'])
  })

  it('of an earlier secret ends that one alone', async () => {
    const { tokens, make, ask, log } = newWorld()
    const { id, secret } = await make()
    const { secret: second } = await tokens.refresh({ actor: ADMIN, id })
    const { secret: newest } = await tokens.refresh({ actor: ADMIN, id })
    const { revoked, token } = await tokens.revokeSecret({ text: second.reveal() })
    expect([revoked, token?.status]).toEqual([true, 'active'])
    expect(token?.secrets.map(({ worksUntil }) => worksUntil)).toEqual([START + DAY, 0, null])
    expect([await ask(secret), await ask(second), await ask(newest)]).toEqual(['allowed', 'secret_retired', 'allowed'])
    expect(await log()).toEqual(['created', 'refreshed', 'refreshed', 'secret_revoked'])
  })

  it('of one that has retired by time ends it by state, and of one that was ended changes nothing', async () => {
    const { tokens, make, clock, ask, log } = newWorld()
    const { id, secret } = await make()
    await tokens.refresh({ actor: ADMIN, id })
    clock.advance(2 * DAY)
    expect(await tokens.revokeSecret({ text: secret })).toMatchObject({ revoked: true, token: { status: 'active' } })
    clock.set(START)
    expect(await ask(secret)).toBe('secret_retired')
    expect((await tokens.revokeSecret({ text: secret })).revoked).toBe(true)
    expect(await log()).toEqual(['created', 'refreshed', 'secret_revoked'])
  })

  it('of a token that has ended leaves it ended', async () => {
    const { tokens, make, clock, log } = newWorld()
    const { id, secret } = await make()
    const { secret: newest } = await tokens.refresh({ actor: ADMIN, id })
    await tokens.revoke({ actor: ADMIN, id })
    clock.advance(5)
    for (const each of [secret, newest.reveal()]) {
      const { revoked, token } = await tokens.revokeSecret({ text: each })
      expect([revoked, token?.status, token?.revokedAt, token?.revokedBy]).toEqual([true, 'revoked', START, ADMIN])
    }
    expect((await log()).filter((type) => type === 'revoked')).toHaveLength(1)
  })

  it('of what is no secret of ours is { revoked: false } and asks nobody', async () => {
    let asked = 0
    const { tokens, make } = newWorld({
      port: (store) => ({
        ...store,
        findByDigest(digest) {
          asked++
          return store.findByDigest(digest)
        },
      }),
    })
    const { secret } = await make()
    const last = secret.endsWith('0') ? '1' : '0'
    for (const text of ['', 'ghp_123', secret.slice(0, -1), `${secret.slice(0, -1)}${last}`]) {
      expect(await tokens.revokeSecret({ text })).toEqual({ revoked: false })
    }
    expect(asked).toBe(0)
    expect(await tokens.revokeSecret({ text: (await newWorld().make()).secret })).toEqual({ revoked: false })
    expect(asked).toBe(1)
  })

  it('decides anew if a refresh comes between: what was the newest is then an earlier one', async () => {
    const world = newWorld({
      port: (store) => ({
        ...store,
        async commit(record, event) {
          if (event.type === 'revoked' && record.version === 2)
            await other.tokens.refresh({ actor: ADMIN, id: record.id })
          return store.commit(record, event)
        },
      }),
    })
    const other = newWorld({ store: world.store })
    const { secret } = await world.make()
    const { revoked, token } = await world.tokens.revokeSecret({ text: secret })
    expect([revoked, token?.status]).toEqual([true, 'active'])
    expect(token?.secrets.map(({ worksUntil }) => worksUntil)).toEqual([0, null])
    expect(await world.log()).toEqual(['created', 'refreshed', 'secret_revoked'])
  })

  it('holds on to the record that it found first if the store then knows nothing of it', async () => {
    let looks = 0
    const world = newWorld({
      port: (store) => ({
        ...store,
        findByDigest: async (digest) => (looks++ === 0 ? store.findByDigest(digest) : undefined),
      }),
    })
    const { secret } = await world.make()
    expect(await world.tokens.revokeSecret({ text: secret })).toMatchObject({
      revoked: true,
      token: { status: 'revoked' },
    })
    expect(await world.log()).toEqual(['created', 'revoked'])
  })

  it('takes a record that does not hold the digest for no hit', async () => {
    const { tokens, store } = newWorld({
      port: (memory) => ({
        ...memory,
        findByDigest: async () => (await memory.list({ planId: '1001', order: 'newest', now: 0, limit: 1 }))[0],
      }),
    })
    const { token } = await tokens.create(TOKEN)
    const { secret } = await newWorld().make()
    expect(await tokens.revokeSecret({ text: secret })).toEqual({ revoked: false })
    expect((await store.find(token.id))?.revokedAt).toBeNull()
  })

  it('that cannot reach the store is unavailable', async () => {
    const { tokens, make } = newWorld({
      port: (store) => ({ ...store, findByDigest: () => Promise.reject(new Error('down')) }),
    })
    const { secret } = await make()
    expect(await codeOf(tokens.revokeSecret({ text: secret }))).toBe('unavailable')
  })
})
