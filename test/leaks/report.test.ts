/** `reportLeak`: what becomes of a secret that was found, what the log says of it, and that the same report again writes nothing. */
import { SetupError, type TokenEvent } from 'plan-access-tokens'
import { type LeakAction, reportLeak } from 'plan-access-tokens/leaks'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, errorOf, HOUR, newWorld, START, type World } from '../support/world.ts'

const report = (w: World, text: string, action: LeakAction, url?: string, source = 'github') =>
  reportLeak(w.tokens, { text, source, action, ...(url !== undefined && { url }) })
const eventsOf = async (w: World): Promise<readonly TokenEvent[]> =>
  (await w.store.events({ planId: '1001', limit: 1_000 })).slice(1)
const URL_OF = 'https://github.com/acme/app/blob/12ab/env.txt'

describe('revoke', () => {
  it('ends the newest secret with its token, and says in the log who found it and where', async () => {
    const w = newWorld()
    const { id, secret } = await w.make()
    const [leak, ...more] = await report(w, `KEY=${secret}`, 'revoke', `${URL_OF}?token=${secret}#L1`)
    expect(more).toEqual([])
    expect(leak).toMatchObject({ token: { id, status: 'revoked' }, action: 'revoke', isNew: true })
    expect(await w.ask(secret)).toBe('token_revoked')
    expect(await eventsOf(w)).toEqual([
      expect.objectContaining({
        type: 'revoked',
        actor: null,
        source: 'github',
        url: URL_OF,
        changes: { revokedAt: { before: null, after: START }, leak: { before: null, after: 'revoke' } },
      }),
    ])
  })

  it('ends an earlier secret alone', async () => {
    const w = newWorld()
    const { id, secret } = await w.make()
    const newest = await w.tokens.refresh({ actor: ADMIN, id })
    const [leak] = await report(w, secret, 'revoke')
    expect(leak).toMatchObject({ token: { status: 'active' }, isNew: true })
    expect([await w.ask(secret), await w.ask(newest.secret)]).toEqual(['secret_retired', 'allowed'])
    expect((await eventsOf(w)).at(-1)).toMatchObject({ type: 'secret_revoked', source: 'github' })
  })
})

describe('retire', () => {
  it('gives the newest secret the grace of the policy, and its token no longer', async () => {
    const w = newWorld()
    const { secret } = await w.make()
    const [leak] = await report(w, secret, 'retire', URL_OF)
    expect(leak).toMatchObject({
      action: 'retire',
      isNew: true,
      token: { status: 'active', expiresAt: START + DAY, secrets: [{ leakedAt: START, worksUntil: null }] },
    })
    expect((await eventsOf(w)).at(-1)).toMatchObject({
      type: 'leak_reported',
      source: 'github',
      url: URL_OF,
      changes: {
        expiresAt: { before: START + 30 * DAY, after: START + DAY },
        leak: { before: null, after: 'retire' },
      },
    })
    w.clock.advance(DAY - 1)
    expect(await w.ask(secret)).toBe('allowed')
    w.clock.advance(1)
    expect(await w.ask(secret)).toBe('token_expired')
  })

  it('lets a refresh within the grace save the token, and never the secret that was found', async () => {
    const w = newWorld()
    const { id, secret } = await w.make()
    await report(w, secret, 'retire')
    w.clock.advance(20 * HOUR)
    expect((await w.tokens.previewRefresh({ actor: ADMIN, id })).previousWorksUntil).toBe(START + DAY)
    const fresh = await w.tokens.refresh({ actor: ADMIN, id })
    expect(fresh.token.expiresAt).toBe(START + 20 * HOUR + 30 * DAY)
    w.clock.advance(4 * HOUR - 1)
    expect([await w.ask(secret), await w.ask(fresh.secret)]).toEqual(['allowed', 'allowed'])
    w.clock.advance(1)
    expect([await w.ask(secret), await w.ask(fresh.secret)]).toEqual(['secret_retired', 'allowed'])
  })

  it('shortens what an earlier secret has left and lengthens it never', async () => {
    const w = newWorld()
    const { id, secret } = await w.make()
    await w.tokens.refresh({ actor: ADMIN, id })
    w.clock.advance(HOUR)
    const [leak] = await report(w, secret, 'retire')
    expect(leak?.token.secrets[0]).toMatchObject({ worksUntil: START + DAY, leakedAt: START + HOUR })
    expect(leak?.token.expiresAt).toBe(START + 30 * DAY)
  })

  it('ends nothing later than it would have ended', async () => {
    const w = newWorld()
    const { secret } = await w.make({ lifetimeDays: 1 })
    w.clock.advance(HOUR)
    const [leak] = await report(w, secret, 'retire')
    expect(leak?.token.expiresAt).toBe(START + DAY)
  })
})

describe('tell', () => {
  it('changes nothing that a request could see, and stands in the log', async () => {
    const w = newWorld()
    const { id, token, secret } = await w.make()
    const [leak] = await report(w, secret, 'tell', URL_OF, 'gitguardian')
    const { version, secrets, ...rest } = leak?.token ?? {}
    expect(rest).toEqual((({ version: _, secrets: __, ...other }) => other)(token))
    expect({ version, secrets }).toMatchObject({ version: 2, secrets: [{ worksUntil: null, leakedAt: START }] })
    expect(await w.ask(secret)).toBe('allowed')
    expect((await eventsOf(w)).at(-1)).toMatchObject({
      type: 'leak_reported',
      tokenId: id,
      source: 'gitguardian',
      url: URL_OF,
      changes: { leak: { before: null, after: 'tell' } },
    })
  })
})

describe('the same report again', () => {
  it.each<LeakAction>(['revoke', 'retire', 'tell'])('writes nothing more after %s', async (action) => {
    const w = newWorld()
    const { secret } = await w.make()
    await report(w, secret, action, URL_OF)
    const before = await eventsOf(w)
    w.clock.advance(HOUR)
    for (const text of [secret, `${secret} ${secret}`, encodeURIComponent(secret)])
      expect(await report(w, text, action, `${URL_OF}?other=query`)).toMatchObject([{ action, isNew: false }])
    expect(await eventsOf(w)).toEqual(before)
  })

  it('is another one from elsewhere, of which a secret keeps twenty', async () => {
    const w = newWorld()
    const { secret } = await w.make()
    for (let i = 0; i < 30; i++) await report(w, secret, 'tell', `https://example.com/${i}`)
    expect(await eventsOf(w)).toHaveLength(20)
    // What is told no more still ends what it is to end.
    await report(w, secret, 'retire', 'https://example.com/99')
    expect((await eventsOf(w)).at(-1)).toMatchObject({ changes: { leak: { after: 'retire' } } })
    await report(w, secret, 'revoke', 'https://example.com/0')
    expect(await w.ask(secret)).toBe('token_revoked')
  })

  it('takes a harder action, and no softer one makes up for it', async () => {
    const w = newWorld()
    const { secret } = await w.make()
    const steps: readonly (readonly [LeakAction, boolean])[] = [
      ['tell', true],
      ['retire', true],
      ['tell', false],
      ['retire', false],
      ['revoke', true],
      ['retire', false],
      ['tell', false],
    ]
    for (const [action, isNew] of steps) expect(await report(w, secret, action, URL_OF)).toMatchObject([{ isNew }])
    expect(await w.log()).toEqual(['created', 'leak_reported', 'leak_reported', 'revoked'])
  })

  it.each<LeakAction>(['retire', 'tell'])('says nothing of what works no more: %s', async (action) => {
    const w = newWorld()
    const { secret } = await w.make()
    w.clock.advance(31 * DAY)
    expect(await report(w, secret, action)).toMatchObject([{ isNew: false }])
    expect(await w.log()).toEqual(['created'])
  })
})

describe('a report', () => {
  it('tells of each secret in a text, and of none that is not ours', async () => {
    const w = newWorld()
    const other = newWorld()
    const [one, two, foreign] = [await w.make(), await w.make(), await other.make()]
    const leaks = await report(w, `a=${one.secret}\nb=${foreign.secret}\nc=${two.secret}`, 'revoke')
    expect(leaks.map(({ token }) => token.id)).toEqual([one.id, two.id])
    expect(await report(w, 'nothing', 'revoke')).toEqual([])
  })

  it('holds neither a secret nor a digest in what the log has of it', async () => {
    const w = newWorld()
    const { secret } = await w.make()
    await report(w, secret, 'retire', `https://example.com/${secret}?a=${secret}`)
    const [event] = await eventsOf(w)
    expect(event?.url).toBe('https://example.com')
    expect(JSON.stringify(event)).not.toContain(secret.slice(-20))
  })

  it.each<[string, object]>([
    ['source: must be 1 to 32 lower-case letters, digits, ., _ and -, such as "github".', { source: 'Git Hub' }],
    ['source: is missing.', { source: undefined }],
    ['action: must be "revoke", "retire" or "tell".', { action: 'end' }],
    ['text: must be text.', { text: 5 }],
    ['url: must be text.', { url: 5 }],
  ])('is refused: %s', async (sentence, change) => {
    const w = newWorld()
    const error = await errorOf(
      reportLeak(w.tokens, { text: '', source: 'github', action: 'tell', ...change } as never),
    )
    expect(error.issues.map(({ path, message }) => `${path}: ${message}`)).toEqual([sentence])
  })

  it('needs the engine itself', async () => {
    const w = newWorld()
    const call = reportLeak({ ...w.tokens }, { text: '', source: 'github', action: 'tell' })
    await expect(call).rejects.toThrow(SetupError)
  })
})
