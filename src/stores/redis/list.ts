/** Pages of a plan's tokens out of the ordered indexes, in bounded steps: where an index is left off, the next step begins. */
import { hasWords } from '../../core/metadata.ts'
import { readRecord } from '../../core/record.ts'
import { statusOf, type TokenRecord } from '../../core/token.ts'
import type { ListQuery } from '../../ports.ts'
import type { Reply } from './client.ts'
import { firstAfter, placeOf, positionOf } from './places.ts'
import { parseRecord } from './values.ts'

/** How many tokens one step looks at where it looks for some, and how many bytes it reads at most, about. */
const STEP = 500
const BYTES = 1_048_576

/** Tokens in one direction: one index, or two that are merged. */
interface Stage {
  readonly up: boolean
  readonly indexes: readonly Index[]
}

/** The part of an index that is still to be read. */
interface Index {
  readonly key: string
  from: string
  readonly to: string
  /** The first place of those that end later than now, where an index is read on one side of it. */
  readonly end?: string
}

interface Entry {
  readonly place: string
  readonly record: string
  readonly version: string
}

/**
 * Reads a page. Each step sees all stages at one moment. A token that a commit moves between two steps is given once at most; by
 * `newest` none is moved.
 */
export async function listPage(
  query: ListQuery,
  ask: (args: readonly string[]) => Promise<Reply>,
): Promise<TokenRecord[]> {
  const page = new Map<string, TokenRecord>()
  const isFiltered = [query.type, query.status, query.search, query.metadata, query.metadataKey].some(
    (filter) => filter !== undefined,
  )
  let stages = stagesOf(query)
  while (stages.length > 0 && page.size < query.limit) {
    const count = isFiltered ? STEP : Math.min(query.limit - page.size, STEP)
    const [, ...parts] = await ask([String(count), String(BYTES), ...stages.flatMap(argumentsOf)])
    let done = 0
    for (const [i, stage] of stages.entries()) {
      for (const entry of entriesOf(parts[2 * i + 1])) {
        goOn(stage, entry.place)
        const record = recordOf(entry, query)
        if (record && isWanted(record, query)) page.set(record.id, record)
        if (page.size === query.limit) return [...page.values()]
      }
      if (parts[2 * i] !== '1') break
      done += 1
    }
    stages = stages.slice(done)
  }
  return [...page.values()]
}

function stagesOf({ planId, order, status, now, after }: ListQuery): Stage[] {
  const index = (name: string, from: string, to: string): Index => ({ key: `plan-${name}:${planId}`, from, to })
  const behind = after && placeOf(after.at, after.id)
  if (order === 'newest') return [{ up: false, indexes: [index('created', behind ? `(${behind}` : '+', '-')] }]
  const end = firstAfter(now)
  const alive = { up: true, indexes: [{ ...index('expiring', `[${end}`, '+'), end }] }
  const expired = { ...index('expiring', `(${end}`, '-'), end }
  const revoked = index('revoked', '+', '-')
  const ended = {
    up: false,
    indexes: [expired, revoked].filter(
      (one) => status === undefined || status === (one === expired ? 'expired' : 'revoked'),
    ),
  }
  if (behind) goOn(after.ended ? ended : alive, behind)
  const hasEnded = status === 'expired' || status === 'revoked'
  const stages = hasEnded || after?.ended ? [] : [alive]
  return status === undefined || hasEnded ? [...stages, ended] : stages
}

/** Goes on behind a place. A revoked token that would end later than now stands before all that have expired. */
function goOn({ up, indexes }: Stage, place: string): void {
  for (const index of indexes) {
    const { end } = index
    const isWithin = end === undefined || (up ? place >= end : place < end)
    if (isWithin) index.from = `(${place}`
  }
}

function argumentsOf({ up, indexes }: Stage): string[] {
  const [one, other] = indexes.map(({ key, from, to }) => [key, from, to])
  return [up ? 'up' : 'down', ...(one ?? ['', '', '']), ...(other ?? ['', '', ''])]
}

function entriesOf(flat: Reply[number] | undefined): Entry[] {
  const entries: Entry[] = []
  const texts = Array.isArray(flat) ? flat : []
  for (let i = 0; i + 2 < texts.length; i += 3)
    entries.push({ place: texts[i], record: texts[i + 1], version: texts[i + 2] })
  return entries
}

/** The record at a place: whole, or what can be shown of it; `undefined` where the token was deleted by hand. */
function recordOf({ place, record, version }: Entry, { planId, order }: ListQuery): TokenRecord | undefined {
  if (record === '' && version === '') return undefined
  const { at, id } = positionOf(place)
  const read = parseRecord(record, id, version)
  const isWhole = read.problem === undefined
  if (isWhole && read.record.planId === planId) return read.record
  // The index says where the token stands, for the place where a next page begins.
  const shown = isWhole ? readRecord(undefined).record : read.record
  const { createdAt } = shown
  const known = order === 'newest' && Number.isNaN(createdAt) ? at : createdAt
  return { ...shown, id, planId, createdAt: known }
}

function isWanted({ id, type, name, description, ...record }: TokenRecord, query: ListQuery): boolean {
  if (query.type !== undefined && type !== query.type) return false
  if (query.status !== undefined && query.status !== statusOf(record as TokenRecord, query.now)) return false
  if (!hasWords(record, query)) return false
  if (query.search === undefined || id === query.search) return true
  const part = query.search.toLowerCase()
  return name.toLowerCase().includes(part) || description.toLowerCase().includes(part)
}
