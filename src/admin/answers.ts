/** What the management API answers, for its OpenAPI document. What is taken: admin/schemas.ts. */
import * as z from 'zod/mini'
import type { ScopeView, TypeView } from '../core/policy.ts'
import type { Limits } from '../core/policy-data.ts'
import type { PlacedReport } from '../service/check-links.ts'
import { at, event, maybe, planRules, receipt, resource, token } from './token-answers.ts'
import { told } from './told.ts'
import { days, since, tokenAdvice, tokenUsage } from './usage-answers.ts'

const limits: z.ZodMiniType<Required<Limits>> = z.strictObject({
  lifetimeDays: z.number(),
  graceHours: z.number(),
  liveSecrets: z.number(),
  links: z.number(),
  resources: z.number(),
  bodyBytes: z.number(),
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

/** Numbers and names of the policy, by the names of the holes in a message. */
const params = z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())]))
const PARAMS = 'With `code`: what stands in the message besides its words.'

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
      params: told(maybe(params), PARAMS),
    }),
  ),
  unplaced: told(
    maybe(z.array(foundLink)),
    'With a plan: links of which nobody has asked where they lie, since they are too many or there is no directory.',
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
  reasons: told(
    z.array(z.strictObject({ code: z.string(), message: z.string(), params: told(maybe(params), PARAMS) })),
    'The reason sentence by sentence, for programs that say it in other words.',
  ),
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
          code: told(maybe(z.string()), 'What is wrong, for programs; grows, and not every issue has one.'),
          params: told(maybe(params), PARAMS),
        }),
      ),
      error: told(maybe(z.string()), 'RFC 6749, section 5.2; only of introspection and revocation.'),
    }),
    'RFC 9457.',
  ),
}

/** The name of an answer's schema. */
export type AnswerName = keyof typeof ANSWERS
