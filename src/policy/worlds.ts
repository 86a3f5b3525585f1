/**
 * Worlds around a request: where what it names lies, and what the token is limited to, such that one policy lets it through and
 * another may not. Which of them show a difference: policy/compare.ts.
 */
import type { Facts } from '../core/decide.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import { PLAN_KIND, type ResourceRef } from '../core/resources.ts'
import { askedFor } from './judge.ts'
import type { Witness, WitnessPlace } from './witness.ts'

/** What a directory says, and what a token is limited to. */
export type World = Pick<Witness, 'places'> & {
  readonly planId: string
  readonly allowlist: Witness['token']['allowlist']
}

/** The id of the plan where no request spells one out. */
const PLAN = '1'
const ANOTHER_PLAN = '2'

/** The worlds, the plainest first: those of one policy alone, then those in which the other one's resources lie in the plan too. */
export function worldsFor(facts: Facts, other: Facts): readonly World[] {
  const own = namedBy(facts)
  const others = namedBy(other)
  const alone = placesOf([own])
  const both = placesOf([own, others])
  const planIds = planIdsOf(own, others)
  const lists = allowlistsOf(facts, own)
  const worlds: World[] = []
  for (const places of same(alone, both) ? [alone] : [alone, both])
    for (const planId of planIds)
      for (const allowlist of lists)
        worlds.push({ planId, allowlist, places: places.map((place) => ({ ...place, planId })) })
  return worlds
}

/** What a request names by one policy, each with what the directory is asked about. */
interface Named {
  readonly refs: readonly {
    readonly ref: ResourceRef
    readonly asked: ResourceRef
    readonly within: readonly ResourceRef[]
  }[]
  readonly planIds: readonly string[]
  /** Whether it names the plan itself, for which a token needs all resources. */
  readonly isWhole: boolean
}

function namedBy({ named, namedAt, policy }: Facts): Named {
  if (typeof named !== 'object') return { refs: [], planIds: [], isWhole: false }
  const refs = named.flatMap((ref, i) => {
    if (ref.kind === PLAN_KIND) return []
    return [{ ref, asked: askedFor(underOf(policy, ref), ref), within: namedAt[i]?.within ?? [] }]
  })
  const plans = named.filter(({ kind }) => kind === PLAN_KIND)
  const above = refs.flatMap(({ within }) => within.filter(({ kind }) => kind === PLAN_KIND))
  return { refs, planIds: [...plans, ...above].map(({ id }) => id), isWhole: plans.length > 0 }
}

function underOf(policy: CompiledPolicy, { kind, id }: ResourceRef): string | undefined {
  return id.lastIndexOf('/') > 0 ? policy.kinds.get(kind)?.under : undefined
}

/** Everything that is asked about lies in the plan, below what it must lie below and nothing else. */
function placesOf(named: readonly Named[]): readonly Omit<WitnessPlace, 'planId'>[] {
  const places = new Map<string, { readonly resource: ResourceRef; readonly above: Map<string, ResourceRef> }>()
  for (const { refs } of named) {
    for (const { asked, within } of refs) {
      const place = places.get(keyOf(asked)) ?? { resource: asked, above: new Map() }
      places.set(keyOf(asked), place)
      for (const one of within) if (one.kind !== PLAN_KIND) place.above.set(keyOf(one), one)
    }
  }
  return [...places.values()].map(({ resource, above }) => ({ resource, ancestors: [...above.values()] }))
}

const keyOf = ({ kind, id }: ResourceRef): string => JSON.stringify([kind, id])
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Ids that the plan may have: one that the other policy's request spells out, and one that it does not. */
function planIdsOf(own: Named, others: Named): readonly string[] {
  if (own.planIds.length > 0) return own.planIds.slice(0, 1)
  const [first] = others.planIds
  const strange = first === PLAN ? ANOTHER_PLAN : PLAN
  return first === undefined ? [PLAN] : [strange, first]
}

/** What the token may be limited to: nothing; what the request names; what lies above that by its id; what has nothing to do with it. */
function allowlistsOf({ named, policy }: Facts, own: Named): readonly World['allowlist'][] {
  if (named === 'plan' || own.isWhole) return ['all']
  if (named === 'nothing' || named === 'filtered') {
    const [kind] = policy.kinds.keys()
    return kind === undefined ? ['all', []] : ['all', [{ kind, id: '999' }]]
  }
  const listed = unique(own.refs.map(({ ref }) => ref))
  const above = unique(own.refs.map(({ asked }) => asked))
  return same(listed, above) ? ['all', listed] : ['all', listed, above]
}

function unique(refs: readonly ResourceRef[]): readonly ResourceRef[] {
  return [...new Map(refs.map(({ kind, id }) => [keyOf({ kind, id }), { kind, id }])).values()]
}
