/** `prismaStore` over @prisma/adapter-mariadb, on MariaDB. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { hasMariadb, MARIADB_COMMAND, type MariadbServer, startMariadb } from '../../support/mariadb.ts'
import { ORMS, withOrms } from '../../support/orms.ts'
import { passesOverClient } from '../clients/suite.ts'
import { overMariadb } from './worlds.ts'

const title = withOrms(`Prisma over mariadb${hasMariadb ? '' : ` (skipped without it: ${MARIADB_COMMAND})`}`)

describe.skipIf(!ORMS || !hasMariadb)(title, () => {
  // One line in the output is enough for what is not there.
  if (!ORMS || !hasMariadb) return void it('passes what all pass', () => undefined)
  let server: MariadbServer
  beforeAll(async () => {
    server = await startMariadb()
  }, 60_000)
  afterAll(() => server.close())
  passesOverClient(() => overMariadb(server))
})
