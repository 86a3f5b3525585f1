/** Keys with a slow hash: found by the id in them, compared by the host's function, and never more at once than was said. */
import type { TokenRecord } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, errorOf } from '../support/world.ts'
import { claimOf, FORMS, KEYS, legacyOf, legacyWorld, slowForm, slowHash } from './world.ts'

/** A world with the slow scheme alone. */
function slowWorld(change: Parameters<typeof slowForm>[0] = {}, options: Parameters<typeof legacyWorld>[0] = {}) {
  const { form, asked } = slowForm(change)
  return { ...legacyWorld({ legacy: legacyOf(form), ...options }), asked }
}

/** Comparisons that wait until they are let go. */
function held() {
  const waiting: (() => void)[] = []
  let most = 0
  const verify = async (key: string, hash: string): Promise<boolean> => {
    await new Promise<void>((resolve) => {
      most = Math.max(most, waiting.push(resolve))
    })
    return slowHash(key) === hash
  }
  return {
    verify,
    most: () => most,
    under: () => waiting.length,
    /** Lets them all go, and those that come after them. */
    async release() {
      for (let i = 0; i < 1_000; i++) {
        for (const go of waiting.splice(0)) go()
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

const wrong = (n = 0): string => KEYS.slow(n, 'e'.repeat(32))
const other = (i: number, n = 0): string =>
  KEYS.slow(n, `${String.fromCharCode(97 + (i % 26)).repeat(31)}${String.fromCharCode(97 + Math.floor(i / 26))}`)

/** So many wrong keys with one id. */
const wrongs = (count: number): readonly string[] =>
  Array.from({ length: count + 1 }, (_, i) => other(i))
    .filter((key) => key !== KEYS.slow())
    .slice(0, count)

describe('a key with a slow hash', () => {
  it('is found by its id and allowed if the host’s function says exactly that it is right', async () => {
    const { adopt, ask, store } = slowWorld()
    const { id } = await adopt('slow')
    expect(await ask(KEYS.slow())).toBe('allowed')
    expect(await ask(wrong())).toBe('token_unknown')
    expect(await ask(KEYS.slow(1))).toBe('token_unknown')
    const record = (await store.find(id)) as TokenRecord
    expect(record.secrets[0]?.legacy).toEqual({ scheme: 'slow', hash: slowHash(KEYS.slow()) })
  })

  it.each([1, 'true', {}, null, undefined, 'yes'])('is unknown where the function says %s', async (said) => {
    for (const answer of [said, Promise.resolve(said)]) {
      const { adopt, ask } = slowWorld({ verify: () => answer })
      await adopt('slow')
      expect(await ask(KEYS.slow())).toBe('token_unknown')
    }
  })

  it('is compared once for each wrong text, not at all for an id that nobody has, and once for a right one', async () => {
    const { adopt, ask, asked } = slowWorld()
    await adopt('slow')
    for (let i = 0; i < 3; i++) await ask(KEYS.slow())
    expect(asked).toEqual([KEYS.slow()])
    for (let i = 0; i < 3; i++) await ask(wrong())
    expect(asked).toEqual([KEYS.slow(), wrong(), wrong(), wrong()])
    await ask(KEYS.slow(7))
    expect(asked).toHaveLength(4)
  })

  it('is compared once for requests with the same key at the same moment', async () => {
    const { adopt, ask, asked } = slowWorld()
    await adopt('slow')
    expect(new Set(await Promise.all(Array.from({ length: 50 }, () => ask(KEYS.slow()))))).toEqual(new Set(['allowed']))
    expect(asked).toHaveLength(1)
  })

  it('is judged by the record of now, however often it was compared', async () => {
    const { adopt, ask, tokens } = slowWorld()
    const { id } = await adopt('slow')
    expect(await ask(KEYS.slow())).toBe('allowed')
    await tokens.revoke({ actor: ADMIN, id })
    expect(await ask(KEYS.slow())).toBe('token_revoked')
    // Who does not have the key does not learn that its token was revoked.
    expect(await ask(wrong())).toBe('token_unknown')
  })

  it('is compared with the hash of now: a right key of before opens nothing with another one', async () => {
    const { adopt, ask, store, asked } = slowWorld()
    const { id } = await adopt('slow')
    expect(await ask(KEYS.slow())).toBe('allowed')
    const record = (await store.find(id)) as TokenRecord
    const legacy = { scheme: 'slow', hash: slowHash(wrong()) }
    const secrets = record.secrets.map((secret) => ({ ...secret, legacy }))
    await store.commit(
      { ...record, secrets, version: 2, eventId: 'x' },
      { v: 1, id: 'x', at: 0, type: 'edited', tokenId: id, planId: '1001', actor: null, version: 2 },
    )
    expect(await ask(KEYS.slow())).toBe('token_unknown')
    expect(asked).toHaveLength(2)
  })

  it('is unavailable where the function fails, and onError hears it', async () => {
    const heard: unknown[] = []
    const broken = new Error('no such module')
    for (const verify of [
      () => Promise.reject(broken),
      () => {
        throw broken
      },
    ]) {
      const { adopt, ask, tokens } = slowWorld(
        { verify },
        { onError: (error, { method }) => heard.push([error, method]) },
      )
      await adopt('slow')
      expect(await ask(KEYS.slow())).toBe('unavailable')
      expect(heard.pop()).toEqual([broken, 'legacy.verify'])
      expect(await codeOf(tokens.inspect({ secret: KEYS.slow() }))).toBe('unavailable')
      expect(await codeOf(tokens.revokeSecret({ text: KEYS.slow() }))).toBe('unavailable')
    }
  })

  it('is unavailable where the function takes longer than a port may', async () => {
    const { adopt, ask } = slowWorld({ verify: () => new Promise(() => undefined) }, { timeoutMs: 20 })
    await adopt('slow')
    expect(await ask(KEYS.slow())).toBe('unavailable')
  })

  it('is ended only by whoever has it: an id in a text that is reported ends nothing', async () => {
    const { adopt, ask, tokens } = slowWorld()
    await adopt('slow')
    expect(await tokens.revokeSecret({ text: `found ${wrong()} in a log` })).toEqual({ revoked: false })
    expect(await ask(KEYS.slow())).toBe('allowed')
    expect(await tokens.revokeSecret({ text: `found ${KEYS.slow()} in a log` })).toMatchObject({ revoked: true })
    expect(await ask(KEYS.slow())).toBe('token_revoked')
  })

  it('that cannot be compared keeps no other in the same text from its end', async () => {
    const { form } = slowForm({
      verify(key, hash) {
        if (key === KEYS.slow()) throw new Error('no hash of ours')
        return slowHash(key) === hash
      },
    })
    const { adopt, ask, tokens } = legacyWorld({ legacy: legacyOf(FORMS.plain, form) })
    await adopt('slow')
    await adopt('slow', 1)
    await adopt('plain')
    const text = [KEYS.slow(), KEYS.slow(1), KEYS.plain()].join('\n')
    // Whoever reports it hears that not all of it is done.
    expect(await codeOf(tokens.revokeSecret({ text }))).toBe('unavailable')
    expect(await ask(KEYS.slow(1))).toBe('token_revoked')
    expect(await ask(KEYS.plain())).toBe('token_revoked')
  })

  it('works for 24 hours beside the native secret that follows it', async () => {
    const { adopt, ask, tokens } = slowWorld()
    const { id } = await adopt('slow')
    const { secret, token } = await tokens.refresh({ actor: ADMIN, id })
    expect(token.legacy).toBe(false)
    expect([await ask(KEYS.slow()), await ask(secret), await ask(wrong())]).toEqual([
      'allowed',
      'allowed',
      'token_unknown',
    ])
  })

  it('is inspected and explained as any other', async () => {
    const { adopt, tokens } = slowWorld()
    const { id } = await adopt('slow')
    expect(await tokens.inspect({ secret: KEYS.slow() })).toMatchObject({ active: true, token: { id } })
    expect(await tokens.inspect({ secret: wrong() })).toEqual({ active: false })
    const explained = await tokens.explain(requestWith(wrong(), 'GET /v1/files/FileA'))
    expect(explained.decision).toMatchObject({ code: 'token_unknown' })
    // Nothing of the token whose id it has.
    expect(JSON.stringify(explained)).not.toContain(id)
  })

  it('never gives its hash away', async () => {
    const { adopt, tokens, ask } = slowWorld()
    const { id } = await adopt('slow')
    await ask(KEYS.slow())
    const decision = await tokens.authorize(requestWith(KEYS.slow(), 'GET /v1/files/FileA'))
    const shown = JSON.stringify([
      ...[decision, await tokens.get({ actor: ADMIN, id }), await tokens.events({ actor: ADMIN, planId: '1001' })],
      await tokens.explain({ actor: ADMIN, id, route: 'GET /v1/me' }),
    ])
    expect(shown).not.toContain('slow$')
  })
})

describe('what is said of such a key', () => {
  it.each([
    [{ keyId: undefined }, 'keyId'],
    [{ keyId: '12' }, 'keyId'],
    [{ keyId: '00001' }, 'keyId'],
    [{ keyId: '0000\n' }, 'keyId'],
    [{ keyId: 1 }, 'keyId'],
    [{ digest: undefined }, 'digest'],
    [{ digest: '' }, 'digest'],
    [{ digest: 'a b' }, 'digest'],
    [{ digest: 'x'.repeat(513) }, 'digest'],
  ])('%o is a mistake at %s', async (change, path) => {
    const { tokens } = slowWorld()
    const error = await errorOf(tokens.adopt(claimOf('slow', 0, change)))
    expect(error.issues.map((issue) => issue.path)).toEqual([path])
  })

  it('makes one token for each id, and another hash is no repetition', async () => {
    const { adopt } = slowWorld()
    const run = { idempotencyKey: 'run' }
    const { id } = await adopt('slow', 0, run)
    expect((await adopt('slow', 0, run)).id).toBe(id)
    expect(await codeOf(adopt('slow', 0, { ...run, digest: slowHash('other') }))).toBe('idempotency_key_reused')
    expect(await codeOf(adopt('slow', 0, { digest: slowHash('other') }))).toBe('key_already_adopted')
  })
})

describe('very many comparisons', () => {
  it('are made a few at once, the rest waits, and what is beyond is unavailable at once', async () => {
    const { verify, most, release } = held()
    const { adopt, ask } = slowWorld({ verify, atOnce: 2 }, { timeoutMs: 60_000 })
    const count = 60
    for (let n = 0; n < count; n++) await adopt('slow', n)
    const asking = Array.from({ length: count }, (_, n) => ask(KEYS.slow(n)))
    await new Promise((resolve) => setTimeout(resolve, 10))
    await release()
    const answers = await Promise.all(asking)
    // Two at once, and 25 wait for each of the places.
    expect(answers.filter((answer) => answer === 'allowed')).toHaveLength(52)
    expect(answers.filter((answer) => answer === 'unavailable')).toHaveLength(8)
    expect(most()).toBe(2)
    // Afterwards there is room again.
    const later = ask(KEYS.slow(59))
    await release()
    expect(await later).toBe('allowed')
  })

  it('with one id leave room for the others', async () => {
    const { verify, release, under } = held()
    const { adopt, ask, asked } = slowWorld({ verify, atOnce: 8 }, { timeoutMs: 60_000 })
    await adopt('slow', 0)
    await adopt('slow', 1)
    const flood = wrongs(100).map((key) => ask(key))
    const honest = ask(KEYS.slow(1))
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(under()).toBe(5)
    await release()
    const answers = await Promise.all(flood)
    expect(answers.filter((answer) => answer === 'token_unknown')).toHaveLength(20)
    expect(answers.filter((answer) => answer === 'unavailable')).toHaveLength(80)
    expect(await honest).toBe('allowed')
    expect(asked).toHaveLength(21)
  })

  it('with an id that others know do not keep its owner out', async () => {
    const verify = async (key: string, hash: string): Promise<boolean> => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return slowHash(key) === hash
    }
    const { adopt, ask } = slowWorld({ verify })
    await adopt('slow')
    let isOver = false
    const keys = wrongs(600)
    let sent = 0
    const attacker = async (): Promise<void> => {
      while (!isOver) await ask(keys[sent++ % 600] as string)
    }
    const attackers = Array.from({ length: 8 }, attacker)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await ask(KEYS.slow())).toBe('allowed')
    isOver = true
    await Promise.all(attackers)
  })

  it('of a few hashes take turns: one that many want is no earlier than another', async () => {
    const { verify, release } = held()
    const { adopt, ask, asked } = slowWorld({ verify, atOnce: 1 }, { timeoutMs: 60_000 })
    for (const n of [0, 1, 2]) await adopt('slow', n)
    const keys = wrongs(10)
    const flood = keys.map((key) => ask(key))
    const others = [ask(KEYS.slow(1)), ask(KEYS.slow(2))]
    await new Promise((resolve) => setTimeout(resolve, 10))
    await release()
    expect(await Promise.all(others)).toEqual(['allowed', 'allowed'])
    await Promise.all(flood)
    expect(asked.slice(0, 4)).toEqual([keys[0], keys[1], KEYS.slow(1), KEYS.slow(2)])
  })

  it('do not touch a key that was found to be right before', async () => {
    const { verify, release } = held()
    const { adopt, ask } = slowWorld({ verify, atOnce: 1 }, { timeoutMs: 60_000 })
    for (let n = 0; n < 30; n++) await adopt('slow', n)
    const first = ask(KEYS.slow(0))
    await release()
    expect(await first).toBe('allowed')
    const flood = Array.from({ length: 29 }, (_, n) => ask(wrong(n + 1)))
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await ask(KEYS.slow(0))).toBe('allowed')
    await release()
    await Promise.all(flood)
  })
})
