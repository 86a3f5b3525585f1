/** A plan's tokens in pages: both orders, the filters, and cursors that stay right while tokens are added. */
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, newWorld, type Wish, type World } from '../support/world.ts'

const PLAN = { actor: ADMIN, planId: '1001' } as const
type Listed = Parameters<World['tokens']['list']>[0]

/** Tokens named A, B, C … with these lifetimes, an hour apart. */
async function makeNamed({ make, clock }: World, days: readonly number[], wish: Wish = {}): Promise<string[]> {
  const ids: string[] = []
  for (const [i, lifetimeDays] of days.entries()) {
    clock.advance(1)
    ids.push((await make({ ...wish, lifetimeDays, name: String.fromCharCode(65 + i) })).id)
  }
  return ids
}

async function names({ tokens }: World, query: Partial<Listed> = {}): Promise<string> {
  return (await tokens.list({ ...PLAN, ...query })).tokens.map(({ name }) => name).join('')
}

/** All pages after one another; something may happen between them. */
async function pages(
  { tokens }: World,
  query: Partial<Listed>,
  between: () => Promise<unknown> = async () => undefined,
): Promise<string> {
  let text = ''
  for (let after: string | undefined; ; ) {
    const page = await tokens.list({ ...PLAN, ...query, ...(after !== undefined && { after }) })
    text += page.tokens.map(({ name }) => name).join('')
    if (page.next === undefined) return text
    after = page.next
    await between()
  }
}

describe('list', () => {
  it('gives the newest first, or those first that end soonest', async () => {
    const world = newWorld()
    await makeNamed(world, [30, 5, 90, 1])
    expect(await names(world)).toBe('DCBA')
    expect(await names(world, { order: 'newest' })).toBe('DCBA')
    expect(await names(world, { order: 'expiry' })).toBe('DBAC')
  })

  it('puts what has ended behind what is active, the last that ended first', async () => {
    const world = newWorld()
    const ids = await makeNamed(world, [30, 5, 90, 1, 2])
    await world.tokens.revoke({ actor: ADMIN, id: ids[2]! })
    world.clock.advance(3 * DAY)
    expect(await names(world, { order: 'expiry' })).toBe('BACED')
  })

  it('holds expired and revoked tokens, each with its status', async () => {
    const world = newWorld()
    const [, b] = await makeNamed(world, [1, 30, 30])
    await world.tokens.revoke({ actor: ADMIN, id: b! })
    world.clock.advance(DAY)
    const { tokens } = await world.tokens.list(PLAN)
    expect(tokens.map(({ name, status }) => `${name} ${status}`)).toEqual(['C active', 'B revoked', 'A expired'])
    for (const status of ['active', 'expired', 'revoked'] as const) {
      expect(await names(world, { status })).toBe({ active: 'C', expired: 'A', revoked: 'B' }[status])
      expect(await names(world, { status, order: 'expiry' })).toBe({ active: 'C', expired: 'A', revoked: 'B' }[status])
    }
  })

  it('finds parts of names and descriptions in any letter case, and whole ids', async () => {
    const world = newWorld()
    const { id } = await world.make({ name: 'Nightly Export' })
    await world.make({ name: 'Other', description: 'exports by night' })
    await world.make({ name: 'Third' })
    const found = async (search: string): Promise<number> =>
      (await world.tokens.list({ ...PLAN, search })).tokens.length
    expect([await found('EXPORT'), await found('nightly'), await found('by NIGHT'), await found('none')]).toEqual([
      2, 1, 1, 0,
    ])
    expect([await found(id), await found(id.slice(0, -1)), await found('.*'), await found('%')]).toEqual([1, 0, 0, 0])
  })

  it('keeps to one plan and to one type', async () => {
    const world = newWorld()
    await makeNamed(world, [1, 2])
    expect(await names(world, { type: 'rest' })).toBe('BA')
    expect(await names(world, { type: 'npm' })).toBe('')
    expect((await world.tokens.list({ actor: 'admin-2', planId: '2002' })).tokens).toEqual([])
    expect(await codeOf(world.tokens.list({ actor: ADMIN, planId: '2002' }))).toBe('not_plan_admin')
    expect(await codeOf(world.tokens.list({ actor: ADMIN, planId: '9009' }))).toBe('not_plan_admin')
  })

  it("drops another plan's records, whatever the store gives", async () => {
    const world = newWorld({
      port: (store) => ({ ...store, list: (query) => store.list({ ...query, planId: '1001' }) }),
    })
    await world.make()
    const { tokens } = await world.tokens.list({ actor: 'admin-2', planId: '2002' })
    expect(tokens).toEqual([])
  })

  it.each(['newest', 'expiry'] as const)(
    'by %s gives every token once, page by page, while tokens are added',
    async (order) => {
      for (const limit of [1, 2, 3, 7]) {
        const world = newWorld()
        const ids = await makeNamed(world, [30, 30, 5, 90, 90, 1, 2, 1, 40, 2])
        await world.tokens.revoke({ actor: ADMIN, id: ids[8]! })
        world.clock.advance(3 * DAY)
        const before = await names(world, { order })
        let added = 0
        const text = await pages(world, { order, limit }, async () => {
          world.clock.advance(1)
          if (added < 4) await world.make({ name: `${added++}`, lifetimeDays: 30 })
        })
        expect(text.replaceAll(/[0-9]/g, '')).toBe(before)
        expect(new Set(text).size).toBe(text.length)
      }
    },
  )

  it('by expiry keeps the order of the moment in which the first page was read', async () => {
    const world = newWorld()
    await makeNamed(world, [1, 2, 3, 4])
    const text = await pages(world, { order: 'expiry', limit: 1 }, async () => world.clock.advance(DAY))
    expect(text).toBe('ABCD')
  })

  it('gives a full last page no next', async () => {
    const world = newWorld()
    await makeNamed(world, [1, 2])
    expect(await world.tokens.list({ ...PLAN, limit: 2 })).not.toHaveProperty('next')
    expect(await world.tokens.list({ ...PLAN, limit: 1 })).toHaveProperty('next')
  })

  it('gives 50 tokens a page unless it is asked for other', async () => {
    const world = newWorld()
    await makeNamed(
      world,
      Array.from({ length: 51 }, () => 1),
    )
    const { tokens, next } = await world.tokens.list(PLAN)
    expect([tokens.length, typeof next]).toEqual([50, 'string'])
    expect((await world.tokens.list({ ...PLAN, limit: 500 })).tokens).toHaveLength(51)
  })

  it.each([0, 501, 1.5, Number.NaN, '5', null])('refuses the limit %j', async (limit) => {
    const error = await errorOf(newWorld().tokens.list({ ...PLAN, limit } as never))
    expect(error.issues.map(({ path }) => path)).toEqual(['limit'])
  })

  it('refuses a cursor that it did not give, or gave for another order', async () => {
    const world = newWorld()
    await makeNamed(world, [1, 2, 3])
    const { next } = await world.tokens.list({ ...PLAN, limit: 1 })
    const forged = [
      '',
      '5',
      'x',
      '%',
      '%E0%A4%A',
      '[]',
      'null',
      '"newest"',
      encodeURIComponent('["newest",1,false,"1","a"]'),
      'x'.repeat(501),
      // PostgreSQL takes the first in no text, and would keep another text for the second.
      'newest.1.0.1.a\0b',
      'newest.1.0.1.\ud800',
    ]
    for (const after of forged) {
      const error = await errorOf(world.tokens.list({ ...PLAN, after }))
      expect([error.code, error.issues.map(({ path }) => path)]).toEqual(['invalid_input', ['after']])
    }
    expect(await codeOf(world.tokens.list({ ...PLAN, order: 'expiry', after: next! }))).toBe('invalid_input')
  })

  it('takes a cursor for a place and not for a right', async () => {
    const world = newWorld()
    await makeNamed(world, [1, 2, 3])
    const { next } = await world.tokens.list({ ...PLAN, limit: 1 })
    expect(await codeOf(world.tokens.list({ actor: 'admin-2', planId: '1001', after: next! }))).toBe('not_plan_admin')
    expect((await world.tokens.list({ actor: 'admin-2', planId: '2002', after: next! })).tokens).toEqual([])
  })

  it('refuses filters and orders that do not exist', async () => {
    const { tokens } = newWorld()
    for (const query of [
      { status: 'dead' },
      { order: 'oldest' },
      { search: '' },
      { type: '' },
      { sort: 'name' },
      { search: 'x'.repeat(201) },
    ]) {
      expect(await codeOf(tokens.list({ ...PLAN, ...query } as never))).toBe('invalid_input')
    }
  })
})
