/** How the cases of the store contract get their stores and tell what they found. What they find: contract.test.ts. */
import { memoryStore, type TokenStore } from 'plan-access-tokens'
import { type StoreContractOptions, storeContract } from 'plan-access-tokens/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { differenceBetween } from '../../../src/testing/contract/difference.ts'

const EMPTY = 'a new store is empty'
const caseOf = (options: StoreContractOptions, name = EMPTY) => {
  const found = storeContract(options).find((entry) => entry.name === name)
  if (!found) throw new Error(`There is no case "${name}".`)
  return found
}
const failureOf = (options: StoreContractOptions, name?: string): Promise<Error> =>
  caseOf(options, name)
    .run()
    .then(
      () => new Error('nothing failed'),
      (error: Error) => error,
    )

/** A store that is not empty at first. */
const seeded = (): TokenStore => ({ ...memoryStore(), find: async () => null as never })

afterEach(() => vi.useRealTimers())

describe('a case', () => {
  it('is a sentence, and a function that a runner can call with whatever it has', async () => {
    const cases = storeContract({ create: memoryStore })
    for (const { name, run } of cases) {
      expect(name).toMatch(/^[a-z].{15,}$/)
      expect(run).toHaveLength(0)
    }
    const { run } = caseOf({ create: memoryStore })
    await expect((run as (context: object) => Promise<void>)({ task: {} })).resolves.toBeUndefined()
  })

  it('gets a store of its own each time, made only when it is run', async () => {
    const create = vi.fn(memoryStore)
    const { run } = caseOf({ create })
    expect(create).not.toHaveBeenCalled()
    await run()
    await run()
    expect(create).toHaveBeenCalledTimes(2)
  })

  it('takes a store that is given as a promise, and one whose methods need their object', async () => {
    class Counting {
      readonly #inner = memoryStore()
      readonly findByDigest = (digest: string) => this.#inner.findByDigest(digest)
      find(id: string) {
        return this.#inner.find(id)
      }
      list(...args: Parameters<TokenStore['list']>) {
        return this.#inner.list(...args)
      }
      commit(...args: Parameters<TokenStore['commit']>) {
        return this.#inner.commit(...args)
      }
      events(...args: Parameters<TokenStore['events']>) {
        return this.#inner.events(...args)
      }
    }
    for (const { run } of storeContract({ create: async () => new Counting() })) await run()
  })

  it('of a method that the store lacks names it and ends at once', async () => {
    const { findByDigest, find, list, commit, events } = memoryStore()
    const commits = vi.fn(commit)
    const optional = storeContract({ create: () => ({ findByDigest, find, list, commit: commits, events }) }).filter(
      (entry) => entry.optional !== undefined,
    )
    expect(new Set(optional.map((entry) => entry.optional))).toEqual(
      new Set(['chained', 'bound', 'watch', 'recordUse', 'sweep', 'scan', 'writeValue', 'removeValue']),
    )
    for (const { run } of optional) await run()
    expect(commits).not.toHaveBeenCalled()
  })
})

describe('the clean-up', () => {
  it.each([
    { what: 'passed', make: memoryStore },
    { what: 'failed', make: seeded },
    { what: 'found no method to check', make: () => ({ ...memoryStore(), list: undefined as never }) },
  ])('gets the store of a case that $what', async ({ make }) => {
    const store = make()
    const destroy = vi.fn()
    await caseOf({ create: () => store, destroy })
      .run()
      .catch(() => undefined)
    expect(destroy.mock.calls).toEqual([[store]])
  })

  it('gets what `another` opened before the store that it was opened from', async () => {
    const store = memoryStore()
    const other = { ...store }
    const destroyed: unknown[] = []
    await caseOf({ create: () => store, another: () => other, destroy: (one) => destroyed.push(one) }).run()
    expect(destroyed).toEqual([other, store])
    expect(destroyed[0]).toBe(other)
  })

  it('that fails makes the case fail, goes on with the other store, and does not hide why the case failed', async () => {
    const destroy = vi.fn(() => {
      throw new Error('cannot drop the table')
    })
    const another = (store: TokenStore): TokenStore => ({ ...store })
    expect((await failureOf({ create: memoryStore, destroy, another })).message).toBe('cannot drop the table')
    expect(destroy).toHaveBeenCalledTimes(2)
    expect((await failureOf({ create: seeded, destroy })).message).toContain('null instead of undefined')
  })
})

describe('a failure', () => {
  it('says what came, what was expected, and what breaks for users', async () => {
    const { name, message } = await failureOf({ create: seeded })
    expect(name).toBe('StoreContractError')
    expect(message).toBe(
      'find in a new store: it is null instead of undefined. Tokens that nobody made would be shown, or audit logs of other deployments.',
    )
  })

  it('of the store itself is told with what breaks, and kept as the cause', async () => {
    const cause = new RangeError('no such table.')
    const broken = { ...memoryStore(), events: () => Promise.reject(cause) }
    const failure = await failureOf({ create: () => broken })
    expect(failure.message).toMatch(/^The store threw RangeError: no such table\. Tokens that nobody made/)
    expect(failure.cause).toBe(cause)
  })

  it('to make a store at all is told as it is', async () => {
    const create = () => Promise.reject(new Error('no server'))
    expect((await failureOf({ create })).message).toBe('no server')
    const half = { ...memoryStore(), list: undefined as never, commit: undefined as never }
    expect((await failureOf({ create: () => half })).message).toBe('create() gave no store: it has no list, no commit.')
    expect((await failureOf({ create: () => undefined as never })).message).toMatch(/^create\(\) gave no store/)
  })

  it('comes after 30 seconds where the store never answers', async () => {
    vi.useFakeTimers()
    const silent = { ...memoryStore(), events: () => new Promise<never>(() => {}) }
    const destroy = vi.fn()
    const failure = failureOf({ create: () => silent, destroy })
    await vi.advanceTimersByTimeAsync(29_999)
    expect(destroy).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect((await failure).message).toMatch(/^The store has not answered a call within 30 s\. Tokens/)
    expect(destroy).toHaveBeenCalledTimes(1)
  })
})

describe('a difference', () => {
  const long = 'x'.repeat(70)
  it.each([
    { came: { a: 1 }, expected: { a: 1, b: undefined }, says: undefined },
    { came: '5', expected: 5, says: 'it is "5" instead of 5' },
    { came: 5n, expected: 5, says: 'it is the bigint 5 instead of 5' },
    { came: new Date(0), expected: 0, says: 'it is a Date object (1970-01-01T00:00:00.000Z) instead of 0' },
    { came: new Date(Number.NaN), expected: null, says: 'it is a Date object (invalid) instead of null' },
    { came: [], expected: {}, says: 'it is a list of 0 instead of an object' },
    { came: ['a'], expected: ['a', 1], says: 'it is ["a"] instead of ["a", 1]' },
    { came: [{}, {}], expected: [{}], says: 'it is a list of 2 instead of a list of 1' },
    { came: { a: [{ b: 1 }] }, expected: { a: [{ b: 2 }] }, says: 'a[0].b is 1 instead of 2' },
    { came: { a: 1, c: 2 }, expected: { a: 1 }, says: 'c is 2 instead of undefined' },
    { came: 'e\u0301', expected: '\u00e9', says: 'it is "e\\u{301}" instead of "\\u{e9}"' },
    {
      came: `${long}y`,
      expected: long,
      says: 'it has 71 characters instead of 70 and from character 70 on "y" instead of ""',
    },
    {
      came: { a: `a${long}` },
      expected: { a: `b${long}` },
      says: `a has 71 characters instead of 71 and from character 0 on "a${long.slice(0, 59)}" and so on instead of "b${long.slice(0, 59)}" and so on`,
    },
    { came: () => 1, expected: true, says: 'it is a function instead of true' },
  ])('between $came and $expected is told as: $says', ({ came, expected, says }) => {
    expect(differenceBetween(came, expected)).toBe(says)
  })
})
