/**
 * The deployment under test: one policy, one directory, and an engine over the database that is connected to. The same in the
 * servers (server.ts) and in the test's own process, which is an admin tool without a memory.
 */
import {
  createPlanTokens,
  type Directory,
  PlanTokenError,
  type PlanTokens,
  type TokenEvent,
  type TokenRecord,
  type TokenStore,
} from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'
import { type Connection, openStore } from './connections.ts'

/** How a process runs. */
export interface Settings {
  readonly connection: Connection
  readonly freshnessMs: number
}

/** A change, as it goes to a server. */
export interface ManageCall {
  readonly call: 'create' | 'edit' | 'refresh' | 'revoke'
  readonly input: object
}

/** What an admin is answered: a token and a new secret, if any, or the code of the error. */
export type ManageAnswer =
  | { readonly tokenId: string; readonly version: number; readonly secret?: string }
  | { readonly code: string }

export const PLAN = '1001'
const FILE = 'FileA'
/** The scopes that tokens have here, each with an endpoint that takes it. */
export const ENDPOINTS: Readonly<Record<string, string>> = {
  'file_content:read': `/v1/files/${FILE}`,
  'file_metadata:read': `/v1/files/${FILE}/meta`,
  'file_versions:read': `/v1/files/${FILE}/versions`,
}
/** How long a store may take to answer, in milliseconds. */
const TIMEOUT_MS = 1_000

/** Opens the engine. */
export async function openTokens({
  connection,
  freshnessMs,
}: Settings): Promise<{ tokens: PlanTokens; store: TokenStore; close(): Promise<void> }> {
  const { store, close } = await openStore(connection)
  const tokens = createPlanTokens({
    ...{ policy: figmaPolicy(), store, directory: newDirectory(), freshnessMs, timeoutMs: TIMEOUT_MS },
  }) as unknown as PlanTokens
  return {
    tokens,
    store,
    async close() {
      await tokens.close()
      await close()
    },
  }
}

/** Every actor is an admin: each call has one of its own. */
function newDirectory(): Directory {
  return { ...testDirectory({ [PLAN]: { resources: { [`file:${FILE}`]: {} } } }), isPlanAdmin: () => true }
}

/** Makes a change, and gives what an admin tool would show. What is no error of the engine gets a code that nobody expects. */
export async function manage(tokens: PlanTokens, { call, input }: ManageCall): Promise<ManageAnswer> {
  try {
    const made = await (tokens[call] as (input: object) => Promise<unknown>)(input)
    const { token, secret } = made as Awaited<ReturnType<PlanTokens['create']>>
    const { id, version } = token ?? (made as Awaited<ReturnType<PlanTokens['revoke']>>)
    return { tokenId: id, version, ...(secret && { secret: secret.reveal() }) }
  } catch (error) {
    return { code: error instanceof PlanTokenError ? error.code : `failed: ${error}` }
  }
}

const PAGE = 100

/** Every record. */
export async function allRecords(store: TokenStore): Promise<TokenRecord[]> {
  const all: TokenRecord[] = []
  for (;;) {
    const last = all.at(-1)
    const page = await store.list({
      ...{ planId: PLAN, order: 'newest', now: Date.now(), limit: PAGE },
      ...(last && { after: { ended: false, at: last.createdAt, id: last.id } }),
    })
    all.push(...page)
    if (page.length < PAGE) return all
  }
}

/** The whole log, oldest first. */
export async function allEvents(store: TokenStore): Promise<TokenEvent[]> {
  const all: TokenEvent[] = []
  for (;;) {
    const page = await store.events({ after: all.at(-1)?.seq ?? 0, limit: PAGE })
    all.push(...page)
    if (page.length < PAGE) return all
  }
}
