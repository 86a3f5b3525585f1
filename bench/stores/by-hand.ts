/**
 * Commits that the store's own are compared with in the same run, by hand over the driver: one that holds the lock of `seq`
 * while the client sends four more statements, and asks for the bound by a write under the same lock; and one that takes `seq`
 * from a sequence, which no store may do, since readers would miss events. Both leave the secrets as they are, which edits never
 * change.
 */
import pg from 'pg'
import type { NewEvent, TokenRecord, TokenStore } from 'plan-access-tokens'
import { eventRow, tokenRow } from '../../src/stores/sql/rows.ts'
import type { SqlSource } from './engines.ts'

/** `ours` is the store's; the others are for PostgreSQL. */
export type CommitKind = 'ours' | 'lockFirst' | 'plainSequence'

/** The connections of commits by hand. */
export interface ByHand {
  /** What is put in the place of a store's own methods. */
  of(store: TokenStore, kind: Exclude<CommitKind, 'ours'>): Required<Pick<TokenStore, 'commit' | 'bound'>>
  close(): Promise<void>
}

const BOUND = 'update plan_token_state set bound_ms = greatest(bound_ms, $1) where id = 1 returning bound_ms as value'
const NUMBER = {
  lockFirst: 'update plan_token_state set last_seq = last_seq + 1 where id = 1 returning last_seq as value',
  plainSequence: `select 1000000000 + nextval('plain_sequence') as value`,
}

export function byHand(source: SqlSource): ByHand {
  const pool = new pg.Pool({ ...(source.kind === 'postgres' && source.config), max: 10 })
  // The server may be ended first.
  pool.on('error', () => undefined)
  const transaction = async <T>(work: (client: pg.PoolClient) => Promise<T | undefined>): Promise<T | undefined> => {
    const client = await pool.connect()
    try {
      await client.query('begin isolation level read committed')
      const answer = await work(client)
      await client.query(answer === undefined ? 'rollback' : 'commit')
      return answer
    } finally {
      client.release()
    }
  }
  return {
    of: (store, kind) => ({
      async commit(record, event) {
        if (record.version === 1) return store.commit(record, event)
        return (await transaction((client) => change(client, record, event, NUMBER[kind]))) === true
      },
      async bound(atLeastMs) {
        if (kind === 'plainSequence') return 0
        return (await transaction((client) => numberOf(client, BOUND, [atLeastMs]))) ?? 0
      },
    }),
    close: () => pool.end(),
  }
}

async function change(
  client: pg.PoolClient,
  record: TokenRecord,
  event: NewEvent,
  number: string,
): Promise<true | undefined> {
  const seq = await numberOf(client, number, [])
  const { id, ...token } = tokenRow(record)
  const set = Object.keys(token).map((column, i) => `${column} = $${i + 3}`)
  const { rowCount } = await client.query(`update plan_tokens set ${set.join(', ')} where id = $1 and version = $2`, [
    id,
    record.version - 1,
    ...Object.values(token),
  ])
  if (rowCount !== 1) return undefined
  await client.query('select digest from plan_token_secrets where token_id = $1', [id])
  const columns = eventRow(event, seq)
  const names = Object.keys(columns)
  await client.query(
    `insert into plan_token_events (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(columns),
  )
  return true
}

async function numberOf(client: pg.PoolClient, statement: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await client.query<{ value: unknown }>(statement, [...values])
  return Number(rows[0]?.value)
}
