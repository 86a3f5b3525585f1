/** `d1Store`: the port over Cloudflare D1, put together from its parts and from those of the SQL store. The port: ports.ts. */

import { boundOf } from '../sql/bound.ts'
import { listTokens } from '../sql/list.ts'
import { listEvents, sweepEvents } from '../sql/log.ts'
import { lookUpByDigest, lookUpById } from '../sql/look-ups.ts'
import { partsOf } from '../sql/query.ts'
import { scanTokens } from '../sql/scan.ts'
import type { SqlStore } from '../sql/store.ts'
import { keepUses, lastUsesOf } from '../sql/uses.ts'
import { readValue, removeValue, writeValue } from '../sql/values-by-name.ts'
import { d1Commit } from './commit.ts'
import type { D1Database } from './database.ts'
import { type D1Tables, d1TablesOf } from './options.ts'
import { d1Session } from './session.ts'
import { sweepD1 } from './sweep.ts'

/** D1 takes 100 parameters in a statement; a use has three. */
const [MOST_USES, MOST_IDS] = [33, 100]

/**
 * A store in Cloudflare D1, or in the SQLite of a Durable Object (`durableObjectDatabase`). Make the tables with `migrateD1` first.
 * A commit is one batch, which D1 runs as a transaction: all of it, or nothing. It is never repeated; D1 itself repeats what
 * only reads.
 *
 * Give it the binding itself and no session (`withSession`), which may read from a replica: what was revoked would go on. The
 * engine's `freshnessMs` has to be 0 in a worker (docs/freshness.md).
 *
 * @throws SetupError (a `TypeError`) for options that cannot be used. Its methods reject with StoreError `store_not_migrated`,
 * `store_newer`, `row_unreadable`.
 *
 * @example
 * const store = d1Store(env.DB)
 */
export function d1Store(database: D1Database, options: D1Tables = {}): SqlStore {
  const session = d1Session(database, d1TablesOf('d1Store', database, options))
  const lastUse = lastUsesOf(session)
  return {
    chained: true,
    findByDigest: lookUpByDigest(session),
    find: lookUpById(session),
    list: (query) => listTokens(session, query),
    commit: d1Commit(session),
    events: (query) => listEvents(session, query),
    bound: boundOf(session),
    scan: (query) => scanTokens(session, query),
    async recordUse(uses) {
      for (const part of partsOf(uses, MOST_USES)) await keepUses(session, part)
    },
    async lastUse(tokenIds) {
      const found = []
      for (const part of partsOf(tokenIds, MOST_IDS)) found.push(...(await lastUse(part)))
      return found
    },
    readValue: (name) => readValue(session, name),
    writeValue: (name, value, version) => writeValue(session, name, value, version),
    removeValue: (name) => removeValue(session, name),
    async sweep({ before, limit }) {
      const records = await sweepD1(session, before, limit)
      return { records, events: await sweepEvents(session, before, limit) }
    },
    // The look at the tables comes before whatever is asked.
    ready: () => session.read(async () => undefined),
  }
}
