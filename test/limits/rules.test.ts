/** Rules: which one binds, as read from above; and every mistake in them, told at start and all at once. */
import { createPlanTokens, definePolicy, memoryStore, SetupError } from 'plan-access-tokens'
import { type LimitedRequest, type RequestLimitsOptions, requestLimits } from 'plan-access-tokens/limits'
import { memoryLimiter } from 'plan-access-tokens/limits/memory'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { newDirectory, newWorld, POLICY } from '../support/world.ts'
import { ALL, FILE, FILES, limitedWorld } from './world.ts'

const SIZE = { requests: 5, perSeconds: 60 }
const SCOPES = ['file_content:read', 'file_versions:read'] as const
const VERSIONS = 'GET /v1/files/FileA/versions'

describe('the rule that binds', () => {
  /** Which limit counts a request of a token of plan 1001. */
  const binding = async (rules: RequestLimitsOptions['rules'], line = FILE, groups = {}) => {
    const { make, decide } = limitedWorld({ rules, groups })
    const decision = await decide((await make({ scopes: SCOPES })).secret, line)
    return decision.allowed ? decision.limit?.name : decision.code
  }
  const named = (name: string, conditions: object = {}) => ({ ...SIZE, name, ...conditions })

  it('is the first from above that fits each of its conditions', async () => {
    const rules = [
      named('other-surface-type', { type: 'rest', tier: 'enterprise' }),
      named('versions', { endpoints: 'slow' }),
      named('organization', { surface: 'figma', tier: ['organization'], type: ['rest'] }),
      named('all'),
    ]
    const groups = { slow: ['GET /v1/files/{file_key}/versions', 'GET /v1/images/{file_key}'] }
    expect(await binding(rules, FILE, groups)).toBe('organization')
    expect(await binding(rules, VERSIONS, groups)).toBe('versions')
  })

  it('is none where none fits, or where the one that does is unlimited', async () => {
    expect(await binding([named('versions', { endpoints: ['GET /v1/files/{file_key}/versions'] })])).toBeUndefined()
    const free = { name: 'free', endpoints: FILES, unlimited: true } as const
    expect(await binding([free, ALL])).toBeUndefined()
    expect(await binding([free, ALL], VERSIONS)).toBe('all')
  })

  it('can be for single tokens', async () => {
    const { make, store, directory } = newWorld()
    const [one, other] = [await make(), await make()]
    const rules = [{ ...SIZE, name: 'one', token: [one.id] }, ALL]
    const { decide } = limitedWorld({ rules }, { store, directory })
    expect(await decide(one.secret)).toMatchObject({ limit: { name: 'one' } })
    expect(await decide(other.secret)).toMatchObject({ limit: { name: 'all' } })
  })

  it('can be a function, which is told of the request, says a size, unlimited, or leaves it to those below', async () => {
    const asked: LimitedRequest[] = []
    const answers = [{ requests: 7, perSeconds: 60 }, 'unlimited', undefined] as const
    const limit = (request: LimitedRequest) => {
      asked.push(request)
      return answers[asked.length - 1]
    }
    const { make, decide } = limitedWorld({ rules: [{ name: 'own', endpoints: FILES, limit }, ALL] })
    const { id, secret } = await make({ scopes: SCOPES })
    const decisions = [await decide(secret), await decide(secret), await decide(secret), await decide(secret, VERSIONS)]
    expect(decisions.map((one) => (one.allowed ? one.limit?.name : one.code))).toEqual(['own', undefined, 'all', 'all'])
    expect(asked).toHaveLength(3)
    const told = {
      surface: 'figma',
      tokenType: 'rest',
      tokenId: id,
      planId: '1001',
      tier: 'organization',
      route: FILES,
    }
    expect(asked[0]).toEqual(told)
  })

  it('shares its bucket with another of its name, so that some requests can cost more', async () => {
    const share = { name: 'minute', requests: 5, perSeconds: 60 }
    const rules = [{ ...share, endpoints: 'GET /v1/files/{file_key}/versions', cost: 4 }, share]
    const { make, ask, takes } = limitedWorld({ rules })
    const { secret } = await make({ scopes: SCOPES })
    expect(await ask(secret, VERSIONS)).toBe('allowed')
    expect(await ask(secret, VERSIONS)).toBe('rate_limited')
    expect([await ask(secret), await ask(secret)]).toEqual(['allowed', 'rate_limited'])
    expect(new Set(takes.map(({ key }) => key)).size).toBe(1)
  })

  it('is told apart for the surfaces of one engine', async () => {
    const other = definePolicy({
      ...{ surface: 'builds', credential: { headers: [], bearer: true }, tiers: ['organization'] },
      ...{
        scopes: { 'build:run': {} },
        types: { build: { prefix: 'bld' } },
        kinds: {},
        links: { hosts: [], shapes: [] },
      },
      endpoints: { 'GET /builds': { scopes: ['build:run'], names: 'nothing' } },
    })
    const limits = requestLimits({
      ...{ limiter: memoryLimiter(), whenUnavailable: 'deny' },
      rules: [
        { ...SIZE, name: 'builds', surface: 'builds', type: 'build' },
        { ...SIZE, name: 'files', endpoints: FILES },
      ],
    })
    const tokens = createPlanTokens({
      ...{ policy: [POLICY, other], store: memoryStore(), directory: newDirectory(), limits },
    })
    const { secret } = await tokens.create({
      ...{ actor: 'admin-1', planId: '1001', type: 'build', name: 'x', lifetimeDays: 1 },
      ...{ scopes: ['build:run'], resources: 'all' },
    })
    const headers = { authorization: `Bearer ${secret.reveal()}` }
    const request = { method: 'GET', url: '/builds', headers }
    expect(await tokens.authorize(request, { surface: 'builds' })).toMatchObject({ limit: { name: 'builds' } })
    expect(await tokens.authorize(requestWith(secret, FILE))).toMatchObject({ code: 'token_wrong_type' })
  })
})

describe('a mistake in the options', () => {
  const issuesOf = (make: () => unknown): readonly string[] => {
    try {
      make()
    } catch (error) {
      if (error instanceof SetupError) return error.issues.map(({ path, message }) => `${path}: ${message}`)
      throw error
    }
    return []
  }
  const base = { limiter: memoryLimiter(), whenUnavailable: 'deny', rules: [ALL] } as const

  it('is to leave out what happens while the limiter fails, and its sentence says why there is no default', () => {
    const { whenUnavailable: _, ...rest } = base
    const sentence =
      'whenUnavailable: must be "allow" or "deny", and has no default: while the limiter fails, requests go through uncounted, or are answered with 503.'
    expect(issuesOf(() => requestLimits(rest as never))).toEqual([sentence])
    expect(issuesOf(() => requestLimits({ ...base, whenUnavailable: 'open' as never }))).toEqual([sentence])
  })

  it('is told with all others at once', () => {
    const options = { limiter: {}, rules: [{ name: '1', requests: 0, perSeconds: 60 }], colour: 'red' }
    expect(issuesOf(() => requestLimits(options as never))).toEqual([
      'limiter: must have take(): memoryLimiter() and redisLimiter() make one.',
      'whenUnavailable: must be "allow" or "deny", and has no default: while the limiter fails, requests go through uncounted, or are answered with 503.',
      'rules[0].name: must begin with a letter and hold letters, digits, _ and - only, 64 at most.',
      'rules[0].requests: must be a whole number from 1 to 1000000.',
      'colour: is not a field here.',
    ])
  })

  it('is none where a function comes before, which may leave requests to the rules below', () => {
    const rules = [{ name: 'own', limit: () => undefined }, ALL]
    expect(issuesOf(() => requestLimits({ ...base, rules }))).toEqual([])
  })

  it('is what no policy of the engine has, told with the mistakes of the engine', () => {
    const limits = requestLimits({
      ...base,
      groups: { slow: ['GET /v1/file/{file_key}'] },
      rules: [
        {
          ...SIZE,
          name: 'a',
          surface: 'fgma',
          tier: 'enterprse',
          type: 'rset',
          endpoints: ['slow', 'GET /v1/nothing'],
        },
        ALL,
      ],
    })
    const make = (other: object) =>
      issuesOf(() =>
        createPlanTokens({ policy: POLICY, store: memoryStore(), directory: newDirectory(), limits, ...other }),
      )
    expect(make({ timeoutMs: 0 })).toEqual([
      'timeoutMs: must be 1 to 600000 milliseconds.',
      'limits.rules[0].surface: is "fgma", and no policy has such a surface. Did you mean "figma"?',
      'limits.rules[0].tier: is "enterprse", and no policy has such a tier. Did you mean "enterprise"?',
      'limits.rules[0].type: is "rset", and no policy has such a token type. Did you mean "rest"?',
      'limits.rules[0].endpoints: is "GET /v1/nothing", and no policy has such a route.',
      'limits.groups.slow[0]: is "GET /v1/file/{file_key}", and no policy has such a route. Did you mean "GET /v1/files/{file_key}"?',
    ])
    expect(make({ limits: { take: 1 } })).toEqual(['limits: must be made by requestLimits().'])
  })
})
