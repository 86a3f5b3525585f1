/**
 * `ready`: whether the store and the directory can be used, asked once before a server listens. What does not exist is asked
 * for, and what the host names as real; nothing is written. Every problem is told at once.
 */
import { isPlanAdminProblem, readPlace, readPlan } from '../core/directory.ts'
import { DirectoryError, type Issue, PolicyError, StoreError } from '../core/errors.ts'
import type { KindInfo } from '../core/policy-data.ts'
import { PLAN_KIND, type ResourceRef } from '../core/resources.ts'
import type { Awaitable } from '../ports.ts'
import { answerOf, type Engine } from './engine.ts'
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

/** Asks one thing; what it says is wrong is a problem, and so is whatever is thrown. */
type Look = (
  path: string,
  call: () => Awaitable<unknown>,
  says: (answer: unknown) => string | undefined,
) => Promise<void>

export async function ready(engine: Engine, real: ReadyInput = {}): Promise<void> {
  const problems: Issue[] = []
  const thrown: unknown[] = []
  const look: Look = async (path, call, says) => {
    try {
      const message = says(await answerOf(engine, call))
      if (message !== undefined) problems.push({ path, message })
    } catch (error) {
      thrown.push(error)
      problems.push({ path, message: `failed: ${wordsOf(error)}${path.startsWith('directory') ? ABSENT : ''}` })
    }
  }
  await Promise.all([...looksAtStore(engine, look), ...looksAtDirectory(engine, look, real)])
  for (const { surface, denials, missingChecks } of engine.surfaces.values()) {
    const path = `policy "${surface}"`
    const codes = denials.unrenderable().join(', ')
    if (codes !== '') problems.push({ path, message: `renders no refusal that can be sent for ${codes}.` })
    for (const check of missingChecks)
      problems.push({ path, message: `has no function for the check ${check}: every such request is refused.` })
  }
  if (problems.length === 0) return
  // What our own errors say stands in the problems.
  const cause = thrown.find((one) => !(one instanceof StoreError || one instanceof DirectoryError)) ?? thrown[0]
  throw new PolicyError(problems, cause === undefined ? undefined : { cause })
}

const ABSENT =
  ' Answer undefined for what does not exist; where ids are numbers or UUIDs, say so in the policy (id: "integer", "bigint", "uuid").'

function looksAtStore({ store, sha256 }: Engine, look: Look): readonly Promise<void>[] {
  const isNone = (answer: unknown): string | undefined =>
    answer === undefined || answer === null ? undefined : 'gave a record for what no record has.'
  return [
    look(
      'store.ready',
      async () => store.ready?.(),
      () => undefined,
    ),
    look('store.findByDigest', () => store.findByDigest(sha256('ready')), isNone),
    look('store.find', () => store.find('ready'), isNone),
  ]
}

function looksAtDirectory(
  { surfaces, directory }: Engine,
  look: Look,
  { planId, resource }: ReadyInput,
): readonly Promise<void>[] {
  const policies = [...surfaces.values()]
  const planKind = policies.flatMap(({ links }) => links.kinds.get(PLAN_KIND) ?? [])
  const noPlan = absentId(planKind[0] ?? {})
  const nothing = (answer: unknown, absent: unknown): string | undefined =>
    answer === absent ? undefined : 'gave something for what does not exist.'
  const looks = [
    look(
      'directory.plan',
      () => directory.plan(noPlan),
      (answer) => nothing(readPlan(answer), undefined),
    ),
    look(
      'directory.isPlanAdmin',
      () => directory.isPlanAdmin('ready', noPlan),
      (answer) => isPlanAdminProblem(answer)?.message ?? (answer === true ? 'has an admin for no plan.' : undefined),
    ),
  ]
  for (const policy of policies)
    for (const [kind, info] of policy.links.kinds) {
      if (kind === PLAN_KIND || info.under) continue
      const path = `directory.locate of a ${kind}`
      const ref = { kind, id: absentId(info) }
      looks.push(
        look(
          path,
          () => directory.locate(ref),
          (answer) => nothing(readPlace(answer), 'absent'),
        ),
      )
    }
  if (planId !== undefined)
    looks.push(
      look(
        'directory.plan of planId',
        () => directory.plan(planId),
        (answer) => planProblem(surfaces, planId, answer),
      ),
    )
  const policy = policies.find(({ ids }) => resource && ids.has(resource.kind)) ?? policies[0]
  if (policy && resource)
    looks.push(
      look(
        'directory.locate of resource',
        () => locateUnder(policy, resource, directory),
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

function placeProblem(planId: string | undefined, place: ReturnType<typeof readPlace>): string | undefined {
  if (place === 'absent') return 'gave nothing for a resource that exists.'
  return planId === undefined || place.planId === planId ? undefined : 'gave another plan than planId.'
}

/** An id that nothing of a kind has. */
function absentId({ id = 'name' }: KindInfo): string {
  if (id === 'uuid') return '00000000-0000-0000-0000-000000000000'
  return id === 'name' || id === 'base62' ? 'ready' : '0'
}
