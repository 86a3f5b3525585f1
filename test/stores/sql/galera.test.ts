/**
 * `sqlStore` on a real Galera cluster. A node answers before it has what was committed through another one, unless the session is
 * told to wait: such a session is refused, and one that waits lets no revoked token through, however late its node is.
 */
import { Kysely, MysqlDialect, sql } from 'kysely'
import mysql from 'mysql2'
import { createPlanTokens } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { migrate, preparedStatements, type SqlStore, sqlStore } from 'plan-access-tokens/stores/sql'
import { expectAllowed, expectDenied, requestWith, storeContract, testDirectory } from 'plan-access-tokens/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GALERA_COMMAND, type GaleraCluster, hasGalera, startGalera } from '../../support/galera.ts'
import type { MariadbServer } from '../../support/mariadb.ts'
import { eventOf, recordOf, T } from '../records.ts'

const title = hasGalera ? 'Galera' : `Galera (skipped without it: ${GALERA_COMMAND})`

describe.skipIf(!hasGalera)(title, () => {
  if (!hasGalera) return void it('answers with what was committed through another node', () => undefined)
  let cluster: GaleraCluster
  let database: string
  let opened: Kysely<unknown>[] = []
  const open = (node: MariadbServer, set: readonly string[], isPrepared = false, limit = 4): Kysely<unknown> => {
    const pool = mysql.createPool({
      ...{ host: '127.0.0.1', port: node.port, user: 'root', database, connectionLimit: limit },
    })
    pool.on('connection', (connection) => {
      for (const statement of set) connection.query(statement)
    })
    const kysely = new Kysely<unknown>({
      dialect: new MysqlDialect({ pool: isPrepared ? preparedStatements(pool) : pool }),
    })
    opened.push(kysely)
    return kysely
  }
  const waits = (level: number): readonly string[] => [`set session wsrep_sync_wait = ${level}`]
  const close = async (): Promise<void> => {
    for (const kysely of opened) await kysely.destroy()
    opened = []
  }

  beforeAll(async () => {
    cluster = await startGalera()
    database = (await cluster.first.database()).database
    await migrate(open(cluster.first, []))
    await close()
  }, 180_000)
  afterAll(() => cluster.close())

  const refusal = (names: string) => ({
    name: 'StoreError',
    code: 'store_unsuitable',
    message: expect.stringContaining(names),
  })
  const calls = (store: SqlStore): readonly (() => Promise<unknown>)[] => [
    () => store.findByDigest('x'),
    () => store.find('x'),
    () => store.events({ limit: 9 }),
    () => store.list({ planId: 'p1', order: 'newest', now: T, limit: 9 }),
    () => store.commit(recordOf(), eventOf(recordOf())),
    () => store.bound(1_000),
    () => store.recordUse([{ tokenId: 'a', digest: 'd', at: T }]),
    () => store.lastUse(['a']),
    () => store.sweep({ before: T, limit: 9 }),
  ]

  describe('a session that does not wait', () => {
    afterEach(close)

    it('is refused on each node, as they are by default, by the setting’s name and what to do', async () => {
      for (const node of [cluster.first, cluster.second])
        for (const call of calls(sqlStore(open(node, []))))
          await expect(call()).rejects.toMatchObject(refusal('wsrep_sync_wait is "0"'))
      expect(await cluster.first.admin('select last_seq, bound_ms from plan_token_state', database)).toEqual([
        { last_seq: 0, bound_ms: 0 },
      ])
    })

    it.each([
      ['set wsrep_sync_wait = 0', 'wsrep_sync_wait'],
      ['set wsrep_sync_wait = 6', 'wsrep_sync_wait'],
      ['set wsrep_sync_wait = 8', 'wsrep_sync_wait'],
      ['set wsrep_on = 0', 'wsrep_on'],
      ['set wsrep_dirty_reads = 1', 'wsrep_dirty_reads'],
    ])('is refused by the next call of any kind after %s', async (set, names) => {
      for (const isPrepared of [false, true]) {
        const kysely = open(cluster.second, waits(1), isPrepared, 1)
        const store = sqlStore(kysely)
        for (const call of calls(store).slice(0, 3)) {
          await call()
          await sql.raw(set).execute(kysely)
          await expect(call()).rejects.toMatchObject(refusal(names))
          await sql`set wsrep_on = 1, wsrep_sync_wait = 7, wsrep_dirty_reads = 0`.execute(kysely)
        }
        await store.find('x')
        await sql.raw(set).execute(kysely)
        for (const call of calls(store)) await expect(call()).rejects.toMatchObject(refusal(names))
      }
    })

    it('is taken once the cluster waits by default', async () => {
      await cluster.second.admin('set global wsrep_sync_wait = 1')
      const store = sqlStore(open(cluster.second, []))
      expect(await store.find('x')).toBeUndefined()
      await cluster.second.admin('set global wsrep_sync_wait = 0')
    })
  })

  describe('a node that is late', () => {
    afterEach(close)

    it.each([
      [1, 0, false],
      [7, 0, true],
      [1, 200, false],
      [7, 200, true],
    ])(
      'lets no revoked token through at wsrep_sync_wait %i and freshnessMs %i',
      async (level, freshnessMs, isPrepared) => {
        const directory = testDirectory({ '1': { admins: ['admin'], resources: { 'file:ABC': {} } } })
        const engine = (node: MariadbServer) => {
          const store = sqlStore(open(node, waits(level), isPrepared))
          return createPlanTokens({
            policy: figmaPolicy(),
            store,
            directory,
            freshnessMs,
            timeoutMs: 1_000,
            onError() {},
          })
        }
        const [here, there] = [engine(cluster.first), engine(cluster.second)]
        const { secret, token } = await here.create({
          ...{ actor: 'admin', planId: '1', type: 'rest', name: 'Name', lifetimeDays: 1 },
          ...{ scopes: ['file_content:read'], resources: 'all' },
        })
        const request = requestWith(secret, 'GET /v1/files/ABC')
        expectAllowed(await there.authorize(request))
        await cluster.whileLate(async () => {
          await here.revoke({ actor: 'admin', id: token.id })
          // The node has not heard of it.
          expect(
            await cluster.second.admin(`select revoked_at from plan_tokens where id = '${token.id}'`, database),
          ).toEqual([{ revoked_at: null }])
          for (let i = 0; i < 3; i++) expectDenied(await there.authorize(request), 'unavailable')
        })
        await expect
          .poll(async () => there.authorize(request), { timeout: 30_000 })
          .toMatchObject({ code: 'token_revoked' })
        for (const tokens of [here, there]) await tokens.close()
      },
    )
  })

  describe.each([1, 7])(
    'the contract at wsrep_sync_wait %i, written through one node and read through the other',
    (level) => {
      let writer: Kysely<unknown>
      let reader: Kysely<unknown>
      /** A delete waits for what the other node has committed at no level below 7. */
      let cleaner: Kysely<unknown>
      beforeAll(() => {
        cleaner = open(cluster.first, waits(7))
        writer = open(cluster.first, waits(level))
        reader = open(cluster.second, waits(level))
      })
      afterAll(close)

      const cases = storeContract({
        async create() {
          for (const table of ['tokens', 'token_secrets', 'token_events', 'token_uses', 'token_values'])
            await sql`delete from ${sql.table(`plan_${table}`)}`.execute(cleaner)
          await sql`update plan_token_state set last_seq = 0, chain = null, bound_ms = 0`.execute(cleaner)
          return sqlStore(writer)
        },
        another: () => sqlStore(reader),
      })
      it.each(cases.map(({ name, run }) => [name, run] as const))('%s', (_, run) => run())
    },
  )
})
