/** Which scopes a token may be given: exactly those that its type grants, each once, in the order in which they were asked for. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areIssues, readScopes } from '../../src/core/scopes.ts'
import { compiled, invoices } from './fixtures.ts'

const policy = compiled(invoices)

function read(scopes: unknown, typeName: 'live' | 'ci' | 'cli' = 'live') {
  const type = policy.types.get(typeName)
  if (!type) throw new TypeError(typeName)
  return readScopes(scopes, type, policy)
}

/** Every mistake as one line; nothing if the scopes are granted. */
function mistakes(scopes: unknown, typeName?: 'live' | 'ci' | 'cli'): readonly string[] {
  const result = read(scopes, typeName)
  return areIssues(result) ? result.map(({ path, message }) => `${path}: ${message}`) : []
}

describe('scopes', () => {
  const grantable = { live: ['invoice:read', 'invoice:write', 'invoices'], ci: ['invoice:read'] } as const
  const anything = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...grantable.live) },
    { weight: 2, arbitrary: fc.constantFrom('account:close', 'invoice:raed', '*', '', '__proto__', 'toString') },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(7, null, undefined, true, {}, ['invoice:read'], Number.NaN) },
  )

  it('are granted if and only if the type grants each of them and none comes twice, and they keep their order', () => {
    fc.assert(
      fc.property(fc.constantFrom('live', 'ci'), fc.array(anything, { maxLength: 5 }), (type, scopes) => {
        const all: readonly unknown[] = grantable[type]
        const isGranted =
          scopes.length > 0 && new Set(scopes).size === scopes.length && scopes.every((scope) => all.includes(scope))
        const result = read(scopes, type)
        expect(areIssues(result)).toBe(!isGranted)
        if (isGranted) expect(result).toEqual(scopes)
      }),
    )
  })

  it('are refused with a mistake at each place that is wrong and at no other', () => {
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 6 }), (scopes) => {
        const wrong = scopes.flatMap((scope, i) => {
          const isFine = (grantable.live as readonly unknown[]).includes(scope) && scopes.indexOf(scope) === i
          return isFine ? [] : [`scopes[${i}]`]
        })
        const result = read(scopes)
        expect(areIssues(result) ? result.map(({ path }) => path) : []).toEqual(wrong)
      }),
    )
  })

  it.each<[unknown, readonly string[]]>([
    [undefined, ['scopes: must be a list of scopes.']],
    [null, ['scopes: must be a list of scopes.']],
    ['invoice:read', ['scopes: must be a list of scopes.']],
    [{ 0: 'invoice:read', length: 1 }, ['scopes: must be a list of scopes.']],
    [[], ['scopes: must hold at least one scope.']],
    [Array.from({ length: 100_000 }, () => 'x'), ['scopes: must hold at most 3 scopes.']],
    [['invoice:raed'], ['scopes[0]: is not a scope. Did you mean "invoice:read"?']],
    [['INVOICE:READ'], ['scopes[0]: is not a scope.']],
    [[' invoice:read'], ['scopes[0]: is not a scope. Did you mean "invoice:read"?']],
    [['account:close'], ['scopes[0]: cannot be granted to a plan access token.']],
    [['invoice:read', 'invoice:read'], ['scopes[1]: is in the list already.']],
    [[7], ['scopes[0]: must be text.']],
    [[undefined], ['scopes[0]: must be text.']],
    [[Number.NaN], ['scopes[0]: must be text.']],
    [
      ['x:y', 'invoice:read', 'z:z'],
      ['scopes[0]: is not a scope.', 'scopes[2]: is not a scope.'],
    ],
  ])('are refused with a sentence that says why: %j', (scopes, expected) => {
    expect(mistakes(scopes)).toEqual(expected)
  })

  it('of another type are told from those that do not exist', () => {
    expect(mistakes(['invoice:write'], 'ci')).toEqual(['scopes[0]: cannot be granted to a token of type "ci".'])
  })

  it('that are deprecated are granted all the same', () => {
    expect(read(['invoices'])).toEqual(['invoices'])
  })

  it('that are fixed come with the type and are not chosen', () => {
    expect(read([], 'cli')).toEqual(['invoice:read', 'invoice:write'])
    for (const scopes of [['invoice:read'], ['invoice:read', 'invoice:write'], undefined, 'all', {}])
      expect(mistakes(scopes, 'cli')).toEqual(['scopes: must be an empty list: they are fixed.'])
  })
})
