/** What the tests of names share: what one request names, under a policy with one endpoint. */
import { parseJsonStrictly } from '../../src/core/json.ts'
import type { Malformed } from '../../src/core/malformed.ts'
import { type NamedResources, namesOf, type Told } from '../../src/core/names.ts'
import type { Endpoint, Names } from '../../src/core/policy-data.ts'
import { readTarget } from '../../src/core/target.ts'
import { compiled, matchIn, policyWith } from './fixtures.ts'

/** What one request names under a policy with one endpoint; the body as the text that is sent. */
export function named(
  route: string,
  names: Names,
  target: string,
  body?: string,
  params: Endpoint['params'] = {},
  told: Told = newTold(),
): NamedResources {
  const kinds = { file: {}, project: {}, team: {}, absent: {}, malformed: {}, constructor: {} }
  const policy = policyWith({ [route]: { scopes: [], names, params } }, { kinds })
  const { path = '', query = '' } = readTarget(target) ?? {}
  const matched = matchIn(policy, route.slice(0, route.indexOf(' ')), path)
  if (!matched) throw new TypeError(`${target} is not ${route}.`)
  const reading = body === undefined ? undefined : parseJsonStrictly(body)
  return namesOf(matched.match, query, reading, compiled(policy), told)
}

/** Nothing told so far. */
export const newTold = (): Told => ({ namedAt: [], malformed: undefined })

/** Each resource that one request names, with where it was read. */
export function namedAt(route: string, names: Names, target: string, body?: string) {
  const told = newTold()
  const result = named(route, names, target, body, {}, told)
  return typeof result === 'string' ? result : result.map((ref, i) => ({ ...ref, ...told.namedAt[i] }))
}

/** Why it cannot be told what one request names. */
export function malformedIn(...[route, names, target, body]: [string, Names, string, string?]): Malformed | undefined {
  const told = newTold()
  return named(route, names, target, body, {}, told) === 'malformed' ? told.malformed : undefined
}

/** How many resources one request may name here. */
export const most = 1_000

/** Kinds and ids alone. */
export const refs = (result: NamedResources) =>
  typeof result === 'string' ? result : result.map(({ kind, id }) => `${kind}:${id}`)
