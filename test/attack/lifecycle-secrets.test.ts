/** Attacks on the ends of secrets: revoke, refresh, many live secrets, idempotency keys, and all of them at the same moment. */
import { expect } from 'vitest'
import { DAY, type Made, MINUTE, START } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { allowed, changingNothing, denied, failure, invalidAt, neverAllowed, shown, stateOf } from './verdicts.ts'
import { A, tamper, type World, world } from './world.ts'

const attack = attacksOf('lifecycle')
const FILE_A = `GET /v1/files/${A}`
const asked = (made: Made) => ({ actor: 'admin-1', id: made.token.id })

const eventsOf = (w: World, made: Made) => w.store.real.events({ tokenId: made.token.id, limit: 1_000 })
const recordOf = async (w: World, made: Made) => {
  const record = await w.store.real.find(made.token.id)
  if (!record) throw new Error('The store lost the record.')
  return record
}

/** Lets other calls go first now and then: before each answer the store waits a number of turns that a seed decides. */
function unevenly(w: World, seed: number): void {
  let state = seed
  const turns = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 16) % 8
  }
  for (const method of ['find', 'findByDigest', 'commit'] as const) {
    const real = w.store.real[method] as (...args: unknown[]) => Promise<unknown>
    w.store.replace[method] = async (...args: unknown[]) => {
      for (let left = turns(); left > 0; left--) await undefined
      return real(...args)
    }
  }
}

attack('d10', async () => {
  const w = await world()
  const { tokens } = w
  const token = await w.make()
  const second = await w.refresh(token, { idempotencyKey: 'k' })
  await tokens.revoke(asked(token))
  await changingNothing(w, async () => {
    await failure(tokens.refresh(asked(token)), 'token_not_active', 'refresh')
    await failure(tokens.edit({ ...asked(token), name: 'Back' }), 'token_not_active', 'edit')
    await failure(tokens.refresh({ ...asked(token), retirePrevious: 'now' }), 'token_not_active', 'retirePrevious')
    await failure(tokens.refresh({ ...asked(token), idempotencyKey: 'k' }), 'token_not_active', 'a used key')
    await failure(tokens.refresh({ ...asked(token), idempotencyKey: 'other' }), 'token_not_active', 'a new key')
  })
  for (const { secret } of [token, second]) denied(await w.ask(FILE_A, secret), 'token_revoked')
})

attack('d11', async () => {
  const w = await world()
  const { tokens } = w
  const twice = await w.make()
  const first = await tokens.revoke(asked(twice))
  w.clock.real.advance(MINUTE)
  w.directory.real.setPlan('1001', { admins: ['admin-1', 'admin-1b'] })
  const second = await tokens.revoke({ actor: 'admin-1b', id: twice.token.id })
  expect(second).toEqual(first)
  expect(second).toMatchObject({ revokedAt: START, revokedBy: 'admin-1', version: 2 })
  expect((await eventsOf(w, twice)).map((event) => event.type)).toEqual(['created', 'revoked'])

  for (let run = 0; run < 20; run++) {
    const token = await w.make()
    unevenly(w, run)
    const all = await Promise.all(
      [1, 2, 3, 4, 5].map((i) => tokens.revoke({ actor: i % 2 ? 'admin-1' : 'admin-1b', id: token.token.id })),
    )
    const [{ revokedAt, revokedBy, version } = first] = all
    for (const answer of all) expect(answer).toMatchObject({ revokedAt, revokedBy, version, status: 'revoked' })
    expect(version).toBe(2)
    expect((await eventsOf(w, token)).map((event) => event.type)).toEqual(['created', 'revoked'])
  }
})

attack('d14', async () => {
  const w = await world()
  const secrets = [w.ALL.secret]
  for (let i = 0; i < 3; i++) {
    w.clock.real.advance(20 * MINUTE)
    secrets.push((await w.refresh(w.ALL)).secret)
  }
  for (const secret of secrets) allowed(await w.ask(FILE_A, secret))
  await w.tokens.revoke(asked(w.ALL))
  for (const secret of secrets) denied(await w.ask(FILE_A, secret), 'token_revoked')
})

attack('d15', async () => {
  const w = await world()
  const revoked = await w.make()
  await w.tokens.revoke(asked(revoked))
  const expired = await w.make({ lifetimeDays: 1 })
  w.clock.real.advance(DAY)
  await changingNothing(w, async () => {
    for (const token of [revoked, expired])
      await failure(w.tokens.edit({ ...asked(token), name: 'Other' }), 'token_not_active')
  })
})

attack('d16', async () => {
  const w = await world()
  let refreshed = 0
  for (let run = 0; run < 200; run++) {
    const token = await w.make()
    unevenly(w, run)
    const refresh = () => w.refresh(token)
    const revoke = () => w.tokens.revoke(asked(token))
    const [first, second] = await Promise.allSettled<unknown>(run % 2 ? [refresh(), revoke()] : [revoke(), refresh()])
    const [refreshing, revoking] = run % 2 ? [first, second] : [second, first]
    expect(revoking?.status, 'a revoke never loses').toBe('fulfilled')
    expect(await recordOf(w, token)).toMatchObject({ revokedBy: 'admin-1' })
    denied(await w.ask(FILE_A, token), 'token_revoked', `run ${run}, old`)
    if (refreshing?.status === 'fulfilled') {
      refreshed++
      denied(await w.ask(FILE_A, refreshing.value as Made), 'token_revoked', `run ${run}, new`)
    } else await failure(Promise.reject(refreshing?.reason), ['token_not_active', 'version_conflict'])
  }
  expect(refreshed, 'both ways of ending were seen').toBeGreaterThan(0)
  expect(refreshed, 'both ways of ending were seen').toBeLessThan(200)
})

attack('d17', async () => {
  const w = await world()
  for (let run = 0; run < 100; run++) {
    const token = await w.make()
    unevenly(w, run)
    const results = await Promise.allSettled([w.refresh(token), w.refresh(token)])
    const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    for (const result of results)
      if (result.status === 'rejected') await failure(Promise.reject(result.reason), 'version_conflict')
    expect(done.length, `run ${run}`).toBeGreaterThan(0)
    const record = await recordOf(w, token)
    expect(record.version).toBe(1 + done.length)
    expect(record.secrets.filter((secret) => secret.worksUntil === null)).toHaveLength(1)
    expect(record.secrets).toHaveLength(1 + done.length)
    for (const { secret } of done) allowed(await w.ask(FILE_A, secret), 'what was handed out works')
  }
})

attack('d18', async () => {
  const w = await world()
  for (let run = 0; run < 100; run++) {
    const token = await w.make({ scopes: ['file_content:read', 'file_metadata:read'] })
    unevenly(w, run)
    const narrow = () => w.tokens.edit({ ...asked(token), scopes: ['file_metadata:read'] })
    const rename = () => w.tokens.edit({ ...asked(token), name: 'Renamed' })
    await Promise.all(run % 2 ? [narrow(), rename()] : [rename(), narrow()])
    expect(await recordOf(w, token), `run ${run}`).toMatchObject({
      scopes: ['file_metadata:read'],
      name: 'Renamed',
      version: 3,
    })
    denied(await w.ask(FILE_A, token), 'scope_missing')
  }
})

attack('d19', async () => {
  const w = await world()
  const secrets = [w.ALL.secret]
  for (let i = 1; i <= 9; i++) {
    w.clock.real.set(START + i * MINUTE)
    secrets.push((await w.refresh(w.ALL)).secret)
  }
  for (const secret of secrets) allowed(await w.ask(FILE_A, secret), 'ten are live')
  w.clock.real.set(START + 10 * MINUTE)
  await changingNothing(w, async () => {
    await failure(w.tokens.refresh(asked(w.ALL)), 'too_many_live_secrets')
    w.clock.real.set(START + MINUTE + DAY - 1)
    await failure(w.tokens.refresh(asked(w.ALL)), 'too_many_live_secrets', 'one millisecond early')
  })
  w.clock.real.set(START + MINUTE + DAY)
  allowed(await w.ask(FILE_A, await w.refresh(w.ALL)))
})

attack('d20', async () => {
  const w = await world()
  const two = await w.refresh(w.ALL, { retirePrevious: 'now' })
  denied(await w.ask(FILE_A, w.ALL), 'secret_retired', 'in the same millisecond')
  allowed(await w.ask(FILE_A, two))

  const token = await w.make()
  const secrets = [token.secret]
  for (let i = 0; i < 9; i++) secrets.push((await w.refresh(token)).secret)
  await failure(w.tokens.refresh(asked(token)), 'too_many_live_secrets')
  const last = await w.refresh(token, { retirePrevious: 'now' })
  for (const secret of secrets) denied(await w.ask(FILE_A, secret), 'secret_retired')
  allowed(await w.ask(FILE_A, last))
  w.clock.real.set(START - DAY)
  for (const secret of secrets) denied(await w.ask(FILE_A, secret), 'secret_retired', 'whatever the clock says')
})

attack('d21', async () => {
  const w = await world()
  await changingNothing(w, async () => {
    for (const retirePrevious of ['NOW', 'After24h', true, 'never', 0, 86_400_001, null, '', ['now'], {}])
      await invalidAt(
        'retirePrevious',
        w.tokens.refresh({ ...asked(w.ALL), retirePrevious } as never),
        shown(retirePrevious),
      )
  })
})

attack('d22', async () => {
  const w = await world()
  const S1 = w.ALL
  const live = async () => {
    const now = w.clock.real.now()
    const { secrets } = await recordOf(w, S1)
    return secrets.filter(({ worksUntil }) => worksUntil === null || worksUntil > now).length
  }
  const S2 = await w.refresh(S1, { idempotencyKey: 'k' })
  // Asked in the one way that is no use: a secret that was used is not lost.
  expect((await w.tokens.inspect({ secret: S2.secret })).active).toBe(true)
  expect(await live()).toBe(2)
  w.clock.real.advance(MINUTE)
  const S3 = await w.refresh(S1, { idempotencyKey: 'k' })
  expect(S3.token.id).toBe(S1.token.id)
  denied(await w.ask(FILE_A, S2), 'secret_retired', 'the lost one is dead at once')
  allowed(await w.ask(FILE_A, S3))
  expect(await live()).toBe(2)
  expect(S3.token.expiresAt, 'no other deadline moves').toBe(S2.token.expiresAt)
  w.clock.real.set(START + DAY - 1)
  allowed(await w.ask(FILE_A, S1))
  w.clock.real.set(START + DAY)
  denied(await w.ask(FILE_A, S1), 'secret_retired')
})

attack('d23', async () => {
  const w = await world()
  const X = await w.make()
  const Y = await w.make()
  const X2 = await w.refresh(X, { idempotencyKey: 'k' })
  const Y2 = await w.refresh(Y, { idempotencyKey: 'k' })
  expect([X2.token.id, Y2.token.id]).toEqual([X.token.id, Y.token.id])
  expect(X2.secret).not.toBe(Y2.secret)
  for (const made of [X, X2, Y, Y2]) allowed(await w.ask(FILE_A, made))
  expect([(await recordOf(w, X)).version, (await recordOf(w, Y)).version]).toEqual([2, 2])
})

attack('d25', async () => {
  const w = await world()
  const second = await w.refresh(w.ALL)
  w.clock.real.advance(DAY)
  const before = await stateOf(w)
  for (const worksUntil of [Number.NaN, 'soon', {}, Number.POSITIVE_INFINITY, undefined, null, '9999999999999', true]) {
    tamper(w, (record) => {
      const [first, newest] = record.secrets
      return { ...record, secrets: [{ ...first, worksUntil }, newest] }
    })
    denied(await w.ask(FILE_A, w.ALL), 'secret_retired', shown(worksUntil))
    allowed(await w.ask(FILE_A, second), 'the newest is not touched by it')
  }
  for (const worksUntil of [Number.NaN, 'soon', {}, Number.POSITIVE_INFINITY, undefined]) {
    tamper(w, (record) => ({ ...record, secrets: record.secrets.map((secret) => ({ ...secret, worksUntil })) }))
    neverAllowed(await w.ask(FILE_A, second), shown(worksUntil))
  }
  expect(await stateOf(w)).toEqual(before)
})
