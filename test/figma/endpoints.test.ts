/**
 * Every endpoint of Figma's policy as a case: each of its scopes alone is enough, without them it is refused, and so are
 * resources of another plan and resources outside the allowlist. How a request names resources in query and body:
 * requests.test.ts. What options change: options.test.ts.
 */
import { expectAllowed, expectDenied } from 'plan-access-tokens/testing'
import { describe, expect, test } from 'vitest'
import { CLOSED, ROWS, requestOf, variantsOf } from './rows.ts'
import { figmaWorld, GRANTABLE, type Place } from './world.ts'

const { tokens, secretWith } = figmaWorld()
const OPEN = ROWS.filter(({ route }) => !CLOSED.has(route))

test('there are 60 endpoints, 13 of them closed', () => {
  expect(ROWS).toHaveLength(60)
  expect(OPEN).toHaveLength(47)
  expect(new Set(ROWS.map(({ route }) => route)).size).toBe(60)
})

describe.each(OPEN)('$route', (row) => {
  const { route, scopes, names } = row
  const authorize = async (held: readonly string[], resources: 'all' | 'listed', place: Place) => {
    const secret = await secretWith(held, resources)
    const variants = variantsOf(row, place)
    expect(variants.length).toBeGreaterThan(0)
    return Promise.all(
      variants.map(async (variant) => ({ variant, decision: await tokens.authorize(requestOf(secret, variant)) })),
    )
  }

  test.each(scopes)('is allowed with %s alone', async (scope) => {
    for (const { variant, decision } of await authorize([scope], 'all', 'unlisted')) {
      const { endpoint, resources, token } = expectAllowed(decision)
      expect(endpoint.route).toBe(route)
      expect(resources).toEqual(variant.resources)
      expect(token.scopes).toEqual([scope])
    }
  })

  test('is scope_missing with every other scope, and says which it takes', async () => {
    const others = GRANTABLE.filter((scope) => !scopes.includes(scope))
    for (const { decision } of await authorize(others, 'all', 'listed')) {
      const denial = expectDenied(decision, 'scope_missing')
      expect(denial.status).toBe(403)
      expect(denial.scopes).toEqual(scopes)
      for (const scope of scopes) expect(denial.message).toContain(scope)
      expect(denial.headers['WWW-Authenticate']).toContain(`scope="${scopes[0]}"`)
    }
  })

  if (names === 'resources') {
    test('is resource_not_in_plan for a resource of another plan', async () => {
      for (const resources of ['all', 'listed'] as const)
        for (const { decision } of await authorize(scopes, resources, 'foreign'))
          expect(expectDenied(decision, 'resource_not_in_plan').status).toBe(403)
    })

    test('is resource_not_allowed for a resource outside the allowlist', async () => {
      for (const { decision } of await authorize(scopes, 'listed', 'unlisted'))
        expect(expectDenied(decision, 'resource_not_allowed').status).toBe(403)
    })

    test('is allowed for a resource below a listed one, and for the listed one itself', async () => {
      for (const { variant, decision } of await authorize(scopes, 'listed', 'listed')) {
        // The whole plan is never on an allowlist.
        if (variant.resources[0]?.kind === 'plan') expectDenied(decision, 'resource_not_allowed')
        else expect(expectAllowed(decision).resources).toEqual(variant.resources)
      }
    })
  } else {
    test('is plan-wide: only a token with all resources reaches it', async () => {
      expect(names).toBe('plan')
      for (const { decision } of await authorize(scopes, 'listed', 'listed'))
        expectDenied(decision, 'resource_not_allowed')
    })
  }
})

describe.each(ROWS.filter(({ route }) => CLOSED.has(route)))('$route', (row) => {
  test.each(['listed', 'unlisted', 'foreign'] as const)(
    'is endpoint_not_supported, whatever it names (%s)',
    async (place) => {
      for (const resources of ['all', 'listed'] as const) {
        const secret = await secretWith(GRANTABLE, resources)
        for (const variant of variantsOf(row, place)) {
          const denial = expectDenied(await tokens.authorize(requestOf(secret, variant)), 'endpoint_not_supported')
          expect(denial.status).toBe(403)
          expect(denial.message).toBe('The endpoint is not open to plan access tokens. Authenticate in another way.')
        }
      }
    },
  )
})
