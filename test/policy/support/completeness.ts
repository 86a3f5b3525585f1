/**
 * The promise of a comparison, tried on one pair of policies by lot: no request on which they differ is without a line, and what a
 * line claims is so. The comparison is asked for its lines; both answers to a request are those of the rules.
 */
import type { Policy } from 'plan-access-tokens'
import {
  type DiffLine,
  diffPolicies,
  policyMatrix,
  type RequestLine,
  type Witness,
  type WitnessVerdict,
  witnessLine,
} from 'plan-access-tokens/policy'
import { givesMore, type Judge, judgeOf } from '../../../src/policy/judge.ts'
import { randomOf } from '../../processes/random.ts'
import { changedPolicy, randomPolicy } from './random-policy.ts'
import { randomWitness } from './random-witness.ts'

/** What was tried of a pair. */
export interface Tried {
  /** Requests that both policies have judged. */
  readonly requests: number
  /** Those that one of them lets through. */
  readonly allowed: number
  /** Those on which they differ. */
  readonly differing: number
  readonly lines: number
  /** What is against the promise, in words. */
  readonly problems: readonly string[]
}

/** Tries a pair of policies, which a seed repeats, on so many requests. */
export async function tryPair(seed: number, requests: number): Promise<Tried> {
  const random = randomOf(seed)
  const before = randomPolicy(random)
  const after = changedPolicy(before, random)
  const judges = [judgeOf('test', 'before', before), judgeOf('test', 'after', after)] as const
  const { wider, narrower } = await diffPolicies(before, after)
  const lines = [...wider, ...narrower].filter((line): line is RequestLine => line.about === 'request')
  const problems = lines.flatMap((line) => falseClaims(line, judges))
  const isSaid = policyMatrix(before).toMarkdown() !== policyMatrix(after).toMarkdown()
  if (wider.length + narrower.length > 0 && !isSaid) problems.push('not in the matrix')
  let allowed = 0
  let differing = 0
  for (let i = 0; i < requests; i++) {
    const witness = randomWitness([before, after] satisfies [Policy, Policy], judges, random)
    const [was, is] = judges.map((judge) => verdictOf(judge, witness)) as [WitnessVerdict, WitnessVerdict]
    if (was.allowed || is.allowed) allowed += 1
    if (!givesMore(was, is) && !givesMore(is, was)) continue
    differing += 1
    if (!lines.some((line) => isAbout(line, witness, was, is)))
      problems.push(`silent: ${witnessLine(witness)} ${JSON.stringify([was, is, witness])}`)
  }
  return {
    requests,
    allowed,
    differing,
    lines: lines.length,
    problems: problems.map((text) => `seed ${seed}: ${text}`),
  }
}

const verdictOf = (judge: Judge, witness: Witness): WitnessVerdict => judge.finish(judge.read(witness), witness)

/** Everybody whom a line names, in the place of its witness: each must be let through by one policy and refused by the other. */
function falseClaims(line: RequestLine, judges: readonly [Judge, Judge]): string[] {
  const problems: string[] = []
  const [whose] = line.direction === 'WIDER' ? [1] : [0]
  const isOfToken = line.rule === 'secret' || line.rule === 'type'
  for (const shown of [line.witness, ...(line.limited ? [line.limited] : [])]) {
    const route = verdictOf(judges[whose as 0 | 1], shown).route
    // A line about many routes names all their scopes and tiers: the witness is of one of them.
    const isOfOne = line.routes.length === 1
    if (route === undefined || !line.routes.includes(route)) problems.push(`of another route: ${witnessLine(shown)}`)
    if (line.isAnonymous) {
      const [was, is] = judges.map((judge) => verdictOf(judge, shown)) as [WitnessVerdict, WitnessVerdict]
      if (!(line.direction === 'WIDER' ? givesMore(is, was) : givesMore(was, is)))
        problems.push(`claimed of nobody: ${witnessLine(shown)}`)
    }
    for (const type of line.types) {
      const prefixes = isOfToken ? [shown.token.prefix] : prefixesOf(type, judges)
      for (const prefix of prefixes)
        for (const tier of isOfOne ? line.tiers : [shown.plan.tier])
          for (const scopes of isOfOne ? line.scopes : [shown.token.scopes]) {
            const witness = { ...shown, plan: { ...shown.plan, tier }, token: { ...shown.token, type, prefix, scopes } }
            const [was, is] = judges.map((judge) => verdictOf(judge, witness)) as [WitnessVerdict, WitnessVerdict]
            if (!(line.direction === 'WIDER' ? givesMore(is, was) : givesMore(was, is)))
              problems.push(`claimed by ${line.rule}: ${witnessLine(witness)}`)
          }
    }
  }
  return problems
}

/** What the secrets of a type begin with by both policies, where both know it. */
function prefixesOf(type: string, judges: readonly [Judge, Judge]): readonly string[] {
  const prefixes = new Set(judges.flatMap(({ policy }) => policy.types.get(type)?.prefix ?? []))
  return [...prefixes].filter((prefix) => judges.every((judge) => judge.prefixes.has(prefix)))
}

/** Whether a line says that the policies differ about such a request, and why. */
function isAbout(line: DiffLine, { headers, token, plan }: Witness, was: WitnessVerdict, is: WitnessVerdict): boolean {
  const isWider = givesMore(is, was)
  if (line.about !== 'request' || (line.direction === 'WIDER') !== isWider) return false
  const [letThrough, refused] = isWider ? [is, was] : [was, is]
  if (letThrough.isAnonymous) return line.isAnonymous === true && line.routes.includes(letThrough.route as string)
  const carrier = Object.keys(headers).find((name) => headers[name] === 'secret') as string
  // Text beside the secret is read as a secret where the header of the secret is not known.
  const isRule = line.rule === (refused.rule ?? 'reach') || (line.rule === 'credential' && refused.rule === 'secret')
  if (!isRule || !line.routes.includes(letThrough.route as string)) return false
  if (line.rule === 'credential' && line.witness.headers[carrier] !== 'secret') return false
  if ((line.rule === 'secret' || line.rule === 'type') && line.witness.token.prefix !== token.prefix) return false
  const isHeld = line.scopes.some((set) => set.every((scope) => token.scopes.includes(scope)))
  const isLimited = token.allowlist !== 'all'
  return (
    line.types.includes(token.type) &&
    line.tiers.includes(plan.tier) &&
    isHeld &&
    (!isLimited || line.limited !== undefined)
  )
}
