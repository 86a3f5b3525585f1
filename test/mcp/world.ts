/** A policy for an MCP server, tokens for it, and the guard that the tests try. */
import { createPlanTokens, definePolicy, memoryStore, type RequestLimits } from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { type McpGuard, type McpGuardOptions, mcpGuard } from 'plan-access-tokens/mcp'
import { testClock, testDirectory } from 'plan-access-tokens/testing'

const policy = definePolicy({
  surface: 'mcp',
  credential: { headers: [], bearer: true },
  tiers: ['team'],
  scopes: { connect: {}, 'files:read': {}, 'files:write': {}, admin: {} },
  types: { agent: { prefix: 'agent' } },
  kinds: { file: { id: 'name' }, folder: { id: 'integer' } },
  links: { hosts: ['files.example'], shapes: ['/f/{file}'] },
  endpoints: {
    'POST /mcp': { scopes: [], names: 'nothing' },
    'GET /v1/files/{file_key}': { scopes: ['files:read'], names: [{ kind: 'file', at: 'path:file_key' }] },
    'GET /v1/files/all': { scopes: [], names: 'nothing' },
    'GET /v1/folders/{folder}': { scopes: ['files:read'], names: [{ kind: 'folder', at: 'path:folder' }] },
    'GET /v1/folders': { scopes: ['files:read'], names: [{ kind: 'folder', at: 'query:within' }] },
    'GET /v1/pages/{page}': { scopes: [], names: 'nothing', params: { page: 'any' } },
    'GET /v1/search': { scopes: ['files:read'], names: [{ kind: 'file', at: 'query:in' }] },
    'POST /v1/files': { scopes: ['files:write'], names: [{ kind: 'file', at: 'body:files[].key' }] },
    'POST /v1/wipe': { scopes: ['admin'], names: 'plan' },
    'GET /v1/other': { scopes: ['connect'], names: 'nothing' },
    'GET /v1/me': { scopes: [], names: 'nothing' },
  },
})

export const OPTIONS = {
  connection: 'POST /mcp',
  tools: {
    read_file: { route: 'GET /v1/files/{file_key}', arguments: { file_key: 'file' } },
    search: { route: 'GET /v1/search' },
    read_folder: 'GET /v1/folders/{folder}',
    search_folder: 'GET /v1/folders',
    page: 'GET /v1/pages/{page}',
    make_files: 'POST /v1/files',
    wipe: 'POST /v1/wipe',
    whoami: 'GET /v1/me',
  },
} as const satisfies McpGuardOptions

/** A token, and its secret as it is sent. */
export interface Made {
  readonly id: string
  readonly secret: string
}

/** An engine with a guard before nothing yet. */
export function world(options: Partial<McpGuardOptions> = {}, limits?: RequestLimits) {
  const clock = testClock('2027-01-31T12:00:00Z')
  const directory = testDirectory({
    p1: { tier: 'team', admins: ['ada'], resources: { 'file:ABC': {}, 'file:DEF': {}, 'file:all': {} } },
    p2: { tier: 'team', admins: ['bob'], resources: { 'file:XYZ': {} } },
  })
  const tokens = createPlanTokens({
    ...{ policy, store: memoryStore(), directory, clock },
    ...{ addresses: addressRanges(), onWarning() {}, ...(limits && { limits }) },
  })
  const guard: McpGuard = mcpGuard(tokens, { ...OPTIONS, ...options })
  const make = async (
    scopes: readonly ('connect' | 'files:read' | 'files:write' | 'admin')[],
    files?: readonly string[],
  ): Promise<Made> => {
    const { token, secret } = await tokens.create({
      ...{ actor: 'ada', planId: 'p1', type: 'agent', name: 'Agent', lifetimeDays: 30, scopes },
      resources: files ? files.map((file) => `https://files.example/f/${file}`) : 'all',
    })
    return { id: token.id, secret: secret.reveal() }
  }
  return { tokens, guard, clock, directory, make, revoke: (id: string) => tokens.revoke({ actor: 'ada', id }) }
}
