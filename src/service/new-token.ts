/** A token that is to be made, by create or by adopt: what is wrong with it, all at once, and whose rule says so. */
import type { Actor } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import { type Issue, type IssueCode, issueAt } from '../core/issue.ts'
import { type Choice, endOfLifetime } from '../core/lifecycle.ts'
import { type Metadata, merged } from '../core/metadata.ts'
import { BY_RULES, issuesByRules, type PlanRules } from '../core/plan-rules.ts'
import type { CompiledPolicy, CompiledType, TypeEntry } from '../core/policy.ts'
import { areIssues, readScopes } from '../core/scopes.ts'
import { didYouMean } from '../core/suggest.ts'
import { isBefore } from '../core/token.ts'
import { readAddresses } from './addresses.ts'
import { type ManagingEngine, timeOf } from './engine.ts'
import type { Inputs, ReadInput } from './input.ts'
import { refuseIssues } from './input.ts'
import { askRules, limitsBy } from './plan-rules.ts'
import { allowlistOf, linkProblems, readLinks } from './resources.ts'
import { refuseIneligible, refuseNonAdmin } from './rights.ts'

/** The input of a call that makes a token, of which everything was judged that such calls have in common. */
export interface NewToken {
  readonly actor: Actor
  readonly planId: string
  readonly type: CompiledType
  readonly choice: Choice
  /** Those of the plan. */
  readonly rules: PlanRules | undefined
}

/**
 * Judges a new token: its fields, then who makes it and for which plan, then where its resources lie. Not how strong the session is,
 * which comes last of all.
 *
 * @param ofCall finds what is wrong with the fields that only this call has.
 * @param refuse throws where the rules let no such call through, whatever its fields are.
 * @throws PlanTokenError `invalid_input` with everything at once, `not_plan_admin`, `plan_not_eligible`, `unavailable`.
 */
export async function judgeNew(
  engine: ManagingEngine,
  { fields, issues }: ReadInput<Omit<Inputs['create'], 'lifetimeDays' | 'expiresAt'>>,
  ofCall: (limits: CompiledPolicy['limits']) => readonly Issue[],
  refuse: (rules: PlanRules | undefined) => void,
): Promise<NewToken> {
  // Of what is no object at all, no field is missing.
  if (issues.some(({ at }) => at.length === 0)) refuseIssues(issues)
  const { actor, planId, name = '', description = '', metadata, contact } = fields
  const entry = typeof fields.type === 'string' ? engine.types.get(fields.type) : undefined
  if (!entry)
    issues.push(issueAt(['type'], typeMessage(engine, fields.type), 'not_one_of', { values: [...engine.types.keys()] }))
  const { policy, type } = entry ?? firstType(engine)
  const ofLimits = ofCall(policy.limits)
  issues.push(...ofLimits)
  const scopes = readScopes(fields.scopes, type, policy)
  if (areIssues(scopes)) issues.push(...scopes)
  const from = readAddresses(engine, fields.addresses, type)
  issues.push(...from.issues)
  const links = readLinks(fields.resources, policy, planId)
  if (actor === undefined || planId === undefined)
    throw new PlanTokenError('invalid_input', { issues: [...issues, ...links.issues] })
  await refuseNonAdmin(engine, actor, planId)
  await refuseIneligible(engine, planId, policy)
  const rules = await askRules(engine, planId)
  const words = metadata && merged(undefined, metadata)
  const choice = {
    ...{ name, description, scopes: areIssues(scopes) ? [] : scopes, resources: allowlistOf(links) },
    ...(words !== undefined && { metadata: words as Metadata }),
    ...(contact && { contact }),
    ...(from.addresses && { addresses: from.addresses }),
  }
  if (ofLimits.length === 0) issues.push(...ofCall(limitsBy(policy, rules)).map(byRules))
  issues.push(
    ...issuesByRules(
      rules,
      { ...choice, ...(from.issues.length === 0 && { addresses: from.addresses }) },
      { type, policy },
    ),
    ...(await linkProblems(engine, policy, links, planId)),
  )
  refuseIssues(issues)
  refuse(rules)
  return { actor, planId, type, choice, rules }
}

/** What is wrong with how long a new token is to live. */
export function lifetimeIssues(
  engine: ManagingEngine,
  { fields: { lifetimeDays: days, expiresAt } }: ReadInput<Pick<Inputs['create'], 'lifetimeDays' | 'expiresAt'>>,
  { lifetimeDays: longest }: CompiledPolicy['limits'],
): readonly Issue[] {
  if (expiresAt !== undefined && days === undefined) return expiryIssues(engine, expiresAt, longest)
  const isGood = Number.isSafeInteger(days) && (days as number) >= 1 && (days as number) <= longest
  const other = days === undefined ? ', unless expiresAt is there' : ''
  const message = `must be a whole number of days from 1 to ${longest}${other}.`
  return [
    ...(isGood ? [] : [issueAt(['lifetimeDays'], message, 'lifetime_days', { longest })]),
    ...(expiresAt === undefined
      ? []
      : [
          issueAt(['expiresAt'], 'must be left out where there are lifetimeDays.', 'both_given', {
            field: 'lifetimeDays',
          }),
        ]),
  ]
}

/** What is wrong with the end of a new token, where that is a moment. */
export function expiryIssues(engine: ManagingEngine, expiresAt: unknown, longest: number): readonly Issue[] {
  const now = timeOf(engine)
  if (isBefore(now, expiresAt) && (expiresAt as number) <= endOfLifetime(now, longest)) return []
  return [
    issueAt(['expiresAt'], `must be epoch milliseconds that lie ahead, by ${longest} days at most.`, 'expires_at', {
      longest,
    }),
  ]
}

const BY_RULES_CODES: { readonly [code in IssueCode]?: IssueCode } = {
  lifetime_days: 'lifetime_days_by_rules',
  expires_at: 'expires_at_by_rules',
}

const byRules = ({ at, message, code, params }: Issue): Issue =>
  issueAt(at, `${message} ${BY_RULES}`, code && BY_RULES_CODES[code], params)

function typeMessage({ types }: ManagingEngine, given: unknown): string {
  const names = [...types.keys()]
  const hint = typeof given === 'string' && names.length > 1 ? didYouMean(given, names) : ''
  return `must be ${names.map((name) => `"${name}"`).join(' or ')}.${hint}`
}

/** The type by which the other fields are judged when the type itself is wrong, so that all mistakes are said at once. */
function firstType({ types }: ManagingEngine): TypeEntry {
  return types.values().next().value as TypeEntry
}
