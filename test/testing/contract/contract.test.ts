/** The store contract: right stores pass all of it, and each planted mistake is found by the case that is there for it. */
import { memoryStore, type TokenStore } from 'plan-access-tokens'
import { type StoreContractOptions, storeContract } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { emptyData, plainStore } from './plain-store.ts'
import { PLANTED } from './planted.ts'

/** What the case with this name says of a store: its failure, or nothing. */
async function failureOf(name: string, options: StoreContractOptions): Promise<Error | undefined> {
  const found = storeContract(options).find((entry) => entry.name === name)
  if (!found) throw new Error(`There is no case "${name}".`)
  return found.run().then(
    () => undefined,
    (error: Error) => error,
  )
}

describe('memoryStore', () => {
  for (const { name, run } of storeContract({ create: memoryStore })) it(name, run)
})

describe('the plainest store, in two processes', () => {
  const dataOf = new WeakMap<TokenStore, ReturnType<typeof emptyData>>()
  const open = (data: ReturnType<typeof emptyData>): TokenStore => {
    const store = plainStore(data)
    dataOf.set(store, data)
    return store
  }
  const create = (): TokenStore => open(emptyData())
  const another = (store: TokenStore): TokenStore => open(dataOf.get(store) ?? emptyData())
  for (const { name, run } of storeContract({ create, another })) it(name, run)
})

describe('a store with one planted mistake is found out', () => {
  const rows = PLANTED.flatMap(({ caughtBy, ...planted }) => caughtBy.map((name) => ({ name, ...planted })))
  const isOfWatch = ({ name }: { readonly name: string }): boolean => name.includes('watch')
  const findsOut = async ({ name, says, create, another }: (typeof rows)[number]): Promise<void> => {
    const failure = await failureOf(name, { create, ...(another && { another }) })
    expect(failure?.name).toBe('StoreContractError')
    expect(failure?.message).toContain(says)
  }

  it.each(rows.filter((row) => !isOfWatch(row)))('$mistake: $name', findsOut)
  // A hint that does not come is waited for, so these wait together.
  it.concurrent.each(rows.filter(isOfWatch))('$mistake: $name', findsOut)

  it('by every case of the contract, so that none is idle', () => {
    const busy = new Set(PLANTED.flatMap(({ caughtBy }) => caughtBy))
    const names = storeContract({ create: memoryStore }).map(({ name }) => name)
    expect(names.filter((name) => !busy.has(name))).toEqual([])
    expect(new Set(names).size).toBe(names.length)
  })
})
