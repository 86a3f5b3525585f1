/** What `ready` is asked about: what cannot exist is a mistake in the call, said as such, and nobody is asked about it. */
import type { ReadyInput } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { fail, problemsOf } from './support/ready.ts'

describe('ready', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['a field that is none', { plan: '1001' }, ['plan: is not a field here. Did you mean "planId"?']],
    ['an id alone', '1001', ['input: must be an object.']],
    ['null', null, ['input: must be an object.']],
    [
      'numbers',
      { planId: 1001, resource: { kind: 'file', id: 7 } },
      ['planId: must be text.', 'resource.id: must be text.'],
    ],
    ['a resource without a kind', { resource: { id: 'FileA' } }, ['resource.kind: is missing.']],
    [
      'a kind that no policy has',
      { planId: '1001', resource: { kind: 'files', id: 'FileA' } },
      ['resource.kind: is no kind of a policy. Did you mean "file"?'],
    ],
    ['the plan as a resource', { resource: { kind: 'plan', id: '1001' } }, ['resource.kind: is no kind of a policy.']],
    [
      'an id that is none of its kind',
      { resource: { kind: 'project', id: 'x12' } },
      ['resource.id: is no id of its kind, as the policy says what these look like.'],
    ],
  ])('says that it was asked with %s, and asks nobody about that', async (_, real, said) => {
    expect(await problemsOf({}, real as ReadyInput)).toEqual(said)
    const both = await problemsOf({ store: { find: fail } }, real as ReadyInput)
    expect(both).toEqual([...said, 'store.find: failed: Error (ECONNREFUSED).'])
  })

  it('gives advice on what does not exist only where that was asked for', async () => {
    const broken = { plan: (id: string) => (id === '1001' ? fail() : undefined) }
    expect(await problemsOf({ directory: broken }, { planId: '1001' })).toEqual([
      'directory.plan of planId: failed: Error (ECONNREFUSED).',
    ])
  })
})
