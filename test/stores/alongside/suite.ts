/**
 * What `alongside` promises, as the host of any SQL store sees it: rows of one's own stand or fall with the change. Which client
 * and which database: whoever runs it says how a row is written in that client's transaction.
 */
import { createPlanTokens, type TokenEvent, type TokenRecord, type TokenStore } from 'plan-access-tokens'
import { operator } from 'plan-access-tokens/operator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ADMIN, errorOf, newDirectory, POLICY, TOKEN } from '../../support/world.ts'
import { add, eventOf, next } from '../records.ts'

/** The table that tests write to. */
export const OUTBOX = 'create table outbox (seq bigint primary key, token_id varchar(256) not null)'

/** What the options of a store are, to this suite. */
interface Options<Trx> {
  readonly alongside: (trx: Trx, record: TokenRecord, event: TokenEvent) => PromiseLike<unknown>
  readonly alongsideTimeoutMs?: number
}

/** An empty database with the tables of the store and the outbox, and stores over it. */
export interface Bench<Trx> {
  readonly dialect: 'postgres' | 'mysql' | 'sqlite'
  /** A store; with connections of its own where one process can have several. */
  store(options: Options<Trx>): Required<Omit<TokenStore, 'peekByDigest' | 'watch'>>
  /** Writes a row of the outbox in a transaction that `alongside` was given. */
  insert(trx: Trx, seq: number, tokenId: string): PromiseLike<unknown>
  /** The outbox, read by somebody else. */
  rows(): Promise<readonly { readonly seq: number; readonly tokenId: string }[]>
  /** Locks a row of the outbox, and gives what ends it; absent where a process cannot wait for itself. */
  lock?(seq: number): Promise<() => Promise<void>>
  close(): Promise<void>
}

/** All of it over one client; `hasLocks` where the bench has `lock`. */
export function runsAlongside<Trx>(open: () => Promise<Bench<Trx>>, hasLocks: boolean): void {
  let bench: Bench<Trx>
  beforeAll(async () => {
    bench = await open()
  }, 60_000)
  afterAll(() => bench.close())

  /** An engine over a store that writes the outbox, and what has run. */
  const world = (
    change: (trx: Trx, record: TokenRecord, event: TokenEvent) => PromiseLike<unknown> = async () => undefined,
    options: Omit<Options<Trx>, 'alongside'> = {},
  ) => {
    const ran: TokenEvent[] = []
    const store = bench.store({
      ...options,
      async alongside(trx, record, event) {
        ran.push(event)
        await bench.insert(trx, event.seq, record.id)
        await change(trx, record, event)
      },
    })
    const tokens = createPlanTokens({ policy: POLICY, store, directory: newDirectory(), onError: () => undefined })
    return { store, tokens, ran }
  }
  const log = async (store: TokenStore) =>
    (await store.events({ limit: 1_000 })).map(({ seq, tokenId }) => ({ seq, tokenId }))

  it('writes a row for every change and for nothing else, with the number of its event', async () => {
    const { tokens, store, ran } = world()
    const { token, secret } = await tokens.create(TOKEN)
    await tokens.edit({ actor: ADMIN, id: token.id, name: 'Another' })
    const { secret: second } = await tokens.refresh({ actor: ADMIN, id: token.id })
    await tokens.revokeSecret({ text: secret.reveal() })
    await tokens.revokeSecret({ text: second.reveal() })
    await tokens.revoke({ actor: ADMIN, id: token.id })
    await tokens.create(TOKEN)
    await operator(tokens).revokePlan({ planId: '1001', actor: 'ops', reason: 'a test' })
    await operator(tokens).movePlan({ from: '1001', to: '2002', actor: 'ops', reason: 'a test' })
    const types = 'created edited refreshed secret_revoked revoked created revoked moving moved moving moved'
    expect(ran.map(({ type }) => type).join(' ')).toBe(types)
    await store.recordUse([{ tokenId: token.id, digest: 'd', at: 1 }])
    expect((await bench.rows()).toSorted((a, b) => a.seq - b.seq)).toEqual(await log(store))
    // The link of an event follows from the event before it, and is the database's to work out.
    expect((await store.events({ limit: 99 })).map(({ chain: _, ...event }) => event)).toEqual(ran)
    await store.sweep({ before: Date.now() + 1, limit: 99 })
    expect(ran).toHaveLength(11)
    await tokens.close()
  })

  it('what it throws undoes both and comes to the caller as it is; the same change can be made again', async () => {
    const own = new Error('The outbox is full.')
    let isFull = true
    const { tokens, store, ran } = world(async () => {
      if (isFull) throw own
    })
    const [before, rows] = [await log(store), await bench.rows()]
    const heard = await tokens.create(TOKEN).catch((thrown: unknown) => thrown)
    expect(heard).toBe(own)
    // Once, and not again and again.
    expect(ran).toHaveLength(1)
    expect([await log(store), await bench.rows()]).toEqual([before, rows])
    expect(await store.find(ran[0]?.tokenId ?? '')).toBeUndefined()
    isFull = false
    const { token } = await tokens.create(TOKEN)
    isFull = true
    expect(await tokens.edit({ actor: ADMIN, id: token.id, name: 'B' }).catch((thrown: unknown) => thrown)).toBe(own)
    expect(await tokens.revoke({ actor: ADMIN, id: token.id }).catch((thrown: unknown) => thrown)).toBe(own)
    expect(await tokens.get({ actor: ADMIN, id: token.id })).toMatchObject({ name: TOKEN.name, status: 'active' })
    const [last] = await store.events({ order: 'newest', limit: 1 })
    expect([last?.tokenId, last?.version]).toEqual([token.id, 1])
    await tokens.close()
  })

  it('a statement of its own that fails undoes both', async () => {
    const { tokens, store, ran } = world((trx, record, event) => bench.insert(trx, event.seq, record.id))
    const [before, rows] = [await log(store), await bench.rows()]
    await expect(tokens.create(TOKEN)).rejects.toThrow()
    expect(ran).toHaveLength(1)
    expect([await log(store), await bench.rows()]).toEqual([before, rows])
    await tokens.close()
  })

  it('a statement that fails and is hidden is no acknowledged change that was not written', async () => {
    const { tokens, store, ran } = world(async (trx, record, event) => {
      await bench.insert(trx, event.seq, record.id).then(
        () => undefined,
        () => undefined,
      )
    })
    const answer = await tokens.create(TOKEN).catch((thrown: unknown) => thrown)
    const { tokenId, seq } = ran[0] as TokenEvent
    const isKept = (await store.find(tokenId)) !== undefined
    expect((await bench.rows()).some((row) => row.seq === seq && row.tokenId === tokenId)).toBe(isKept)
    if (isKept) expect(answer).toMatchObject({ token: { id: tokenId } })
    else expect(answer).toMatchObject({ code: 'unavailable', message: expect.stringContaining('went on after') })
    // PostgreSQL takes nothing more then.
    expect(isKept).toBe(bench.dialect !== 'postgres')
    await tokens.close()
  })

  it('is not called for a race that was lost', async () => {
    const { store } = world()
    const others = Array.from({ length: 3 }, () => world())
    const record = await add(store, { id: 'raced' })
    const mine = Array.from({ length: 12 }, (_, i) => ({ ...next(record), name: `Name ${i}`, eventId: `raced-2-${i}` }))
    const answers = await Promise.all(
      mine.map((change, i) => (others[i % 3] as (typeof others)[0]).store.commit(change, eventOf(change))),
    )
    const winner = mine[answers.indexOf(true)]?.eventId
    expect(answers.filter(Boolean)).toHaveLength(1)
    const called = others.flatMap(({ ran }) => ran.map(({ id }) => id))
    expect(new Set(called)).toEqual(new Set([winner]))
    expect((await bench.rows()).filter(({ tokenId }) => tokenId === 'raced')).toHaveLength(2)
  })

  it('one that hangs is a refusal in its time, nothing is written, and what it does later is refused too', async () => {
    const seen: { late?: unknown } = {}
    let isHung: (() => void) | undefined
    let isOver: Promise<unknown> | undefined
    const { tokens, store } = world(
      (trx, record, event) => {
        isOver = new Promise<void>((resolve) => {
          isHung = resolve
        }).then(async () => {
          seen.late = await Promise.resolve()
            .then(() => bench.insert(trx, event.seq + 1_000_000, record.id))
            .catch((thrown: unknown) => thrown)
        })
        return isOver
      },
      { alongsideTimeoutMs: 200 },
    )
    const [before, rows] = [await log(store), await bench.rows()]
    const error = await errorOf(tokens.create(TOKEN))
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('within 200 ms') })
    isHung?.()
    await isOver
    expect(seen.late).toBeInstanceOf(Error)
    expect([await log(store), await bench.rows()]).toEqual([before, rows])
    // And the store works.
    const { store: good } = world()
    await add(good, { id: 'after-a-hang' })
    await tokens.close()
  })

  it('one whose time runs out as it ends is undone if the caller hears so, and only then', async () => {
    const { tokens, store, ran } = world(
      async () => {
        // The clock of its time rings once it has ended, while the database is asked whether all stands.
        for (const start = performance.now(); performance.now() - start < 60; );
      },
      { alongsideTimeoutMs: 40 },
    )
    const answer = await tokens.create(TOKEN).catch((thrown: unknown) => thrown)
    const undone = { code: 'unavailable', message: expect.stringContaining('The change was undone') }
    // An answer that came too early is seen through once nothing is under way any more.
    await world().tokens.create(TOKEN)
    const { tokenId } = ran[0] as TokenEvent
    const isKept = (await store.find(tokenId)) !== undefined
    expect(answer).toMatchObject(isKept ? { token: { id: tokenId } } : undone)
    expect((await bench.rows()).some((row) => row.tokenId === tokenId)).toBe(isKept)
    await tokens.close()
  })

  // Where there is no other connection to hold one, there is nothing to wait for.
  if (hasLocks)
    it('one that waits for a lock of somebody else is the same, and holds up nobody afterwards', async () => {
      if (!bench.lock) throw new Error('The bench has no lock.')
      const { store: first } = world()
      const { id } = await add(first, { id: 'locked' })
      const row = (await bench.rows()).find(({ tokenId }) => tokenId === id) as { seq: number }
      const unlock = await bench.lock(row.seq)
      try {
        // The row is there already, under a lock: it waits, and would fail.
        const { tokens, store } = world((trx) => bench.insert(trx, row.seq, 'x'), { alongsideTimeoutMs: 300 })
        const before = await log(store)
        // The lock is held until this has come back.
        const error = await tokens.create(TOKEN).catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(Error)
        await add(first, { id: 'beside-a-lock' })
        expect(await log(store)).toHaveLength(before.length + 1)
        await tokens.close()
      } finally {
        await unlock()
      }
    })

  it('gives record and event as values that nobody can change', async () => {
    const { store } = world(async (_, record, event) => {
      expect(() => Object.assign(record, { name: 'x' })).toThrow(TypeError)
      expect(() => Object.assign(event, { seq: 1 })).toThrow(TypeError)
    })
    await add(store, { id: 'frozen' })
  })
}
