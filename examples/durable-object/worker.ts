/**
 * Cloudflare Workers whose tokens lie in one Durable Object: it keeps them in its own SQLite, lets admins manage them, and judges
 * each request for the workers in front, wherever these run. Nothing is remembered anywhere else, so that a revoke holds at once.
 */
import { createPlanTokens } from 'plan-access-tokens'
import { adminHandler } from 'plan-access-tokens/admin'
import { guard } from 'plan-access-tokens/fetch'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { type DurableObjectStorage, d1Store, durableObjectDatabase, migrateD1 } from 'plan-access-tokens/stores/d1'
import { testDirectory } from 'plan-access-tokens/testing'

// What your application knows: its plans, their admins, and what lies where. In earnest, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})

interface State {
  readonly storage: DurableObjectStorage
  blockConcurrencyWhile(work: () => Promise<unknown>): Promise<unknown>
}

export class Tokens {
  readonly #judge: (request: Request) => Response | Promise<Response>
  readonly #admin: (request: Request) => Promise<Response>

  constructor(state: State) {
    const database = durableObjectDatabase(state.storage)
    state.blockConcurrencyWhile(() => migrateD1(database))
    const tokens = createPlanTokens({ policy: figmaPolicy(), store: d1Store(database), directory })
    this.#judge = guard(tokens, (_, { token }) => Response.json({ name: token.name }))
    // Who is signed in says your own session; here a header, so that there is something to try.
    this.#admin = adminHandler({
      tokens,
      actor: (request) => request.headers.get('x-session') ?? undefined,
      basePath: '/admin',
    })
  }

  fetch(request: Request): Response | Promise<Response> {
    return new URL(request.url).pathname.startsWith('/admin/') ? this.#admin(request) : this.#judge(request)
  }
}

interface Env {
  readonly TOKENS: {
    idFromName(name: string): unknown
    get(id: unknown): { fetch(request: Request): Promise<Response> }
  }
}

/** The worker in front: it answers what the object has let through. */
export default {
  async fetch(request: Request, { TOKENS }: Env): Promise<Response> {
    const verdict = await TOKENS.get(TOKENS.idFromName('all')).fetch(request.clone() as Request)
    if (!verdict.ok || new URL(request.url).pathname.startsWith('/admin/')) return verdict
    const { name } = (await verdict.json()) as { readonly name: string }
    return Response.json({ file: new URL(request.url).pathname, readBy: name })
  },
}
