/**
 * Calls that come while others are under way go together once those are done: one statement for many callers. One that finds nothing
 * under way goes at once. Commits: stores/sql/commit-postgres.ts; what is read beside them: stores/sql/look-ups-together.ts.
 */
import { isRefused } from './problems.ts'

/** How many go together at most. */
const MOST = 32
/** After so many milliseconds without an answer the next ones go all the same: a connection that hangs holds up no other. */
const LONGEST_WAIT = 250

/** How one call is answered, and how several are. */
export interface Ways<Item, Answer> {
  one(item: Item): Promise<Answer>
  /** Gives an answer for each, in their order. Where the database refuses the statement for what it says, each goes alone. */
  many(items: readonly Item[]): Promise<readonly (Answer | PromiseLike<Answer>)[]>
  /** Two items with the same key never go together. */
  keyOf?(item: Item): string
}

interface Waiting<Item, Answer> {
  readonly item: Item
  readonly resolve: (answer: Answer | PromiseLike<Answer>) => void
  readonly reject: (thrown: unknown) => void
}

/** Makes a call for one item that goes together with others. What is thrown for all of them, each of their callers gets. */
export function together<Item, Answer>({ one, many, keyOf }: Ways<Item, Answer>): (item: Item) => Promise<Answer> {
  type Group = readonly Waiting<Item, Answer>[]
  let queue: Waiting<Item, Answer>[] = []
  /** The group that went last, until it is done. */
  let newest: Group | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const next = (): void => {
    clearTimeout(timer)
    timer = undefined
    newest = undefined
    const [group, left] = split(queue, keyOf)
    queue = left
    if (group.length === 0) return
    newest = group
    void run(group)
    if (queue.length > 0) timer = setTimeout(next, LONGEST_WAIT)
  }
  const run = async (group: Group): Promise<void> => {
    try {
      const answers = await answersOf(group.map(({ item }) => item))
      for (const [i, { resolve }] of group.entries()) resolve(answers[i] as Answer)
      await Promise.allSettled(answers)
    } catch (thrown) {
      for (const { reject } of group) reject(thrown)
    }
    if (newest === group) next()
  }
  const answersOf: Ways<Item, Answer>['many'] = async (items) => {
    if (items.length === 1) return items.map(one)
    try {
      return await many(items)
    } catch (thrown) {
      // One of them may be at fault for all.
      if (isRefused(thrown)) return items.map(one)
      throw thrown
    }
  }
  /** Goes unless something is under way. */
  const begin = (): void => {
    if (newest === undefined) next()
  }
  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject })
      if (newest !== undefined) timer ??= setTimeout(next, LONGEST_WAIT)
      // Not before the others who were answered at the same moment have come.
      else if (queue.length === 1) queueMicrotask(begin)
    })
}

/** Those that go next, and those that stay. */
function split<Item, Answer>(
  queue: readonly Waiting<Item, Answer>[],
  keyOf: Ways<Item, Answer>['keyOf'],
): readonly [group: readonly Waiting<Item, Answer>[], left: Waiting<Item, Answer>[]] {
  const keys = new Set<string>()
  const group: Waiting<Item, Answer>[] = []
  const left = queue.filter((waiting) => {
    const key = keyOf?.(waiting.item)
    const goes = group.length < MOST && (key === undefined || !keys.has(key))
    if (key !== undefined) keys.add(key)
    if (goes) group.push(waiting)
    return !goes
  })
  return [group, left]
}
