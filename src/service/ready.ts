/**
 * `ready`: whether the store and the directory can be used, asked once before a server listens. What does not exist is asked
 * for, and what the host names as real; nothing is written. Every problem is told at once.
 */
import * as z from 'zod/mini'
import { isPlanAdminProblem, readPlace, readPlan } from '../core/directory.ts'
import { DirectoryError, SetupError, StoreError } from '../core/errors.ts'
import { type Issue, issueAt, pathText } from '../core/issue.ts'
import { readRules } from '../core/plan-rules.ts'
import type { KindInfo } from '../core/policy-data.ts'
import { PLAN_KIND, type ResourceRef } from '../core/resources.ts'
import { matching, read } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'
import type { Awaitable } from '../ports.ts'
import { addressesMissing } from './addresses.ts'
import { answerInTime } from './ask.ts'
import type { Engine, ManagingEngine } from './engine.ts'
import { keepsUses, withoutUses } from './plan-rules.ts'
import { wordsOf } from './report.ts'
import { locateUnder } from './resources.ts'
import { unknownTier } from './rights.ts'

/** What exists, for `ready` to ask about. */
export interface ReadyInput {
  /** A plan that the directory has. */
  readonly planId?: string
  /** A resource that lies in a plan; in `planId`, if that is given. */
  readonly resource?: ResourceRef
}

/** What is asked: a method of a port, and about what. */
interface PortQuestion {
  readonly at: readonly [port: 'store' | 'directory', method: string]
  /** Of which input or kind. Default: of something that does not exist. */
  readonly of?: string
}

/** Asks one thing; what it says is wrong is an issue, and so is whatever is thrown. */
type Look = (
  question: PortQuestion,
  call: () => Awaitable<unknown>,
  says: (answer: unknown) => string | undefined,
) => Promise<void>

/**
 * Asks store and directory, and looks at the policies.
 *
 * @throws SetupError with every mistake, and what was thrown as its `cause`.
 */
export async function ready(engine: Engine, real: ReadyInput = {}): Promise<void> {
  const issues: Issue[] = [...issuesOfInput(engine, real)]
  // What cannot exist is not asked about; whatever else is wrong is told at once all the same.
  const asked = issues.length === 0 ? real : {}
  const failed: Failed[] = []
  const look: Look = async (question, call, says) => {
    const { at, of = '' } = question
    const issueOf = (message: string): Issue => ({ ...issueAt(at, message), path: pathText(at) + of })
    try {
      const message = says(await answerInTime(engine, call))
      if (message !== undefined) issues.push(issueOf(message))
    } catch (error) {
      const issue = issueOf(`failed: ${wordsOf(error)}${isOfAbsent(question) ? ABSENT : ''}`)
      failed.push({ at, error, issue })
      issues.push(issue)
    }
  }
  await Promise.all([...looksAtStore(engine, look), ...looksAtDirectory(engine, look, asked)])
  for (const { surface, denials, missingChecks } of engine.surfaces.values()) {
    const tell = (message: string): void => void issues.push(issueAt(['policy', surface], message))
    const codes = denials.unrenderable().join(', ')
    if (codes !== '') tell(`renders no refusal that can be sent for ${codes}.`)
    for (const check of missingChecks) tell(`has no function for the check ${check}: every such request is refused.`)
  }
  const missing = engine.addresses ? undefined : addressesMissing(engine.surfaces.values())
  if (missing !== undefined) issues.push(issueAt(['addresses'], missing))
  if (issues.length === 0) return
  const again = toldAgain(failed)
  const told = issues.filter((issue) => !again.has(issue))
  const thrown = failed.map(({ error }) => error)
  // What our own errors say stands in the issues.
  const cause = thrown.find((one) => !(one instanceof StoreError || one instanceof DirectoryError)) ?? thrown[0]
  throw new SetupError('ready', told, cause === undefined ? undefined : { cause })
}

/** What was thrown, and what is said of it. */
interface Failed {
  readonly at: PortQuestion['at']
  readonly error: unknown
  readonly issue: Issue
}

/**
 * What an earlier question to the store says too: it is asked several things, and all of them fail if it is down, or has not been
 * migrated. In the order in which it is asked, since the answers may come in any. Of a directory each question has an id of its own.
 */
function toldAgain(failed: readonly Failed[]): ReadonlySet<Issue> {
  const of = (method: string) => failed.filter(({ at }) => at[0] === 'store' && at[1] === method)
  const seen = new Set<string>()
  const again = new Set<Issue>()
  for (const { error, issue } of STORE_METHODS.flatMap(of)) {
    const what = error instanceof StoreError ? error.code : issue.message
    if (seen.has(what)) again.add(issue)
    seen.add(what)
  }
  return again
}

/** What the store is asked, in this order. */
const STORE_METHODS = ['ready', 'findByDigest', 'find'] as const

const text = matching(/./, 'must be text.')
const inputSchema = z.strictObject({
  planId: z.optional(text),
  resource: z.optional(z.strictObject({ kind: text, id: text })),
})

/** What is wrong with what the host names as real. */
function issuesOfInput({ surfaces, planIds }: Engine, real: ReadyInput): readonly Issue[] {
  const wrong = read(inputSchema, real).issues
  if (wrong.length > 0) return wrong
  const { planId, resource } = real
  const issues: Issue[] = []
  if (planId !== undefined && planIds.length > 0 && !planIds.some((isId) => isId(planId)))
    issues.push(issueAt(['planId'], 'is no id of a plan, as the policy says what these look like.'))
  if (!resource) return issues
  const forms = [...surfaces.values()].flatMap(({ kinds }) => [...kinds]).filter(([kind]) => kind !== PLAN_KIND)
  const own = forms.filter(([kind]) => kind === resource.kind)
  if (own.length === 0) {
    const help = didYouMean(
      resource.kind,
      forms.map(([kind]) => kind),
    )
    issues.push(issueAt(['resource', 'kind'], `is no kind of a policy.${help}`))
  } else if (!own.some(([, { isId }]) => isId(resource.id)))
    issues.push(issueAt(['resource', 'id'], 'is no id of its kind, as the policy says what these look like.'))
  return issues
}

/** Whether the directory is asked about something that does not exist. */
const isOfAbsent = ({ at, of }: PortQuestion): boolean =>
  at[0] === 'directory' && of !== OF_PLAN_ID && of !== OF_RESOURCE

const OF_PLAN_ID = ' of planId'
const OF_RESOURCE = ' of resource'

const ABSENT =
  ' Answer undefined for what does not exist; where ids are numbers or UUIDs, say so in the policy (id: "integer", "bigint", "uuid").'

function looksAtStore({ store, sha256 }: Engine, look: Look): readonly Promise<void>[] {
  const isNone = (answer: unknown): string | undefined =>
    answer === undefined || answer === null ? undefined : 'gave a record for what no record has.'
  return [
    look(
      { at: ['store', 'ready'] },
      async () => store.ready?.(),
      () => undefined,
    ),
    look({ at: ['store', 'findByDigest'] }, () => store.findByDigest(sha256('ready')), isNone),
    look({ at: ['store', 'find'] }, () => store.find('ready'), isNone),
  ]
}

function looksAtDirectory(engine: Engine, look: Look, { planId, resource }: ReadyInput): readonly Promise<void>[] {
  const { surfaces, directory } = engine
  const policies = [...surfaces.values()]
  const planKind = policies.flatMap(({ links }) => links.kinds.get(PLAN_KIND) ?? [])
  const noPlan = absentId(planKind[0] ?? {})
  const nothing = (answer: unknown, absent: unknown): string | undefined =>
    answer === absent ? undefined : 'gave something for what does not exist.'
  const looks = [
    look(
      { at: ['directory', 'plan'] },
      () => directory.plan(noPlan),
      (answer) => nothing(readPlan(answer), undefined),
    ),
    look(
      { at: ['directory', 'isPlanAdmin'] },
      () => directory.isPlanAdmin('ready', noPlan),
      (answer) => isPlanAdminProblem(answer)?.message ?? (answer === true ? 'has an admin for no plan.' : undefined),
    ),
  ]
  for (const policy of policies)
    for (const [kind, info] of policy.links.kinds) {
      if (kind === PLAN_KIND || info.under) continue
      const ref = { kind, id: absentId(info) }
      looks.push(
        look(
          { at: ['directory', 'locate'], of: ` of a ${kind}` },
          () => directory.locate(ref),
          (answer) => nothing(readPlace(answer), 'absent'),
        ),
      )
    }
  if (planId !== undefined)
    looks.push(
      look(
        { at: ['directory', 'plan'], of: OF_PLAN_ID },
        () => directory.plan(planId),
        (answer) => planProblem(surfaces, planId, answer),
      ),
      look(
        { at: ['directory', 'rules'], of: OF_PLAN_ID },
        () => directory.rules?.(planId),
        (answer) => rulesProblem(engine, answer),
      ),
    )
  const policy = policies.find(({ kinds }) => resource && kinds.has(resource.kind)) ?? policies[0]
  if (policy && resource)
    looks.push(
      look(
        { at: ['directory', 'locate'], of: OF_RESOURCE },
        () => locateUnder(policy.kinds.get(resource.kind)?.under, resource, directory),
        (answer) => placeProblem(planId, readPlace(answer)),
      ),
    )
  return looks
}

function planProblem(surfaces: Engine['surfaces'], planId: string, answer: unknown): string | undefined {
  const plan = readPlan(answer)
  if (!plan) return 'gave nothing for a plan that exists.'
  if (plan.id !== planId) return 'gave a plan with another id.'
  const isKnown = [...surfaces.values()].some(({ tiers }) => tiers.has(plan.tier))
  return isKnown ? undefined : unknownTier(surfaces, plan.tier)
}

function rulesProblem(engine: Engine | ManagingEngine, answer: unknown): string | undefined {
  const { idleDays, approvals } = readRules(answer) ?? {}
  if (idleDays !== undefined && !keepsUses(engine)) return withoutUses().message
  // What only answers requests makes no tokens.
  if (approvals === undefined || !('random' in engine) || engine.approvals) return undefined
  return 'gave the rule approvals, and the option approvals is missing. Give it approvals() of plan-access-tokens/approvals.'
}

function placeProblem(planId: string | undefined, place: ReturnType<typeof readPlace>): string | undefined {
  if (place === 'absent') return 'gave nothing for a resource that exists.'
  return planId === undefined || place.planId === planId ? undefined : 'gave another plan than planId.'
}

/** An id that nothing of a kind has. */
function absentId({ id = 'name' }: KindInfo): string {
  if (id === 'uuid') return '00000000-0000-0000-0000-000000000000'
  return id === 'name' || id === 'base62' ? 'ready' : '0'
}
