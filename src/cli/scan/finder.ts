/** Finds secrets in a stream of bytes, whatever its length, by shape and checksum, with the line on which each stands first. */
import { secretsIn } from '../../core/secret.ts'

/** A secret that was found. It is never printed. */
export interface Found {
  readonly secret: string
  /** Counted from 1; absent where it is percent-encoded. */
  readonly line?: number
}

/** Longer than a secret that is percent-encoded three times over, in UTF-16. */
const OVERLAP = 4_096

/** Takes the bytes of one file in pieces. */
export interface Finder {
  write(bytes: Uint8Array): void
  end(): readonly Found[]
}

/** Makes it. Bytes are read as Latin-1, which keeps every ASCII character of any encoding that people write code in. */
export function createFinder(prefixes: ReadonlySet<string>): Finder {
  const found = new Map<string, Found>()
  let kept = ''
  /** The line breaks before what is kept. */
  let breaks = 0
  return {
    write(bytes) {
      const text = kept + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
      // UTF-16, which PowerShell writes, has a zero beside every ASCII character.
      for (const reading of text.includes('\0') ? [text, text.replaceAll('\0', '')] : [text])
        for (const secret of secretsIn(reading, prefixes)) {
          if (found.has(secret)) continue
          const at = reading.indexOf(secret)
          found.set(secret, at === -1 ? { secret } : { secret, line: 1 + breaks + breaksIn(reading, at) })
        }
      const from = Math.max(0, text.length - OVERLAP)
      breaks += breaksIn(text, from)
      kept = text.slice(from)
    },
    end: () => [...found.values()],
  }
}

function breaksIn(text: string, end: number): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count++
  return count
}
