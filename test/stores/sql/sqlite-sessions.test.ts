/**
 * What a host can set on an SQLite connection or leave behind on it, and what the store makes of it. The table of docs/stores.md,
 * tried with both drivers.
 */
import { Kysely, SqliteDialect, sql } from 'kysely'
import { type SqlStore, sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  BETTER_SQLITE3_COMMAND,
  openBetterSqlite3,
  openLibsql,
  type SqliteFile,
  sqliteFile,
} from '../../support/sqlite.ts'
import { add, eventOf, next, recordOf, seqs, T } from '../records.ts'

/** A driver's database, as a host has it in its hands beside Kysely. */
interface Host {
  exec(statements: string): unknown
  prepare(statement: string): { iterate(): IterableIterator<unknown>; all(): unknown[] }
}

const DRIVERS = [
  ['libsql', openLibsql, ''],
  ['better-sqlite3', openBetterSqlite3, ` (skipped without it: ${BETTER_SQLITE3_COMMAND})`],
] as const

describe.each(DRIVERS)('SQLite through %s', (name, open, needs) => {
  describe.skipIf(open === undefined)(`its connection${needs}`, () => {
    let file: SqliteFile
    let host: Host
    let store: SqlStore
    let kysely: Kysely<unknown>
    /** Another process: a connection of its own, for short. */
    const elsewhere = async (statements: string): Promise<void> => file.exec(statements)

    const opened = async (statements = '', options = {}): Promise<void> => {
      const database = open?.(file.file) as never
      host = database
      host.exec(statements)
      kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) })
      store = sqlStore(kysely, options)
    }
    beforeEach(async () => {
      file = sqliteFile(open)
      await file.exec(sqlMigrations().toSql('sqlite'))
    })
    afterEach(async () => {
      await kysely.destroy()
      file.close()
    })

    const REVOKED = 'update plan_tokens set revoked_at = 1, version = 2'
    const keepsItsPromise = async (): Promise<void> => {
      const record = await add(store, { name: 'é 漢 😀 \\ \'"', planId: 'plan é' })
      expect(await store.findByDigest(`digest-${record.id}`)).toEqual(record)
      await elsewhere(REVOKED)
      expect((await store.findByDigest(`digest-${record.id}`))?.revokedAt).toBe(1)
      expect((await store.find(record.id))?.version).toBe(2)
      expect(await store.list({ planId: 'plan é', order: 'expiry', now: T, limit: 9, search: '漢' })).toHaveLength(1)
      expect(seqs(await store.events({ limit: 9 }))).toEqual([1])
      await elsewhere(
        "insert into plan_token_events values (2, 'e', 1, 'edited', 't', 'p', null, 1, null, null, null, null, null); update plan_token_state set last_seq = 2, bound_ms = 700",
      )
      expect(seqs(await store.events({ after: 1, limit: 9 }))).toEqual([2])
      expect(await store.bound(500)).toBe(700)
      const late = next(record)
      expect(await store.commit(late, eventOf(late))).toBe(false)
      expect(await store.commit(next(next(record)), eventOf(record, { id: 'e3' }))).toBe(true)
    }

    it.each([
      ['nothing', ''],
      ['journal_mode = delete', 'pragma journal_mode = delete'],
      ['journal_mode = truncate', 'pragma journal_mode = truncate'],
      ['journal_mode = persist', 'pragma journal_mode = persist'],
      ['journal_mode = memory', 'pragma journal_mode = memory'],
      ['journal_mode = wal', 'pragma journal_mode = wal'],
      ['synchronous = off', 'pragma synchronous = off'],
      ['synchronous = extra', 'pragma synchronous = extra'],
      ['read_uncommitted', 'pragma read_uncommitted = 1'],
      ['case_sensitive_like', 'pragma case_sensitive_like = 1'],
      ['reverse_unordered_selects', 'pragma reverse_unordered_selects = 1'],
      ['foreign_keys and recursive_triggers', 'pragma foreign_keys = 1; pragma recursive_triggers = 1'],
      ['ignore_check_constraints', 'pragma ignore_check_constraints = 1'],
      ['mmap_size and cache_size', 'pragma mmap_size = 1000000; pragma cache_size = 0'],
      ['secure_delete and auto_vacuum', 'pragma secure_delete = 1; pragma auto_vacuum = 2'],
      ['busy_timeout', 'pragma busy_timeout = 2000'],
      ['wal_autocheckpoint = 0', 'pragma wal_autocheckpoint = 0'],
      [
        'an attached database with the same tables',
        "attach ':memory:' as other; create table other.plan_tokens (id text)",
      ],
      ['a temporary table of another name', 'create temp table tokens (id text)'],
    ])('%s keeps the promise', async (_, statements) => {
      await opened(statements)
      await keepsItsPromise()
    })

    it.each(['UTF-16le', 'UTF-16be'])('a file in %s keeps the promise', async (encoding) => {
      file.close()
      file = sqliteFile(open)
      await file.exec(`pragma encoding = '${encoding}'; ${sqlMigrations().toSql('sqlite')}`)
      await opened()
      expect(host.prepare('pragma encoding').all()).toEqual([{ encoding }])
      await keepsItsPromise()
    })

    it('safeIntegers keep the promise', async () => {
      await opened()
      ;(host as unknown as { defaultSafeIntegers(on: boolean): void }).defaultSafeIntegers(true)
      await keepsItsPromise()
    })

    const CALLS: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['findByDigest', () => store.findByDigest('digest-there')],
      ['find', () => store.find('there')],
      ['events', () => store.events({ limit: 9 })],
      ['bound', () => store.bound(9_000)],
      ['commit', () => store.commit(recordOf(), eventOf(recordOf()))],
      ['recordUse', () => store.recordUse([{ tokenId: 'a', digest: 'd', at: T }])],
    ]

    it.each(CALLS)(
      'a transaction that other code left open is refused by %s, and the state of before is not given',
      async (_, call) => {
        await opened()
        await add(store, { id: 'there' })
        host.exec('begin; select count(*) from plan_tokens')
        expect(host.prepare('select count(*) as n from plan_tokens').all()).toEqual([{ n: 1 }])
        await elsewhere(REVOKED)
        await expect(call()).rejects.toMatchObject({
          code: 'store_unsuitable',
          message: expect.stringContaining('transaction open on this SQLite connection'),
        })
        host.exec('commit')
        expect((await store.find('there'))?.revokedAt).toBe(1)
        await call()
      },
    )

    it('a transaction of other code that ends soon is waited for', async () => {
      await opened()
      await add(store, { id: 'there' })
      host.exec('begin')
      host.prepare('select count(*) from plan_tokens').all()
      const found = store.findByDigest('digest-there')
      await elsewhere(REVOKED)
      setTimeout(() => host.exec('rollback'), 100)
      expect((await found)?.revokedAt).toBe(1)
    })

    it('rows that other code has not read to their end bring no state of before', async () => {
      await opened()
      const first = await add(store, { id: 'there' })
      await add(store)
      const rows = host.prepare('select id from plan_tokens').iterate()
      rows.next()
      await elsewhere(REVOKED)
      const found = await store.findByDigest('digest-there').then(
        (record) => record?.revokedAt,
        (error) => error.code,
      )
      // better-sqlite3 lets nobody write while it reads, which the store is told; libsql reads all rows at once.
      expect(found).toBe(name === 'libsql' ? 1 : 'store_unsuitable')
      rows.return?.()
      expect((await store.findByDigest('digest-there'))?.revokedAt).toBe(1)
      expect(await store.commit(next(next(first)), eventOf(first, { id: 'e3' }))).toBe(true)
    })

    it('what other code holds while a look-up ends leaves nothing open', async () => {
      await opened()
      await add(store, { id: 'there' })
      let rows: IterableIterator<unknown> | undefined
      const watched = new Kysely<unknown>({
        dialect: new SqliteDialect({ database: host as never }),
        log({ query }) {
          if (rows || !query.sql.includes('from "plan_tokens"')) return
          rows = host.prepare('select id from plan_tokens').iterate()
          rows.next()
        },
      })
      const found = sqlStore(watched).findByDigest('digest-there')
      if (name === 'libsql') await found
      else {
        setTimeout(() => rows?.return?.(), 100)
        expect((await found)?.id).toBe('there')
      }
      host.exec('begin; commit')
      expect(rows).toBeDefined()
    })

    it.each<readonly [string, string, string]>([
      // better-sqlite3 takes it from nobody.
      ...(name === 'libsql'
        ? [['journal_mode = off, in which nothing is undone', 'pragma journal_mode = off', 'journal_mode'] as const]
        : []),
      ['a temporary table that hides the tokens', 'create temp table plan_tokens (id text)', 'temporary table'],
      [
        'a temporary view that hides the events',
        'create temp view Plan_Token_Events as select 1 as seq',
        'temporary table',
      ],
    ])('%s is refused', async (_, statements, word) => {
      await opened(statements)
      await expect(store.find('x')).rejects.toMatchObject({
        code: 'store_unsuitable',
        message: expect.stringContaining(word),
      })
    })

    it('the option schema takes the file’s own tables whatever is temporary', async () => {
      await opened('create temp table plan_tokens (id text)', { schema: 'main' })
      await keepsItsPromise()
    })

    it('query_only and a read-only file are named when something is written', async () => {
      await opened('pragma query_only = 1')
      expect(await store.find('x')).toBeUndefined()
      await expect(store.bound(1)).rejects.toMatchObject({
        code: 'store_unsuitable',
        message: expect.stringContaining('query_only'),
      })
    })

    it('parameters are bound, never written into the statement', async () => {
      const statements: string[] = []
      const database = open?.(file.file) as never
      host = database
      kysely = new Kysely<unknown>({
        dialect: new SqliteDialect({ database }),
        log: ({ query }) => void statements.push(query.sql),
      })
      store = sqlStore(kysely)
      await keepsItsPromise()
      for (const text of statements) expect(text).not.toMatch(/digest-|漢|admin/)
      await sql`select 1`.execute(kysely)
    })
  })
})
