/** Routes that begin with what lies above a resource: it has to be above it, and the token need not reach it (`above`). */
import { createPlanTokens, definePolicy, memoryStore } from 'plan-access-tokens'
import { policyMatrix } from 'plan-access-tokens/policy'
import { requestWith, testClock, testDirectory, testPolicy } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'

const policy = definePolicy({
  surface: 'docs',
  credential: { headers: [], bearer: true },
  tiers: ['pro'],
  scopes: { 'doc:read': {}, 'doc:write': {} },
  types: { live: { prefix: 'docs' } },
  kinds: {
    space: { id: 'digits' },
    folder: { id: 'digits', parents: ['space'] },
    doc: { id: 'name', parents: ['folder'] },
  },
  links: { hosts: ['docs.example'], shapes: ['/s/{space}', '/f/{folder}', '/d/{doc}'] },
  endpoints: {
    'GET /accounts/{account}/spaces/{space}/folders/{folder}/docs/{doc}': {
      scopes: ['doc:read'],
      names: [
        { kind: 'plan', at: 'path:account', above: true },
        { kind: 'space', at: 'path:space', within: 'path:account', above: true },
        { kind: 'folder', at: 'path:folder', within: 'path:space', above: true },
        { kind: 'doc', at: 'path:doc', within: 'path:folder' },
      ],
    },
    'POST /spaces/{space}/copies': {
      scopes: ['doc:write'],
      names: [
        { kind: 'space', at: 'path:space', above: true },
        { kind: 'doc', at: 'body:doc', within: 'path:space' },
      ],
    },
    'GET /spaces/{space}/docs/{doc}': {
      scopes: ['doc:read'],
      names: [
        { kind: 'space', at: 'path:space' },
        { kind: 'doc', at: 'path:doc', within: 'path:space' },
      ],
    },
  },
})

const tree = {
  acme: {
    tier: 'pro',
    admins: ['ann'],
    resources: {
      'space:1': { 'folder:11': { 'doc:A': {}, 'doc:B': {} }, 'folder:12': { 'doc:C': {} } },
      'space:2': { 'folder:21': { 'doc:D': {} } },
    },
  },
  other: { tier: 'pro', admins: ['bob'], resources: { 'space:9': { 'folder:91': { 'doc:Z': {} } } } },
}

async function asking(...links: readonly string[]) {
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory: testDirectory(tree), clock: testClock() })
  const { token, secret } = await tokens.create({
    ...{ actor: 'ann', planId: 'acme', type: 'live', name: 'x', lifetimeDays: 1 },
    ...{ scopes: ['doc:read', 'doc:write'], resources: links.map((link) => `https://docs.example${link}`) },
  })
  const decide = (line: string, body?: unknown) => tokens.authorize(requestWith(secret, line, { body }))
  const ask = async (line: string, body?: unknown) => {
    const decision = await decide(line, body)
    return decision.allowed ? 'allowed' : decision.code
  }
  return { tokens, token, decide, ask }
}

describe('what is above a resource in a route', () => {
  it.each([
    ['acme', 1, 11, 'A', 'allowed'],
    // Not on the list.
    ['acme', 1, 11, 'B', 'resource_not_allowed'],
    // Each of the three has to be above the document, also where only one of them is not.
    ['other', 1, 11, 'A', 'resource_not_in_plan'],
    ['acme', 2, 11, 'A', 'resource_not_in_plan'],
    ['acme', 1, 12, 'A', 'resource_not_in_plan'],
    ['acme', 9, 11, 'A', 'resource_not_in_plan'],
    ['acme', 1, 404, 'A', 'resource_not_in_plan'],
    // What is no id of its kind is above nothing.
    ['acme', 'x', 11, 'A', 'resource_not_in_plan'],
    ['other', 9, 91, 'Z', 'resource_not_in_plan'],
  ])('lets a token for one document through with %s/%s/%s/%s: %s', async (account, space, folder, doc, expected) => {
    const { ask } = await asking('/d/A')
    expect(await ask(`GET /accounts/${account}/spaces/${space}/folders/${folder}/docs/${doc}`)).toBe(expected)
  })

  it('is no resource of the decision, and a parameter of it', async () => {
    const { decide } = await asking('/d/A')
    expect(await decide('GET /accounts/acme/spaces/1/folders/11/docs/A')).toMatchObject({
      allowed: true,
      resources: [{ kind: 'doc', id: 'A' }],
      params: { account: 'acme', space: '1', folder: '11', doc: 'A' },
    })
  })

  it('holds a resource of the body, and has to be on the list where it is not said to be above alone', async () => {
    const { ask } = await asking('/d/A')
    expect(await ask('POST /spaces/1/copies', { doc: 'A' })).toBe('allowed')
    expect(await ask('POST /spaces/2/copies', { doc: 'A' })).toBe('resource_not_in_plan')
    expect(await ask('POST /spaces/1/copies', {})).toBe('request_malformed')
    expect(await ask('GET /spaces/1/docs/A')).toBe('resource_not_allowed')
    expect(await (await asking('/s/1')).ask('GET /spaces/1/docs/A')).toBe('allowed')
  })

  it('is named by explain where it is not above the resource', async () => {
    const { tokens, token } = await asking('/d/A')
    const { rules } = await tokens.explain({
      ...{ actor: 'ann', id: token.id, route: 'GET /accounts/{account}/spaces/{space}/folders/{folder}/docs/{doc}' },
      params: { account: 'acme', space: '2', folder: '11', doc: 'A' },
    })
    expect(rules.find(({ rule }) => rule === 'in_plan')?.reason).toContain('it is not in that folder or space or plan')
  })

  it('has cases of its own for tests of a policy, all of which hold, and stands in the matrix', async () => {
    const cases = testPolicy(policy)
    for (const { run } of cases) await run()
    const names = cases.map(({ name }) => name).filter((name) => name.includes('that the request says'))
    expect(names.map((name) => name.split(': ')[1])).toEqual([
      'refuses a resource in path:doc that is not in the folder that the request says',
      'refuses a resource in path:doc that is not in the space that the request says',
      'refuses a resource in path:doc that is not in the plan that the request says',
      'refuses a resource in body:doc that is not in the one that the request says',
      'refuses a resource in path:doc that is not in the one that the request says',
    ])
    const { endpoints } = policyMatrix(policy)
    expect(endpoints[0]).toMatchObject({ allowlist: 'covering' })
  })
})
