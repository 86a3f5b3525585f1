/** Thousands of a plan's tokens that end over a real PostgreSQL, while other processes work on them, and through one that crashes. */
import { createPlanTokens, type TokenStore } from 'plan-access-tokens'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recordOf, writeAll } from '../../../src/testing/contract/records.ts'
import { rounds } from '../../support/rounds.ts'
import { ADMIN, newDirectory, POLICY, START } from '../../support/world.ts'
import { type Database, POSTGRES } from './engines.ts'

const MANY = rounds({ ci: 5_000, here: 2_000 })
const PLAN = { actor: ADMIN, planId: '1001' } as const
const FILTER = { metadata: { team: 'mobile' } }
let database: Database

beforeAll(async () => {
  await POSTGRES.start()
  database = await POSTGRES.database()
}, 120_000)
afterAll(async () => {
  await database?.close()
  await POSTGRES.stop()
})

/** An engine as another process has it, over connections of its own. */
function engine(port: (store: TokenStore) => TokenStore = (store) => store) {
  const store = sqlStore(database.kysely())
  const tokens = createPlanTokens({
    policy: POLICY,
    store: port(store),
    directory: newDirectory(),
    clock: { now: () => START + 1_000 },
    onError() {},
  })
  return { store, tokens }
}

it(`of ${MANY} tokens each that was previewed ends once, beside an admin at work and after a crash in the middle`, async () => {
  await migrate(database.kysely())
  const { store, tokens } = engine()
  const records = Array.from({ length: MANY }, (_, i) =>
    recordOf(`token-${String(i).padStart(5, '0')}`, {
      planId: '1001',
      createdAt: START + (i % 700),
      expiresAt: START + 86_400_000,
      metadata: { team: i % 10 === 0 ? 'web' : 'mobile', n: String(i) },
    }),
  )
  const queues = Array.from({ length: 8 }, (_, i) => records.filter((_record, n) => n % 8 === i))
  await Promise.all(queues.map((queue) => writeAll(store, queue)))
  const { count, tokens: first, stamp } = await tokens.previewRevoke({ ...PLAN, filter: FILTER, limit: 2 })
  expect([count, first.length]).toEqual([MANY * 0.9, 2])

  // One process ends 1,300 of them and is gone, without a word of it.
  let left = 1_300
  const crashing = engine((real) => ({
    ...real,
    async commit(record, event) {
      if (left-- <= 0) return new Promise(() => undefined)
      return real.commit(record, event)
    },
  }))
  void crashing.tokens
    .revokeMany({ ...PLAN, filter: FILTER, stamp, limit: 1_000 })
    .then(({ next }) =>
      crashing.tokens
        .revokeMany({ ...PLAN, filter: FILTER, stamp, limit: 1_000, after: next as string })
        .catch(() => undefined),
    )
  // Meanwhile an admin takes some out of the team, puts others into it, and makes new ones.
  const { tokens: other } = engine()
  const edit = async (i: number, team: string): Promise<string> =>
    other
      .edit({ actor: ADMIN, id: records[i]?.id as string, metadata: { team } })
      .then(() => 'ok')
      .catch((error: { code: string }) => error.code)
  const taken = Array.from({ length: 40 }, (_, i) => i * Math.floor(MANY / 44) + 1).filter((i) => i % 10 !== 0)
  const outcomes = await Promise.all(taken.map(async (i) => [i, await edit(i, 'web')] as const))
  for (let i = 0; i < 400; i += 10) expect(await edit(i, 'mobile')).toBe('ok')
  const late = recordOf('late', {
    planId: '1001',
    createdAt: START,
    expiresAt: START + 86_400_000,
    metadata: FILTER.metadata,
  })
  await writeAll(store, [late])
  while (left > 0) await new Promise((resolve) => setTimeout(resolve, 20))

  // Another process makes the same call, from the beginning.
  const done = { revoked: [] as string[], ended: [] as string[], changed: [] as string[] }
  for (let after: string | undefined; ; ) {
    const more = { stamp, reason: 'The team is gone', ...(after !== undefined && { after }) }
    const part = await other.revokeMany({ ...PLAN, filter: FILTER, ...more })
    expect(part.failed).toEqual([])
    for (const list of ['revoked', 'ended', 'changed'] as const) done[list].push(...part[list])
    after = part.next
    if (after === undefined) break
  }
  const named = [...done.revoked, ...done.ended, ...done.changed]
  expect([named.length, new Set(named).size, done.ended.length]).toEqual([count, count, 1_300])
  const out = outcomes.filter(([, outcome]) => outcome === 'ok').map(([i]) => records[i]?.id)
  expect([...done.changed].sort()).toEqual([...out].sort())
  const alive = new Set<string>()
  for (let after: string | undefined; ; ) {
    const page = await other.list({ ...PLAN, status: 'active', limit: 500, ...(after !== undefined && { after }) })
    for (const { id } of page.tokens) alive.add(id)
    after = page.next
    if (after === undefined) break
  }
  const web = records.filter((_, i) => i % 10 === 0).map(({ id }) => id)
  expect(alive).toEqual(new Set([...web, ...done.changed, 'late']))
  const ends = new Map<string, number>()
  for (let after = 0; ; ) {
    const page = await store.events({ planId: '1001', after, limit: 500 })
    for (const { type, tokenId } of page) if (type === 'revoked') ends.set(tokenId, (ends.get(tokenId) ?? 0) + 1)
    after = page.at(-1)?.seq ?? after
    if (page.length < 500) break
  }
  expect([ends.size, new Set(ends.values())]).toEqual([done.revoked.length + done.ended.length, new Set([1])])
}, 300_000)
