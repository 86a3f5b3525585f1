/** What a store over a client that is no Kysely has to pass, on any database: the contract, and `alongside`. */
import type { TokenStore } from 'plan-access-tokens'
import { storeContract } from 'plan-access-tokens/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, runsAlongside } from '../alongside/suite.ts'

type Store = Required<Omit<TokenStore, 'peekByDigest' | 'watch'>>

/** An empty database with the tables of the store and the outbox. */
export interface World<Trx> extends Bench<Trx> {
  /** A store without `alongside`, over connections of its own where there are several. */
  plain(): Store
  /** Makes the tables, or finds them made. */
  migrate(): Promise<{ readonly applied: readonly string[] }>
  /** Runs statements with the driver alone. */
  exec(statement: string): Promise<unknown>
}

/** All of it over one client and one database; `hasLocks` where a second connection can hold a lock. */
export function passesOverClient<Trx>(open: () => Promise<World<Trx>>, hasLocks = true): void {
  describe('the contract', () => {
    let world: World<Trx>
    beforeAll(async () => {
      world = await open()
    }, 60_000)
    afterAll(() => world.close())
    const cases = storeContract({
      async create() {
        for (const table of ['tokens', 'token_secrets', 'token_events', 'token_uses'])
          await world.exec(`delete from plan_${table}`)
        await world.exec('update plan_token_state set last_seq = 0, chain = null, bound_ms = 0')
        return world.plain()
      },
      another: () => world.plain(),
    })
    it.each(cases.map(({ name, run }) => [name, run] as const))('%s', (_, run) => run())

    it('the tables are made once', async () => {
      expect((await world.migrate()).applied).toEqual([])
      await world.plain().ready()
    })
  })
  describe('alongside', () => runsAlongside(open, hasLocks))
}
