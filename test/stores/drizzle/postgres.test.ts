/** `drizzleStore` over node-postgres. */
import { afterAll, beforeAll, describe } from 'vitest'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { passesOverClient } from '../clients/suite.ts'
import { overPg } from './worlds.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server.close())

describe('Drizzle over node-postgres', () => passesOverClient(() => overPg(server)))
