/** What a stored token may do by the policy of today: in both directions, by earlier names, and with what its owner is told. */
import fc from 'fast-check'
import { definePolicy, type PolicyData } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { grantOf, scopesThatCount, warningsOf } from '../../src/core/entitlement.ts'
import { areIssues, readScopes } from '../../src/core/scopes.ts'
import { compiled, entryOf, invoices, recordWith } from './fixtures.ts'

const policyOf = (change: Partial<PolicyData> = {}) =>
  definePolicy({
    surface: 'test',
    credential: { headers: [], bearer: true },
    tiers: ['team'],
    limits: { lifetimeDays: 90 },
    scopes: { a: {}, b: { aliases: ['old-b', 'older-b'] }, c: { deprecated: 'Use a.' } },
    reserved: { r: { aliases: ['old-r'] } },
    types: { live: { prefix: 'x' }, ci: { prefix: 'xci', scopes: ['b'] }, cli: { prefix: 'xcli', fixed: ['a', 'c'] } },
    kinds: {},
    links: { hosts: [], shapes: [] },
    endpoints: { 'GET /x': { scopes: ['a', 'b', 'c'], names: 'nothing' } },
    ...change,
  } as PolicyData)
const policy = policyOf()
const today = (type: string, stored: readonly string[], lifetimeDays = 30) => ({
  scopes: scopesThatCount(stored, entryOf(policy, type)),
  warnings: warningsOf(stored, lifetimeDays, entryOf(policy, type)),
})
const lost = (code: 'scope_unknown' | 'scope_not_grantable', ...scopes: readonly string[]) =>
  scopes.map((scope) => ({ code, scope }))

describe('the scopes that count', () => {
  it.each([
    ['live', ['a', 'b'], ['a', 'b'], []],
    ['live', ['a', 'r', 'gone'], ['a'], [...lost('scope_not_grantable', 'r'), ...lost('scope_unknown', 'gone')]],
    ['live', ['old-b', 'a'], ['b', 'a'], []],
    ['live', ['old-b', 'b', 'older-b'], ['b'], []],
    [
      'live',
      ['old-r', 'constructor'],
      [],
      [...lost('scope_not_grantable', 'old-r'), ...lost('scope_unknown', 'constructor')],
    ],
    ['live', ['c'], ['c'], [{ code: 'scope_deprecated', scope: 'c' }]],
    ['ci', ['a', 'b'], ['b'], lost('scope_not_grantable', 'a')],
    ['ci', ['a', 'old-b'], ['b'], lost('scope_not_grantable', 'a')],
    // Fixed ones are those of today, whatever they were.
    ['cli', ['a'], ['a', 'c'], [{ code: 'scope_deprecated', scope: 'c' }]],
    ['cli', ['b', 'a'], ['a', 'c'], [{ code: 'scope_deprecated', scope: 'c' }, ...lost('scope_not_grantable', 'b')]],
  ])('of a %s token with %j are %j', (type, stored, scopes, warnings) => {
    expect(today(type, stored)).toEqual({ scopes, warnings })
  })

  it('are the very list that was granted where nothing has changed', () => {
    const stored = ['a', 'b']
    expect(today('live', stored).scopes).toBe(stored)
  })

  it('are none of a type that no policy has, of which nothing is said', () => {
    expect(today('gone', ['a'])).toEqual({ scopes: [], warnings: [] })
  })

  it('are never one that the type could not be given now', () => {
    const names = ['a', 'b', 'c', 'r', 'old-b', 'older-b', 'old-r', 'gone', '__proto__']
    fc.assert(
      fc.property(fc.constantFrom('live', 'ci', 'cli'), fc.array(fc.constantFrom(...names)), (type, stored) => {
        const { scopes, warnings } = today(type, stored)
        const entry = entryOf(policy, type)
        if (!entry) throw new Error(type)
        const given = entry.type.fixed ? [] : [...new Set(scopes)]
        if (entry.type.fixed || given.length > 0) {
          const read = readScopes(given, entry.type, entry.policy)
          expect(areIssues(read)).toBe(false)
          if (entry.type.fixed) expect(scopes).toEqual(read)
        }
        // Each stored one counts, by whatever name, or is told of.
        const now = (scope: string) => entry.policy.renamed.get(scope) ?? scope
        for (const scope of stored)
          expect(scopes.includes(now(scope))).toBe(
            !warnings.some((one) => one.code !== 'scope_deprecated' && 'scope' in one && one.scope === scope),
          )
      }),
    )
  })
})

describe('a lifetime', () => {
  it('that is longer than the limit of today is told of, with what a refresh gives', () => {
    expect(today('live', ['a'], 90).warnings).toEqual([])
    expect(today('live', ['a'], 91).warnings).toEqual([{ code: 'lifetime_shortened', lifetimeDays: 90 }])
  })
})

describe('what a record grants', () => {
  const entry = entryOf(invoices, 'live')

  it('is its scopes and its allowlist', () => {
    const grant = grantOf(recordWith({ resources: [{ kind: 'project', id: '7', link: 'x' }] }), entry)
    expect(grant.scopes).toEqual(['invoice:read'])
    expect(grant.allowlist).toEqual(new Map([['project', new Set(['7'])]]))
    expect(grantOf(recordWith(), entry).allowlist).toBe('all')
  })

  it.each([undefined, null, 'invoice:read', { 0: 'invoice:read' }, ['invoice:read', 7], [['invoice:read']], true])(
    'is no scope where they are no list of text: %j',
    (scopes) => {
      expect(grantOf(recordWith({ scopes: scopes as never }), entry).scopes).toEqual([])
    },
  )
})

describe('an earlier name of a scope', () => {
  const wrong = (change: Partial<PolicyData>) => {
    try {
      policyOf(change)
      return []
    } catch (error) {
      return (error as { issues: { path: string; message: string }[] }).issues.map(
        ({ path, message }) => `${path} ${message}`,
      )
    }
  }
  const scopes = { a: {}, b: {}, c: {} }

  it('stands for one scope alone, and is none itself', () => {
    expect(wrong({ scopes: { ...scopes, b: { aliases: ['a'] } } })).toEqual([
      'scopes.b.aliases[0] is a scope of the policy.',
    ])
    expect(wrong({ scopes: { ...scopes, b: { aliases: ['r'] } } })).toEqual([
      'scopes.b.aliases[0] is a scope of the policy.',
    ])
    expect(wrong({ scopes: { ...scopes, b: { aliases: ['x'] }, c: { aliases: ['y', 'x'] } } })).toEqual([
      'scopes.c.aliases[1] is an alias of "b" already.',
    ])
    expect(wrong({ scopes: { ...scopes, b: { aliases: ['x', 'x'] } } })).toEqual([
      'scopes.b.aliases[1] is an alias of "b" already.',
    ])
    expect(wrong({ scopes: { ...scopes, b: { aliases: ['x'] } }, reserved: { r: { aliases: ['x'] } } })).toEqual([
      'reserved.r.aliases[0] is an alias of "b" already.',
    ])
    expect(wrong({ scopes: { ...scopes, b: { aliases: ['two words'] } } })[0]).toMatch(
      /^scopes\.b\.aliases\[0\] must be 1 to 100/,
    )
    expect(wrong({ scopes: { ...scopes, b: { aliases: [] } } })[0]).toMatch(/at least one/)
  })

  it('is granted to nobody any more, and says what it is called now', () => {
    const entry = entryOf(policy, 'live')
    if (!entry) throw new Error('live')
    expect(readScopes(['old-b'], entry.type, compiled(policy))).toEqual([
      {
        ...{ path: 'scopes[0]', at: ['scopes', 0], message: 'is called "b" now.' },
        ...{ code: 'scope_renamed', params: { name: 'b' } },
      },
    ])
  })
})
