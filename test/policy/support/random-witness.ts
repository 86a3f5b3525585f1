/**
 * Requests by lot to one of two policies, with a token and a world around them. Made of the policies' words and of nothing that a
 * comparison makes of them, so that it can be tried on requests that it did not think of.
 */
import type { Policy, ResourceRef } from 'plan-access-tokens'
import type { Witness } from 'plan-access-tokens/policy'
import type { Judge } from '../../../src/policy/judge.ts'
import type { Random } from '../../processes/random.ts'

const VALUES = [
  '1',
  '1',
  '2',
  'a',
  'b',
  'x',
  'y',
  'X',
  '1a',
  '01',
  '-',
  '~',
  '~~',
  '11',
  '111',
  '1111',
  'aa',
  'P-1',
  'P-a',
  'P-',
  '%40z',
  '%7E',
]
const LONG = [
  '12345678901',
  '99999999999999999999',
  '0197b0c4-7d2e-7cc0-8f1e-4c1f7f1b2a3d',
  '1'.repeat(130),
  'a/1',
  '1/1',
  'x/x',
  'a/a',
]

/** A request to one of two policies. */
export function randomWitness(
  policies: readonly [Policy, Policy],
  judges: readonly [Judge, Judge],
  random: Random,
): Witness {
  const { data } = random.of(policies)
  const routes = Object.keys(data.endpoints)
  const route = routes.length > 0 ? random.of(routes) : 'GET /x'
  const space = route.indexOf(' ')
  const sources = new Set<string>()
  for (const policy of policies)
    for (const [other, { names }] of Object.entries(policy.data.endpoints)) {
      if (typeof names === 'string' || (other !== route && random.chance(0.7))) continue
      for (const { at, kind } of 'anyOf' in names ? names.anyOf : names) {
        sources.add(at)
        if (typeof kind !== 'string') sources.add(kind.from)
      }
    }
  const value = (): string => (random.chance(0.12) ? random.of(LONG) : random.of(VALUES))
  const path = route.slice(space + 1).replaceAll(/\{\w+\}/g, () => pathValue(value(), random))
  const query = [...sources]
    .filter((source) => source.startsWith('query:') && random.chance(0.85))
    .map((source) => {
      const name = source.slice(6)
      return `${name}=${encodeURIComponent(name === 'o' && random.chance(0.9) ? random.of(['file', 'folder', 'doc', 'plan']) : value())}`
    })
  if (query.length > 0 && random.chance(0.03)) query.push(query[0]!)
  const body = bodyOf(
    [...sources].filter((source) => source.startsWith('body:')),
    value,
    random,
  )
  const types = policies.flatMap((policy) => policy.types.map(({ name, prefix }) => ({ type: name, prefix })))
  const tiers = policies.flatMap((policy) => policy.data.tiers)
  const headers = policies.flatMap(({ data: { credential } }) => [
    ...credential.headers,
    ...(credential.bearer ? ['authorization'] : []),
  ])
  const asking = {
    method: random.chance(0.05) ? 'HEAD' : route.slice(0, space),
    path,
    query: query.join('&'),
    ...(body !== undefined && { body }),
    ...(body !== undefined && random.chance(0.1) && { bodyBytes: 20 + random.below(80) }),
    failing: random.chance(0.15) ? [random.of(['k@1', 'l@1'])] : [],
  }
  const refs = refsIn(judges, asking)
  const planIds = ['1', ...refs.filter(({ kind }) => kind === 'plan').map(({ id }) => id)]
  const planId = random.of(planIds)
  return {
    ...asking,
    headers: random.chance(0.06) ? {} : headersOf(headers, random),
    token: {
      ...random.of(types),
      scopes: ['a', 'b', 'c', 'r', 'old-a'].filter(() => random.chance(0.6)),
      allowlist: random.chance(0.5) ? 'all' : refs.filter(() => random.chance(0.6)),
    },
    plan: { id: planId, tier: random.of(tiers) },
    places: placesOf(refs, planId, random),
  }
}

function headersOf(names: readonly string[], random: Random): Witness['headers'] {
  const beside = random.chance(0.1) ? { [random.of(names)]: random.of(['other', 'alike'] as const) } : {}
  return random.chance(0.03) ? beside : { ...beside, [random.of(names)]: 'secret' }
}

function pathValue(value: string, random: Random): string {
  if (value.startsWith('%')) return value
  return random.chance(0.2)
    ? random.of(['x', 'y', 'X', 'Y', '@z', '@Z', '%40z', '%40Z', '1'])
    : encodeURIComponent(value).replaceAll('%2F', '-')
}

function bodyOf(sources: readonly string[], value: () => string, random: Random): string | undefined {
  if (random.chance(sources.length > 0 ? 0.05 : 0.7)) return undefined
  if (random.chance(0.04)) return random.of(['[]', '5', '{', 'null'])
  // biome-ignore lint/suspicious/noExplicitAny: a body by lot
  const body: any = {}
  for (const source of sources) {
    if (random.chance(0.1)) continue
    const leaf = (): unknown =>
      random.chance(0.04)
        ? random.of([5, '', null])
        : source === 'body:o'
          ? random.of(['file', 'folder', 'doc', 'plan'])
          : value()
    const list = (entry: () => unknown): unknown[] =>
      Array.from({ length: random.chance(0.05) ? 0 : 1 + random.below(3) }, entry)
    const [, field, each, below] = /^body:(\w+)(\[\])?(?:\.(\w+))?$/.exec(source)!
    if (below === undefined) body[field!] = each ? list(leaf) : leaf()
    else if (!each) body[field!] = random.chance(0.05) ? {} : { [below]: leaf() }
    else {
      body[field!] ??= list(() => ({}))
      if (Array.isArray(body[field!])) for (const entry of body[field!]) if (random.chance(0.96)) entry[below] = leaf()
    }
  }
  return JSON.stringify(body)
}

/** All that one of the policies reads in a request, and what a directory would be asked about. */
function refsIn(judges: readonly Judge[], asking: Parameters<Judge['read']>[0]): readonly ResourceRef[] {
  const refs = new Map<string, ResourceRef>()
  const add = (ref: ResourceRef): void => void refs.set(JSON.stringify([ref.kind, ref.id]), ref)
  for (const judge of judges) {
    const { named, namedAt } = judge.read(asking)
    for (const ref of typeof named === 'object' ? named : []) {
      add(ref)
      const slash = ref.id.lastIndexOf('/')
      if (slash > 0) add({ kind: 'folder', id: ref.id.slice(0, slash) })
    }
    for (const { within = [] } of namedAt) for (const one of within) add(one)
  }
  return [...refs.values()]
}

function placesOf(refs: readonly ResourceRef[], planId: string, random: Random): Witness['places'] {
  return refs
    .filter(({ kind }) => kind !== 'plan' && random.chance(0.92))
    .map((resource) => ({
      resource,
      planId: random.chance(0.97) ? planId : 'another',
      ancestors: refs.filter((other) => other !== resource && random.chance(0.5)),
    }))
}
