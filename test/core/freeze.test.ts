/** Records that nobody can change: frozen down to their last entry, in place or as a copy. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deepFreeze, frozenCopy, isDeeplyFrozen } from '../../src/core/freeze.ts'
import { recordWith } from './fixtures.ts'

/** Every object within a value. */
function objectsIn(value: unknown): readonly object[] {
  return typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(objectsIn)] : []
}

describe('deepFreeze', () => {
  it('freezes all that is in a value, and gives the value itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const before = JSON.stringify(value)
        expect(deepFreeze(value as never)).toBe(value)
        expect(objectsIn(value).every(Object.isFrozen)).toBe(true)
        expect(JSON.stringify(value)).toBe(before)
      }),
    )
  })
})

describe('isDeeplyFrozen', () => {
  it('says so only where nothing can be changed', () => {
    expect([isDeeplyFrozen(1), isDeeplyFrozen(null), isDeeplyFrozen(undefined), isDeeplyFrozen('x')]).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(isDeeplyFrozen({})).toBe(false)
    expect(isDeeplyFrozen(Object.freeze({ a: Object.freeze([{}]) }))).toBe(false)
    expect(
      isDeeplyFrozen(
        Object.freeze({
          get a() {
            return 1
          },
        }),
      ),
    ).toBe(false)
    expect(isDeeplyFrozen(deepFreeze({ a: [{ b: [] }] }))).toBe(true)
  })
})

describe('a frozen copy of a record', () => {
  const record = recordWith({
    resources: [{ kind: 'project', id: '7', link: 'x' }],
    idempotency: [{ call: 'create', key: 'k', input: 'i', digest: 'd' }],
  })

  it('is equal to it, and nobody can change it', () => {
    const copy = frozenCopy(record)
    expect(copy).toEqual(record)
    expect(isDeeplyFrozen(copy)).toBe(true)
    expect(frozenCopy(copy)).toBe(copy)
  })

  it('leaves a record that can be changed as it is, so that a change to it changes nothing that is kept', () => {
    const mine = { ...record, scopes: ['invoice:read'], secrets: record.secrets.map((secret) => ({ ...secret })) }
    const copy = frozenCopy(mine)
    mine.scopes.push('invoice:write')
    mine.secrets.pop()
    expect(copy).toEqual(record)
    expect(Object.isFrozen(mine) || Object.isFrozen(mine.scopes)).toBe(false)
  })
})
