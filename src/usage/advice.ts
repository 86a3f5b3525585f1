/**
 * `advice`: what of a token was not used, and an edit that takes it away, with the proof that all that was used stays allowed. Claims
 * nothing that cannot be known: where something is missing, there is no edit, and it says why. How scopes are chosen and how it is
 * proven: usage/narrow.ts.
 */
import { grantOf } from '../core/entitlement.ts'
import { issuesByRules } from '../core/plan-rules.ts'
import type { TypeEntry } from '../core/policy.ts'
import type { LinkedResource, ResourceRef, Resources } from '../core/resources.ts'
import { beganAt, type Grant, hasEnded, isCanary, type TokenRecord } from '../core/token.ts'
import type { Proven, TokenAdvice, Withheld, WithheldCode } from '../core/usage.ts'
import { readAddresses } from '../service/addresses.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { parseBy } from '../service/input.ts'
import { askRules, keepsUses, latest } from '../service/plan-rules.ts'
import { allowlistOf, linkProblems, readLinks } from '../service/resources.ts'
import { loadManaged } from '../service/rights.ts'
import { DEFAULT_WINDOW, USAGE_INPUTS } from '../service/usage-input.ts'
import { dayOf, textOfDay } from './days.ts'
import { type Gathered, keyOf, type Last } from './gathered.ts'
import type { Known, Memory } from './gatherer.ts'
import { isAllowed, neededScopes, type UsedThing } from './narrow.ts'
import { refusedOf } from './shown.ts'

/** From how many refusals on a route was refused again and again. */
const AGAIN = 3

const MESSAGES: { readonly [C in WithheldCode]: string } = {
  token_ended: 'The token has ended.',
  token_is_canary: 'The token is a canary, with which nothing is let through.',
  token_young: 'The token is younger than the window. Ask again later, or for fewer days.',
  incomplete: 'Not every use within the window is known. `since` says from when on it is.',
  uses_missing:
    'The token was used on a day of which nothing is gathered yet, perhaps by a process that does not gather.',
  unused: 'The token was not used within the window. Revoke it if nobody needs it.',
  type_unknown: "The token's type belongs to no policy here.",
  route_unknown: 'A route was used that the policy no longer has.',
  resources_changed: 'Within the window it was let through by what is not on its list today.',
  reach_shown: 'A route was used that shows whatever the token may see, so nobody knows which resources were needed.',
  no_resource_used: 'No resource of the list was used, and a list cannot be empty.',
  plan_rules: 'What would stay is not allowed by the rules of the plan or of the type. Edit the token first.',
  links_outdated: 'A resource that was used cannot be listed any more. Edit the token first.',
  not_proven: 'It cannot be shown that everything that was used would stay allowed.',
}

const withheld = (code: WithheldCode, field?: Withheld['field']): Withheld => ({
  code,
  ...(field && { field }),
  message: MESSAGES[code],
})

/**
 * What of a token was not used in a window of days, with an edit that takes it away and the proof that what was used stays
 * allowed.
 */
export async function advise(engine: ManagingEngine, memory: Memory, input: unknown): Promise<TokenAdvice> {
  const { actor, id, window = DEFAULT_WINDOW } = parseBy(USAGE_INPUTS.advice, input)
  const record = await loadManaged(engine, actor, id)
  const known = await memory.ofToken(record)
  const from = dayOf(timeOf(engine)) - window
  const { gathered, since } = known
  const refused = [...gathered.refused.values()].filter(({ day, count }) => day >= from && count >= AGAIN)
  const advice: TokenAdvice = {
    tokenId: record.id,
    window,
    from: textOfDay(from),
    since: since === undefined ? null : textOfDay(Math.max(since, dayOf(beganAt(record)))),
    unused: false,
    scopes: [],
    resources: [],
    refused: refusedOf(refused, from + window),
    proof: [],
    withheld: [],
  }
  const reason = await reasonAgainst(engine, record, known, from)
  if (reason) return { ...advice, unused: reason === 'unused', withheld: [withheld(reason)] }
  return { ...advice, ...(await narrowing(engine, record, gathered, from)) }
}

/** Why nothing at all can be narrowed, or nothing is known. */
async function reasonAgainst(
  engine: ManagingEngine,
  record: TokenRecord,
  { gathered, since }: Known<Gathered>,
  from: number,
): Promise<WithheldCode | undefined> {
  if (hasEnded(record, timeOf(engine))) return 'token_ended'
  if (isCanary(record)) return 'token_is_canary'
  // Nobody could use one whose secret nobody has collected.
  if (record.request !== undefined || dayOf(beganAt(record)) >= from) return 'token_young'
  if (since === undefined || since > from) return 'incomplete'
  const used = Math.max(...Array.from(gathered.routes.values(), ({ day }) => day))
  // Every process writes the last use of secrets, those too that gather nothing.
  const uses = keepsUses(engine) ? await engine.uses.of([record.id]) : undefined
  const lastUsed = uses && latest(uses)
  if (lastUsed !== undefined && dayOf(lastUsed) > used) return 'uses_missing'
  return used < from ? 'unused' : undefined
}

/** What can be taken away of a token that was used, as far as it is known. */
async function narrowing(
  engine: ManagingEngine,
  record: TokenRecord,
  gathered: Gathered,
  from: number,
): Promise<Partial<TokenAdvice>> {
  const entry = engine.types.get(record.type)
  if (!entry) return { withheld: [withheld('type_unknown')] }
  const { policy } = entry
  const routes = usedWithin(gathered.routes, from).map(([route]) => ({ route, endpoint: policy.routes.get(route) }))
  const used: Used[] = []
  const grant = grantOf(record, entry)
  for (const { route, endpoint } of routes) {
    if (!endpoint) return { withheld: [withheld('route_unknown')] }
    used.push({ route, endpoint })
  }
  const ofResources = usedWithin(gathered.resources, from).map(([, resource]) => resource)
  for (const { kind, id, route } of ofResources) {
    const endpoint = policy.routes.get(route)
    if (!endpoint) return { withheld: [withheld('route_unknown')] }
    if (record.resources !== 'all') used.push({ route, endpoint, resource: { kind, id } })
  }
  const needed = used.filter((one) => isAllowed(policy, record, grant, one))
  // What its scopes do not open today, they may open again: where a change of the policy is taken back.
  const isShut = used.some((one) => !one.resource && !needed.includes(one))
  const reasons: Withheld[] = []
  const scopes = entry.type.fixed ? undefined : await fewerScopes(engine, record, entry, needed, isShut, reasons)
  const resources = await fewerResources(engine, record, entry, gathered, from, reasons)
  const edit = {
    ...(scopes && { scopes: scopes.kept }),
    ...(resources.kept && { resources: resources.kept.map(({ link }) => link) }),
  }
  const advice = { scopes: scopes?.dropped ?? [], resources: resources.dropped }
  if (Object.keys(edit).length === 0) return { ...advice, withheld: reasons }
  // Of a type that requires addresses by now no edit is taken that gives none.
  if (record.addresses === undefined && readAddresses(engine, undefined, entry.type).issues.length > 0)
    return { withheld: [...reasons, withheld('plan_rules')] }
  const narrowed = narrowedGrant(record, entry, scopes?.kept, resources.kept)
  // Cannot happen by what was chosen above; it is asked all the same, since this is what is promised.
  if (!needed.every((one) => isAllowed(policy, record, narrowed, one)))
    return { withheld: [...reasons, withheld('not_proven')] }
  const proof = needed.map(({ route, resource }): Proven => ({ route, ...(resource && { resource }), allowed: true }))
  return { ...advice, edit: { ...edit, version: record.version }, proof, withheld: reasons }
}

interface Used extends UsedThing {
  readonly route: string
}

const usedWithin = <T extends Last>(all: ReadonlyMap<string, T>, from: number): readonly (readonly [string, T])[] =>
  [...all].filter(([, { day }]) => day >= from).sort(([a], [b]) => (a < b ? -1 : 1))

/** What the token would grant after an edit, read as every record is. */
function narrowedGrant(
  record: TokenRecord,
  entry: TypeEntry,
  scopes: readonly string[] | undefined,
  resources: Resources | undefined,
): Grant {
  return grantOf({ ...record, ...(scopes && { scopes }), ...(resources && { resources }) }, entry)
}

/** The scopes that stay and those that go, if some can. */
async function fewerScopes(
  engine: ManagingEngine,
  record: TokenRecord,
  entry: TypeEntry,
  needed: readonly Used[],
  isShut: boolean,
  reasons: Withheld[],
): Promise<{ readonly kept: readonly string[]; readonly dropped: readonly string[] } | undefined> {
  const { policy } = entry
  const held = grantOf(record, entry).scopes
  const kept = neededScopes(policy, held, (scopes) => {
    const grant = narrowedGrant(record, entry, scopes, undefined)
    return needed.every((one) => isAllowed(policy, record, grant, one))
  })
  const dropped = held.filter((scope) => !kept.includes(scope))
  if (dropped.length === 0) return undefined
  const issues = issuesByRules(await askRules(engine, record.planId), { scopes: kept }, entry)
  if (issues.length === 0 && !isShut) return { kept, dropped }
  reasons.push(withheld(isShut ? 'not_proven' : 'plan_rules', 'scopes'))
  return undefined
}

/** The entries of the list that stay, if some can go, and those that were not used. */
async function fewerResources(
  engine: ManagingEngine,
  record: TokenRecord,
  { policy }: TypeEntry,
  gathered: Gathered,
  from: number,
  reasons: Withheld[],
): Promise<{ readonly kept?: readonly LinkedResource[]; readonly dropped: readonly ResourceRef[] }> {
  const list = record.resources
  // What is no list covers nothing, and leaves nothing to take away.
  if (!Array.isArray(list)) return { dropped: [] }
  const unlike = (code: WithheldCode) => {
    reasons.push(withheld(code, 'resources'))
    return { dropped: [] }
  }
  const used = new Set(usedWithin(gathered.resources, from).map(([key]) => key))
  const isWithin = (day: number | undefined): boolean => day !== undefined && day >= from
  const listed = new Set(list.map(keyOf))
  if (isWithin(gathered.all) || [...used].some((key) => !listed.has(key))) return unlike('resources_changed')
  if (isWithin(gathered.shown)) return unlike('reach_shown')
  const staying = list.filter((resource) => used.has(keyOf(resource)))
  const dropped = list.filter((resource) => !used.has(keyOf(resource))).map(({ kind, id }) => ({ kind, id }))
  if (dropped.length === 0) return { dropped }
  if (staying.length === 0) {
    reasons.push(withheld('no_resource_used', 'resources'))
    return { dropped }
  }
  // As an edit would read them, so that what is proven is what it would write.
  const links = readLinks(
    staying.map(({ link }) => link),
    policy,
    record.planId,
  )
  const problems = await linkProblems(engine, policy, links, record.planId)
  const kept = allowlistOf(links)
  const isSame = kept !== 'all' && kept.length === staying.length && kept.every((one) => used.has(keyOf(one)))
  if (problems.length === 0 && isSame) return { kept, dropped }
  reasons.push(withheld('links_outdated', 'resources'))
  return { dropped }
}
