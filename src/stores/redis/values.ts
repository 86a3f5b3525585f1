/**
 * Records and events as text, and back. What is read is checked, since a value may have been edited by hand: a token that cannot
 * be read is refused, and no other with it. What a record and an event are: core/record.ts.
 */

import type { NewEvent, TokenEvent } from '../../core/event.ts'
import { isDictionary } from '../../core/objects.ts'
import { readEvent, readRecord } from '../../core/record.ts'
import type { TokenRecord } from '../../core/token.ts'

/** The names of the fields that could not be read back. */
export function unkeepable(record: TokenRecord, event: NewEvent): readonly string[] {
  return [
    ...readRecord(record).wrong.map((field) => `record.${field}`),
    ...readEvent({ ...event, seq: 1 }).wrong.map((field) => `event.${field}`),
  ]
}

/** A record that was read, as far as it can be, and what is wrong with it if anything is. */
export interface ParsedRecord {
  readonly record: TokenRecord
  readonly problem?: string
}

/** Reads a record. The id and the version that Redis keeps beside it must be its own. */
export function parseRecord(text: string, id: string, version: string): ParsedRecord {
  const value = parse(text)
  const { record, wrong } = readRecord(value)
  if (!isDictionary(value)) return { record, problem: 'its record is not a JSON object' }
  const all = [...wrong]
  if (all.length === 0 && record.id !== id) all.push('id')
  if (all.length === 0 && String(record.version) !== version) all.push('version')
  return all.length === 0 ? { record } : { record, problem: `missing or wrong are ${all.join(', ')}` }
}

/** Reads an event; `undefined` if it cannot be read. */
export function eventOf(text: string, seq: string, link: string): TokenEvent | undefined {
  const value = parse(text)
  const chain = link === '' ? undefined : link
  const { event, wrong } = readEvent(isDictionary(value) ? { ...value, seq: Number(seq), chain } : undefined)
  return wrong.length === 0 ? event : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
