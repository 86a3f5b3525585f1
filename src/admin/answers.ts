/** What the management API answers, for its OpenAPI document. What is taken: admin/schemas.ts. */
import * as z from 'zod/mini'
import type { PlanRules } from '../core/plan-rules.ts'
import type { ScopeView, TypeView } from '../core/policy.ts'
import type { Limits } from '../core/policy-data.ts'
import type { ResourceRef } from '../core/resources.ts'
import type { StepUp } from '../core/step-up.ts'
import type { Token, TokenEvent } from '../core/token.ts'
import { type TokenAdvice, type TokenUsage, WITHHELD_CODES } from '../core/usage.ts'
import type { Proposal, TokenRequest } from '../core/waiting.ts'
import type { PlacedReport } from '../service/check-links.ts'
import type { Receipt } from '../service/receipt.ts'
import { told } from './told.ts'

const maybe = z.exactOptional
const at = () => told(z.int(), 'Epoch milliseconds.')

const resource: z.ZodMiniType<ResourceRef> = z.strictObject({ kind: z.string(), id: z.string() })

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

const token: z.ZodMiniType<Token> = z.strictObject({
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

const receipt: z.ZodMiniType<Receipt> = z.strictObject({
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

const event: z.ZodMiniType<TokenEvent> = z.strictObject({
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

const limits: z.ZodMiniType<Required<Limits>> = z.strictObject({
  lifetimeDays: z.number(),
  graceHours: z.number(),
  liveSecrets: z.number(),
  links: z.number(),
  resources: z.number(),
  bodyBytes: z.number(),
})

const stepUp: z.ZodMiniType<StepUp> = z.strictObject({
  acr: told(maybe(z.array(z.string())), 'Those that are strong enough, the preferred one first.'),
  maxAgeSeconds: told(maybe(z.int()), 'At most so many seconds ago.'),
})

const planRules: z.ZodMiniType<PlanRules> = z.strictObject({
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

const scope: z.ZodMiniType<ScopeView> = z.strictObject({
  name: z.string(),
  types: z.array(z.string()),
  title: maybe(z.string()),
  group: maybe(z.string()),
  deprecated: maybe(z.string()),
  aliases: told(maybe(z.array(z.string())), 'Its earlier names.'),
})

const type: z.ZodMiniType<TypeView> = z.strictObject({
  name: z.string(),
  title: maybe(z.string()),
  prefix: z.string(),
  scopes: z.array(z.string()),
  fixed: z.array(z.string()),
  secretPattern: z.string(),
  addresses: told(maybe(z.literal('required')), 'Its tokens need a list of addresses.'),
  selfRenewal: told(
    maybe(z.strictObject({ afterPart: z.number(), longestDays: maybe(z.int()) })),
    'Its tokens may be made such that they renew themselves, after that part of their life.',
  ),
})

const foundLink = z.strictObject({
  kind: z.string(),
  id: z.string(),
  link: z.string(),
  planId: maybe(z.string()),
})

const linkReport: z.ZodMiniType<PlacedReport> = z.strictObject({
  resources: told(
    z.array(z.extend(foundLink, { name: told(maybe(z.string()), 'What the directory calls it.') })),
    'Each once. With a plan: those that lie in it.',
  ),
  mistakes: z.array(
    z.strictObject({
      link: z.string(),
      start: z.int(),
      end: z.int(),
      code: z.enum([
        ...['link_malformed', 'link_not_https', 'link_wrong_host', 'link_unknown_shape', 'link_bad_id'],
        'resource_not_in_plan',
      ] as const),
      message: z.string(),
    }),
  ),
  unplaced: told(
    maybe(z.array(foundLink)),
    'With a plan: links of which nobody has asked where they lie, since they are too many or there is no directory.',
  ),
})

const ofDay = () => told(z.string(), 'A day of UTC, such as `2027-01-31`.')
const since = told(
  z.nullable(z.string()),
  'The first day from which on every use is known; `null` if there is none yet.',
)
const days = told(
  z.array(z.strictObject({ day: ofDay(), allowed: z.int(), refused: z.int() })),
  'The last 90 days, the oldest first, those without a request too.',
)
const alternatives = z.array(z.union([z.string(), z.array(z.string())]))
const refusedRoutes: z.ZodMiniType<TokenUsage['refused']> = z.array(
  z.strictObject({ route: z.string(), code: z.string(), lastRefusedOn: ofDay(), requests: z.int() }),
) as unknown as z.ZodMiniType<TokenUsage['refused']>

const tokenUsage: z.ZodMiniType<TokenUsage> = z.strictObject({
  tokenId: z.string(),
  complete: told(z.boolean(), 'Whether all of its uses since it was made are known.'),
  since,
  routes: z.array(
    z.strictObject({
      route: z.string(),
      lastUsedOn: ofDay(),
      requests: z.int(),
      scopes: told(alternatives, "What of the token's scopes opens the route today; of a list all together."),
    }),
  ),
  resources: told(
    z.array(
      z.strictObject({
        kind: z.string(),
        id: z.string(),
        route: told(z.string(), 'The one that it was used at last.'),
        lastUsedOn: ofDay(),
        requests: z.int(),
        listed: told(z.boolean(), "Whether it is on the token's list today."),
      }),
    ),
    'Entries of the list by which requests were let through.',
  ),
  refused: refusedRoutes,
  days,
})

const tokenAdvice: z.ZodMiniType<TokenAdvice> = z.strictObject({
  tokenId: z.string(),
  window: z.int(),
  from: ofDay(),
  since,
  unused: told(z.boolean(), 'Whether it was not used in all of the window; `false` as long as that is not known.'),
  scopes: told(z.array(z.string()), 'Those that the edit would take away.'),
  resources: told(z.array(resource), 'Those of the list that were not used.'),
  refused: told(refusedRoutes, 'Again and again.'),
  edit: told(
    maybe(
      z.strictObject({
        scopes: maybe(z.array(z.string())),
        resources: told(maybe(z.array(z.string())), 'Links of what stays.'),
        version: told(z.int(), 'The one that was looked at, for `If-Match`.'),
      }),
    ),
    'What to send to `PATCH /tokens/{id}`; absent where nothing can be narrowed, or where that is not known.',
  ),
  proof: told(
    z.array(z.strictObject({ route: z.string(), resource: maybe(resource), allowed: z.literal(true) })),
    'Everything that was used in the window, and stays allowed after the edit.',
  ),
  withheld: told(
    z.array(
      z.strictObject({
        code: z.enum(WITHHELD_CODES),
        field: maybe(z.enum(['scopes', 'resources'])),
        message: z.string(),
      }),
    ),
    'Why there is no edit, or less of one.',
  ),
})

const decision = z.union([
  z.strictObject({
    allowed: z.literal(true),
    token,
    endpoint: z.strictObject({ route: z.string(), method: z.string(), path: z.string() }),
    params: z.record(z.string(), z.string()),
    resources: z.array(resource),
    secret: z.strictObject({ worksUntil: z.nullable(z.int()) }),
  }),
  z.strictObject({
    allowed: z.literal(false),
    code: z.string(),
    status: z.int(),
    message: z.string(),
    scopes: told(
      maybe(z.array(z.union([z.string(), z.array(z.string())]))),
      'Any one of them is enough; a list inside of it means all of its scopes together.',
    ),
  }),
])

const verdict = z.strictObject({
  rule: z.string(),
  ok: z.boolean(),
  code: maybe(z.string()),
  reason: z.string(),
})

/** What is given, by the name that it has in the OpenAPI document. */
export const ANSWERS = {
  Token: token,
  Revoked: told(
    z.union([token, z.strictObject({ token, receipt })]),
    'The token; with `receipt: true` the token and the receipt of its end.',
  ),
  Receipt: receipt,
  TokenPage: z.strictObject({ tokens: z.array(token), next: maybe(z.string()) }),
  Issued: z.strictObject({ token, secret: told(z.string(), 'The secret, shown this once.') }),
  Requested: z.strictObject({ token }),
  Event: event,
  EventPage: z.strictObject({ events: z.array(event), next: maybe(z.string()) }),
  RefreshPreview: z.strictObject({ expiresAt: at(), previousWorksUntil: at() }),
  PlanRules: planRules,
  TokenUsage: tokenUsage,
  TokenAdvice: tokenAdvice,
  PlanUsage: z.strictObject({ planId: z.string(), since, days }),
  RevokePreview: z.strictObject({
    count: told(z.int(), 'How many tokens would end.'),
    tokens: told(z.array(token), 'The first of them, the newest first.'),
    stamp: told(z.string(), 'For the call that ends them.'),
  }),
  RevokedTokens: z.strictObject({
    revoked: told(z.array(z.string()), 'Ended by this call.'),
    ended: told(z.array(z.string()), 'Had ended before: revoked, expired or removed.'),
    changed: told(z.array(z.string()), 'Left alone, since they fit no more.'),
    failed: told(z.array(z.strictObject({ id: z.string(), code: z.string() })), 'Not ended; they may work still.'),
    next: told(maybe(z.string()), 'The `after` of the next call; absent when all were looked at.'),
  }),
  Policies: z.strictObject({
    policies: z.array(z.strictObject({ surface: z.string(), scopes: z.array(scope), types: z.array(type), limits })),
  }),
  LinkReport: linkReport,
  Explanation: z.strictObject({ decision, rules: z.array(verdict) }),
  Introspection: told(
    z.strictObject({
      active: z.boolean(),
      scope: maybe(z.string()),
      token_type: maybe(z.literal('Bearer')),
      exp: told(maybe(z.int()), 'Seconds.'),
      iat: told(maybe(z.int()), 'Seconds.'),
      sub: told(maybe(z.string()), "The plan's id."),
      jti: told(maybe(z.string()), "The token's id."),
      plan_id: maybe(z.string()),
      plan_token_type: maybe(z.string()),
      resources: maybe(z.union([z.literal('all'), z.array(resource)])),
      addresses: told(maybe(z.array(z.string())), 'From elsewhere it must not be taken. Absent: from anywhere.'),
    }),
    'RFC 7662, section 2.2; of what does not work only `active`.',
  ),
  Revocation: told(
    z.strictObject({ revoked: told(z.boolean(), '`false`: the text holds no secret that is known here.') }),
    'RFC 7009, section 2.2, whose clients need not read it.',
  ),
  Problem: told(
    z.strictObject({
      type: told(z.string(), '`urn:plan-access-tokens:error:` and the code.'),
      title: z.string(),
      status: z.int(),
      detail: maybe(z.string()),
      code: z.string(),
      acr_values: told(maybe(z.string()), 'RFC 9470, section 3; only of `insufficient_user_authentication`.'),
      max_age: told(maybe(z.int()), 'Seconds; as `acr_values`.'),
      issues: z.array(
        z.strictObject({
          path: z.string(),
          at: told(z.array(z.union([z.string(), z.int()])), 'The same place as keys.'),
          message: z.string(),
        }),
      ),
      error: told(maybe(z.string()), 'RFC 6749, section 5.2; only of introspection and revocation.'),
    }),
    'RFC 9457.',
  ),
}

/** The name of an answer's schema. */
export type AnswerName = keyof typeof ANSWERS
