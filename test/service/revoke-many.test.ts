/**
 * `previewRevoke` and `revokeMany`: what was previewed ends and nothing else, in calls of bounded work, beside others at work, and
 * through a store that fails in the middle.
 */
import fc from 'fast-check'
import { memoryStore, type RevokedMany, type RevokeFilter, type TokenStore } from 'plan-access-tokens'
import { canaryTokens } from 'plan-access-tokens/leaks'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, newWorld, START, type Wish, type World } from '../support/world.ts'

const PLAN = { actor: ADMIN, planId: '1001' } as const

/** Tokens by their names. */
async function made(world: World, wishes: { readonly [name: string]: Wish }): Promise<Record<string, string>> {
  const ids: Record<string, string> = {}
  for (const [name, wish] of Object.entries(wishes)) {
    world.clock.advance(1)
    ids[name] = (await world.make({ ...wish, name })).id
  }
  return ids
}

/** Previews, and then ends what that was, in as many calls as it takes. */
async function ended({ tokens }: World, filter: RevokeFilter, limit = 500, reason?: string): Promise<RevokedMany> {
  const { stamp } = await tokens.previewRevoke({ ...PLAN, filter })
  return all({ tokens }, filter, stamp, limit, reason)
}

async function all(
  { tokens }: Pick<World, 'tokens'>,
  filter: RevokeFilter,
  stamp: string,
  limit = 500,
  reason?: string,
): Promise<RevokedMany> {
  const done = {
    revoked: [] as string[],
    ended: [] as string[],
    changed: [] as string[],
    failed: [] as RevokedMany['failed'][number][],
  }
  for (let after: string | undefined; ; ) {
    const input = { ...PLAN, filter, stamp, limit, ...(reason && { reason }), ...(after && { after }) }
    const part = await tokens.revokeMany(input)
    expect(part.revoked.length).toBeLessThanOrEqual(limit)
    for (const list of ['revoked', 'ended', 'changed'] as const) done[list].push(...part[list])
    done.failed.push(...part.failed)
    after = part.next
    if (after === undefined) return done
  }
}

const alive = async ({ tokens }: World): Promise<string> =>
  (await tokens.list({ ...PLAN, status: 'active', limit: 500 })).tokens
    .map(({ name }) => name)
    .sort()
    .join(' ')

describe('what a filter means', () => {
  const wishes: { readonly [name: string]: Wish } = {
    short: { lifetimeDays: 2 },
    long: { lifetimeDays: 300, metadata: { team: 'a' } },
    billing: { metadata: { team: 'billing', env: 'prod' }, description: 'For the night' },
    reader: { scopes: ['file_metadata:read'] },
  }
  it.each<[RevokeFilter, string]>([
    [{}, 'billing bob long reader'],
    [{ type: 'rest' }, 'billing bob long reader'],
    [{ type: 'npm' }, ''],
    [{ status: 'active' }, 'billing bob long reader'],
    [{ status: 'expired' }, 'short'],
    [{ search: 'NIGHT' }, 'billing'],
    [{ search: 'b' }, 'billing bob'],
    [{ metadata: { team: 'billing' } }, 'billing'],
    [{ metadata: { team: 'billing', env: 'test' } }, ''],
    [{ metadataKey: 'team' }, 'billing long'],
    [{ createdBy: 'admin-1' }, 'billing long reader'],
    [{ createdBy: 'bob' }, 'bob'],
    [{ expiresBefore: START + 31 * DAY }, 'billing bob reader'],
    [{ expiresBefore: START + 30 * DAY }, ''],
    [{ scope: 'file_metadata:read' }, 'reader'],
    [{ scope: 'file_metadata:read', metadataKey: 'team' }, ''],
  ])('%j is %s, in the preview and in what ends', async (filter, names) => {
    const world = newWorld()
    world.directory.setPlan('1001', { admins: [ADMIN, 'bob'] })
    const ids = await made(world, { ...wishes, gone: {}, bob: { actor: 'bob' } })
    await made(world, { other: {} }).then(({ other }) => world.tokens.revoke({ actor: ADMIN, id: other! }))
    await world.tokens.revoke({ actor: ADMIN, id: ids.gone! })
    world.clock.advance(2 * DAY)
    const wanted = names.split(' ').filter(Boolean)
    const preview = await world.tokens.previewRevoke({ ...PLAN, filter })
    expect([preview.count, preview.tokens.map(({ name }) => name).sort()]).toEqual([wanted.length, wanted])
    const before = await world.log()
    const done = await all(world, filter, preview.stamp)
    expect(done.revoked.map((id) => Object.keys(ids).find((name) => ids[name] === id)).sort()).toEqual(wanted)
    expect([done.ended, done.changed, done.failed]).toEqual([[], [], []])
    expect(await world.log()).toEqual([...before, ...wanted.map(() => 'revoked')])
  })

  it('an event each, by the actor and with the reason; every secret is refused', async () => {
    const world = newWorld()
    const { id, secret } = await world.make()
    const other = await world.make()
    await ended(world, {}, 1, 'Ticket 7')
    expect([await world.ask(secret), await world.ask(other.secret)]).toEqual(['token_revoked', 'token_revoked'])
    const { events } = await world.tokens.events({ ...PLAN, tokenId: id })
    expect(events.at(-1)).toMatchObject({ type: 'revoked', actor: ADMIN, reason: 'Ticket 7' })
  })

  it.each<[string, (ids: { readonly lure: string; readonly plain: string }) => RevokeFilter, string]>([
    ['nothing', () => ({}), 'plain'],
    ['a word that it has', () => ({ search: 'lure' }), ''],
    ['its type and its scope', () => ({ type: 'rest', scope: 'file_content:read' }), 'plain'],
    ['ids without its own', ({ plain }) => ({ ids: [plain] }), 'plain'],
    ['its id', ({ lure, plain }) => ({ ids: [lure, plain] }), 'lure plain'],
    ['its id, and that it is none', ({ lure, plain }) => ({ ids: [lure, plain], canary: false }), 'plain'],
    ['canaries', () => ({ canary: true }), 'lure'],
    ['canaries, and an id of another', ({ plain }) => ({ ids: [plain], canary: true }), ''],
  ])('a canary ends only where it is named: with a filter of %s what ends is %3$j', async (_, filterOf, names) => {
    const world = newWorld({ canaries: canaryTokens() })
    const ids = await made(world, { lure: { canary: true }, plain: {} })
    const filter = filterOf(ids as never)
    const wanted = names.split(' ').filter(Boolean)
    const { tokens: shown } = await world.tokens.previewRevoke({ ...PLAN, filter })
    expect(shown.map(({ name }) => name).sort()).toEqual(wanted)
    const { revoked } = await ended(world, filter)
    expect(revoked.map((id) => (id === ids.lure ? 'lure' : 'plain')).sort()).toEqual(wanted)
    expect(await alive(world)).toBe(['lure', 'plain'].filter((name) => !wanted.includes(name)).join(' '))
  })

  it('shows the first ones, as many as were asked for, and the number of all', async () => {
    const world = newWorld()
    await made(world, Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`t${i}`, {}])))
    const shown = async (limit?: number) => {
      const input = { ...PLAN, filter: {}, ...(limit !== undefined && { limit }) }
      const { count, tokens } = await world.tokens.previewRevoke(input)
      return [count, tokens.length, tokens[0]?.name]
    }
    expect([await shown(), await shown(2), await shown(0)]).toEqual([
      [60, 50, 't59'],
      [60, 2, 't59'],
      [60, 0, undefined],
    ])
  })
})

describe('tokens that were picked by their ids', () => {
  it('end, and no others; one of another plan, an unknown one and one that has ended are not among them', async () => {
    const world = newWorld()
    const ids = await made(world, { a: {}, b: { metadata: { team: 'x' } }, c: {}, gone: {} })
    world.directory.setPlan('2002', { admins: ['eve'] })
    const foreign = (await world.make({ actor: 'eve', planId: '2002', name: 'foreign' })).id
    await world.tokens.revoke({ actor: ADMIN, id: ids.gone! })
    const filter = { ids: [ids.c!, ids.gone!, foreign, ids.a!, 'nobody'] }
    const preview = await world.tokens.previewRevoke({ ...PLAN, filter })
    expect([preview.count, preview.tokens.map(({ name }) => name).sort()]).toEqual([2, ['a', 'c']])
    const done = await all(world, { ids: [...filter.ids].reverse() }, preview.stamp, 1)
    expect({ ...done, revoked: [...done.revoked].sort() }).toEqual({
      ...{ revoked: [ids.a!, ids.c!].sort(), ended: [], changed: [], failed: [] },
    })
    expect(await alive(world)).toBe('b')
    expect((await world.tokens.get({ actor: 'eve', id: foreign })).status).toBe('active')
  })

  it('have to fit the rest of the filter too', async () => {
    const world = newWorld()
    const ids = await made(world, { a: {}, b: { metadata: { team: 'x' } } })
    await ended(world, { ids: [ids.a!, ids.b!], metadata: { team: 'x' } })
    expect(await alive(world)).toBe('a')
  })

  it('are told apart: what somebody else ended, and what fits no more', async () => {
    const world = newWorld()
    const ids = await made(world, { a: {}, b: {}, c: { metadata: { team: 'x' } } })
    const filter = { ids: Object.values(ids), search: 'n' }
    for (const id of filter.ids) await world.tokens.edit({ actor: ADMIN, id, description: 'n' })
    const { stamp } = await world.tokens.previewRevoke({ ...PLAN, filter })
    await world.tokens.revoke({ actor: ADMIN, id: ids.a! })
    await world.tokens.edit({ actor: ADMIN, id: ids.c!, description: 'z' })
    expect(await all(world, filter, stamp, 1)).toEqual({
      ...{ revoked: [ids.b], ended: [ids.a], changed: [ids.c], failed: [] },
    })
  })

  it('are a thousand at most, at least one, and each once', async () => {
    const { tokens } = newWorld()
    const many = (count: number) => Array.from({ length: count }, (_, i) => `id-${i}`)
    const said = (ids: readonly string[]) =>
      tokens.previewRevoke({ ...PLAN, filter: { ids } }).then(
        ({ count }) => count,
        (error) => error.issues.map(({ path, message }: { path: string; message: string }) => `${path} ${message}`),
      )
    expect([await said(many(1_000)), await said([]), await said(many(1_001)), await said(['a', 'a'])]).toEqual([
      0,
      ['filter.ids must be a list of 1 to 1000 ids.'],
      ['filter.ids must be a list of 1 to 1000 ids.'],
      ['filter.ids must have each id once.'],
    ])
  })
})

describe('no more than was previewed', () => {
  it('leaves alone what was made, adopted by an edit or moved in since, and what fits no more', async () => {
    const world = newWorld()
    const team = { metadata: { team: 'a' } }
    const ids = await made(world, {
      stays: team,
      leaves: team,
      late: {},
      again: {},
      renewed: { ...team, lifetimeDays: 5 },
    })
    const edit = (name: string, metadata: Record<string, string | null>) =>
      world.tokens.edit({ actor: ADMIN, id: ids[name]!, metadata })
    // Had fitted, and did not when it was previewed.
    await edit('again', { team: 'a' })
    await edit('again', { team: 'b' })
    const filter = { ...team, expiresBefore: START + 31 * DAY }
    const { count, stamp } = await world.tokens.previewRevoke({ ...PLAN, filter })
    expect(count).toBe(3)
    await made(world, { fresh: team })
    await edit('late', { team: 'a' })
    await edit('again', { team: 'a' })
    await edit('leaves', { team: 'b' })
    await edit('stays', { note: 'x' })
    world.clock.advance(2 * DAY)
    await world.tokens.refresh({ actor: ADMIN, id: ids.stays! }).catch(() => undefined)
    const done = await all(world, filter, stamp)
    expect([...done.changed].sort()).toEqual([ids.leaves, ids.stays].sort())
    expect(done.revoked).toEqual([ids.renewed])
    expect(await alive(world)).toBe('again fresh late leaves stays')
  })

  it('ends one that was changed meanwhile and fits still', async () => {
    const world = newWorld()
    const { one } = await made(world, { one: { metadata: { team: 'a' } } })
    const filter = { metadata: { team: 'a' } }
    const { stamp } = await world.tokens.previewRevoke({ ...PLAN, filter })
    await world.tokens.edit({ actor: ADMIN, id: one!, name: 'Renamed', metadata: { team: 'b' } })
    await world.tokens.edit({ actor: ADMIN, id: one!, metadata: { team: 'a' } })
    expect((await all(world, filter, stamp)).revoked).toEqual([one])
  })

  it('a stamp is good for its own plan and filter alone, in whatever order the filter is said', async () => {
    const world = newWorld()
    world.directory.setPlan('2002', { admins: [ADMIN] })
    const filter = { search: 'x', metadata: { a: '1', b: '2' } }
    const { stamp } = await world.tokens.previewRevoke({ ...PLAN, filter })
    const call = (change: object) => world.tokens.revokeMany({ ...PLAN, filter, stamp, ...change } as never)
    await call({ filter: { metadata: { b: '2', a: '1' }, search: 'x' } })
    for (const change of [{ filter: {} }, { filter: { ...filter, search: 'y' } }, { planId: '2002' }]) {
      const error = await errorOf(call(change))
      expect(error.issues.map(({ path }) => path)).toEqual(['stamp'])
    }
  })

  it('a stamp that the log no longer reaches is told, and nothing ends', async () => {
    const world = newWorld()
    const { one } = await made(world, { one: {} })
    const { stamp } = await world.tokens.previewRevoke({ ...PLAN, filter: {} })
    world.clock.advance(DAY)
    await world.tokens.edit({ actor: ADMIN, id: one!, name: 'Renamed' })
    await world.tokens.sweep({ olderThan: START + DAY })
    expect(await codeOf(world.tokens.revokeMany({ ...PLAN, filter: {}, stamp }))).toBe('preview_outdated')
    // A store that was restored from before the preview has other events of these numbers.
    const other = newWorld()
    await made(other, { one: {}, two: {} })
    expect(await codeOf(other.tokens.revokeMany({ ...PLAN, filter: {}, stamp }))).toBe('preview_outdated')
    expect([await alive(world), await alive(other)]).toEqual(['Renamed', 'one two'])
  })

  it('of a store without an event is nothing, whatever is made then', async () => {
    const world = newWorld()
    const { count, stamp } = await world.tokens.previewRevoke({ ...PLAN, filter: {} })
    await made(world, { one: {} })
    expect([count, await all(world, {}, stamp)]).toEqual([0, { revoked: [], ended: [], changed: [], failed: [] }])
    expect(await alive(world)).toBe('one')
  })
})

describe('many', () => {
  it('end in calls of their limit, and a call that is made again goes on and ends nothing twice', async () => {
    const world = newWorld()
    const names = Array.from({ length: 23 }, (_, i) => `t${String(i).padStart(2, '0')}`)
    await made(world, Object.fromEntries(names.map((name) => [name, {}])))
    const { stamp } = await world.tokens.previewRevoke({ ...PLAN, filter: {} })
    const first = await world.tokens.revokeMany({ ...PLAN, filter: {}, stamp, limit: 10 })
    expect([first.revoked.length, typeof first.next]).toEqual([10, 'string'])
    // The answer was lost: the same call, from the beginning.
    const again = await all(world, {}, stamp, 7)
    expect([again.revoked.length, again.ended.length]).toEqual([13, 10])
    expect([...again.ended].sort()).toEqual([...first.revoked].sort())
    const third = await all(world, {}, stamp)
    expect([third.revoked.length, third.ended.length]).toEqual([0, 23])
    expect((await world.log()).filter((type) => type === 'revoked')).toHaveLength(23)
  })

  it('beside two admins at work lose no change of theirs, and name each token once', async () => {
    const world = newWorld()
    const names = Array.from({ length: 120 }, (_, i) => `t${i}`)
    const ids = Object.values(
      await made(world, Object.fromEntries(names.map((name) => [name, { metadata: { team: 'a' } }]))),
    )
    const filter = { metadata: { team: 'a' } }
    const { count, stamp } = await world.tokens.previewRevoke({ ...PLAN, filter })
    const outcome = (call: Promise<unknown>) =>
      call.then(
        () => 'ok',
        (error: { code: string }) => error.code,
      )
    const [done, ...others] = await Promise.all([
      all(world, filter, stamp, 25),
      Promise.all(
        ids
          .filter((_, i) => i % 3 === 0)
          .map((id) => outcome(world.tokens.edit({ actor: ADMIN, id, metadata: { team: 'b' } }))),
      ),
      Promise.all(ids.filter((_, i) => i % 5 === 0).map((id) => outcome(world.tokens.revoke({ actor: ADMIN, id })))),
      made(world, { late1: { metadata: { team: 'a' } }, late2: { metadata: { team: 'a' } } }),
    ])
    expect(new Set(others.slice(0, 2).flat())).toEqual(new Set(['ok', 'token_not_active']))
    const named = [...done.revoked, ...done.ended, ...done.changed]
    expect([count, new Set(named).size, named.length, done.failed]).toEqual([120, 120, 120, []])
    for (const id of ids) {
      const { status, metadata } = await world.tokens.get({ actor: ADMIN, id })
      // What an admin took out of the filter before its turn goes on.
      expect(status === 'active').toBe(done.changed.includes(id))
      if (status === 'active') expect(metadata).toEqual({ team: 'b' })
    }
    expect((await alive(world)).split(' ').filter((name) => name.startsWith('late'))).toHaveLength(2)
  })

  it('through a store that fails in the middle tell what ended and what did not, and the next call begins there', async () => {
    let left = 4
    const fails = (store: TokenStore): TokenStore => ({
      ...store,
      commit: async (record, event) => {
        if (event.type === 'revoked' && left-- <= 0) throw new Error('down')
        return store.commit(record, event)
      },
    })
    const world = newWorld({ port: fails, timeoutMs: 20, onError() {} })
    await made(world, Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`t${i}`, {}])))
    const { stamp } = await world.tokens.previewRevoke({ ...PLAN, filter: {} })
    const first = await world.tokens.revokeMany({ ...PLAN, filter: {}, stamp })
    expect([first.revoked.length, first.failed]).toEqual([4, [{ id: expect.any(String), code: 'unavailable' }]])
    left = 100
    const rest = await world.tokens.revokeMany({ ...PLAN, filter: {}, stamp, after: first.next! })
    expect([rest.revoked.length, rest.next]).toEqual([5, undefined])
    expect(rest.revoked[0]).toBe(first.failed[0]?.id)
    expect(await alive(world)).toBe('')
    left = 0
    await made(world, { more: {} })
    const { stamp: next } = await world.tokens.previewRevoke({ ...PLAN, filter: {} })
    expect(await codeOf(world.tokens.revokeMany({ ...PLAN, filter: {}, stamp: next }))).toBe('unavailable')
  })

  it('names nothing of the log of another plan in its stamp', async () => {
    const world = newWorld()
    await made(world, { one: {}, other: { actor: 'admin-2', planId: '2002' } })
    const [last] = await world.store.events({ order: 'newest', limit: 1 })
    const { stamp, count } = await world.tokens.previewRevoke({ ...PLAN, filter: {} })
    expect([last?.planId, count, stamp.includes(last?.id as string)]).toEqual(['2002', 1, false])
    expect((await world.tokens.revokeMany({ ...PLAN, filter: {}, stamp })).revoked).toHaveLength(1)
  })

  it('is asked of the directory at each call, and of nobody else’s plan', async () => {
    const world = newWorld()
    await made(world, { one: {} })
    const { stamp } = await world.tokens.previewRevoke({ ...PLAN, filter: {} })
    const other = { actor: 'admin-2', planId: '1001', filter: {} }
    expect(await codeOf(world.tokens.previewRevoke(other))).toBe('not_plan_admin')
    expect(await codeOf(world.tokens.revokeMany({ ...other, stamp }))).toBe('not_plan_admin')
    world.directory.setPlan('1001', { admins: [], suspended: true })
    expect(await codeOf(world.tokens.revokeMany({ ...PLAN, filter: {}, stamp }))).toBe('not_plan_admin')
    world.directory.setPlan('1001', { admins: [ADMIN], suspended: true })
    expect((await world.tokens.revokeMany({ ...PLAN, filter: {}, stamp })).revoked).toHaveLength(1)
  })

  it('end exactly what a model says, whatever happens between', async () => {
    const word = fc.constantFrom('a', 'b')
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom('edit'), token: fc.nat(20), team: word }),
      fc.record({ do: fc.constantFrom('make'), token: fc.nat(20), team: word }),
      fc.record({ do: fc.constantFrom('revoke'), token: fc.nat(20), team: word }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }),
        fc.array(step, { maxLength: 8 }),
        fc.integer({ min: 1, max: 4 }),
        async (before, between, limit) => {
          const world = newWorld({ store: memoryStore() })
          const model: { id: string; team: string; revoked: boolean; counted: boolean }[] = []
          const take = async ({ do: what, token, team }: { do: string; token: number; team: string }) => {
            const one = model[token % Math.max(1, model.length)]
            if (what === 'make' || !one) {
              const { id } = await world.make({ metadata: { team } })
              model.push({ id, team, revoked: false, counted: false })
            } else if (what === 'revoke') {
              await world.tokens.revoke({ actor: ADMIN, id: one.id })
              one.revoked = true
            } else if (!one.revoked) {
              await world.tokens.edit({ actor: ADMIN, id: one.id, metadata: { team } })
              one.team = team
            }
          }
          for (const one of before) await take(one)
          const filter = { metadata: { team: 'a' } }
          const { count, stamp } = await world.tokens.previewRevoke({ ...PLAN, filter })
          for (const one of model) one.counted = !one.revoked && one.team === 'a'
          const counted = model.filter((one) => one.counted)
          expect(count).toBe(counted.length)
          for (const one of between) await take(one)
          const done = await all(world, filter, stamp, limit)
          const ids = (which: (one: (typeof model)[number]) => boolean) =>
            counted
              .filter(which)
              .map(({ id }) => id)
              .sort()
          expect([...done.revoked].sort()).toEqual(ids(({ revoked, team }) => !revoked && team === 'a'))
          expect([...done.ended].sort()).toEqual(ids(({ revoked }) => revoked))
          expect([...done.changed].sort()).toEqual(ids(({ revoked, team }) => !revoked && team !== 'a'))
        },
      ),
      { numRuns: 80 },
    )
  })
})

describe('what is wrong', () => {
  it.each<[object, string[]]>([
    [{ filter: undefined }, ['filter']],
    [{ filter: 'all' }, ['filter']],
    [{ filter: new Map([['search', 'x']]) }, ['filter']],
    [{ filter: [] }, ['filter']],
    [{ filter: null }, ['filter']],
    [
      { filter: { status: 'revoked', search: '', metadata: { a: 1 }, scope: 7 } },
      ['filter.metadata.a', 'filter.scope', 'filter.search', 'filter.status'],
    ],
    [
      { filter: { colour: 'red' }, limit: 1_001, reason: ' ', after: 'x', stamp: 'x' },
      ['after', 'filter.colour', 'limit', 'reason', 'stamp'],
    ],
    [{ stamp: undefined, limit: 0 }, ['limit', 'stamp']],
  ])('in %j is told at once', async (change, paths) => {
    const { tokens } = newWorld()
    const stamp = `1.1.${'0'.repeat(32)}.`
    const error = await errorOf(tokens.revokeMany({ ...PLAN, filter: {}, stamp, ...change } as never))
    expect(error.issues.map(({ path }) => path).sort()).toEqual(paths)
  })
})
