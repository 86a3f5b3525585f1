/**
 * The input of management calls, described once: schemas, the types that hosts see, and how input is read. It is read once into
 * a plain copy, so that what was checked is what is used; all mistakes are gathered. The management API over HTTP and its
 * document are made of the same schemas. What needs the policy or the directory: core/scopes.ts and service/resources.ts.
 */
import * as z from 'zod/mini'
import { type Actor, actorIn } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import type { Issue, IssueCode, Problem } from '../core/issue.ts'
import { metadata, metadataKey, metadataPatch } from '../core/metadata.ts'
import { isDictionary } from '../core/objects.ts'
import { segmentProblem } from '../core/segment.ts'
import {
  carried as asText,
  dependent,
  dictionary,
  matching,
  type Output,
  read,
  type Schema,
  text,
  whole,
} from '../core/shape.ts'
import { acrProblem } from '../core/step-up.ts'
import { EMPTY, textProblem } from '../core/text.ts'
import { copyOf } from './copy.ts'
import { CURSORS, NO_CURSOR, STAMP } from './cursor.ts'

export type {
  AdoptInput,
  CheckLinksInput,
  CreateInput,
  EditInput,
  EventsInput,
  ListInput,
  NewInput,
  PlanInput,
  PreviewRefreshInput,
  RefreshInput,
  RevokeInput,
  RevokeSecretInput,
  RevokeWithReceiptInput,
  SweepInput,
  TokenInput,
} from './input-types.ts'

const coded = (message: string | undefined, code: IssueCode): Problem | undefined =>
  message === undefined ? undefined : [message, code]
const characters = (min: number, max: number) => text((value) => textProblem(value, min, max))
/** Ids and actors: names that somebody else gave, so only what can be no name is refused. */
const nameProblem = (value: string): Problem | undefined => (value.trim() === '' ? EMPTY : textProblem(value, 1, 256))
/** A name that somebody else gave, such as an id: 1 to 256 characters that are not all spaces. */
export const given = text(nameProblem)
/** An id, or an object that has it: whatever was given, what is read is an object. */
export const actor = dependent<Actor>((value) =>
  isDictionary(value)
    ? z.strictObject({
        id: given,
        acr: z.exactOptional(text((value) => coded(acrProblem(value), 'acr_malformed'))),
        authTime: z.exactOptional(whole(0)),
        address: z.exactOptional(characters(1, 100)),
        session: z.exactOptional(characters(1, 256)),
      })
    : given,
) as unknown as z.ZodMiniType<Actor>
/** The id of a plan that gets a token has to stand in a path of the management API. */
const planId = text((value) => nameProblem(value) ?? coded(segmentProblem(value), 'plan_id_malformed'))
const word = characters(1, 100_000)
/** The same where a route does as well. */
const wordOrRoute = text((value) => textProblem(value, 1, 100_000), ['is missing, unless route is there.', 'missing'])
/** Ten times as many as the longest list that can be read has, with links of the length that links have. */
const MOST_PASTED = 4_194_304
/** Whatever a person pasted; how many links it may hold depends on the policy (service/check-links.ts). */
const pasted = text((value) =>
  value.length > MOST_PASTED
    ? [`must have at most ${MOST_PASTED} characters.`, 'text_too_long', { max: MOST_PASTED }]
    : undefined,
)
/** Judged later, against the policy. */
export const later = <T>() => z.exactOptional(z.unknown()) as unknown as z.ZodMiniType<T>
/** An idempotency key: 1 to 200 characters; may be left out. */
export const key = z.exactOptional(characters(1, 200))
/** What asks for a page. */
export const page = (cursor: RegExp) => ({
  limit: z.exactOptional(whole(1, 500)),
  after: z.exactOptional(matching(cursor, NO_CURSOR)),
})
const name = characters(1, 100)
const description = characters(0, 1_000)
/** Why something ended: it stands in the log for good. */
export const reason = text((value) => (value.trim() === '' ? EMPTY : textProblem(value, 1, 1_000)))
const contact = characters(0, 200)
const scopes = later<readonly string[]>()
const resources = later<'all' | readonly string[]>()
const addresses = later<readonly string[]>()
const graceHours = later<number>()
/** Of a token that may renew itself; what it means is for self-renewal/ to say. */
const ofRenewal = { selfRenewal: z.exactOptional(z.boolean()), renewUntil: z.exactOptional(whole(0)) }

/** How many tokens are picked by their ids at a time. */
const MOST_IDS = 1_000
const IDS = asText([`must be a list of 1 to ${MOST_IDS} ids.`, 'ids_many', { most: MOST_IDS }])
const TWICE = asText(['must have each id once.', 'ids_twice'])
const ids = z.array(given).check(
  z.refine((list) => list.length > 0 && list.length <= MOST_IDS, IDS),
  z.refine((list) => new Set(list).size === list.length, TWICE),
) as unknown as z.ZodMiniType<readonly string[]>

/** Which tokens are to end: what a list takes, and a few more. */
const filter = z.strictObject({
  ids: z.exactOptional(ids),
  type: z.exactOptional(given),
  status: z.exactOptional(z.literal(['active', 'pending', 'expired'])),
  search: z.exactOptional(characters(1, 200)),
  metadata: z.exactOptional(metadata),
  metadataKey: z.exactOptional(metadataKey),
  createdBy: z.exactOptional(given),
  expiresBefore: z.exactOptional(whole(0)),
  scope: z.exactOptional(given),
  canary: z.exactOptional(z.boolean()),
})

/** The fields of each management call. */
export const INPUTS = {
  create: z.strictObject({
    actor,
    planId,
    type: later<string>(),
    name,
    description: z.exactOptional(description),
    lifetimeDays: z.exactOptional(later<number>()),
    expiresAt: z.exactOptional(later<number>()),
    scopes,
    resources,
    metadata: z.exactOptional(metadata),
    contact: z.exactOptional(contact),
    canary: z.exactOptional(z.literal(true)),
    addresses: z.exactOptional(addresses),
    ...ofRenewal,
    idempotencyKey: key,
  }),
  token: z.strictObject({ actor, id: given }),
  plan: z.strictObject({ actor, planId: given }),
  previewRefresh: z.strictObject({ actor, id: given, graceHours: z.exactOptional(graceHours) }),
  revoke: z.strictObject({
    actor,
    id: given,
    reason: z.exactOptional(reason),
    receipt: z.exactOptional(z.boolean()),
  }),
  list: z.strictObject({
    actor,
    planId: given,
    type: z.exactOptional(given),
    status: z.exactOptional(z.literal(['active', 'pending', 'expired', 'revoked'])),
    search: z.exactOptional(characters(1, 200)),
    metadata: z.exactOptional(metadata),
    metadataKey: z.exactOptional(metadataKey),
    order: z.exactOptional(z.literal(['newest', 'expiry'])),
    ...page(CURSORS.list),
  }),
  edit: z.strictObject({
    actor,
    id: given,
    name: z.exactOptional(name),
    description: z.exactOptional(description),
    scopes: z.exactOptional(scopes),
    resources: z.exactOptional(resources),
    metadata: z.exactOptional(metadataPatch),
    contact: z.exactOptional(z.nullable(contact)),
    addresses: z.exactOptional(z.nullable(addresses)),
    selfRenewal: z.exactOptional(z.nullable(z.boolean())),
    renewUntil: z.exactOptional(z.nullable(whole(0))),
    version: z.exactOptional(whole(1)),
  }),
  refresh: z.strictObject({
    actor,
    id: given,
    retirePrevious: z.exactOptional(z.literal(['afterGrace', 'now'])),
    graceHours: z.exactOptional(graceHours),
    idempotencyKey: key,
  }),
  previewRevoke: z.strictObject({ actor, planId: given, filter, limit: z.exactOptional(whole(0, 500)) }),
  revokeMany: z.strictObject({
    actor,
    planId: given,
    filter,
    stamp: matching(STAMP, ['must be the stamp of a preview.', 'stamp_malformed']),
    reason: z.exactOptional(reason),
    limit: z.exactOptional(whole(1, 1_000)),
    after: z.exactOptional(matching(CURSORS.list, NO_CURSOR)),
  }),
  events: z.strictObject({
    actor,
    planId: given,
    tokenId: z.exactOptional(given),
    order: z.exactOptional(z.literal(['oldest', 'newest'])),
    ...page(CURSORS.events),
  }),
  checkLinks: z.strictObject({
    actor,
    planId: given,
    text: pasted,
    surface: z.exactOptional(given),
    within: z.exactOptional(z.boolean()),
  }),
  askByUrl: z.strictObject({
    actor,
    id: given,
    body: z.exactOptional(z.unknown()),
    method: wordOrRoute,
    url: wordOrRoute,
  }),
  askByRoute: z.strictObject({
    actor,
    id: given,
    body: z.exactOptional(z.unknown()),
    route: word,
    params: z.exactOptional(dictionary(undefined, characters(1, 1_000))),
    query: z.exactOptional(word),
  }),
  revokeSecret: z.strictObject({ text: z.string() }),
  sweep: z.strictObject({ olderThan: whole(0) }),
} as const

/** What each call gets of its input. */
export type Inputs = { readonly [K in keyof typeof INPUTS]: Output<(typeof INPUTS)[K]> }

/** Input with the fields of a shape, as far as they could be read, and what is wrong with the others. */
export interface ReadInput<T> {
  readonly fields: { readonly [F in keyof T]?: T[F] }
  readonly issues: Issue[]
}

/** Reads the input of a call and gathers what is wrong with it. Fields that are `undefined` count as absent. */
export function readInput<K extends keyof Inputs>(call: K, input: unknown): ReadInput<Inputs[K]> {
  return readBy<unknown>(INPUTS[call], input) as ReadInput<Inputs[K]>
}

/** Reads input by a schema, in the same way. */
export function readBy<T>(schema: Schema<T>, input: unknown): ReadInput<T> {
  const copy = copyOf(input)
  const issues = [...read<unknown>(schema, copy ?? null, 'stranger').issues]
  const wrong = new Set(issues.map(({ at }) => at[0]))
  const fields = Object.fromEntries(Object.entries(copy ?? {}).filter(([field]) => !wrong.has(field)))
  return { fields: withActor(fields) as Partial<T>, issues }
}

/** Reads input by a schema, or throws everything that is wrong with it. */
export function parseBy<T>(schema: Schema<T>, input: unknown): T {
  const copy = copyOf(input)
  refuseIssues(read<unknown>(schema, copy ?? null, 'stranger').issues)
  return withActor(copy as Record<string, unknown>) as T
}

/** An actor that was given by an id alone, as one that has an id. */
function withActor(fields: Record<string, unknown>): Record<string, unknown> {
  return 'actor' in fields ? { ...fields, actor: actorIn(fields.actor) } : fields
}

/** Reads the input of a call, or throws everything that is wrong with it. */
export function parseInput<K extends keyof Inputs>(call: K, input: unknown): Inputs[K] {
  return parseBy<unknown>(INPUTS[call], input) as Inputs[K]
}

/** Throws `invalid_input` if there is anything wrong. */
export function refuseIssues(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new PlanTokenError('invalid_input', { issues })
}
