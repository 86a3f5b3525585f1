/**
 * `npm run bench -- orms`: `drizzleStore` and `prismaStore` against `sqlStore` over one PostgreSQL, in the same run: a look-up, the
 * same when the process remembers the token, a commit, and a commit with a row of the host's own. Prisma only where ORMS names a
 * folder that has it.
 */
import { drizzle } from 'drizzle-orm/node-postgres'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { createPlanTokens, type TokenStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { drizzleStore } from 'plan-access-tokens/stores/drizzle'
import { sqlStore } from 'plan-access-tokens/stores/sql'
import { requestWith } from 'plan-access-tokens/testing'
import { overPg } from '../test/stores/prisma/worlds.ts'
import { ORMS } from '../test/support/orms.ts'
import { interleaved, rounded, type Side } from './measure.ts'
import { newDatabase, startServer } from './stores/postgres.ts'
import { directory, PLAN } from './stores/world.ts'

export const ORMS_LIMITS = {}

export async function orms({ quick }: { readonly quick: boolean }): Promise<object> {
  const server = await startServer()
  const world = ORMS ? await overPg(server) : undefined
  const config = world?.config ?? (await newDatabase(server)).config
  const pool = new pg.Pool({ ...config, max: 4 })
  pool.on('error', () => undefined)
  const plain = new pg.Pool({ ...config, max: 4 })
  plain.on('error', () => undefined)
  const stores: { [name: string]: (options: object) => TokenStore } = {
    sql: (options) => sqlStore(new Kysely<unknown>({ dialect: new PostgresDialect({ pool: plain }) }), options),
    drizzle: (options) => drizzleStore(drizzle(pool), options),
    ...(world && { prisma: (options: object) => world.store(options as never) }),
  }
  const input = { actor: 'admin-1', planId: PLAN, type: 'rest', name: 'A', lifetimeDays: 90, resources: 'all' } as const
  const figures: { [mode: string]: object } = {}
  const run = async (
    mode: string,
    freshnessMs: number,
    alongside: boolean,
    sideOf: (t: ReturnType<typeof createPlanTokens>) => Promise<Side>,
  ) => {
    const sides: { [name: string]: Side } = {}
    for (const [name, open] of Object.entries(stores)) {
      const store = open(alongside ? { alongside: async () => undefined } : {})
      sides[name] = await sideOf(
        createPlanTokens({ policy: figmaPolicy(), store, directory: directory(), freshnessMs }) as never,
      )
    }
    const times = await interleaved(sides, { calls: quick ? 100 : 400, rounds: quick ? 7 : 21 })
    const base = times.sql as number
    figures[mode] = Object.fromEntries(
      Object.entries(times).map(([name, time]) => [
        name,
        { us: rounded((time as number) / 1_000), toSql: rounded((time as number) / base) },
      ]),
    )
  }
  const authorizing = async (tokens: ReturnType<typeof createPlanTokens>): Promise<Side> => {
    const { secret } = await tokens.create({ ...input, scopes: ['file_content:read'] } as never)
    const request = requestWith(secret, 'GET /v1/me')
    return async (times) => {
      for (let i = 0; i < times; i++) await tokens.authorize(request)
    }
  }
  const editing = async (tokens: ReturnType<typeof createPlanTokens>): Promise<Side> => {
    const { token } = await tokens.create({ ...input, scopes: ['file_content:read'] } as never)
    let count = 0
    return async (times) => {
      for (let i = 0; i < times / 10; i++)
        await tokens.edit({ actor: 'admin-1', id: token.id, name: `Name ${count++}` })
    }
  }
  await run('coldLookUp', 0, false, authorizing)
  await run('commitTenth', 0, false, editing)
  await run('commitAlongsideTenth', 0, true, editing)
  // Last, since changes would wait for what processes remember.
  await run('warm', 1_000, false, authorizing)
  await pool.end()
  await plain.end()
  await world?.close()
  await server.close()
  return figures
}
