/** What stands around the registry's rules: options, links, where packages lie. What requests come to: test/attack/npm-registry. */
import { readFileSync } from 'node:fs'
import { createPlanTokens, memoryStore, SetupError } from 'plan-access-tokens'
import { type NpmPolicyOptions, npmErrors, npmPolicy } from 'plan-access-tokens/npm'
import { requestWith, testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { npmWorld, REGISTRY } from './world.ts'

const registry = REGISTRY
const policy = npmPolicy({ packageScopes: ['@acme', '@acme.ui'], registry })

describe('options', () => {
  const problemsOf = (options: object): readonly string[] => {
    try {
      npmPolicy(options as NpmPolicyOptions)
      return []
    } catch (error) {
      expect(error).toBeInstanceOf(SetupError)
      return (error as SetupError).issues.map(({ path }) => path)
    }
  }

  it('are refused with every mistake at once', () => {
    expect(problemsOf({})).toEqual(['packageScopes', 'registry'])
    expect(
      problemsOf({
        packageScopes: ['acme', '@Acme', '@acme/x'],
        registry: 'npm',
        prefix: '1',
        tiers: [],
        publishBytes: 0,
        errors: 1,
        x: 1,
      }),
    ).toEqual([
      'packageScopes[0]',
      'packageScopes[1]',
      'packageScopes[2]',
      'registry',
      'prefix',
      'tiers',
      'publishBytes',
      'errors',
      'x',
    ])
  })

  it.each([
    'https://u@a.example',
    'https://a.example/?x=1',
    'https://a.example/#x',
    'file:///x',
    'https://a.example/a%20b',
  ])('refuse the registry %s', (address) => {
    expect(problemsOf({ packageScopes: ['@acme'], registry: address })).toEqual(['registry'])
  })

  it('close the search of a registry that several plans share', async () => {
    const shared = npmPolicy({ packageScopes: ['@acme', '@other'], registry, search: 'closed' })
    const { tokens, make } = npmWorld({ policy: shared })
    const { secret } = await make()
    const decision = await tokens.authorize(requestWith(secret, 'GET /-/v1/search?text=x'))
    expect(decision).toMatchObject({ allowed: false, code: 'endpoint_not_supported' })
    expect(problemsOf({ packageScopes: ['@acme'], registry, search: 'no' })).toEqual(['search'])
  })

  it('choose prefix, tiers, size and rendering', () => {
    const mine = npmPolicy({ packageScopes: ['@a'], registry, prefix: 'a_npm', tiers: ['team'], publishBytes: 10 })
    expect(mine.types[0]).toMatchObject({ name: 'npm', prefix: 'a_npm', scopes: ['npm:read', 'npm:write'] })
    expect(mine.data.tiers).toEqual(['team'])
    expect(mine.limits.bodyBytes).toBe(10)
  })
})

describe('links', () => {
  it.each([
    ['@acme/button', 'package', '@acme/button'],
    ['@acme', 'npm_scope', '@acme'],
    ['https://npm.acme.example/@acme/button', 'package', '@acme/button'],
    ['npm.acme.example/@acme', 'npm_scope', '@acme'],
    ['https://npm.acme.example/-/web/detail/@acme/button', 'package', '@acme/button'],
  ])('%s is the %s %s', (link, kind, id) => {
    expect(policy.parseLink(link)).toEqual({ ok: true, resource: { kind, id } })
  })

  it.each(['@', '@/x', 'button', '@acme/a/b', '@acme/..', 'https://npm.acme.example/@acme%2fbutton', '@acme%2fbutton'])(
    '%s is none, and the message shows a right one',
    (link) => {
      const parsed = policy.parseLink(link)
      expect(parsed).toMatchObject({ ok: false, message: expect.stringContaining('A right one looks like') })
    },
  )

  it('may begin with the path of a registry', () => {
    const below = npmPolicy({ packageScopes: ['@acme'], registry: 'https://a.example/npm/' })
    for (const link of ['https://a.example/npm/@acme/x', '@acme/x'])
      expect(below.parseLink(link)).toEqual({ ok: true, resource: { kind: 'package', id: '@acme/x' } })
  })
})

it('docs/npm-registry.md has each route in its table, with what it needs', () => {
  const page = readFileSync(new URL('../../docs/npm-registry.md', import.meta.url), 'utf8')
  const one = npmPolicy({ packageScopes: ['@s'], registry })
  const rows = page
    .slice(page.indexOf('| routes | needs | names |'))
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const table = rows.flatMap((row) => {
    const [, routes = '', needs = ''] = row.split(' | ').flatMap((cell, i) => (i === 0 ? ['', cell.slice(2)] : [cell]))
    return [...routes.matchAll(/`([^`]+)`/g)].map(([, route]) => `${route} ${needs}`)
  })
  const policed = Object.entries(one.data.endpoints).map(([route, { scopes, closed }]) => {
    const needs = closed
      ? `closed: ${closed}`
      : scopes.length > 0
        ? `\`${scopes.join('` or `')}\``
        : 'a token that works'
    return `${route.replace('/@s/{name}', '/@s/n')} ${needs}`
  })
  expect(table.toSorted()).toEqual(policed.toSorted())
})

describe('a package', () => {
  it('lies where its npm scope lies: the directory is asked for that alone', async () => {
    const asked: string[] = []
    const real = testDirectory({
      p1: { admins: ['ada'], resources: { 'npm_scope:@acme': {} } },
      p2: { admins: ['bob'], resources: { 'npm_scope:@acme.ui': {} } },
    })
    const directory = {
      ...real,
      locate: (ref: { kind: string; id: string }) => {
        asked.push(`${ref.kind} ${ref.id}`)
        return real.locate(ref)
      },
    }
    const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
    const input = { actor: 'ada', planId: 'p1', type: 'npm', name: 'x', lifetimeDays: 1, scopes: ['npm:read'] } as const
    const { secret } = await tokens.create({ ...input, resources: ['@acme/button', '@acme/not-published-yet'] })
    const ask = async (path: string) => {
      const decision = await tokens.authorize(requestWith(secret, `GET ${path}`))
      return decision.allowed ? 'allowed' : decision.code
    }
    expect(await ask('/@acme%2fbutton')).toBe('allowed')
    expect(await ask('/@acme%2fnot-published-yet')).toBe('allowed')
    expect(await ask('/@acme%2fother')).toBe('resource_not_allowed')
    expect(await ask('/@acme.ui%2fbutton')).toBe('resource_not_in_plan')
    expect(new Set(asked)).toEqual(new Set(['npm_scope @acme', 'npm_scope @acme.ui']))
    await expect(tokens.create({ ...input, resources: ['@acme.ui/button', '@other'] })).rejects.toThrow(
      /resources\[0\]: There is no such package in this plan[\s\S]*resources\[1\]: There is no such npm scope in this plan/,
    )
    const whole = await tokens.create({ ...input, resources: ['@acme'] })
    expect((await tokens.authorize(requestWith(whole.secret, 'GET /@acme%2fanything'))).allowed).toBe(true)
  })
})

it('a refusal has the sentence as error, and npm is told it in a notice where it prints words of its own', async () => {
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory: testDirectory({}) })
  const missing = await tokens.authorize({ method: 'GET', url: '/@acme%2fx', headers: {} })
  if (missing.allowed) throw new Error('allowed')
  const { status, headers, body } = npmErrors(missing)
  expect(status).toBe(401)
  expect(headers['npm-notice']).toMatch(
    /^The request carries no token\. Send .* in the header Authorization, after the word Bearer\.$/,
  )
  expect(JSON.parse(body)).toMatchObject({ error: missing.message, code: 'token_missing', status: 401 })
  expect(missing.rendered()).toEqual(npmErrors(missing))
})
