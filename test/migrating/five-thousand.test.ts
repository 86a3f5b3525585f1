/**
 * Five thousand keys of a table, or a thousand outside of CI, are adopted into a real database while their clients go on working:
 * the run is broken off and begun again, half of the keys are used meanwhile in another process' engine, and no request is refused at
 * any moment.
 */
import { createHash, randomBytes } from 'node:crypto'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { createPlanTokens, type Directory } from 'plan-access-tokens'
import { createAuthorizer } from 'plan-access-tokens/authorizer'
import { legacyKeys } from 'plan-access-tokens/legacy'
import { sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'
import { requestWith } from 'plan-access-tokens/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { rounds } from '../support/rounds.ts'
import { DAY, POLICY } from '../support/world.ts'

const COUNT = rounds({ ci: 5_000, here: 1_000 })
const PLANS = 40
const AT_ONCE = 16

/** A row of the table that was there before. */
interface Row {
  readonly id: number
  readonly plan: string
  readonly name: string
  readonly hash: string
}
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const keys = Array.from({ length: COUNT }, () => `acme_live_${randomBytes(20).toString('hex')}`)
const table = keys.map((key, id): Row => ({ id, plan: `plan-${id % PLANS}`, name: `Key ${id}`, hash: sha256(key) }))
const byHash = new Map(table.map((row) => [row.hash, row]))

const directory: Directory = {
  plan: (id) => ({ id, tier: 'organization' }),
  isPlanAdmin: (actor, planId) => actor === `owner of ${planId}`,
  locate: ({ id }) => ({ planId: id.replace('FileOf', 'plan-'), ancestors: [] }),
}
const legacy = () =>
  legacyKeys({ rest: [{ name: 'table', match: /^acme_live_[0-9a-f]{40}$/, scheme: { hash: 'sha256' } }] })

let server: PostgresServer
const pools: pg.Pool[] = []
beforeAll(async () => {
  server = await startPostgres()
  await server.admin(sqlMigrations().toSql('postgres'))
})
afterAll(async () => {
  for (const pool of pools) await pool.end()
  await server?.close()
})
async function storeOfProcess() {
  const pool = new pg.Pool({
    host: '127.0.0.1',
    port: server.port,
    user: 'postgres',
    password: 'password',
    database: 'postgres',
    max: 8,
  })
  pools.push(pool)
  return sqlStore(new Kysely<never>({ dialect: new PostgresDialect({ pool }) }) as never)
}

it(`${COUNT} keys are adopted while half of them are used`, { timeout: 300_000 }, async () => {
  const tokens = createPlanTokens({ policy: POLICY, store: await storeOfProcess(), directory, legacy: legacy() })
  const requests = createAuthorizer({ policy: POLICY, store: await storeOfProcess(), directory, legacy: legacy() })
  const end = Date.now() + 90 * DAY
  const said = { ours: 0, theirs: 0 }
  /** As a server does it meanwhile: the old check answers for what is not adopted yet. */
  const isLetThrough = async (i: number): Promise<boolean> => {
    const key = keys[i] as string
    const decision = await requests.authorize(requestWith(key, `GET /v1/files/FileOf${i % PLANS}`))
    if (decision.allowed) said.ours += 1
    else if (decision.code === 'token_unknown' && byHash.has(sha256(key))) said.theirs += 1
    else return false
    return true
  }
  const adopt = ({ plan, name, hash }: Row) =>
    tokens.adopt({
      ...{ actor: `owner of ${plan}`, planId: plan, type: 'rest', name, scopes: ['file_content:read'] },
      ...{ resources: 'all', expiresAt: end, scheme: 'table', digest: hash },
      idempotencyKey: 'migration of the keys table',
    })
  /** Adopts rows, some at a time; every other key is used at the same moment, and once more behind it. */
  const refused: number[] = []
  const use = async (i: number): Promise<void> => {
    if (i % 2 === 0 && !(await isLetThrough(i))) refused.push(i)
  }
  const run = async (rows: readonly Row[]): Promise<void> => {
    const left = rows.values()
    const worker = async (): Promise<void> => {
      for (const row of left) {
        await Promise.all([adopt(row), use(row.id)])
        await use(row.id)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  }

  // The first run is broken off; the second begins with the first row again.
  await run(table.slice(0, COUNT / 5))
  await run(table)
  expect(refused).toEqual([])
  expect(said.ours).toBeGreaterThan(COUNT / 2)
  expect(said.theirs).toBeGreaterThan(0)

  // All are there, each once, and each works by itself.
  const [rows] = await server.admin('select count(*) as n, count(distinct token_id) as tokens from plan_token_events')
  expect(rows).toEqual({ n: String(COUNT), tokens: String(COUNT) })
  const before = said.theirs
  for (let i = 0; i < COUNT; i += AT_ONCE) {
    const some = table.slice(i, i + AT_ONCE)
    expect(await Promise.all(some.map(({ id }) => isLetThrough(id)))).not.toContain(false)
  }
  expect(said.theirs).toBe(before)
  // A key of another plan reaches nothing there, and a key that nobody has nothing at all.
  const foreign = await requests.authorize(requestWith(keys[0] as string, 'GET /v1/files/FileOf1'))
  expect(foreign).toMatchObject({ code: 'resource_not_in_plan' })
  const unknown = await requests.authorize(requestWith(`acme_live_${'0'.repeat(40)}`, 'GET /v1/files/FileOf1'))
  expect(unknown).toMatchObject({ code: 'token_unknown' })
  await Promise.all([tokens.close(), requests.close()])
})
