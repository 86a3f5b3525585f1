/** The two guards of an npm registry on plain servers: `registryGuard`, and verdaccio's plugin as verdaccio calls it. */
import { createServer } from 'node:http'
import { createServer as createServer2 } from 'node:http2'
import type { Policy } from 'plan-access-tokens'
import { registryGuard } from 'plan-access-tokens/npm'
import { expect, onTestFinished } from 'vitest'
import { verdaccioPlugin } from '../../../src/verdaccio/plugin.ts'
import { npmWorld } from '../../npm/world.ts'
import type { Made, World } from '../../support/world.ts'
import { listen } from './site.ts'

/** What a publish sends. */
export const PACKUMENT = JSON.stringify({ name: '@acme/ui', versions: {} })

/** An engine for a registry, with a token that may do everything. */
export type Registry = Pick<World<Policy>, 'tokens' | 'directory'> & Made

export async function newRegistry(): Promise<Registry> {
  const { tokens, directory, make } = npmWorld()
  return { tokens, directory, ...(await make()) }
}

/** A server that listens until the test ends, and the bodies of the requests that were let through. */
export interface Guarded {
  readonly port: number
  readonly bodies: readonly unknown[]
}

/** Behind `registryGuard`; the bodies are the texts that a registry reads. */
export async function serveGuard({ tokens }: Registry, isHttp2 = false): Promise<Guarded> {
  const bodies: unknown[] = []
  const guarded = registryGuard(tokens, async (request, response) => {
    let text = ''
    for await (const chunk of request as never as AsyncIterable<Uint8Array>) text += chunk
    bodies.push(text)
    response.end('{}')
  })
  const { port, close } = await listen(
    isHttp2
      ? createServer2((request, response) => guarded(request as never, response as never))
      : createServer((request, response) => guarded(request, response)),
  )
  onTestFinished(close)
  return { port, bodies }
}

let plugins = 0

/** With the plugin, on a server that counts what flows by, as verdaccio does; the bodies are what verdaccio works with. */
export async function servePlugin({ tokens }: Registry): Promise<Guarded> {
  const key = `enginesOfTests${plugins++}`
  Object.assign(globalThis, { [key]: tokens })
  onTestFinished(() => void Reflect.deleteProperty(globalThis, key))
  const engine = `data:text/javascript,export default globalThis.${key}`
  const logger = { error: (details: object) => expect.unreachable(JSON.stringify(details)) }
  const plugin = verdaccioPlugin({ engine }, { config: { configPath: '/etc/config.yaml' }, logger })
  const middleware = plugin.apiJWTmiddleware({ createRemoteUser: (name) => ({ name }) })
  const bodies: unknown[] = []
  const { port, close } = await listen(
    createServer((request, response) => {
      request.on('data', () => undefined)
      middleware(request as never, response, (error) => {
        if (error) response.statusCode = 500
        bodies.push((request as { body?: unknown }).body)
        response.end('{}')
      })
    }),
  )
  onTestFinished(close)
  return { port, bodies }
}
