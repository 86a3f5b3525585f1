/** `alongside` over Kysely, on any engine: how its suite writes, reads and locks there. */
import { type Kysely, sql, type Transaction } from 'kysely'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { type Bench, OUTBOX } from '../alongside/suite.ts'
import type { Engine } from './engines.ts'

interface Own {
  readonly outbox: { readonly seq: number; readonly token_id: string }
}

export async function alongsideKysely(engine: Engine): Promise<Bench<Transaction<Own>>> {
  const database = await engine.database()
  const kysely = database.kysely() as Kysely<Own>
  await migrate(kysely)
  await sql.raw(OUTBOX).execute(kysely)
  return {
    dialect: engine.dialect,
    store: (options) => sqlStore(engine.hasConnections ? (database.kysely() as Kysely<Own>) : kysely, options),
    insert: (trx, seq, token_id) => trx.insertInto('outbox').values({ seq, token_id }).execute(),
    async rows() {
      const rows = await kysely.selectFrom('outbox').selectAll().execute()
      return rows.map(({ seq, token_id }) => ({ seq: Number(seq), tokenId: token_id }))
    },
    ...(engine.dialect !== 'sqlite' && {
      lock: async (seq: number) => {
        const held = await kysely.startTransaction().execute()
        await held.updateTable('outbox').set({ token_id: 'held' }).where('seq', '=', seq).execute()
        return async () => void (await held.rollback().execute())
      },
    }),
    close: () => database.close(),
  }
}
