/** Which limit a request has: rules as data, and what is wrong with them. Read from above, the first that fits binds. */
import * as z from 'zod/mini'
import { isDictionary } from '../core/objects.ts'
import { type CompiledPolicy, compiledOf, type Policy } from '../core/policy.ts'
import type { Tell } from '../core/setup.ts'
import { atLeastOne, callable, dictionary, judged, named, whole } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'

/** How much is allowed: a bucket that holds so many requests and is refilled evenly. */
export interface LimitSize {
  /** How many requests a full bucket holds, 1 to 1,000,000: so many may come at once. */
  readonly requests: number
  /** In how many seconds an empty bucket is full again, 1 to 2,678,400 (31 days). */
  readonly perSeconds: number
  /** How much of the bucket one request takes, 1 to `requests`. Default 1. */
  readonly cost?: number
  /** Whose the bucket is: each token's own, or one for all tokens of a plan. Default `token`. */
  readonly per?: 'token' | 'plan'
}

/** What a function of the host's is told of a request. Its token works, and holds a scope that the endpoint takes. */
export interface LimitedRequest {
  readonly surface: string
  readonly tokenType: string
  readonly tokenId: string
  readonly planId: string
  /** The tier of the plan, by the directory. */
  readonly tier: string
  /** A route of the policy. */
  readonly route: string
}

/** Which requests a rule is for: all that fit each field which is there. */
export interface LimitCondition {
  /**
   * Names the limit to clients (`RateLimit`), in `explain` and `onDecision`, and is a part of the bucket's key. Rules of one name share
   * their buckets, and have the same `requests`, `perSeconds` and `per`. A letter, then letters, digits, `_` and `-`, 64 at most.
   */
  readonly name: string
  /** The policy, by its surface; one or a list, as all of these. */
  readonly surface?: string | readonly string[]
  /** The tier of the plan. */
  readonly tier?: string | readonly string[]
  /** The type of the token. */
  readonly type?: string | readonly string[]
  /** Tokens by their ids. */
  readonly token?: string | readonly string[]
  /** Routes of the policies, or names of `groups`. */
  readonly endpoints?: string | readonly string[]
}

/**
 * A rule: a size; or `unlimited: true`; or `limit`, a function for what data cannot say. It answers at once: a size, `'unlimited'`, or
 * `undefined`, which leaves the request to the rules below. What it throws, and any other answer, is a failure of the limiter.
 */
export type LimitRule = LimitCondition &
  (
    | LimitSize
    | { readonly unlimited: true }
    | {
        /** What data cannot say: a size, no limit, or nothing, for the rules below to say. Not waited for. */
        readonly limit: (request: LimitedRequest) => LimitSize | 'unlimited' | undefined
      }
  )

/** Endpoints by the name of their group: routes of the policies. */
export type LimitGroups = { readonly [group: string]: readonly string[] }

/** A rule, ready for use. */
export interface CompiledRule {
  readonly name: string
  fits(request: LimitedRequest): boolean
  /** The size of its bucket, or that it has none, or a function that says so. */
  readonly limit: LimitSize | 'unlimited' | ((request: LimitedRequest) => unknown)
}

const MOST_REQUESTS = 1_000_000
const MOST_SECONDS = 2_678_400
const FIELDS = ['surface', 'tier', 'type', 'token', 'endpoints'] as const
const OF_SIZE = ['requests', 'perSeconds', 'cost', 'per'] as const
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every(isText)

const texts = z.optional(
  judged((value) => (isText(value) || isList(value) ? undefined : 'must be text, or a list of texts.')),
)
const size = {
  requests: whole(1, MOST_REQUESTS),
  perSeconds: whole(1, MOST_SECONDS),
  cost: z.optional(whole(1, MOST_REQUESTS)),
  per: z.optional(z.literal(['token', 'plan'])),
}
/** What a function gives. */
export const sizeSchema = z.strictObject(size)
const rule = z.strictObject({
  name: named(),
  ...{ surface: texts, tier: texts, type: texts, token: texts, endpoints: texts },
  ...{ ...size, requests: z.optional(size.requests), perSeconds: z.optional(size.perSeconds) },
  unlimited: z.optional(z.literal(true)),
  limit: z.optional(callable('must be a function that takes a request.')),
})
const group = judged((value) => (isList(value) ? undefined : 'must be a list of routes.'))

/** The fields of rules among the options. */
export const rulesShape = {
  rules: atLeastOne(rule),
  groups: z.optional(dictionary(named(), group)),
}

/** A rule as a host may have written it. */
type Given = { readonly [F in keyof z.infer<typeof rule>]?: unknown }

/** Tells what the schema cannot know. */
export function judgeRules(rules: unknown, groups: unknown, tell: Tell): void {
  if (!Array.isArray(rules)) return
  const known = Object.keys(Object(groups))
  const given = rules.map((one): Given => Object(one))
  for (const [i, one] of given.entries()) {
    if (!isDictionary(rules[i])) continue
    const say = (field: keyof Given | undefined, message: string): void =>
      tell(['rules', i, ...(field === undefined ? [] : [field])], message)
    judgeKind(one, say)
    for (const name of listOf(one.endpoints) ?? [])
      if (isText(name) && !isRoute(name) && !known.includes(name))
        say('endpoints', `names the group "${name}", which groups do not have.${didYouMean(name, known)}`)
    const twin = given.slice(0, i).findIndex(({ name }) => isText(name) && name === one.name)
    if (twin !== -1 && !haveOneBucket(given[twin] as Given, one))
      say('name', `is that of rules[${twin}], and rules that share buckets have the same requests, perSeconds and per.`)
    const first = given.slice(0, i).findIndex((before) => takesAll(before, one, groups))
    if (first !== -1)
      say(undefined, `never binds: rules[${first}] comes before it and takes every request that it is for.`)
  }
}

/** One kind of limit, whole, and nothing that belongs to another. */
function judgeKind(one: Given, say: (field: keyof Given | undefined, message: string) => void): void {
  const { requests, perSeconds, cost, unlimited, limit } = one
  const kind = limit !== undefined ? 'limit' : unlimited !== undefined ? 'unlimited' : undefined
  if (kind === 'limit' && unlimited !== undefined) say('unlimited', 'is not needed beside limit.')
  if (kind !== undefined) {
    for (const field of OF_SIZE) if (one[field] !== undefined) say(field, `is not needed beside ${kind}.`)
  } else if (requests === undefined && perSeconds === undefined)
    say(undefined, 'must have requests and perSeconds, or unlimited: true, or limit.')
  else for (const field of ['requests', 'perSeconds'] as const) if (one[field] === undefined) say(field, 'is missing.')
  if (typeof cost === 'number' && typeof requests === 'number' && cost > requests)
    say('cost', 'is more than requests, so that no request would ever pass.')
}

const isRoute = (name: string): boolean => name.includes(' ')

function listOf(value: unknown): readonly unknown[] | undefined {
  return value === undefined ? undefined : [value].flat()
}

function haveOneBucket(one: Given, other: Given): boolean {
  if (one.limit !== undefined || other.limit !== undefined) return false
  const perOf = ({ per = 'token' }: Given): unknown => per
  return (
    one.unlimited === other.unlimited &&
    one.requests === other.requests &&
    one.perSeconds === other.perSeconds &&
    perOf(one) === perOf(other)
  )
}

/** Whether every request of a rule is one of an earlier rule's. A function may leave some. */
function takesAll(before: Given, one: Given, groups: unknown): boolean {
  if (before.limit !== undefined) return false
  return FIELDS.every((field) => {
    const wide = valuesOf(field, before[field], groups)
    const narrow = valuesOf(field, one[field], groups)
    return wide === undefined || narrow?.every((value) => wide.includes(value)) === true
  })
}

/** What a field is for, groups as their routes; `undefined` for everything. */
function valuesOf(field: (typeof FIELDS)[number], value: unknown, groups: unknown): readonly unknown[] | undefined {
  const list = listOf(value)
  if (field !== 'endpoints') return list
  return list?.flatMap((name) => {
    const routes: unknown =
      isText(name) && !isRoute(name) && Object.hasOwn(Object(groups), name) && Object(groups)[name]
    return Array.isArray(routes) ? (routes as unknown[]) : [name]
  })
}

/** Tells which surfaces, tiers, types and routes no policy of an engine has: such a rule would bind nothing. */
export function checkAgainst(
  policies: readonly Policy[],
  rules: readonly LimitRule[],
  groups: LimitGroups,
  tell: Tell,
): void {
  const compiled = policies.map(compiledOf).filter((one): one is CompiledPolicy => one !== undefined)
  // Whatever is wrong with the policies themselves is told elsewhere.
  if (compiled.length === 0) return
  const known = {
    surface: compiled.map(({ surface }) => surface),
    tier: compiled.flatMap(({ tiers }) => [...tiers]),
    type: compiled.flatMap(({ types }) => [...types.keys()]),
    endpoints: compiled.flatMap(({ routes }) => [...routes.keys()]),
  }
  const judge = (
    field: keyof typeof known,
    names: readonly string[],
    at: (i: number) => readonly PropertyKey[],
  ): void => {
    for (const [i, name] of names.entries())
      if (!known[field].includes(name))
        tell(
          ['limits', ...at(i)],
          `is "${name}", and no policy has such a ${WORDS[field]}.${didYouMean(name, known[field])}`,
        )
  }
  for (const [i, one] of rules.entries())
    for (const field of ['surface', 'tier', 'type', 'endpoints'] as const) {
      const value = one[field]
      const names = (value === undefined ? [] : [value].flat()).filter((name) => field !== 'endpoints' || isRoute(name))
      judge(field, names, () => ['rules', i, field])
    }
  for (const [name, routes] of Object.entries(groups)) judge('endpoints', routes, (i) => ['groups', name, i])
}

const WORDS = { surface: 'surface', tier: 'tier', type: 'token type', endpoints: 'route' }

/** Makes rules ready for use. */
export function compileRules(rules: readonly LimitRule[], groups: LimitGroups): readonly CompiledRule[] {
  return rules.map((one) => {
    const setOf = (field: (typeof FIELDS)[number]): ReadonlySet<unknown> | undefined => {
      const values = valuesOf(field, one[field], groups)
      return values && new Set(values)
    }
    const [surfaces, tiers, types, tokens, routes] = [
      setOf('surface'),
      setOf('tier'),
      setOf('type'),
      setOf('token'),
      setOf('endpoints'),
    ]
    return {
      name: one.name,
      fits: ({ surface, tier, tokenType, tokenId, route }) =>
        (routes === undefined || routes.has(route)) &&
        (tiers === undefined || tiers.has(tier)) &&
        (types === undefined || types.has(tokenType)) &&
        (tokens === undefined || tokens.has(tokenId)) &&
        (surfaces === undefined || surfaces.has(surface)),
      limit: 'limit' in one ? one.limit : 'unlimited' in one ? 'unlimited' : { ...one },
    }
  })
}
