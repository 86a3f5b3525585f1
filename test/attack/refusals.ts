/** One request for every code of the table of refusals, all in one world, and a search for what may not be in any answer. */
import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import type { Decision, Denial, RefusalCode, RequestLike } from 'plan-access-tokens'
import { requestLimits } from 'plan-access-tokens/limits'
import { expect } from 'vitest'
import { DAY, HOUR } from '../support/world.ts'
import { STATUS } from './verdicts.ts'
import { A, B, rawRequest, type World, type WorldOptions, world, worldWithNpm, Z } from './world.ts'

/** A request and the code that it is refused with. */
export interface Refused {
  readonly code: RefusalCode
  readonly request: RequestLike
}

/** The file whose place the directory cannot tell. */
const FAULTY = 'FileF0000000000000000ff'

/** What a fault underneath says; nobody may see it. */
export const FAULT = 'postgres://user:pw@host/db says digest='

/** A world in which every code comes up, and a request for each. */
export async function everyRefusal(
  options: WorldOptions = {},
): Promise<{ readonly w: World; readonly refusals: readonly Refused[] }> {
  const usedUp = () => ({ allowed: false, remaining: 0, retryMs: 9_000, fullMs: 60_000 })
  const limits = requestLimits({
    limiter: { take: usedUp, look: usedUp },
    whenUnavailable: 'deny',
    rules: [{ name: 'versions', endpoints: 'GET /v1/files/{file_key}/versions', requests: 5, perSeconds: 60 }],
  })
  const w = await worldWithNpm({ limits, ...options })
  const { clock, directory, tokens } = w
  directory.real.setPlan('3003', { tier: 'organization' })
  const ineligible = await w.make({ actor: 'admin-3', planId: '3003' })
  directory.real.setPlan('3003', { tier: 'starter' })
  const old = await w.make({ actor: 'admin-2', planId: '2002' })
  clock.real.advance(DAY)
  const idle = await w.make({ actor: 'admin-2', planId: '2002' })
  directory.replace.rules = (planId: string) => (planId === '2002' ? { maxLifetimeDays: 2, idleDays: 1 } : undefined)
  const expired = await w.make({ lifetimeDays: 1 })
  clock.real.advance(DAY)
  const revoked = await w.make()
  await tokens.revoke({ actor: 'admin-1', id: revoked.token.id })
  const retired = await w.make()
  await w.refresh(retired, { retirePrevious: 'now' })
  const inside = await w.make({ addresses: ['203.0.113.0/24'] })
  const narrow = await w.make({ scopes: ['projects:read'] })
  const elsewhere = (await world()).ALL
  w.secrets.push(elsewhere.secret)
  directory.replace.locate = (ref: { readonly kind: string; readonly id: string }) =>
    ref.id === FAULTY ? Promise.reject(new Error(FAULT)) : directory.real.locate(ref)
  clock.real.advance(HOUR)

  const get = (secret: string, url = `/v1/files/${A}`): RequestLike =>
    rawRequest({ url, headers: { 'x-figma-token': secret } })
  const table: Readonly<Record<RefusalCode, RequestLike>> = {
    token_missing: rawRequest({}),
    request_malformed: get(w.ALL.secret, `/v1/files/${A}/`),
    token_malformed: get(w.ALL.secret.slice(0, -1)),
    token_unknown: get(elsewhere.secret),
    token_revoked: get(revoked.secret),
    token_expired: get(expired.secret),
    secret_retired: get(retired.secret),
    address_not_allowed: get(inside.secret),
    token_wrong_type: get(w.NPM.secret),
    plan_not_eligible: get(ineligible.secret),
    lifetime_exceeded: get(old.secret),
    token_idle: get(idle.secret),
    endpoint_unknown: get(w.ALL.secret, '/v9'),
    endpoint_not_supported: get(w.ALL.secret, '/v1/me'),
    scope_missing: get(narrow.secret),
    rate_limited: get(w.ALL.secret, `/v1/files/${A}/versions`),
    resource_not_in_plan: get(w.ALL.secret, `/v1/files/${Z}`),
    resource_not_allowed: get(w.ONE.secret, `/v1/files/${B}`),
    unavailable: get(w.ALL.secret, `/v1/files/${FAULTY}`),
  }
  const refusals = Object.entries(table).map(([code, request]) => ({ code: code as RefusalCode, request }))
  expect(refusals.map(({ code }) => code).toSorted()).toEqual(Object.keys(STATUS).toSorted())
  return { w, refusals }
}

/** Everything that an answer of whatever kind shows of itself. */
export function textOf(value: unknown): string {
  const texts = [inspect(value, { depth: 12, showHidden: true }), inspect(value, { depth: 12, customInspect: false })]
  texts.push(JSON.stringify(value) ?? '', String(value))
  if (value instanceof Error)
    texts.push(value.message, value.stack ?? '', textOf(value.cause), ...Object.values(value).map(textOf))
  return texts.join('\n')
}

/** Everything that a denial shows, its answer over the wire included. */
export async function textOfDenial(decision: Decision): Promise<string> {
  if (decision.allowed) return textOf(decision)
  const response = (decision as Denial).response()
  const { status, statusText } = response
  const wire = [status, statusText, JSON.stringify([...response.headers]), await response.text()]
  return [textOf(decision), decision.message, ...Object.entries(decision.headers).flat(), ...wire].join('\n')
}

/** Every part of a text that is so long. */
const partsOf = (text: string, length: number): readonly string[] =>
  Array.from({ length: Math.max(0, text.length - length + 1) }, (_, i) => text.slice(i, i + length))

/** What must not be seen of a secret and its digest. */
function hiddenPartsOf(secret: string): readonly string[] {
  const random = secret.indexOf('_') + 1
  const digest = createHash('sha256').update(secret).digest()
  return [
    secret.slice(0, random + 5),
    ...partsOf(secret.slice(random), 8),
    ...partsOf(digest.toString('hex'), 12),
    ...partsOf(digest.toString('base64'), 8),
    ...partsOf(digest.toString('base64url'), 8),
  ]
}

/** Fails if a text holds a secret, its digest in any spelling, or a part of one longer than the prefix and four characters. */
export function expectNoSecret(text: string, secrets: readonly string[], what: string): void {
  const leaked = secrets.flatMap(hiddenPartsOf).filter((part) => text.includes(part))
  expect(leaked, what).toEqual([])
}

/** Fails if a text holds anything that could be a secret or a digest, known or not. */
export function expectNothingLikeASecret(text: string, what: string): void {
  expect(text, what).not.toMatch(/\b(figpat|npm)_[0-9A-Za-z]{5}/)
  expect(text, what).not.toMatch(/[0-9a-f]{40}/)
}
