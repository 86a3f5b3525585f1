/**
 * Compares keys with slow hashes by the host's function, as many at once as it says (legacy/line.ts). What was found to be right is
 * remembered by SHA-256 over key and hash, which says for ever whether they belong together; what that opens is read from the record each
 * time.
 */
import type { Sha256 } from '../core/digest.ts'
import { isThenable } from '../core/objects.ts'
import { createLine } from './line.ts'
import type { VerifyScheme } from './scheme.ts'

/** How many pairs are remembered. */
const MOST_KNOWN = 10_000
/** Whether a key is the one of a hash. Never throws at once. */
export type Verify = (key: string, hash: string) => boolean | Promise<boolean>

/** Makes it for one scheme. */
export function createVerify({ verify, atOnce = 4 }: VerifyScheme, sha256: Sha256): Verify {
  /** Oldest first. */
  const known = new Set<string>()
  const underWay = new Map<string, Promise<boolean>>()
  const line = createLine(atOnce)

  const remember = (mark: string): void => {
    known.delete(mark)
    known.add(mark)
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value as string)
  }
  const compare = async (key: string, hash: string, mark: string): Promise<boolean> => {
    await line.enter(hash)
    try {
      const answer: unknown = verify(key, hash)
      const isRight = (isThenable(answer) ? await answer : answer) === true
      if (isRight) remember(mark)
      return isRight
    } finally {
      line.leave(hash)
    }
  }

  return (key, hash) => {
    const mark = sha256(JSON.stringify([hash, key]))
    if (known.has(mark)) {
      remember(mark)
      return true
    }
    const shared = underWay.get(mark)
    if (shared) return shared
    const answer = compare(key, hash, mark).finally(() => void underWay.delete(mark))
    underWay.set(mark, answer)
    return answer
  }
}
