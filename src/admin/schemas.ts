/**
 * The shapes of the management API over HTTP, as zod schemas: what is taken and what is given. The same schemas judge the
 * requests (admin/read.ts) and make the OpenAPI document (admin/openapi.ts). What the fields mean is judged by the engine.
 */
import { z } from 'zod'
import type { ScopeView, TypeView } from '../core/policy.ts'
import type { Limits } from '../core/policy-data.ts'
import type { ResourceRef } from '../core/resources.ts'
import type { Token, TokenEvent } from '../core/token.ts'
import type { PlacedReport } from '../service/check-links.ts'

const at = () => z.int().describe('Epoch milliseconds.')
const limit = z.int().min(1).max(500).exactOptional().describe('Entries of a page. Default 50.')
const after = z.string().min(1).exactOptional().describe('The `next` of the page before.')
const surface = z.string().exactOptional().describe('Default: the first surface of `GET /policies`.')
const resources = z
  .union([z.literal('all'), z.array(z.string())])
  .describe('Every resource of the plan, or links to some of them.')
const name = z.string().describe('1 to 100 characters after trimming.')
const description = z.string().describe('Up to 1,000 characters.')

/** What a request may say in its query, by call. */
export const QUERIES = {
  list: z.strictObject({
    type: z.string().exactOptional(),
    status: z.enum(['active', 'expired', 'revoked']).exactOptional(),
    search: z.string().exactOptional().describe('Part of a name or a description, or a whole id.'),
    order: z.enum(['newest', 'expiry']).exactOptional().describe('Default `newest`.'),
    limit,
    after,
  }),
  events: z.strictObject({
    tokenId: z.string().exactOptional(),
    order: z.enum(['oldest', 'newest']).exactOptional().describe('Default `oldest`.'),
    limit,
    after,
  }),
}

const question = { id: z.string(), body: z.unknown().optional(), surface }

/** What a request may say in its body, by call. */
export const BODIES = {
  empty: z.strictObject({}),
  links: z.strictObject({
    text: z.string().describe('What a person pasted.'),
    surface,
    planId: z.string().exactOptional().describe('Where the resources have to lie.'),
  }),
  create: z.strictObject({
    type: z.string(),
    name,
    description: description.exactOptional(),
    lifetimeDays: z.number().describe('Whole days of 24 hours.'),
    scopes: z.array(z.string()).describe('At least one; empty for a type whose scopes are fixed.'),
    resources,
  }),
  edit: z.strictObject({
    name: name.exactOptional(),
    description: description.nullable().exactOptional().describe('`null` empties it.'),
    scopes: z.array(z.string()).exactOptional(),
    resources: resources.exactOptional(),
  }),
  refresh: z.strictObject({
    retirePrevious: z
      .enum(['after24h', 'now'])
      .exactOptional()
      .describe('`after24h` (default): the newest secret works 24 hours more. `now`: every earlier one ends at once.'),
  }),
  explainUrl: z.strictObject({ ...question, method: z.string(), url: z.string().describe('A path with its query.') }),
  explainRoute: z.strictObject({
    ...question,
    route: z.string().describe('A route of the policy, such as `GET /v1/files/{file_key}`.'),
    params: z.record(z.string(), z.string()).exactOptional(),
    query: z.string().exactOptional(),
  }),
}

const resource: z.ZodType<ResourceRef> = z.strictObject({ kind: z.string(), id: z.string() })

const secret = z.strictObject({
  issuedAt: at(),
  worksUntil: z.int().nullable().describe('`null` for the newest: it works as long as the token.'),
  lastUsedAt: z.int().nullable().exactOptional(),
})

const token: z.ZodType<Token> = z.strictObject({
  id: z.string(),
  planId: z.string(),
  type: z.string(),
  name: z.string(),
  description: z.string(),
  scopes: z.array(z.string()),
  resources: z.union([
    z.literal('all'),
    z.array(z.strictObject({ kind: z.string(), id: z.string(), link: z.string() })),
  ]),
  status: z.enum(['active', 'expired', 'revoked']),
  createdAt: at(),
  createdBy: z.string(),
  lifetimeDays: z.int(),
  expiresAt: at(),
  revokedAt: z.int().nullable(),
  revokedBy: z.string().nullable(),
  version: z.int().describe('The `ETag`, without its quotation marks.'),
  secrets: z.array(secret).describe('Oldest first. Never the secrets themselves.'),
  warnings: z.array(z.strictObject({ code: z.literal('scope_deprecated'), scope: z.string() })),
  lastUsedAt: z.int().nullable().exactOptional().describe('`null` if never; absent where the store keeps no uses.'),
})

const event: z.ZodType<TokenEvent> = z.strictObject({
  id: z.string(),
  seq: z.int(),
  at: at(),
  type: z.enum(['created', 'edited', 'refreshed', 'revoked', 'secret_revoked']),
  tokenId: z.string(),
  planId: z.string(),
  actor: z.string().nullable().describe('`null` where a secret was reported by its holder.'),
  version: z.int(),
  changes: z.record(z.string(), z.strictObject({ before: z.unknown(), after: z.unknown() })).exactOptional(),
})

const limits: z.ZodType<Required<Limits>> = z.strictObject({
  lifetimeDays: z.number(),
  graceHours: z.number(),
  liveSecrets: z.number(),
  links: z.number(),
  resources: z.number(),
  bodyBytes: z.number(),
})

const scope: z.ZodType<ScopeView> = z.strictObject({
  name: z.string(),
  types: z.array(z.string()),
  title: z.string().exactOptional(),
  group: z.string().exactOptional(),
  deprecated: z.string().exactOptional(),
})

const type: z.ZodType<TypeView> = z.strictObject({
  name: z.string(),
  title: z.string().exactOptional(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  fixed: z.array(z.string()),
  secretPattern: z.string(),
})

const foundLink = z.strictObject({
  kind: z.string(),
  id: z.string(),
  link: z.string(),
  planId: z.string().exactOptional(),
})

const linkReport: z.ZodType<PlacedReport> = z.strictObject({
  resources: z
    .array(foundLink.extend({ name: z.string().exactOptional().describe('What the directory calls it.') }))
    .describe('Each once. With a plan: those that lie in it.'),
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
  unplaced: z
    .array(foundLink)
    .exactOptional()
    .describe('With a plan: links of which nobody has asked where they lie, since they are too many.'),
})

const decision = z.union([
  z.strictObject({
    allowed: z.literal(true),
    token,
    endpoint: z.strictObject({ route: z.string(), method: z.string(), path: z.string() }),
    params: z.record(z.string(), z.string()),
    resources: z.array(resource),
    secret: z.strictObject({ worksUntil: z.int().nullable() }),
  }),
  z.strictObject({
    allowed: z.literal(false),
    code: z.string(),
    status: z.int(),
    message: z.string(),
    scopes: z.array(z.string()).exactOptional(),
  }),
])

const verdict = z.strictObject({
  rule: z.string(),
  ok: z.boolean(),
  code: z.string().exactOptional(),
  reason: z.string(),
})

/** What is given, by the name that it has in the OpenAPI document. */
export const ANSWERS = {
  Token: token,
  TokenPage: z.strictObject({ tokens: z.array(token), next: z.string().exactOptional() }),
  Issued: z.strictObject({ token, secret: z.string().describe('The secret, shown this once.') }),
  Event: event,
  EventPage: z.strictObject({ events: z.array(event), next: z.string().exactOptional() }),
  RefreshPreview: z.strictObject({ expiresAt: at(), previousWorksUntil: at() }),
  Policies: z.strictObject({
    policies: z.array(z.strictObject({ surface: z.string(), scopes: z.array(scope), types: z.array(type), limits })),
  }),
  LinkReport: linkReport,
  Explanation: z.strictObject({ decision, rules: z.array(verdict) }),
  Introspection: z
    .strictObject({
      active: z.boolean(),
      scope: z.string().exactOptional(),
      token_type: z.literal('Bearer').exactOptional(),
      exp: z.int().exactOptional().describe('Seconds.'),
      iat: z.int().exactOptional().describe('Seconds.'),
      sub: z.string().exactOptional().describe("The plan's id."),
      jti: z.string().exactOptional().describe("The token's id."),
      plan_id: z.string().exactOptional(),
      plan_token_type: z.string().exactOptional(),
      resources: z.union([z.literal('all'), z.array(resource)]).exactOptional(),
    })
    .describe('RFC 7662, section 2.2; of what does not work only `active`.'),
  Revocation: z
    .strictObject({ revoked: z.boolean().describe('`false`: the text holds no secret that is known here.') })
    .describe('RFC 7009, section 2.2, whose clients need not read it.'),
  Problem: z
    .strictObject({
      type: z.string().describe('`urn:plan-access-tokens:error:` and the code.'),
      title: z.string(),
      status: z.int(),
      detail: z.string().exactOptional(),
      code: z.string(),
      issues: z.array(z.strictObject({ path: z.string(), message: z.string() })),
      error: z.string().exactOptional().describe('RFC 6749, section 5.2; only of introspection and revocation.'),
    })
    .describe('RFC 9457.'),
}

/** The name of an answer's schema. */
export type AnswerName = keyof typeof ANSWERS
