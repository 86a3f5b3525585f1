/** A real PostgreSQL with the tables, stores over connections as a host sets them up, and the promise that they must keep. */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { migrate, type SqlStore, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { type PostgresConfig, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { add, eventOf, next, seqs, T } from '../records.ts'

/** A server, and another process over it with nothing set, which makes the changes. */
export interface Postgres {
  readonly server: PostgresServer
  readonly config: PostgresConfig
  readonly other: SqlStore
  /** A pool of one connection with these settings, on which the host has said something. Ended by `close`. */
  poolOf(settings?: pg.PoolConfig, onConnect?: string): pg.Pool
  /** Leaves the tables as they were at first. */
  empty(): Promise<unknown>
  /** Ends the pools and the server. */
  close(): Promise<void>
}

/** A store over a pool. */
export const storeOver = (pool: pg.Pool, options?: object): SqlStore =>
  sqlStore(new Kysely({ dialect: new PostgresDialect({ pool }) }), options)

/** One server with the tables for the tests of a file, emptied before each; `take` is told it. */
export function withOnePostgres(take: (db: Postgres) => void, flags: readonly string[] = []): void {
  let db: Postgres | undefined
  beforeAll(async () => {
    db = await startSessions(flags)
    take(db)
  }, 60_000)
  afterAll(() => db?.close())
  beforeEach(() => db?.empty())
}

/** Starts a server and makes the tables. */
async function startSessions(flags: readonly string[]): Promise<Postgres> {
  const server = await startPostgres({ flags })
  const config = await server.database()
  const pools: pg.Pool[] = []
  const poolOf: Postgres['poolOf'] = (settings = {}, onConnect) => {
    const opened = new pg.Pool({ ...config, max: 1, ...settings })
    opened.on('error', () => undefined)
    opened.on('connect', (client) => {
      client.on('error', () => undefined)
      if (onConnect !== undefined) client.query(onConnect).catch(() => undefined)
    })
    pools.push(opened)
    return opened
  }
  const pool = poolOf({ max: 4 })
  await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }))
  return {
    ...{ server, config, poolOf, other: storeOver(pool) },
    empty: () =>
      server.admin(
        'truncate plan_tokens, plan_token_secrets, plan_token_events, plan_token_uses, plan_token_values; update plan_token_state set last_seq = 0, chain = null, bound_ms = 0',
        config.database,
      ),
    async close() {
      for (const opened of pools) if (!opened.ended) await opened.end()
      await server.close()
    },
  }
}

const TEXT = 'é 漢 😀 \\ \' " $1 % \u2028'

/** A store keeps its promise beside another process, before and after changes of either. */
export async function keepsItsPromise(store: SqlStore, other: SqlStore): Promise<void> {
  const record = await add(other, { name: TEXT, planId: 'plan é', createdBy: TEXT })
  const digest = `digest-${record.id}`
  expect(await store.findByDigest(digest)).toEqual(record)
  expect(await store.findByDigest('digest-new')).toBeUndefined()
  expect(seqs(await store.events({ limit: 9 }))).toEqual([1])
  expect(await store.events({ after: 1, limit: 9 })).toEqual([])

  // What the other one does is seen at once: an end, an event, a new secret.
  const revoked = next(record, { revokedAt: T, revokedBy: 'admin' })
  expect(await other.commit(revoked, eventOf(revoked, { type: 'revoked' }))).toBe(true)
  expect(await store.findByDigest(digest)).toEqual(revoked)
  expect(await store.find(record.id)).toEqual(revoked)
  expect(seqs(await store.events({ after: 1, limit: 9 }))).toEqual([2])
  const added = await add(other, { secrets: [{ digest: 'digest-new', issuedAt: T, worksUntil: null }] })
  expect(await store.findByDigest('digest-new')).toEqual(added)

  // And what this one does is seen by the other.
  const mine = await add(store, { name: TEXT })
  expect(await other.find(mine.id)).toEqual(mine)
  expect(await store.bound(500)).toBe(500)
  expect(await other.bound(0)).toBe(500)
  await store.recordUse([{ tokenId: mine.id, digest: `digest-${mine.id}`, at: T }])
  expect(await other.lastUse([mine.id])).toHaveLength(1)
  expect(await store.commit(next(mine, { name: 'two' }), eventOf(next(mine)))).toBe(true)
  expect(await store.commit(next(mine, { name: 'late' }), eventOf(next(mine)))).toBe(false)
  expect((await other.find(mine.id))?.name).toBe('two')
  expect(await store.list({ planId: 'plan é', order: 'expiry', now: T, limit: 9, search: '漢' })).toEqual([revoked])
  expect(await store.sweep({ before: T * 2, limit: 9 })).toEqual({ records: 3, events: 4 })
  expect(await other.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })).toEqual([])
}
