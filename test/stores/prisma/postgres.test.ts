/** `prismaStore` over @prisma/adapter-pg. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { ORMS, withOrms } from '../../support/orms.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { passesOverClient } from '../clients/suite.ts'
import { overPg } from './worlds.ts'

describe.skipIf(!ORMS)(withOrms('Prisma over pg'), () => {
  // One line in the output is enough for what is not there.
  if (!ORMS) return void it('passes what all pass', () => undefined)
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server.close())
  passesOverClient(() => overPg(server))
})
