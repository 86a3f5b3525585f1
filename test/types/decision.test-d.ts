/** What a decision is to the compiler: a union on `allowed`, with a closed set of codes, and no way to pass a path that was not read. */
import {
  type Allowance,
  type Asked,
  type Decision,
  type DecisionInfo,
  type Denial,
  type Explanation,
  type Inspection,
  type Issue,
  type ManagementCode,
  PlanTokenError,
  type PlanTokens,
  type RefusalCode,
  type RefusalStatus,
  type RequestLike,
  type ResourceRef,
  type RuleName,
  type SecretView,
  type SetupError,
  type Token,
  type Verdict,
} from 'plan-access-tokens'
import { describe, expectTypeOf, it } from 'vitest'
import { type EndpointTrie, matchEndpoint } from '../../src/core/endpoints.ts'

declare const tokens: PlanTokens
declare const decision: Decision

type Codes =
  | 'token_missing'
  | 'request_malformed'
  | 'token_malformed'
  | 'token_unknown'
  | 'token_revoked'
  | 'token_expired'
  | 'secret_retired'
  | 'address_not_allowed'
  | 'token_wrong_type'
  | 'plan_not_eligible'
  | 'lifetime_exceeded'
  | 'token_idle'
  | 'endpoint_unknown'
  | 'endpoint_not_supported'
  | 'scope_missing'
  | 'rate_limited'
  | 'resource_not_in_plan'
  | 'resource_not_allowed'
  | 'unavailable'

describe('a decision', () => {
  it('is what authorize resolves to, for a Fetch Request and for a plain one', () => {
    expectTypeOf(tokens.authorize).returns.resolves.toEqualTypeOf<Decision>()
    expectTypeOf(tokens.authorize).parameter(0).toEqualTypeOf<Asked>()
    expectTypeOf<{ method: string; url: string; headers: Headers; body?: unknown }>().toExtend<RequestLike>()
    expectTypeOf<{
      method: string
      url: string
      headers: { [name: string]: string | string[] | undefined }
    }>().toExtend<RequestLike>()
  })

  it('narrows on allowed', () => {
    expectTypeOf<Decision>().toEqualTypeOf<Allowance | Denial>()
    if (decision.allowed) {
      expectTypeOf(decision).toEqualTypeOf<Allowance>()
      expectTypeOf(decision.token).toEqualTypeOf<Token>()
      expectTypeOf(decision.endpoint.route).toEqualTypeOf<string>()
      expectTypeOf(decision.resources).toEqualTypeOf<readonly ResourceRef[]>()
      expectTypeOf(decision.secret.worksUntil).toEqualTypeOf<number | null>()
      expectTypeOf(decision.reach).toEqualTypeOf<'all' | { readonly [kind: string]: readonly string[] }>()
    } else {
      expectTypeOf(decision).toEqualTypeOf<Denial>()
      expectTypeOf(decision.code).toEqualTypeOf<Codes>()
      expectTypeOf(decision.response()).toEqualTypeOf<Response>()
    }
  })

  it('has neither code nor token before it is known which it is', () => {
    // @ts-expect-error an allowance has no code
    decision.code
    // @ts-expect-error a denial has no token
    decision.token
  })

  it('cannot be changed', () => {
    if (decision.allowed) {
      // @ts-expect-error read only
      decision.token.scopes.push('x')
      // @ts-expect-error read only
      decision.token.status = 'active'
    } else {
      // @ts-expect-error read only
      decision.headers.Vary = '*'
    }
  })

  it('has a closed set of codes, so that a switch can be exhaustive', () => {
    expectTypeOf<RefusalCode>().toEqualTypeOf<Codes>()
    expectTypeOf<RefusalStatus>().toEqualTypeOf<400 | 401 | 403 | 429 | 503>()
    expectTypeOf<DecisionInfo['code']>().toEqualTypeOf<Codes | undefined>()
    // @ts-expect-error no such code
    const code: RefusalCode = 'token_gone'
    void code
  })
})

describe('an explanation', () => {
  it('is a decision and the verdict of each rule', () => {
    expectTypeOf(tokens.explain).returns.resolves.toEqualTypeOf<Explanation>()
    expectTypeOf<Explanation['rules']>().toEqualTypeOf<readonly Verdict[]>()
    expectTypeOf<Verdict['rule']>().toEqualTypeOf<RuleName>()
    expectTypeOf<Verdict['code']>().toEqualTypeOf<Codes | undefined>()
  })
})

describe('an inspection', () => {
  it('may hold a token and what is shown of a secret', () => {
    expectTypeOf(tokens.inspect).returns.resolves.toEqualTypeOf<Inspection>()
    expectTypeOf<Inspection['secret']>().toEqualTypeOf<SecretView | undefined>()
  })
})

describe('an error', () => {
  it('has a code of a closed set, a status and issues', () => {
    const error: unknown = undefined
    if (error instanceof PlanTokenError) {
      expectTypeOf(error.code).toEqualTypeOf<ManagementCode>()
      expectTypeOf(error.status).toEqualTypeOf<400 | 401 | 403 | 404 | 409 | 422 | 503>()
      expectTypeOf(error.issues).toEqualTypeOf<readonly Issue[]>()
    }
    expectTypeOf<SetupError['issues']>().toEqualTypeOf<readonly Issue[]>()
    expectTypeOf<SetupError>().toExtend<TypeError>()
    expectTypeOf<ManagementCode>().toEqualTypeOf<
      | 'invalid_input'
      | 'not_plan_admin'
      | 'plan_not_eligible'
      | 'token_not_found'
      | 'token_not_active'
      | 'version_conflict'
      | 'too_many_live_secrets'
      | 'idempotency_key_reused'
      | 'idempotency_key_spent'
      | 'key_already_adopted'
      | 'plan_rules_broken'
      | 'preview_outdated'
      | 'not_supported'
      | 'token_is_canary'
      | 'insufficient_user_authentication'
      | 'approval_required'
      | 'token_is_pending'
      | 'own_request'
      | 'not_requester'
      | 'nothing_requested'
      | 'unavailable'
    >()
  })
})

describe('a token', () => {
  it('has no digest, no idempotency keys and no event', () => {
    expectTypeOf<Token>().not.toHaveProperty('idempotency')
    expectTypeOf<Token>().not.toHaveProperty('eventId')
    expectTypeOf<SecretView>().not.toHaveProperty('digest')
  })
})

describe('a path', () => {
  it('must have been read before an endpoint is looked for', () => {
    const trie: EndpointTrie = new Map()
    // @ts-expect-error a raw string is not a path that was read
    matchEndpoint(trie, 'GET', '/v1/files/../me')
  })
})
