/** The rules one by one, and that of several refusals the first in the order of the questions is given. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Facts, heldScopes, isEligible, QUESTIONS } from '../../src/core/decide.ts'
import { grantOf } from '../../src/core/entitlement.ts'
import { readTarget } from '../../src/core/target.ts'
import type { Grant, TokenRecord } from '../../src/core/token.ts'
import { compiled, DAY, entryOf, invoices, matchIn, NOW, recordWith } from './fixtures.ts'

const PLAN = { id: '1001', tier: 'team' }
const PROJECT = { kind: 'project', id: '7' }

/** Everything that is known of a request that every rule lets through: one invoice, of a token with one project. */
function factsWith(change: Partial<Facts> = {}, recordChange: Partial<TokenRecord> = {}): Facts {
  const record = recordWith({ resources: [{ ...PROJECT, link: 'https://invoices.test/p/7' }], ...recordChange })
  return {
    policy: compiled(invoices),
    now: NOW,
    credential: 'x',
    wellFormed: true,
    path: readTarget('/projects/7/invoices/A')?.path,
    query: '',
    record,
    secret: record.secrets.at(-1),
    address: undefined,
    grant: grantOf(record, entryOf(invoices, record.type)),
    plan: PLAN,
    rules: undefined,
    usedAt: undefined,
    match: matchIn(invoices, 'GET', '/projects/7/invoices/A')?.match,
    limited: undefined,
    named: [PROJECT, { kind: 'invoice', id: 'A' }],
    namedAt: [{ at: 'path:p' }, { at: 'path:i', within: [PROJECT] }],
    places: [
      { planId: '1001', ancestors: [] },
      { planId: '1001', ancestors: [PROJECT] },
    ],
    malformed: undefined,
    ...change,
  }
}

/** A limit that lets nothing more through. */
const USED_UP = {
  allowed: false,
  state: { name: 'all', requests: 5, perSeconds: 60, remaining: 0, retryAfter: 12, tier: 'team' },
  headers: {},
} as const

/** A grant to whoever comes from no address at all. */
const fromNowhere = (isWatched: boolean): Grant => {
  const { grant } = factsWith()
  return { ...(grant as Grant), addresses: { isWatched, holds: () => false } }
}

const RULES = QUESTIONS.flatMap(({ rules }) => rules)
const firstOf = (rules: readonly (typeof RULES)[number][], facts: Facts) =>
  rules.map(({ refuses }) => refuses(facts)).find((code) => code !== undefined)
/** The first refusal, where each stage says by itself what its rules say one by one. */
const judge = (facts: Facts) => {
  for (const { rules, refuses } of QUESTIONS) expect(refuses(facts)).toBe(firstOf(rules, facts))
  return firstOf(RULES, facts)
}
const matchOf = (method: string, path: string) => matchIn(invoices, method, path)?.match
const replaced = (worksUntil: number) => ({ digest: 'x', issuedAt: NOW, worksUntil })

describe('a request', () => {
  it('is let through where no rule refuses it', () => {
    expect(judge(factsWith())).toBeUndefined()
  })

  it.each<[string, string, Facts]>([
    ['carries no credential', 'token_missing', factsWith({ credential: { code: 'token_missing' } })],
    [
      'carries two',
      'request_malformed',
      factsWith({ credential: { code: 'request_malformed', malformed: { reason: 'credential_repeated' } } }),
    ],
    ['carries something else', 'token_malformed', factsWith({ wellFormed: false })],
    ['has a target that cannot be read', 'request_malformed', factsWith({ path: undefined })],
    ['carries a secret that nobody knows', 'token_unknown', factsWith({ record: undefined })],
    ['carries a secret that its record does not hold', 'token_unknown', factsWith({ secret: undefined })],
    ['has a token that was revoked', 'token_revoked', factsWith({}, { revokedAt: NOW })],
    [
      'has a token that was revoked and has expired',
      'token_revoked',
      factsWith({}, { revokedAt: NOW, expiresAt: NOW }),
    ],
    ['has a token that has expired', 'token_expired', factsWith({}, { expiresAt: NOW })],
    ['has a secret that was replaced', 'secret_retired', factsWith({ secret: replaced(NOW) })],
    ['has a secret that was ended', 'secret_retired', factsWith({ secret: replaced(0) })],
    ['comes at no time', 'token_expired', factsWith({ now: Number.NaN })],
    ['has a token of another surface', 'token_wrong_type', factsWith({}, { type: 'rest' })],
    ['has a token of no type', 'token_wrong_type', factsWith({}, { type: ['live'] as never })],
    ['belongs to a plan of another tier', 'plan_not_eligible', factsWith({ plan: { id: '1001', tier: 'free' } })],
    ['asks for what is no endpoint', 'endpoint_unknown', factsWith({ match: undefined })],
    ['asks for a closed endpoint', 'endpoint_not_supported', factsWith({ match: matchOf('DELETE', '/accounts') })],
    ['asks for an endpoint of another tier', 'plan_not_eligible', factsWith({ match: matchOf('GET', '/accounts') })],
    ['lacks the scope', 'scope_missing', factsWith({}, { scopes: ['invoice:write'] })],
    ['has no scopes at all', 'scope_missing', factsWith({}, { scopes: [] })],
    ['grants nothing that is known', 'address_not_allowed', factsWith({ grant: undefined })],
    ['names what cannot be read', 'request_malformed', factsWith({ named: 'malformed' })],
    ['comes from elsewhere', 'address_not_allowed', factsWith({ grant: fromNowhere(false) })],
    ['names what was not read', 'request_malformed', factsWith({ named: undefined })],
    ['names what does not exist', 'resource_not_in_plan', factsWith({ places: ['absent', 'absent'] })],
    ['names what was not looked for', 'resource_not_in_plan', factsWith({ places: undefined })],
    [
      'names one thing too many',
      'resource_not_in_plan',
      factsWith({ places: [factsWith().places].flat().slice(0, 1) as Facts['places'] }),
    ],
    ['names what is not on the list', 'resource_not_allowed', factsWith({}, { resources: [] })],
    ['asks for the plan with a limited token', 'resource_not_allowed', factsWith({ named: 'plan' })],
  ])('that %s is refused with %s', (_, code, facts) => {
    expect(judge(facts)).toBe(code)
  })

  it.each<[string, Facts]>([
    ['from elsewhere, which is only watched', factsWith({ grant: fromNowhere(true) })],
    ['with a deprecated scope of the endpoint', factsWith({}, { scopes: ['invoices'] })],
    ['with a replaced secret that still works', factsWith({ secret: replaced(NOW + 1) })],
    ['a millisecond before the end', factsWith({ now: NOW + 90 * DAY - 1 })],
    ['that needs no scope', factsWith({ match: matchOf('GET', '/status'), named: 'nothing' }, { scopes: [] })],
    [
      'that names nothing, with an empty list',
      factsWith({ match: matchOf('GET', '/status'), named: 'nothing' }, { resources: [] }),
    ],
    ['for the plan with all resources', factsWith({ named: 'plan' }, { resources: 'all' })],
    ['for its own plan by name', factsWith({ named: [{ kind: 'plan', id: '1001' }] }, { resources: 'all' })],
    ['of a plan that is said not to be suspended', factsWith({ plan: { ...PLAN, suspended: false } })],
    [
      'of a tier that the endpoint asks for',
      factsWith(
        { match: matchOf('GET', '/accounts'), named: 'plan', plan: { id: '1001', tier: 'business' } },
        { resources: 'all' },
      ),
    ],
  ])('%s is let through', (_, facts) => {
    expect(judge(facts)).toBeUndefined()
  })

  it('that is refused for several reasons is told the first in the order of the questions', () => {
    const breaks: readonly (readonly [code: string, Partial<Facts>, Partial<TokenRecord>])[] = [
      ['token_missing', { credential: { code: 'token_missing' } }, {}],
      ['token_malformed', { wellFormed: false }, {}],
      ['request_malformed', { path: undefined }, {}],
      ['token_unknown', { secret: undefined }, {}],
      ['token_revoked', {}, { revokedAt: NOW }],
      ['token_expired', {}, { expiresAt: NOW }],
      ['token_wrong_type', {}, { type: 'rest' }],
      ['plan_not_eligible', { plan: undefined }, {}],
      ['lifetime_exceeded', { rules: { maxLifetimeDays: 0, idleDays: 0 } }, {}],
      ['endpoint_unknown', { match: undefined }, {}],
      ['scope_missing', {}, { scopes: [] }],
      ['rate_limited', { limited: USED_UP }, {}],
      ['request_malformed', { named: 'malformed' }, {}],
      ['resource_not_in_plan', { places: [] }, {}],
      ['resource_not_allowed', {}, { resources: [] }],
    ]
    fc.assert(
      fc.property(fc.subarray(breaks.map((_, i) => i)), (broken) => {
        const chosen = broken.map((i) => breaks[i] as (typeof breaks)[number])
        const facts = factsWith(
          Object.assign({}, ...chosen.map(([, change]) => change)),
          Object.assign({}, ...chosen.map(([, , change]) => change)),
        )
        expect(judge(facts)).toBe(chosen[0]?.[0])
      }),
    )
  })
})

describe('a rule', () => {
  const unknown = factsWith({
    credential: { code: 'token_missing' },
    wellFormed: false,
    path: undefined,
    record: undefined,
    secret: undefined,
    grant: undefined,
    plan: undefined,
    match: undefined,
    limited: undefined,
    named: undefined,
    namedAt: [],
    places: undefined,
  })

  it.each(RULES.map((rule) => [rule.name, rule] as const))(
    'refuses where what it asks for is not known: %s',
    (name, rule) => {
      // These ask about rules, an endpoint, a limit and a resource; whether there are any is found out before.
      const asksNothing = ['plan_rules', 'tier', 'limit', 'in_plan'].includes(name)
      expect(rule.refuses(unknown) === undefined).toBe(asksNothing)
    },
  )

  it('is one of these, asked in this order', () => {
    const names =
      'credential secret target known alive address type plan plan_rules endpoint tier scope limit names in_plan allowlist'
    expect(RULES.map((rule) => rule.name)).toEqual(names.split(' '))
  })
})

describe('a resource', () => {
  const place = (planId: string, ...ancestors: { kind: string; id: string }[]) => ({ planId, ancestors })

  it.each<[string, string | undefined, Partial<Facts>]>([
    ['of another plan', 'resource_not_in_plan', { places: [place('2002'), place('1001', PROJECT)] }],
    ['of another plan, the second', 'resource_not_in_plan', { places: [place('1001'), place('2002', PROJECT)] }],
    [
      'that is not where the request says',
      'resource_not_in_plan',
      { places: [place('1001'), place('1001', { kind: 'project', id: '8' })] },
    ],
    [
      'below the same number of another kind',
      'resource_not_in_plan',
      { places: [place('1001'), place('1001', { kind: 'team', id: '7' })] },
    ],
    ['anywhere below', undefined, { places: [place('1001'), place('1001', { kind: 'x', id: '1' }, PROJECT)] }],
    ['of which it is not known where it was read', 'resource_not_in_plan', { namedAt: [{ at: 'path:p' }] }],
    ['that is another plan', 'resource_not_in_plan', { named: [{ kind: 'plan', id: '2002' }] }],
    [
      'that is the plan, which the directory is not asked for, with a limited token',
      'resource_not_allowed',
      { named: [{ kind: 'plan', id: '1001' }], places: ['absent'] },
    ],
    ['that is the plan, with a limited token', 'resource_not_allowed', { named: [{ kind: 'plan', id: '1001' }] }],
  ])('%s: %s', (_, code, change) => {
    expect(judge(factsWith(change))).toBe(code)
  })
})

describe('a plan', () => {
  const tiers = new Set(['team'])

  it('is eligible with one of the tiers, unless it is suspended', () => {
    expect(isEligible(PLAN, '1001', tiers)).toBe(true)
    for (const suspended of [undefined, null, false])
      expect(isEligible({ ...PLAN, suspended }, '1001', tiers)).toBe(true)
  })

  it.each([
    undefined,
    null,
    'team',
    true,
    {},
    [],
    { tier: 'team' },
    { id: '2002', tier: 'team' },
    { id: '1001' },
    { id: '1001', tier: 'Team' },
    { id: '1001', tier: ['team'] },
    { ...PLAN, suspended: true },
    { ...PLAN, suspended: 'false' },
    { ...PLAN, suspended: 0 },
  ])('is not eligible where the directory says anything else: %j', (answer) => {
    expect(isEligible(answer, '1001', tiers)).toBe(false)
  })
})

describe('what is held', () => {
  const wanted = { alone: ['a', 'b'], together: [['c', 'd']] }

  it('is the first scope that is enough alone, then scopes that are so together', () => {
    expect(heldScopes(wanted, ['c', 'b', 'a'])).toBe('a')
    expect(heldScopes(wanted, ['d', 'x', 'c'])).toEqual(['c', 'd'])
    for (const held of [['ab', 'A'], ['c'], ['d'], ['c d'], []]) expect(heldScopes(wanted, held)).toBeUndefined()
    expect(heldScopes({ alone: [], together: [] }, ['a'])).toBeUndefined()
  })
})
