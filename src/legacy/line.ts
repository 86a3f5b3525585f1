/**
 * Who may compare a key with a slow hash: a bounded number at once, and a bounded number that wait, hash by hash in turn, so that
 * who sends wrong keys for one id holds up no other. Of one hash, whoever has to go is drawn by lot: nobody can tell the right key from a
 * wrong one before it was compared.
 */

/** How many wait for each place, and how many of them for one hash. */
const WAIT_PER_PLACE = 25
const WAIT_OF_ONE_HASH = 16

/** Too many wait: nobody can say now whether the key is right. */
class BusyError extends Error {
  override readonly name = 'BusyError'
  readonly code = 'BUSY'
}

/** What lets callers in. */
interface Line {
  /** Resolves when it is the caller's turn; nothing where it is at once. @throws BusyError where too many wait. */
  enter(hash: string): Promise<void> | undefined
  /** Says that a caller who was let in is done. */
  leave(hash: string): void
}

/** Whoever waits to be let in, or to be sent away. */
interface Waiting {
  readonly go: () => void
  readonly refuse: () => void
}

/** Lets a number of callers in at once. Of those that wait, each hash has its turn; of one hash, half of the places at most. */
export function createLine(places: number): Line {
  const mostOfOne = Math.max(1, places >> 1)
  const inside = new Map<string, number>()
  /** By hash; the one whose turn is next comes first. */
  const waiting = new Map<string, Waiting[]>()
  let free = places
  let waitingInAll = 0

  const insideOf = (hash: string): number => inside.get(hash) ?? 0
  const take = (hash: string): void => {
    free -= 1
    inside.set(hash, insideOf(hash) + 1)
  }
  /** Takes one out of those that wait for a hash. */
  const takeOut = (hash: string, at: number): Waiting => {
    const line = waiting.get(hash) as Waiting[]
    const [one] = line.splice(at, 1)
    if (line.length === 0) waiting.delete(hash)
    waitingInAll -= 1
    return one as Waiting
  }
  const refuseOneOf = (hash: string): void =>
    takeOut(hash, Math.floor(Math.random() * (waiting.get(hash) as Waiting[]).length)).refuse()
  const longest = (): string => [...waiting].reduce((most, one) => (one[1].length > most[1].length ? one : most))[0]
  const next = (): void => {
    for (const [hash, line] of waiting) {
      if (free === 0) return
      if (insideOf(hash) >= mostOfOne) continue
      const { go } = takeOut(hash, 0)
      // Behind the others.
      if (waiting.delete(hash)) waiting.set(hash, line)
      take(hash)
      go()
    }
  }

  return {
    enter(hash) {
      if (free > 0 && insideOf(hash) < mostOfOne) {
        take(hash)
        return undefined
      }
      return new Promise<void>((go, reject) => {
        const refuse = (): void => reject(new BusyError('Too many keys wait to be compared.'))
        const line = waiting.get(hash) ?? []
        waiting.set(hash, line)
        line.push({ go, refuse })
        waitingInAll += 1
        if (line.length > WAIT_OF_ONE_HASH) refuseOneOf(hash)
        else if (waitingInAll > places * WAIT_PER_PLACE) refuseOneOf(longest())
      })
    },
    leave(hash) {
      free += 1
      if (insideOf(hash) === 1) inside.delete(hash)
      else inside.set(hash, insideOf(hash) - 1)
      next()
    },
  }
}
