/** The chain over real databases: somebody really changes, removes, adds and moves rows, and is found. */
import { webcrypto } from 'node:crypto'
import { Redis } from 'ioredis'
import { Kysely, MysqlDialect, PostgresDialect, sql } from 'kysely'
import mysql from 'mysql2'
import pg from 'pg'
import { createPlanTokens, type TokenStore } from 'plan-access-tokens'
import { createCheckpoint, exportEvents, readExport, verifyLog } from 'plan-access-tokens/audit'
import { redisStore } from 'plan-access-tokens/stores/redis'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { testClock } from 'plan-access-tokens/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { portableSha256 } from '../../src/core/digest.ts'
import { SHA256 } from '../../src/stores/redis/scripts/sha256.ts'
import { hasMariadb, MARIADB_COMMAND, type MariadbServer, startMariadb } from '../support/mariadb.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { hasRedis, NEEDS_REDIS, type RedisServer, startRedis } from '../support/redis.ts'
import { sqliteFile } from '../support/sqlite.ts'
import { ADMIN, newDirectory, POLICY, START, TOKEN } from '../support/world.ts'

let postgres: PostgresServer
let mariadb: MariadbServer | undefined
let redis: RedisServer | undefined
beforeAll(async () => {
  ;[postgres, mariadb, redis] = await Promise.all([
    startPostgres(),
    hasMariadb ? startMariadb() : undefined,
    hasRedis ? startRedis() : undefined,
  ])
})
afterAll(async () => {
  await Promise.all([postgres.close(), mariadb?.close(), redis?.stop()])
})

/** Six tokens, each edited once: twelve events. */
async function fill(store: TokenStore): Promise<void> {
  const tokens = createPlanTokens({ policy: POLICY, store, directory: newDirectory(), clock: testClock(START) })
  for (let i = 0; i < 6; i++) {
    const { token } = await tokens.create({ ...TOKEN, name: `Token ${i} é 🔐 \\ud83d`, metadata: { key: `"${i}"` } })
    await tokens.edit({ actor: { id: ADMIN, session: 's-1' }, id: token.id, name: `Edited ${i}` })
  }
  await tokens.close()
}

const problemsOf = async (store: TokenStore, more: object = {}): Promise<readonly string[]> => {
  const { problems } = await verifyLog({ store, ...more })
  return problems.map(({ code, seq, to }) => [code, seq, to].filter((part) => part !== undefined).join(' '))
}

const exportOf = async (store: TokenStore): Promise<string> => {
  let text = ''
  for await (const part of exportEvents({ store, format: 'ndjson' })) text += part.text
  return text
}

const SQL = {
  async PostgreSQL() {
    const pool = new pg.Pool(await postgres.database())
    return { kysely: new Kysely<never>({ dialect: new PostgresDialect({ pool }) }), end() {} }
  },
  async MariaDB() {
    const pool = mysql.createPool((await mariadb?.database()) ?? {})
    return { kysely: new Kysely<never>({ dialect: new MysqlDialect({ pool }) }), end() {} }
  },
  async SQLite() {
    const file = sqliteFile()
    return { kysely: new Kysely<never>({ dialect: file.dialect() }), end: () => file.close() }
  },
}

describe.each(Object.entries(SQL))('over %s', (name, open) => {
  const isMissing = name === 'MariaDB' && !hasMariadb
  it.skipIf(isMissing)(
    `every row that is changed, removed, put in or moved is found${isMissing ? ` (skipped without it: ${MARIADB_COMMAND})` : ''}`,
    async () => {
      const { kysely, end } = await open()
      await migrate(kysely)
      const store = sqlStore(kysely)
      await fill(store)
      const { publicKey, privateKey } = (await webcrypto.subtle.generateKey(
        { name: 'ECDSA', namedCurve: 'P-256' },
        true,
        ['sign', 'verify'],
      )) as unknown as CryptoKeyPair
      const checkpoints = [await createCheckpoint({ store, key: privateKey })]
      const proof = { checkpoints, key: publicKey }
      expect(await verifyLog({ store, ...proof })).toMatchObject({ ok: true, events: 12, vouchedFrom: 1 })
      expect(await verifyLog({ store: readExport((await exportOf(store)).split('\n')), ...proof })).toMatchObject({
        ok: true,
      })

      const table = sql.table('plan_token_events')
      const { rows } = await sql<object>`select * from ${table}`.execute(kysely)
      const run = (statement: ReturnType<typeof sql>) => statement.execute(kysely)
      const restore = async (): Promise<void> => {
        await run(sql`delete from ${table}`)
        await (kysely as unknown as Kysely<{ plan_token_events: object }>)
          .insertInto('plan_token_events')
          .values(rows)
          .execute()
        expect(await problemsOf(store, proof)).toEqual([])
      }
      const attacks: readonly (readonly [ReturnType<typeof sql>[], string[]])[] = [
        [[sql`update ${table} set actor = 'mallory' where seq = 5`], ['changed 5']],
        [[sql`update ${table} set at = at - 1 where seq = 12`], ['changed 12']],
        [[sql`update ${table} set reason = 'as agreed' where seq = 1`], ['changed 1']],
        [[sql`update ${table} set changes = null where seq = 2`], ['changed 2']],
        [[sql`update ${table} set plan_id = '2002' where seq = 3`], ['changed 3']],
        [[sql`update ${table} set hash = ${'0'.repeat(64)} where seq = 4`], ['changed 4', 'broken 4']],
        [[sql`update ${table} set hash = null, chain = null, actor = 'mallory' where seq = 4`], ['broken 5']],
        [[sql`update ${table} set details = '{' where seq = 4`], ['unreadable 4']],
        [
          [sql`update ${table} set details = '{', seq = 900000000000000 where seq = 12`],
          ['missing 12 899999999999999', 'unreadable 900000000000000'],
        ],
        // No number that anybody could go on from.
        [[sql`update ${table} set seq = 9223372036854775807 where seq = 12`], ['unreadable 12 1013']],
        [
          [sql`update ${table} set details = '{' where seq = 1`, sql`delete from ${table} where seq = 7`],
          ['unreadable 1', 'missing 7'],
        ],
        [[sql`delete from ${table} where seq = 7`], ['missing 7']],
        // Before the first line, where nobody looks: as it is, and so that it cannot be read.
        [[sql`update ${table} set seq = 0 where seq = 7`], ['inserted 0', 'missing 7']],
        [
          [
            sql`update ${table} set seq = -5 where seq = 7`,
            sql`update ${table} set seq = -4, at = 9007199254740993 where seq = 8`,
          ],
          ['inserted -5 -4', 'missing 7 8'],
        ],
        [[sql`delete from ${table} where seq between 7 and 9`], ['missing 7 9']],
        [[sql`delete from ${table} where seq > 9`], ['truncated 10 12']],
        [[sql`delete from ${table}`], ['truncated 1 12']],
        [
          [
            sql`delete from ${table} where seq = 7`,
            ...[8, 9, 10, 11, 12].map((seq) => sql`update ${table} set seq = ${seq - 1} where seq = ${seq}`),
          ],
          ['broken 7 11', 'truncated 12'],
        ],
        [
          [
            sql`update ${table} set seq = 99 where seq = 5`,
            sql`update ${table} set seq = 5 where seq = 6`,
            sql`update ${table} set seq = 6 where seq = 99`,
          ],
          ['broken 5 7'],
        ],
      ]
      for (const [statements, found] of attacks) {
        for (const statement of statements) await run(statement)
        expect(await problemsOf(store, proof)).toEqual(found)
        await restore()
      }
      // What was cut off is found without a checkpoint too, once somebody writes.
      await run(sql`delete from ${table} where seq > 9`)
      expect(await problemsOf(store)).toEqual([])
      await fill(store)
      expect(await problemsOf(store)).toEqual(['missing 10 12'])
      await kysely.destroy()
      end()
    },
  )
})

describe.skipIf(!hasRedis)(`over Redis${hasRedis ? '' : ` (${NEEDS_REDIS})`}`, () => {
  it('every entry that is changed, removed or put in is found', async () => {
    const client = new Redis(redis?.url ?? '')
    const store = redisStore(client)
    await fill(store)
    expect(await verifyLog({ store })).toMatchObject({ ok: true, events: 12, vouchedFrom: 1 })
    const log = '{plan-tokens}:events'
    const entries = (await client.xrange(log, '-', '+')) as [string, string[]][]
    const leave = async (left: [string, string[]][]): Promise<void> => {
      await client.del(log)
      for (const [id, fields] of left) await client.xadd(log, id, ...fields)
    }
    const changed = (fields: string[]): string[] => fields.map((field) => field.replace(ADMIN, 'mallory'))
    await leave(entries.map(([id, fields]) => [id, id === '5-0' ? changed(fields) : fields]))
    expect(await problemsOf(store)).toEqual(['changed 5'])
    await client.del(log)
    await leave(entries)
    await client.xdel(log, '7-0')
    expect(await problemsOf(store)).toEqual(['missing 7'])
    const moved = entries.toSpliced(6, 1).map(([, fields], i): [string, string[]] => [`${i + 1}-0`, fields])
    await leave(moved)
    expect(await problemsOf(store)).toEqual(['broken 7 11'])
    await leave([...entries.slice(0, 11), ['900000000000000-0', ['event', '{']]])
    expect(await problemsOf(store)).toEqual(['missing 12 899999999999999', 'unreadable 900000000000000'])
    await leave(entries)
    expect(await problemsOf(store)).toEqual([])
    await client.quit()
  })

  it('the SHA-256 of its script is that of everybody else, for every length of two blocks and more', async () => {
    const client = new Redis(redis?.url ?? '')
    for (let length = 0; length <= 200; length++) {
      const text = Array.from({ length }, (_, i) => String.fromCharCode(33 + ((i * 7 + length) % 90))).join('')
      expect(await client.eval(`${SHA256} return sha256(ARGV[1])`, 0, text)).toBe(portableSha256(text))
    }
    await client.quit()
  })
})
