/**
 * Connections as hosts set them, on a real MariaDB: none of them lets a revoked token through, and none makes another text of what
 * is written. Each row is tried on connections that are so from the start, and on one that other code changed later.
 */
import { inspect } from 'node:util'
import { Kysely, MysqlDialect, sql } from 'kysely'
import mysql from 'mysql2'
import { createPlanTokens, type DecisionInfo, StoreError } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { migrate, preparedStatements, type SqlStore, sqlStore } from 'plan-access-tokens/stores/sql'
import { expectAllowed, expectDenied, requestWith, testDirectory } from 'plan-access-tokens/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  hasMariadb,
  MARIADB_COMMAND,
  type MariadbConfig,
  type MariadbServer,
  startMariadb,
} from '../../support/mariadb.ts'
import { add, eventOf, next, recordOf, T } from '../records.ts'
import { FINE, FINE_DRIVERS, REFUSED, REFUSED_DRIVERS } from './mysql-session-table.ts'

/** Quotation marks, a backslash, characters whose last byte is one in GBK, and one beyond the plane of utf8mb3. */
const TEXT = `Ö'"\\ 縗\\' 説'; drop table plan_tokens; -- 表 ¿' 🔑 \0`
const REQUEST = 'GET /v1/files/ABC'
const title = hasMariadb ? 'MariaDB' : `MariaDB (skipped without it: ${MARIADB_COMMAND})`

describe.skipIf(!hasMariadb)(title, () => {
  if (!hasMariadb) return void it('answers from the latest state over any connection', () => undefined)
  let server: MariadbServer
  let config: MariadbConfig
  let good: Kysely<unknown>
  let store: SqlStore
  /** What a test opened, and closes, since it may hold locks. */
  let opened: Kysely<unknown>[] = []

  /** A Kysely over one connection, which is told something when it is made. */
  const open = (set: readonly string[] = [], driver: object = {}, isPrepared = false): Kysely<unknown> => {
    const pool = mysql.createPool({ ...config, connectionLimit: 1, ...driver })
    pool.on('connection', (connection) => {
      for (const statement of set) connection.query(statement, () => undefined)
    })
    const kysely = new Kysely<unknown>({
      dialect: new MysqlDialect({ pool: isPrepared ? preparedStatements(pool) : pool }),
    })
    opened.push(kysely)
    return kysely
  }
  const tell = async (kysely: Kysely<unknown>, statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(kysely)
  }
  /** Everything that the tables hold. */
  const held = async (): Promise<string> => {
    const tables = ['tokens', 'token_secrets', 'token_events', 'token_uses', 'token_state']
    const all = tables.map((name) => sql`select * from ${sql.table(`plan_${name}`)}`.execute(good))
    return JSON.stringify((await Promise.all(all)).map(({ rows }) => rows))
  }

  beforeAll(async () => {
    server = await startMariadb()
    config = await server.database()
    await server.admin('create database elsewhere')
    const elsewhere = open([], { database: 'elsewhere' })
    good = open([], { connectionLimit: 2 })
    await migrate(elsewhere)
    await migrate(good)
    await elsewhere.destroy()
    opened = []
    store = sqlStore(good)
  })
  afterEach(async () => {
    for (const kysely of opened) await kysely.destroy()
    opened = []
  })
  afterAll(async () => {
    await good.destroy()
    await server.close()
  })

  const refusal = (names: string) => ({
    name: 'StoreError',
    code: 'store_unsuitable',
    message: expect.stringContaining(names),
  })
  const writes = (other: SqlStore): readonly (() => Promise<unknown>)[] => [
    () => other.commit(recordOf(), eventOf(recordOf())),
    () => other.bound(1_000),
    () => other.recordUse([{ tokenId: TEXT, digest: TEXT, at: T }]),
    () => other.list({ planId: 'p1', order: 'newest', now: T, limit: 9, search: TEXT }),
    () => other.lastUse([TEXT]),
    () => other.sweep({ before: T + 9_000, limit: 9 }),
  ]

  describe.each(REFUSED.map((row) => ({ ...row, title: row.set.join('; ') })))(
    '$title',
    ({ names, set, inLookUps, undo }) => {
      it('is refused by its name before anything is read or written', async () => {
        const before = await held()
        const other = sqlStore(open(set))
        const looks = [() => other.findByDigest('x'), () => other.find(TEXT), () => other.events({ limit: 9 })]
        for (const call of [...looks, ...writes(other)]) await expect(call()).rejects.toMatchObject(refusal(names))
        expect(await held()).toBe(before)
      })

      it.each([
        ['plain', false],
        ['prepared', true],
      ])('set later by other code, it lets no revoked token through (%s statements)', async (_, isPrepared) => {
        const kysely = open([], {}, isPrepared)
        const other = sqlStore(kysely)
        const told: DecisionInfo[] = []
        const directory = testDirectory({ '1': { admins: ['admin'], resources: { 'file:ABC': {} } } })
        const engine = (used: SqlStore) =>
          createPlanTokens({ policy: figmaPolicy(), store: used, directory, onDecision: (info) => told.push(info) })
        const [here, there] = [engine(other), engine(store)]
        const { secret, token } = await there.create({
          ...{ actor: 'admin', planId: '1', type: 'rest', name: 'Name', lifetimeDays: 1 },
          ...{ scopes: ['file_content:read'], resources: 'all' },
        })
        const request = requestWith(secret, REQUEST)
        expectAllowed(await here.authorize(request))

        await tell(kysely, set)
        await there.revoke({ actor: 'admin', id: token.id })
        expectDenied(await here.authorize(request), inLookUps ? 'unavailable' : 'token_revoked')
        if (inLookUps) {
          expect(told.at(-1)?.error?.message).toContain(names)
          // What is not found, and a page without news, are answers too.
          for (const call of [
            () => other.findByDigest('x'),
            () => other.find('x'),
            () => other.events({ after: 1e9, limit: 1 }),
          ])
            await expect(call()).rejects.toMatchObject(refusal(names))
        } else {
          expect(await other.findByDigest('x')).toBeUndefined()
          const all = await store.events({ limit: 1_000 })
          expect(await other.events({ limit: 1_000 })).toEqual(all)
          expect(await other.events({ limit: 2, order: 'newest' })).toEqual(all.toReversed().slice(0, 2))
        }
        const before = await held()
        for (const call of writes(other)) await expect(call()).rejects.toMatchObject(refusal(names))
        expect(await held()).toBe(before)
        if (undo === undefined) return
        await tell(kysely, [undo])
        expectDenied(await here.authorize(request), 'token_revoked')
        await other.bound(0)
      })
    },
  )

  it.each([
    ['plain', false],
    ['prepared', true],
  ])(
    'other code that leaves a connection in another database makes it answer from none of it (%s)',
    async (_, isPrepared) => {
      const kysely = open([], {}, isPrepared)
      const other = sqlStore(kysely)
      const record = await add(store)
      expect(await other.find(record.id)).toEqual(record)
      await tell(kysely, ['use elsewhere'])
      // A prepared statement stays with the database that it was prepared in.
      if (isPrepared) expect(await other.find(record.id)).toEqual(record)
      else await expect(other.find(record.id)).rejects.toMatchObject(refusal('database "elsewhere"'))
      const looks = [() => other.findByDigest('x'), () => other.events({ limit: 9 })]
      for (const call of [...looks, ...writes(other)])
        await expect(call()).rejects.toMatchObject(refusal('database "elsewhere"'))
      await tell(kysely, [`use ${config.database}`])
      expect(await other.find(record.id)).toEqual(record)
      // Where the schema is an option, no connection's database counts.
      await tell(kysely, ['use elsewhere'])
      expect(await sqlStore(kysely, { schema: config.database }).find(record.id)).toEqual(record)
    },
  )

  it('a character set that mysql2 cannot read fails, and nothing is written', async () => {
    const before = await held()
    for (const charset of ['eucjpms', 'swe7']) {
      const other = sqlStore(open([`set names ${charset}`]))
      for (const call of [() => other.find('x'), ...writes(other)]) await expect(call()).rejects.toThrow(charset)
    }
    expect(await held()).toBe(before)
  })

  /** A token goes through its life over one connection, and is read over a good one. */
  const life = async (kysely: Kysely<unknown>): Promise<void> => {
    const other = sqlStore(kysely)
    for (const table of ['tokens', 'token_events']) await sql`delete from ${sql.table(`plan_${table}`)}`.execute(good)
    const ids = {
      planId: `plan ${TEXT}`,
      createdBy: TEXT,
      scopes: [TEXT],
      resources: [{ kind: 'k', id: TEXT, link: TEXT }],
    }
    const first = await add(other, { id: `${recordOf().id} ${TEXT}`, name: TEXT, description: '', ...ids })
    const second = next(first, { description: TEXT, revokedAt: T, revokedBy: TEXT })
    const changes = { name: { before: TEXT, after: '' } }
    expect(await other.commit(second, eventOf(second, { changes }))).toBe(true)
    expect(await other.commit(second, eventOf(second))).toBe(false)
    for (const reader of [other, store]) {
      expect(await reader.find(first.id)).toEqual(second)
      expect(await reader.findByDigest(`digest-${first.id}`)).toEqual(second)
      expect(await reader.find(`${first.id} `)).toBeUndefined()
      const query = { planId: ids.planId, now: T, limit: 9 }
      for (const order of ['newest', 'expiry'] as const) {
        expect(await reader.list({ ...query, order, search: TEXT })).toEqual([second])
        expect(await reader.list({ ...query, order, planId: `${ids.planId} ` })).toEqual([])
      }
      const events = await reader.events({ planId: ids.planId, limit: 9 })
      expect(events).toMatchObject([eventOf(first), { ...eventOf(second), changes }])
      expect(await reader.events({ tokenId: first.id, order: 'newest', limit: 9 })).toEqual(events.toReversed())
      expect(await reader.events({ after: events[1]?.seq ?? 0, limit: 9 })).toEqual([])
    }
    const use = { tokenId: first.id, digest: `digest-${first.id}`, at: T }
    await other.recordUse([use])
    await other.recordUse([{ ...use, at: T - 1 }])
    for (const reader of [other, store]) expect(await reader.lastUse([first.id])).toEqual([use])
    expect(await other.bound(0)).toBe(await store.bound(0))
    expect(await other.sweep({ before: T + 1, limit: 9 })).toEqual({ records: 1, events: 1 })
    expect(await store.find(first.id)).toBeUndefined()
  }

  it.each(FINE)('%s changes nothing', async (set) => {
    const kysely = open([set], {}, true)
    // It would have failed silently.
    await tell(kysely, [set])
    await life(kysely)
  })

  it.each(FINE_DRIVERS.map((driver) => [inspect(driver), driver] as const))(
    'mysql2 with %s changes nothing',
    async (_, driver) => {
      await life(open([], driver))
      await life(open([], driver, true))
    },
  )

  it('a driver that writes in another character set than the server is told to read changes nothing', async () => {
    for (const charset of ['gbk', 'sjis', 'latin1']) await life(open(['set names utf8mb4'], { charset }))
  })

  it.each(REFUSED_DRIVERS.map(([driver, names]) => [inspect(driver), driver, names] as const))(
    'mysql2 with %s is refused by its name before anything is read or written',
    async (_, driver, names) => {
      const before = await held()
      const other = sqlStore(open([], driver))
      for (const call of [() => other.find('x'), ...writes(other)])
        await expect(call()).rejects.toMatchObject(refusal(names))
      expect(await held()).toBe(before)
    },
  )

  it('a text cannot become part of a statement, whatever the connection reads as a quotation mark', async () => {
    const before = await held()
    for (const set of [
      'set names gbk',
      'set names sjis',
      "set sql_mode = 'STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES'",
    ]) {
      const kysely = open()
      const other = sqlStore(kysely)
      await other.find('x')
      await tell(kysely, [set])
      for (const text of [TEXT, `縗' or 1 = 1 -- `, `説\\' or 1 = 1 -- `, `\\' or 1 = 1 -- `]) {
        for (const call of [
          () => other.find(text),
          () => other.findByDigest(text),
          () => other.events({ planId: text, limit: 9 }),
        ]) {
          const answer = await call().catch((error: unknown) => error)
          if (!(answer instanceof StoreError)) expect([undefined, []]).toContainEqual(answer)
        }
      }
    }
    expect(await held()).toBe(before)
  })
})
