/**
 * The routes of the management API: one table of paths, shapes and calls. The handler goes by it (admin/handler.ts) and the
 * OpenAPI document is written from it (admin/openapi.ts). Who asks was found out before; rights are the engine's question.
 */
import type * as z from 'zod/mini'
import type { Actor } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import type { Policy } from '../core/policy.ts'
import type { Token } from '../core/token.ts'
import { linksIn, surfaceIssue } from '../service/check-links.ts'
import type { PlanTokens } from '../service/create-plan-tokens.ts'
import type { Explanation } from '../service/explain.ts'
import type { CreateInput } from '../service/input.ts'
import type { Issued, Requested } from '../service/issue.ts'
import type { AnswerName } from './answers.ts'
import type { SurfaceView } from './client.ts'
import { exported } from './export.ts'
import { EXPORT_TYPES } from './export-types.ts'
import { type AdminCode, Problem } from './problem.ts'
import { BODIES, QUERIES } from './schemas.ts'

/** The engine as far as the management API needs it; whatever its policies are. */
export type AdminEngine = Pick<
  PlanTokens<Policy, Issued | Requested>,
  | 'policies'
  | 'legacy'
  | 'create'
  | 'get'
  | 'list'
  | 'rules'
  | 'edit'
  | 'approve'
  | 'decline'
  | 'collect'
  | 'previewRefresh'
  | 'refresh'
  | 'revoke'
  | 'previewRevoke'
  | 'revokeMany'
  | 'revokeSecret'
  | 'events'
  | 'checkLinks'
  | 'explain'
  | 'inspect'
  | 'usage'
  | 'advice'
  | 'planUsage'
  | 'unused'
>

/** What a request asks, read. */
export interface AdminRequest<Query = unknown, Body = unknown> {
  readonly actor: Actor
  /** The parameter of the path, `planId` or `id`. */
  readonly param: string
  readonly query: Query
  readonly body: Body
  readonly idempotencyKey?: string
  readonly version?: number
}

/** What the engine answered. */
export interface Answer {
  readonly body: unknown
  /** Default: the route's. */
  readonly status?: 202
  /** The version of the token that is answered, for its `ETag`. */
  readonly version?: number
  readonly headers?: Readonly<Record<string, string>>
  /** In place of a body of JSON. */
  readonly text?: string
}

/** One route. */
export interface Route {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly summary: string
  readonly query?: z.core.$ZodType
  /** One schema, or two of which the second is for bodies with a `route`. */
  readonly body?: readonly [z.core.$ZodType, z.core.$ZodType?]
  /** Content types besides `application/json`. */
  readonly types?: readonly string[]
  readonly takes?: 'Idempotency-Key' | 'If-Match'
  readonly status?: 201
  readonly answer?: AnswerName
  /** The content types of an answer that is no JSON, and what its headers say. */
  readonly texts?: { readonly types: readonly string[]; readonly headers: Readonly<Record<string, string>> }
  /** What it answers with 202, where another admin has to approve it. */
  readonly waiting?: AnswerName
  readonly hasETag?: true
  /** Codes of the engine that it can answer with. */
  readonly codes: readonly AdminCode[]
  call(engine: AdminEngine, asked: AdminRequest): Answer | Promise<Answer>
}

/** A route whose call knows the types of its shapes. */
function route<
  Query extends z.core.$ZodType,
  Body extends z.core.$ZodType,
  Other extends z.core.$ZodType = z.core.$ZodNever,
>(
  spec: Omit<Route, 'query' | 'body' | 'call'> & {
    readonly query?: Query
    readonly body?: readonly [Body, Other?]
    call(
      engine: AdminEngine,
      asked: AdminRequest<z.core.output<Query>, z.core.output<Body> | z.core.output<Other>>,
    ): Answer | Promise<Answer>
  },
): Route {
  return spec as unknown as Route
}

/** The policies as a page is told of them. */
export const surfacesOf = (policies: AdminEngine['policies']): readonly SurfaceView[] =>
  policies.map(({ surface, scopes, types, limits }) => ({ surface, scopes, types, limits }))

const ofToken = (token: Token): Answer => ({ body: token, version: token.version })
const ofIssued = ({ token, secret }: Issued): Answer => ({
  body: { token, secret: secret.reveal() },
  version: token.version,
})

const READ: readonly AdminCode[] = ['invalid_input', 'token_not_found', 'unavailable']
const STEP_UP: readonly AdminCode[] = ['insufficient_user_authentication']
const WRITE: readonly AdminCode[] = [...READ, ...STEP_UP, 'token_not_active', 'plan_not_eligible', 'version_conflict']
const KEY: readonly AdminCode[] = ['idempotency_key_reused', 'idempotency_key_spent']

/** Every route that asks for an actor, but for that of the document itself. */
export const ROUTES: readonly Route[] = [
  route({
    id: 'getPolicies',
    method: 'GET',
    path: '/policies',
    summary: 'The surfaces, each with its scopes, token types and limits.',
    answer: 'Policies',
    codes: [],
    call: ({ policies }) => ({
      body: { policies: surfacesOf(policies) },
    }),
  }),
  route({
    id: 'parseLinks',
    method: 'POST',
    path: '/links',
    summary:
      'What a text holds of links: every resource and every mistake with its place; with a plan, also what lies elsewhere.',
    body: [BODIES.links],
    answer: 'LinkReport',
    codes: ['invalid_input', 'not_plan_admin', 'unavailable'],
    call: async (engine, { actor, body: { planId, ...asked } }) => {
      if (planId !== undefined) return { body: await engine.checkLinks({ actor, planId, ...asked }) }
      const { text, surface } = asked
      checkSurface(engine.policies, surface)
      const policy = engine.policies.find((one) => surface === undefined || one.surface === surface) as Policy
      return { body: linksIn(policy, text) }
    },
  }),
  route({
    id: 'listTokens',
    method: 'GET',
    path: '/plans/{planId}/tokens',
    summary: "A page of a plan's tokens, expired and revoked ones too.",
    query: QUERIES.list,
    answer: 'TokenPage',
    codes: ['invalid_input', 'not_plan_admin', 'unavailable'],
    call: async (engine, { actor, param, query }) => ({ body: await engine.list({ actor, planId: param, ...query }) }),
  }),
  route({
    id: 'createToken',
    method: 'POST',
    path: '/plans/{planId}/tokens',
    summary:
      'Issues a token. Its secret is in the answer, this once; with 202 there is none, and another admin has to approve it.',
    body: [BODIES.create],
    takes: 'Idempotency-Key',
    status: 201,
    answer: 'Issued',
    waiting: 'Requested',
    hasETag: true,
    codes: [
      'invalid_input',
      'not_plan_admin',
      'plan_not_eligible',
      'version_conflict',
      'token_not_active',
      ...STEP_UP,
      'approval_required',
      'unavailable',
      ...KEY,
    ],
    call: async (engine, { actor, param, body, idempotencyKey }) => {
      const key = idempotencyKey === undefined ? {} : { idempotencyKey }
      const { token, secret } = await engine.create({ actor, planId: param, ...body, ...key } as unknown as CreateInput)
      // Relative, since the host may have taken off a part of the path.
      const headers = { Location: `../../tokens/${token.id}` }
      if (secret) return { ...ofIssued({ token, secret }), headers }
      return { body: { token }, status: 202, version: token.version, headers }
    },
  }),
  route({
    id: 'previewRevoke',
    method: 'GET',
    path: '/plans/{planId}/tokens/revoke',
    summary: 'Which tokens would be ended: how many, the first of them, and a stamp for the call that ends them.',
    query: QUERIES.previewRevoke,
    answer: 'RevokePreview',
    codes: ['invalid_input', 'not_plan_admin', 'unavailable'],
    call: async (engine, { actor, param, query: { limit, ...filter } }) => ({
      body: await engine.previewRevoke({ actor, planId: param, filter, ...(limit !== undefined && { limit }) }),
    }),
  }),
  route({
    id: 'revokeTokens',
    method: 'POST',
    path: '/plans/{planId}/tokens/revoke',
    summary: 'Ends tokens that were previewed and still fit, and no others, up to a limit; the rest with `next`.',
    body: [BODIES.revokeMany],
    answer: 'RevokedTokens',
    codes: ['invalid_input', 'not_plan_admin', ...STEP_UP, 'preview_outdated', 'unavailable'],
    call: async (engine, { actor, param, body }) => ({
      body: await engine.revokeMany({ actor, planId: param, ...body }),
    }),
  }),
  route({
    id: 'listEvents',
    method: 'GET',
    path: '/plans/{planId}/events',
    summary: "A page of a plan's audit log.",
    query: QUERIES.events,
    answer: 'EventPage',
    codes: ['invalid_input', 'not_plan_admin', 'unavailable'],
    call: async (engine, { actor, param, query }) => ({
      body: await engine.events({ actor, planId: param, ...query }),
    }),
  }),
  route({
    id: 'exportEvents',
    method: 'GET',
    path: '/plans/{planId}/events/export',
    summary: "A part of a plan's audit log as CSV or NDJSON, oldest first; the next part stands in `Link`.",
    query: QUERIES.exportEvents,
    texts: {
      types: Object.values(EXPORT_TYPES),
      headers: {
        Link: 'The next part (`rel="next"`, RFC 8288); absent of the last, without which the export is not whole.',
      },
    },
    codes: ['invalid_input', 'not_plan_admin', 'unavailable'],
    call: (engine, { actor, param, query }) => exported(engine, { actor, planId: param, ...query }),
  }),
  route({
    id: 'getRules',
    method: 'GET',
    path: '/plans/{planId}/rules',
    summary: 'The rules of a plan for its tokens, narrower than the policies; none is an empty object.',
    answer: 'PlanRules',
    codes: ['invalid_input', 'not_plan_admin', 'unavailable'],
    call: async (engine, { actor, param }) => ({ body: await engine.rules({ actor, planId: param }) }),
  }),
  route({
    id: 'getPlanUsage',
    method: 'GET',
    path: '/plans/{planId}/usage',
    summary: 'How many requests there were by day with all tokens of a plan together.',
    answer: 'PlanUsage',
    codes: ['invalid_input', 'not_plan_admin', 'usage_not_gathered', 'unavailable'],
    call: async (engine, { actor, param }) => ({ body: await engine.planUsage({ actor, planId: param }) }),
  }),
  route({
    id: 'listUnusedTokens',
    method: 'GET',
    path: '/plans/{planId}/unused',
    summary: 'A page of the active tokens of a plan that were not used in a window of days, and are older than it.',
    query: QUERIES.unused,
    answer: 'TokenPage',
    codes: ['invalid_input', 'not_plan_admin', 'usage_not_gathered', 'unavailable'],
    call: async (engine, { actor, param, query }) => ({
      body: await engine.unused({ actor, planId: param, ...query }),
    }),
  }),
  route({
    id: 'getToken',
    method: 'GET',
    path: '/tokens/{id}',
    summary: 'One token.',
    answer: 'Token',
    hasETag: true,
    codes: READ,
    call: async (engine, { actor, param }) => ofToken(await engine.get({ actor, id: param })),
  }),
  route({
    id: 'editToken',
    method: 'PATCH',
    path: '/tokens/{id}',
    summary: 'Changes fields of a token (RFC 7396); lists are replaced.',
    body: [BODIES.edit],
    types: ['application/merge-patch+json'],
    takes: 'If-Match',
    answer: 'Token',
    hasETag: true,
    codes: [...WRITE, 'token_is_pending', 'not_requester', 'approval_required'],
    call: async (engine, { actor, param, body, version }) => {
      const { description, ...rest } = body
      const emptied = description === undefined ? {} : { description: description ?? '' }
      const input = { actor, id: param, ...rest, ...emptied, ...(version !== undefined && { version }) }
      return engine.edit(input).then(ofToken, unmatched(version))
    },
  }),
  route({
    id: 'approveToken',
    method: 'POST',
    path: '/tokens/{id}/approve',
    summary: 'Approves what another admin asked for: a pending token, or an edit that waits as its `proposal`.',
    takes: 'If-Match',
    answer: 'Token',
    hasETag: true,
    codes: [...WRITE, 'nothing_requested', 'own_request', 'plan_rules_broken', 'approval_required'],
    call: async (engine, { actor, param, version }) =>
      engine.approve({ actor, id: param, ...(version !== undefined && { version }) }).then(ofToken, unmatched(version)),
  }),
  route({
    id: 'declineToken',
    method: 'POST',
    path: '/tokens/{id}/decline',
    summary: 'Declines what another admin asked for: a pending token ends, an edit that waits is dropped.',
    body: [BODIES.decline],
    answer: 'Token',
    hasETag: true,
    codes: [
      ...[...READ, ...STEP_UP],
      ...(['token_not_active', 'version_conflict', 'nothing_requested', 'own_request', 'approval_required'] as const),
    ],
    call: async (engine, { actor, param, body }) => ofToken(await engine.decline({ actor, id: param, ...body })),
  }),
  route({
    id: 'collectToken',
    method: 'POST',
    path: '/tokens/{id}/collect',
    summary: 'Gives the secret of an approved token to whoever asked for it, in the answer this once.',
    takes: 'Idempotency-Key',
    answer: 'Issued',
    hasETag: true,
    codes: [
      ...[...WRITE, ...KEY],
      ...([
        'token_is_pending',
        'not_requester',
        'nothing_requested',
        'plan_rules_broken',
        'approval_required',
      ] as const),
    ],
    call: async (engine, { actor, param, idempotencyKey }) => {
      const key = idempotencyKey === undefined ? {} : { idempotencyKey }
      return ofIssued(await engine.collect({ actor, id: param, ...key }))
    },
  }),
  route({
    id: 'previewRefresh',
    method: 'GET',
    path: '/tokens/{id}/refresh',
    summary: 'The dates that a refresh would give now.',
    query: QUERIES.previewRefresh,
    answer: 'RefreshPreview',
    codes: [
      ...READ,
      'token_not_active',
      'token_is_pending',
      'token_is_canary',
      'plan_not_eligible',
      'plan_rules_broken',
    ],
    call: async (engine, { actor, param, query }) => ({
      body: await engine.previewRefresh({ actor, id: param, ...query }),
    }),
  }),
  route({
    id: 'refreshToken',
    method: 'POST',
    path: '/tokens/{id}/refresh',
    summary: 'Issues a new secret, in the answer this once, and starts the lifetime again.',
    body: [BODIES.refresh],
    takes: 'Idempotency-Key',
    answer: 'Issued',
    hasETag: true,
    codes: [...WRITE, 'too_many_live_secrets', 'plan_rules_broken', 'token_is_canary', 'token_is_pending', ...KEY],
    call: async (engine, { actor, param, body, idempotencyKey }) => {
      const key = idempotencyKey === undefined ? {} : { idempotencyKey }
      return ofIssued(await engine.refresh({ actor, id: param, ...body, ...key }))
    },
  }),
  route({
    id: 'revokeToken',
    method: 'POST',
    path: '/tokens/{id}/revoke',
    summary: 'Ends a token and all its secrets, at once and for good. Twice is not an error.',
    body: [BODIES.revoke],
    answer: 'Revoked',
    hasETag: true,
    codes: [...READ, ...STEP_UP, 'version_conflict'],
    call: async (engine, { actor, param, body: { receipt, ...body } }) => {
      const input = { actor, id: param, ...body }
      if (!receipt) return ofToken(await engine.revoke(input))
      const revoked = await engine.revoke({ ...input, receipt })
      return { body: revoked, version: revoked.token.version }
    },
  }),
  route({
    id: 'getUsage',
    method: 'GET',
    path: '/tokens/{id}/usage',
    summary: 'How a token was used: by route, by listed resource and by day, and at which routes it was refused.',
    answer: 'TokenUsage',
    codes: [...READ, 'usage_not_gathered'],
    call: async (engine, { actor, param }) => ({ body: await engine.usage({ actor, id: param }) }),
  }),
  route({
    id: 'getAdvice',
    method: 'GET',
    path: '/tokens/{id}/advice',
    summary: 'What of a token was not used in a window of days, and an edit that takes it away, with its proof.',
    query: QUERIES.advice,
    answer: 'TokenAdvice',
    codes: [...READ, 'usage_not_gathered'],
    call: async (engine, { actor, param, query }) => ({ body: await engine.advice({ actor, id: param, ...query }) }),
  }),
  route({
    id: 'explain',
    method: 'POST',
    path: '/explain',
    summary: 'What a token may do: the decision about a request, and every rule with its verdict.',
    body: [BODIES.explainUrl, BODIES.explainRoute],
    answer: 'Explanation',
    codes: READ,
    call: async (engine, { actor, body: { surface, address, ...question } }) => {
      checkSurface(engine.policies, surface)
      const options = { ...(surface !== undefined && { surface }), address }
      return { body: shownOf(await engine.explain({ actor, ...question }, options)) }
    },
  }),
]

/** A conflict is a condition that was not met, where a request has one. */
function unmatched(version: number | undefined): (error: unknown) => never {
  return (error) => {
    throw isConflict(error) && version !== undefined ? new Problem('version_conflict', { status: 412 }) : error
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof PlanTokenError && error.code === 'version_conflict'
}

function checkSurface(policies: AdminEngine['policies'], surface: string | undefined): void {
  const surfaces = policies.map((policy) => policy.surface)
  const issue = surfaceIssue(surfaces, surface)
  if (issue) throw new PlanTokenError('invalid_input', { issues: [issue] })
}

/** An explanation without headers and functions, which are for a server that answers the request itself. */
function shownOf({ decision, rules }: Explanation<string>): unknown {
  if (decision.allowed) {
    const { allowed, token, endpoint, params, resources, secret } = decision
    return { decision: { allowed, token, endpoint, params, resources, secret }, rules }
  }
  const { allowed, code, status, message, scopes } = decision
  return { decision: { allowed, code, status, message, ...(scopes && { scopes }) }, rules }
}
