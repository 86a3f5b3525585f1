/**
 * What is gathered, as text of JSON in values of the store: one a token, one a plan, and one that says since when it is gathered.
 * What cannot be read is as if it were not there, and the host is told. What it means: usage/gathered.ts.
 */
import * as z from 'zod/mini'
import { StoreError } from '../core/errors.ts'
import { read, type Schema, whole } from '../core/shape.ts'
import type { Counts } from './days.ts'
import { bound, type Gathered, keyOf, newGathered, refusedKeyOf } from './gathered.ts'

/** Since when it is gathered without a gap, and the last day on which it was. */
export interface Beat {
  readonly v: 1
  readonly since: number
  readonly last: number
}

type Row<T extends readonly unknown[]> = readonly [...T, day: number, count: number]

interface KeptToken {
  readonly v: 1
  readonly planId: string
  readonly from?: number
  readonly lost?: number
  readonly all?: number
  readonly shown?: number
  readonly routes: readonly Row<[route: string]>[]
  readonly resources: readonly Row<[kind: string, id: string, route: string]>[]
  readonly refused: readonly Row<[route: string, code: string]>[]
  readonly days: readonly KeptDay[]
}

type KeptDay = readonly [day: number, allowed: number, refused: number]

interface KeptPlan {
  readonly v: 1
  readonly planId: string
  readonly days: readonly KeptDay[]
}

/** Days may lie before 1970 where a clock was wrong. */
const day = whole(-100_000_000, 100_000_000)
const count = whole(0)
const maybe = z.exactOptional(day)
const days = z.array(z.tuple([day, count, count]))
const v = z.literal(1)

const TOKEN: Schema<KeptToken> = z.strictObject({
  v,
  planId: z.string(),
  from: maybe,
  lost: maybe,
  all: maybe,
  shown: maybe,
  routes: z.array(z.tuple([z.string(), day, count])),
  resources: z.array(z.tuple([z.string(), z.string(), z.string(), day, count])),
  refused: z.array(z.tuple([z.string(), z.string(), day, count])),
  days,
})
const PLAN: Schema<KeptPlan> = z.strictObject({ v, planId: z.string(), days })
const BEAT: Schema<Beat> = z.strictObject({ v, since: day, last: day })

/** How long a value may become, in characters: a byte each nearly always, and the port takes 1 MB. */
const MOST_TEXT = 300_000

/** What is said of a value that cannot be read. */
const unreadable = (name: string): StoreError =>
  new StoreError(
    'row_unreadable',
    `The value "${name}" cannot be read: it was changed by hand. Nothing from before is known any more; it is written anew at the next use.`,
  )

/** Reads what is kept of a token. `undefined`: nothing is. @throws StoreError `row_unreadable`. */
export function readToken(name: string, text: string): Gathered | undefined {
  const kept = parse(TOKEN, name, text)
  if (!kept) return undefined
  const { planId, from, lost, all, shown } = kept
  return {
    ...newGathered(planId),
    ...{ from, lost, all, shown },
    routes: new Map(kept.routes.map(([route, day, count]) => [route, { day, count }])),
    resources: new Map(
      kept.resources.map(([kind, id, route, day, count]) => [keyOf({ kind, id }), { kind, id, route, day, count }]),
    ),
    refused: new Map(
      kept.refused.map(([route, code, day, count]) => [refusedKeyOf(route, code), { route, code, day, count }]),
    ),
    days: daysIn(kept.days),
  }
}

/** What is kept of a token, as text; less of it where it would be too long. */
export function textOfToken(gathered: Gathered, today: number): string {
  for (let most: number | undefined; ; most = Math.floor((most ?? 500) / 2)) {
    bound(gathered, today, most)
    const { planId, from, lost, all, shown, routes, resources, refused } = gathered
    const text = JSON.stringify({
      v: 1,
      planId,
      ...{ from, lost, all, shown },
      routes: [...routes].map(([route, { day, count }]) => [route, day, count]),
      resources: [...resources.values()].map(({ kind, id, route, day, count }) => [kind, id, route, day, count]),
      refused: [...refused.values()].map(({ route, code, day, count }) => [route, code, day, count]),
      days: rowsOf(gathered.days),
    })
    if (text.length <= MOST_TEXT || most === 0) return text
  }
}

/** Reads the counts of a plan. @throws StoreError `row_unreadable`. */
export function readPlan(name: string, text: string): Map<number, Counts> | undefined {
  const kept = parse(PLAN, name, text)
  return kept && daysIn(kept.days)
}

/** The counts of a plan, as text. */
export function textOfPlan(planId: string, counts: ReadonlyMap<number, Counts>): string {
  return JSON.stringify({ v: 1, planId, days: rowsOf(counts) })
}

/** Reads since when it is gathered. @throws StoreError `row_unreadable`. */
export const readBeat = (name: string, text: string): Beat | undefined => parse(BEAT, name, text)

const daysIn = (rows: readonly KeptDay[]): Map<number, Counts> =>
  new Map(rows.map(([day, allowed, refused]) => [day, { allowed, refused }]))
const rowsOf = (counts: ReadonlyMap<number, Counts>): KeptDay[] =>
  [...counts].sort(([a], [b]) => a - b).map(([day, { allowed, refused }]) => [day, allowed, refused])

/** An empty text is what is left where a store cannot remove a value. */
function parse<T>(schema: Schema<T>, name: string, text: string): T | undefined {
  if (text === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unreadable(name)
  }
  const { data } = read(schema, value)
  if (data === undefined) throw unreadable(name)
  return data
}
