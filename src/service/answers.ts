/**
 * The directory's answers about plans, their rules and resources, kept for as long as the host allows (`directoryMaxAgeMs`). Who is an
 * admin is always asked anew, and so is everything that a call wants to know which writes.
 */
import { readPlace, readPlan } from '../core/directory.ts'
import { isThenable } from '../core/objects.ts'
import { readRules } from '../core/plan-rules.ts'
import type { Awaitable, Directory } from '../ports.ts'
import { elapsed, type FullClock, type Moment, momentOf } from './platform.ts'

/** What `authorize` asks of a directory. */
export type Answers = Pick<Directory, 'plan' | 'locate' | 'rules'>

/** How many answers of each kind are kept. */
const MAX_ANSWERS = 10_000

/** Makes it for one process. The age of an answer counts from the start of the call. */
export function createAnswers(directory: Directory, clock: FullClock, maxAgeMs: number): Answers {
  if (maxAgeMs === 0) return directory
  const kept = <Q, A>(
    keyOf: (question: Q) => string,
    ask: (question: Q) => Awaitable<A>,
    read: (answer: unknown) => unknown,
  ) => {
    let table = new Map<string, { readonly began: Moment; readonly answer: A }>()
    return (question: Q): Awaitable<A> => {
      const key = keyOf(question)
      const began = momentOf(clock)
      const known = table.get(key)
      if (known && elapsed(known.began, began) < maxAgeMs) return known.answer
      const keep = (answer: A): A => {
        // What cannot be read is not kept: it throws.
        read(answer)
        if (table.size >= MAX_ANSWERS) table = new Map()
        table.set(key, { began, answer })
        return answer
      }
      const answer = ask(question)
      return isThenable(answer) ? answer.then(keep) : keep(answer)
    }
  }
  return {
    ...(directory.rules && {
      rules: kept(
        (id: string) => id,
        (id) => directory.rules?.(id),
        readRules,
      ),
    }),
    plan: kept(
      (id) => id,
      (id) => directory.plan(id),
      readPlan,
    ),
    locate: kept(
      ({ kind, id }) => `${kind}/${id}`,
      (ref) => directory.locate(ref),
      readPlace,
    ),
  }
}
