/** What falls due: told once when its time has come, never when something has cancelled it, and not missed after a stop. */

import fc from 'fast-check'
import { canaryTokens } from 'plan-access-tokens/leaks'
import { createOutbox, type Notice } from 'plan-access-tokens/outbox'
import { describe, expect, it } from 'vitest'
import { sentenceOf } from '../../src/outbox/texts.ts'
import { ADMIN, DAY, HOUR, MINUTE, newDirectory, newWorld, START, type WorldOptions } from '../support/world.ts'
import { OTHER, receiver } from './support.ts'

/** A world in which an outbox looks once an hour, and what it told besides events. */
function dueWorld(fails?: Parameters<typeof receiver>[0], options?: WorldOptions) {
  const world = newWorld({ canaries: canaryTokens(), ...options })
  const { deliver, got } = receiver(fails)
  const outbox = createOutbox({ tokens: world.tokens, deliver })
  const due = (): Notice[] => got.filter(({ seq }) => seq === undefined)
  return {
    ...world,
    outbox,
    due,
    /** When each was told, in days since the start, and what. */
    lines: (): string[] =>
      due().map(({ at, type, daysLeft }) => `${(at - START) / DAY} ${type} ${daysLeft ?? ''}`.trim()),
    /** Lets time go by, an hour at a time, and looks each time. */
    async pass(ms: number) {
      for (let left = ms; left > 0; left -= HOUR) {
        world.clock.advance(Math.min(HOUR, left))
        await outbox.runOnce()
      }
    },
    /** Lets time go by in which nobody looks. */
    async stop(ms: number) {
      world.clock.advance(ms)
      await outbox.runOnce()
    },
  }
}

describe('a token that ends', () => {
  it('is told of 30, 7 and 1 days before, and when it has ended, once each', async () => {
    const { make, outbox, lines, pass, due } = dueWorld()
    await outbox.runOnce()
    const { id, token } = await make({ lifetimeDays: 60 })
    await pass(62 * DAY)
    expect(lines()).toEqual(['30 token.expiring 30', '53 token.expiring 7', '59 token.expiring 1', '60 token.expired'])
    expect(due()[0]).toEqual({
      ...{ id: `${id}_expiring_30_${token.expiresAt}`, type: 'token.expiring', planId: '1001', tokenId: id },
      ...{ at: token.expiresAt - 30 * DAY, endsAt: token.expiresAt, daysLeft: 30, token: expect.any(Object) },
    })
    expect(due()[0]?.token).toMatchObject({ name: 'Nightly export', status: 'active' })
  })

  it.each([
    [30, [7, 1]],
    [7, [1]],
    [1, []],
  ])('was made for %i days and is not told of when it is made', async (lifetimeDays, expected) => {
    const { make, outbox, due, pass } = dueWorld()
    await outbox.runOnce()
    await make({ lifetimeDays })
    await pass(lifetimeDays * DAY - HOUR)
    expect(due().map(({ daysLeft }) => daysLeft)).toEqual(expected)
  })

  it('and is refreshed, revoked or used up before anybody looked is told of by what it is then', async () => {
    const { tokens, make, outbox, stop, lines } = dueWorld()
    await outbox.runOnce()
    const [refreshed, revoked] = [await make({ lifetimeDays: 40 }), await make({ lifetimeDays: 40 })]
    await make({ lifetimeDays: 40 })
    await stop(9 * DAY)
    await tokens.refresh({ actor: ADMIN, id: refreshed.id })
    await tokens.revoke({ actor: ADMIN, id: revoked.id })
    await stop(DAY)
    expect(lines()).toEqual(['10 token.expiring 30'])
    // Of several moments that have passed the last counts; what has ended is told as ended.
    await stop(25 * DAY)
    expect(lines().slice(1)).toEqual(['19 token.expiring 30', '33 token.expiring 7'])
    await stop(20 * DAY)
    expect(lines().slice(3).toSorted()).toEqual(['40 token.expired', '49 token.expired'])
  })
})

describe('a token that nobody uses', () => {
  it('is told of 90 days after its last use, its last secret or its making, and again only after a use', async () => {
    const { tokens, make, ask, outbox, pass, lines, due } = dueWorld()
    await outbox.runOnce()
    const { id, secret } = await make({ lifetimeDays: 365 })
    await pass(DAY)
    expect(await ask(secret)).toBe('allowed')
    await tokens.close()
    await pass(92 * DAY)
    expect(lines()).toEqual(['91 token.unused'])
    expect(due()[0]).toMatchObject({ tokenId: id, lastUsedAt: START + DAY })
    await tokens.refresh({ actor: ADMIN, id })
    await pass(80 * DAY)
    expect(lines()).toHaveLength(1)
    await pass(11 * DAY)
    expect(lines()).toEqual(['91 token.unused', '183 token.unused'])
  })
})

describe('a token that a rule of its plan ends', () => {
  const ruled = (rules: () => unknown) => dueWorld(undefined, { directory: { ...newDirectory(), rules } as never })

  it('by its age is told of 7 days and a day before, and when it has ended; a refresh starts that again', async () => {
    let rules: object = {}
    const { tokens, make, ask, outbox, pass, lines, due } = ruled(() => rules)
    await outbox.runOnce()
    // Made before the rule: what is made after it ends by its own date.
    const [long, refreshed] = [await make({ lifetimeDays: 300 }), await make({ lifetimeDays: 300 })]
    rules = { maxLifetimeDays: 20 }
    await make({ lifetimeDays: 20 })
    await pass(12 * DAY)
    await tokens.refresh({ actor: ADMIN, id: refreshed.id })
    await pass(9 * DAY)
    const ofRule = due().filter(({ tokenId }) => tokenId === long.id)
    expect(lines().filter((line) => line.includes('rule'))).toEqual([
      ...['13 token.ending_by_rule 7', '19 token.ending_by_rule 1', '20 token.ended_by_rule'],
    ])
    expect(ofRule.map(({ rule, endsAt }) => [rule, endsAt])).toEqual(
      Array(3).fill(['lifetime_exceeded', START + 20 * DAY]),
    )
    expect(await ask(long.secret)).toBe('lifetime_exceeded')
    expect(sentenceOf(ofRule[2] as Notice)).toMatch(/^A rule of the plan has ended the token "Nightly export" on /)
  })

  it('since nobody uses it is told of in the last half of that time, and a use cancels it', async () => {
    const { tokens, make, ask, outbox, pass, lines, due } = ruled(() => ({ idleDays: 10 }))
    await outbox.runOnce()
    const { secret } = await make({ lifetimeDays: 100 })
    await pass(8 * DAY)
    expect(await ask(secret)).toBe('allowed')
    await tokens.close()
    await pass(11 * DAY)
    expect(lines()).toEqual(['17 token.ending_by_rule 1', '18 token.ended_by_rule'])
    expect(due().map(({ rule }) => rule)).toEqual(['token_idle', 'token_idle'])
  })

  it('is told of by its own date alone while the rules cannot be had, and a canary never by a rule', async () => {
    let rules: object = {}
    const { make, outbox, pass, lines } = ruled(() => rules)
    await outbox.runOnce()
    await make({ lifetimeDays: 10 })
    rules = { maxLifetimeDays: 5, misspelt: true }
    await pass(11 * DAY)
    const own = ['3 token.expiring 7', '9 token.expiring 1', '10 token.expired']
    expect(lines()).toEqual(own)
    rules = {}
    const canary = ruled(() => rules)
    await canary.outbox.runOnce()
    await canary.make({ canary: true, lifetimeDays: 10 })
    rules = { maxLifetimeDays: 5, idleDays: 4 }
    await canary.pass(11 * DAY)
    expect(canary.lines()).toEqual(own)
  })

  it('waits for the rules of several plans once: a directory that does not answer is not waited for plan by plan', async () => {
    let [now, most] = [0, 0]
    const { make, pass, outbox } = ruled(async () => {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setTimeout(resolve))
      now -= 1
      return {}
    })
    await make()
    await make(OTHER)
    await outbox.runOnce()
    most = 0
    await pass(HOUR)
    expect(most).toBe(2)
  })
})

describe('an old secret that is still used', () => {
  it('is told of after each quarter of its grace in which it was used, and not where it was not', async () => {
    const { tokens, make, clock, store, outbox, pass, due } = dueWorld()
    await outbox.runOnce()
    const { id, secret } = await make()
    const { digest } = (await store.find(id))!.secrets[0]!
    const useAt = (at: number) => store.recordUse([{ tokenId: id, digest, at: at - (at % MINUTE) }])
    await useAt(clock.now())
    clock.advance(HOUR)
    await tokens.refresh({ actor: ADMIN, id })
    const since = clock.now()
    // Once in the first quarter, not in the second, at the end of the third, and in the last.
    for (const hours of [1, 17, 22]) {
      await pass(since + hours * HOUR - clock.now())
      await useAt(clock.now())
    }
    await pass(30 * HOUR)
    expect(
      due().map(({ type, at, lastUsedAt, endsAt }) => [type, at - since, lastUsedAt! - since, endsAt! - since]),
    ).toEqual([
      ['token.old_secret_used', 6 * HOUR, HOUR, DAY],
      ['token.old_secret_used', 18 * HOUR, 17 * HOUR, DAY],
      ['token.old_secret_used', 24 * HOUR, 22 * HOUR, DAY],
    ])
    expect(new Set(due().map((notice) => notice.id)).size).toBe(3)
    expect(JSON.stringify(due())).not.toContain(digest)
    expect(JSON.stringify(due())).not.toContain(secret)
  })

  it('is not told of where it was ended at once', async () => {
    const { tokens, make, ask, outbox, pass, due } = dueWorld()
    await outbox.runOnce()
    const { id, secret } = await make()
    await ask(secret)
    await tokens.refresh({ actor: ADMIN, id, retirePrevious: 'now' })
    await tokens.close()
    await pass(30 * HOUR)
    expect(due()).toEqual([])
  })
})

describe('what falls due', () => {
  it('is tried again in a plan that fails, holds up no other plan, and is left out once it is cancelled', async () => {
    let works = false
    const { tokens, make, outbox, pass, due } = dueWorld(({ planId }) => {
      if (planId === '1001' && !works) throw new Error('down')
    })
    await outbox.runOnce()
    const [first, second] = [await make({ lifetimeDays: 10 }), await make({ lifetimeDays: 10 })]
    await make({ ...OTHER, lifetimeDays: 10 })
    await pass(3 * DAY + HOUR)
    expect(due().map(({ planId }) => planId)).toEqual(['2002'])
    await tokens.refresh({ actor: ADMIN, id: first.id })
    works = true
    await pass(DAY)
    expect(
      due()
        .slice(1)
        .map(({ tokenId }) => tokenId),
    ).toEqual([second.id])
  })

  it('comes once, and all of it, whatever is found and whenever processes stop and go on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ days: fc.integer({ min: 1, max: 40 }), isOther: fc.boolean() }), { maxLength: 12 }),
        fc.array(
          fc.record({ hours: fc.integer({ min: 1, max: 200 }), cutAfter: fc.option(fc.integer({ min: 0, max: 4 })) }),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        async (wishes, looks) => {
          const { tokens, make, clock } = newWorld()
          const got: Notice[] = []
          let left = Number.POSITIVE_INFINITY
          const deliver = (notice: Notice): void => {
            if (left-- <= 0) throw new Error('cut')
            got.push(notice)
          }
          await createOutbox({ tokens, deliver }).runOnce()
          for (const { days, isOther } of wishes) await make({ ...(isOther && OTHER), lifetimeDays: days })
          for (const { hours, cutAfter } of [
            ...looks,
            { hours: 40 * 24, cutAfter: null },
            { hours: 24, cutAfter: null },
          ]) {
            clock.advance(hours * HOUR)
            left = cutAfter ?? Number.POSITIVE_INFINITY
            await createOutbox({ tokens, deliver }).runOnce()
          }
          const ended = got.filter(({ type }) => type === 'token.expired')
          expect(new Set(ended.map(({ id }) => id)).size).toBe(wishes.length)
          const created = got.filter(({ type }) => type === 'token.created').map(({ tokenId }) => tokenId)
          expect(new Set(created).size).toBe(wishes.length)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('comes once where nothing fails, however many tokens and plans there are', async () => {
    const { make, outbox, pass, due } = dueWorld()
    await outbox.runOnce()
    for (let i = 0; i < 500; i++) await make({ lifetimeDays: 8, name: `Token ${i}`, ...(i % 3 === 0 && OTHER) })
    await pass(2 * DAY)
    expect(due()).toHaveLength(500)
    expect(new Set(due().map(({ id }) => id)).size).toBe(500)
  })

  it('comes once where the next of its plan fails and the same process tries that again', async () => {
    const { make, tokens } = newWorld({ clock: { now: () => Date.now() } as never })
    let tries = 0
    const { deliver, got } = receiver(({ seq }) => {
      if (seq === undefined && ++tries === 2) throw new Error('The receiver is down.')
    })
    const due = (): readonly string[] => got.flatMap(({ seq, tokenId }) => (seq === undefined ? [tokenId] : []))
    const outbox = createOutbox({ tokens, deliver, pollMs: 10, dueEveryMs: 1_000, firstPauseMs: 1 })
    outbox.start()
    const expiresAt = Date.now() + 500
    const made = [
      await make({ lifetimeDays: undefined, expiresAt }),
      await make({ lifetimeDays: undefined, expiresAt }),
    ]
    while (new Set(due()).size < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    await outbox.close()
    expect(tries).toBe(3)
    expect(due().toSorted()).toEqual(made.map(({ id }) => id).toSorted())
  })
})

describe('a canary', () => {
  it('is told of when it ends, and never as unused: that is what it is for', async () => {
    const { make, outbox, lines, pass, due } = dueWorld()
    await outbox.runOnce()
    await make({ canary: true, lifetimeDays: 120 })
    await pass(121 * DAY)
    expect(lines()).toEqual([
      '90 token.expiring 30',
      '113 token.expiring 7',
      '119 token.expiring 1',
      '120 token.expired',
    ])
    expect(due().map(({ token }) => token?.canary)).toEqual([true, true, true, true])
  })
})
