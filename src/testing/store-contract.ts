/** The contract of a store as cases for any test runner: what sqlStore, redisStore and memoryStore pass, for whoever writes another. */
import type { Awaitable, TokenStore } from '../ports.ts'
import { BOUND } from './contract/bound.ts'
import { type Case, FAILURE } from './contract/case.ts'
import { CHAINS } from './contract/chains.ts'
import { COMMITS } from './contract/commits.ts'
import { COPIES } from './contract/copies.ts'
import { HISTORIES } from './contract/histories.ts'
import { LIST_METADATA } from './contract/list-metadata.ts'
import { LIST_PAGES } from './contract/list-pages.ts'
import { LIST_SEARCHES } from './contract/list-searches.ts'
import { LISTS } from './contract/lists.ts'
import { LOGS } from './contract/logs.ts'
import { LOOK_UPS } from './contract/look-ups.ts'
import { PENDING } from './contract/pending.ts'
import { RACES } from './contract/races.ts'
import { ROUND_TRIP } from './contract/round-trip.ts'
import { SCANS } from './contract/scans.ts'
import { SWEEPS } from './contract/sweeps.ts'
import { USES } from './contract/uses.ts'
import { REMOVED_VALUES, VALUES } from './contract/values.ts'
import { VISIBLE } from './contract/visible.ts'
import { WATCH } from './contract/watch.ts'

/** How the cases get their stores. */
export interface StoreContractOptions<S extends TokenStore = TokenStore> {
  /** Gives a fresh, empty store that shares nothing with the one before. Called once for each case. */
  create(): Awaitable<S>
  /** Called with each store after its case, also when that failed. */
  destroy?(store: S): Awaitable<unknown>
  /**
   * Opens the data of a store once more, as another process of the deployment has it. With it, the cases write here and read
   * there, which finds what a store keeps in its own process and should not. Without it, one store does both.
   */
  another?(store: S): Awaitable<S>
}

/** One case: a promise of the port as a sentence, and what checks it. */
export interface StoreContractCase {
  readonly name: string
  /** What a store may lack; without it the case ends at once. */
  readonly optional?: 'chained' | 'bound' | 'watch' | 'recordUse' | 'sweep' | 'scan' | 'writeValue' | 'removeValue'
  /**
   * Checks the promise with a store of its own.
   *
   * @throws Error that says what was expected, what came, and what breaks for users.
   */
  readonly run: () => Promise<void>
}

const METHODS = ['findByDigest', 'find', 'list', 'commit', 'events'] as const
/** After how long a store is taken for one that never answers: milliseconds. */
const PATIENCE = 30_000

const CASES: readonly Case[] = [
  ...LOOK_UPS,
  ...COMMITS,
  ...RACES,
  ...VISIBLE,
  ...ROUND_TRIP,
  ...COPIES,
  ...LISTS,
  ...LIST_SEARCHES,
  ...LIST_METADATA,
  ...LIST_PAGES,
  ...PENDING,
  ...LOGS,
  ...CHAINS,
  ...HISTORIES,
  ...BOUND,
  ...USES,
  ...SWEEPS,
  ...SCANS,
  ...VALUES,
  ...REMOVED_VALUES,
  ...WATCH,
]

/**
 * The cases that every store has to pass, as data, so that any runner takes them. docs/custom-store.md says what each failure
 * means.
 *
 * @example
 * for (const { name, run } of storeContract({ create: () => myStore() })) test(name, run)
 */
export function storeContract<S extends TokenStore>(options: StoreContractOptions<S>): readonly StoreContractCase[] {
  for (const [name, isNeeded] of [
    ['create', true],
    ['destroy', false],
    ['another', false],
  ] as const) {
    const given: unknown = options?.[name]
    if (typeof given !== 'function' && (isNeeded || given !== undefined))
      throw new TypeError(`storeContract({ ${name} }): ${name} must be a function.`)
  }
  return CASES.map((entry) => ({
    name: entry.name,
    ...(entry.optional && { optional: entry.optional }),
    run: () => run(entry, options),
  }))
}

async function run<S extends TokenStore>(entry: Case, options: StoreContractOptions<S>): Promise<void> {
  const opened: S[] = []
  const failure = await caught(() => tryCase(entry, options, opened))
  // Another handle is closed before the store that it belongs to. What fails here must not hide the case's own failure.
  let closing: { readonly error: unknown } | undefined
  for (const store of opened.toReversed()) {
    const outcome = await caught(async () => options.destroy?.(store))
    closing ??= outcome
  }
  const first = failure ?? closing
  if (first) throw first.error
}

async function caught(work: () => Promise<unknown>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    return { error }
  }
}

async function tryCase<S extends TokenStore>(
  entry: Case,
  options: StoreContractOptions<S>,
  opened: S[],
): Promise<void> {
  const store = await options.create()
  opened.push(store)
  checkMethods(store)
  if (entry.optional && !store[entry.optional]) return
  const other = options.another ? await options.another(store) : store
  if (other !== store) opened.push(other)
  try {
    await inTime(entry.check({ store, other }))
  } catch (error) {
    throw told(entry, error)
  }
}

function checkMethods(store: unknown): void {
  const missing = METHODS.filter((name) => typeof (store as Partial<TokenStore> | undefined)?.[name] !== 'function')
  if (missing.length > 0) throw new TypeError(`create() gave no store: it has no ${missing.join(', no ')}.`)
}

/** Fails where a case does not end: a lock that was not released, a promise that nobody resolves. */
async function inTime(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`The store has not answered a call within ${PATIENCE / 1_000} s.`)
      error.name = FAILURE
      reject(error)
    }, PATIENCE)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A failure with what it means. */
function told({ breaks }: Case, error: unknown): Error {
  const { name = 'error', message = String(error) } = error instanceof Error ? error : {}
  const text = name === FAILURE ? message : `The store threw ${name}: ${message.replace(/[.\s]+$/, '')}.`
  const said = new Error(`${text} ${breaks}`, name === FAILURE ? undefined : { cause: error })
  said.name = FAILURE
  return said
}
