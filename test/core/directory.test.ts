/** What the directory answers is read strictly: what is not in shape is said in words, by method and field, never by value. */
import { DirectoryError } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { isPlanAdminProblem, kindOf, readPlace, readPlan } from '../../src/core/directory.ts'

/** What it says of an answer, without what is the same in all. */
function saidOf(read: (answer: unknown) => unknown, answer: unknown): string {
  try {
    return `read: ${JSON.stringify(read(answer))}`
  } catch (error) {
    expect(error).toBeInstanceOf(DirectoryError)
    expect((error as DirectoryError).code).toBe('directory_unreadable')
    return (error as DirectoryError).message
  }
}

const PLAN = { id: '1001', tier: 'team' }
const REF = { kind: 'team', id: '7' }

describe('an answer of plan()', () => {
  it.each<[string, unknown, string]>([
    ['a list', [], 'gave a list, where { id, tier } or undefined was expected.'],
    ['text', '1001', 'gave text, where { id, tier } or undefined was expected.'],
    ['false', false, 'gave true or false, where { id, tier } or undefined was expected.'],
    ['a function', () => PLAN, 'gave a function, where { id, tier } or undefined was expected.'],
    ['an empty object', {}, 'gave nothing as id, where text was expected.'],
    ['a promise', Promise.resolve(PLAN), 'gave nothing as id, where text was expected.'],
    [
      'an id that is a number',
      { ...PLAN, id: 1 },
      'gave a number as id, where text was expected. Give it as String(id).',
    ],
    [
      'an id that is a bigint',
      { ...PLAN, id: 1n },
      'gave a bigint as id, where text was expected. Give it as String(id).',
    ],
    ['an empty id', { ...PLAN, id: '' }, 'gave empty text as id, where text was expected.'],
    ['no tier', { id: '1001' }, 'gave nothing as tier, where text was expected.'],
    ['a tier of null', { ...PLAN, tier: null }, 'gave null as tier, where text was expected.'],
    ...[0, 1].map((suspended): [string, unknown, string] => [
      `suspended as the number ${suspended}`,
      { ...PLAN, suspended },
      'gave a number as suspended, where true, false or nothing was expected.',
    ]),
    [
      'suspended in words',
      { ...PLAN, suspended: 'no' },
      'gave text as suspended, where true, false or nothing was expected.',
    ],
  ])('that is %s', (_, answer, said) => {
    expect(saidOf(readPlan, answer)).toBe(`directory.plan() ${said}`)
  })

  it.each([undefined, null])('of %s is no plan', (answer) => {
    expect(readPlan(answer)).toBeUndefined()
  })

  it.each([undefined, null, false, true])('may have suspended as %s', (suspended) => {
    expect(readPlan({ ...PLAN, suspended })).toEqual({ ...PLAN, suspended })
  })
})

describe('an answer of locate()', () => {
  it.each<[string, unknown, string]>([
    ['a list', [], 'gave a list, where { planId, ancestors } or undefined was expected.'],
    ['true', true, 'gave true or false, where { planId, ancestors } or undefined was expected.'],
    ['text', '1001', 'gave text, where { planId, ancestors } or undefined was expected.'],
    ['no plan', { ancestors: [] }, 'gave nothing as planId, where text was expected.'],
    ['an empty plan', { planId: '', ancestors: [] }, 'gave empty text as planId, where text was expected.'],
    [
      'a plan that is a number',
      { planId: 1, ancestors: [] },
      'gave a number as planId, where text was expected. Give it as String(planId).',
    ],
    ['no ancestors', { planId: '1' }, 'gave nothing as ancestors, where a list of { kind, id } was expected.'],
    [
      'ancestors that are no list',
      { planId: '1', ancestors: {} },
      'gave an object as ancestors, where a list of { kind, id } was expected.',
    ],
    [
      'an ancestor whose id is a number',
      { planId: '1', ancestors: [REF, { kind: 'team', id: 7 }] },
      'gave a number as ancestors[1].id, where text was expected. Give it as String(id).',
    ],
    [
      'an ancestor without a kind',
      { planId: '1', ancestors: [{ id: '7' }] },
      'gave nothing as ancestors[0].kind, where text was expected.',
    ],
    [
      'an ancestor in text',
      { planId: '1', ancestors: ['team:7'] },
      'gave text as ancestors[0], where { kind, id } was expected.',
    ],
  ])('that is %s', (_, answer, said) => {
    expect(saidOf(readPlace, answer)).toBe(`directory.locate() ${said}`)
  })

  it.each([undefined, null])('of %s is no place', (answer) => {
    expect(readPlace(answer)).toBe('absent')
  })

  it('is the place otherwise, not a copy', () => {
    const place = { planId: '1001', ancestors: [REF] }
    expect(readPlace(place)).toBe(place)
  })
})

describe('an answer of isPlanAdmin()', () => {
  it.each([true, false, undefined, null])('may be %s', (answer) => {
    expect(isPlanAdminProblem(answer)).toBeUndefined()
  })

  it.each([1, 0, 'true', [], {}, [{ admin: true }]])('is told of where it is %j', (answer) => {
    const message = isPlanAdminProblem(answer)?.message
    expect(message).toBe(`directory.isPlanAdmin() gave ${kindOf(answer)}, where true or false was expected.`)
  })
})
