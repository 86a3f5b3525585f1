/**
 * What the cases assert, in the words of the case "world": a denial has its code and its status and can be rendered, a failed
 * management call is a PlanTokenError. The tables of statuses are written down again and not imported.
 */
import {
  type Allowance,
  type Decision,
  type Denial,
  type ManagementCode,
  PlanTokenError,
  type RefusalCode,
} from 'plan-access-tokens'
import { expect } from 'vitest'
import type { Made } from '../support/world.ts'
import type { World } from './world.ts'

export const STATUS: Readonly<Record<RefusalCode, number>> = {
  token_missing: 401,
  request_malformed: 400,
  token_malformed: 401,
  token_unknown: 401,
  token_revoked: 401,
  token_expired: 401,
  secret_retired: 401,
  address_not_allowed: 403,
  token_wrong_type: 403,
  plan_not_eligible: 403,
  lifetime_exceeded: 401,
  token_idle: 401,
  endpoint_unknown: 403,
  endpoint_not_supported: 403,
  scope_missing: 403,
  rate_limited: 429,
  resource_not_in_plan: 403,
  resource_not_allowed: 403,
  unavailable: 503,
}

const MANAGEMENT_STATUS: Readonly<Record<ManagementCode, number>> = {
  invalid_input: 400,
  not_plan_admin: 403,
  plan_not_eligible: 403,
  token_not_found: 404,
  token_not_active: 409,
  version_conflict: 409,
  too_many_live_secrets: 409,
  idempotency_key_reused: 422,
  idempotency_key_spent: 409,
  key_already_adopted: 409,
  plan_rules_broken: 409,
  preview_outdated: 409,
  not_supported: 404,
  token_is_canary: 409,
  insufficient_user_authentication: 401,
  approval_required: 409,
  token_is_pending: 409,
  own_request: 403,
  not_requester: 403,
  nothing_requested: 409,
  unavailable: 503,
}

/** One code, or several of which any holds. */
type Codes<Code> = Code | readonly Code[]

/** Denied with one of the codes and its status, and the answer can be built. */
export function denied(decision: Decision, codes: Codes<RefusalCode>, what = ''): Denial {
  expect(decision.allowed ? 'allowed' : decision.code, what).toBeOneOf([codes].flat())
  if (decision.allowed) throw new Error('It was allowed.')
  expect(decision.status, what).toBe(STATUS[decision.code])
  const response = decision.response()
  expect(response, what).toBeInstanceOf(Response)
  // Figma's own form has statuses of its own.
  if (response.headers.get('Content-Type') === 'application/problem+json')
    expect(response.status, what).toBe(decision.status)
  return decision
}

/** Denied, whatever the code. */
export function neverAllowed(decision: Decision, what = ''): Denial {
  return denied(decision, Object.keys(STATUS) as RefusalCode[], what)
}

export function allowed(decision: Decision, what = ''): Allowance {
  expect(decision.allowed ? 'allowed' : decision.code, what).toBe('allowed')
  if (!decision.allowed) throw new Error(`It was denied with ${decision.code}.`)
  return decision
}

/** What is sent, and what comes of it. */
export type Row = readonly [line: string, verdict: 'allowed' | Codes<RefusalCode>]

/** Sends each line and asserts its verdict. */
export async function askEach(w: World, rows: readonly Row[], secret: Made | string = w.ALL): Promise<void> {
  for (const [line, verdict] of rows) {
    const decision = await w.ask(line, secret)
    if (verdict === 'allowed') allowed(decision, line)
    else denied(decision, verdict, line.slice(0, 200))
  }
}

/** Fails if the store is called meanwhile. */
export async function withoutStore(w: World, run: () => Promise<void>): Promise<void> {
  const before = w.store.calls.length
  await run()
  expect(w.store.calls.slice(before)).toEqual([])
}

/** The PlanTokenError that a management call fails with; anything else fails the test. */
export async function failure(
  call: Promise<unknown>,
  codes: Codes<ManagementCode>,
  what = '',
): Promise<PlanTokenError> {
  const thrown = await call.then(
    () => 'it resolved',
    (error: unknown) => error,
  )
  expect(thrown, what).toBeInstanceOf(PlanTokenError)
  const error = thrown as PlanTokenError
  expect(error.code, what).toBeOneOf([codes].flat())
  expect(error.status, what).toBe(MANAGEMENT_STATUS[error.code])
  expect(error.name).toBe('PlanTokenError')
  return error
}

/** `invalid_input` with an issue at that very path. */
export async function invalidAt(path: string, call: Promise<unknown>, what = ''): Promise<PlanTokenError> {
  const error = await failure(call, 'invalid_input', what)
  expect(
    error.issues.map((issue) => issue.path),
    what,
  ).toContain(path)
  return error
}

/** What a store holds of a token, to see that nothing has changed. */
export async function stateOf(w: World): Promise<unknown> {
  const events = await w.store.real.events({ limit: 10_000 })
  const records = await Promise.all(
    [...new Set(events.map((event) => event.tokenId))].map((id) => w.store.real.find(id)),
  )
  return structuredClone({ events, records })
}

/** Fails if the run changed anything that is stored. */
export async function changingNothing(w: World, run: () => Promise<void>): Promise<void> {
  const before = await stateOf(w)
  await run()
  expect(await stateOf(w)).toEqual(before)
}

/** A sentence for a value of whatever kind. */
export const shown = (value: unknown): string =>
  typeof value === 'bigint' ? `${value}n` : `${typeof value} ${JSON.stringify(value) ?? String(value)}`.slice(0, 80)

/**
 * Work on four times as much ends as well. It is not timed: what takes the square of the time, on sizes such as these, does not
 * end before the test's own limit.
 */
export async function expectEnds(n: number, run: (size: number) => unknown): Promise<void> {
  await run(n)
  await run(4 * n)
}
