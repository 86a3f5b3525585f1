/**
 * Look-ups of a process with memory: shared by those who came early enough, kept unless newer
 * news came meanwhile, few at once.
 */
import { memoryStore } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { eventOf } from '../stores/records.ts'
import { ADMIN } from '../support/world.ts'
import {
  type Deployment,
  deployment,
  down,
  FRESH,
  late,
  never,
  type Process,
  UNWATCHED,
  unknownSecret,
  warmToken,
} from './support/processes.ts'
import { atRest, stateOf } from './support/steered-clock.ts'

/** How often the store was asked for records since the last look. */
const lookUps = (process: Process): number => process.calls().filter((call) => call === 'findByDigest').length

/** Makes the look-ups of a process end when the test says so, each with what the store said when it was asked. */
function heldUp(
  d: Deployment,
  process: Process,
): { readonly release: () => Promise<void>; readonly held: () => number } {
  let release: (() => void)[] = []
  process.replace.findByDigest = async (digest) => {
    const answer = await d.store.findByDigest(digest)
    await new Promise<void>((resolve) => void release.push(resolve))
    return answer
  }
  return {
    held: () => release.length,
    async release() {
      for (const resolve of release) resolve()
      release = []
      await atRest()
    },
  }
}

describe('a look-up', () => {
  it('is shared by all who ask for one secret at once, and made for each secret', async () => {
    const d = deployment()
    const a = d.start()
    const [one, two] = [await d.admin.make(), await d.admin.make()]
    a.replace.findByDigest = late(d.clock, 200, d.store.findByDigest)
    const asked = Array.from({ length: 200 }, (_, i) => a.ask(i % 2 ? one.secret : two.secret))
    expect(new Set(await d.done(Promise.all(asked)))).toEqual(new Set(['allowed']))
    expect(lookUps(a)).toBe(2)
  })

  it('that fails fails for all who share it, and for nobody after them', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await d.admin.make()
    a.replace.findByDigest = () => d.clock.sleep(100).then(down)
    const asked = Array.from({ length: 20 }, () => a.ask(secret))
    expect(new Set(await d.done(Promise.all(asked)))).toEqual(new Set(['unavailable']))
    expect(lookUps(a)).toBe(1)
    delete a.replace.findByDigest
    expect(await a.ask(secret)).toBe('allowed')
  })

  it('that began as long ago as the bound is shared with nobody: who comes then asks anew', async () => {
    const d = deployment()
    const a = d.start()
    await warmToken(d, a)
    const { secret } = await d.admin.make()
    const { held, release } = heldUp(d, a)
    const asked = [a.ask(secret)]
    await d.clock.pass(FRESH - 1)
    asked.push(a.ask(secret))
    await atRest()
    expect(held()).toBe(1)
    await d.clock.pass(1)
    asked.push(a.ask(secret))
    await atRest()
    expect(held()).toBe(2)
    // Who comes later still shares the newer one.
    await d.clock.pass(FRESH - 1)
    asked.push(a.ask(secret))
    await atRest()
    expect(held()).toBe(2)
    await release()
    expect(await Promise.all(asked)).toEqual(['allowed', 'allowed', 'allowed', 'allowed'])
    expect(await a.ask(secret)).toBe('allowed')
  })

  it('that began before a revoke is of no use to whoever asks after it resolved', async () => {
    const d = deployment()
    const a = d.start()
    await warmToken(d, a)
    const { id, secret } = await d.admin.make()
    const { release } = heldUp(d, a)
    const before = a.ask(secret)
    await atRest()
    const after = d.admin.tokens.revoke({ actor: ADMIN, id }).then(() => a.ask(secret))
    await d.clock.pass(2 * FRESH)
    await release()
    expect(await d.done(before)).toBe('allowed')
    expect(await d.done(after)).toBe('token_revoked')
    delete a.replace.findByDigest
    expect(await a.ask(secret)).toBe('token_revoked')
  })

  it('is of no use to whoever asks after a revoke, in a process whose bound nobody has heard of yet', async () => {
    const d = deployment()
    const a = d.start()
    const { id, secret } = await d.admin.make()
    // The bound cannot be raised, so that no writer waits for this process; records it can read.
    a.replace.bound = down
    const { release } = heldUp(d, a)
    const before = a.ask(secret)
    await atRest()
    const after = d.admin.tokens.revoke({ actor: ADMIN, id }).then(() => a.ask(secret))
    await atRest()
    await release()
    await release()
    expect(await d.done(before)).toBe('allowed')
    expect(await d.done(after)).toBe('token_revoked')
  })
})

describe('a look-up, after the store was restored and forgot the bound,', () => {
  it('that began before is of no use to whoever asks after a revoke', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const other = await warmToken(d, a)
    const { id, secret } = await d.admin.make()
    // Before half of the bound is over, so that no proof begins with it.
    await d.clock.pass(FRESH / 2)
    const { release } = heldUp(d, a)
    const before = a.ask(secret)
    await atRest()
    // A restored store that holds the token, in which nobody has heard of any bound.
    const record = (await d.store.find(id))!
    d.store = memoryStore()
    await d.store.commit(record, eventOf(record))
    a.replace.bound = down
    await d.clock.pass(FRESH / 2)
    const proved = a.ask(other.secret)
    await atRest()
    const after = d.admin.tokens.revoke({ actor: ADMIN, id }).then(() => a.ask(secret))
    await atRest()
    await release()
    await release()
    expect(await d.done(before)).toBe('allowed')
    expect(await d.done(after)).toBe('token_revoked')
    expect(await d.done(proved)).toBe('token_unknown')
  })

  it('is of no use to whoever asks after a revoke, as long as the bound cannot be raised again', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    await warmToken(d, a)
    // A restored store, in which nobody has heard of any bound.
    d.store = memoryStore()
    const { id, secret } = await d.admin.make()
    a.replace.bound = down
    await d.clock.pass(FRESH)
    const { release } = heldUp(d, a)
    const before = a.ask(secret)
    await atRest()
    const after = d.admin.tokens.revoke({ actor: ADMIN, id }).then(() => a.ask(secret))
    await atRest()
    await release()
    await release()
    expect(await d.done(before)).toBe('allowed')
    expect(await d.done(after)).toBe('token_revoked')
  })
})

describe('the answer to a look-up', () => {
  const NEWS: readonly [string, (d: Deployment, id: string) => Promise<unknown>][] = [
    ['edited', ({ admin }, id) => admin.tokens.edit({ actor: ADMIN, id, scopes: ['file_comments:read'] })],
    ['revoked', ({ admin }, id) => admin.tokens.revoke({ actor: ADMIN, id })],
    ['refreshed', ({ admin }, id) => admin.tokens.refresh({ actor: ADMIN, id, retirePrevious: 'now' })],
  ]
  it.each(NEWS)('is not kept if meanwhile came the news that its token was %s', async (_, change) => {
    const d = deployment()
    const a = d.start()
    const other = await warmToken(d, a)
    const { id, secret } = await d.admin.make()
    const { release } = heldUp(d, a)
    const early = a.ask(secret)
    await atRest()
    const changed = change(d, id)
    await d.clock.pass(FRESH)
    expect(await d.done(a.ask(other.secret))).toBe('allowed')
    await release()
    expect(await early).toBe('allowed')
    delete a.replace.findByDigest
    a.calls()
    expect(await a.ask(secret)).toMatch(/scope_missing|token_revoked|secret_retired/)
    expect(lookUps(a)).toBe(1)
    await d.done(changed)
  })

  it('is kept if news came of other tokens alone', async () => {
    const d = deployment()
    const a = d.start()
    const other = await warmToken(d, a)
    const { secret } = await d.admin.make()
    const { release } = heldUp(d, a)
    const early = a.ask(secret)
    await d.clock.pass(FRESH)
    await d.admin.make()
    expect(await d.done(a.ask(other.secret))).toBe('allowed')
    await release()
    expect(await early).toBe('allowed')
    a.replace.findByDigest = never
    expect(await stateOf(a.ask(secret))).toBe('resolved')
  })

  it('is not kept after more news than is remembered, since they may have told of its token', async () => {
    const d = deployment()
    const a = d.start()
    const other = await warmToken(d, a)
    const { id, secret } = await d.admin.make()
    const { release } = heldUp(d, a)
    const early = a.ask(secret)
    await atRest()
    const changed = d.admin.tokens.edit({ actor: ADMIN, id, scopes: ['file_comments:read'] })
    await d.clock.pass(FRESH)
    for (let i = 0; i < 1_001; i++) await d.admin.make()
    expect(await d.done(a.ask(other.secret))).toBe('allowed')
    await release()
    expect(await early).toBe('allowed')
    delete a.replace.findByDigest
    expect(await a.ask(secret)).toBe('scope_missing')
    await d.done(changed)
  })

  it('is kept when the news tell of what it knew already', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    await warmToken(d, a)
    const { secret } = await d.admin.make()
    expect(await a.ask(secret)).toBe('allowed')
    await d.clock.pass(FRESH)
    a.calls()
    expect(await a.ask(secret)).toBe('allowed')
    expect(lookUps(a)).toBe(0)
  })

  it('is not kept after as much news as is remembered, of which the oldest told of its token', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const other = await warmToken(d, a)
    const { id, secret } = await d.admin.make()
    await d.clock.pass(FRESH)
    expect(await a.ask(other.secret)).toBe('allowed')
    const { release } = heldUp(d, a)
    const early = a.ask(secret)
    await atRest()
    const changed = d.admin.tokens.edit({ actor: ADMIN, id, scopes: ['file_comments:read'] })
    await atRest()
    for (let i = 0; i < 999; i++) await d.admin.make()
    await d.clock.pass(FRESH)
    expect(await d.done(a.ask(other.secret))).toBe('allowed')
    await release()
    expect(await early).toBe('allowed')
    delete a.replace.findByDigest
    expect(await a.ask(secret)).toBe('scope_missing')
    await d.done(changed)
  })

  it('that a secret is unknown is not kept if meanwhile came the news of a new secret', async () => {
    const d = deployment()
    const a = d.start()
    const other = await warmToken(d, a)
    const { release } = heldUp(d, a)
    const early = a.ask(unknownSecret(1))
    await d.clock.pass(FRESH)
    await d.admin.make()
    expect(await d.done(a.ask(other.secret))).toBe('allowed')
    await release()
    expect(await early).toBe('token_unknown')
    a.calls()
    delete a.replace.findByDigest
    expect(await a.ask(unknownSecret(1))).toBe('token_unknown')
    expect(lookUps(a)).toBe(1)
  })

  it('does not take the place of a newer one that came first', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { id, secret } = await warmToken(d, a)
    const { secret: next } = await d.done(d.admin.tokens.refresh({ actor: ADMIN, id }))
    // The old secret is looked up before an edit, the new one after it; the first answer comes last.
    const { release } = heldUp(d, a)
    const early = a.ask(secret)
    await atRest()
    const edited = d.admin.tokens.edit({ actor: ADMIN, id, scopes: ['file_comments:read'] })
    await atRest()
    delete a.replace.findByDigest
    expect(await d.done(a.ask(next))).toBe('scope_missing')
    await release()
    expect(await d.done(early)).toBe('allowed')
    expect([await a.ask(secret), await a.ask(next)]).toEqual(['scope_missing', 'scope_missing'])
    await d.done(edited)
  })

  it('does not take the place of a newer one of which no news has come yet', async () => {
    const d = deployment()
    const { id, secret } = await d.admin.make()
    const { secret: next } = await d.done(d.admin.tokens.refresh({ actor: ADMIN, id }))
    // What happened before a process began it does not hear of.
    const a = d.start(UNWATCHED)
    await warmToken(d, a)
    const { release } = heldUp(d, a)
    const early = a.ask(secret)
    await atRest()
    const edited = d.admin.tokens.edit({ actor: ADMIN, id, scopes: ['file_comments:read'] })
    await atRest()
    delete a.replace.findByDigest
    expect(await a.ask(next)).toBe('scope_missing')
    await release()
    expect(await early).toBe('allowed')
    expect([await a.ask(secret), await a.ask(next)]).toEqual(['scope_missing', 'scope_missing'])
    expect(lookUps(a)).toBe(2)
    await d.done(edited)
  })

  it('is not kept after the news that its token was revoked, however long ago other news of it came', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const other = await warmToken(d, a)
    const { id, secret } = await d.admin.make()
    // News of as many tokens as are remembered, of which this one is the oldest.
    for (let i = 0; i < 999; i++) await d.admin.make()
    await d.clock.pass(FRESH)
    expect(await a.ask(other.secret)).toBe('allowed')
    const { release } = heldUp(d, a)
    const early = a.ask(secret)
    await atRest()
    const revoked = d.admin.tokens.revoke({ actor: ADMIN, id })
    await atRest()
    await d.admin.make()
    await d.clock.pass(FRESH)
    expect(await a.ask(other.secret)).toBe('allowed')
    await release()
    expect(await early).toBe('allowed')
    delete a.replace.findByDigest
    expect(await a.ask(secret)).toBe('token_revoked')
    await d.done(revoked)
  })

  it('that does not hold the digest, or is no record, is neither used nor kept', async () => {
    const d = deployment()
    const a = d.start()
    const { id } = await warmToken(d, a)
    const record = await d.store.find(id)
    for (const answer of [record, null, 'record', 5, [], {}, { secrets: [] }]) {
      a.replace.findByDigest = async () => answer as never
      expect(await a.ask(unknownSecret(7))).toBe('token_unknown')
      a.calls()
      expect(await a.ask(unknownSecret(7))).toBe('token_unknown')
      expect(lookUps(a)).toBe(1)
    }
  })
})
