/** Figma's policy to the compiler: its one type, its scopes, its routes and its options. */
import {
  createPlanTokens,
  type Directory,
  type RouteOf,
  type ScopeOf,
  type TokenStore,
  type TypeOf,
} from 'plan-access-tokens'
import { figmaErrors, figmaPolicy, parseFigmaLink, parseFigmaLinks } from 'plan-access-tokens/figma'
import { describe, expectTypeOf, it } from 'vitest'

declare const store: TokenStore
declare const directory: Directory

type FigmaPolicy = ReturnType<typeof figmaPolicy>
const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory })
const input = { actor: 'a', planId: '1', type: 'rest', name: 'n', lifetimeDays: 1, resources: 'all' } as const
const question = { actor: 'a', id: '1' } as const

describe('Figma’s policy', () => {
  it('grants its scopes to tokens of type rest', () => {
    expectTypeOf<TypeOf<FigmaPolicy>>().toEqualTypeOf<'rest'>()
    expectTypeOf<ScopeOf<FigmaPolicy>>().not.toEqualTypeOf<string>()
    void tokens.create({ ...input, scopes: ['file_content:read', 'files:read', 'org:discovery_read'] })
    void tokens.edit({ ...question, scopes: ['webhooks:write'] })
  })

  it('does not compile with a scope that is misspelt, or that no plan token is granted', () => {
    // @ts-expect-error Did you mean 'file_content:read'?
    void tokens.create({ ...input, scopes: ['file_contnet:read'] })
    // @ts-expect-error closed to plan tokens
    void tokens.create({ ...input, scopes: ['file_comments:write'] })
    // @ts-expect-error belongs to a person
    void tokens.edit({ ...question, scopes: ['current_user:read'] })
    // @ts-expect-error no such type
    void tokens.create({ ...input, type: 'npm', scopes: [] })
  })

  it('has its own routes in a decision', async () => {
    const decision = await tokens.authorize(new Request('https://api.figma.com/v1/files/A'))
    if (decision.allowed) expectTypeOf(decision.endpoint.route).toEqualTypeOf<RouteOf<FigmaPolicy>>()
  })

  it('explains its own routes', () => {
    expectTypeOf<RouteOf<FigmaPolicy>>().not.toEqualTypeOf<string>()
    void tokens.explain({ ...question, route: 'GET /v1/files/{file_key}', params: { file_key: 'A' } })
    void tokens.explain({ ...question, route: 'GET /v1/discovery' })
    // @ts-expect-error the parameter is file_key
    void tokens.explain({ ...question, route: 'GET /v1/files/{key}' })
  })

  it('has the options of the contract and no others', () => {
    figmaPolicy({
      variablesRead: 'closed',
      payments: 'open',
      discovery: 'closed',
      endpointTiers: 'enforce',
      errors: figmaErrors,
    })
    // @ts-expect-error open or closed
    figmaPolicy({ payments: 'maybe' })
    // @ts-expect-error no such option
    figmaPolicy({ variableRead: 'open' })
    // @ts-expect-error a renderer answers at once
    figmaPolicy({ errors: async (denial) => figmaErrors(denial) })
  })

  it('has links that are read to resources or to mistakes', () => {
    const link = parseFigmaLink('https://figma.com/design/A')
    if (link.ok) expectTypeOf(link.resource.kind).toEqualTypeOf<string>()
    else expectTypeOf(link.code).not.toEqualTypeOf<string>()
    expectTypeOf(parseFigmaLinks('').mistakes).items.toHaveProperty('start').toEqualTypeOf<number>()
  })
})
