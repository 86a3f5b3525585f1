/**
 * The chain over the audit log: each event has a hash of what it says, and a link that follows from the link before it. So a line
 * that was changed, taken out or put in later is found. Who writes the links: the stores. Who follows them: audit/verify.ts.
 */
import type { Sha256 } from './digest.ts'
import type { NewEvent, TokenEvent } from './event.ts'

/** What stands for the link before the first one. */
export const CHAIN_START = '0'.repeat(64)

/** The link of an event: SHA-256 over ASCII alone, so that databases can work it out by themselves. */
export function linkOf(sha256: Sha256, before: string, seq: number, hash: string): string {
  return sha256(textOfLink(before, seq, hash))
}

/** What the link of an event is made of. */
export function textOfLink(before: string, seq: number, hash: string): string {
  return `${before}:${seq}:${hash}`
}

/** The hash of what an event says: SHA-256 over its canonical form. */
export function hashOfEvent(sha256: Sha256, event: NewEvent | TokenEvent): string {
  return sha256(canonicalEvent(event))
}

/** An event that has its hash. */
export function withHash(sha256: Sha256, event: NewEvent): NewEvent {
  return { ...event, hash: hashOfEvent(sha256, event) }
}

/**
 * The canonical form of an event: JSON with sorted names and without spaces (RFC 8785), of all but its place in the log. Halves of
 * surrogate pairs, which are no characters and which a database may replace, count as U+FFFD.
 */
function canonicalEvent(event: NewEvent | TokenEvent): string {
  const { seq: _, hash: __, chain: ___, ...said } = event as TokenEvent
  const text = canonical(said) as string
  return text.includes('\\ud') ? text.replace(HALVES, '$1\ufffd') : text
}

/** An event as it is shown: without what only the whole log gives a meaning to. */
export function withoutLinks({ hash: _, chain: __, ...event }: TokenEvent): TokenEvent {
  return event
}

/** JSON spells such a half as `\ud83d`, behind an even number of backslashes. */
const HALVES = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g

/** `undefined` for what JSON does not write. */
function canonical(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((entry) => canonical(entry) ?? 'null').join(',')}]`
  let text = ''
  for (const name of Object.keys(value).sort()) {
    const written = canonical((value as { readonly [name: string]: unknown })[name])
    if (written !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${written}`
  }
  return `{${text}}`
}
