/**
 * One plan's tokens in memory, kept in both orders of a list, so that a page costs the same whatever the size of the plan. What
 * the orders mean: `ListQuery` in ports.ts.
 */
import { hasWords } from '../core/metadata.ts'
import { isBefore, isDate, statusOf, type TokenRecord } from '../core/token.ts'
import type { ListPosition, ListQuery } from '../ports.ts'
import { downFrom, put, remove, type Sorted, sortedBy, upFrom } from './sorted.ts'

/** What `now` says of a token changes by itself, so revoked ones alone are kept apart; the others are entered at `now`. */
export interface PlanLists {
  readonly byCreation: Sorted<TokenRecord>
  /** By `expiresAt`, all that are not revoked. */
  readonly unrevoked: Sorted<TokenRecord>
  /** By `expiresAt`. */
  readonly revoked: Sorted<TokenRecord>
}

/** Lists of a plan without tokens. */
export const emptyLists = (): PlanLists => ({
  byCreation: sortedBy(compareCreation),
  unrevoked: sortedBy(compareExpiry),
  revoked: sortedBy(compareExpiry),
})

/** Puts a record into the lists, in the place of its version before. */
export function putRecord(lists: PlanLists, record: TokenRecord, before: TokenRecord | undefined): void {
  if (before && compareCreation(before, record) !== 0) remove(lists.byCreation, before)
  put(lists.byCreation, record)
  const list = byExpiry(lists, record)
  if (before && (byExpiry(lists, before) !== list || compareExpiry(before, record) !== 0))
    remove(byExpiry(lists, before), before)
  put(list, record)
}

/** Takes a record out of the lists. */
export function removeRecord(lists: PlanLists, record: TokenRecord): void {
  remove(lists.byCreation, record)
  remove(byExpiry(lists, record), record)
}

/** A page: only as many records are looked at as it takes to fill it. */
export function pageOf(lists: PlanLists, query: ListQuery): TokenRecord[] {
  const page: TokenRecord[] = []
  for (const part of query.order === 'newest' ? [newest(lists, query)] : expiry(lists, query))
    for (const record of part) {
      if (page.length >= query.limit) return page
      if (isWanted(record, query)) page.push(record)
    }
  return page
}

function newest({ byCreation }: PlanLists, { after }: ListQuery): Iterable<TokenRecord> {
  return downFrom(byCreation, ({ createdAt, id }) => !after || compare(createdAt, id, after.at, after.id) < 0)
}

/** Those that have not ended from the soonest end on, then all others from the latest back; what a status rules out is not walked. */
function expiry(
  { unrevoked, revoked }: PlanLists,
  { after, now, status }: ListQuery,
): readonly Iterable<TokenRecord>[] {
  const place = ({ expiresAt, id }: TokenRecord, { at, id: other }: ListPosition): number =>
    compare(expiresAt, id, at, other)
  const isBehindEnd = (record: TokenRecord): boolean => !after?.ended || place(record, after) < 0
  const active = (): Iterable<TokenRecord> =>
    upFrom(unrevoked, (record) => isBefore(now, record.expiresAt) && (!after || place(record, after) > 0))
  const expired = (): Iterable<TokenRecord> =>
    downFrom(unrevoked, (record) => !isBefore(now, record.expiresAt) && isBehindEnd(record))
  const ended = (): Iterable<TokenRecord> => downFrom(revoked, isBehindEnd)
  if (status === 'revoked') return [ended()]
  if (status === 'expired') return [expired()]
  return [
    ...(after?.ended ? [] : [active()]),
    ...(status === 'active' || status === 'pending'
      ? []
      : [merged(expired()[Symbol.iterator](), ended()[Symbol.iterator]())]),
  ]
}

/** Two parts that go from the latest end back, as one. */
function* merged(a: Iterator<TokenRecord, void>, b: Iterator<TokenRecord, void>): Generator<TokenRecord, void> {
  let [left, right] = [a.next().value, b.next().value]
  while (left || right) {
    if (left && (!right || compareExpiry(left, right) > 0)) {
      yield left
      left = a.next().value
    } else if (right) {
      yield right
      right = b.next().value
    }
  }
}

function isWanted(record: TokenRecord, query: ListQuery): boolean {
  const { name, description, id, type } = record
  if (query.type !== undefined && type !== query.type) return false
  if (query.status !== undefined && query.status !== statusOf(record, query.now)) return false
  if (!hasWords(record, query)) return false
  const { search } = query
  if (search === undefined || id === search) return true
  const part = search.toLowerCase()
  return name.toLowerCase().includes(part) || description.toLowerCase().includes(part)
}

const byExpiry = ({ unrevoked, revoked }: PlanLists, { revokedAt }: TokenRecord): Sorted<TokenRecord> =>
  revokedAt === null ? unrevoked : revoked

const compareCreation = (a: TokenRecord, b: TokenRecord): number => compare(a.createdAt, a.id, b.createdAt, b.id)
const compareExpiry = (a: TokenRecord, b: TokenRecord): number => compare(a.expiresAt, a.id, b.expiresAt, b.id)

/** By moment and then by id. What is no date comes before every date, as what has ended does. */
function compare(at: number, id: string, otherAt: number, otherId: string): number {
  if (at !== otherAt) {
    const [from, to] = [isDate(at) ? at : -Infinity, isDate(otherAt) ? otherAt : -Infinity]
    if (from !== to) return from < to ? -1 : 1
  }
  return id < otherId ? -1 : id > otherId ? 1 : 0
}
