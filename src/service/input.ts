/**
 * The input of management calls: read once into a plain copy, so that what was checked is what is used, and judged by zod.
 * All mistakes are gathered. What needs the policy or the directory: core/scopes.ts and service/resources.ts.
 */

import { type Issue, PlanTokenError } from '../core/errors.ts'
import { isNamed } from '../core/objects.ts'
import {
  anything,
  input as fieldsOf,
  judged,
  matching,
  maybe,
  named,
  type Output,
  oneOf,
  pathText,
  plainPath,
  read,
  whole,
} from '../core/shape.ts'
import { segmentProblem } from '../core/target.ts'
import { textProblem } from '../core/text.ts'
import { CURSORS, NO_CURSOR } from './cursor.ts'

/** Input with the fields of a shape, as far as they could be read, and what is wrong with the others. */
export interface ReadInput<T> {
  readonly fields: { readonly [F in keyof T]?: T[F] }
  readonly issues: Issue[]
}

/** Ten times as many as the longest list that can be read has, with links of the length that links have. */
const MOST_PASTED = 4_194_304

const characters = (min: number, max: number) =>
  judged<string>((value) => (typeof value === 'string' ? textProblem(value, min, max) : 'must be text.'))

/** Ids and actors: names that somebody else gave, so only what can be no name is refused. */
const given = judged<string>((value) => {
  if (typeof value !== 'string') return 'must be text.'
  return value.trim() === '' ? 'must not be empty.' : textProblem(value, 1, 256)
})
/** The id of a plan that gets a token has to stand in a path of the management API. */
const planId = judged<string>(
  (value) => read(given, value).error?.issues[0]?.message ?? segmentProblem(value as string),
)
const key = characters(1, 200)
const word = characters(1, 100_000)
const name = characters(1, 100)
const description = characters(0, 1_000)
const retire = oneOf('after24h', 'now')
const page = (cursor: RegExp) => ({ limit: maybe(whole(1, 500)), after: maybe(matching(cursor, NO_CURSOR)) })
/** Whatever a person pasted; how many links it may hold depends on the policy (service/check-links.ts). */
const pasted = judged<string>((value) => {
  if (typeof value !== 'string') return 'must be text.'
  return value.length > MOST_PASTED ? `must have at most ${MOST_PASTED} characters.` : undefined
})
/** Judged later, against the policy. */
const unread = maybe(anything)

/** The fields of each management call. */
const INPUTS = {
  create: fieldsOf({
    actor: given,
    planId,
    type: unread,
    name,
    description: maybe(description),
    lifetimeDays: unread,
    scopes: unread,
    resources: unread,
    idempotencyKey: maybe(key),
  }),
  token: fieldsOf({ actor: given, id: given }),
  list: fieldsOf({
    actor: given,
    planId: given,
    type: maybe(given),
    status: maybe(oneOf('active', 'expired', 'revoked')),
    search: maybe(characters(1, 200)),
    order: maybe(oneOf('newest', 'expiry')),
    ...page(CURSORS.list),
  }),
  edit: fieldsOf({
    actor: given,
    id: given,
    name: maybe(name),
    description: maybe(description),
    scopes: unread,
    resources: unread,
    version: maybe(whole(1)),
  }),
  refresh: fieldsOf({
    actor: given,
    id: given,
    retirePrevious: maybe(retire),
    idempotencyKey: maybe(key),
  }),
  events: fieldsOf({
    actor: given,
    planId: given,
    tokenId: maybe(given),
    order: maybe(oneOf('oldest', 'newest')),
    ...page(CURSORS.events),
  }),
  checkLinks: fieldsOf({ actor: given, planId: given, text: pasted, surface: maybe(given) }),
  askByUrl: fieldsOf({ actor: given, id: given, body: unread, method: word, url: word }),
  askByRoute: fieldsOf({
    actor: given,
    id: given,
    body: unread,
    route: word,
    params: maybe(named(/(?:)/, '', characters(1, 1_000))),
    query: maybe(word),
  }),
  sweep: fieldsOf({ olderThan: whole(0) }),
} as const

/** Fields that are `undefined` were dropped when the input was copied. */
type Defined<T> = { [F in keyof T]: Exclude<T[F], undefined> }
/** What each call gets of its input. */
export type Inputs = { readonly [K in keyof typeof INPUTS]: Defined<Output<(typeof INPUTS)[K]>> }

/** Reads the input of a call and gathers what is wrong with it. Fields that are `undefined` count as absent. */
export function readInput<K extends keyof Inputs>(call: K, input: unknown): ReadInput<Inputs[K]> {
  const copy = copyOf(input)
  if (!copy) return { fields: {}, issues: [{ path: '', message: 'must be an object.' }] }
  const schema = INPUTS[call]
  const parsed = read<unknown>(schema, copy)
  if (parsed.success) return { fields: parsed.data as unknown as Partial<Inputs[K]>, issues: [] }
  const issues = parsed.error.issues.map(({ path, message }): Issue => ({ path: pathText(plainPath(path)), message }))
  const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0]))
  const fields = Object.fromEntries(Object.entries(copy).filter(([field]) => !wrong.has(field)))
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

/** A plain copy of an object's own fields, each read once; lists are copied too, and names are trimmed. `undefined` if it cannot be read. */
function copyOf(input: unknown): Record<string, unknown> | undefined {
  if (!isNamed(input)) return undefined
  try {
    const entries = Object.keys(input).map((field): [string, unknown] => [
      field,
      copyOfValue((input as Record<string, unknown>)[field]),
    ])
    const copy = Object.fromEntries(entries.filter(([, value]) => value !== undefined))
    if (typeof copy.name === 'string') copy.name = copy.name.trim()
    return copy
  } catch {
    return undefined
  }
}

function copyOfValue(value: unknown): unknown {
  return Array.isArray(value) ? Array.from(value) : value
}
