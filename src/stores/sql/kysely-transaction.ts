/** Hands out the transaction of a change as a Kysely transaction of the host's own, with the host's plugins. For stores/sql/alongside.ts. */
import type { Kysely, KyselyPlugin, Transaction } from 'kysely'
import { type Handing, isOverError } from './alongside.ts'

/** Handing out for the Kysely that a store was given. */
export function kyselyTransactions<DB>(kysely: Kysely<DB>): Handing<Transaction<DB>> {
  return {
    unwrap: (thrown) => thrown,
    handOut(within, isOver) {
      const refuseOver = (): void => {
        if (isOver()) throw isOverError()
      }
      const guard: KyselyPlugin = {
        transformQuery({ node }) {
          refuseOver()
          return node
        },
        transformResult: async ({ result }) => result,
      }
      let trx = within.withoutPlugins().withPlugin(guard)
      for (const plugin of kysely.getExecutor().plugins) trx = trx.withPlugin(plugin)
      // A query that was compiled elsewhere passes by the plugins.
      const execute = trx.executeQuery.bind(trx)
      Object.defineProperty(trx, 'executeQuery', {
        value: (...args: Parameters<typeof execute>) => {
          refuseOver()
          return execute(...args)
        },
      })
      return trx as unknown as Transaction<DB>
    },
  }
}
