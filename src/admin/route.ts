/** What a route of the management API is, and what several of them have in common. The routes themselves: admin/routes.ts. */

import type * as z from 'zod/mini'
import type { Actor } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import type { Policy } from '../core/policy.ts'
import type { Token } from '../core/token-view.ts'
import { surfaceIssue } from '../service/check-links.ts'
import type { Issued, Requested } from '../service/issue.ts'
import type { PlanTokens } from '../service/plan-tokens.ts'
import type { AnswerName } from './answers.ts'
import type { SurfaceView } from './client-types.ts'
import type { AdminCode } from './problem.ts'

/** The engine as far as the management API needs it; whatever its policies are. */
export type AdminEngine = Pick<
  PlanTokens<Policy, Issued | Requested>,
  | 'policies'
  | 'features'
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
  /** Of `If-Match`: the versions of which the token has to have one. */
  readonly versions?: readonly number[]
}

/** What the engine answered. */
export interface Answer {
  readonly body?: unknown
  /** Default: the route's. */
  readonly status?: 202
  /** The version of the token that is answered, for its `ETag`. */
  readonly version?: number
  /** Of what is answered, as an `ETag`: who sends it in `If-None-Match` is answered 304 as long as it is the same. */
  readonly tag?: string
  /** In place of a body that takes its time: called unless the tag is known already. */
  readonly make?: () => Promise<unknown>
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
export function route<
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

/** A token and its version. */
export const ofToken = (token: Token): Answer => ({ body: token, version: token.version })
/** A token and its new secret. */
export const ofIssued = ({ token, secret }: Issued): Answer => ({
  body: { token, secret: secret.reveal() },
  version: token.version,
})

/** What a look at a token can come to. */
export const READ: readonly AdminCode[] = ['invalid_input', 'token_not_found', 'unavailable']
/** What a change of whatever kind can come to besides. */
export const STEP_UP: readonly AdminCode[] = ['insufficient_user_authentication']
/** What a change of a token can come to. */
export const WRITE: readonly AdminCode[] = [
  ...READ,
  ...STEP_UP,
  'token_not_active',
  'plan_not_eligible',
  'version_conflict',
]
/** What an idempotency key can come to. */
export const KEY: readonly AdminCode[] = ['idempotency_key_reused', 'idempotency_key_spent']

/** The policies as a page is told of them. */
export const surfacesOf = (policies: AdminEngine['policies']): readonly SurfaceView[] =>
  policies.map(({ surface, scopes, types, limits }) => ({ surface, scopes, types, limits }))

/** Refuses a surface that there is not. */
export function checkSurface(policies: AdminEngine['policies'], surface: string | undefined): void {
  const surfaces = policies.map((policy) => policy.surface)
  const issue = surfaceIssue(surfaces, surface)
  if (issue) throw new PlanTokenError('invalid_input', { issues: [issue] })
}
