/** What the tests of links share: a policy about nothing but links, and one word for what a link is. */
import type { Policy } from '../../src/core/policy.ts'
import { policyWith } from './fixtures.ts'

export const KINDS = {
  region: { id: 'name', parents: [] },
  team: { id: 'digits', max: 4, parents: ['region'] },
  file: { id: 'base62', parents: ['team', 'file'] },
} as const

/** A policy about nothing but links. */
export function linksOf(shapes: readonly string[], tail: 0 | 1 = 0, hosts: readonly string[] = ['x.test']): Policy {
  return policyWith({}, { kinds: KINDS, links: { hosts, tail, shapes } })
}

/** Kind and id of a link, or what is wrong with it. */
export function readLink(policy: Policy, link: string): string {
  const parsed = policy.parseLink(link)
  return parsed.ok ? `${parsed.resource.kind}:${parsed.resource.id}` : parsed.code
}
