/**
 * `checkLinks`: pasted links, judged as one types: by the policy, and by the directory, which says what lies in the plan and what
 * it is called. What lies elsewhere reads like what does not exist. Nothing is written; `create` and `edit` judge again, and ask
 * anew what is answered here from memory.
 */
import { type Issue, issueAt } from '../core/issue.ts'
import type { FoundLink, LinkMistake, LinkReport } from '../core/links.ts'
import { ONE_LINK } from '../core/one-link.ts'
import type { CompiledPolicy, Policy } from '../core/policy.ts'
import type { Place, ResourceRef } from '../core/resources.ts'
import { didYouMean } from '../core/suggest.ts'
import { ask } from './ask.ts'
import type { Engine } from './engine.ts'
import { type CheckLinksInput, parseInput, refuseIssues } from './input.ts'
import { linkProblems, readLinks, SPARE_LINKS } from './resources.ts'
import { refuseNonAdmin } from './rights.ts'

/** A resource that was recognised, with the name that the directory has for it. */
export interface NamedLink extends FoundLink {
  readonly name?: string
  /** What it lies in, where that was asked for: a token that is limited to one of these reaches it too. */
  readonly within?: readonly ResourceRef[]
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
   * Links that read right and of which nobody has asked whether they lie in the plan, since they are more than a token can hold.
   * Then all of them are here, and `resources` is empty. Absent where all were judged.
   */
  readonly unplaced?: readonly FoundLink[]
}

/** How many links a text may hold: some more than a token can, since people are told how many are too many. */
export const mostLinksOf = ({ limits }: Pick<Policy, 'limits'>): number => limits.links + SPARE_LINKS

/** What is wrong with a surface that somebody names, or `undefined`. */
export function surfaceIssue(surfaces: readonly string[], surface: string | undefined): Issue | undefined {
  if (surface === undefined || surfaces.includes(surface)) return undefined
  return issueAt(['surface'], `must be one of ${surfaces.join(', ')}.${didYouMean(surface, surfaces)}`, 'not_one_of', {
    values: surfaces,
  })
}

/** What a text holds by the policy alone, each resource once. @throws PlanTokenError `invalid_input` for far too many links. */
export function linksIn(policy: Policy, text: string): LinkReport {
  const { resources, mistakes } = reportOf(policy, text)
  return { resources: distinctIn(resources), mistakes }
}

/**
 * Reads pasted links, and looks up where each resource lies: what does not lie in the plan is a mistake, the same for what does
 * not exist.
 */
export async function checkLinks(
  engine: Engine,
  policies: readonly Policy[],
  input: CheckLinksInput,
): Promise<PlacedReport> {
  const { actor, planId, text, surface = engine.main.surface, within } = parseInput('checkLinks', input)
  const issue = surfaceIssue([...engine.surfaces.keys()], surface)
  refuseIssues(issue ? [issue] : [])
  const policy = engine.surfaces.get(surface) as CompiledPolicy
  const report = reportOf(policies.find((one) => one.surface === surface) as Policy, text)
  await refuseNonAdmin(engine, actor, planId)
  const distinct = distinctIn(report.resources)
  // More than a token can hold is not asked about; and what nobody has placed has no name, since it may be another plan's.
  if (distinct.length > policy.limits.links) return { resources: [], mistakes: report.mistakes, unplaced: distinct }
  const above = new Map<string, readonly ResourceRef[]>()
  const found = (ref: ResourceRef, { ancestors }: Place): unknown => above.set(keyOf(ref), ancestors)
  const elsewhere = await mistakesOf(engine, policy, report, planId, found)
  const resources = await named(engine, distinctIn(report.resources.filter((_, index) => !elsewhere.has(index))))
  return {
    resources: within ? resources.map((one) => ({ ...one, within: above.get(keyOf(one)) ?? [] })) : resources,
    mistakes: [...report.mistakes, ...placed(text, report, elsewhere)].sort((a, b) => a.start - b.start),
  }
}

/** What a text holds by the policy. Each word may become a mistake with its sentence, and the answer a hundred times as long. */
function reportOf(policy: Policy, text: string): LinkReport {
  const most = mostLinksOf(policy)
  let words = 0
  for (const _ of text.matchAll(ONE_LINK)) if (++words > most) break
  refuseIssues(words > most ? [issueAt(['text'], `must hold at most ${most} links.`, 'links_too_many', { most })] : [])
  return policy.parseLinks(text)
}

/** Each resource once, however many spellings of it there are, by its first link. */
function distinctIn(resources: readonly FoundLink[]): readonly FoundLink[] {
  const seen = new Map<string, FoundLink>()
  for (const resource of resources) if (!seen.has(keyOf(resource))) seen.set(keyOf(resource), resource)
  return [...seen.values()]
}

/** What is wrong with the place of a resource, by its index. */
async function mistakesOf(
  { within, report, answers }: Engine,
  policy: CompiledPolicy,
  { resources }: LinkReport,
  planId: string,
  found: (ref: ResourceRef, place: Place) => void,
): Promise<ReadonlyMap<number, Issue>> {
  if (resources.length === 0) return new Map()
  const links = resources.map(({ link }) => link)
  const read = readLinks(links, policy, planId)
  const issues = await linkProblems({ within, report, directory: answers }, policy, read, planId, found)
  const wrong = new Map(issues.map((issue) => [issue.at[1] as number, issue]))
  // A resource that is named twice was asked about once: what is wrong with it is wrong wherever its link stands.
  const asked = new Map(read.resources === 'all' ? [] : read.resources.map((one) => [keyOf(one), one.index]))
  const all = resources.map((one, index) => {
    const issue = wrong.get(index) ?? wrong.get(asked.get(keyOf(one)) ?? index)
    return [index, issue] as const
  })
  return new Map(all.filter((entry): entry is readonly [number, Issue] => entry[1] !== undefined))
}

const keyOf = ({ kind, id }: ResourceRef): string => JSON.stringify([kind, id])

/** The mistakes with their places. What the policy finds no fault with are the resources, in the order of the text. */
function placed(
  text: string,
  { mistakes }: LinkReport,
  elsewhere: ReadonlyMap<number, Issue>,
): readonly PlacedMistake[] {
  if (elsewhere.size === 0) return []
  const wrong = new Set(mistakes.map(({ start }) => start))
  const right = [...text.matchAll(ONE_LINK)].filter(({ index }) => !wrong.has(index))
  return right.flatMap(({ 0: link, index: start }, i) => {
    const issue = elsewhere.get(i)
    if (!issue) return []
    const { message, params } = issue
    const code = 'resource_not_in_plan' as const
    return [{ link, start, end: start + link.length, code, message, ...(params && { params }) }]
  })
}

/** The resources with their names. A directory that fails at this has none: a name is a help, not a rule. */
async function named(engine: Engine, resources: readonly FoundLink[]): Promise<readonly NamedLink[]> {
  const { directory } = engine
  if (!directory.describe || resources.length === 0) return resources
  const refs = resources.map(({ kind, id }) => ({ kind, id }))
  const names: unknown = await ask(engine, 'directory.describe', () => directory.describe?.(refs)).catch(
    () => undefined,
  )
  if (!Array.isArray(names)) return resources
  return resources.map((resource, i) => {
    const name: unknown = names[i]
    return typeof name === 'string' && name.trim() !== '' ? { ...resource, name } : resource
  })
}
