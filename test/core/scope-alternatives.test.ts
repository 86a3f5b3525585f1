/** What is enough for an endpoint: one scope, or several together. How it is decided, told and put into a challenge. */
import fc from 'fast-check'
import { createPlanTokens, definePolicy, memoryStore, type ScopeAlternative } from 'plan-access-tokens'
import { figmaErrors } from 'plan-access-tokens/figma'
import { expectAllowed, expectDenied, requestWith, testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { SetupError } from '../../src/core/errors.ts'

const SCOPES = ['a', 'b', 'c', 'd'] as const
type Scope = (typeof SCOPES)[number]

const policyOf = (scopes: readonly ScopeAlternative<Scope>[], deprecated: readonly Scope[] = []) =>
  definePolicy(
    {
      surface: 'test',
      credential: { headers: [], bearer: true },
      tiers: ['organization'],
      scopes: Object.fromEntries(
        SCOPES.map((scope) => [scope, deprecated.includes(scope) ? { deprecated: 'Old.' } : {}]),
      ) as { readonly [S in Scope]: object },
      types: { live: { prefix: 'test' } },
      kinds: { file: {} },
      links: { hosts: [], shapes: [] },
      endpoints: {
        'GET /x': { scopes, names: 'nothing' },
        'GET /all': { scopes: SCOPES, names: 'nothing' },
      },
    },
    { errors: figmaErrors },
  )

const engineOf = (policy: ReturnType<typeof policyOf>) => {
  const directory = testDirectory({ acme: { admins: ['ada'] } })
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
  const input = { actor: 'ada', planId: 'acme', type: 'live', name: 'n', lifetimeDays: 1, resources: 'all' } as const
  return { tokens, make: (scopes: readonly Scope[]) => tokens.create({ ...input, scopes }) }
}

const TWO = [['a', 'b'], 'c'] as const

describe('an endpoint that takes a and b together, or c', () => {
  it('lets in who holds both, or c, and nobody else', async () => {
    const { tokens, make } = engineOf(policyOf(TWO))
    for (const [held, isEnough] of [
      [['a', 'b'], true],
      [['d', 'b', 'a'], true],
      [['c'], true],
      [['a'], false],
      [['b', 'd'], false],
    ] as const) {
      const { secret } = await make(held)
      const decision = await tokens.authorize(requestWith(secret, 'GET /x'))
      if (isEnough) expectAllowed(decision)
      else expectDenied(decision, 'scope_missing')
    }
  })

  it('says so in the denial, in its challenge, as Figma would, and in explain', async () => {
    const { tokens, make } = engineOf(policyOf(TWO))
    const { secret, token } = await make(['a'])
    const denial = expectDenied(await tokens.authorize(requestWith(secret, 'GET /x')), 'scope_missing')
    expect(denial.scopes).toEqual([['a', 'b'], 'c'])
    expect(denial.message).toMatch(/ It takes a and b, or c\.$/)
    expect(denial.headers['WWW-Authenticate']).toMatch(/, error="insufficient_scope", .*, scope="a b"$/)
    expect(JSON.parse(denial.rendered().body).err).toBe('Invalid scope. This endpoint requires the a and b or c scope')
    const question = { actor: 'ada', id: token.id, route: 'GET /x' } as const
    const reasonOf = async (id: string) =>
      (await tokens.explain({ ...question, id })).rules.find(({ rule }) => rule === 'scope')?.reason
    expect(await reasonOf(token.id)).toMatch(/It takes a and b, or c\. The token holds a\.$/)
    expect(await reasonOf((await make(['b', 'a'])).token.id)).toBe('The token holds a and b, which the endpoint takes.')
  })

  it('challenges with what is not deprecated, where there is such', () => {
    const challengeOf = (deprecated: readonly Scope[]) => {
      const { tokens, make } = engineOf(policyOf(TWO, deprecated))
      return make(['d']).then(async ({ secret }) => {
        const decision = await tokens.authorize(requestWith(secret, 'GET /x'))
        return expectDenied(decision, 'scope_missing').headers['WWW-Authenticate']?.replace(/.*scope=/, '')
      })
    }
    return expect(Promise.all([challengeOf(['b']), challengeOf(['b', 'c'])])).resolves.toEqual(['"c"', '"a b"'])
  })
})

it('whatever alternatives there are, a token is let in exactly if it holds all of one', async () => {
  const set = fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1 })
  const alternatives = fc.array(fc.oneof(fc.constantFrom(...SCOPES), set), { minLength: 1, maxLength: 4 })
  let compared = 0
  await fc.assert(
    fc.asyncProperty(alternatives, set, async (scopes, held) => {
      const sets = scopes.map((alternative) => [alternative].flat())
      const isCovered = sets.some((one, i) =>
        sets.some((other, j) => i !== j && other.every((scope) => one.includes(scope))),
      )
      if (isCovered) {
        expect(() => policyOf(scopes)).toThrow(SetupError)
        return
      }
      const { tokens, make } = engineOf(policyOf(scopes))
      const { secret } = await make(held)
      const { allowed } = await tokens.authorize(requestWith(secret, 'GET /x'))
      expect(allowed).toBe(sets.some((one) => one.every((scope) => held.includes(scope))))
      compared++
    }),
    { numRuns: 200, seed: 1 },
  )
  expect(compared).toBeGreaterThan(50)
})
