/**
 * `testPolicy`: for each endpoint of a policy the cases that everybody should have, for any test runner. Each asks the engine itself.
 * What the requests are made of: policy/plain.ts. What the cases are: testing/endpoint-cases.ts.
 */
import * as z from 'zod/mini'
import { type CompiledPolicy, compiledOf, type Policy } from '../core/policy.ts'
import { readOptions } from '../core/setup.ts'
import { callable, judged } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'
import { judgeOf } from '../policy/judge.ts'
import { sideOf } from '../policy/side.ts'
import type { Directory } from '../ports.ts'
import { casesOf, type EndpointCase } from './endpoint-cases.ts'
import { type CaseWorld, checkCase } from './policy-engine.ts'

/** One case: a sentence about an endpoint, and what checks it. */
export interface PolicyCase {
  /** The route and the sentence: `GET /v1/status: refuses a token without a scope that it takes`. */
  readonly name: string
  /** The route of the policy; absent of what is about the policy as a whole. */
  readonly route?: string
  /**
   * Asks the engine.
   *
   * @throws Error that says what was expected, what came, and by which request.
   */
  readonly run: () => Promise<void>
}

/** How the cases are made. */
export interface PolicyCasesOptions {
  /**
   * The policy that the cases are made of, where that is not the one that they try: one that was committed, so that whatever makes the
   * policy wider fails. Default: the policy itself, which finds endpoints that check nothing.
   */
  readonly expected?: Policy
  /** Makes the directory of a case, in place of one that answers from what the case says. */
  readonly directory?: (world: CaseWorld) => Directory
  /**
   * Cases that are left out: names of cases, routes with all their cases, or a function that says `true`. For what a policy means
   * to leave open, such as an endpoint that shows nothing of a plan.
   */
  readonly skip?: readonly string[] | ((name: string, route: string | undefined) => boolean)
}

const optionsSchema = z.strictObject({
  expected: z.optional(judged((value) => (isPolicy(value) ? undefined : 'must be a policy that definePolicy made.'))),
  directory: z.optional(callable()),
  skip: z.optional(
    judged((value) =>
      typeof value === 'function' || (Array.isArray(value) && value.every((name) => typeof name === 'string'))
        ? undefined
        : 'must be a list of names of cases and routes, or a function.',
    ),
  ),
})

const isPolicy = (value: unknown): boolean => compiledOf(value as Policy) !== undefined

/**
 * The cases that everybody should have, for each endpoint: with each of its scopes alone and without them, of another tier and type,
 * with a resource of another plan and one outside of the allowlist, with each value left out, and closed. They need no test runner.
 *
 * @throws SetupError for what is no policy, a wrong option, or a name under `skip` that no case has.
 * @example
 * for (const { name, run } of testPolicy(policy, { skip: ['GET /v1/status'] })) test(name, run)
 */
export function testPolicy(policy: Policy, options: PolicyCasesOptions = {}): readonly PolicyCase[] {
  const given = readOptions<PolicyCasesOptions>(
    'testPolicy',
    optionsSchema,
    options,
    {},
    ({ skip, expected }, tell) => {
      const made = expected ?? policy
      if (!Array.isArray(skip) || !isPolicy(policy) || !isPolicy(made)) return
      const known = casesFor(policy, made as Policy).flatMap(namesOf)
      for (const [i, name] of (skip as string[]).entries())
        if (!known.includes(name)) tell(['skip', i], `is neither a case nor a route.${didYouMean(name, known)}`)
    },
  )
  const { expected = policy, directory, skip = [] } = given
  const isSkipped = (name: string, route: string | undefined): boolean =>
    typeof skip === 'function' ? skip(name, route) === true : namesOf({ name, route }).some((own) => skip.includes(own))
  return casesFor(policy, expected)
    .filter(({ name, route }) => !isSkipped(name, route))
    .map((entry) => ({
      name: entry.name,
      ...(entry.route !== undefined && { route: entry.route }),
      run: () => checkCase(policy, entry, directory),
    }))
}

const namesOf = ({ name, route }: Pick<EndpointCase, 'name' | 'route'>): readonly string[] =>
  route === undefined ? [name] : [name, route]

function casesFor(policy: Policy, expected: Policy): readonly EndpointCase[] {
  judgeOf('testPolicy', 'policy', policy)
  const side = sideOf(judgeOf('testPolicy', 'expected', expected))
  return casesOf(side, compiledOf(policy) as CompiledPolicy)
}
