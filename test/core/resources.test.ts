/** Whether an allowlist covers a resource: what is listed and what is below it, kind by kind, and nothing that cannot be read. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { covers, isResourceRef, type ResourceRef, readAllowlist } from '../../src/core/resources.ts'

const kinds = fc.constantFrom('file', 'team', 'project', 'plan', '__proto__')
const refs = fc.record({ kind: kinds, id: fc.constantFrom('1', '2', '3', 'constructor') })
const lists = fc.array(refs, { maxLength: 6 })

describe('an allowlist', () => {
  it('covers a resource if and only if it or something above it is listed', () => {
    const isSame = (a: ResourceRef, b: ResourceRef): boolean => a.kind === b.kind && a.id === b.id && a.kind !== 'plan'
    fc.assert(
      fc.property(lists, refs, lists, (list, resource, ancestors) => {
        const naive = [resource, ...ancestors].some((ref) => list.some((entry) => isSame(entry, ref)))
        expect(covers(readAllowlist(list), resource, ancestors)).toBe(naive)
      }),
      { numRuns: 1_000 },
    )
  })

  it('never lets one kind stand for another, whatever the ids are', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const list = readAllowlist([{ kind: 'team', id }])
        expect(covers(list, { kind: 'project', id }, [{ kind: 'file', id }])).toBe(false)
      }),
    )
    const list = readAllowlist([{ kind: 'a', id: 'b:c' }])
    expect(covers(list, { kind: 'a:b', id: 'c' }, [])).toBe(false)
  })

  it('goes down and never up', () => {
    const list = readAllowlist([{ kind: 'project', id: '1' }])
    expect(covers(list, { kind: 'file', id: 'A' }, [{ kind: 'project', id: '1' }])).toBe(true)
    expect(covers(list, { kind: 'team', id: '7' }, [])).toBe(false)
  })

  it('of all resources covers everything', () => {
    expect(readAllowlist('all')).toBe('all')
    expect(covers('all', { kind: 'file', id: 'A' }, [])).toBe(true)
  })

  it('never covers the plan, even where a store holds it', () => {
    const list = readAllowlist([{ kind: 'plan', id: '1001' }])
    expect(covers(list, { kind: 'plan', id: '1001' }, [])).toBe(false)
    expect(covers(list, { kind: 'file', id: 'A' }, [{ kind: 'plan', id: '1001' }])).toBe(false)
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty list', []],
    ['another word', 'All'],
    ['a list of the word', ['all']],
    ['a boxed word', Object('all')],
    ['an object', { kind: 'file', id: 'A' }],
    [
      'entries that cannot be read',
      [null, 7, 'file:A', {}, { kind: 'file' }, { kind: 'file', id: ['A'] }, { kind: '', id: 'A' }],
    ],
  ])('covers nothing where it is %s', (_, stored) => {
    expect(covers(readAllowlist(stored), { kind: 'file', id: 'A' }, [{ kind: 'team', id: '7' }])).toBe(false)
  })

  it('covers nothing at all where one entry cannot be read', () => {
    const list = readAllowlist([null, { kind: 'file', id: 'A' }, { kind: 'file', id: 'B', link: 'x' }])
    expect(covers(list, { kind: 'file', id: 'B' }, [])).toBe(false)
  })
})

describe('a resource from outside', () => {
  it.each([
    null,
    undefined,
    'file:A',
    7,
    [],
    {},
    { kind: 'file' },
    { kind: 'file', id: '' },
    { kind: '', id: 'A' },
    { kind: 'file', id: 7 },
    { kind: 7, id: 'A' },
    { kind: ['file'], id: 'A' },
    { kind: {}, id: 'A' },
    { kind: null, id: 'A' },
    { kind: true, id: 'A' },
  ])('has a kind and an id, or is none: %j', (value) => {
    expect(isResourceRef(value)).toBe(false)
  })

  it('may have more', () => {
    expect(isResourceRef({ kind: 'file', id: 'A', link: 'x' })).toBe(true)
  })
})
