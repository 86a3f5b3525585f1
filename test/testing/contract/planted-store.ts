/** How a store with one mistake is made: the plain store with some of its methods replaced. */
import type { TokenStore } from 'plan-access-tokens'
import { type Data, emptyData, plainStore, type WholeStore } from './plain-store.ts'

/** A store with one mistake. */
export interface Planted {
  readonly mistake: string
  /** The names of the cases that find it. */
  readonly caughtBy: readonly string[]
  /** What the failure says, among the rest. */
  readonly says: string
  readonly create: () => TokenStore
  /** A second process over the same data, for mistakes that need two. */
  readonly another?: (store: TokenStore) => TokenStore
}

/** The methods that are wrong; the others are the plain store's over the same data. */
export type Wrong = (data: Data, right: WholeStore) => Partial<TokenStore>

/** A row of the table of mistakes. */
export const planted = (
  mistake: string,
  caughtBy: string | readonly string[],
  says: string,
  wrong: Wrong,
): Planted => ({
  mistake,
  caughtBy: typeof caughtBy === 'string' ? [caughtBy] : caughtBy,
  says,
  create: () => wrongStore(emptyData(), wrong),
})

function wrongStore(data: Data, wrong: Wrong): TokenStore {
  const right = plainStore(data)
  return { ...right, ...wrong(data, right) }
}

/** The same with two processes, each with the mistake, over the same data. */
export function plantedInProcesses(
  mistake: string,
  caughtBy: string | readonly string[],
  says: string,
  wrong: Wrong,
): Planted {
  const dataOf = new WeakMap<TokenStore, Data>()
  const open = (data: Data): TokenStore => {
    const store = wrongStore(data, wrong)
    dataOf.set(store, data)
    return store
  }
  return {
    ...planted(mistake, caughtBy, says, wrong),
    create: () => open(emptyData()),
    another: (store) => open(dataOf.get(store) ?? emptyData()),
  }
}

/** A moment in which others have their turn. */
export const pause = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
