/** Equal values of records that were read from SQL, held once: what is shared, what never is, and that little is kept for it. */
import { sql } from 'kysely'
import type { TokenRecord } from 'plan-access-tokens'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shared } from '../../../src/stores/sql/shared.ts'
import { add, eventOf, next, T } from '../records.ts'
import { freshStore, LIBSQL } from './engines.ts'

/** A reader that counts how often it had to read. */
function counting() {
  const texts: string[] = []
  const read = shared((value): readonly string[] | undefined => {
    texts.push(String(value))
    return value === 'broken' ? undefined : [String(value)]
  })
  return { read, texts }
}

describe('a shared value', () => {
  it('is the same one for the same text, and another for another', () => {
    const { read } = counting()
    expect(read('a')).toEqual(['a'])
    expect(read('a')).toBe(read('a'))
    expect(read('A')).toEqual(['A'])
    expect(read('a ')).toEqual(['a '])
    expect(read('')).toEqual([''])
  })

  it('can be changed by nobody', () => {
    expect(Object.isFrozen(counting().read('a'))).toBe(true)
  })

  it('is not made of what cannot be read, what is no text, or what is longer than 256 characters', () => {
    const { read, texts } = counting()
    const [longest, tooLong] = ['x'.repeat(256), 'x'.repeat(257)]
    for (const value of ['broken', 7, null, undefined, tooLong, longest]) {
      const before = texts.length
      read(value)
      read(value)
      expect(texts.length - before).toBe(value === longest ? 1 : 2)
    }
  })

  it('is forgotten after 1,000 other texts at most, and stays if it is read meanwhile', () => {
    const { read, texts } = counting()
    read('seldom')
    for (let i = 0; i < 1_000; i++) {
      read(`text ${i}`)
      read('often')
    }
    const before = texts.length
    read('often')
    expect(texts.length).toBe(before)
    read('seldom')
    expect(texts.length).toBe(before + 1)
  })
})

describe('records that were read', () => {
  let fresh: Awaited<ReturnType<typeof freshStore>>
  beforeAll(async () => {
    fresh = await freshStore(LIBSQL)
  })
  afterAll(() => fresh.database.close())
  const look = async (id: string): Promise<TokenRecord> =>
    (await fresh.store.findByDigest(`digest-${id}`)) as TokenRecord

  it('hold equal scopes and empty lists of keys once, whatever their plans', async () => {
    await add(fresh.store, { id: 'a', planId: 'p1', scopes: ['read', 'write'] })
    await add(fresh.store, { id: 'b', planId: 'p2', scopes: ['read', 'write'] })
    await add(fresh.store, { id: 'c', planId: 'p1', scopes: ['write', 'read'] })
    const [a, b, c] = [await look('a'), await look('b'), await look('c')]
    expect(a.scopes).toBe(b.scopes)
    expect(a.idempotency).toBe(b.idempotency)
    expect([a.planId, b.planId, c.planId]).toEqual(['p1', 'p2', 'p1'])
    expect(c.scopes).toEqual(['write', 'read'])
  })

  it('never hold secrets, keys or resources together', async () => {
    const idempotency = [{ call: 'create', key: 'k', input: 'i', digest: 'd' }] as const
    const resources = [{ kind: 'file', id: '1', link: 'x' }]
    await add(fresh.store, { id: 'd', idempotency, resources })
    const [one, other] = [await look('d'), await look('d')]
    for (const field of ['secrets', 'idempotency', 'resources'] as const) {
      expect(one[field]).toEqual(other[field])
      expect(one[field]).not.toBe(other[field])
    }
  })

  it('change alone, one by a commit and one by hand', async () => {
    const edited = await add(fresh.store, { id: 'e', scopes: ['read'], createdBy: 'ada' })
    await add(fresh.store, { id: 'f', scopes: ['read'], createdBy: 'ada' })
    await add(fresh.store, { id: 'g', scopes: ['read'], createdBy: 'ada' })
    await look('e')
    const second = next(edited, { scopes: ['read', 'admin'] })
    await fresh.store.commit(second, eventOf(second, { at: T }))
    await sql`update plan_tokens set scopes = '["read"', created_by = 'bob' where id = 'f'`.execute(fresh.kysely)
    expect((await look('e')).scopes).toEqual(['read', 'admin'])
    await expect(look('f')).rejects.toThrow('wrong in "scopes"')
    expect(await look('g')).toMatchObject({ scopes: ['read'], createdBy: 'ada' })
  })
})
