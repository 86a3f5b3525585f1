/**
 * Runs one case of the store contract in workerd: over the binding `DB` of D1 if there is one, else in a Durable Object over its
 * own SQLite. `GET /3` runs the fourth case and answers with nothing, or with the text of what was thrown.
 */
import {
  type D1Database,
  type DurableObjectStorage,
  d1Store,
  durableObjectDatabase,
  migrateD1,
} from 'plan-access-tokens/stores/d1'
import { storeContract } from 'plan-access-tokens/testing'

interface Env {
  readonly DB?: D1Database
  readonly OBJECTS?: {
    idFromName(name: string): unknown
    get(id: unknown): { fetch(request: Request): Promise<Response> }
  }
}

const TABLES = ['tokens', 'token_secrets', 'token_events', 'token_uses'].map((name) => `plan_${name}`)

async function answer(database: D1Database, request: Request): Promise<Response> {
  const cases = storeContract({
    async create() {
      await migrateD1(database)
      await database.batch(TABLES.map((table) => database.prepare(`delete from ${table}`)))
      await database.prepare('update plan_token_state set last_seq = 0, chain = null, bound_ms = 0').all()
      return d1Store(database)
    },
    another: () => d1Store(database),
  })
  try {
    await cases[Number(new URL(request.url).pathname.slice(1))]?.run()
    return new Response()
  } catch (thrown) {
    return new Response(String(thrown), { status: 500 })
  }
}

export class Tokens {
  readonly #database: D1Database
  constructor({ storage }: { readonly storage: DurableObjectStorage }) {
    this.#database = durableObjectDatabase(storage)
  }
  fetch(request: Request): Promise<Response> {
    return answer(this.#database, request)
  }
}

export default {
  fetch(request: Request, { DB, OBJECTS }: Env): Promise<Response> | Response {
    if (DB) return answer(DB, request)
    return OBJECTS?.get(OBJECTS.idFromName('one')).fetch(request) ?? new Response('no binding', { status: 500 })
  },
}
