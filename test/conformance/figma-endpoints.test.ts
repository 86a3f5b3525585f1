/**
 * Figma's policy against figma-endpoints.tsv, row by row: what each endpoint names (`path:`, `query:`, `body:`, `within`,
 * `plan`, `-`), which no published document says. Paths, scopes and openness against the package itself: figma-spec.test.ts.
 */
import { readFileSync } from 'node:fs'
import type { NamedResource, Names } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { describe, expect, test } from 'vitest'
import { endpointOf, operationsOfSpec, readPublishedSpec, specOperations } from './figma-spec.ts'

const [head, ...rows] = readFileSync(new URL('./figma-endpoints.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
const byRoute = new Map(rows.map((row) => [row.split('\t').slice(0, 2).join(' '), row]))

const { data } = figmaPolicy()
const published = readPublishedSpec()
const spec = operationsOfSpec(published)

/** An endpoint of the policy as the table would write it. */
function rowOf(route: string): string {
  const { scopes, names } = endpointOf(data, route)
  return [
    ...route.split(' '),
    specOperations(published).get(route)?.operationId,
    spec.get(route)?.open ? 'yes' : 'no',
    scopes.join(' ') || '-',
    resourcesText(names),
  ].join('\t')
}

function resourcesText(names: Names): string {
  if (typeof names === 'string') return names === 'plan' ? 'plan' : '-'
  return ('anyOf' in names ? names.anyOf : names).map(resourceText).join(', ')
}

function resourceText({ kind, at, within }: NamedResource): string {
  const place = within === undefined ? '' : ` within ${within.replace(/^path:/, '')}`
  if (typeof kind === 'string') return `${at}=${kind}${place}`
  const [where, id] = at.split(':')
  return `${where}:${kind.from.replace(/^\w+:/, '')}+${id}=${kind.of.join('|')}${place}`
}

describe('figma-endpoints.tsv', () => {
  test('has a row for each of the 54 operations, once', () => {
    expect(head?.split('\t')).toEqual([
      'method',
      'path',
      'operation',
      'plan_token_in_spec',
      'scopes_any_of',
      'resources',
    ])
    expect(rows).toHaveLength(54)
    expect([...byRoute.keys()].sort()).toEqual([...spec.keys()].sort())
  })

  test('and the policy has the same routes, discovery, and what Code Connect calls', () => {
    const further = Object.keys(data.endpoints).filter((route) => !byRoute.has(route))
    expect(further.filter((route) => !route.includes('/v1/code_connect'))).toEqual(['GET /v1/discovery'])
    expect(further).toHaveLength(1 + 5)
  })

  test.each([...byRoute])('%s: the policy says the same', (route, row) => {
    expect(rowOf(route)).toBe(row)
  })
})

describe('what the table cannot say', () => {
  test('a query that names nothing asks for the whole plan, a body that names nothing is refused', () => {
    expect(endpointOf(data, 'GET /v2/webhooks').names).toMatchObject({ none: 'plan' })
    expect(endpointOf(data, 'POST /v2/webhooks').names).toMatchObject({ none: 'refuse' })
  })

  test('the id of a plan carries the prefix that Figma gives it', () => {
    expect(JSON.stringify(endpointOf(data, 'GET /v2/webhooks').names)).toContain('"prefix":"organization-"')
  })

  test('discovery asks for the whole plan', () => {
    expect(endpointOf(data, 'GET /v1/discovery')).toEqual({ scopes: ['org:discovery_read'], names: 'plan' })
  })
})
