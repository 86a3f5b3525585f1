/**
 * `npm run bench -- outbox [--quick]`: how many notices a second an outbox sends, to a function and to a webhook on loopback, and how
 * far it is behind while a thousand events a second are written; over memory, SQLite and PostgreSQL.
 */
import { randomBytes } from 'node:crypto'
import { loadavg } from 'node:os'
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import Libsql from 'libsql'
import pg from 'pg'
import { createPlanTokens, memoryStore, type TokenStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { createOutbox, type Deliver } from 'plan-access-tokens/outbox'
import { standardWebhooks } from 'plan-access-tokens/outbox/webhooks'
import { migrate, pgListener, sqlStore } from 'plan-access-tokens/stores/sql'
import { httpReceiver } from '../test/outbox/receivers.ts'
import { sqliteFile } from '../test/support/sqlite.ts'
import { rounded } from './measure.ts'
import { startServer } from './stores/postgres.ts'

const PLANS = 100
/** What is aimed at: events a second. */
const RATE = 1_000

interface Lag {
  /** Events a second that were in fact written. */
  readonly written: number
  readonly events: { readonly median: number; readonly most: number }
  readonly seconds: { readonly median: number; readonly most: number }
}

interface Figures {
  /** Notices a second, to a function that does nothing, and to a webhook on loopback. */
  readonly perSecond: { readonly toFunction: number; readonly toWebhook: number }
  readonly lag: Lag
}

export interface OutboxResult {
  readonly memory: Figures
  readonly sqlite: Figures
  readonly postgres: Figures
  /** Of the last minute, when it was done: what else the machine had to do. */
  readonly load: number
}

export const OUTBOX_LIMITS = {
  'memory.perSecond.toFunction': { atLeast: RATE },
} as const

interface Opened {
  readonly store: TokenStore
  close(): Promise<unknown>
}

export async function outbox({ quick }: { readonly quick: boolean }): Promise<OutboxResult> {
  const [events, seconds] = quick ? [1_000, 3] : [5_000, 10]
  const memory = await figuresOf(
    'memory',
    async () => ({ store: memoryStore(), close: async () => undefined }),
    events,
    seconds,
  )
  const sqlite = await figuresOf('sqlite', openSqlite, events, seconds)
  const server = await startServer()
  try {
    const postgres = await figuresOf('postgres', async () => openPostgres(await server.database()), events, seconds)
    return { memory, sqlite, postgres, load: rounded(loadavg()[0] as number) }
  } finally {
    await server.close()
  }
}

async function openSqlite(): Promise<Opened> {
  const { file, close } = sqliteFile()
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: new Libsql(file) as never }) })
  await migrate(db)
  return { store: sqlStore(db), close: () => db.destroy().then(close) }
}

async function openPostgres(config: object): Promise<Opened> {
  const pool = new pg.Pool({ ...config, max: 16 })
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  await migrate(db)
  return { store: sqlStore(db, { listen: pgListener(() => new pg.Client(config)) }), close: () => db.destroy() }
}

async function figuresOf(name: string, open: () => Promise<Opened>, events: number, seconds: number): Promise<Figures> {
  const { store, close } = await open()
  const directory = {
    plan: (id: string) => ({ id, tier: 'enterprise' }),
    isPlanAdmin: () => true,
    locate: () => undefined,
  }
  const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory, timeoutMs: 60_000 })
  const ids: string[] = []
  for (let i = 0; i < PLANS; i++) {
    const input = {
      actor: 'a',
      planId: `plan-${i}`,
      type: 'rest',
      name: 'n',
      lifetimeDays: 30,
      resources: 'all',
    } as const
    ids.push((await tokens.create({ ...input, scopes: ['file_content:read'] })).token.id)
  }
  let edits = 0
  const edit = async (): Promise<void> => {
    const id = ids[edits++ % PLANS] as string
    await tokens.edit({ actor: 'a', id, name: `Name ${edits}` })
  }
  for (let i = 0; i < events; i += 50) await Promise.all(Array.from({ length: 50 }, edit))

  const rate = async (to: string, deliver: Deliver): Promise<number> => {
    const since = performance.now()
    const { delivered } = await createOutbox({ tokens, deliver, name: to, since: 'beginning' }).runOnce({
      forMs: 120_000,
    })
    return rounded((1_000 * delivered) / (performance.now() - since))
  }
  const toFunction = await rate('function', () => undefined)
  const { port, close: end } = await httpReceiver()
  const secrets = [`whsec_${randomBytes(32).toString('base64')}`]
  const toWebhook = await rate(
    'webhook',
    standardWebhooks({ url: `http://127.0.0.1:${port}/`, secrets, allowHttp: true, allowPrivate: true }),
  )
  await end()
  const figures = { perSecond: { toFunction, toWebhook }, lag: await lagOf(tokens, edit, seconds) }
  console.error(`… ${name}: ${JSON.stringify(figures)}`)
  await tokens.close()
  await close()
  return figures
}

/** How far an outbox is behind while events are written, looked at ten times a second. */
async function lagOf(
  tokens: Parameters<typeof createOutbox>[0]['tokens'],
  edit: () => Promise<void>,
  seconds: number,
): Promise<Lag> {
  const options = { tokens, name: 'lag', deliver: () => new Promise((resolve) => setTimeout(resolve, 2)) }
  await createOutbox(options).runOnce()
  const running = createOutbox(options)
  running.start()
  const [behind, old]: [number[], number[]] = [[], []]
  const since = performance.now()
  let begun = 0
  let looked = since
  const underWay = new Set<Promise<void>>()
  for (let now = since; now - since < seconds * 1_000; now = performance.now()) {
    // Each in a turn of its own, as requests come from sockets: a driver that answers at once would else hold up all that waits.
    while (begun < ((now - since) * RATE) / 1_000 && underWay.size < 64 && performance.now() - now < 20) {
      begun += 1
      const one = edit().finally(() => underWay.delete(one))
      underWay.add(one)
      await new Promise(setImmediate)
    }
    if (now - looked >= 100) {
      looked = now
      const { lag } = await running.status()
      behind.push(lag.events)
      old.push(lag.seconds)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(underWay)
  const written = rounded((1_000 * begun) / (performance.now() - since))
  await running.close()
  return { written, events: summary(behind), seconds: summary(old) }
}

function summary(values: readonly number[]): { readonly median: number; readonly most: number } {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: rounded(sorted[sorted.length >> 1] ?? 0), most: rounded(sorted.at(-1) ?? 0) }
}
