/**
 * The fewest scopes with which everything that was used stays allowed, and the proof of it: both by the rules of core/decide.ts, over
 * the grant that the token would have. What was used: usage/gathered.ts.
 */
import { type Facts, QUESTIONS, type RuleName } from '../core/decide.ts'
import type { CompiledEndpoint } from '../core/endpoints.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import type { ResourceRef } from '../core/resources.ts'
import type { Grant, TokenRecord } from '../core/token.ts'

/** Something that was used: a route, and the resource of the list by which it was let through. */
export interface UsedThing {
  readonly endpoint: CompiledEndpoint
  readonly resource?: ResourceRef
}

/** The rules that ask what an edit of scopes and resources changes. */
const ASKED: readonly RuleName[] = ['scope', 'allowlist']
const RULES = QUESTIONS.flatMap(({ rules }) => rules).filter(({ name }) => ASKED.includes(name))

/** Whether what was used is allowed by a grant, as far as scopes and resources say it. */
export function isAllowed(
  policy: CompiledPolicy,
  record: TokenRecord,
  grant: Grant,
  { endpoint, resource }: UsedThing,
): boolean {
  const facts: Facts = {
    policy,
    now: Number.NaN,
    credential: { code: 'token_missing' },
    wellFormed: false,
    path: undefined,
    query: '',
    record,
    secret: undefined,
    address: undefined,
    grant,
    plan: undefined,
    rules: undefined,
    usedAt: undefined,
    match: { endpoint, values: [] },
    limited: undefined,
    // A route as such names nothing here: what it named has entries of its own, or the token may reach all of its plan.
    named: resource ? [resource] : 'nothing',
    namedAt: [],
    places: resource ? [{ planId: record.planId, ancestors: [] }] : [],
    malformed: undefined,
  }
  return RULES.every(({ refuses }) => refuses(facts) === undefined)
}

/**
 * Of the scopes that a token holds those that stay: one after the other is left out as long as all that was used stays allowed, and
 * one stays whatever was used. Deprecated ones are tried first, then those that open most.
 */
export function neededScopes(
  policy: CompiledPolicy,
  held: readonly string[],
  isEnough: (scopes: readonly string[]) => boolean,
): readonly string[] {
  const opened = new Map(held.map((scope) => [scope, opensHowMany(policy, scope)]))
  const inOrder = (a: string, b: string): number =>
    Number(policy.deprecated.has(b)) - Number(policy.deprecated.has(a)) ||
    (opened.get(b) as number) - (opened.get(a) as number) ||
    (a < b ? 1 : -1)
  let kept = held
  for (const scope of [...held].sort(inOrder)) {
    const fewer = kept.filter((one) => one !== scope)
    if (fewer.length > 0 && isEnough(fewer)) kept = fewer
  }
  return kept
}

const opensHowMany = ({ routes }: CompiledPolicy, scope: string): number =>
  [...routes.values()].filter(({ alone, together }) => alone.includes(scope) || together.flat().includes(scope)).length
