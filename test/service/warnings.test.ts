/** `onWarning`: a first start with a mistake in it is not silent. One line for each cause, without a secret, and none too many. */
import { createPlanTokens, definePolicy, memoryStore, StoreError } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ADMIN, codeOf, newDirectory, newWorld, TOKEN } from '../support/world.ts'
import { packagesPolicy } from './support/small-policy.ts'

const FILE = 'GET /v1/files/FileA'
const fail = () => {
  throw Object.assign(new Error('words of a driver about figpat_x'), { code: 'ECONNREFUSED' })
}

afterEach(() => vi.restoreAllMocks())

/** A world that keeps what its host was warned of. */
function warned(options: Parameters<typeof newWorld>[0] = {}) {
  const lines: string[] = []
  return { ...newWorld({ onWarning: (line) => lines.push(line), ...options }), lines }
}

describe('unavailable, where nobody listens', () => {
  it('is said once for each cause, by method and kind, without the words of a driver', async () => {
    const { make, ask, directory, tokens, lines } = warned()
    const { secret, id } = await make()
    Object.assign(directory, { locate: fail, isPlanAdmin: () => Promise.reject(new TypeError('x is not a function')) })
    for (let i = 0; i < 3; i++) {
      expect(await ask(secret)).toBe('unavailable')
      expect(await codeOf(tokens.get({ actor: ADMIN, id }))).toBe('unavailable')
    }
    const help = 'Pass the option onError to get each error itself; this line comes once for each cause.'
    expect(lines).toEqual([
      `directory.locate failed: Error (ECONNREFUSED). ${help}`,
      `directory.isPlanAdmin failed: TypeError. ${help}`,
    ])
  })

  it('has the words of a store that has to be mended', async () => {
    const lost = new StoreError('store_not_migrated', 'The table "plan_tokens" does not exist. Run the migrations.')
    const { make, lines } = warned({
      port: (store) => ({ ...store, commit: () => Promise.reject(lost), find: () => Promise.reject(lost) }),
      timeoutMs: 1,
    })
    expect(await codeOf(make())).toBe('unavailable')
    expect(lines[0]).toContain('store.commit failed: The table "plan_tokens" does not exist. Run the migrations.')
  })

  it('goes to the console if the host says nothing', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const directory = newDirectory()
    const tokens = createPlanTokens({ policy: packagesPolicy(), store: memoryStore(), directory })
    const { secret } = await tokens.create({ ...TOKEN, type: 'npm', scopes: ['npm:read'] } as never)
    directory.plan = fail
    expect(await tokens.authorize(requestWith(secret.reveal(), 'GET /ping'))).toMatchObject({ code: 'unavailable' })
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^plan-access-tokens: directory\.plan failed: Error \(ECONNREFUSED\)\. /)],
    ])
  })

  it.each(['onError', 'onDecision'])('is not said where the host has %s', async (hook) => {
    const { make, ask, directory, lines } = warned({ [hook]: () => undefined })
    const { secret } = await make()
    directory.plan = fail
    expect(await ask(secret)).toBe('unavailable')
    expect(lines).toEqual([])
  })

  it('is said of an onDecision that fails, since nobody else hears of it', async () => {
    const { make, ask, lines } = warned({ onDecision: fail })
    const { secret } = await make()
    expect(await ask(secret)).toBe('allowed')
    await new Promise((resolve) => setImmediate(resolve))
    expect(lines).toEqual([expect.stringMatching(/^onDecision failed: Error \(ECONNREFUSED\)\. /)])
  })

  it('says at most 50 different things', async () => {
    const { ask, make, directory, lines } = warned()
    const { secret } = await make()
    for (let i = 0; i < 80; i++) {
      directory.setPlan('1001', { tier: `tier ${i}` })
      await ask(secret)
    }
    expect(lines).toHaveLength(50)
  })

  it('may throw, and changes nothing', async () => {
    const { make, ask, directory } = newWorld({ onWarning: fail })
    const { secret } = await make()
    directory.plan = fail
    expect(await ask(secret)).toBe('unavailable')
  })
})

describe('a tier that no policy has', () => {
  const said = (tier: string, hint = '') =>
    `directory.plan() gave the tier "${tier}", which no policy has.${hint} Such a plan has no tokens; the tiers with tokens are "organization", "enterprise".`

  it('is said once, for requests and for calls, with the one that it may have meant', async () => {
    const { make, ask, directory, lines } = warned()
    const { secret } = await make()
    directory.setPlan('1001', { tier: 'organisation' })
    for (let i = 0; i < 2; i++) {
      expect(await ask(secret)).toBe('plan_not_eligible')
      expect(await codeOf(make())).toBe('plan_not_eligible')
    }
    directory.setPlan('1001', { tier: 'pro' })
    expect(await codeOf(make())).toBe('plan_not_eligible')
    expect(lines).toEqual([said('organisation', ' Did you mean "organization"?'), said('pro')])
  })

  it('is nothing to say of a plan that is suspended, gone, or of the tier of another policy', async () => {
    const lines: string[] = []
    const free = definePolicy({ ...packagesPolicy().data, tiers: ['free', 'enterprise'] })
    const directory = newDirectory()
    const tokens = createPlanTokens({
      policy: free,
      store: memoryStore(),
      directory,
      onWarning: (line) => lines.push(line),
    })
    directory.setPlan('1001', { tier: 'free' })
    const input = { ...TOKEN, type: 'npm', scopes: ['npm:read'] } as never
    const { secret } = await tokens.create(input)
    for (const plan of [{ suspended: true }, undefined]) {
      if (plan) directory.setPlan('1001', plan)
      else directory.plan = () => undefined
      const decision = await tokens.authorize(requestWith(secret, 'GET /ping'))
      expect(decision).toMatchObject({ code: 'plan_not_eligible' })
    }
    expect(lines).toEqual([])
  })
})

describe('a guard that sees other paths than the policy means', () => {
  const lost = async (times: number, first?: string) => {
    const { make, ask, lines } = warned()
    const { secret } = await make()
    if (first !== undefined) await ask(secret, first)
    for (let i = 0; i < times; i++) expect(await ask(secret, `GET /api${i}/v1/files/FileA`)).toBe('endpoint_unknown')
    return lines
  }

  it('is told of after ten requests with a token that led nowhere, once', async () => {
    expect(await lost(9)).toEqual([])
    expect(await lost(30)).toEqual([
      'The first 10 requests with a token led to no endpoint of the surface "figma". If its guard is mounted below a path, or stands behind something that rewrites paths, see basePath in docs/frameworks.md.',
    ])
  })

  it('is not thought of once a request led somewhere, allowed or not', async () => {
    expect(await lost(30, FILE)).toEqual([])
    expect(await lost(30, 'GET /v1/files/nowhere')).toEqual([])
  })

  it('is not told of for requests without a working token', async () => {
    const { ask, lines } = warned()
    for (let i = 0; i < 30; i++) await ask('figpat_x', 'GET /api/v1/files/FileA')
    expect(lines).toEqual([])
  })
})
