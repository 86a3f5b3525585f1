/** The routes of the management API that are about a plan, and those that need none. What a route is: admin/route.ts. */
import type { Policy } from '../core/policy.ts'
import { linksIn } from '../service/check-links.ts'
import type { CreateInput } from '../service/input.ts'
import { exported } from './export.ts'
import { EXPORT_TYPES } from './export-types.ts'
import { checkSurface, KEY, ofIssued, type Route, route, STEP_UP, surfacesOf } from './route.ts'
import { BODIES, QUERIES } from './schemas.ts'

/** In the order in which the document has them. */
export const PLAN_ROUTES: readonly Route[] = [
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
      'plan_rules_broken',
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
    id: 'previewRevokeOf',
    method: 'POST',
    path: '/plans/{planId}/tokens/revoke/preview',
    summary: 'The same for a filter with many ids, for which no address has room.',
    body: [BODIES.previewRevoke],
    answer: 'RevokePreview',
    codes: ['invalid_input', 'not_plan_admin', 'unavailable'],
    call: async (engine, { actor, param, body }) => ({
      body: await engine.previewRevoke({ actor, planId: param, ...body }),
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
    codes: ['invalid_input', 'not_plan_admin', 'not_supported', 'unavailable'],
    call: async (engine, { actor, param }) => ({ body: await engine.planUsage({ actor, planId: param }) }),
  }),
  route({
    id: 'listUnusedTokens',
    method: 'GET',
    path: '/plans/{planId}/unused',
    summary: 'A page of the active tokens of a plan that were not used in a window of days, and are older than it.',
    query: QUERIES.unused,
    answer: 'TokenPage',
    codes: ['invalid_input', 'not_plan_admin', 'not_supported', 'unavailable'],
    call: async (engine, { actor, param, query }) => ({
      body: await engine.unused({ actor, planId: param, ...query }),
    }),
  }),
]
