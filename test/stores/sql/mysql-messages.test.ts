/** What the errors of MySQL and MariaDB tell whoever runs the database: what is wrong, and no value of a statement. */
import { inspect } from 'node:util'
import { Kysely, MysqlDialect, type MysqlPool, sql } from 'kysely'
import mysql from 'mysql2'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasMariadb, MARIADB_COMMAND, type MariadbServer, startMariadb } from '../../support/mariadb.ts'
import { add, eventOf, next, recordOf } from '../records.ts'

const title = hasMariadb ? 'MariaDB' : `MariaDB (skipped without it: ${MARIADB_COMMAND})`
const DIGEST = 'd1ge5t-'.repeat(6)
const HEX = Buffer.from(DIGEST).toString('hex')

describe.skipIf(!hasMariadb)(title, () => {
  if (!hasMariadb) return void it('says what is wrong, and no value', () => undefined)
  let server: MariadbServer
  let config: object
  let kysely: Kysely<unknown>
  const open = (pool: MysqlPool) => new Kysely<unknown>({ dialect: new MysqlDialect({ pool }) })
  beforeAll(async () => {
    server = await startMariadb()
    config = await server.database()
    kysely = open(mysql.createPool({ ...config, connectionLimit: 1 }))
    await migrate(kysely)
  })
  afterAll(async () => {
    await kysely.destroy()
    await server.close()
  })

  const errorOf = async (call: Promise<unknown>): Promise<Error> => {
    const error = await call.then(
      () => new Error('It did not fail.'),
      (thrown) => thrown,
    )
    const all = inspect(error, { depth: 9, showHidden: true })
    for (const value of [DIGEST, HEX, HEX.toUpperCase()]) expect(all).not.toContain(value)
    return error
  }

  it('a text that is too long names its column', async () => {
    const store = sqlStore(kysely)
    const record = recordOf({ id: DIGEST.repeat(9) })
    expect(await errorOf(store.commit(record, eventOf(record)))).toMatchObject({
      code: 'ER_DATA_TOO_LONG',
      message: "Data too long for column 'id' at row 1",
    })
  })

  it('an event whose number was taken by hand tells that, without the number', async () => {
    const store = sqlStore(kysely)
    const first = await add(store, { id: DIGEST })
    await sql`update plan_token_state set last_seq = last_seq - 1`.execute(kysely)
    const second = next(first)
    expect(await errorOf(store.commit(second, eventOf(second)))).toMatchObject({
      code: 'ER_DUP_ENTRY',
      message: "Duplicate entry '…'",
    })
    await sql`update plan_token_state set last_seq = last_seq + 1`.execute(kysely)
  })

  it('a statement that cannot be read is not repeated in the message', async () => {
    const queryFormat = (text: string, values: readonly string[] = []) =>
      values.reduce((all, value) => all.replace('?', `(${mysql.escape(value)}`), text)
    const odd = open(mysql.createPool({ ...config, queryFormat }))
    const error = await errorOf(sqlStore(odd).findByDigest(DIGEST))
    expect(error).toMatchObject({ code: 'ER_PARSE_ERROR', errno: 1064 })
    expect(error.message).toMatch(/^You have an error in your SQL syntax.* near '…' at line 1$/)
    await odd.destroy()
  })

  it('a lock that was not given, a server that is not there and a pool that was closed say so', async () => {
    const store = sqlStore(open(mysql.createPool({ ...config, connectionLimit: 1 })))
    const record = await add(store)
    await sql`begin`.execute(kysely)
    await sql`select * from plan_token_state for update`.execute(kysely)
    await server.admin('set global innodb_lock_wait_timeout = 1')
    const late = open(mysql.createPool({ ...config, connectionLimit: 1 }))
    const changed = next(record)
    const error = await errorOf(sqlStore(late).commit(changed, eventOf(changed)))
    expect(error.message).toBe('Lock wait timeout exceeded; try restarting transaction')
    await sql`rollback`.execute(kysely)
    await late.destroy()
    expect((await errorOf(sqlStore(late).find('x'))).message).toMatch(/destroyed|closed/)
    const nowhere = open(mysql.createPool({ host: '127.0.0.1', port: 1, user: 'root' }))
    expect((await errorOf(sqlStore(nowhere).find('x'))).message).toContain('ECONNREFUSED')
    const stranger = open(mysql.createPool({ ...config, user: 'stranger', password: 'secret' }))
    expect(await errorOf(sqlStore(stranger).find('x'))).toMatchObject({ code: 'store_forbidden' })
    for (const other of [nowhere, stranger]) await other.destroy()
  })
})
