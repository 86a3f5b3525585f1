/** What stands behind a gateway and beside it: an API that shows what it saw, and the authorization that the gateway asks. */
import { createServer, type IncomingMessage } from 'node:http'
import { type ForwardAuthOptions, forwardAuth, toNode } from 'plan-access-tokens/gateway'
import type { GuardEngine } from 'plan-access-tokens/node'
import { onTestFinished } from 'vitest'
import { listen, textOf } from '../http/support/site.ts'

/** A request that reached the API. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: string
}

/** An API that answers whatever reaches it, and keeps it. */
export async function startApi() {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers, rawHeaders } = request
    seen.push({ method, url, headers, rawHeaders, body: await textOf(request) })
    response.end('served')
  })
  const { port, close } = await listen(server)
  onTestFinished(close)
  return { port, seen }
}

/** The authorization, with everything that it told. */
export async function startAuth(tokens: GuardEngine, options: ForwardAuthOptions) {
  const errors: unknown[] = []
  const warnings: string[] = []
  const handler = forwardAuth(tokens, {
    onError: (error) => errors.push(error),
    onWarning: (warning) => warnings.push(warning),
    ...options,
  })
  const asked: IncomingMessage[] = []
  const listener = toNode(handler)
  const server = createServer((request, response) => {
    asked.push(request)
    listener(request, response)
  })
  const { port, close } = await listen(server)
  onTestFinished(close)
  return { port, handler, errors, warnings, asked }
}
