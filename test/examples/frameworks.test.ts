/** The examples of the frameworks: each runs with its one command, says how to try it, and is guarded. */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { createPlanTokens } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openDirectory } from '../../examples/express-postgres/directory.ts'
import { freePort } from '../../examples/npm-registry/free-port.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { call, linesOf, type Program, startExample } from './program.ts'

/** `tsx` compiles the example and the library first, on a machine that may be busy. */
const STARTS = 60_000

const PROGRAMS = [
  // Its adapter for Node does not tell which port it was given.
  { path: 'elysia/main.ts', needsPort: true },
  { path: 'h3/main.ts' },
  { path: 'fastify/main.ts' },
  { path: 'hono/main.ts' },
  { path: 'hono/workerd.ts' },
  { path: 'koa/main.ts' },
  { path: 'next-route/main.ts' },
  { path: 'node-http/main.ts' },
  { path: 'express-postgres/main.ts', needsPostgres: true },
]

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
}, STARTS)
afterAll(() => postgres.close())

/** A new database, as such a program is told of it. */
async function databaseUrl(): Promise<string> {
  const { user, password, host, port, database } = await postgres.database()
  return `postgres://${user}:${password}@${host}:${port}/${database}`
}

describe.each(PROGRAMS)('examples/$path', ({ path, needsPostgres = false, needsPort = false }) => {
  let program: Program
  beforeAll(async () => {
    const port: Record<string, string> = needsPort ? { PORT: String(await freePort()) } : {}
    program = await startExample(path, needsPostgres ? { DATABASE_URL: await databaseUrl() } : port)
  }, STARTS)
  afterAll(() => program?.end())

  const urlOf = (file: string): string => program.url.replace('LANDING', file)

  it('has fewer than 60 lines', () => {
    expect(linesOf(path)).toBeLessThan(60)
  })

  it('answers the request that it prints', async () => {
    const { status, headers, body } = await call(program.url, program.secret)
    expect([status, body.name]).toEqual([200, 'File LANDING'])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('vary')).toBe('X-Figma-Token, Authorization')
  })

  it('asks for a token where there is none', async () => {
    const { status, headers, body } = await call(program.url)
    expect([status, body.code]).toEqual([401, 'token_missing'])
    expect(headers.get('www-authenticate')).toBe('Bearer realm="figma"')
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
  })

  it.each([
    { what: 'a secret with a character too many', file: 'LANDING', spoil: true, answer: [401, 'token_malformed'] },
    { what: 'a file that is not on the list', file: 'ROADMAP', answer: [403, 'resource_not_allowed'] },
    { what: 'a file that is not in the plan', file: 'GLOBEX', answer: [403, 'resource_not_in_plan'] },
    { what: 'a path that can be read in two ways', file: '%4CANDING', answer: [400, 'request_malformed'] },
  ])('refuses $what', async ({ file, spoil, answer }) => {
    const { status, body } = await call(urlOf(file), spoil ? `${program.secret}x` : program.secret)
    expect([status, body.code]).toEqual(answer)
    expect(JSON.stringify(body)).not.toContain(program.secret)
  })

  it('prints its secret once, and complains of nothing', () => {
    expect(program.output().split('\n')).toEqual(['Listening. Try:', expect.stringContaining(program.url), ''])
  })

  it('gives its port free when it is asked to end', async () => {
    await program.end()
    await expect(fetch(program.url)).rejects.toThrow()
  })
})

describe('examples/express-postgres', () => {
  it('keeps its tokens over a restart, and refuses at once what another process has revoked', {
    timeout: STARTS,
  }, async () => {
    const env = { DATABASE_URL: await databaseUrl() }
    const before = await startExample('express-postgres/main.ts', env)
    onTestFinished(async () => void (await before.end()))
    expect(await before.end()).toBe(0)
    const after = await startExample('express-postgres/main.ts', env)
    onTestFinished(async () => void (await after.end()))
    expect((await call(after.url, before.secret)).status).toBe(200)

    await revokeAll(env.DATABASE_URL)
    for (const secret of [before.secret, after.secret]) {
      const { status, body } = await call(after.url, secret)
      expect([status, body.code]).toEqual([401, 'token_revoked'])
    }
    expect(await after.end()).toBe(0)
  })

  it('says what it needs when it is not told of a database, or finds none', { timeout: STARTS }, async () => {
    await expect(startExample('express-postgres/main.ts', { DATABASE_URL: '' })).rejects.toThrow('Set DATABASE_URL')
    const nowhere = `postgres://somebody@127.0.0.1:${await freePort()}/none`
    await expect(startExample('express-postgres/main.ts', { DATABASE_URL: nowhere })).rejects.toThrow('ECONNREFUSED')
  })
})

/** What an admin's tool does, in this process: over the same database, and with the same tables of the application. */
async function revokeAll(connectionString: string): Promise<void> {
  const pool = new pg.Pool({ connectionString })
  const store = sqlStore(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }))
  const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory: await openDirectory(pool) })
  const { tokens: all } = await tokens.list({ actor: 'ada', planId: '1001' })
  expect(all).toHaveLength(2)
  for (const { id } of all) await tokens.revoke({ actor: 'ada', id })
  await tokens.close()
  await pool.end()
}
