/** Tokens, events, receipts and rules of plans as the management API answers them. The other answers: admin/answers.ts. */
import * as z from 'zod/mini'
import type { TokenEvent } from '../core/event.ts'
import type { PlanRules } from '../core/plan-rules.ts'
import type { ResourceRef } from '../core/resources.ts'
import type { StepUp } from '../core/step-up.ts'
import type { Token } from '../core/token-view.ts'
import type { Proposal, TokenRequest } from '../core/waiting.ts'
import type { Receipt } from '../service/receipt.ts'
import { told } from './told.ts'

/** A field that may be absent, and is never `undefined`: JSON has no such thing. */
export const maybe = z.exactOptional
/** A moment: whole epoch milliseconds. A new schema each time, since each has its own place in the document. */
export const at = () => told(z.int(), 'Epoch milliseconds.')

/** A resource by its kind and its id. */
export const resource: z.ZodMiniType<ResourceRef> = z.strictObject({ kind: z.string(), id: z.string() })

const secret = z.strictObject({
  issuedAt: at(),
  worksUntil: told(z.nullable(z.int()), '`null` for the newest: it works as long as the token.'),
  lastUsedAt: maybe(z.nullable(z.int())),
  leakedAt: told(maybe(z.int()), 'Epoch milliseconds: when it was first reported as leaked, if it went on working.'),
})

const linked = z.array(z.strictObject({ kind: z.string(), id: z.string(), link: z.string() }))

const selfRenewal = z.strictObject({
  until: told(z.int(), 'Epoch milliseconds: from then on it may not, and no renewal lets it live longer.'),
  chosen: told(maybe(z.literal(true)), 'An admin has chosen that moment; otherwise whatever an admin does moves it.'),
})

const request: z.ZodMiniType<TokenRequest> = z.strictObject({
  by: told(z.string(), 'Who asked, and who may collect the secret.'),
  at: at(),
  expiresAt: told(maybe(z.int()), 'The end that was chosen instead of days, epoch milliseconds.'),
  approvedBy: told(maybe(z.string()), 'Absent while nobody has approved it as it is now.'),
  approvedAt: maybe(z.int()),
})

const proposal: z.ZodMiniType<Proposal> = z.strictObject({
  by: told(z.string(), 'Who asked for it.'),
  at: at(),
  version: told(z.int(), 'The version of the token that it was made from.'),
  changes: told(
    z.strictObject({
      name: maybe(z.string()),
      description: maybe(z.string()),
      scopes: maybe(z.array(z.string())),
      resources: maybe(z.union([z.literal('all'), linked])),
      addresses: maybe(z.nullable(z.array(z.string()))),
      contact: maybe(z.nullable(z.string())),
      metadata: maybe(z.nullable(z.record(z.string(), z.nullable(z.string())))),
      selfRenewal: maybe(z.nullable(selfRenewal)),
    }),
    'The fields that it changes; `null` takes away.',
  ),
})

/**
 * A token as `get`, `list` and every change of one answer it: dates in epoch milliseconds, lifetimes in days, and never a secret.
 */
export const token: z.ZodMiniType<Token> = z.strictObject({
  id: z.string(),
  planId: z.string(),
  type: z.string(),
  name: z.string(),
  description: z.string(),
  scopes: told(z.array(z.string()), 'Those that count by the policy of today.'),
  resources: z.union([z.literal('all'), linked]),
  status: told(z.enum(['active', 'pending', 'expired', 'revoked']), '`pending`: asked for, and without a secret.'),
  createdAt: at(),
  createdBy: z.string(),
  lifetimeDays: z.int(),
  expiresAt: at(),
  revokedAt: z.nullable(z.int()),
  revokedBy: z.nullable(z.string()),
  version: told(z.int(), 'The `ETag`, without its quotation marks.'),
  secrets: told(z.array(secret), 'Oldest first. Never the secrets themselves.'),
  legacy: told(z.boolean(), 'Whether the newest secret is a key from before, which was adopted.'),
  metadata: told(maybe(z.record(z.string(), z.string())), "Words of the plan's own; absent where there are none."),
  addresses: told(
    maybe(z.array(z.string())),
    'The addresses and networks that it may be used from; absent where that is anywhere.',
  ),
  selfRenewal: told(maybe(selfRenewal), 'It may renew itself; absent of every other.'),
  contact: told(maybe(z.string()), 'Whom to ask; absent where nobody was named.'),
  canary: told(
    maybe(z.literal(true)),
    'A canary: nothing is let through with it, and its use is told. Absent of every other.',
  ),
  request: told(maybe(request), 'Of a token that was asked for; absent once its secret was collected.'),
  proposal: told(maybe(proposal), 'An edit that waits for another admin; absent where none does.'),
  warnings: told(
    z.array(
      z.union([
        z.strictObject({
          code: z.enum(['scope_deprecated', 'scope_unknown', 'scope_not_grantable']),
          scope: z.string(),
        }),
        told(
          z.strictObject({ code: z.enum(['lifetime_exceeded', 'token_idle']) }),
          'It has outlived a rule of its plan, and is refused until it is refreshed.',
        ),
        z.strictObject({
          code: z.literal('lifetime_shortened'),
          lifetimeDays: told(z.int(), 'What a refresh gives, at most.'),
        }),
      ]),
    ),
    'A scope that is unknown or not grantable does not count.',
  ),
  lastUsedAt: told(maybe(z.nullable(z.int())), '`null` if never; absent where the store keeps no uses.'),
})

/** A receipt of a revocation: since when, in epoch milliseconds, no process can have accepted the token. */
export const receipt: z.ZodMiniType<Receipt> = z.strictObject({
  tokenId: z.string(),
  planId: z.string(),
  seq: told(z.nullable(z.int()), 'The event that ended it; `null` where the log does not go back to it any more.'),
  chain: told(maybe(z.string()), 'The link of that event in the chain over the log.'),
  revokedAt: at(),
  boundMs: told(z.int(), 'For how long processes may answer from memory, in milliseconds; as long was waited.'),
  notAcceptedSince: told(
    z.int(),
    'Epoch milliseconds: since when, at the latest, no process of the deployment can have accepted it.',
  ),
})

/** An event of the log. `seq` counts within its plan; what is `before` and `after` of a change are values of the token. */
export const event: z.ZodMiniType<TokenEvent> = z.strictObject({
  v: told(z.literal(1), 'The format.'),
  id: z.string(),
  seq: z.int(),
  at: at(),
  type: z.enum([
    ...(['created', 'adopted', 'edited', 'refreshed', 'revoked', 'secret_revoked', 'moving', 'moved'] as const),
    ...(['leak_reported', 'canary_used', 'self_refreshed', 'superseded_secret_used'] as const),
    ...(['requested', 'edit_requested', 'approved', 'declined', 'collected'] as const),
  ]),
  tokenId: z.string(),
  planId: z.string(),
  actor: told(
    z.nullable(z.string()),
    '`null` where a secret was reported by its holder, and where a token renewed itself.',
  ),
  version: z.int(),
  changes: maybe(z.record(z.string(), z.strictObject({ before: z.unknown(), after: z.unknown() }))),
  reason: told(maybe(z.string()), 'Why, in the words of whoever did it; absent where nothing was said.'),
  source: told(maybe(z.string()), 'For a secret that was reported: the program that reported it.'),
  url: told(maybe(z.string()), 'For a secret that was reported: where it was found.'),
  address: told(maybe(z.string()), 'The IP address that the actor called from; absent where it is not known.'),
  session: told(maybe(z.string()), "By what the host's logs know the session of the actor."),
})

const stepUp: z.ZodMiniType<StepUp> = z.strictObject({
  acr: told(maybe(z.array(z.string())), 'Those that are strong enough, the preferred one first.'),
  maxAgeSeconds: told(maybe(z.int()), 'At most so many seconds ago.'),
})

/**
 * The rules that the organization of a plan has set for its tokens, in days and seconds; a rule that is absent allows everything.
 */
export const planRules: z.ZodMiniType<PlanRules> = z.strictObject({
  maxLifetimeDays: maybe(z.int()),
  scopes: told(maybe(z.array(z.string())), 'Those that a token may be given.'),
  allResources: told(maybe(z.boolean()), '`false`: a token must name its resources.'),
  addresses: told(maybe(z.literal('required')), 'A token must be kept to some addresses.'),
  idleDays: told(maybe(z.int()), 'After so many days without a use a token is refused until it is refreshed.'),
  stepUp: told(
    maybe(
      z.strictObject({
        create: maybe(stepUp),
        edit: maybe(stepUp),
        refresh: maybe(stepUp),
        revoke: maybe(stepUp),
        approve: maybe(stepUp),
      }),
    ),
    'How strong the session must be for a change, by what is changed.',
  ),
  approvals: told(maybe(z.literal('required')), 'Another admin approves each new token and each edit that widens one.'),
})
