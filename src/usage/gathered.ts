/**
 * What is gathered of a token: the working form, how two are put together so that the order does not matter, and how much of it is
 * kept. As what it stands in a store: usage/kept.ts.
 */
import type { ResourceRef } from '../core/resources.ts'
import { addDays, boundDays, type Counts } from './days.ts'

/** The last day of something, and how often it was there. */
export interface Last {
  day: number
  count: number
}

/** A listed resource by which requests were let through, with the route that it was used at last. */
export interface LastResource extends Last, ResourceRef {
  route: string
}

/** A route that was refused. */
export interface LastRefused extends Last {
  readonly route: string
  readonly code: string
}

/** What is gathered of a token, or a part of it. Days are numbers since 1970. */
export interface Gathered {
  readonly planId: string
  /** Nothing from before this day is known, if there is one. */
  from: number | undefined
  /** What was used last on this day or before may be missing, if there is one. */
  lost: number | undefined
  /** The last day on which a request that names something was let through without a list. */
  all: number | undefined
  /** The last day on which a request was let through that shows whatever the token may see. */
  shown: number | undefined
  readonly routes: Map<string, Last>
  readonly resources: Map<string, LastResource>
  readonly refused: Map<string, LastRefused>
  readonly days: Map<number, Counts>
  /** What was counted last, which is what is counted next nearly always: to look it up by a key is dearer (bench/usage.ts). */
  lately: Lately | undefined
}

interface Lately {
  readonly day: number
  readonly counts: Counts
  refused: LastRefused | undefined
  resource: LastResource | undefined
}

/** How many routes and resources are kept of a token, all together; how many routes that were refused. */
export const [MOST_USED, MOST_REFUSED] = [500, 100]
/** Nothing gathered yet. */
export function newGathered(planId: string): Gathered {
  return {
    planId,
    from: undefined,
    lost: undefined,
    all: undefined,
    shown: undefined,
    routes: new Map(),
    resources: new Map(),
    refused: new Map(),
    days: new Map(),
    lately: undefined,
  }
}

/** The key of a resource. No kind has a line end in its name. */
export const keyOf = ({ kind, id }: ResourceRef): string => `${kind}\n${id}`
/** The key of a route that was refused. */
export const refusedKeyOf = (route: string, code: string): string => `${code} ${route}`

/** The later of two days, either of which may be missing. */
export function later(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.max(one, other)
}

/** Both together: the later last day, the sum of requests. Whichever of two is added first, the result is the same. */
export function add(into: Gathered, part: Gathered): void {
  into.from = later(into.from, part.from)
  into.lost = later(into.lost, part.lost)
  into.all = later(into.all, part.all)
  into.shown = later(into.shown, part.shown)
  addLast(into.routes, part.routes)
  addLast(into.refused, part.refused)
  for (const [key, resource] of part.resources) {
    const known = into.resources.get(key)
    if (known && (resource.day > known.day || (resource.day === known.day && resource.route > known.route)))
      known.route = resource.route
  }
  addLast(into.resources, part.resources)
  addDays(into.days, part.days)
}

function addLast<T extends Last>(into: Map<string, T>, part: ReadonlyMap<string, T>): void {
  for (const [key, last] of part) {
    const known = into.get(key)
    if (known) {
      known.day = Math.max(known.day, last.day)
      known.count += last.count
    } else into.set(key, { ...last })
  }
}

/**
 * Puts right last days that a wrong clock has made. They become later than they may have been and never earlier, so that nothing
 * counts as unused that was used.
 *
 * @param least no last day lies before it: of what is new, nearly that which was seen already.
 * @param newest the newest day that there can be.
 */
export function settle(gathered: Gathered, least: number, newest: number): void {
  const within = (day: number): number => Math.max(least, Math.min(day, newest))
  for (const part of [gathered.routes, gathered.resources, gathered.refused])
    for (const last of part.values()) last.day = within(last.day)
  for (const field of ['all', 'shown'] as const) {
    const day = gathered[field]
    if (day !== undefined) gathered[field] = within(day)
  }
}

/** Leaves out what is too much: what was used longest ago goes first, and it is noted up to when something is missing. */
export function bound(gathered: Gathered, today: number, most = MOST_USED): void {
  const { routes, resources, refused } = gathered
  const used = [
    ...[...routes].map(([key, last]) => ({ key, last, from: routes as Map<string, Last> })),
    ...[...resources].map(([key, last]) => ({ key, last, from: resources as Map<string, Last> })),
  ]
  for (const { key, last, from } of oldest(used, used.length - most)) {
    from.delete(key)
    gathered.lost = later(gathered.lost, last.day)
  }
  const all = [...refused].map(([key, last]) => ({ key, last }))
  for (const { key } of oldest(all, all.length - Math.min(most, MOST_REFUSED))) refused.delete(key)
  boundDays(gathered.days, today)
}

function oldest<T extends { readonly key: string; readonly last: Last }>(
  all: readonly T[],
  count: number,
): readonly T[] {
  if (count <= 0) return []
  const inOrder = (a: T, b: T): number =>
    a.last.day - b.last.day || a.last.count - b.last.count || (a.key < b.key ? -1 : 1)
  return [...all].sort(inOrder).slice(0, count)
}
