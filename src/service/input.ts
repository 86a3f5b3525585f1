/**
 * The input of management calls: read once into a plain copy, so that what was checked is what is used, and judged by zod.
 * All mistakes are gathered. What needs the policy or the directory: core/scopes.ts and service/resources.ts.
 */
import * as z from 'zod/mini'
import { type Issue, PlanTokenError } from '../core/errors.ts'
import { issuesOf } from '../core/shape.ts'
import { textProblem } from '../core/text.ts'

/** Input with the fields of a shape, as far as they could be read, and what is wrong with the others. */
export interface ReadInput<T> {
  readonly fields: { readonly [F in keyof T]?: T[F] }
  readonly issues: Issue[]
}

const characters = (min: number, max: number) =>
  z.string().check((payload) => {
    const message = textProblem(payload.value, min, max)
    if (message !== undefined) payload.issues.push({ code: 'custom', message, input: payload.value })
  })

/** Ids and actors: names that somebody else gave, so only what can be no name is refused. */
const given = characters(1, 256).check(z.regex(/\S/, 'must not be empty.'))
const key = characters(1, 200)
const name = z.pipe(
  z.string().check(z.maxLength(10_000, 'must have at most 100 characters.'), z.trim()),
  characters(1, 100),
)
const description = characters(0, 1_000)
const days = z
  .int('must be a whole number of days, at least 1.')
  .check(z.gte(1, 'must be a whole number of days, at least 1.'))
const retire = z.literal(['after24h', 'now'])
const page = {
  limit: z.optional(z.int().check(z.gte(1), z.lte(500))),
  after: z.optional(z.string().check(z.maxLength(500, 'is not a cursor of this list.'))),
}
/** Judged later, against the policy. */
const unread = z.unknown()

/** The fields of each management call. */
export const INPUTS = {
  create: z.strictObject({
    actor: given,
    planId: given,
    type: unread,
    name,
    description: z.optional(description),
    lifetimeDays: days,
    scopes: unread,
    resources: unread,
    idempotencyKey: z.optional(key),
  }),
  token: z.strictObject({ actor: given, id: given }),
  list: z.strictObject({
    actor: given,
    planId: given,
    type: z.optional(given),
    status: z.optional(z.literal(['active', 'expired', 'revoked'])),
    search: z.optional(characters(1, 200)),
    order: z.optional(z.literal(['newest', 'expiry'])),
    ...page,
  }),
  edit: z.strictObject({
    actor: given,
    id: given,
    name: z.optional(name),
    description: z.optional(description),
    scopes: unread,
    resources: unread,
    version: z.optional(z.int().check(z.gte(1))),
  }),
  refresh: z.strictObject({
    actor: given,
    id: given,
    retirePrevious: z.optional(retire),
    idempotencyKey: z.optional(key),
  }),
  events: z.strictObject({
    actor: given,
    planId: given,
    tokenId: z.optional(given),
    order: z.optional(z.literal(['oldest', 'newest'])),
    ...page,
  }),
  sweep: z.strictObject({ olderThan: z.int('must be a moment in epoch milliseconds.') }),
} as const

/** Fields that are `undefined` were dropped when the input was copied. */
type Defined<T> = { [F in keyof T]: Exclude<T[F], undefined> }
type Inputs = { readonly [K in keyof typeof INPUTS]: Defined<z.infer<(typeof INPUTS)[K]>> }

/** Reads the input of a call and gathers what is wrong with it. Fields that are `undefined` count as absent. */
export function readInput<K extends keyof Inputs>(call: K, input: unknown): ReadInput<Inputs[K]> {
  const copy = copyOf(input)
  if (!copy) return { fields: {}, issues: [{ path: '', message: 'must be an object.' }] }
  const schema = INPUTS[call]
  const parsed = schema.safeParse(copy)
  if (parsed.success) return { fields: parsed.data as unknown as Partial<Inputs[K]>, issues: [] }
  const issues = issuesOf(parsed.error, Object.keys(schema.shape))
  const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0]))
  const fields = Object.fromEntries(
    Object.entries(copy).filter(([field]) => !wrong.has(field) && Object.hasOwn(schema.shape, field)),
  )
  return { fields: fields as Partial<Inputs[K]>, issues }
}

/** Reads the input of a call, or throws everything that is wrong with it. */
export function parseInput<K extends keyof Inputs>(call: K, input: unknown): Inputs[K] {
  const { fields, issues } = readInput(call, input)
  refuseIssues(issues)
  return fields as Inputs[K]
}

/** Throws `invalid_input` if there is anything wrong. */
export function refuseIssues(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new PlanTokenError('invalid_input', { issues })
}

/** A plain copy of an object's own fields, each read once; lists are copied too. `undefined` if it cannot be read. */
function copyOf(input: unknown): Record<string, unknown> | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined
  try {
    const entries = Object.keys(input).map((field): [string, unknown] => [
      field,
      copyOfValue((input as Record<string, unknown>)[field]),
    ])
    return Object.assign(Object.create(null), Object.fromEntries(entries.filter(([, value]) => value !== undefined)))
  } catch {
    return undefined
  }
}

function copyOfValue(value: unknown): unknown {
  return Array.isArray(value) ? Array.from(value) : value
}
