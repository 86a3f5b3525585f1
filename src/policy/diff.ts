/**
 * `diffPolicies`: who gains and who loses what between two policies, line by line, each with the request that shows it. How differences
 * are found: policy/compare.ts. How the lines are printed: policy/diff-text.ts.
 */
import * as z from 'zod/mini'
import type { Policy } from '../core/policy.ts'
import { reasonsOf, textOf } from '../core/reasons.ts'
import { readOptions } from '../core/setup.ts'
import { callable, judged } from '../core/shape.ts'
import { changesBetween, isAt, isOfText, type PolicyChange } from './changes.ts'
import { differencesOf } from './compare.ts'
import type { DiffLine, DiffLines, Direction, ManagementLine, RequestLine } from './diff-line.ts'
import { diffMarkdown, diffText } from './diff-text.ts'
import type { Difference } from './difference.ts'
import { type Judge, judgeOf } from './judge.ts'
import { managementDifferences } from './management.ts'
import { unmask } from './masked.ts'
import { isGiven } from './scope-sets.ts'
import { type Side, sideOf } from './side.ts'
import { type TokenSource, touchedBy } from './touched.ts'

/** What differs between two policies. */
export interface PolicyDiff extends DiffLines {
  /** Whether no request and no management call is answered in another way. */
  readonly isSame: boolean
  /** Whether anything gets through that did not, or something changed that could not be compared: what a build should stop at. */
  readonly isWider: boolean
  /** For a terminal: what is wider first. */
  toText(): string
  /** For a pull request: what is wider first. */
  toMarkdown(): string
  /** The lines as data. */
  toJSON(): object
}

/** What `diffPolicies` takes besides the policies. */
export interface DiffOptions {
  /**
   * Tokens, as `tokens.list` gives them or as a store keeps them; each line then says which living ones it concerns. Anything that
   * can be iterated, at once or one after the other.
   */
  readonly tokens?: TokenSource
  /** The tier of a plan, so that lines about some tiers count only tokens of these; `undefined` for a plan that is not there. */
  readonly tierOf?: (planId: string) => string | undefined | Promise<string | undefined>
  /** The moment at which tokens are alive, in epoch milliseconds. Default: now. */
  readonly now?: number
}

const optionsSchema = z.strictObject({
  tokens: z.optional(
    judged((value) =>
      typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
        ? undefined
        : 'must be a list of tokens, or something that gives them one by one.',
    ),
  ),
  tierOf: z.optional(callable()),
  now: z.optional(z.int('must be a moment in epoch milliseconds.')),
})

/**
 * Compares two policies: every sort of request that one of them lets through and the other refuses, and what an admin can do by
 * one of them alone. Code cannot be compared: a check counts by its name, renderers of errors and spellings not at all.
 *
 * @throws SetupError for what is no policy, or for a wrong option.
 * @example
 * const diff = await diffPolicies(before, after)
 * console.log(diff.toMarkdown())
 */
export async function diffPolicies(before: Policy, after: Policy, options: DiffOptions = {}): Promise<PolicyDiff> {
  const given = readOptions<DiffOptions>('diffPolicies', optionsSchema, options)
  const [judge, next] = [judgeOf('diffPolicies', 'before', before), judgeOf('diffPolicies', 'after', after)]
  const [one, other] = [sideOf(judge), sideOf(next)]
  const changes = changesBetween(before.data, after.data)
  const lines = bothWays(one, other, changes)
  const told = given.tokens ? await touchedBy(lines, one, other, given as DiffOptions & { tokens: TokenSource }) : lines
  return diffOf(told, changes, next)
}

function bothWays(one: Side, other: Side, changes: readonly PolicyChange[]): readonly DiffLine[] {
  return [...linesOf('WIDER', other, one, changes), ...linesOf('narrower', one, other, changes)]
}

/** What one policy lets through and the other refuses, as lines. */
function linesOf(direction: Direction, one: Side, other: Side, changes: readonly PolicyChange[]): readonly DiffLine[] {
  const requests = differencesOf(one, other).map((difference): RequestLine => {
    const { rule, isAnonymous, routes, types, tiers, scopes, witness, limited, verdict } = difference
    const facts = other.judge.read(witness)
    other.judge.finish(facts, witness)
    return {
      direction,
      about: 'request',
      rule,
      reason: verdict.rule === undefined ? SHOWS_LESS : textOf(reasonsOf(verdict.rule, facts, verdict.code)),
      ...(isAnonymous && { isAnonymous }),
      routes,
      types,
      tiers,
      scopes,
      canBeMade: canBeMade(difference, one, other),
      changes: behind(difference, changes),
      witness,
      ...(limited && { limited }),
    }
  })
  const management = managementDifferences(one.judge, other.judge).map(
    ({ rule, what, input, places }): ManagementLine => ({
      direction,
      about: 'management',
      rule,
      what,
      changes: changes.filter((change) => isAt(change, places) && !isOfText(change)),
      input,
    }),
  )
  return [...requests, ...management]
}

/** What is said where the other policy lets through too. */
const SHOWS_LESS = 'The handler shows only what the token is limited to.'

function canBeMade({ isAnonymous, types, scopes }: Difference, ...sides: readonly Side[]): boolean {
  if (isAnonymous) return true
  return sides.some(({ judge }) => types.some((type) => scopes.some((set) => isGiven(judge.policy, type, set))))
}

/** Where in the data each rule is said; below the endpoint for those of endpoints. */
const SAID: {
  readonly [R in RequestLine['rule']]?: { readonly at?: readonly string[]; readonly fields?: readonly string[] }
} = {
  credential: { at: ['credential'] },
  secret: { at: ['types'] },
  type: { at: ['types'] },
  plan: { at: ['tiers'] },
  tier: { fields: ['tiers'] },
  scope: { fields: ['scopes'] },
  names: { fields: ['names', 'checks', 'params'] },
  in_plan: { fields: ['names', 'params'] },
  allowlist: { fields: ['names', 'params'] },
  reach: { fields: ['names'] },
}

/** Where else what a rule asks may be said. */
const BESIDE: { readonly [R in RequestLine['rule']]?: readonly (readonly string[])[] } = {
  scope: [['types'], ['scopes'], ['reserved']],
  names: [['limits']],
  in_plan: [['kinds']],
  allowlist: [['kinds']],
}

/** The changes that a difference comes from: the narrowest that there are. */
function behind(
  { rule, isAnonymous, routes, verdict }: Difference,
  all: readonly PolicyChange[],
): readonly PolicyChange[] {
  const changes = all.filter((change) => !isOfText(change))
  const { at, fields } = SAID[rule] ?? {}
  if (at && !isAnonymous) return changes.filter((change) => isAt(change, [at]))
  const concerned = [...routes, ...(verdict.route === undefined ? [] : [verdict.route])]
  const places = concerned.map((route) => ['endpoints', route])
  const exact = (fields ?? []).flatMap((field) => places.map((place) => [...place, field]))
  const usual = BESIDE[rule] ?? []
  const narrow = changes.filter((change) => isAt(change, exact) || isAt(change, usual))
  if (narrow.length > 0 && fields) return narrow
  const wide = changes.filter((change) => isAt(change, places))
  return wide.length > 0 ? wide : changes.filter((change) => isAt(change, [['endpoints'], ['credential']]))
}

function diffOf(lines: readonly DiffLine[], changes: readonly PolicyChange[], after: Judge): PolicyDiff {
  const wider = lines.filter(({ direction }) => direction === 'WIDER')
  const narrower = lines.filter(({ direction }) => direction === 'narrower')
  const isSame = lines.length === 0
  const told = new Set(lines.flatMap((line) => line.changes))
  const rest = changes.filter((change) => !told.has(change))
  // Sides are made anew: what one remembers is of one comparison.
  const compare = (without: Judge, next: Judge, some: readonly PolicyChange[]): readonly DiffLine[] =>
    bothWays(sideOf(without), sideOf(next), some)
  const found = isSame ? { masked: [], uncompared: [], silent: rest } : unmask(after, rest, compare)
  const isWider =
    found.uncompared.length > 0 || [...wider, ...found.masked].some(({ direction }) => direction === 'WIDER')
  const diff = { isSame, isWider, wider, narrower, ...found }
  return Object.freeze({
    ...diff,
    toText: () => diffText(diff),
    toMarkdown: () => diffMarkdown(diff),
    toJSON: () => ({ v: 1, ...diff }),
  })
}
