/**
 * Servers of the MySQL family as they are set up: replicas of every kind, settings that reach each new connection, tables that are
 * not as the migrations make them, and a server that cannot tell that a transaction is open. All on real MariaDBs.
 */
import { Kysely, MysqlDialect, type MysqlPool, sql } from 'kysely'
import mysql from 'mysql2'
import { createPlanTokens } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { migrate, type SqlStore, sqlStore } from 'plan-access-tokens/stores/sql'
import { expectAllowed, expectDenied, requestWith, testDirectory } from 'plan-access-tokens/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  hasMariadb,
  MARIADB_COMMAND,
  type MariadbConfig,
  type MariadbServer,
  startMariadb,
} from '../../support/mariadb.ts'
import { add, eventOf, next, T } from '../records.ts'

const title = hasMariadb ? 'MariaDB' : `MariaDB (skipped without it: ${MARIADB_COMMAND})`
const refusal = (names: string) => ({
  name: 'StoreError',
  code: 'store_unsuitable',
  message: expect.stringContaining(names),
})

describe.skipIf(!hasMariadb)(title, () => {
  if (!hasMariadb) return void it('is asked what it is', () => undefined)
  let server: MariadbServer
  let opened: Kysely<unknown>[] = []
  const open = (config: object, pool: MysqlPool = mysql.createPool(config)): Kysely<unknown> => {
    const kysely = new Kysely<unknown>({ dialect: new MysqlDialect({ pool }) })
    opened.push(kysely)
    return kysely
  }
  /** A database with its tables, and a token that it holds. */
  const fresh = async (from = server) => {
    const config = await from.database()
    const kysely = open(config)
    await migrate(kysely)
    const store = sqlStore(kysely)
    return { config, kysely, store, record: await add(store) }
  }
  /** What stands in every answer of a store that is refused. */
  const isRefused = async (store: SqlStore, names: string): Promise<void> => {
    const calls = [
      () => store.findByDigest('x'),
      () => store.find('x'),
      () => store.events({ limit: 9 }),
      () => store.list({ planId: 'p1', order: 'newest', now: T, limit: 9 }),
      () => store.bound(0),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject(refusal(names))
  }

  beforeAll(async () => {
    server = await startMariadb(['--log-bin=log', '--server-id=1'])
    await server.admin(
      'create user plain; grant all on *.* to plain; revoke super, read_only admin, connection admin on *.* from plain',
    )
  })
  afterEach(async () => {
    for (const kysely of opened) await kysely.destroy()
    opened = []
  })
  afterAll(() => server.close())

  describe('settings of the server that reach each new connection', () => {
    const GLOBALS: readonly (readonly [set: string, undo: string, names: string])[] = [
      ['global read_only = 1', 'global read_only = 0', 'read_only'],
      ['global autocommit = 0', 'global autocommit = 1', 'autocommit'],
      ["global tx_isolation = 'READ-UNCOMMITTED'", "global tx_isolation = 'REPEATABLE-READ'", 'tx_isolation'],
      ["global init_connect = 'set names gbk'", "global init_connect = ''", 'character_set_results'],
      ["global init_connect = 'set autocommit = 0'", "global init_connect = ''", 'autocommit'],
      ["global sql_mode = ''", 'global sql_mode = default', 'sql_mode'],
      ['global completion_type = 1', 'global completion_type = 0', 'completion_type'],
      ['global sql_select_limit = 3', 'global sql_select_limit = default', 'sql_select_limit'],
    ]
    it.each(GLOBALS)('%s is refused by its name, and no more once it is %s', async (set, undo, names) => {
      const { config, record } = await fresh()
      await server.admin(`set ${set}`)
      try {
        await isRefused(sqlStore(open({ ...config, user: 'plain' })), names)
      } finally {
        await server.admin(`set ${undo}`)
      }
      expect(await sqlStore(open({ ...config, user: 'plain' })).find(record.id)).toEqual(record)
    })

    it('read_only is noticed by the next look-up of a connection that was good before', async () => {
      const { config, record } = await fresh()
      const store = sqlStore(open({ ...config, user: 'plain' }))
      expect(await store.find(record.id)).toEqual(record)
      await server.admin('set global read_only = 1')
      try {
        await isRefused(store, 'read_only')
      } finally {
        await server.admin('set global read_only = 0')
      }
      expect(await store.find(record.id)).toEqual(record)
    })

    it.each([
      [['--skip-character-set-client-handshake', '--character-set-server=latin1'], 'character_set'],
      [['--innodb-read-only'], 'innodb_read_only'],
    ])('a server started with %s is refused by its name', async (flags, names) => {
      const other = await startMariadb(flags)
      const config = { host: '127.0.0.1', port: other.port, user: 'root', database: 'mysql' }
      await isRefused(sqlStore(open(config)), names)
      await other.close()
    })
  })

  describe('a replica that may be written to', () => {
    let replica: MariadbServer
    let primary: Awaited<ReturnType<typeof fresh>>
    let there: MariadbConfig

    beforeAll(async () => {
      replica = await startMariadb(['--server-id=2'])
      await server.admin('create user copier; grant replication slave on *.* to copier; reset master')
      await replica.admin(
        `create user plain; grant select, insert, update, delete on *.* to plain;
         change master to master_host = '127.0.0.1', master_port = ${server.port}, master_user = 'copier', master_use_gtid = no,
           master_log_file = 'log.000001', master_log_pos = 4, master_connect_retry = 1; start slave`,
      )
      primary = await fresh()
      there = { ...primary.config, port: replica.port }
      for (let copied = ''; copied !== '[{"n":1}]'; ) {
        const count = replica.admin('select count(*) as n from plan_tokens', there.database)
        copied = JSON.stringify(await count.catch(() => ''))
      }
    }, 60_000)
    afterAll(() => replica.close())

    it.each([
      ['that runs', 'select 1', 'root'],
      ['that runs, as a user who may not ask', 'select 1', 'plain'],
      ['that is late on purpose', 'stop slave; change master to master_delay = 60; start slave', 'plain'],
      ['whose changes wait', 'stop slave sql_thread', 'root'],
      ['that is stopped', 'stop slave', 'root'],
    ])('is refused: one %s', async (_, statements, user) => {
      await replica.admin(statements)
      await isRefused(sqlStore(open({ ...there, user })), 'replica')
    })

    it('is taken once it is a primary itself', async () => {
      await replica.admin('stop slave; reset slave all')
      const store = sqlStore(open(there))
      expect(await store.find(primary.record.id)).toEqual(primary.record)
      const record = next(primary.record, { revokedAt: T, revokedBy: 'admin' })
      expect(await store.commit(record, eventOf(record))).toBe(true)
    })
  })

  describe('tables that are not as the migrations make them', () => {
    it.each([
      ['alter table plan_token_state engine = MyISAM', 'plan_token_state" is MyISAM'],
      ['alter table plan_token_secrets engine = Aria', 'plan_token_secrets" is Aria'],
      [
        'alter table plan_token_secrets convert to character set utf8mb4 collate utf8mb4_general_ci',
        'utf8mb4_general_ci',
      ],
      ['alter table plan_tokens modify plan_id varchar(256) character set latin1 not null', 'latin1_swedish_ci'],
    ])('are refused by what is wrong: %s', async (statement, names) => {
      const { kysely } = await fresh()
      await sql.raw(statement).execute(kysely)
      await isRefused(sqlStore(kysely), names)
    })

    it('are taken with a collation that does not pad', async () => {
      const { kysely, record } = await fresh()
      await sql`alter table plan_tokens convert to character set utf8mb4 collate utf8mb4_nopad_bin`.execute(kysely)
      expect(await sqlStore(kysely).find(record.id)).toEqual(record)
    })

    it('that keep their history are not read as they were', async () => {
      const { config, record } = await fresh()
      const kysely = open({ ...config, connectionLimit: 1 })
      await sql`alter table plan_tokens add system versioning`.execute(kysely)
      const store = sqlStore(kysely)
      expect(await store.find(record.id)).toEqual(record)
      await sql`set system_versioning_asof = '2037-01-01 00:00:00'`.execute(kysely)
      await isRefused(store, 'system_versioning_asof')
      await sql`set system_versioning_asof = default`.execute(kysely)
      expect(await store.find(record.id)).toEqual(record)
    })
  })

  describe('a server that cannot tell that a transaction is open, as MySQL', () => {
    /** A pool of one connection whose server has no `in_transaction`. */
    const mute = (config: object): MysqlPool => {
      const pool: MysqlPool = mysql.createPool({ ...config, connectionLimit: 1 })
      return {
        end: (callback) => pool.end(callback),
        getConnection(callback) {
          pool.getConnection((error, connection) => {
            if (error) return callback(error, connection)
            const query = (text: string, values: unknown[], answered: (error: unknown, result: never) => void) =>
              connection.query(text, values, (failed, rows) => {
                const known = text.startsWith('show session variables') && Array.isArray(rows)
                const shown = known ? rows.filter(({ Variable_name }) => Variable_name !== 'in_transaction') : rows
                answered(failed, shown as never)
              })
            callback(
              error,
              Object.create(connection, { query: { value: query }, release: { value: () => connection.release() } }),
            )
          })
        },
      }
    }
    const muted = async () => {
      const all = await fresh()
      const kysely = open({}, mute(all.config))
      return { ...all, kysely, muted: sqlStore(kysely) }
    }

    it.each([
      [['begin', 'select * from plan_tokens']],
      [['start transaction with consistent snapshot']],
      [['start transaction with consistent snapshot, read only']],
      [['set session transaction isolation level serializable', 'begin']],
      [['set transaction isolation level read uncommitted']],
      [["xa start 'x'", 'select * from plan_tokens']],
    ])('is read by its latest state after %j', async (statements) => {
      const { store, kysely, muted: other } = await muted()
      const directory = testDirectory({ '1': { admins: ['admin'], resources: { 'file:ABC': {} } } })
      const engine = (used: SqlStore) => createPlanTokens({ policy: figmaPolicy(), store: used, directory })
      const [here, there] = [engine(other), engine(store)]
      const { secret, token } = await there.create({
        ...{ actor: 'admin', planId: '1', type: 'rest', name: 'Name', lifetimeDays: 1 },
        ...{ scopes: ['file_content:read'], resources: 'all' },
      })
      const request = requestWith(secret, 'GET /v1/files/ABC')
      expectAllowed(await here.authorize(request))
      for (const statement of statements) await sql.raw(statement).execute(kysely)
      await there.revoke({ actor: 'admin', id: token.id })
      expectDenied(await here.authorize(request), 'token_revoked')
      expect((await other.find(token.id))?.revokedAt).toBeTypeOf('number')
      expect(await other.events({ limit: 9 })).toEqual(await store.events({ limit: 9 }))
    })

    it('believes nothing that was not committed', async () => {
      const { config, record, kysely, muted: other } = await muted()
      expect(await other.find(record.id)).toEqual(record)
      const writer = open({ ...config, connectionLimit: 1 })
      await sql`begin`.execute(writer)
      await sql`update plan_tokens set name = 'never' where id = ${record.id}`.execute(writer)
      await sql`set transaction isolation level read uncommitted`.execute(kysely)
      const found = other.find(record.id)
      await sql`rollback`.execute(writer)
      expect(await found).toEqual(record)
    })

    it('what is written is not part of a transaction that other code left open', async () => {
      const { record, kysely, store, muted: other } = await muted()
      await sql`begin`.execute(kysely)
      expect(await other.bound(77)).toBe(77)
      await sql`rollback`.execute(kysely)
      await sql`begin`.execute(kysely)
      const use = { tokenId: record.id, digest: `digest-${record.id}`, at: T }
      await other.recordUse([use])
      await sql`rollback`.execute(kysely)
      expect(await store.bound(0)).toBe(77)
      expect(await store.lastUse([record.id])).toEqual([use])
    })

    it('is refused without autocommit, by its name', async () => {
      const { kysely, muted: other } = await muted()
      await sql`set autocommit = 0`.execute(kysely)
      await isRefused(other, 'autocommit')
    })
  })
})
