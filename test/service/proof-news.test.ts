/**
 * What a proof makes of the events that it reads: to the last page, in the order of the log, and with all
 * memory dropped where the log is not the one that was seen.
 */
import type { MemoryStore, TokenEvent } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { add } from '../stores/records.ts'
import { ADMIN } from '../support/world.ts'
import {
  type Deployment,
  deployment,
  down,
  FRESH,
  never,
  type Process,
  UNWATCHED,
  WAIT,
  warmToken,
} from './support/processes.ts'
import { atRest, stateOf } from './support/steered-clock.ts'

const OTHER = { scopes: ['file_comments:read'] } as const

/** Takes its scope away from a token; resolves with what a process says at that very moment. */
const afterEdit = ({ admin }: Deployment, a: Process, id: string, secret: string) =>
  admin.tokens.edit({ actor: ADMIN, id, ...OTHER }).then(() => a.ask(secret))

/** Writes so many events that tell of other tokens. */
async function write(store: MemoryStore, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await add(store)
}

describe('news', () => {
  it.each([0, 1, 98, 99, 100, 197, 198, 199, 1_000])('of %i changes before it hide no edit', async (count) => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { id, secret } = await warmToken(d, a)
    await write(d.store, count)
    const said = afterEdit(d, a, id, secret)
    await d.clock.pass(WAIT)
    expect(await said).toBe('scope_missing')
    const queries = a.queries()
    // A hundred at a time, the last one of each page again as the first of the next.
    const pages = Math.ceil((count + 1) / 99)
    expect(queries.length).toBeGreaterThanOrEqual(pages)
    expect(queries.length).toBeLessThanOrEqual(pages + 1)
    for (const [i, query] of queries.entries())
      expect(query).toEqual({ after: Math.min(i * 99, count + 1), limit: 100 })
  })

  it('that end with a full page are read on until there is no more', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await warmToken(d, a)
    await write(d.store, 99)
    let pages = 0
    a.replace.events = (query) => (++pages > 1 ? never() : d.store.events(query))
    await d.clock.pass(FRESH)
    expect(await stateOf(a.ask(secret))).toBe('waiting')
    expect(pages).toBe(2)
  })

  it('of which a later page fails are no proof, though the earlier ones were read', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { id, secret } = await warmToken(d, a)
    await write(d.store, 150)
    await d.done(d.admin.tokens.edit({ actor: ADMIN, id, ...OTHER }))
    let pages = 0
    a.replace.events = (query) => (++pages > 1 ? down() : d.store.events(query))
    a.replace.findByDigest = down
    expect(await a.ask(secret)).toBe('unavailable')
    // They go on from where they were cut off.
    delete a.replace.events
    delete a.replace.findByDigest
    await d.clock.pass(FRESH)
    a.queries()
    expect(await a.ask(secret)).toBe('scope_missing')
    expect(a.queries()[0]).toEqual({ after: 99, limit: 100 })
  })

  it('that keep coming, with every page that is read, hold no request up for ever', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await warmToken(d, a)
    await d.clock.pass(FRESH)
    a.replace.events = async (query) => {
      await add(d.store)
      return d.store.events(query)
    }
    expect(await a.ask(secret)).toBe('allowed')
  })

  it('whose numbers have holes are read as any other', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    a.replace.events = async ({ after, ...query }) => {
      const page = await d.store.events({ ...query, ...(after !== undefined && { after: Math.floor(after / 10) }) })
      return page.map((event) => ({ ...event, seq: event.seq * 10 }))
    }
    const { id, secret } = await warmToken(d, a)
    const other = await warmToken(d, a)
    for (let i = 0; i < 3; i++) {
      await d.clock.pass(FRESH)
      expect([await a.ask(secret), await a.ask(other.secret)]).toEqual(['allowed', 'allowed'])
    }
    expect(await d.done(afterEdit(d, a, id, secret))).toBe('scope_missing')
    expect(await a.ask(other.secret)).toBe('allowed')
  })

  it('of more than 200 pages are cheaper to forget: everything is dropped, with a new cursor', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { id, secret } = await warmToken(d, a)
    await write(d.store, 20_500)
    const edited = d.admin.tokens.edit({ actor: ADMIN, id, ...OTHER })
    await d.clock.pass(FRESH)
    expect(await a.ask(secret)).toBe('scope_missing')
    const calls = a.calls()
    expect(calls.filter((call) => call === 'events')).toHaveLength(201)
    expect(calls.slice(-3)).toEqual(['bound', 'events', 'findByDigest'])
    await d.clock.pass(FRESH)
    expect(await a.ask(secret)).toBe('scope_missing')
    expect(a.calls()).toEqual(['events'])
    await d.done(edited)
  })

  it('that began a deployment and were swept since hide no revoke', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    // The process begins with an empty log, and remembers the first token before it has heard of it.
    expect(await a.ask((await deployment().admin.make()).secret)).toBe('token_unknown')
    const { id, secret } = await d.admin.make({ lifetimeDays: 90 })
    expect(await a.ask(secret)).toBe('allowed')
    await d.done(d.admin.tokens.revoke({ actor: ADMIN, id }))
    await d.clock.pass(60_000)
    await d.admin.make()
    await d.admin.tokens.sweep({ olderThan: d.clock.now() })
    expect(await d.store.events({ limit: 9 })).toHaveLength(1)
    expect(await a.ask(secret)).toBe('token_unknown')
  })

  /** What a careless store makes of a page, of which the first event is the one that was seen last. */
  const CARELESS: readonly [string, (page: readonly TokenEvent[]) => readonly TokenEvent[]][] = [
    ['the wrong way round', (page) => page.toReversed()],
    ['from the second on the wrong way round', ([first, ...rest]) => [...(first ? [first] : []), ...rest.toReversed()]],
    ['with the last one put forward', (page) => [...page.slice(0, 1), ...page.slice(-1), ...page.slice(1, -1)]],
    ['each twice', (page) => page.flatMap((event) => [event, event])],
    ['the first one twice', (page) => [...page.slice(0, 1), ...page]],
    ['without the one that was seen', (page) => page.slice(1)],
    [
      'with one that has no seq',
      (page) => page.map((event, i) => (i === 1 ? ({ ...event, seq: undefined } as never) : event)),
    ],
    ['with seqs in text', (page) => page.map((event) => ({ ...event, seq: String(event.seq) }) as never)],
    ['with one that tells no version', (page) => page.map((event) => ({ ...event, version: null }) as never)],
    ['with one that tells no token', (page) => page.map((event) => ({ ...event, tokenId: 5 }) as never)],
    ['with one left out', (page) => page.filter((_, i) => i !== 1)],
    ['with a hole', (page) => [...page, null as never]],
    ['with more than was asked for', (page) => [...page, ...Array.from({ length: 100 }, () => page.at(-1)!)]],
    ['as no list', (page) => ({ rows: page }) as never],
    ['as nothing', () => undefined as never],
  ]
  it.each(CARELESS)('that come %s, once or always, leave no old state', async (_, careless) => {
    for (const times of [1, Number.POSITIVE_INFINITY]) {
      const d = deployment()
      const a = d.start(UNWATCHED)
      const { id, secret } = await warmToken(d, a)
      const other = await warmToken(d, a)
      const edited = d.admin.tokens.edit({ actor: ADMIN, id, ...OTHER })
      await atRest()
      await write(d.store, 5)
      let asked = 0
      a.replace.events = async (query) => {
        const page = await d.store.events(query)
        return asked++ < times ? careless(page) : page
      }
      // The proof is asked for by another token's request, so that nothing is known of this one but what the news tell.
      await d.clock.pass(FRESH)
      expect(await a.ask(other.secret)).toBe('allowed')
      await d.clock.pass(FRESH / 4)
      expect(await stateOf(edited)).toBe('resolved')
      for (let i = 0; i < 20; i++) {
        expect([await a.ask(other.secret), await a.ask(secret)]).toEqual(['allowed', 'scope_missing'])
        await d.clock.pass(FRESH / 5)
      }
    }
  })
})
