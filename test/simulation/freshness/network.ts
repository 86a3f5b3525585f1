/** The store behind a network: every call takes its time each way, gets lost, hangs, or is answered after the caller died. */
import type { MemoryStore, NewEvent, TokenEvent, TokenRecord, TokenStore } from 'plan-access-tokens'
import type { Focus } from './deployment.ts'
import type { Life, Machine } from './machine.ts'
import type { Chance, Course } from './time.ts'

/** The one store of a deployment, which can be put back to what it was. */
export interface Database {
  readonly store: () => MemoryStore
  /** How often it was put back. */
  readonly restores: () => number
  /** Remembers what there is now. */
  backUp(): void
  /** Puts back what there was; the events since then never happened. The bound stays, as docs/freshness.md asks for. */
  restore(): void
}

/** Makes it over a store that is filled by commits alone. */
export function newDatabase(newStore: () => MemoryStore): Database {
  let commits: { readonly record: TokenRecord; readonly event: NewEvent }[] = []
  let backup: typeof commits = []
  let bound = 0
  let restores = 0
  let store = logged(newStore())

  function logged(inner: MemoryStore): MemoryStore {
    return {
      ...inner,
      async bound(ms) {
        bound = Math.max(bound, ms)
        return bound
      },
      async commit(record, event) {
        const written = await inner.commit(record, event)
        if (written) commits.push({ record, event })
        return written
      },
    }
  }

  return {
    store: () => store,
    restores: () => restores,
    backUp() {
      backup = commits.slice()
    },
    restore() {
      restores += 1
      const inner = newStore()
      for (const { record, event } of backup) inner.commit(record, event)
      commits = backup.slice()
      store = logged(inner)
    },
  }
}

/** How the network is just now. */
interface Weather {
  /** The longest that a message usually takes, in milliseconds. */
  delay: number
  /** How often a call gets lost before or after it was done, or is never answered. */
  loss: number
  /** How often a wake-up gets lost. */
  deaf: number
}

export interface Link {
  readonly weather: Weather
  /** How many look-ups were under way at most. */
  readonly mostLookUps: () => number
  readonly store: TokenStore
}

/** The store as a process sees it. */
export function linkTo(
  database: Database,
  {
    course,
    chance,
    machine,
    life,
    focus,
  }: { course: Course; chance: Chance; machine: Machine; life: () => Life; focus: Focus },
): Link {
  const weather: Weather = {
    delay: focus === 'drift' ? 1 : chance.pick([1, 4, 20]),
    loss: focus === 'starts' ? 0.3 : chance.pick([0, 0, 0.02, 0.1]),
    deaf: chance.pick([0, 0.5, 1]),
  }
  let lookUps = 0
  let mostLookUps = 0
  const delay = (): number =>
    chance.hits(focus === 'starts' ? 0.4 : 0.06) ? chance.below(190) : 1 + chance.below(weather.delay)

  const call = <T>(act: (store: MemoryStore) => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const owner = life()
      const restores = database.restores()
      const isLost = chance.hits(weather.loss)
      const end = isLost ? chance.pick(['before', 'after', 'never'] as const) : 'answered'
      const answer = (settle: () => void): void => course.after(delay(), () => machine.run(owner, settle))
      course.after(delay(), () => {
        // A restore breaks every connection.
        if (end === 'before' || database.restores() !== restores) return answer(() => reject(new Error('lost')))
        act(database.store()).then(
          (value) => {
            if (end === 'after') answer(() => reject(new Error('lost')))
            else if (end === 'answered') answer(() => resolve(value))
          },
          (error: unknown) => answer(() => reject(error)),
        )
      })
    })

  const store: TokenStore = {
    async findByDigest(digest) {
      lookUps += 1
      mostLookUps = Math.max(mostLookUps, lookUps)
      try {
        return await call((inner) => inner.findByDigest(digest))
      } finally {
        lookUps -= 1
      }
    },
    find: (id) => call((inner) => inner.find(id)),
    list: (query) => call((inner) => inner.list(query)),
    commit: (record, event) => call((inner) => inner.commit(record, event)),
    events: (query) => call((inner) => inner.events(query)) as Promise<TokenEvent[]>,
    bound: (ms) => call((inner) => inner.bound(ms)),
    watch(wake) {
      const owner = life()
      const end = database.store().watch(() => {
        if (chance.hits(weather.deaf)) return
        course.after(delay(), () => machine.run(owner, wake))
      })
      return end
    },
  }
  return { weather, store, mostLookUps: () => mostLookUps }
}
