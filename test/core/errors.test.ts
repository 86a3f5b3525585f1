/** What errors carry: codes and statuses, every issue, and of a failure underneath its kind and never its text. */
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MANAGEMENT_ERRORS, type ManagementCode, PlanTokenError, SetupError, safeCause } from '../../src/core/errors.ts'

describe('the error of a management call', () => {
  it.each<[ManagementCode, number]>([
    ['invalid_input', 400],
    ['not_plan_admin', 403],
    ['plan_not_eligible', 403],
    ['token_not_found', 404],
    ['token_not_active', 409],
    ['version_conflict', 409],
    ['too_many_live_secrets', 409],
    ['idempotency_key_reused', 422],
    ['idempotency_key_spent', 409],
    ['key_already_adopted', 409],
    ['plan_rules_broken', 409],
    ['preview_outdated', 409],
    ['not_supported', 404],
    ['token_is_canary', 409],
    ['insufficient_user_authentication', 401],
    ['approval_required', 409],
    ['token_is_pending', 409],
    ['own_request', 403],
    ['not_requester', 403],
    ['nothing_requested', 409],
    ['unavailable', 503],
  ])('with code %s has status %i and a sentence', (code, status) => {
    const error = new PlanTokenError(code)
    expect(error).toMatchObject({
      name: 'PlanTokenError',
      code,
      status,
      issues: [],
      message: MANAGEMENT_ERRORS[code].title,
    })
    expect(error).toBeInstanceOf(Error)
    expect('cause' in error).toBe(false)
    expect(error.message).toMatch(/^[A-Z].*\.$/)
  })

  it('has no code beside these', () => {
    expect(Object.keys(MANAGEMENT_ERRORS)).toHaveLength(21)
  })

  it('holds every issue, and shows them all in its message', () => {
    const issues = [
      { path: 'scopes[2]', at: ['scopes', 2], message: 'is not a scope.' },
      { path: '', at: [], message: 'must be an object.' },
    ]
    const error = new PlanTokenError('invalid_input', { issues })
    expect(error.issues).toEqual(issues)
    expect(error.message.split('\n  ')).toEqual([
      'The input is not valid.',
      'scopes[2]: is not a scope.',
      'input: must be an object.',
    ])
  })

  it('can have a message and a cause of its own', () => {
    const error = new PlanTokenError('unavailable', { message: 'No clock.', cause: { name: 'Error', code: 'EPIPE' } })
    expect([error.message, error.cause]).toEqual(['No clock.', { name: 'Error', code: 'EPIPE' }])
  })
})

describe('the error of a set-up', () => {
  it('is a TypeError with every mistake in its list and in its message', () => {
    const issues = [
      { path: 'a', at: ['a'], message: 'is wrong.' },
      { path: 'b', at: ['b'], message: 'is too.' },
    ]
    const error = new SetupError('definePolicy', issues)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ name: 'SetupError', issues })
    expect(error.message.split('\n')).toEqual([
      'definePolicy() found mistakes in the set-up:',
      '  a: is wrong.',
      '  b: is too.',
    ])
  })
})

describe('what is kept of a failure underneath', () => {
  it.each<[unknown, object]>([
    [new TypeError('x'), { name: 'TypeError' }],
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), { name: 'Error', code: 'ECONNREFUSED' }],
    [Object.assign(new Error('x'), { code: '57P01' }), { name: 'Error', code: '57P01' }],
    [Object.assign(new Error('x'), { code: 'P2002', name: 'PrismaError' }), { name: 'PrismaError', code: 'P2002' }],
    [Object.assign(new Error('x'), { code: 1205 }), { name: 'Error' }],
    [Object.assign(new Error('x'), { code: 'select * from tokens' }), { name: 'Error' }],
    [Object.assign(new Error('x'), { code: 'SELECT 1' }), { name: 'Error' }],
    [Object.assign(new Error('x'), { code: 'A1B2C3' }), { name: 'Error' }],
    [Object.assign(new Error('x'), { code: 'a'.repeat(41) }), { name: 'Error' }],
    [Object.assign(new Error('x'), { name: 'a b' }), { name: 'Error' }],
    [{ name: '', code: '' }, { name: 'Error' }],
    [{}, { name: 'Error' }],
    [[], { name: 'Error' }],
    ['text', { name: 'string' }],
    [7, { name: 'number' }],
    [undefined, { name: 'undefined' }],
    [null, { name: 'object' }],
    [Symbol('x'), { name: 'symbol' }],
    [() => 'x', { name: 'function' }],
  ])('is its kind: %s', (thrown, kept) => {
    expect(safeCause(thrown)).toEqual(kept)
  })

  it('is its kind also where it cannot be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const throwing = {
      get name() {
        throw new Error('no')
      },
      code: 'EPIPE',
    }
    expect(safeCause(proxy)).toEqual({ name: 'Error' })
    expect(safeCause(throwing)).toEqual({ name: 'Error', code: 'EPIPE' })
  })

  it('never holds text of a message, wherever that stands', () => {
    // Text as messages have it: with a space or a digit, as every sentence, query, secret and digest has somewhere.
    const texts = fc
      .tuple(fc.string(), fc.constantFrom(' ', '0', "'", ':', '-', '\n'), fc.string({ minLength: 5 }))
      .map((parts) => parts.join(''))
    const thrown = texts.chain((text) =>
      fc
        .constantFrom<() => unknown>(
          () => new Error(text),
          () => new Error('x', { cause: new Error(text) }),
          () => Object.assign(new Error(text), { name: text, code: text, detail: text, query: text }),
          () => ({ message: text, name: { toString: () => text }, code: [text], [text]: text }),
          () => text,
        )
        .map((make) => ({ text, value: make() })),
    )
    fc.assert(
      fc.property(thrown, ({ text, value }) => {
        const cause = safeCause(value)
        expect(Object.keys(cause).filter((field) => field !== 'name' && field !== 'code')).toEqual([])
        expect(inspect(cause)).not.toContain(inspect(text).slice(1, -1))
        for (const kept of Object.values(cause)) expect(kept).toMatch(/^[A-Za-z][A-Za-z_]{0,39}$|^[0-9A-Z]{5}$/)
      }),
    )
  })
})
