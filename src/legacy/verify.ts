/**
 * Compares keys with slow hashes by the host's function: a bounded number at once, a bounded number that wait, and few for any one
 * hash, so that who knows one id cannot take all places. What was found to be right is remembered by SHA-256 over key and hash,
 * which says for ever whether they belong together; what that opens is read from the record each time.
 */
import type { Sha256 } from '../core/digest.ts'
import { isThenable } from '../core/objects.ts'
import type { VerifyScheme } from './scheme.ts'

/** How many pairs are remembered. */
const MOST_KNOWN = 10_000
/** How many wait for each place. */
const WAIT_PER_PLACE = 25
/** How many different keys are compared with one hash, or wait to be. */
const MOST_OF_ONE_HASH = 4

/** Too many wait: nobody can say now whether the key is right. */
class BusyError extends Error {
  override readonly name = 'BusyError'
  readonly code = 'BUSY'
}

/** Whether a key is the one of a hash. Never throws at once. */
export type Verify = (key: string, hash: string) => boolean | Promise<boolean>

/** Makes it for one scheme. */
export function createVerify({ verify, atOnce = 4 }: VerifyScheme, sha256: Sha256): Verify {
  /** Oldest first. */
  const known = new Set<string>()
  const underWay = new Map<string, Promise<boolean>>()
  const ofHash = new Map<string, number>()
  const waiting: (() => void)[] = []
  let free = atOnce

  const remember = (mark: string): void => {
    known.delete(mark)
    known.add(mark)
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value as string)
  }
  const compare = async (key: string, hash: string, mark: string): Promise<boolean> => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => void waiting.push(resolve))
    try {
      const answer: unknown = verify(key, hash)
      const isRight = (isThenable(answer) ? await answer : answer) === true
      if (isRight) remember(mark)
      return isRight
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
  const count = (hash: string, change: number): void => {
    const now = (ofHash.get(hash) ?? 0) + change
    if (now === 0) ofHash.delete(hash)
    else ofHash.set(hash, now)
  }

  return (key, hash) => {
    const mark = sha256(JSON.stringify([hash, key]))
    if (known.has(mark)) {
      remember(mark)
      return true
    }
    const shared = underWay.get(mark)
    if (shared) return shared
    if ((ofHash.get(hash) ?? 0) >= MOST_OF_ONE_HASH || (free === 0 && waiting.length >= atOnce * WAIT_PER_PLACE))
      return Promise.reject(new BusyError('Too many keys wait to be compared.'))
    count(hash, 1)
    const answer = compare(key, hash, mark).finally(() => {
      underWay.delete(mark)
      count(hash, -1)
    })
    underWay.set(mark, answer)
    return answer
  }
}
