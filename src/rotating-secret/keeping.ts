/**
 * Reads and writes what is kept of a secret, with what is in memory of it. A text of an older secret that somebody has written over
 * this process' renewal is written over in turn. What the text says: rotating-secret/kept.ts. When it is renewed: rotating-secret/renewal.ts.
 */
import { RotatingSecretError } from './error.ts'
import { type Kept, parseKept, textOf } from './kept.ts'
import type { ReadOptions } from './options.ts'

/** How often a new secret that somebody has written over is written again at once. */
const REWRITES = 3

/** What is in memory of what is kept. */
export interface Memory {
  readonly kept: Kept
  /** As it was read or written last. */
  readonly text: string
  /** Epoch milliseconds. */
  readonly readAt: number
}

/** What is kept, as one process knows it. */
export interface Keeping {
  /** What was read or written last; `undefined` before anything was. */
  known(): Memory | undefined
  /**
   * Reads what is kept. Where that fails, what was read before stands.
   *
   * @throws RotatingSecretError where nothing was read before: `kept_missing`, `kept_unreadable`, `read_failed`.
   */
  look(): Promise<Memory>
  /** Writes a text in place of the one that is known. `false`: somebody else was quicker, or it failed. */
  put(kept: Kept): Promise<boolean>
  /** Keeps a new secret, and looks whether it stays. */
  keep(before: Kept, after: Kept): Promise<void>
}

/** Tells the host of what went wrong. */
export type Tell = (...args: ConstructorParameters<typeof RotatingSecretError>) => void

/** What reads and writes the text of one process. Nothing is read before it is asked for. */
export function keepingOf({ read, write, now }: ReadOptions, tell: Tell): Keeping {
  let memory: Memory | undefined
  /** The last renewal of this process: what it has replaced, and by which text. */
  let mine: { readonly from: string; readonly text: string } | undefined
  let isRewriting = false

  const failed = (error: RotatingSecretError): Memory => {
    if (!memory) throw error
    tell(error.code, { cause: error.cause })
    memory = { ...memory, readAt: now() }
    return memory
  }
  const look = async (): Promise<Memory> => {
    let text: string | null | undefined
    try {
      text = await read()
    } catch (cause) {
      return failed(new RotatingSecretError('read_failed', { cause }))
    }
    if (typeof text !== 'string' || text.trim() === '') return failed(new RotatingSecretError('kept_missing'))
    const kept = parseKept(text)
    if (!kept) return failed(new RotatingSecretError('kept_unreadable'))
    memory = { kept, text, readAt: now() }
    // Somebody who had read before it was renewed has written afterwards.
    if (kept.secret === mine?.from && !isRewriting) await rewrite(mine.text)
    return memory
  }
  const put = async (kept: Kept): Promise<boolean> => {
    const text = textOf(kept)
    try {
      if ((await write(text, memory?.text ?? '')) === false) {
        await look()
        return false
      }
    } catch (cause) {
      tell('write_failed', { cause })
      return false
    }
    memory = { kept, text, readAt: now() }
    return true
  }
  const rewrite = async (text: string): Promise<void> => {
    const kept = parseKept(text)
    isRewriting = true
    if (kept) await put(kept)
    isRewriting = false
  }

  return {
    known: () => memory,
    look,
    put,
    async keep(before, after) {
      if (!(await put(after))) return
      mine = { from: before.secret, text: textOf(after) }
      for (let i = 0; i < REWRITES; i++) if ((await look()).kept.secret === after.secret) return
    },
  }
}
