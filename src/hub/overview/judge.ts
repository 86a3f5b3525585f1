/**
 * Which tokens fit a filter, how many there are of each sort, and their order. Pure: the moment is an argument. Dates decide, and
 * not the status that a token had when it was read.
 */
import { millisecondsInDay } from 'date-fns/constants'
import { beganAt, hasEnded, isBefore, statusOf, type TokenStatus, UNUSED_DAYS } from '../../core/token.ts'
import type { Token } from '../../core/token-view.ts'
import type { Counts, Facet, OverviewQuery } from './query.ts'
import type { OverviewSort } from './words.ts'

/** How many values of a filter are offered. */
const MOST_FACETS = 100

/** A resource and what it lies in, each as `kind:id`. */
export type Lineage = readonly string[]

/** A resource as `kind:id`. */
export const keyOf = ({ kind, id }: { readonly kind: string; readonly id: string }): string => `${kind}:${id}`

/** Whether an active token ends within so many days. */
const endsWithin = (token: Token, days: number, now: number): boolean =>
  statusOf(token, now) === 'active' && token.expiresAt <= now + days * millisecondsInDay

/** Whether nobody has used an active token for so many days. One of which no uses are kept is none of these. */
function isUnused(token: Token, days: number, now: number): boolean {
  const from = now - days * millisecondsInDay
  const { lastUsedAt } = token
  if (lastUsedAt === undefined || statusOf(token, now) !== 'active') return false
  return beganAt(token) <= from && (lastUsedAt === null || lastUsedAt <= from)
}

const isNever = (token: Token, now: number): boolean => statusOf(token, now) === 'active' && token.lastUsedAt === null

/** Whether a secret from before a refresh works and was used since. */
function hasOldSecret(token: Token, now: number): boolean {
  if (statusOf(token, now) !== 'active') return false
  return token.secrets.some(({ worksUntil, lastUsedAt }, i) => {
    const next = token.secrets[i + 1]
    return next !== undefined && isBefore(now, worksUntil) && lastUsedAt != null && lastUsedAt >= next.issuedAt
  })
}

function isFound({ id, name, description }: Token, search: string): boolean {
  const part = search.toLowerCase()
  return id === search || name.toLowerCase().includes(part) || description.toLowerCase().includes(part)
}

/** Whether a token is limited to a resource or to what it lies in, or is not limited at all. */
const covers = ({ resources }: Token, lineage: Lineage): boolean =>
  resources === 'all' || resources.some((one) => lineage.includes(keyOf(one)))

/** Whether a token fits everything that is asked. @param lineage the resource of the filter, if there is one. */
export function fitsQuery(token: Token, query: OverviewQuery, now: number, lineage?: Lineage): boolean {
  const { type, status, search, expiring, unused, never, oldSecret, scope, by } = query
  return (
    (type === undefined || token.type === type) &&
    (status === undefined || statusOf(token, now) === status) &&
    (by === undefined || token.createdBy === by) &&
    (scope === undefined || token.scopes.includes(scope)) &&
    (expiring === undefined || endsWithin(token, Number(expiring), now)) &&
    (unused === undefined || isUnused(token, Number(unused), now)) &&
    (never === undefined || isNever(token, now)) &&
    (oldSecret === undefined || hasOldSecret(token, now)) &&
    (search === undefined || isFound(token, search)) &&
    (lineage === undefined || covers(token, lineage))
  )
}

/** How many there are of each sort. */
export function countsOf(tokens: readonly Token[], now: number): Counts {
  const how = (isOne: (token: Token) => boolean): number => tokens.reduce((sum, one) => sum + Number(isOne(one)), 0)
  const of = (status: TokenStatus): number => how((token) => statusOf(token, now) === status)
  return {
    all: tokens.length,
    active: of('active'),
    pending: of('pending'),
    expired: of('expired'),
    revoked: of('revoked'),
    expiring7: how((token) => endsWithin(token, 7, now)),
    expiring30: how((token) => endsWithin(token, 30, now)),
    expiring90: how((token) => endsWithin(token, 90, now)),
    unused: how((token) => isUnused(token, UNUSED_DAYS, now)),
    never: how((token) => isNever(token, now)),
    oldSecret: how((token) => hasOldSecret(token, now)),
  }
}

/** The values that tokens have, the most frequent first. */
export function facetsOf(tokens: readonly Token[], valuesOf: (token: Token) => readonly string[]): readonly Facet[] {
  const counts = new Map<string, number>()
  for (const token of tokens) for (const value of valuesOf(token)) counts.set(value, (counts.get(value) ?? 0) + 1)
  const facets = [...counts].map(([value, count]) => ({ value, count }))
  return facets.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).slice(0, MOST_FACETS)
}

const STATUSES: readonly TokenStatus[] = ['active', 'pending', 'expired', 'revoked']

/**
 * How tokens are ordered; those that are alike by how soon they end. By expiry, what has ended comes last in either direction, as in
 * the engine's list.
 */
export function orderBy(
  sort: OverviewSort,
  dir: 'asc' | 'desc',
  now: number,
  collator: Intl.Collator,
): (a: Token, b: Token) => number {
  const sign = dir === 'desc' ? -1 : 1
  const byExpiry = (a: Token, b: Token): number => {
    const [isOver, isOtherOver] = [hasEnded(a, now), hasEnded(b, now)]
    if (isOver !== isOtherOver) return isOver ? 1 : -1
    const order = a.expiresAt - b.expiresAt || (a.id < b.id ? -1 : 1)
    return isOver ? -order : order
  }
  const compare: { readonly [sort in OverviewSort]: (a: Token, b: Token) => number } = {
    name: (a, b) => collator.compare(a.name, b.name),
    status: (a, b) => STATUSES.indexOf(statusOf(a, now)) - STATUSES.indexOf(statusOf(b, now)),
    expires: (a, b) => (hasEnded(a, now) === hasEnded(b, now) ? byExpiry(a, b) : byExpiry(a, b) * sign),
    used: (a, b) => (a.lastUsedAt ?? 0) - (b.lastUsedAt ?? 0),
    created: (a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
  }
  const by = compare[sort]
  return (a, b) => by(a, b) * sign || byExpiry(a, b)
}
