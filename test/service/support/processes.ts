/**
 * Several processes over one store, by one steered time: each with hands of its own on its clock, its own way to the store, and
 * every call on record. Nothing waits for real.
 */
import { crc32 } from 'node:zlib'
import { type DecisionInfo, type MemoryStore, memoryStore, type PlanTokensOptions } from 'plan-access-tokens'
import { type FigmaPolicy, newDirectory, newWorld, type World } from '../../support/world.ts'
import { settled } from './lossy-store.ts'
import { type SteeredClock, steeredClock } from './steered-clock.ts'

/** The bound of most tests, in milliseconds. */
export const FRESH = 1_000
/** How long a change waits for it: one per cent and five milliseconds more. */
export const WAIT = FRESH * 1.01 + 5

type Method = Exclude<keyof MemoryStore, 'ready' | 'chained'>
type Answers = { [M in Method]?: (...args: Parameters<MemoryStore[M]>) => unknown }

/** One process: an engine, with its own clock and its own way to the store. */
export interface Process extends World {
  /** What its clocks are off by, in milliseconds; a jump is a change of it. */
  readonly skew: { wall: number; monotonic: number }
  /** Methods that answer in place of the store's. */
  readonly replace: Answers
  /** The calls of the store since the last look, in their order; looking takes them. */
  calls(): readonly Method[]
  /** The queries for events since the last look. */
  queries(): readonly Parameters<MemoryStore['events']>[0][]
  /** What `onDecision` was told. */
  readonly told: DecisionInfo[]
}

export interface StartOptions extends Partial<Omit<PlanTokensOptions<FigmaPolicy>, 'store' | 'clock' | 'onDecision'>> {
  /** Methods that the store does not have. Default: those that keep uses, which are a thing of their own. */
  readonly without?: readonly Method[]
}

/** For a process that hears of nothing. */
export const UNWATCHED = { without: ['watch', 'recordUse', 'lastUse'] } as const

/** A store, what lies around it, and the time. */
export interface Deployment {
  readonly clock: SteeredClock
  readonly directory: ReturnType<typeof newDirectory>
  /** Where every process finds its records; another store is one that was restored or failed over to. */
  store: MemoryStore
  /** Starts a process. Default: `freshnessMs` 1,000 and a time limit of 10 seconds. */
  start(options?: StartOptions): Process
  /** A process that keeps nothing in memory, as a page for admins runs. */
  readonly admin: Process
  /** Lets time pass until a call is settled. */
  done<T>(call: Promise<T>): Promise<T>
}

/** Makes a deployment, whose admin process runs with `freshnessMs` 0. */
export function deployment(): Deployment {
  const clock = steeredClock()
  const directory = newDirectory()
  const shared = { store: memoryStore() }
  const start = (options: StartOptions = {}): Process => {
    const { without = ['recordUse', 'lastUse'], ...given } = options
    const skew = { wall: 0, monotonic: 0 }
    const own = {
      ...clock,
      now: () => clock.now() + skew.wall,
      monotonic: () => clock.monotonic() + skew.monotonic,
    }
    const replace: Answers = {}
    let calls: Method[] = []
    let queries: Parameters<MemoryStore['events']>[0][] = []
    const told: DecisionInfo[] = []
    const call = (method: Method, args: readonly unknown[]): unknown => {
      calls.push(method)
      if (method === 'events') queries.push(args[0] as (typeof queries)[number])
      const answer = (replace[method] ?? shared.store[method]) as (...args: readonly unknown[]) => unknown
      return answer(...args)
    }
    const methods = (Object.keys(shared.store) as Method[]).filter((method) => !without.includes(method))
    const port = Object.fromEntries(methods.map((method) => [method, (...args: unknown[]) => call(method, args)]))
    const world = newWorld({
      ...{ freshnessMs: FRESH, timeoutMs: 10_000, directory, ...given },
      clock: own,
      onDecision: (info) => told.push(info),
      port: () => port as unknown as MemoryStore,
    })
    return {
      ...{ ...world, skew, replace, told },
      calls() {
        const taken = calls
        calls = []
        return taken
      },
      queries() {
        const taken = queries
        queries = []
        return taken
      },
    }
  }
  return {
    ...{ clock, directory, start, admin: start({ freshnessMs: 0 }) },
    get store() {
      return shared.store
    },
    set store(store) {
      shared.store = store
    },
    done: (call) => settled(clock, call),
  }
}

/** What never answers. */
export const never = (): Promise<never> => new Promise(() => undefined)

/** What fails. */
export const down = (): Promise<never> => Promise.reject(new Error('select * from tokens where digest = abc'))

/** Answers as the store does, so many milliseconds after it looked. */
export function late<A extends readonly unknown[], T>(
  clock: SteeredClock,
  ms: number,
  call: (...args: A) => Promise<T>,
) {
  return async (...args: A): Promise<T> => {
    const answer = await call(...args)
    await clock.sleep(ms)
    return answer
  }
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The n-th secret that nobody was given, with a checksum that is right. */
export function unknownSecret(n: number): string {
  const body = `figpat_${String(n).padStart(32, '0')}`
  let rest = crc32(body)
  let checksum = ''
  for (let i = 0; i < 6; i++) {
    checksum = BASE62[rest % 62] + checksum
    rest = Math.floor(rest / 62)
  }
  return body + checksum
}

/** A token of the admin's that a process has in memory. */
export async function warmToken(
  d: Pick<Deployment, 'admin'>,
  process: Process,
  wish: Parameters<World['make']>[0] = {},
) {
  const made = await d.admin.make(wish)
  const code = await process.ask(made.secret)
  if (code !== 'allowed') throw new Error(`The token is ${code} and not warm.`)
  process.calls()
  process.queries()
  return made
}
