/** The routes of the management API that are about one token. What a route is: admin/route.ts. */
import type { Explanation } from '../service/explain.ts'
import { ifMatch } from './if-match.ts'
import { checkSurface, KEY, ofIssued, ofToken, READ, type Route, route, STEP_UP, WRITE } from './route.ts'
import { BODIES, QUERIES } from './schemas.ts'

/** In the order in which the document has them. */
export const TOKEN_ROUTES: readonly Route[] = [
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
    call: async (engine, asked) => {
      const { actor, param, body } = asked
      const { description, ...rest } = body
      const emptied = description === undefined ? {} : { description: description ?? '' }
      const input = { actor, id: param, ...rest, ...emptied }
      return ofToken(await ifMatch(engine, asked, (condition) => engine.edit({ ...input, ...condition })))
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
    codes: [...WRITE, 'nothing_requested', 'own_request', 'plan_rules_broken', 'not_supported'],
    call: async (engine, asked) => {
      const input = { actor: asked.actor, id: asked.param }
      return ofToken(await ifMatch(engine, asked, (condition) => engine.approve({ ...input, ...condition })))
    },
  }),
  route({
    id: 'declineToken',
    method: 'POST',
    path: '/tokens/{id}/decline',
    summary: 'Declines what another admin asked for: a pending token ends, an edit that waits is dropped.',
    body: [BODIES.decline],
    takes: 'If-Match',
    answer: 'Token',
    hasETag: true,
    codes: [
      ...[...READ, ...STEP_UP],
      ...(['token_not_active', 'version_conflict', 'nothing_requested', 'own_request', 'not_supported'] as const),
    ],
    call: async (engine, asked) => {
      const input = { actor: asked.actor, id: asked.param, ...asked.body }
      return ofToken(await ifMatch(engine, asked, (condition) => engine.decline({ ...input, ...condition })))
    },
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
      ...(['token_is_pending', 'not_requester', 'nothing_requested', 'plan_rules_broken', 'not_supported'] as const),
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
    codes: [...READ, 'not_supported'],
    call: async (engine, { actor, param }) => ({ body: await engine.usage({ actor, id: param }) }),
  }),
  route({
    id: 'getAdvice',
    method: 'GET',
    path: '/tokens/{id}/advice',
    summary: 'What of a token was not used in a window of days, and an edit that takes it away, with its proof.',
    query: QUERIES.advice,
    answer: 'TokenAdvice',
    codes: [...READ, 'not_supported'],
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

/** An explanation without headers and functions, which are for a server that answers the request itself. */
function shownOf({ decision, rules }: Explanation<string>): unknown {
  if (decision.allowed) {
    const { allowed, token, endpoint, params, resources, secret } = decision
    return { decision: { allowed, token, endpoint, params, resources, secret }, rules }
  }
  const { allowed, code, status, message, scopes } = decision
  return { decision: { allowed, code, status, message, ...(scopes && { scopes }) }, rules }
}
