/** `plan-access-tokens/mcp`: a guard for servers of the Model Context Protocol over Streamable HTTP. */
export type { GuardEngine } from '../http/guard.ts'
export type { NodeRequest, NodeResponse } from '../http/node-side.ts'
export { type McpGuard, type McpNext, mcpGuard } from './guard.ts'
export type { ProtectedResource } from './metadata.ts'
export type { McpEndpoint, McpGuardOptions } from './options.ts'
