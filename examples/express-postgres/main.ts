/**
 * `DATABASE_URL=postgres://… npx tsx examples/express-postgres/main.ts`: an Express server with its tokens in PostgreSQL. Any
 * number of them may share the database: a token revoked through one is refused by all when the call returns.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { createPlanTokens } from 'plan-access-tokens'
import { guard } from 'plan-access-tokens/express'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { migrate, pgListener, preparedStatements, sqlStore } from 'plan-access-tokens/stores/sql'
import { openDirectory } from './directory.ts'

const connectionString = process.env.DATABASE_URL
if (!connectionString) throw new Error('Set DATABASE_URL, such as postgres://user:password@localhost/database.')
const pool = new pg.Pool({ connectionString })
// Without a listener, `pg` ends the process when an idle connection is lost.
pool.on('error', (error) => console.warn(error.message))
const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: preparedStatements(pool) }) })

await migrate(db)
const store = sqlStore(db, { listen: pgListener(() => new pg.Client({ connectionString, keepAlive: true })) })
const directory = await openDirectory(pool)
const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory, freshnessMs: 1_000 })

const app = express()
app.use('/api', guard(tokens))
app.get('/api/v1/files/:key', (request, response) => {
  response.json({ name: `File ${request.params.key}`, readBy: request.planToken?.token.name })
})

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

process.once('SIGTERM', async () => {
  await new Promise((resolve) => server.close(resolve))
  await tokens.close()
  await db.destroy()
})

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(`Listening. Try:\n  curl -i -H 'X-Figma-Token: ${secret.reveal()}' ${address}/api/v1/files/LANDING`)
