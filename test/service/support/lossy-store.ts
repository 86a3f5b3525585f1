/** A store that loses the answers of `commit`, in every way that answers get lost. */
import { type MemoryStore, NotWrittenError, type TokenStore } from 'plan-access-tokens'
import type { SteeredClock } from './steered-clock.ts'

/** What becomes of one call of `commit`. */
export type Fate =
  | 'is done'
  | 'throws at once'
  | 'throws before writing'
  | 'throws after writing'
  | 'never answers'
  | 'writes and never answers'
  | 'is written three seconds later'
  | 'says that nothing is written'
  | { readonly answers: unknown; readonly written: boolean }

/** What a store heard that says so. */
export const HEARD = new Error('the row of the host')

/** `fates` for the first commits after `arm()`; the last one for all that follow. */
export function lossy(store: MemoryStore, clock: SteeredClock): TokenStore & { arm(...fates: readonly Fate[]): void } {
  let fates: Fate[] = []
  const lost = (): never => {
    throw Object.assign(new Error('insert into tokens values (secret digest)'), { code: 'ECONNRESET' })
  }
  return {
    ...store,
    arm(...next) {
      fates = [...next]
    },
    commit(record, event) {
      const fate = (fates.length > 1 ? fates.shift() : fates[0]) ?? 'is done'
      const write = (): Promise<boolean> => store.commit(record, event)
      if (typeof fate === 'object')
        return (fate.written ? write() : Promise.resolve()).then(() => fate.answers as boolean)
      switch (fate) {
        case 'is done':
          return write()
        case 'throws at once':
          return lost()
        case 'throws before writing':
          return Promise.resolve().then(lost)
        case 'throws after writing':
          return write().then(lost)
        case 'never answers':
          return new Promise(() => undefined)
        case 'writes and never answers':
          return write().then(() => new Promise(() => undefined))
        case 'is written three seconds later':
          return clock.sleep(3_000).then(write)
        case 'says that nothing is written':
          return Promise.reject(new NotWrittenError(HEARD))
      }
    },
  }
}

/** Lets time pass until a call is settled. */
export async function settled<T>(clock: SteeredClock, call: Promise<T>): Promise<T> {
  let isSettled = false
  const done = (): void => {
    isSettled = true
  }
  call.then(done, done)
  for (let i = 0; i < 1_000 && !isSettled; i++) await clock.pass(100)
  if (!isSettled) throw new Error('The call is not settled after 100 seconds of its own clock.')
  return call
}
