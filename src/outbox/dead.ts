/**
 * Dead letters: notices that were tried as often as they may be. They are kept in pages, the newest thousand of them, with what it
 * takes to make the notice again; and the list of those that are to be sent again, whoever said so.
 */

import type { TokenEvent } from '../core/event.ts'
import { ask, readObjects } from '../service/ask.ts'
import type { ManagingEngine } from '../service/engine.ts'
import type { DeliveryFailure } from './deliver.ts'
import type { NoticeHead } from './notice.ts'
import { changeList, readList } from './shelf.ts'

/** How many stand in one value, and in how many values; beyond that the oldest make room. */
const [PAGE, PAGES] = [50, 20]

/** Those of one page that belong together; the ones of a round before make room. */
const roundOf = (n: number): number => Math.floor(n / PAGE)

/** A notice that was not delivered. */
export interface DeadLetter extends NoticeHead {
  readonly tries: number
  /** Epoch milliseconds: the last try. */
  readonly failedAt: number
  /** What the last try failed with: its kind, never its text. */
  readonly error: DeliveryFailure
}

/** As it is kept: with its number, from 0 on. */
type Numbered = DeadLetter & { readonly n: number }

/** The dead letters of one outbox. */
export interface DeadLetters {
  /** Keeps one. @param n how many there have been before. */
  add(letter: DeadLetter, n: number): Promise<void>
  /** All of them, oldest first, each once. */
  list(): Promise<readonly DeadLetter[]>
  /** Takes one out. */
  remove(id: string): Promise<void>
  /** Says of one that it failed again. */
  replace(letter: DeadLetter): Promise<void>
  /** The ids of those that are to be sent again. */
  asked(): Promise<readonly string[]>
  ask(ids: readonly string[]): Promise<void>
  /** Says that these were tried. */
  answered(ids: readonly string[]): Promise<void>
  /** The event that a letter is about; `undefined` of what fell due, and of one that the log has no more. */
  eventOf(letter: DeadLetter): Promise<TokenEvent | undefined>
}

/** @param name the outbox's, below which they are kept. */
export function deadLettersOf(engine: ManagingEngine, name: string): DeadLetters {
  const pages = Array.from({ length: PAGES }, (_, i) => `${name}/dead/${i}`)
  const again = `${name}/again`
  const all = async (): Promise<readonly Numbered[]> =>
    (await Promise.all(pages.map((page) => readList<Numbered>(engine, page)))).flat().sort((a, b) => a.n - b.n)
  const inAll = async (change: (list: readonly Numbered[]) => readonly Numbered[]): Promise<void> => {
    for (const page of pages) await changeList(engine, page, change)
  }
  return {
    add: (letter, n) =>
      changeList<Numbered>(engine, pages[roundOf(n) % PAGES] as string, (list) => {
        if (list.some(({ id }) => id === letter.id)) return list
        return [...list.filter((one) => roundOf(one.n) === roundOf(n)), { ...letter, n }]
      }),
    async list() {
      const letters = new Map((await all()).map(({ n: _, ...letter }) => [letter.id, letter]))
      return [...letters.values()]
    },
    remove: (id) => inAll((list) => (list.some((one) => one.id === id) ? list.filter((one) => one.id !== id) : list)),
    replace: (letter) =>
      inAll((list) =>
        list.some(({ id }) => id === letter.id)
          ? list.map((one) => (one.id === letter.id ? { ...letter, n: one.n } : one))
          : list,
      ),
    asked: () => readList<string>(engine, again),
    ask: (ids) =>
      changeList<string>(engine, again, (list) => {
        const more = ids.filter((id) => !list.includes(id))
        return more.length === 0 ? list : [...list, ...more]
      }),
    answered: (ids) => changeList<string>(engine, again, (list) => list.filter((id) => !ids.includes(id))),
    async eventOf({ seq, tokenId }) {
      if (seq === undefined) return undefined
      const query = { tokenId, after: seq - 1, limit: 1 }
      const [event] = await ask(engine, 'store.events', () => engine.store.events(query), readObjects)
      return event?.seq === seq ? event : undefined
    },
  }
}
