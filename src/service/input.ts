/**
 * The input of management calls, described once: schemas, the types that hosts see, and how input is read. It is read once into
 * a plain copy, so that what was checked is what is used; all mistakes are gathered. The management API over HTTP and its
 * document are made of the same schemas. What needs the policy or the directory: core/scopes.ts and service/resources.ts.
 */
import * as z from 'zod/mini'
import { type Actor, actorIn } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import type { Issue } from '../core/issue.ts'
import { type Metadata, type MetadataPatch, metadata, metadataKey, metadataPatch } from '../core/metadata.ts'
import { isDictionary } from '../core/objects.ts'
import type { Policy, ScopeOf, TypeOf } from '../core/policy.ts'
import { dependent, dictionary, matching, type Output, read, type Schema, text, whole } from '../core/shape.ts'
import { acrProblem } from '../core/step-up.ts'
import { segmentProblem } from '../core/target.ts'
import { textProblem } from '../core/text.ts'
import type { TokenStatus } from '../core/token.ts'
import { copyOf } from './copy.ts'
import { CURSORS, NO_CURSOR, STAMP } from './cursor.ts'

const characters = (min: number, max: number) => text((value) => textProblem(value, min, max))
/** Ids and actors: names that somebody else gave, so only what can be no name is refused. */
const nameProblem = (value: string): string | undefined =>
  value.trim() === '' ? 'must not be empty.' : textProblem(value, 1, 256)
export const given = text(nameProblem)
/** An id, or an object that has it: whatever was given, what is read is an object. */
export const actor = dependent<Actor>((value) =>
  isDictionary(value)
    ? z.strictObject({
        id: given,
        acr: z.exactOptional(text(acrProblem)),
        authTime: z.exactOptional(whole(0)),
        address: z.exactOptional(characters(1, 100)),
        session: z.exactOptional(characters(1, 256)),
      })
    : given,
) as unknown as z.ZodMiniType<Actor>
/** The id of a plan that gets a token has to stand in a path of the management API. */
const planId = text((value) => nameProblem(value) ?? segmentProblem(value))
const word = characters(1, 100_000)
/** Ten times as many as the longest list that can be read has, with links of the length that links have. */
const MOST_PASTED = 4_194_304
/** Whatever a person pasted; how many links it may hold depends on the policy (service/check-links.ts). */
const pasted = text((value) =>
  value.length > MOST_PASTED ? `must have at most ${MOST_PASTED} characters.` : undefined,
)
/** Judged later, against the policy. */
export const later = <T>() => z.exactOptional(z.unknown()) as unknown as z.ZodMiniType<T>
export const key = z.exactOptional(characters(1, 200))
/** What asks for a page. */
export const page = (cursor: RegExp) => ({
  limit: z.exactOptional(whole(1, 500)),
  after: z.exactOptional(matching(cursor, NO_CURSOR)),
})
const name = characters(1, 100)
const description = characters(0, 1_000)
/** Why something ended: it stands in the log for good. */
export const reason = text((value) => (value.trim() === '' ? 'must not be empty.' : textProblem(value, 1, 1_000)))
const contact = characters(0, 200)
const scopes = later<readonly string[]>()
const resources = later<'all' | readonly string[]>()
const addresses = later<readonly string[]>()
const graceHours = later<number>()
/** Of a token that may renew itself; what it means is for self-renewal/ to say. */
const ofRenewal = { selfRenewal: z.exactOptional(z.boolean()), renewUntil: z.exactOptional(whole(0)) }

/** Which tokens are to end: what a list takes, and a few more. */
const filter = z.strictObject({
  type: z.exactOptional(given),
  status: z.exactOptional(z.literal(['active', 'pending', 'expired'])),
  search: z.exactOptional(characters(1, 200)),
  metadata: z.exactOptional(metadata),
  metadataKey: z.exactOptional(metadataKey),
  createdBy: z.exactOptional(given),
  expiresBefore: z.exactOptional(whole(0)),
  scope: z.exactOptional(given),
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
    stamp: matching(STAMP, 'must be the stamp of a preview.'),
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
  checkLinks: z.strictObject({ actor, planId: given, text: pasted, surface: z.exactOptional(given) }),
  askByUrl: z.strictObject({
    actor,
    id: given,
    body: z.exactOptional(z.unknown()),
    method: word,
    url: word,
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

/** What every new token has, created or adopted. */
export interface NewInput<P extends Policy = Policy, X extends TypeOf<P> = TypeOf<P>> {
  /** Who does it; must be an admin of the plan. */
  readonly actor: string | Actor
  readonly planId: string
  readonly type: X
  /** 1 to 100 characters after trimming. */
  readonly name: string
  /** Up to 1,000 characters. Default empty. */
  readonly description?: string
  /** At least one, each grantable to this type; empty for a type whose scopes are fixed. */
  readonly scopes: readonly ScopeOf<P, NoInfer<X>>[]
  /** Every resource of the plan, or links to some of them. */
  readonly resources: 'all' | readonly string[]
  /**
   * Words of your own: up to 50, with keys of 1 to 40 characters and values of up to 500. No secret belongs here: they are shown, and
   * stand in the log.
   */
  readonly metadata?: Metadata
  /** Whom to ask about it: an address, or the name of a team. Up to 200 characters; empty for nobody. */
  readonly contact?: string
  /**
   * The addresses and networks that it may be used from: `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/48`, 1 to 100 of them.
   * Default: from anywhere. Needs the option `addresses`.
   */
  readonly addresses?: readonly string[]
}

/** A new token. It says how long it lives, or when it ends. */
export type CreateInput<P extends Policy = Policy, X extends TypeOf<P> = TypeOf<P>> = NewInput<P, X> & {
  /**
   * Makes a canary, which stays one: nothing is ever let through with it, whoever sends it is answered as if it did not exist, and
   * the engine's `canaries` tell at once. Left out of every other token.
   */
  readonly canary?: true
  /** Whether it may renew itself. Needs a type that allows it, and the option `selfRenewal`. Default `false`. */
  readonly selfRenewal?: boolean
  /**
   * Until when it may renew itself, and how long it then lives at most: epoch milliseconds. Default: 365 days after the last thing that
   * an admin did with it.
   */
  readonly renewUntil?: number
  /** 1 to 200 characters. The same key again gives the same token with a fresh secret, for an answer that was lost. */
  readonly idempotencyKey?: string
} & (
    | {
        /** Whole days of 24 hours, 1 to the policy's limit (365 unless it says otherwise). */
        readonly lifetimeDays: number
        readonly expiresAt?: undefined
      }
    | {
        /**
         * Instead of `lifetimeDays`: epoch milliseconds, ahead by the policy's longest lifetime at most. A refresh starts the days until
         * then again, begun ones counted as whole.
         */
        readonly expiresAt: number
        readonly lifetimeDays?: undefined
      }
  )

/** A key from before that is to be a token. */
export interface AdoptInput<P extends Policy = Policy, X extends TypeOf<P> = TypeOf<P>> extends NewInput<P, X> {
  /**
   * Epoch milliseconds, ahead by the policy's longest lifetime at most. A refresh starts the days until then again, begun ones
   * counted as whole.
   */
  readonly expiresAt: number
  /** The name of the scheme among the engine's `legacy` keys of this type. */
  readonly scheme: string
  /** What your table keeps of the key, in the scheme's encoding; of a scheme with `verify` the hash that it compares with. */
  readonly digest: string
  /** The id inside the key, by which it is found; of a scheme with `verify` alone. */
  readonly keyId?: string
  /**
   * 1 to 200 characters. The same key and digest again give the token as it is by then, for a migration that is run once more:
   * one key may serve the whole of it.
   */
  readonly idempotencyKey?: string
}

/** One token, and who asks. */
export interface TokenInput {
  readonly actor: string | Actor
  readonly id: string
}

/** One plan, and who asks. */
export interface PlanInput {
  /** Who asks; must be an admin of the plan. */
  readonly actor: string | Actor
  readonly planId: string
}

/** A refresh to look at before. */
export interface PreviewRefreshInput extends TokenInput {
  /** As of `refresh`. */
  readonly graceHours?: number
}

/** A token that is to end. */
export interface RevokeInput extends TokenInput {
  /** Why, 1 to 1,000 characters on one line: it stands in the audit log. A token that has ended before keeps what was said then. */
  readonly reason?: string
}

/** A token that is to end, whose end is to be proved. */
export interface RevokeWithReceiptInput extends RevokeInput {
  /** Gives a receipt beside the token: where its end stands in the log, and since when no process can have accepted it. */
  readonly receipt: true
}

/** A page of a plan's tokens. */
export interface ListInput {
  readonly actor: string | Actor
  readonly planId: string
  readonly type?: string
  readonly status?: TokenStatus
  /** Part of a name or a description, or a whole id. */
  readonly search?: string
  /** Those that have all of these words, to the letter. */
  readonly metadata?: Metadata
  /** Those that have a word of this key, whichever it is. */
  readonly metadataKey?: string
  /** `newest` (default), or `expiry`: the active ones by how soon they end, then the others. */
  readonly order?: 'newest' | 'expiry'
  /** 1 to 500, default 50. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly after?: string
}

/** Changes to a token; what is left out stays as it is. */
export interface EditInput<P extends Policy = Policy> extends TokenInput {
  readonly name?: string
  readonly description?: string
  readonly scopes?: readonly ScopeOf<P>[]
  readonly resources?: 'all' | readonly string[]
  /** Merged with what the token has (RFC 7396): a key with `null` goes, one that is not named stays; `null` takes all. */
  readonly metadata?: MetadataPatch
  /** `null` or empty: nobody. */
  readonly contact?: string | null
  /** The addresses and networks that it may be used from, 1 to 100; `null`: from anywhere. */
  readonly addresses?: readonly string[] | null
  /** Whether it may renew itself; `null` as `false`. `true` starts its default term again. */
  readonly selfRenewal?: boolean | null
  /** Until when it may renew itself; `null`: by default again. */
  readonly renewUntil?: number | null
  /** The version that the edit was made from: if it is no longer that, `version_conflict`. Without it the last edit wins. */
  readonly version?: number
}

/** A new secret for a token. */
export interface RefreshInput extends TokenInput {
  /** `afterGrace` (default): the newest secret works for the policy's grace more, 24 hours unless it says otherwise. `now`: every earlier one ends at once, since one has leaked. */
  readonly retirePrevious?: 'afterGrace' | 'now'
  /**
   * For how many hours the newest secret goes on working, 0 to the policy's grace, in place of that. 0 ends it at once; those before it
   * keep their deadlines. Left out with `retirePrevious: 'now'`.
   */
  readonly graceHours?: number
  /** 1 to 200 characters. The same key again replaces the secret that nobody received, and moves no other deadline. */
  readonly idempotencyKey?: string
}

/** Pasted links to judge. */
export interface CheckLinksInput {
  /** Who asks; must be an admin of the plan. */
  readonly actor: string | Actor
  readonly planId: string
  /** What a person pasted: links with spaces, line ends or commas between them. Up to 4,194,304 characters. */
  readonly text: string
  /** The policy whose links they are. Default: the first policy's. */
  readonly surface?: string
}

/** A report of a leak. */
export interface RevokeSecretInput {
  /** The secret, or text that it stands in, with up to 100 of them. */
  readonly text: string
}

/** What is old enough to be removed. */
export interface SweepInput {
  /** Epoch milliseconds, not ahead: tokens that ended before it go, and events that were written before it. */
  readonly olderThan: number
}

/** A page of a plan's audit log. */
export interface EventsInput {
  readonly actor: string | Actor
  readonly planId: string
  readonly tokenId?: string
  /** Default `oldest`. */
  readonly order?: 'oldest' | 'newest'
  /** 1 to 500, default 50. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly after?: string
}
