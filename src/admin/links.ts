/**
 * Pasted links, judged as one types: by the policy, and, for a plan, by the directory, which says what lies there and what it
 * is called. What lies elsewhere reads like what does not exist. Nothing is written; `create` and `edit` judge again.
 */
import { PlanTokenError } from '../core/errors.ts'
import type { FoundLink, LinkMistake, LinkReport } from '../core/links.ts'
import { type CompiledPolicy, compiledOf, type Policy } from '../core/policy.ts'
import type { ResourceRef } from '../core/resources.ts'
import type { Directory } from '../ports.ts'
import { createDeadlines } from '../service/deadlines.ts'
import { ask } from '../service/engine.ts'
import { completeClock } from '../service/platform.ts'
import { createReport, type OnError } from '../service/report.ts'
import { linkProblems, readLinks, SPARE_LINKS } from '../service/resources.ts'
import { planIdsOf, type Rights, refuseNonAdmin } from '../service/rights.ts'

/** A resource that was recognised, with the name that the directory has for it. */
export interface NamedLink extends FoundLink {
  readonly name?: string
}

/** A link that names nothing, or nothing in the plan; `start` and `end` are offsets into the text. */
export interface PlacedMistake extends Omit<LinkMistake, 'code'> {
  readonly code: LinkMistake['code'] | 'resource_not_in_plan'
}

/** Everything that pasted text holds, both right and wrong, in its order; each resource once, by its first link. */
export interface PlacedReport {
  readonly resources: readonly NamedLink[]
  readonly mistakes: readonly PlacedMistake[]
  /**
   * Links that read right and of which nobody has asked whether they lie in the plan: there is no directory, or they are more
   * than a token can hold. Then all of them are here, and `resources` is empty. Absent where all were judged, or no plan was named.
   */
  readonly unplaced?: readonly FoundLink[]
}

/** Where things lie, asked within the engine's time limit. */
export type Places = Rights

/** For which plan somebody asks. */
interface Asking {
  readonly actor: string
  readonly planId: string
  readonly places: Places | undefined
}

/** An engine that a host has put something around may not say how long its ports may take. */
const TIMEOUT_MS = 2_000

/** Makes the places out of a host's directory. */
export function placesOf(
  directory: Directory,
  { policies, timeoutMs }: { readonly policies: readonly Policy[]; readonly timeoutMs?: number },
  onError: OnError | undefined,
): Places {
  return {
    directory,
    planIds: planIdsOf(policies),
    within: createDeadlines(completeClock(undefined), timeoutMs ?? TIMEOUT_MS),
    report: createReport(onError, undefined, true),
  }
}

/** How many links a text may hold: some more than a token can, since people are told how many are too many. */
export const mostLinksOf = ({ limits }: Policy): number => limits.links + SPARE_LINKS

/** @throws PlanTokenError `invalid_input`, `not_plan_admin`, `unavailable`. */
export async function reportOf(policy: Policy, text: string, asking: Asking | undefined): Promise<PlacedReport> {
  refuseFlood(text, mostLinksOf(policy))
  const report = policy.parseLinks(text)
  const distinct = distinctIn(report.resources)
  if (!asking) return { resources: distinct, mistakes: report.mistakes }
  const { actor, planId, places } = asking
  const unplaced = { resources: [], mistakes: report.mistakes, unplaced: distinct }
  if (!places) return unplaced
  await refuseNonAdmin(places, actor, planId)
  const compiled = compiledOf(policy) as CompiledPolicy
  // More than a token can hold is not asked about; and what nobody has placed has no name, since it may be another plan's.
  if (distinct.length > compiled.limits.links) return unplaced
  const elsewhere = await mistakesOf(compiled, report, planId, places)
  const resources = distinctIn(report.resources.filter((_, index) => !elsewhere.has(index)))
  return {
    resources: await named(resources, places),
    mistakes: [...report.mistakes, ...placed(text, report, elsewhere)].sort((a, b) => a.start - b.start),
  }
}

/** Each resource once, however many spellings of it there are, by its first link. */
function distinctIn(resources: readonly FoundLink[]): readonly FoundLink[] {
  const seen = new Map<string, FoundLink>()
  for (const resource of resources) if (!seen.has(keyOf(resource))) seen.set(keyOf(resource), resource)
  return [...seen.values()]
}

/** Each word may become a mistake with its sentence, and the answer a hundred times as long as the text. */
function refuseFlood(text: string, most: number): void {
  let words = 0
  for (const _ of text.matchAll(/[^\s,]+/g)) if (++words > most) break
  if (words <= most) return
  throw new PlanTokenError('invalid_input', { issues: [{ path: 'text', message: `must hold at most ${most} links.` }] })
}

/** What is wrong with the place of a resource, by its index. */
async function mistakesOf(
  policy: CompiledPolicy,
  { resources }: LinkReport,
  planId: string,
  places: Places,
): Promise<ReadonlyMap<number, string>> {
  if (resources.length === 0) return new Map()
  const links = resources.map(({ link }) => link)
  const read = readLinks(links, policy, planId)
  const issues = await linkProblems(places, policy, read, planId)
  const messages = new Map(issues.map(({ path, message }) => [Number(/\d+/.exec(path)?.[0]), message]))
  // A resource that is named twice was asked about once: what is wrong with it is wrong wherever its link stands.
  const asked = new Map(read.resources === 'all' ? [] : read.resources.map((one) => [keyOf(one), one.index]))
  const all = resources.map((one, index) => {
    const message = messages.get(index) ?? messages.get(asked.get(keyOf(one)) ?? index)
    return [index, message] as const
  })
  return new Map(all.filter((entry): entry is readonly [number, string] => entry[1] !== undefined))
}

const keyOf = ({ kind, id }: ResourceRef): string => JSON.stringify([kind, id])

/** The mistakes with their places. What the policy finds no fault with are the resources, in the order of the text. */
function placed(
  text: string,
  { mistakes }: LinkReport,
  elsewhere: ReadonlyMap<number, string>,
): readonly PlacedMistake[] {
  if (elsewhere.size === 0) return []
  const wrong = new Set(mistakes.map(({ start }) => start))
  const right = [...text.matchAll(/[^\s,]+/g)].filter(({ index }) => !wrong.has(index))
  return right.flatMap(({ 0: link, index: start }, i) => {
    const message = elsewhere.get(i)
    return message === undefined
      ? []
      : [{ link, start, end: start + link.length, code: 'resource_not_in_plan' as const, message }]
  })
}

/** The resources with their names. A directory that fails at this has none: a name is a help, not a rule. */
async function named(resources: readonly FoundLink[], places: Places): Promise<readonly NamedLink[]> {
  const { directory } = places
  if (!directory.describe || resources.length === 0) return resources
  const refs = resources.map(({ kind, id }) => ({ kind, id }))
  const names: unknown = await ask(places, 'directory.describe', () => directory.describe?.(refs)).catch(
    () => undefined,
  )
  if (!Array.isArray(names)) return resources
  return resources.map((resource, i) => {
    const name: unknown = names[i]
    return typeof name === 'string' && name.trim() !== '' ? { ...resource, name } : resource
  })
}
