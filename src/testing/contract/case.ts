/**
 * What a case of the store contract is made of: what it checks, and what breaks for users where a store fails it. No runner,
 * no library. The cases: the files beside this one. What an author sees: testing/store-contract.ts.
 */
import type { TokenStore } from '../../ports.ts'
import { differenceBetween } from './difference.ts'

/** The methods that a store may lack; `lastUse` comes with `recordUse`, `readValue` with `writeValue`. */
type OptionalMethod = 'chained' | 'bound' | 'watch' | 'recordUse' | 'sweep' | 'scan' | 'writeValue' | 'removeValue'

/** A store that has a method which others may lack. */
export type With<M extends OptionalMethod | 'lastUse' | 'readValue'> = TokenStore & Required<Pick<TokenStore, M>>

/** The fresh store of one case. */
export interface Stores<S extends TokenStore = TokenStore> {
  readonly store: S
  /** The same data as another process has it, where the author says how to open it; otherwise the same store. */
  readonly other: S
}

/** One promise of the port. */
export interface Case<S extends TokenStore = TokenStore> {
  /** A sentence of the contract. */
  readonly name: string
  /** The method without which the case has nothing to check. */
  readonly optional?: OptionalMethod
  /** What breaks for users: the last sentence of every failure. */
  readonly breaks: string
  readonly check: (stores: Stores<S>) => Promise<void>
}

/** Cases of a method that a store may lack: not checked where it is absent. */
export function casesOf<M extends OptionalMethod>(
  optional: M,
  cases: readonly Omit<Case<With<M>>, 'optional'>[],
): readonly Case[] {
  // They are only run with a store that has the method.
  return cases.map((entry) => ({ ...entry, optional }) as unknown as Case)
}

/** The name of an error that a case makes, to tell it from what a store throws. */
export const FAILURE = 'StoreContractError'

/** An error that says what was expected and what came. */
export function failure(what: string): Error {
  const error = new Error(what)
  error.name = FAILURE
  return error
}

/** Fails unless something holds. `what` is a sentence that says what came instead. */
export function check(holds: boolean, what: string): void {
  if (!holds) throw failure(what)
}

/** Fails unless a value is what it should be, down to its last entry. `what` names the value. */
export function same(came: unknown, expected: unknown, what: string): void {
  const difference = differenceBetween(came, expected)
  if (difference !== undefined) throw failure(`${what}: ${difference}.`)
}

/** Runs all at the same time and waits for all of them, so that nothing goes on after a case; then throws the first failure. */
export async function together<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results = await Promise.allSettled(tasks.map((task) => task()))
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

/** How long readers go on at most, where a writer never ends: milliseconds. */
const READING = 30_000

/** Runs readers for as long as the writers are at work, and a last time after them. */
export async function readWhile(
  writers: readonly (() => Promise<void>)[],
  readers: readonly ((isOver: () => boolean) => Promise<void>)[],
): Promise<void> {
  let over = false
  const end = performance.now() + READING
  const write = async (): Promise<void> => {
    try {
      await together(writers)
    } finally {
      over = true
    }
  }
  await together([write, ...readers.map((reader) => () => reader(() => over || performance.now() > end))])
}

/** Lets timers and sockets have their turn: a loop of promises alone would starve them. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0)
  })
}

/** The whole numbers from 0 up to below `count`. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
