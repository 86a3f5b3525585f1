/**
 * The official TypeScript SDK, 1 and 2, where it is installed: servers of each kind that it has, behind the guard and on real
 * sockets, and its clients. The world of the tests: world.ts.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type { McpGuard } from 'plan-access-tokens/mcp'
import { onTestFinished } from 'vitest'
import { listen } from '../http/support/site.ts'

// biome-ignore lint/suspicious/noExplicitAny: the packages and their types are not installed with ours
export type Any = any

const PACKAGES: { readonly [name: string]: string } = JSON.parse(
  readFileSync(new URL('packages.json', import.meta.url), 'utf8'),
)
const { MCP_SDK: named = '' } = process.env
const folder = named !== '' && existsSync(named) ? resolve(named) : undefined
/** `.ci/run` makes it of the same list. */
const COMMAND = `npm install --prefix <dir> ${Object.entries(PACKAGES)
  .map((pair) => pair.join('@'))
  .join(' ')}, then MCP_SDK=<dir> npm test`

export const isInstalled = folder !== undefined
/** The title of the tests that need it. */
export const NAME = isInstalled ? 'the official SDK' : `the official SDK (skipped without it: ${COMMAND})`

const require = createRequire(join(folder ?? import.meta.dirname, 'package.json'))

const sdk = (path: string): Any => require(`@modelcontextprotocol/${path}`)

/** A tool as it was called. */
export interface Run {
  readonly tool: string
  readonly args: Any
  /** What the SDK hands on from the guard. */
  readonly auth: Any
}

/** What a server does besides: told of each tool that ran, with what it may send. */
interface Behaviour {
  onRun(run: Run, extra: Any): unknown
}

/** A kind of server. */
export interface Kind {
  readonly name: string
  readonly isStateful?: boolean
  /** The options of the client that belongs to it. */
  readonly client: 1 | 2
  readonly options?: object
  /** Makes what handles requests behind the guard. */
  handler(behaviour: Behaviour): (request: Any, response: ServerResponse) => unknown
}

const TOOLS = ['read_file', 'make_files', 'wipe', 'whoami', 'secret_tool']

function registerTools(server: Any, z: Any, { onRun }: Behaviour): Any {
  for (const tool of TOOLS)
    server.registerTool(tool, { description: tool, inputSchema: z.looseObject({}) }, async (args: Any, extra: Any) => {
      const auth = extra.authInfo ?? extra.http?.authInfo
      const text = (await onRun({ tool, args, auth }, extra)) ?? `ran ${tool}`
      return { content: [{ type: 'text', text }] }
    })
  return server
}

const info = { name: 'test', version: '1.0.0' }

function v1(isStateful: boolean, isJson = false): Kind['handler'] {
  return (behaviour) => {
    const { McpServer } = sdk('sdk/server/mcp.js')
    const { StreamableHTTPServerTransport } = sdk('sdk/server/streamableHttp.js')
    return transportHandler(isStateful, isJson, StreamableHTTPServerTransport, () =>
      registerTools(new McpServer(info), require('zod'), behaviour),
    )
  }
}

function v2(isStateful: boolean): Kind['handler'] {
  return (behaviour) => {
    const { McpServer } = sdk('server')
    const { NodeStreamableHTTPServerTransport } = sdk('node')
    return transportHandler(isStateful, false, NodeStreamableHTTPServerTransport, () =>
      registerTools(new McpServer(info), require('zod'), behaviour),
    )
  }
}

/** As the SDK's own examples hold transports: by session, or one for each request. */
function transportHandler(isStateful: boolean, enableJsonResponse: boolean, Transport: Any, newServer: () => Any) {
  const transports = new Map<string, Any>()
  return async (request: Any, response: ServerResponse): Promise<void> => {
    const session = request.headers['mcp-session-id']
    let transport = transports.get(session)
    if (!transport) {
      transport = new Transport({
        enableJsonResponse,
        sessionIdGenerator: isStateful ? randomUUID : undefined,
        onsessioninitialized: (id: string) => void transports.set(id, transport),
      })
      await newServer().connect(transport)
    }
    await transport.handleRequest(request, response, request.body)
  }
}

/** The handler of protocol 2026-07-28, which has no sessions. */
const modern: Kind['handler'] = (behaviour) => {
  const { McpServer, createMcpHandler } = sdk('server')
  const { toNodeHandler } = sdk('node')
  const handle = toNodeHandler(createMcpHandler(() => registerTools(new McpServer(info), require('zod'), behaviour)))
  return (request, response) => handle(request, response, request.body)
}

export const KINDS: readonly Kind[] = [
  { name: 'SDK 1 with sessions', isStateful: true, client: 1, handler: v1(true) },
  { name: 'SDK 1 without sessions', client: 1, handler: v1(false) },
  { name: 'SDK 1 that answers in JSON', isStateful: true, client: 1, handler: v1(true, true) },
  { name: 'SDK 2 with sessions', isStateful: true, client: 2, handler: v2(true) },
  { name: 'SDK 2 without sessions', client: 2, handler: v2(false) },
  {
    ...{ name: 'SDK 2 by protocol 2026-07-28', client: 2, handler: modern },
    options: { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  },
]

/** Serves a kind behind a guard until the test ends; gives its port. */
export async function serve(guard: McpGuard, handler: ReturnType<Kind['handler']>): Promise<number> {
  const { port, close } = await listen(
    createServer((request: IncomingMessage, response) =>
      guard(request, response, (error) => {
        if (!error) return handler(request, response)
        response.statusCode = 500
        return response.end()
      }),
    ),
  )
  onTestFinished(close)
  return port
}

/** Connects the client of a kind with a secret. */
export async function connect({ client: version, options }: Kind, port: number, secret: string): Promise<Any> {
  const { Client } = version === 1 ? sdk('sdk/client/index.js') : sdk('client')
  const { StreamableHTTPClientTransport } = version === 1 ? sdk('sdk/client/streamableHttp.js') : sdk('client')
  const client = new Client({ name: 'tester', version: '1.0.0' }, options)
  const requestInit = { headers: { Authorization: `Bearer ${secret}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), { requestInit }))
  onTestFinished(() => client.close())
  return client
}
