/** The cases of each endpoint, as witnesses and what is expected of them. Who asks the engine: testing/policy-engine.ts. */

import type { CompiledPolicy } from '../core/policy.ts'
import type { RefusalCode } from '../core/refusals.ts'
import { PLAN_KIND, type ResourceRef } from '../core/resources.ts'
import { isEnough } from '../core/scope-order.ts'
import { credentialsOf } from '../policy/credentials.ts'
import { askedFor } from '../policy/judge.ts'
import type { Route } from '../policy/overlap.ts'
import { type Plain, plainRequest } from '../policy/plain.ts'
import { alternativesOf, enoughFor, isGiven } from '../policy/scope-sets.ts'
import { type Side, tiersOf } from '../policy/side.ts'
import type { Witness } from '../policy/witness.ts'
import { missingValues } from './missing-values.ts'

/** A case as data. */
export interface EndpointCase {
  readonly name: string
  readonly route?: string | undefined
  /** The request; absent where there can be none, and the case says why. */
  readonly witness?: Witness
  /** The codes that are right, `allowed` for an allowance. */
  readonly expected: readonly (RefusalCode | 'allowed')[]
  /** What is wrong where there is no request. */
  readonly problem?: string
}

const NO_TIER = 'no-such-tier'
const NO_TYPE = 'no-such-type'
const NO_SCOPE = 'no-such-scope'
const ANOTHER_PLAN = 'another-plan'

/**
 * The cases of all endpoints of one policy.
 *
 * @param side the policy that the cases are made of.
 * @param tried the policy that they try: tiers and scopes of which the other knows nothing are tried as well.
 */
export function casesOf(side: Side, tried: CompiledPolicy): readonly EndpointCase[] {
  return [
    endpointsCase(side, tried),
    typesCase(side, tried),
    ...side.table.routes.flatMap((route) => casesAt(route, side, tried)),
  ]
}

/** An endpoint, a scope of a type that nobody expected is no request of an endpoint that was. */
function endpointsCase({ judge }: Side, tried: CompiledPolicy): EndpointCase {
  const more = [...tried.routes.values()].filter(
    ({ view, closed }) => !judge.policy.routes.has(view.route) && closed === undefined,
  )
  const list = more.map(({ view }) => view.route).join(', ')
  return {
    name: 'has no open endpoint that was not expected',
    expected: [],
    ...(more.length > 0 && { problem: `It has ${list}.` }),
  }
}

function typesCase({ judge }: Side, tried: CompiledPolicy): EndpointCase {
  const more = [...tried.types.values()].flatMap(({ name, grantable, fixed }) =>
    [...(fixed ?? grantable)]
      .filter((scope) => !isGiven(judge.policy, name, [scope]))
      .map((scope) => `${scope} for ${name}`),
  )
  return {
    name: 'gives no type a scope that was not expected',
    expected: [],
    ...(more.length > 0 && { problem: `It gives ${more.join(', ')}.` }),
  }
}

function casesAt(route: Route, side: Side, tried: CompiledPolicy): readonly EndpointCase[] {
  const { endpoint } = route
  const name = endpoint.view.route
  const made = (text: string, rest: Omit<EndpointCase, 'name' | 'route'>): EndpointCase => ({
    name: `${name}: ${text}`,
    route: name,
    ...rest,
  })
  if (endpoint.closed !== undefined) return [closedCase(route, side, tried, made)]
  const plain = plainRequest(route, side)
  if (!plain) return [made('lets some request through', { expected: ['allowed'], problem: NOBODY })]
  const base = baseOf(plain, side)
  if (!base) return [made('lets some request through', { expected: ['allowed'], problem: NOBODY })]
  const anonymous: Witness = { ...base, headers: {} }
  if (endpoint.isPublic)
    return [made('lets a request without a token through', { witness: anonymous, expected: ['allowed'] })]
  return [
    made('refuses a request without a token', { witness: anonymous, expected: ['token_missing'] }),
    ...scopeCases(plain, base, side, tried, made),
    ...tierCases(plain, base, side, tried, made),
    made('refuses a token of a type that there is not', {
      witness: { ...base, token: { ...base.token, type: NO_TYPE } },
      expected: ['token_wrong_type'],
    }),
    ...resourceCases(plain, base, side, made),
    ...missingValues(endpoint.names, base).map(({ text, witness, expected }) => made(text, { witness, expected })),
  ]
}

type Made = (text: string, rest: Omit<EndpointCase, 'name' | 'route'>) => EndpointCase

const NOBODY = 'It refuses every request, whoever asks. If that is meant, close it.'

/** The plain request of a token with all resources. */
function baseOf({ endpoint, asking, worlds }: Plain, { judge }: Side): Witness | undefined {
  const [world] = worlds
  const [headers] = credentialsOf(judge.policy, judge.policy)
  const [tier] = tiersOf(endpoint, judge.policy.tiers)
  const types = [...judge.policy.types.values()]
  const type = types.find(({ name }) => enoughFor(judge.policy, name, endpoint).length > 0)
  const [scopes = []] = type ? enoughFor(judge.policy, type.name, endpoint) : []
  if (!world || !headers || !type || tier === undefined) return undefined
  return {
    ...asking,
    headers,
    token: { type: type.name, prefix: type.prefix, scopes, allowlist: 'all' },
    plan: { id: world.planId, tier },
    places: world.places,
  }
}

function closedCase(route: Route, side: Side, tried: CompiledPolicy, made: Made): EndpointCase {
  const { policy } = side.judge
  const [headers = {}] = credentialsOf(policy, policy)
  const [type] = policy.types.values()
  const [tier = NO_TIER] = policy.tiers
  const token = { type: type?.name ?? NO_TYPE, prefix: type?.prefix ?? 'none', allowlist: 'all' } as const
  return made('is closed', {
    witness: {
      ...{ method: route.method, path: pathOf(route), query: '', failing: [], headers, places: [] },
      token: { ...token, scopes: allScopes(policy, tried) },
      plan: { id: '1', tier },
    },
    expected: ['endpoint_not_supported'],
  })
}

/** A path of the route, with values that its free parameters take. */
function pathOf({ endpoint, literals }: Route): string {
  const params = [...endpoint.params]
  const segments = literals.map((literal) => {
    if (literal !== undefined) return literal
    const rule = endpoint.free.get(params.shift() ?? '') ?? 'any'
    return encodeURIComponent(typeof rule === 'string' ? '1' : (rule[0] ?? ''))
  })
  return `/${segments.join('/')}`
}

const allScopes = (...policies: readonly CompiledPolicy[]): readonly string[] => [
  ...new Set(policies.flatMap(({ scopes, reserved }) => [...scopes.keys(), ...reserved.keys()])),
]

function scopeCases(
  { endpoint }: Plain,
  base: Witness,
  { judge }: Side,
  tried: CompiledPolicy,
  made: Made,
): readonly EndpointCase[] {
  const alternatives = alternativesOf(endpoint)
  const withScopes = (scopes: readonly string[], name = base.token.type): Witness => {
    const { type, prefix } = { type: name, prefix: judge.policy.types.get(name)?.prefix ?? base.token.prefix }
    return { ...base, token: { ...base.token, type, prefix, scopes } }
  }
  const holderOf = (set: readonly string[]): string | undefined =>
    [...judge.policy.types.keys()].find((type) => isGiven(judge.policy, type, set))
  const expected = endpoint.checks.length > 0 ? (['allowed', 'request_malformed'] as const) : (['allowed'] as const)
  // What no type can be given is no way in.
  const alone = alternatives.flatMap((set) => {
    const holder = holderOf(set)
    if (holder === undefined) return []
    return [
      made(`lets a token with ${set.join(' and ') || 'no scope'} through`, {
        witness: withScopes(set, holder),
        expected,
      }),
    ]
  })
  const refuses = 'refuses a token without a scope that it takes'
  if (endpoint.scopes.length === 0)
    return [
      ...alone,
      made(refuses, { expected: ['scope_missing'], problem: 'It takes no scope, so any token will do.' }),
    ]
  const others = [...allScopes(judge.policy, tried), NO_SCOPE]
  // Of each alternative one scope is left out, and all others are held.
  const without = alternatives.map((set) => set[0] as string)
  const held = others.filter((scope) => !without.includes(scope))
  const isFair = !isEnough(endpoint, held)
  return [...alone, made(refuses, { witness: withScopes(isFair ? held : [NO_SCOPE]), expected: ['scope_missing'] })]
}

function tierCases(
  { endpoint }: Plain,
  base: Witness,
  { judge }: Side,
  tried: CompiledPolicy,
  made: Made,
): readonly EndpointCase[] {
  const mine = tiersOf(endpoint, judge.policy.tiers)
  const others = [...new Set([...judge.policy.tiers, ...tried.tiers, NO_TIER])].filter((tier) => !mine.includes(tier))
  return others.map((tier) =>
    made(tier === NO_TIER ? 'refuses a plan of a tier that there is not' : `refuses a plan of the tier ${tier}`, {
      witness: { ...base, plan: { ...base.plan, tier } },
      expected: ['plan_not_eligible'],
    }),
  )
}

const OUTSIDE = 'refuses a token that is limited to something else'
const ELSEWHERE = 'refuses a resource of another plan'
const NOTHING = 'It names nothing of a plan, so any token reaches it. Skip its cases if it shows nothing of one.'

function resourceCases(plain: Plain, base: Witness, { judge }: Side, made: Made): readonly EndpointCase[] {
  const { named, namedAt } = judge.read(base)
  const [kind = 'none'] = judge.policy.kinds.keys()
  const limited: Witness = { ...base, token: { ...base.token, allowlist: [{ kind, id: 'something-else' }] } }
  if (plain.endpoint.names.what === 'nothing')
    return [
      made(OUTSIDE, { expected: ['resource_not_allowed'], problem: NOTHING }),
      made(ELSEWHERE, { expected: ['resource_not_in_plan'], problem: NOTHING }),
    ]
  if (plain.endpoint.names.what === 'filtered')
    return [
      made('lets a limited token through, which sees what it is limited to', {
        witness: limited,
        expected: ['allowed'],
      }),
    ]
  const outside = made(OUTSIDE, { witness: limited, expected: ['resource_not_allowed'] })
  if (typeof named !== 'object') return [outside]
  const elsewhere = named.map((ref, i) =>
    made(`${ELSEWHERE} in ${namedAt[i]?.at}`, {
      witness: movedAway(ref, base, judge.policy),
      expected: ['resource_not_in_plan'],
    }),
  )
  const apart = named.flatMap((ref, i) => {
    const { at, within = [] } = namedAt[i] ?? {}
    return within.map((above) => {
      const isOther = ({ kind, id }: ResourceRef): boolean => kind !== above.kind || id !== above.id
      const without = (place: WitnessPlace) => ({ ...place, ancestors: place.ancestors.filter(isOther) })
      return made(
        `refuses a resource in ${at} that is not in the ${within.length > 1 ? above.kind : 'one'} that the request says`,
        {
          witness:
            above.kind === PLAN_KIND
              ? movedAway(above, base, judge.policy)
              : { ...base, places: placesOf(base, ref, judge.policy, without) },
          expected: ['resource_not_in_plan'],
        },
      )
    })
  })
  return [outside, ...elsewhere, ...apart]
}

type WitnessPlace = Witness['places'][number]

function placesOf(
  { places }: Witness,
  ref: ResourceRef,
  policy: CompiledPolicy,
  change: (place: WitnessPlace) => WitnessPlace,
): readonly WitnessPlace[] {
  const asked = askedFor(policy.kinds.get(ref.kind)?.under, ref)
  return places.map((place) =>
    place.resource.kind === asked.kind && place.resource.id === asked.id ? change(place) : place,
  )
}

/** A plan is not moved: the token is of another one then. */
function movedAway(ref: ResourceRef, base: Witness, policy: CompiledPolicy): Witness {
  if (ref.kind === PLAN_KIND) {
    const places = base.places.map((place) => ({ ...place, planId: ANOTHER_PLAN }))
    return { ...base, plan: { ...base.plan, id: ANOTHER_PLAN }, places }
  }
  return { ...base, places: placesOf(base, ref, policy, (place) => ({ ...place, planId: ANOTHER_PLAN })) }
}
