/** What comes out of the tables: rows that were changed by hand, and drivers that make other things of numbers, dates and text. */
import { sql } from 'kysely'
import type mysql from 'mysql2'
import type { TokenRecord } from 'plan-access-tokens'
import { sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { add, eventOf, next, T } from '../../records.ts'
import { type Database, type Engine, freshStore } from '../engines.ts'

type Dialects = readonly Engine['dialect'][]
const ALL: Dialects = ['postgres', 'mysql', 'sqlite']
/** SQLite alone takes any value in any column. */
const SQLITE: Dialects = ['sqlite']
const SECRET = { digest: 'digest-broken', issuedAt: T, worksUntil: null }
const json = JSON.stringify
const bytes = Uint8Array.of(0xff, 0xfe)

/** A column of a token, what somebody puts into it, and where that is possible. */
const TOKEN_EDITS: readonly (readonly [column: string, what: string, value: unknown, where: Dialects])[] = [
  ['scopes', 'JSON that is cut off', '["read"', ALL],
  ['scopes', 'no text', '', ALL],
  ['scopes', 'a word', 'read', ALL],
  ['scopes', 'null', 'null', ALL],
  ['scopes', 'one scope instead of a list', '"read"', ALL],
  ['scopes', 'a number among the scopes', '["read",1]', ALL],
  ['resources', 'another word', '"every"', ALL],
  ['resources', 'all in capital letters', '"ALL"', ALL],
  ['resources', 'all in a list', '["all"]', ALL],
  ['resources', 'a resource without an id', '[{"kind":"file","link":"x"}]', ALL],
  ['resources', 'a resource with an empty id', '[{"kind":"file","id":"","link":"x"}]', ALL],
  ['resources', 'a resource with a number for an id', '[{"kind":"file","id":7,"link":"x"}]', ALL],
  ['secrets', 'an object', '{}', ALL],
  ['secrets', 'a secret without a digest', json([{ ...SECRET, digest: undefined }]), ALL],
  ['secrets', 'a date as text', json([{ ...SECRET, issuedAt: '2027-01-31' }]), ALL],
  ['secrets', 'a date in quotation marks', json([{ ...SECRET, worksUntil: String(T) }]), ALL],
  ['secrets', 'a secret without its end', json([{ ...SECRET, worksUntil: undefined }]), ALL],
  ['secrets', 'a list with null', '[null]', ALL],
  ['idempotency', 'a key without a digest', '[{"call":"create","key":"k","input":"i"}]', ALL],
  ['idempotency', 'a key of another call', '[{"call":"edit","key":"k","input":"i","digest":"d"}]', ALL],
  ['details', 'JSON that is cut off', '{"contact":"', ALL],
  ['details', 'a list', '[]', ALL],
  ['details', 'a field that is not known', '{"contact":"x","limit":1}', ALL],
  ['details', 'a number for a contact', '{"contact":7}', ALL],
  ['details', 'a number among the metadata', '{"metadata":{"team":7}}', ALL],
  ['version', 'a number beyond the safe ones', '9007199254740993', ALL],
  ['created_at', 'a number beyond the safe ones', '9223372036854775807', ALL],
  ['expires_at', 'a number beyond the safe ones', '9007199254740993', ALL],
  ['expires_at', 'a date as text', '2027-01-31T12:00:00Z', SQLITE],
  ['expires_at', 'a broken number', 1.5, SQLITE],
  ['created_at', 'a word', 'yesterday', SQLITE],
  ['revoked_at', 'a word', 'no', SQLITE],
  ['revoked_at', 'no text', '', SQLITE],
  ['lifetime_days', 'a word', 'ninety', SQLITE],
  ['version', 'bytes', bytes, SQLITE],
  ['name', 'bytes that are no text', bytes, SQLITE],
  ['description', 'bytes that are no text', bytes, SQLITE],
  ['plan_id', 'bytes that are no text', bytes, SQLITE],
]

/** What stands for a column that cannot be read. */
const DEAD: { readonly [column: string]: Partial<TokenRecord> } = {
  scopes: { scopes: [] },
  resources: { resources: [] },
  secrets: { secrets: [] },
  idempotency: { idempotency: [] },
  version: { version: Number.NaN },
  created_at: { createdAt: Number.NaN },
  expires_at: { expiresAt: Number.NaN },
  revoked_at: { revokedAt: Number.NaN },
  lifetime_days: { lifetimeDays: Number.NaN },
  name: { name: '' },
  description: { description: '' },
}

const NO_DETAILS: Partial<TokenRecord> = {
  ...({ metadata: {}, contact: '', canary: true, addresses: [] } as const),
  // Nobody may collect it, and nobody apply it.
  request: { by: '', at: Number.NaN },
  proposal: { by: '', at: Number.NaN, version: Number.NaN, changes: {} },
  selfRenewal: { until: 0, chosen: true },
}
/** The same for what stands in the column of all that a token need not have: where it cannot be read at all, each of them. */
const DETAILS: { readonly [value: string]: Partial<TokenRecord> } = {
  '{"contact":"': NO_DETAILS,
  '[]': NO_DETAILS,
  '{"contact":"x","limit":1}': NO_DETAILS,
  '{"contact":7}': { contact: '' },
  '{"metadata":{"team":7}}': { metadata: {} },
}

export function readsRows(engine: Engine): void {
  let fresh: Awaited<ReturnType<typeof freshStore>>
  let broken: TokenRecord
  let other: TokenRecord
  const list = (order: 'newest' | 'expiry') => fresh.store.list({ planId: 'p1', order, now: T, limit: 9 })
  const edit = (table: string, column: string, value: unknown) =>
    sql`update ${sql.table(table)} set ${sql.ref(column)} = ${value}`.execute(fresh.kysely)

  beforeAll(async () => {
    fresh = await freshStore(engine)
  })
  afterAll(() => fresh.database.close())
  beforeEach(async () => {
    for (const table of ['tokens', 'token_secrets', 'token_events', 'token_uses'])
      await sql`delete from ${sql.table(`plan_${table}`)}`.execute(fresh.kysely)
    broken = await add(fresh.store, { id: 'broken', name: 'Broken', description: 'All of it', createdAt: T - 1 })
  })

  describe('a token whose row was changed by hand', () => {
    const edits = TOKEN_EDITS.filter(([, , , where]) => where.includes(engine.dialect))

    it.each(edits)('%s: %s refuses that token, tells which column, and leaves all others', async (column, _, value) => {
      await edit('plan_tokens', column, value)
      other = await add(fresh.store, { id: 'other' })
      for (const look of [() => fresh.store.find('broken'), () => fresh.store.findByDigest('digest-broken')]) {
        const error = await look().then(
          () => undefined,
          (thrown) => thrown,
        )
        expect(error).toMatchObject({ name: 'StoreError', code: 'row_unreadable' })
        for (const named of ['"plan_tokens"', '"broken"', `"${column}"`]) expect(error.message).toContain(named)
        expect(error.message).not.toContain('digest-')
      }
      expect(await fresh.store.find('other')).toEqual(other)
      expect(await fresh.store.findByDigest('digest-other')).toEqual(other)
      if (column === 'plan_id') return expect(await list('newest')).toEqual([other])
      const dead = column === 'details' ? DETAILS[value as string] : DEAD[column]
      const shown = { ...broken, ...dead }
      for (const order of ['newest', 'expiry'] as const) {
        const tokens = await list(order)
        expect(tokens.map(({ id }) => id).toSorted()).toEqual(['broken', 'other'])
        expect(tokens.find(({ id }) => id === 'broken')).toEqual(shown)
      }
    })

    it('is read again once its row is put right', async () => {
      await edit('plan_tokens', 'scopes', 'oops')
      await expect(fresh.store.find('broken')).rejects.toThrow('"scopes"')
      await edit('plan_tokens', 'scopes', '["read"]')
      expect(await fresh.store.find('broken')).toEqual(broken)
    })

    it('names all its wrong columns at once', async () => {
      for (const column of ['scopes', 'secrets', 'idempotency']) await edit('plan_tokens', column, '{}')
      await expect(fresh.store.find('broken')).rejects.toThrow('"scopes", "secrets", "idempotency"')
    })
  })

  it('takes a list of resources or the word all, also if somebody left out its quotation marks', async () => {
    for (const [text, resources] of [
      ['"all"', 'all'],
      ['all', 'all'],
      ['[]', []],
    ]) {
      await edit('plan_tokens', 'resources', text)
      expect(await fresh.store.find('broken')).toEqual({ ...broken, resources })
    }
  })

  it('does not keep what it could not read again, and says what', async () => {
    for (const [change, column] of [
      [{ expiresAt: Number.NaN }, 'expires_at'],
      [{ createdAt: T + 0.5 }, 'created_at'],
      [{ revokedAt: undefined }, 'revoked_at'],
      [{ scopes: [1] }, 'scopes'],
      [{ resources: 'some' }, 'resources'],
      [{ secrets: [{ digest: 'x', issuedAt: 'now', worksUntil: null }] }, 'secrets'],
    ] as const) {
      const record = next(broken, change as never)
      await expect(fresh.store.commit(record, eventOf(record))).rejects.toThrow(column)
    }
    const record = next(broken)
    await expect(fresh.store.commit(record, eventOf(record, { at: Number.NaN }))).rejects.toThrow('at')
    expect(await fresh.store.find('broken')).toEqual(broken)
    expect(await fresh.store.events({ limit: 9 })).toHaveLength(1)
  })

  const EVENT_EDITS: readonly (readonly [column: string, value: unknown, where: Dialects])[] = [
    ['changes', '{"name":', ALL],
    ['changes', '[]', ALL],
    ['changes', '{"name":1}', ALL],
    ['details', '{"url":', ALL],
    ['details', '[]', ALL],
    ['details', '{"url":1}', ALL],
    ['at', '9007199254740993', ALL],
    ['version', '9007199254740993', ALL],
    ['at', 'noon', SQLITE],
    ['plan_id', bytes, SQLITE],
  ]
  it.each(EVENT_EDITS.filter(([, , where]) => where.includes(engine.dialect)))(
    'an event whose %s was changed by hand to %s is an error that names it, since the log proves nothing without it',
    async (column, value) => {
      const [event] = await fresh.store.events({ limit: 1 })
      await edit('plan_token_events', column, value)
      const name = `the event with the seq ${event?.seq} in the table "plan_token_events" cannot be read: wrong in "${column}"`
      await expect(fresh.store.events({ limit: 9 })).rejects.toMatchObject({ code: 'row_unreadable' })
      await expect(fresh.store.events({ limit: 9 })).rejects.toThrow(name)
    },
  )

  describe('a driver that makes', () => {
    const read = async (driver: object): Promise<void> => {
      const database: Database = fresh.database
      const store = sqlStore(database.kysely(driver))
      const changes = { name: { before: 'a', after: broken.name } }
      const record = next(broken, { revokedAt: T, revokedBy: 'admin', resources: [{ kind: 'k', id: '1', link: 'l' }] })
      expect(await store.commit(record, eventOf(record, { changes }))).toBe(true)
      await store.recordUse([{ tokenId: 'broken', digest: 'digest-broken', at: T }])
      expect(await store.find('broken')).toEqual(record)
      expect(await store.findByDigest('digest-broken')).toEqual(record)
      for (const order of ['newest', 'expiry'] as const)
        expect(await store.list({ planId: 'p1', order, now: T, limit: 9 })).toEqual([record])
      const [first, second] = await store.events({ limit: 9 })
      expect([first, second]).toEqual([
        { ...eventOf(broken), seq: first?.seq },
        { ...eventOf(record, { changes }), seq: Number(first?.seq) + 1 },
      ])
      expect(await store.bound(9)).toBe(9)
      expect(await store.lastUse(['broken'])).toEqual([{ tokenId: 'broken', digest: 'digest-broken', at: T }])
      expect(await store.sweep({ before: T + 1, limit: 9 })).toEqual({ records: 1, events: 1 })
    }

    if (engine.dialect === 'sqlite') it('every number a bigint is read right', () => read({ safeIntegers: true }))

    if (engine.dialect === 'mysql') {
      it('numbers text is read right', () => read({ supportBigNumbers: true, bigNumberStrings: true }))
      it('text bytes is read right', () =>
        read({
          typeCast: (field: mysql.TypeCastField, otherwise: () => unknown) =>
            /STRING|BLOB/.test(field.type) ? field.buffer() : otherwise(),
        }))
    }

    if (engine.dialect === 'postgres') {
      const INT8 = 20
      const parsing = (int8: (text: string) => unknown) => ({
        types: { getTypeParser: (type: number) => (type === INT8 ? int8 : (text: string) => text) },
      })
      it('numbers out of int8 is read right', () => read(parsing(Number)))
      it('bigint out of int8 is read right', () => read(parsing(BigInt)))

      it('dates out of columns that were altered to timestamps, and lists out of jsonb, is read right', async () => {
        const alter = async (column: string, to: string, using: string) => {
          await fresh.database.exec(`alter table plan_tokens alter column ${column} type ${to} using ${using}`)
        }
        await fresh.database.exec('alter table plan_tokens drop column ended_at')
        for (const column of ['created_at', 'expires_at'])
          await alter(column, 'timestamptz', `to_timestamp(${column} / 1000.0)`)
        for (const column of ['scopes', 'resources', 'secrets']) await alter(column, 'jsonb', `${column}::jsonb`)
        expect(await fresh.store.find('broken')).toEqual(broken)
        expect(await fresh.store.findByDigest('digest-broken')).toEqual(broken)
        await fresh.database.close()
        fresh = await freshStore(engine)
      })
    }
  })
}
