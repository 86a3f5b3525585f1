/**
 * The rules that an organization sets for the tokens of its plan, narrower than the policy: what they say, and what they refuse. Where
 * they come from: `directory.rules` (ports.ts). Who asks: service/plan-rules.ts.
 */
import { DirectoryError } from './errors.ts'
import { type Issue, issueAt } from './issue.ts'
import { endOfLifetime } from './lifecycle.ts'
import { isCount, isDictionary } from './objects.ts'
import { isStepUpRule, type StepUp, type StepUpAction } from './step-up.ts'
import { didYouMean } from './suggest.ts'
import { isBefore, newestSecret, type TokenRecord } from './token.ts'
import type { RulesWarning } from './token-view.ts'

/** What a plan allows its tokens, within what the policy allows. What is left out is as the policy has it. */
export interface PlanRules {
  /**
   * The longest lifetime, in whole days of 24 hours from 1. Also of tokens made before: none works for longer after its newest secret
   * was issued.
   */
  readonly maxLifetimeDays?: number
  /** The scopes that tokens may be given; others may not be added, nor kept by a refresh. */
  readonly scopes?: readonly string[]
  /** `false`: a token must name its resources; "all" may not be chosen, nor kept by a refresh. */
  readonly allResources?: boolean
  /** A token must be kept to some addresses: one without may not be made, nor refreshed. */
  readonly addresses?: 'required'
  /**
   * After so many whole days without a use, from 1, a token is refused until it is refreshed. Counted from the newest secret's
   * issue where that is later. Needs a store that keeps uses.
   */
  readonly idleDays?: number
  /**
   * How strong the session of an actor must be for a change, by what is changed. What is not named asks for nothing.
   *
   * @example
   * { create: { acr: ['urn:example:mfa'], maxAgeSeconds: 300 }, revoke: { maxAgeSeconds: 3_600 } }
   */
  readonly stepUp?: { readonly [A in StepUpAction]?: StepUp }
  /**
   * Another admin has to approve each new token and each edit that widens one, before they count. Needs the option `approvals`.
   */
  readonly approvals?: 'required'
}

const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string')

const RULES: { readonly [R in keyof PlanRules]-?: readonly [isGood: (value: unknown) => boolean, expected: string] } = {
  maxLifetimeDays: [isCount, 'a whole number of days from 1'],
  scopes: [areTexts, 'a list of scopes'],
  allResources: [(value) => typeof value === 'boolean', 'true or false'],
  addresses: [(value) => value === 'required', '"required"'],
  idleDays: [isCount, 'a whole number of days from 1'],
  stepUp: [
    isStepUpRule,
    'create, edit, refresh, revoke or approve, each with acr (a list), maxAgeSeconds (from 1) or both,',
  ],
  approvals: [(value) => value === 'required', '"required"'],
}

/**
 * The rules of a plan, or none where the directory gave nothing. A rule that is misspelt or cannot be read is a fault, since a plan
 * without it would allow more.
 *
 * @throws DirectoryError for any other answer.
 */
export function readRules(answer: unknown): PlanRules | undefined {
  if (answer === undefined || answer === null) return undefined
  if (!isDictionary(answer)) throw new DirectoryError('directory.rules() has to give an object of rules, or nothing.')
  for (const [name, value] of Object.entries(answer)) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name as keyof PlanRules] : undefined
    if (!rule)
      throw new DirectoryError(
        `directory.rules() gave "${name}", which is no rule.${didYouMean(name, Object.keys(RULES))}`,
      )
    if (value !== undefined && !rule[0](value))
      throw new DirectoryError(`directory.rules() gave a wrong "${name}", where ${rule[1]} was expected.`)
  }
  return answer as PlanRules
}

/** Which rule a token has outlived at a moment, if any. `usedAt` is its last use, as far as it is known. */
export function outlived(
  rules: PlanRules,
  record: Pick<TokenRecord, 'secrets'>,
  now: number,
  usedAt: number | undefined,
): RulesWarning['code'] | undefined {
  const endsAt = endByRules(rules, record)
  if (endsAt !== undefined && !isBefore(now, endsAt)) return 'lifetime_exceeded'
  const since = issuedAt(record)
  const { idleDays } = rules
  if (idleDays === undefined || isBefore(now, endOfLifetime(Math.max(since, usedAt ?? since), idleDays)))
    return undefined
  return 'token_idle'
}

/** When a rule ends a token by its age; `undefined` where none does. */
export function endByRules({ maxLifetimeDays }: PlanRules, record: Pick<TokenRecord, 'secrets'>): number | undefined {
  return maxLifetimeDays === undefined ? undefined : endOfLifetime(issuedAt(record), maxLifetimeDays)
}

/** From when on a token's age counts; one without a secret has none that could work. */
function issuedAt(record: Pick<TokenRecord, 'secrets'>): number {
  return newestSecret(record as TokenRecord)?.issuedAt ?? Number.NaN
}

/** What of a token is chosen and a rule may refuse; `addresses` that are there and `undefined` are none. */
export interface Ruled extends Partial<Pick<TokenRecord, 'scopes' | 'resources'>> {
  readonly addresses?: readonly string[] | undefined
}

/** What of a type and its policy says what scopes are called today, and which ones come with the type. */
interface Named {
  readonly type: { readonly fixed: readonly string[] | undefined }
  readonly policy: { readonly renamed: ReadonlyMap<string, string> }
}

/**
 * What the rules refuse of a choice, each at its place; of scopes that come with a type, at the type. An earlier name of a scope is the
 * one that it has now, in the rules as in a token.
 */
export function issuesByRules(
  rules: PlanRules | undefined,
  choice: Ruled,
  { type: { fixed }, policy: { renamed } }: Named,
): readonly Issue[] {
  if (!rules) return []
  const { scopes, resources } = choice
  const today = (scope: string): string => renamed.get(scope) ?? scope
  const allowed = rules.scopes?.map(today)
  const held = scopes && (fixed ?? scopes)
  const refused = (held ?? []).flatMap((scope, i) => (allowed?.includes(today(scope)) === false ? [i] : []))
  return [
    ...(fixed && refused.length > 0
      ? [issueAt(['type'], `has scopes that are not allowed. ${BY_RULES}`, 'type_by_rules')]
      : refused.map((i) => issueAt(['scopes', i], `is not allowed. ${BY_RULES}`, 'scope_by_rules'))),
    ...(rules.allResources === false && resources === 'all'
      ? [issueAt(['resources'], `must be a list of links. ${BY_RULES}`, 'resources_by_rules')]
      : []),
    ...(rules.addresses && 'addresses' in choice && choice.addresses === undefined
      ? [issueAt(['addresses'], `must be given. ${BY_RULES}`, 'addresses_by_rules')]
      : []),
  ]
}

/** What is said of whatever the policy would allow and the plan does not. */
export const BY_RULES = 'The rules of the plan say so.'

/** The longest lifetime that a token of the plan can have, in days. */
export function longestLifetime(ofPolicy: number, rules: PlanRules | undefined): number {
  return Math.min(ofPolicy, rules?.maxLifetimeDays ?? ofPolicy)
}
