/**
 * News that are slow, doubled, out of order or cut off, and look-ups that come in after them: what arrives late or twice undoes
 * nothing that came later.
 */
import fc from 'fast-check'
import type { Decision, TokenEvent } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { expect } from 'vitest'
import { deployment, FRESH, never, type Process, UNWATCHED, warmToken } from '../service/support/processes.ts'
import { atRest, stateOf } from '../service/support/steered-clock.ts'
import { add } from '../stores/records.ts'
import { ADMIN } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { allowed, denied } from './verdicts.ts'

const attack = attacksOf('store-and-cache')
const say = ({ tokens }: Process, secret: string): Promise<Decision> =>
  tokens.authorize(requestWith(secret, 'GET /v1/files/FileA', { header: 'x-figma-token' }))

attack('e11', async () => {
  const d = deployment()
  const a = d.start()
  await warmToken(d, a)
  const { id, secret } = await d.admin.make()
  let letIn: () => void = () => undefined
  a.replace.findByDigest = async (digest) => {
    const live = await d.store.findByDigest(digest)
    await new Promise<void>((resolve) => {
      letIn = resolve
    })
    return live
  }
  const held = say(a, secret)
  await atRest()
  await d.done(d.admin.tokens.revoke({ actor: ADMIN, id }))
  delete a.replace.findByDigest
  letIn()
  allowed(await held, 'it began before the revoke')
  denied(await say(a, secret), 'token_revoked')
  await d.clock.pass(FRESH)
  denied(await say(a, secret), 'token_revoked')
})

/** What a page may look like by the time it is read. */
const TRICKS = {
  doubled: (page: readonly TokenEvent[]) => page.flatMap((event) => [event, event]),
  'in another order': ([seen, ...news]: readonly TokenEvent[]) => [...(seen ? [seen] : []), ...news.toReversed()],
  'in any order': (page: readonly TokenEvent[]) => page.toReversed(),
  'in small pages': (page: readonly TokenEvent[]) => page.slice(0, 2),
} as const

attack('e15', () =>
  fc.assert(
    fc.asyncProperty(
      fc.subarray(Object.keys(TRICKS) as (keyof typeof TRICKS)[]),
      fc.nat({ max: 900 }),
      // How many of the pages it happens to.
      fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY),
      fc.nat({ max: 900 }),
      async (tricks, lateMs, times, askMs) => {
        const d = deployment()
        const a = d.start(UNWATCHED)
        const other = await warmToken(d, a)
        const [one, two, three] = [await d.admin.make(), await d.admin.make(), await d.admin.make()]
        for (const { secret } of [one, two, three, other]) allowed(await say(a, secret))
        let pages = 0
        a.replace.events = async (query) => {
          const page = await d.store.events(query)
          await d.clock.sleep(lateMs)
          return pages++ < times
            ? tricks.reduce<readonly TokenEvent[]>((rows, trick) => TRICKS[trick](rows), page)
            : page
        }
        const { tokens } = d.admin
        const changed = Promise.all([
          tokens.revoke({ actor: ADMIN, id: one.id }),
          tokens.refresh({ actor: ADMIN, id: two.id, retirePrevious: 'now' }),
          tokens.edit({ actor: ADMIN, id: three.id, scopes: ['file_comments:read'] }),
        ])
        await atRest()
        for (let i = 0; i < 3; i++) await add(d.store)
        // Other requests make it read the news meanwhile.
        const asked: Promise<Decision>[] = []
        for (const ms of [askMs, 400, 1_000]) {
          await d.clock.pass(ms)
          asked.push(say(a, other.secret))
        }
        await d.done(changed)
        for (const decision of await d.done(Promise.all(asked))) allowed(decision)
        for (let i = 0; i < 3; i++) {
          denied(await d.done(say(a, one.secret)), 'token_revoked')
          denied(await d.done(say(a, two.secret)), 'secret_retired')
          denied(await d.done(say(a, three.secret)), 'scope_missing')
          allowed(await d.done(say(a, other.secret)))
          await d.clock.pass(400)
        }
      },
    ),
    { numRuns: 100 },
  ),
)

attack('e16', async () => {
  const d = deployment()
  const a = d.start(UNWATCHED)
  const { id, secret } = await warmToken(d, a)
  await d.done(d.admin.tokens.revoke({ actor: ADMIN, id }))
  const [first, revoke] = (await d.store.events({ limit: 2 })) as [TokenEvent, TokenEvent]
  const others = Array.from({ length: 9_999 }, (_, i) => ({ ...first, id: `${i}`, tokenId: `other-${i}`, seq: 2 + i }))
  const log: readonly TokenEvent[] = [first, ...others, { ...revoke, seq: 10_001 }]
  const pageOf = ({ after = 0, limit }: { after?: number; limit: number }) =>
    log.slice(after, after + Math.min(limit, 100))
  // Everything but the last page comes in; nothing is said before that one.
  a.replace.events = async (query) => {
    const page = pageOf(query)
    return page.at(-1) === log.at(-1) ? never() : page
  }
  a.replace.findByDigest = never
  const asked = say(a, secret)
  await d.clock.pass(1_000)
  expect(a.queries().at(-1)?.after).toBeGreaterThan(9_800)
  expect(await stateOf(asked)).toBe('waiting')
  denied(await d.done(asked), 'unavailable')
  a.replace.events = async (query) => pageOf(query)
  delete a.replace.findByDigest
  await d.clock.pass(FRESH)
  denied(await say(a, secret), 'token_revoked')
})

/** Bytes that come in the same order each time, so that a secret can be known before it is issued. */
function sameBytes(): (bytes: number) => Uint8Array {
  let state = 1
  return (bytes) =>
    Uint8Array.from({ length: bytes }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return state >>> 16
    })
}

attack('e25', async () => {
  const { secret } = await deployment().start({ random: sameBytes() }).make()
  for (const isWatched of [true, false]) {
    const d = deployment()
    const a = d.start(isWatched ? {} : UNWATCHED)
    await warmToken(d, a)
    denied(await say(a, secret), 'token_unknown')
    a.calls()
    denied(await say(a, secret), 'token_unknown')
    expect(a.calls(), 'it is remembered').toEqual([])
    const issued = await d.start({ random: sameBytes() }).make()
    expect(issued.secret).toBe(secret)
    await d.clock.pass(isWatched ? 1 : FRESH)
    allowed(await say(a, secret), 'after the news, no later than freshnessMs')
  }
})
