/**
 * Whether a text can be matched by two patterns: decided by walking through both automata at once, not guessed from examples. A
 * state of one is the part that it stands in and how often that has matched.
 */
import type { Part } from './pattern.ts'

/** Whether some text is matched by both. Takes the product of both lengths, 256 × 256 steps at most. */
export function doOverlap(one: readonly Part[], other: readonly Part[]): boolean {
  const [left, right] = [statesOf(one), statesOf(other)]
  const shared = new Map<ReadonlySet<string>, Map<ReadonlySet<string>, boolean>>()
  const doShare = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => {
    const known = shared.get(a) ?? new Map<ReadonlySet<string>, boolean>()
    shared.set(a, known)
    const answer = known.get(b) ?? [...a].some((character) => b.has(character))
    known.set(b, answer)
    return answer
  }
  // Each pair of steps is looked at once: every step is one character further, so that both texts stay as long as each other.
  const seen = new Set<number>()
  const open: [number, number][] = [[0, 0]]
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [a, b] = [left[pair[0]] as State, right[pair[1]] as State]
    if (a.isEnd && b.isEnd) return true
    for (const x of a.next)
      for (const y of b.next) {
        const key = x * right.length + y
        if (seen.has(key) || !doShare((left[x] as State).characters, (right[y] as State).characters)) continue
        seen.add(key)
        open.push([x, y])
      }
  }
  return false
}

/** What was read last, and what may be read next. */
interface State {
  readonly characters: ReadonlySet<string>
  readonly isEnd: boolean
  readonly next: readonly number[]
}

const NONE: ReadonlySet<string> = new Set()

/** One state for each character that a part can match, after the one in which nothing was read. */
function statesOf(parts: readonly Part[]): readonly State[] {
  const firsts: number[] = []
  let count = 1
  for (const { most } of parts) {
    firsts.push(count)
    count += most
  }
  const states: State[] = [{ characters: NONE, isEnd: parts.length === 0, next: firsts.slice(0, 1) }]
  for (const [i, { characters, least, most }] of parts.entries())
    for (let times = 1; times <= most; times++) {
      const isDone = times >= least
      const further = times < most ? [states.length + 1] : []
      const over = isDone ? firsts.slice(i + 1, i + 2) : []
      states.push({ characters, isEnd: isDone && i === parts.length - 1, next: [...further, ...over] })
    }
  return states
}
