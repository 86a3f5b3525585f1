/**
 * A log that is not the one that was seen: of a store that was restored or failed over, or that a sweep
 * passed through. All memory is dropped, and the bound raised again.
 */
import { type MemoryStore, memoryStore } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { add } from '../stores/records.ts'
import { ADMIN, DAY } from '../support/world.ts'
import { type Deployment, deployment, down, FRESH, type Process, UNWATCHED, warmToken } from './support/processes.ts'

const OTHER = { scopes: ['file_comments:read'] } as const

/** Takes its scope away from a token; resolves with what a process says at that very moment. */
const afterEdit = ({ admin }: Deployment, a: Process, id: string, secret: string) =>
  admin.tokens.edit({ actor: ADMIN, id, ...OTHER }).then(() => a.ask(secret))

/** Writes so many events that tell of other tokens. */
async function write(store: MemoryStore, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await add(store)
}

describe('a store that was restored or failed over', () => {
  /** A second store that went the same way so far: what a backup, or a replica that is promoted, holds. */
  async function copyOf(store: MemoryStore): Promise<MemoryStore> {
    const copy = memoryStore()
    for (const { seq: _, ...event } of await store.events({ limit: 1_000 })) {
      const record = (await store.find(event.tokenId))!
      await copy.commit({ ...record, version: event.version, eventId: event.id }, event)
    }
    return copy
  }

  const AFTER: readonly [string, number][] = [
    ['is shorter', 0],
    ['has other events in the same places', 2],
    ['is longer', 9],
  ]
  it.each(AFTER)('takes all memory with it where its log %s', async (_, events) => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const other = await d.admin.make()
    const { id, secret } = await d.admin.make({ ...OTHER })
    const backup = await copyOf(d.store)
    // Two changes that will never have been.
    await d.done(d.admin.tokens.edit({ actor: ADMIN, id, scopes: ['file_content:read'] }))
    await d.admin.make()
    for (const each of [secret, other.secret]) expect(await a.ask(each)).toBe('allowed')
    d.store = backup
    await write(backup, events)
    await d.clock.pass(FRESH)
    a.calls()
    expect(await a.ask(secret)).toBe('scope_missing')
    expect(a.calls()).toEqual(['events', 'bound', 'events', 'findByDigest'])
    expect(await a.ask(other.secret)).toBe('allowed')
    expect(a.calls()).toEqual(['findByDigest'])
    // The bound has gone with the store, and is raised again.
    expect(await backup.bound(0)).toBe(FRESH)
    expect(await d.done(afterEdit(d, a, other.id, other.secret))).toBe('scope_missing')
  })

  it('and is empty takes all memory with it', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await warmToken(d, a)
    d.store = memoryStore()
    await d.clock.pass(FRESH)
    expect(await a.ask(secret)).toBe('token_unknown')
  })

  it('and forgot unknown secrets’ being unknown takes that with it', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await d.admin.make()
    const holds = d.store
    d.store = memoryStore()
    await add(d.store)
    expect(await a.ask(secret)).toBe('token_unknown')
    d.store = holds
    await d.clock.pass(FRESH)
    expect(await a.ask(secret)).toBe('allowed')
  })

  it('whose bound cannot be raised again answers for each record, and nothing is kept', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await warmToken(d, a)
    d.store = await copyOf(d.store)
    await write(d.store, 1)
    const copy = d.store
    a.replace.events = ({ order, ...query }) => (order ? copy.events({ order, ...query }) : Promise.resolve([]))
    a.replace.bound = down
    await d.clock.pass(FRESH)
    a.calls()
    for (let i = 0; i < 3; i++) expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['events', 'bound', 'findByDigest', 'findByDigest', 'findByDigest'])
  })
})

describe('a sweep', () => {
  it('that passed by the last event seen takes all memory with it', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { id, secret } = await warmToken(d, a)
    const other = await warmToken(d, a)
    await d.done(d.admin.tokens.edit({ actor: ADMIN, id, ...OTHER }))
    await d.clock.pass(60_000)
    await d.admin.make()
    await d.admin.tokens.sweep({ olderThan: d.clock.now() })
    expect(await a.ask(secret)).toBe('scope_missing')
    expect(a.calls()).toEqual(['events', 'bound', 'events', 'findByDigest'])
    expect(await a.ask(other.secret)).toBe('allowed')
    expect(a.calls()).toEqual(['findByDigest'])
  })

  it('that left the last event seen is nothing to it', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await warmToken(d, a)
    await d.clock.pass(60_000)
    await d.admin.tokens.sweep({ olderThan: d.clock.now() })
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['events'])
  })

  it('frees an id, and what is created under it again is not taken for the old one', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const wish = { idempotencyKey: 'key', lifetimeDays: 1 }
    const first = await d.admin.make(wish)
    await d.done(d.admin.tokens.edit({ actor: ADMIN, id: first.id, name: 'Second' }))
    expect(await a.ask(first.secret)).toBe('allowed')
    await d.clock.pass(2 * DAY)
    // The edit is the newest event, and stays; the token goes.
    await d.admin.tokens.sweep({ olderThan: d.clock.now() })
    const second = await d.admin.make(wish)
    expect(second.id).toBe(first.id)
    expect([await a.ask(second.secret), await a.ask(first.secret)]).toEqual(['allowed', 'token_unknown'])
    a.calls()
    expect([await a.ask(second.secret), await a.ask(first.secret)]).toEqual(['allowed', 'token_unknown'])
    expect(a.calls()).toEqual([])
  })
})
