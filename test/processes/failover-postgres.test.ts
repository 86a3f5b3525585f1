/** A failover of PostgreSQL with a synchronous standby, under load. */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { migrate } from 'plan-access-tokens/stores/sql'
import { describe } from 'vitest'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { destroy, promote, startStandby } from '../support/postgres-standby.ts'
import { hangTree, signal } from '../support/process-tree.ts'
import { type Group, testFailover } from './failover.ts'

const FLAGS = ['-c', 'fsync=on']

async function startGroup(): Promise<Group> {
  let primary = await startPostgres({ flags: FLAGS })
  const config = await primary.database()
  const kysely = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool(config) }) })
  await migrate(kysely)
  await kysely.destroy()
  let standby: PostgresServer | undefined = await startStandby(primary, config, FLAGS)
  const ports = [primary.port, standby.port]
  /** One that hangs and is not the primary any more. */
  let lost: PostgresServer | undefined
  let hung: readonly number[] = []
  let freePort = 0
  return {
    connections: [{ client: 'pg, several hosts', config, ports }],
    async lose(how) {
      freePort = primary.port
      if (how === 'hangs') {
        hangTree(primary.pid())
        lost = primary
      } else await destroy(primary)
    },
    async takeOver() {
      primary = standby as PostgresServer
      standby = undefined
      await promote(primary)
    },
    async mend() {
      standby = await startStandby(primary, config, FLAGS, freePort)
    },
    async loseCopies() {
      hung = hangTree((standby as PostgresServer).pid())
    },
    async bringCopies() {
      signal(hung, 'SIGCONT')
      hung = []
    },
    async close() {
      for (const server of [lost, standby, primary]) if (server) await destroy(server)
    },
  }
}

describe('several servers over PostgreSQL with a synchronous standby', () => testFailover(startGroup))
