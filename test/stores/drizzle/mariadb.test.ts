/** `drizzleStore` over mysql2, on MariaDB. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { hasMariadb, MARIADB_COMMAND, type MariadbServer, startMariadb } from '../../support/mariadb.ts'
import { passesOverClient } from '../clients/suite.ts'
import { overMysql2 } from './worlds.ts'

const title = `Drizzle over mysql2${hasMariadb ? '' : ` (skipped without it: ${MARIADB_COMMAND})`}`

describe.skipIf(!hasMariadb)(title, () => {
  // One line in the output is enough for what cannot be started.
  if (!hasMariadb) return void it('passes what all pass', () => undefined)
  let server: MariadbServer
  beforeAll(async () => {
    server = await startMariadb()
  }, 60_000)
  afterAll(() => server.close())
  passesOverClient(() => overMysql2(server))
})
