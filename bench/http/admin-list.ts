/**
 * A page of 50 out of 100,000 tokens against one of 50 out of 500, as an admin's tool lists them: `tokens.list`, with the
 * directory asked. In SQLite (libsql), since that store has an index for each order of a list; `memoryStore` sorts a plan's
 * tokens anew for each page, and is measured beside it.
 */
import { Kysely, SqliteDialect } from 'kysely'
import { createPlanTokens, memoryStore, type PlanTokens, type TokenStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { openLibsql } from '../../test/support/sqlite.ts'
import { interleaved } from '../measure.ts'
import { createSecrets, directory, PLAN } from '../stores/world.ts'

const FEW = 500
const LIMIT = 50

/** Ratios of the times of a page. */
export interface AdminList {
  readonly sqlite: number
  readonly memory: number
}

/** Measures both, with so many tokens in the larger plan. */
export async function adminList(many: number, rounds: number): Promise<AdminList> {
  return { sqlite: await ratioOf(sqlite, many, rounds), memory: await ratioOf(async () => memoryStore(), many, rounds) }
}

async function ratioOf(open: () => Promise<TokenStore>, many: number, rounds: number): Promise<number> {
  const large = await engineWith(await open(), many)
  const small = await engineWith(await open(), FEW)
  const times = await interleaved({ large: pages(large), small: pages(small) }, { calls: FEW / LIMIT, rounds })
  return times.large / times.small
}

async function engineWith(store: TokenStore, count: number): Promise<PlanTokens> {
  const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory: directory() })
  await createSecrets(tokens, count)
  return tokens
}

/** Pages from the newest on, each after the one before, as far as the smaller plan goes; then from the start again. */
function pages(tokens: PlanTokens): (times: number) => Promise<void> {
  let after: string | undefined
  let page = 0
  return async (times) => {
    for (let i = 0; i < times; i++) {
      const found = await tokens.list({ actor: 'admin', planId: PLAN, limit: LIMIT, ...(after && { after }) })
      if (found.tokens.length !== LIMIT) throw new Error(`A page of ${LIMIT} had ${found.tokens.length} tokens.`)
      page = (page + 1) % (FEW / LIMIT)
      after = page === 0 ? undefined : found.next
    }
  }
}

async function sqlite(): Promise<TokenStore> {
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: openLibsql(':memory:') }) })
  await migrate(db)
  return sqlStore(db)
}
