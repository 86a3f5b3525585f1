/**
 * What is refused at one endpoint of a policy that another lets through, or where its requests lead there. What is refused before:
 * policy/compare-token.ts.
 */
import type { Facts, RuleName } from '../core/decide.ts'
import type { CompiledEndpoint } from '../core/endpoints.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import { isEnoughFor } from '../core/scope-order.ts'
import { type Sender, senderTo, situationOf, smallest, witnessOf } from './candidates.ts'
import type { Difference } from './difference.ts'
import { differingRoutes } from './frames.ts'
import { givesMore } from './judge.ts'
import type { Route } from './overlap.ts'
import { requestsTo } from './requests.ts'
import { candidatesFor, enoughFor, fewest, type ScopeSet, unionsOf } from './scope-sets.ts'
import { preferred, type Shared, type Side, tiersOf } from './side.ts'
import type { Asking } from './witness.ts'
import { type World, worldsFor } from './worlds.ts'

/** Of so many requests in a frame, all is tried that can be wrong with one as a whole. */
const MOST_VARIED = 3

/** What the other policy refuses at one endpoint, of requests with a token. */
export function differencesAt(route: Route, one: Side, other: Side, shared: Shared): readonly Difference[] {
  if (isUnchanged(route, one, other)) return []
  const search = searchAt(route.endpoint, one, other, shared)
  const shape = shapeOf(route, one, other)
  const known = shape === undefined ? undefined : one.shapes.get(shape)
  if (known) for (const asking of known) search.try(withLiterals(asking, route))
  else searchAll(search, route, one, other)
  const found = search.found()
  if (shape !== undefined && !known) one.shapes.set(shape, found.flatMap(askingsOf))
  return found
}

function searchAll(search: Search, route: Route, one: Side, other: Side): void {
  for (const { plain, variants } of requestsTo(route, one, other)) {
    let varied = 0
    for (const asking of plain) {
      if (!search.try(asking) || varied === MOST_VARIED) continue
      varied += 1
      for (const variant of variants(asking)) search.try(variant)
    }
  }
}

/**
 * What an endpoint says in both policies, whatever the words of its path are; `undefined` where other routes meet it, since then the
 * words matter. Without it, a thousand endpoints take three times as long (bench/policy.ts).
 */
function shapeOf(route: Route, one: Side, other: Side): string | undefined {
  const { view } = route.endpoint
  const there = other.judge.policy.routes.get(view.route)
  const isAlone = (side: Side): boolean =>
    side.table.meeting(route).every(({ endpoint }) => endpoint.view.route === view.route)
  if (!isAlone(one) || !isAlone(other)) return undefined
  const places = route.literals.map((literal) => literal === undefined)
  return JSON.stringify([route.method, places, markOf(route.endpoint, one), there && markOf(there, other)])
}

/** The requests of a difference's witnesses. */
function askingsOf({ witness, limited }: Difference): readonly Asking[] {
  return [witness, ...(limited ? [limited] : [])].map(({ method, path, query, body, bodyBytes, failing }) => ({
    ...{ method, path, query, failing },
    ...(body !== undefined && { body }),
    ...(bodyBytes !== undefined && { bodyBytes }),
  }))
}

/** The same request to another endpoint of the same shape. */
function withLiterals(asking: Asking, { literals }: Route): Asking {
  const segments = asking.path.slice(1).split('/')
  return { ...asking, path: `/${literals.map((literal, i) => literal ?? segments[i]).join('/')}` }
}

/** Whether nothing that requests to an endpoint depend on differs, so that there is nothing to look for. */
export function isUnchanged(route: Route, one: Side, other: Side): boolean {
  const { names, checks, view } = route.endpoint
  const there = other.judge.policy.routes.get(view.route)
  if (!there || markOf(route.endpoint, one) !== markOf(there, other)) return false
  if (differingRoutes(route, one.table, other.table).length > 0) return false
  const [mine, theirs] = [one.judge.policy.limits, other.judge.policy.limits]
  const readsBody = checks.length > 0 || (names.what === 'resources' && names.needsBody)
  const isOne = names.what !== 'resources' || names.only !== undefined
  return (!readsBody || mine.bodyBytes === theirs.bodyBytes) && (isOne || mine.resources === theirs.resources)
}

/** All that an endpoint says, with how the ids of its kinds look, as text. */
function markOf({ view, names }: CompiledEndpoint, { judge, kinds, grants }: Side): string {
  const list = names.what === 'resources' ? names.list : []
  const all = list.flatMap(({ kind }) => (typeof kind === 'string' ? [kind] : [...kind.of]))
  const { closed, ...said } = judge.data.endpoints[view.route] ?? {}
  return JSON.stringify([said, closed !== undefined, all.map((kind) => kinds.marks.get(kind)), grants])
}

/** Whom a rule of the other policy refuses, before what a request names is looked at; or, without a rule, whom it does not. */
interface Who {
  readonly rule: RuleName | undefined
  readonly types: readonly string[]
  readonly tiers: readonly string[]
  readonly scopes: readonly ScopeSet[]
}

/** Whom the endpoint of each policy concerns; types that the same is true of together. */
function whoMay(
  endpoint: CompiledEndpoint,
  there: CompiledEndpoint | undefined,
  one: Side,
  other: Side,
  shared: Shared,
): readonly Who[] {
  const groups = new Map<string, Who>()
  for (const type of new Set(shared.tokens.map((token) => token.type)))
    for (const who of whoOfType(type, endpoint, there, one.judge.policy, other.judge.policy, shared)) {
      if (who.tiers.length === 0 || who.scopes.length === 0) continue
      const key = JSON.stringify([who.rule, who.tiers, who.scopes])
      groups.set(key, { ...who, types: [...(groups.get(key)?.types ?? []), type] })
    }
  return [...groups.values()]
}

function whoOfType(
  type: string,
  endpoint: CompiledEndpoint,
  there: CompiledEndpoint | undefined,
  one: CompiledPolicy,
  other: CompiledPolicy,
  shared: Shared,
): readonly Omit<Who, 'types'>[] {
  const tiers = tiersOf(endpoint, shared.tiers)
  const scopes = enoughFor(one, type, endpoint)
  if (!there || there.closed !== undefined) return [{ rule: 'endpoint', tiers, scopes }]
  const theirs = tiersOf(there, tiers)
  const candidates = candidatesFor(one, endpoint)
  const held = [...candidates, ...unionsOf(candidates, candidatesFor(other, there))].filter((set) =>
    isEnoughFor(one, type, endpoint, set),
  )
  const isEnoughThere = (set: ScopeSet): boolean => isEnoughFor(other, type, there, set)
  return [
    { rule: 'tier', tiers: tiers.filter((tier) => !theirs.includes(tier)), scopes },
    { rule: 'scope', tiers: theirs, scopes: fewest(held.filter((set) => !isEnoughThere(set))) },
    { rule: undefined, tiers: theirs, scopes: fewest(held.filter(isEnoughThere)) },
  ]
}

/** Differences at one endpoint as they are found: one for each rule, and for each endpoint to which requests lead. */
interface Search {
  /** Whether the policy lets a request through in some world; what the other one refuses of it is noted. */
  readonly try: (asking: Asking) => boolean
  readonly found: () => readonly Difference[]
}

function searchAt(endpoint: CompiledEndpoint, one: Side, other: Side, shared: Shared): Search {
  const found = new Map<string, Difference>()
  const known = new Map<CompiledEndpoint | undefined, readonly [Who, Sender][]>()
  const mine = senderTo(endpoint, one)
  const sendersTo = (there: CompiledEndpoint | undefined): readonly [Who, Sender][] =>
    whoMay(endpoint, there, one, other, shared).flatMap((who): [Who, Sender][] => {
      const token = shared.tokens.find(({ type }) => who.types.includes(type))
      const [tier] = who.tiers
      const [scopes] = preferred(who.scopes, who.types, [one, other])
      return token && tier !== undefined && scopes ? [[who, { token, headers: shared.headers, tier, scopes }]] : []
    })
  const note = (asking: Asking, world: World, who: Who, sender: Sender, facts: Facts, theirs: Facts): void => {
    const situation = situationOf(world, sender)
    const verdict = other.judge.finish(theirs, situation)
    const { rule = 'reach' } = verdict
    if ((who.rule ?? rule) !== rule || !givesMore(one.judge.finish(facts, situation), verdict)) return
    const key = JSON.stringify([rule, verdict.route, who.types])
    const witness = witnessOf(asking, world, sender)
    const routes = [endpoint.view.route]
    found.set(key, withWitness(found.get(key), { ...who, rule, verdict, routes, witness }))
  }
  return {
    found: () => [...found.values()],
    try(asking) {
      const facts = one.judge.read(asking)
      if (!mine || facts.match?.endpoint !== endpoint || facts.named === 'malformed') return false
      const theirs = other.judge.read(asking)
      const there = theirs.match?.endpoint
      const senders = known.get(there) ?? sendersTo(there)
      known.set(there, senders)
      let isLetThrough = false
      for (const world of worldsFor(facts, theirs)) {
        if (!one.judge.finish(facts, situationOf(world, mine)).allowed) continue
        isLetThrough = true
        for (const [who, sender] of senders) note(asking, world, who, sender, facts, theirs)
      }
      return isLetThrough
    },
  }
}

/** The difference with the smaller witnesses of two. */
function withWitness(known: Difference | undefined, found: Difference): Difference {
  const isLimited = found.witness.token.allowlist !== 'all'
  const limited = smallest([known?.limited, isLimited ? found.witness : undefined])
  const all = [known?.witness, found.witness].filter((witness) => witness?.token.allowlist === 'all')
  const witness = smallest(all) ?? limited ?? found.witness
  const verdict = witness === found.witness ? found.verdict : (known?.verdict ?? found.verdict)
  return { ...found, verdict, witness, ...(limited && { limited }) }
}
