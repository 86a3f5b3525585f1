/** The allowlist of a new or edited token: links read by the policy, then placed by the directory. Every mistake at once. */
import { readPlace } from '../core/directory.ts'
import { type Issue, type IssueCode, type IssueParams, issueAt } from '../core/issue.ts'
import { aboveOf } from '../core/kinds.ts'
import { parseLink } from '../core/links.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import type { LinkedResource, Place, ResourceRef } from '../core/resources.ts'
import type { Awaitable, Directory } from '../ports.ts'
import { ask, type PortCaller } from './ask.ts'

/** How many questions to the directory are under way at the same time for one call. */
const AT_ONCE = 16

/** How many links are read beyond those that a token can hold, since a resource may be named more than once. */
export const SPARE_LINKS = 10_000

/** Links that name something, with their place in the input. */
export interface ReadLinks {
  readonly resources: 'all' | readonly (LinkedResource & { readonly index: number })[]
  readonly issues: readonly Issue[]
}

/** Reads the links, without asking anybody. A resource that is named twice counts once. */
export function readLinks(input: unknown, policy: CompiledPolicy, planId: string | undefined): ReadLinks {
  const wrong = (message: string, code?: IssueCode, params?: IssueParams): ReadLinks => ({
    ...{ resources: [], issues: [issueAt(['resources'], message, code, params)] },
  })
  if (input === 'all') return { resources: 'all', issues: [] }
  if (!Array.isArray(input)) return wrong('must be "all" or a list of links.', 'not_a_list')
  if (input.length === 0)
    return wrong(`must hold at least one link, or be "all".${policy.links.hint}`, 'resources_none')
  const most = policy.limits.links
  // Far more than a list that names some of them twice is not read at all.
  if (input.length > most + SPARE_LINKS)
    return wrong(`must hold at most ${most} links.`, 'resources_too_many', { most })
  const issues: Issue[] = []
  const resources = new Map<string, LinkedResource & { readonly index: number }>()
  for (const [index, link] of input.entries()) {
    const wrongAt = (...what: readonly [message: string, code?: IssueCode, params?: IssueParams]): void =>
      void issues.push(issueAt(['resources', index], ...what))
    const parsed = typeof link === 'string' ? parseLink(policy.links, link) : undefined
    if (!parsed) wrongAt(`must be a link, as text.${policy.links.hint}`, 'link_malformed')
    else if (!parsed.ok) wrongAt(parsed.message, parsed.code, parsed.params)
    else if (parsed.planId !== undefined && planId !== undefined && parsed.planId !== planId)
      wrongAt('The link names another plan.', 'link_other_plan')
    else {
      const key = JSON.stringify([parsed.resource.kind, parsed.resource.id])
      if (!resources.has(key)) resources.set(key, { ...parsed.resource, link: link as string, index })
    }
  }
  if (resources.size > most) return wrong(`must hold at most ${most} links.`, 'resources_too_many', { most })
  return { resources: [...resources.values()], issues }
}

/**
 * Everything that is wrong with the links, in their order: how they read, and where their resources lie. One that does not
 * exist and one of another plan read the same. @param found is told where each of the others lies.
 */
export async function linkProblems(
  engine: PlaceAsker,
  policy: CompiledPolicy,
  { resources, issues }: ReadLinks,
  planId: string,
  found: (ref: ResourceRef, place: Place) => void = () => undefined,
): Promise<readonly Issue[]> {
  if (resources === 'all' || resources.length === 0) return issues
  const places = await locateAll(resources, (ref) => placeOf(engine, policy, ref))
  const elsewhere = resources.flatMap(({ index, kind, id }, i): Issue[] => {
    const place = places[i]
    if (typeof place === 'object' && place.planId === planId) {
      found({ kind, id }, place)
      return []
    }
    const words = kind.replaceAll('_', ' ')
    const message = `There is no such ${words} in this plan. Check the link and paste it again.`
    return [issueAt(['resources', index], message, 'resource_not_in_plan', { kind: words })]
  })
  return [...issues, ...elsewhere].sort((a, b) => Number(a.at[1]) - Number(b.at[1]))
}

/** Who asks the directory where resources lie. */
type PlaceAsker = PortCaller & { readonly directory: Pick<Directory, 'locate'> }

/** Where the directory says that a resource lies. @throws PlanTokenError `unavailable`. */
export function placeOf(engine: PlaceAsker, { kinds }: CompiledPolicy, ref: ResourceRef): Promise<Place | 'absent'> {
  const locate = (): Awaitable<unknown> => locateUnder(kinds.get(ref.kind)?.under, ref, engine.directory)
  return ask(engine, 'directory.locate', locate, readPlace)
}

/**
 * Asks where a resource lies; the answer is unread. One of a kind that is `under` another lies where that one lies, with whose
 * id its own begins.
 */
export function locateUnder(
  under: string | undefined,
  { kind, id }: ResourceRef,
  directory: Pick<Directory, 'locate'>,
): Awaitable<unknown> {
  if (under === undefined) return directory.locate({ kind, id })
  const above = aboveOf(under, { kind, id })
  return Promise.resolve(directory.locate({ ...above })).then((answer) => {
    const place = readPlace(answer)
    return typeof place === 'object' ? { ...place, ancestors: [above, ...place.ancestors] } : answer
  })
}

/** The allowlist as it is kept. */
export function allowlistOf({ resources }: ReadLinks): 'all' | readonly LinkedResource[] {
  return resources === 'all' ? 'all' : resources.map(({ kind, id, link }) => ({ kind, id, link }))
}

/**
 * Asks the directory for many places, some at a time, in the order of the refs. Stops after the first ones of which `isEnough`
 * says that no more need be asked.
 */
export async function locateAll(
  refs: readonly ResourceRef[],
  locate: (ref: ResourceRef) => Promise<Place | 'absent'>,
  isEnough: (place: Place | 'absent') => boolean = () => false,
): Promise<(Place | 'absent')[]> {
  const places: (Place | 'absent')[] = []
  for (let i = 0; i < refs.length && !places.some(isEnough); i += AT_ONCE)
    places.push(...(await Promise.all(refs.slice(i, i + AT_ONCE).map(({ kind, id }) => locate({ kind, id })))))
  return places
}
