/**
 * `npm run bench -- audit [--quick]`: how long it takes to verify a log of a million events, in memory, in SQLite and in PostgreSQL;
 * what an event is with its hash and its link; and what a link costs Redis, whose Lua works it out by itself.
 */
import { loadavg } from 'node:os'
import { Redis } from 'ioredis'
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import Libsql from 'libsql'
import pg from 'pg'
import type { NewEvent, TokenEvent, TokenStore } from 'plan-access-tokens'
import { verifyLog } from 'plan-access-tokens/audit'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { CHAIN_START, linkOf, withHash } from '../src/core/chain.ts'
import { platformSha256 } from '../src/core/digest.ts'
import { SHA256 } from '../src/stores/redis/scripts/sha256.ts'
import { eventRow } from '../src/stores/sql/rows.ts'
import { startRedis } from '../test/support/redis.ts'
import { sqliteFile } from '../test/support/sqlite.ts'
import { rounded } from './measure.ts'
import { startServer } from './stores/postgres.ts'

interface Verified {
  readonly seconds: number
  readonly eventsPerSecond: number
}

export interface AuditResult {
  readonly events: number
  readonly memory: Verified
  readonly sqlite: Verified
  readonly postgres: Verified
  /** Bytes of an event as JSON, without and with its hash and its link. */
  readonly bytes: { readonly before: number; readonly after: number }
  /** Microseconds that an event costs the process that writes it, and that a link costs Redis. */
  readonly microseconds: { readonly hash: number; readonly linkInRedis: number }
  /** Of the last minute, when it was done: what else the machine had to do. */
  readonly load: number
}

export const AUDIT_LIMITS = { 'memory.seconds': 60, 'microseconds.hash': 50 } as const

const sha256 = platformSha256()
/** How many rows are inserted at a time. */
const PART = 1_000

export async function audit({ quick }: { readonly quick: boolean }): Promise<AuditResult> {
  const count = quick ? 100_000 : 1_000_000
  const began = performance.now()
  const log = logOf(count)
  const hash = ((performance.now() - began) * 1_000) / count
  const first = log[0] as TokenEvent
  const { hash: _, chain: __, ...bare } = first
  const memory = await verified(inMemory(log), count)
  const sqlite = await overSqlite(log)
  const postgres = await overPostgres(log)
  return {
    events: count,
    ...{ memory, sqlite, postgres },
    bytes: { before: JSON.stringify(bare).length, after: JSON.stringify(first).length },
    microseconds: { hash: rounded(hash), linkInRedis: await linkInRedis() },
    load: rounded(loadavg()[0] as number),
  }
}

/** Events as they are most often: an edit of a name. */
function logOf(count: number): TokenEvent[] {
  const log: TokenEvent[] = []
  let chain = CHAIN_START
  for (let seq = 1; seq <= count; seq++) {
    const tokenId = `token-${seq % 10_000}`.padEnd(22, 'x')
    const said: NewEvent = {
      ...{ v: 1, id: `event-${seq}`.padEnd(22, 'x'), at: 1_800_000_000_000 + seq, type: 'edited', tokenId },
      ...{ planId: `plan-${seq % 100}`, actor: 'admin-1', version: Math.ceil(seq / 10_000) + 1 },
      changes: { name: { before: `Nightly export ${seq - 1}`, after: `Nightly export ${seq}` } },
    }
    const event = withHash(sha256, said)
    chain = linkOf(sha256, chain, seq, event.hash as string)
    log.push({ ...event, seq, chain })
  }
  return log
}

type Log = Pick<TokenStore, 'events' | 'chained'>

const inMemory = (log: readonly TokenEvent[]): Log => ({
  chained: true,
  events: async ({ after = 0, limit }) => log.slice(after, after + limit),
})

async function verified(store: Log, count: number): Promise<Verified> {
  const began = performance.now()
  const { ok, events } = await verifyLog({ store })
  const seconds = (performance.now() - began) / 1_000
  if (!ok || events !== count) throw new Error('The log is not good.')
  return { seconds: rounded(seconds), eventsPerSecond: Math.round(count / seconds) }
}

async function overSqlite(log: readonly TokenEvent[]): Promise<Verified> {
  const { file, close } = sqliteFile()
  const database = new Libsql(file)
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: database as never }) })
  try {
    await migrate(db)
    await fill(db, log)
    return await verified(sqlStore(db), log.length)
  } finally {
    await db.destroy()
    close()
  }
}

async function overPostgres(log: readonly TokenEvent[]): Promise<Verified> {
  const server = await startServer()
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new pg.Pool(await server.database()) }) })
  try {
    await migrate(db)
    await fill(db, log)
    return await verified(sqlStore(db), log.length)
  } finally {
    await db.destroy()
    await server.close()
  }
}

interface Tables {
  readonly plan_token_events: ReturnType<typeof eventRow>
}

async function fill(db: Kysely<Tables>, log: readonly TokenEvent[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (let i = 0; i < log.length; i += PART) {
      const rows = log.slice(i, i + PART).map((event) => eventRow(event, event.seq, event.chain))
      await trx.insertInto('plan_token_events').values(rows).execute()
    }
  })
}

/** By the time of many in one script, so that no way to the server is in it. */
async function linkInRedis(): Promise<number> {
  const server = await startRedis()
  const client = new Redis(server.url)
  try {
    const many = 1_000
    const text = `${'a'.repeat(64)}:1000000:${'b'.repeat(64)}`
    const began = performance.now()
    await client.eval(`${SHA256} for i = 1, ${many} do sha256(ARGV[1]) end return 'done'`, 0, text)
    return rounded(((performance.now() - began) * 1_000) / many)
  } finally {
    await client.quit()
    await server.stop()
  }
}
