/** The directory out of a tree literal: what it answers, how it changes during a test, and which trees it does not take. */
import { SetupError } from 'plan-access-tokens'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'

const tree = {
  'team:7': { 'project:1': { 'file:A': {}, 'file:B': {} }, 'project:2': {} },
  'file:alone': {},
}
const directory = () =>
  testDirectory({
    one: { admins: ['ada', 'bob'], resources: tree },
    two: { tier: 'starter', suspended: true, admins: ['eve'], resources: { 'team:8': {} } },
    empty: {},
  })
const ref = (key: string) => ({ kind: key.slice(0, key.indexOf(':')), id: key.slice(key.indexOf(':') + 1) })

describe('its answers', () => {
  it('tell a plan’s tier and suspension; organization and not suspended unless the tree says otherwise', () => {
    expect(directory().plan('one')).toEqual({ id: 'one', tier: 'organization', suspended: false })
    expect(directory().plan('two')).toEqual({ id: 'two', tier: 'starter', suspended: true })
    expect(directory().plan('three')).toBeUndefined()
  })

  it('tell who is an admin of which plan', () => {
    const { isPlanAdmin } = directory()
    expect([isPlanAdmin('ada', 'one'), isPlanAdmin('bob', 'one'), isPlanAdmin('eve', 'two')]).toEqual([
      true,
      true,
      true,
    ])
    expect([isPlanAdmin('ada', 'two'), isPlanAdmin('ada', 'empty'), isPlanAdmin('ada', 'three')]).toEqual([
      false,
      false,
      false,
    ])
  })

  it('place a resource in its plan, below everything that is above it', () => {
    const { locate } = directory()
    const place = locate(ref('file:A'))
    expect(place?.planId).toBe('one')
    expect(new Set(place?.ancestors.map(({ kind, id }) => `${kind}:${id}`))).toEqual(new Set(['project:1', 'team:7']))
    expect(locate(ref('team:7'))).toEqual({ planId: 'one', ancestors: [] })
    expect(locate(ref('file:alone'))).toEqual({ planId: 'one', ancestors: [] })
    expect(locate(ref('team:8'))?.planId).toBe('two')
  })

  it('know nothing of another kind of the same id, of other letters, and of plans as resources', () => {
    const { locate } = directory()
    for (const key of ['project:7', 'team:1', 'file:a', 'File:A', 'plan:one', 'constructor:A', '__proto__:A'])
      expect(locate(ref(key))).toBeUndefined()
  })

  it('read a key up to its first colon, so that ids may hold colons and slashes', () => {
    const { locate } = testDirectory({ '1': { resources: { 'urn:a:b': { 'package:@acme/ui': {} } } } })
    expect(locate({ kind: 'urn', id: 'a:b' })).toEqual({ planId: '1', ancestors: [] })
    expect(locate({ kind: 'package', id: '@acme/ui' })).toEqual({
      planId: '1',
      ancestors: [{ kind: 'urn', id: 'a:b' }],
    })
  })

  it('serve a plan whose id looks like anything', () => {
    const plans = testDirectory({ 'a:b': { resources: { 'file:A': {} } }, constructor: { admins: ['x'] } })
    expect(plans.locate(ref('file:A'))?.planId).toBe('a:b')
    expect(plans.isPlanAdmin('x', 'constructor')).toBe(true)
    expect(plans.plan('toString')).toBeUndefined()
  })
})

describe('its changes', () => {
  it('move a resource, with all that is below it, under another one', () => {
    const moved = directory()
    moved.move('project:1', 'team:8')
    expect(moved.locate(ref('file:A'))).toEqual({ planId: 'two', ancestors: [ref('project:1'), ref('team:8')] })
    expect(moved.locate(ref('project:1'))?.planId).toBe('two')
    expect(moved.locate(ref('project:2'))?.planId).toBe('one')
  })

  it('move a resource directly into a plan', () => {
    const moved = directory()
    moved.move('file:B', 'plan:empty')
    expect(moved.locate(ref('file:B'))).toEqual({ planId: 'empty', ancestors: [] })
    moved.move('file:B', 'project:2')
    expect(moved.locate(ref('file:B'))).toEqual({ planId: 'one', ancestors: [ref('project:2'), ref('team:7')] })
  })

  it('remove a resource with all that is below it, and nothing else', () => {
    const removed = directory()
    removed.remove('project:1')
    for (const key of ['project:1', 'file:A', 'file:B']) expect(removed.locate(ref(key))).toBeUndefined()
    for (const key of ['team:7', 'project:2', 'file:alone']) expect(removed.locate(ref(key))?.planId).toBe('one')
    removed.remove('team:7')
    expect(removed.locate(ref('project:2'))).toBeUndefined()
  })

  it('say that a resource to move or remove does not exist, or that its new place does not', () => {
    const unchanged = directory()
    expect(() => unchanged.move('file:C', 'team:8')).toThrow(new TypeError('There is no "file:C" in this directory.'))
    expect(() => unchanged.move('file:A', 'team:9')).toThrow(new TypeError('There is no "team:9" in this directory.'))
    expect(() => unchanged.remove('file:C')).toThrow(new TypeError('There is no "file:C" in this directory.'))
    unchanged.remove('file:B')
    expect(() => unchanged.remove('file:B')).toThrow(TypeError)
    expect(unchanged.locate(ref('file:A'))).toEqual(directory().locate(ref('file:A')))
  })

  it('set only what they name of a plan', () => {
    const changed = directory()
    changed.setPlan('one', { tier: 'enterprise' })
    expect(changed.plan('one')).toEqual({ id: 'one', tier: 'enterprise', suspended: false })
    expect(changed.isPlanAdmin('ada', 'one')).toBe(true)
    changed.setPlan('one', { suspended: true })
    expect(changed.plan('one')).toEqual({ id: 'one', tier: 'enterprise', suspended: true })
    changed.setPlan('one', { admins: ['zoe'] })
    expect(changed.plan('one')).toEqual({ id: 'one', tier: 'enterprise', suspended: true })
    expect([changed.isPlanAdmin('ada', 'one'), changed.isPlanAdmin('zoe', 'one')]).toEqual([false, true])
    expect(changed.plan('two')).toEqual(directory().plan('two'))
  })

  it('give no rules to a directory that was made without, where nobody would ask for them', () => {
    const changed = directory()
    expect(() => changed.setPlan('one', { rules: { maxLifetimeDays: 7 } })).toThrow(
      new TypeError('This directory has no rules. Make it with rules for one of its plans, {} for none.'),
    )
    const ruled = testDirectory({ one: { rules: {} } })
    ruled.setPlan('one', { rules: { maxLifetimeDays: 7 } })
    expect(ruled.rules?.('one')).toEqual({ maxLifetimeDays: 7 })
  })

  it('leave the literal that it was made of as it is, and other directories too', () => {
    const [first, second] = [directory(), directory()]
    first.remove('team:7')
    first.setPlan('one', { tier: 'starter' })
    expect(second.locate(ref('file:A'))).toBeDefined()
    expect(second.plan('one')?.tier).toBe('organization')
    expect(Object.keys(tree)).toEqual(['team:7', 'file:alone'])
  })
})

describe('plans that it does not take', () => {
  it.each([
    [['one'], ['options']],
    [{ one: { admin: ['ada'], resource: {} } }, ['one.admin', 'one.resource']],
    [{ one: { admins: 'ada', tier: 1, suspended: 'no' } }, ['one.admins', 'one.tier', 'one.suspended']],
    [{ one: { resources: ['project:1'] } }, ['one.resources']],
    [{ one: { resources: { 'project:1': ['file:A'] } } }, ['one.resources']],
    [{ one: null }, ['one']],
  ])('%j are told all at once', (plans, paths) => {
    expect(() => testDirectory(plans as never)).toThrow(SetupError)
    for (const path of paths) expect(() => testDirectory(plans as never)).toThrow(`\n  ${path}: `)
  })

  it('are told what was meant', () => {
    expect(() => testDirectory({ one: { admin: ['ada'] } } as never)).toThrow('Did you mean "admins"?')
  })
})

describe('a tree that it does not take', () => {
  it('has one resource in two places, whether of one plan or of two', () => {
    const within = { 'team:7': { 'file:A': {} }, 'file:A': {} }
    expect(() => testDirectory({ one: { resources: within } })).toThrow(
      new TypeError('"file:A" stands in two places of the tree.'),
    )
    expect(() => testDirectory({ one: { resources: { 'file:A': {} } }, two: { resources: { 'file:A': {} } } })).toThrow(
      TypeError,
    )
  })

  it.each(['file', '', ':', 'file:', ':A'])('has the key %j, which names no resource', (key) => {
    expect(() => testDirectory({ one: { resources: { [key]: {} } } })).toThrow(
      new TypeError(`"${key}" is not a resource. Write it as "kind:id".`),
    )
    expect(() => testDirectory({ one: { resources: { 'team:7': { [key]: {} } } } })).toThrow(TypeError)
  })
})
