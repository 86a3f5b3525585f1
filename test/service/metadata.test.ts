/** Words of a plan's own on its tokens, and whom to ask: which there may be, how edits merge them, what a list finds by them. */
import fc from 'fast-check'
import type { Token } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, errorOf, newWorld, TOKEN, type Wish, type World } from '../support/world.ts'

const PLAN = { actor: ADMIN, planId: '1001' } as const
const named = (count: number, word = 'x'): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`key ${i}`, word]))
const shown = ({ metadata, contact }: Token): unknown => ({ metadata, contact })
const edited = async ({ tokens }: World, id: string, change: object): Promise<unknown> =>
  shown(await tokens.edit({ actor: ADMIN, id, ...change }))

describe('metadata and contact', () => {
  it('are what was given, in every answer and in the decision, and absent where nothing was', async () => {
    const { tokens, make, ask } = newWorld()
    const words = { team: 'billing', 'a.b "c"': '<b>100%</b>', empty: '' }
    const { id, token, secret } = await make({ metadata: words, contact: ' ops@example.com ' })
    const wanted = { metadata: words, contact: 'ops@example.com' }
    expect(token).toMatchObject(wanted)
    expect(await tokens.get({ actor: ADMIN, id })).toMatchObject(wanted)
    expect((await tokens.list(PLAN)).tokens[0]).toMatchObject(wanted)
    const request = { method: 'GET', url: '/v1/files/FileA', headers: { 'x-figma-token': secret } }
    expect(await tokens.authorize(request)).toMatchObject({ allowed: true, token: wanted })
    const { token: plain } = await make({ metadata: {}, contact: '' })
    expect('metadata' in plain || 'contact' in plain).toBe(false)
    expect(await ask(secret)).toBe('allowed')
  })

  it.each<[string, object, string]>([
    ['51 keys', { metadata: named(51) }, 'metadata: must have at most 50 keys.'],
    [
      'a key of 41 characters',
      { metadata: { ['k'.repeat(41)]: 'x' } },
      'metadata: must have keys of 1 to 40 characters',
    ],
    ['an empty key', { metadata: { '': 'x' } }, 'metadata: must have keys of 1 to 40 characters'],
    ['a key of two lines', { metadata: { 'a\nb': 'x' } }, 'metadata: must have keys of 1 to 40 characters'],
    [
      'the key __proto__',
      { metadata: JSON.parse('{"__proto__":"x"}') },
      'metadata: must not have the key "__proto__".',
    ],
    ['a word of 501 characters', { metadata: { team: 'x'.repeat(501) } }, 'metadata.team: must have at most 500'],
    ['a word that is a number', { metadata: { team: 5 } }, 'metadata.team: must be text.'],
    ['a word that is null', { metadata: { team: null } }, 'metadata.team: must be text.'],
    ['a word that turns the direction', { metadata: { team: '\u202e' } }, 'metadata.team: must not hold'],
    ['a list', { metadata: ['team'] }, 'metadata: must be an object.'],
    ['a Map', { metadata: new Map([['team', 'a']]) }, 'metadata: must be an object.'],
    ['text', { metadata: 'team' }, 'metadata: must be an object.'],
    ['a contact of 201 characters', { contact: 'x'.repeat(201) }, 'contact: must have at most 200'],
    ['a contact of two lines', { contact: 'a\nb' }, 'contact: must not hold control'],
    ['a contact that is a list', { contact: [] }, 'contact: must be text.'],
  ])('are refused with %s, beside all else that is wrong', async (_, wish, says) => {
    const { tokens, make, log } = newWorld()
    const error = await errorOf(tokens.create({ ...TOKEN, name: '', ...wish } as never))
    const said = error.issues.map(({ path, message }) => `${path}: ${message}`)
    expect(said).toEqual(['name: must not be empty.', expect.stringContaining(says)])
    const { id } = await make()
    // An edit may say null, and may replace as many keys as there may be.
    const isLegal = JSON.stringify(wish).includes('null')
    if (!isLegal) expect((await errorOf(tokens.edit({ actor: ADMIN, id, ...wish }))).issues).toHaveLength(1)
    expect(await log()).toEqual(['created'])
  })

  it('take as much as they may', async () => {
    const { make } = newWorld()
    const metadata = { ...named(49, 'x'.repeat(500)), ['🔐'.repeat(40)]: '🔐'.repeat(500) }
    const { token } = await make({ metadata, contact: '🔐'.repeat(200) })
    expect(Object.keys(token.metadata ?? {})).toHaveLength(50)
  })

  it('an error repeats no key and no word', async () => {
    const { tokens } = newWorld()
    const secret = 'figpat_0123456789abcdefghijABCDEFGHIJ0123456789'
    for (const metadata of [{ [secret]: 'x' }, { [secret.slice(0, 39)]: 5 }, { team: `${secret}\n` }]) {
      const error = await errorOf(tokens.create({ ...TOKEN, metadata } as never))
      expect(JSON.stringify([error.issues, error.message])).not.toContain('figpat_')
    }
  })

  it('belong to what an idempotency key stands for; the order of the keys does not', async () => {
    const { make } = newWorld()
    const key: Wish = { idempotencyKey: 'form-1', metadata: { a: '1', b: '2' } }
    const { id } = await make(key)
    expect((await make({ ...key, metadata: { b: '2', a: '1' } })).id).toBe(id)
    expect(await codeOf(make({ ...key, metadata: { a: '1' } }))).toBe('idempotency_key_reused')
    expect(await codeOf(make({ ...key, contact: 'ops' }))).toBe('idempotency_key_reused')
  })
})

describe('an edit', () => {
  it('merges words, takes away what is null, and tells the log what was and what is', async () => {
    const world = newWorld()
    const { id } = await world.make({ metadata: { team: 'a', env: 'prod' }, contact: 'ops' })
    expect(await edited(world, id, { metadata: { team: 'b', note: 'x', env: null, gone: null } })).toEqual({
      metadata: { note: 'x', team: 'b' },
      contact: 'ops',
    })
    expect(await edited(world, id, { contact: null })).toEqual({ metadata: { note: 'x', team: 'b' } })
    expect(await edited(world, id, { metadata: null, contact: 'ann' })).toEqual({ contact: 'ann' })
    expect(await edited(world, id, { contact: '' })).toEqual({})
    const { events } = await world.tokens.events(PLAN)
    expect(events.slice(1).map(({ changes }) => changes)).toEqual([
      { metadata: { before: { env: 'prod', team: 'a' }, after: { note: 'x', team: 'b' } } },
      { contact: { before: 'ops', after: null } },
      { metadata: { before: { note: 'x', team: 'b' }, after: null }, contact: { before: null, after: 'ann' } },
      { contact: { before: 'ann', after: null } },
    ])
  })

  it.each([[{ metadata: {} }], [{ metadata: { team: 'a' } }], [{ metadata: { no: null } }], [{ contact: 'ops' }]])(
    'with %j changes nothing and leaves no event',
    async (change) => {
      const world = newWorld()
      const { id } = await world.make({ metadata: { team: 'a' }, contact: 'ops' })
      expect(await edited(world, id, change)).toEqual({ metadata: { team: 'a' }, contact: 'ops' })
      expect(await world.log()).toEqual(['created'])
    },
  )

  it('may replace all fifty words at once, and not leave fifty-one', async () => {
    const world = newWorld()
    const { id } = await world.make({ metadata: named(50) })
    const error = await errorOf(world.tokens.edit({ actor: ADMIN, id, metadata: { more: 'x' } }))
    expect(error.issues).toMatchObject([{ path: 'metadata', message: 'must leave at most 50 keys.' }])
    const gone = Object.fromEntries(Object.keys(named(50)).map((key) => [key, null]))
    const others = Object.fromEntries(Object.keys(named(50)).map((key) => [`new ${key}`, 'x']))
    const token = await world.tokens.edit({ actor: ADMIN, id, metadata: { ...gone, ...others } })
    expect(Object.keys(token.metadata ?? {}).sort()).toEqual(Object.keys(others).sort())
  })

  it('at the same moment as another loses no word of either', async () => {
    const world = newWorld()
    const { id } = await world.make({ metadata: { a: '0', b: '0' } })
    await Promise.all([
      edited(world, id, { metadata: { a: '1' } }),
      edited(world, id, { metadata: { b: null, c: '1' } }),
    ])
    expect((await world.tokens.get({ actor: ADMIN, id })).metadata).toEqual({ a: '1', c: '1' })
  })

  it('after another is what a merge of plain objects would be (RFC 7396), and so is what a list finds', async () => {
    const key = fc.constantFrom('team', 'Team', 'a.b', 'constructor', 'ä"', '[0]')
    const word = fc.constantFrom('', 'x', 'X', 'x ', '%', '"x"')
    const change = fc.oneof(
      { weight: 8, arbitrary: fc.dictionary(key, fc.option(word), { noNullPrototype: true }) },
      { weight: 1, arbitrary: fc.constant(null) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), key, word, async (changes, wanted, value) => {
        const world = newWorld()
        const { id } = await world.make()
        const model = new Map<string, string>()
        for (const metadata of changes) {
          await edited(world, id, { metadata })
          if (metadata === null) model.clear()
          for (const [name, said] of Object.entries(metadata ?? {})) {
            if (said === null) model.delete(name)
            else model.set(name, said)
          }
        }
        const token = await world.tokens.get({ actor: ADMIN, id })
        expect(new Map(Object.entries(token.metadata ?? {}))).toEqual(new Map([...model].sort()))
        const count = async (filter: object) => (await world.tokens.list({ ...PLAN, ...filter })).tokens.length
        expect(await count({ metadata: { [wanted]: value } })).toBe(Number(model.get(wanted) === value))
        expect(await count({ metadataKey: wanted })).toBe(Number(model.has(wanted)))
        expect(await count({ metadata: Object.fromEntries(model) })).toBe(1)
      }),
      { numRuns: 60 },
    )
  })
})
