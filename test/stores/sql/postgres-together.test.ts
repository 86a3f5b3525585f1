/** Calls that come at the same moment and go to PostgreSQL together: each gets its own answer, and no one another's error. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { TokenRecord } from 'plan-access-tokens'
import { migrate, preparedStatements, type SqlStore, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type PostgresConfig, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { add, eventOf, next, recordOf, seqs, T } from '../records.ts'

let server: PostgresServer
let config: PostgresConfig
let pool: pg.Pool
let store: SqlStore
const pools: pg.Pool[] = []
/** The texts of the statements that the store has sent. */
const sent: string[] = []

function poolOf(settings: pg.PoolConfig = {}): pg.Pool {
  const opened = new pg.Pool({ ...config, ...settings })
  opened.on('error', () => undefined)
  pools.push(opened)
  return opened
}
const storeOver = (over: pg.Pool): SqlStore =>
  sqlStore(
    new Kysely({
      dialect: new PostgresDialect({ pool: preparedStatements(over) }),
      log: ({ query }) => void sent.push(query.sql),
    }),
  )

beforeAll(async () => {
  server = await startPostgres()
  config = await server.database()
  pool = poolOf()
  await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }))
  store = storeOver(pool)
}, 60_000)
afterAll(async () => {
  for (const opened of pools) await opened.end()
  await server.close()
})
beforeEach(async () => {
  await server.admin(
    'truncate plan_tokens, plan_token_secrets, plan_token_events, plan_token_uses; update plan_token_state set last_seq = 0, chain = null, bound_ms = 0',
    config.database,
  )
  await store.ready()
  sent.length = 0
})

const commit = (record: TokenRecord): Promise<boolean> => store.commit(record, eventOf(record))
const outcome = (call: Promise<unknown>): Promise<unknown> => call.catch((error: Error) => error)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const addAll = (ids: readonly string[]): Promise<TokenRecord[]> => Promise.all(ids.map((id) => add(store, { id })))

/** That the log has these events of each token and no others, under the numbers from 1 on. */
async function expectLog(versions: { readonly [id: string]: number }): Promise<void> {
  const events = await store.events({ limit: 99_999 })
  expect(seqs(events)).toEqual(events.map((_, i) => i + 1))
  for (const [id, last] of Object.entries(versions)) {
    const found = events.filter(({ tokenId }) => tokenId === id).map(({ version }) => version)
    expect(found).toEqual(upTo(last).map((n) => n + 1))
  }
  expect(events).toHaveLength(Object.values(versions).reduce((sum, n) => sum + n))
}

it('each of many commits at once gets its own answer, in a few statements', async () => {
  const records = await addAll(upTo(40).map((i) => `t${i}`))
  sent.length = 0
  const secrets = [{ digest: 'added', issuedAt: T, worksUntil: null }]
  const calls: readonly (readonly [TokenRecord, boolean])[] = records.map((record, i) => {
    if (i % 4 === 0) return [{ ...next(record), version: 3 }, false]
    if (i % 4 === 1) return [recordOf({ id: record.id, name: 'Taken', secrets: [] }), false]
    if (i % 4 === 2) return [recordOf({ id: `new-${i}` }), true]
    return [next(record, { name: `Name ${i}`, ...(i === 3 && { secrets }) }), true]
  })
  expect(await Promise.all(calls.map(([record]) => commit(record)))).toEqual(calls.map(([, answer]) => answer))
  expect(sent.length).toBeLessThan(10)
  for (const [record, isWritten] of calls)
    if (isWritten) expect(await store.find(record.id)).toEqual(record)
    else expect((await store.find(record.id))?.version).toBe(1)
  expect((await store.findByDigest('added'))?.id).toBe('t3')
  expect(await store.findByDigest('digest-t3')).toBeUndefined()
  expect((await store.findByDigest('digest-new-6'))?.id).toBe('new-6')
  const written = Object.fromEntries(calls.map(([{ id, version }, is]) => [id, is ? version : 1]))
  await expectLog({ ...Object.fromEntries(records.map(({ id }) => [id, 1])), ...written })
})

it('of many changes of one version at once exactly one is taken, and their neighbours with it', async () => {
  const [one, ...others] = await addAll(upTo(11).map((i) => `t${i}`))
  const racers = upTo(10).map((i) => next(one as TokenRecord, { name: `Racer ${i}` }))
  const all = racers.flatMap((racer, i) => [racer, next(others[i] as TokenRecord)])
  const answers = await Promise.all(all.map(commit))
  expect(answers.filter((_, i) => i % 2 === 1)).toEqual(others.map(() => true))
  const taken = racers.filter((_, i) => answers[2 * i])
  expect(taken).toEqual([await store.find('t0')])
  await expectLog(Object.fromEntries(upTo(11).map((i) => [`t${i}`, 2])))
})

it('one that the database refuses, or that cannot be kept, takes none of its neighbours with it', async () => {
  const records = await addAll(upTo(9).map((i) => `t${i}`))
  const theirs = [{ digest: 'digest-t8', issuedAt: T, worksUntil: null }]
  const bad = [
    { name: 'Zero \0' },
    { secrets: theirs },
    { planId: randomBytes(9_000).toString('hex') },
    { createdAt: Number.NaN },
  ]
  const all = records.slice(0, 8).map((record, i) => next(record, i % 2 === 0 ? bad[i / 2] : { name: 'Good' }))
  const answers = await Promise.all(all.map((record) => outcome(commit(record))))
  expect(answers.map((answer) => (answer instanceof Error ? 'refused' : answer))).toEqual(
    all.map((_, i) => (i % 2 === 0 ? 'refused' : true)),
  )
  expect(String(answers[2])).toContain('belongs to another token')
  expect((await store.findByDigest('digest-t8'))?.id).toBe('t8')
  await expectLog(Object.fromEntries(upTo(9).map((i) => [`t${i}`, i === 8 || i % 2 === 0 ? 1 : 2])))
})

it('none becomes part of a transaction that other code left open', async () => {
  const shared = poolOf({ max: 1 })
  const mine = storeOver(shared)
  const records = await Promise.all(upTo(5).map((i) => add(mine, { id: `t${i}` })))
  const client = await shared.connect()
  await client.query('begin')
  client.release()
  const changed = records.map((record) => next(record, { name: 'Changed' }))
  const answers = await Promise.all(changed.map((record) => mine.commit(record, eventOf(record))))
  expect(answers).toEqual(changed.map(() => true))
  await shared.query('rollback')
  for (const record of changed) expect(await store.find(record.id)).toEqual(record)
})

it('a commit that waits for somebody else’s lock holds up only those that went with it', async () => {
  const [one, other] = (await addAll(['a', 'b'])) as [TokenRecord, TokenRecord]
  const holder = await pool.connect()
  await holder.query('begin')
  await holder.query(`select from plan_tokens where id = 'a' for update`)
  const waiting = commit(next(one))
  await new Promise(setImmediate)
  expect(await commit(next(other))).toBe(true)
  await holder.query('rollback')
  holder.release()
  expect(await waiting).toBe(true)
  await expectLog({ a: 2, b: 2 })
})

it('where connections are cut off, what was acknowledged is there once, and the log has no gap', async () => {
  const cut = storeOver(poolOf({ application_name: 'cut', max: 1 }))
  const records = await addAll(upTo(24).map((i) => `t${i}`))
  let isOver = false
  let done = 0
  const acknowledged = new Map<string, number>()
  const unknown: unknown[] = []
  const writers = records.map(async (first) => {
    for (let record = first; !isOver; ) {
      const changed = next(record, { name: `Version ${record.version + 1}` })
      const answer = await outcome(cut.commit(changed, eventOf(changed)))
      if (answer === true) acknowledged.set(changed.id, changed.version)
      else unknown.push(answer)
      done += answer === true ? 1 : 0
      record = (await store.find(record.id)) as TokenRecord
    }
  })
  while (unknown.length < 100) {
    for (const end = done + 50; done < end; ) await new Promise(setImmediate)
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut'`)
  }
  isOver = true
  await Promise.all(writers)
  expect(unknown.every((answer) => answer instanceof Error)).toBe(true)
  const last = new Map<string, number>()
  for (const { id } of records) {
    const version = (await store.find(id))?.version ?? 0
    expect(version).toBeGreaterThanOrEqual(acknowledged.get(id) ?? 1)
    last.set(id, version)
  }
  await expectLog(Object.fromEntries(last))
}, 60_000)

it('four processes that write at once have every number once, and each commit its answer', async () => {
  const run = promisify(execFile)
  const written = await Promise.all(
    upTo(4).map(async (n) => {
      const program = `
        import { Kysely, PostgresDialect } from 'kysely'
        import pg from 'pg'
        import { sqlStore, preparedStatements } from './src/stores/sql/index.ts'
        import { eventOf, next, recordOf } from './test/stores/records.ts'
        const pool = new pg.Pool(${JSON.stringify(config)})
        const store = sqlStore(new Kysely({ dialect: new PostgresDialect({ pool: preparedStatements(pool) }) }))
        let written = 0
        await Promise.all(Array.from({ length: 16 }, async (_, i) => {
          let record = recordOf({ id: i < 8 ? 'all-' + i : 'p${n}-' + i, name: 'Of ${n}' })
          for (let k = 0; k < 20; k++) {
            if (await store.commit(record, eventOf(record))) written += 1
            record = next(await store.find(record.id))
          }
        }))
        console.log(written)
        await pool.end()`
      const answer = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
      return Number(answer.stdout)
    }),
  )
  const events = await store.events({ limit: 99_999 })
  expect(seqs(events)).toEqual(upTo(written.reduce((sum, n) => sum + n)).map((i) => i + 1))
  const ids = [...new Set(events.map(({ tokenId }) => tokenId))]
  const versions = await Promise.all(ids.map(async (id) => [id, (await store.find(id))?.version ?? 0]))
  await expectLog(Object.fromEntries(versions))
}, 60_000)

it('what is read at once is read together: each finds its own, and what was written before', async () => {
  const records = await addAll(upTo(20).map((i) => `t${i}`))
  await store.recordUse(records.map(({ id }, i) => ({ tokenId: id, digest: `digest-${id}`, at: T + i })))
  await pool.query(`update plan_tokens set scopes = 'broken' where id = 't7'`)
  await store.bound(300)
  sent.length = 0
  const ids = [...records.map(({ id }) => id), 't3', 'unknown', 'T3', 't3 ']
  const found = await Promise.all(ids.map((id) => outcome(store.find(id))))
  const expected: unknown[] = [...records, records[3], undefined, undefined, undefined]
  expected[7] = expect.objectContaining({ code: 'row_unreadable', message: expect.stringContaining('"t7"') })
  expect(found).toEqual(expected)
  // Besides, each that is not there is proved to be so.
  expect(sent.length).toBeLessThan(10)
  sent.length = 0
  const uses = await Promise.all(records.map(({ id }) => store.lastUse([id])))
  expect(uses).toEqual(records.map(({ id }, i) => [{ tokenId: id, digest: `digest-${id}`, at: T + i }]))
  expect(await Promise.all(records.map(() => store.bound(0)))).toEqual(records.map(() => 300))
  expect(sent.length).toBeLessThan(5)
  const [good, bad] = await Promise.all([outcome(store.find('t1')), outcome(store.find('zero \0'))])
  expect(good).toEqual(records[1])
  expect(bad).toBeInstanceOf(Error)
})
