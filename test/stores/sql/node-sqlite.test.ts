/** `sqlStore` on the SQLite of Node, where Node has it; .ci/run tries these with each later Node. */
import { SetupError } from 'plan-access-tokens'
import { nodeSqlite } from 'plan-access-tokens/stores/sql'
import { describe, expect, it } from 'vitest'
import { NODE_SQLITE } from './engines.ts'
import { onEngine } from './on-engine.ts'

if (NODE_SQLITE) onEngine(NODE_SQLITE)

describe('nodeSqlite', () => {
  it.each([undefined, null, {}, { prepare() {} }, 'tokens.db'])('takes no %j for a database', (database) => {
    expect(() => nodeSqlite(database as never)).toThrow(SetupError)
  })

  it.each([
    ['select 1', true],
    ['/* plan-access-tokens */ SELECT 1', true],
    ['pragma journal_mode', true],
    ['with a as (select 1) select * from a', true],
    ['insert into a values (1) returning *', true],
    ['insert into a values (1)', false],
    ['create table a (id integer)', false],
    ['begin immediate', false],
  ])('knows without the help of Node whether %s gives rows', (sql, givesRows) => {
    const statement = {
      all: () => [],
      run: () => ({ changes: 0, lastInsertRowid: 0 }),
      iterate: () => [].values(),
      setReadBigInts() {},
    }
    const { reader } = nodeSqlite({ prepare: () => statement, close() {} }).prepare(sql)
    expect(reader).toBe(givesRows)
  })
})
