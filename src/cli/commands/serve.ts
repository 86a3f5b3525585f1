/**
 * `serve`: one process with `forwardAuth` and AuthZEN over the engine of a configuration, until SIGTERM or SIGINT. What it
 * answers: cli/serve/server.ts.
 */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ConfiguredEngine, GatewayConfig, StoreConfig } from '../../config/config.ts'
import {
  type AuthzenOptions,
  authzen,
  type ForwardAuth,
  forwardAuth,
  type GatewayHandler,
} from '../../gateway/index.ts'
import { CliError, EXIT_CODES } from '../exit.ts'
import { failureOf } from '../failure.ts'
import { type Io, oneLine } from '../io.ts'
import { createGatewayServer, endServer, FORWARD_AUTH, keptFor } from '../serve/server.ts'
import { type Session, withStore } from '../session.ts'
import { engineOf } from '../source.ts'

/** Flags of `serve`. */
export interface ServeOptions {
  readonly config?: string
  readonly host?: string
  readonly port?: number
}

/** How long an answer of `ready()` counts for `/readyz`, in milliseconds. */
const READY_MS = 1_000

/** Serves until a signal comes, ends what runs, and closes the engine. */
export async function serve(session: Session, flags: ServeOptions, file: string | undefined): Promise<void> {
  const { io } = session
  if (file !== undefined && flags.config !== undefined)
    throw new CliError('usage', 'usage', 'The configuration is named twice: as an argument and by --config.')
  const config = withStore(await session.config(file), 'serve') as StoreConfig
  const { gateway, basePath, exists, freshnessMs } = config
  if (gateway === undefined)
    throw new CliError(
      'config',
      'gateway_missing',
      'The configuration has no gateway. Say gateway: { forwardAuth: { gateway, trust } }, or authzen, or both.',
    )
  const engine = engineOf(config, freshnessMs)
  const handlers = handlersOf(engine, gateway, basePath)
  let isEnding = false
  let said = ''
  const isReady = keptFor(READY_MS, async () => {
    try {
      await engine.ready(exists)
      said = ''
      return true
    } catch (thrown) {
      const { message } = failureOf(thrown)
      if (message !== said) io.warn(`not ready: ${message}`)
      said = message
      return false
    }
  })
  const server = createGatewayServer({
    ...handlers,
    isPrefix: gateway.forwardAuth?.gateway === 'envoy',
    isReady,
    isEnding: () => isEnding,
  })
  const signal = signalled()
  await listen(server, flags.host ?? gateway.host ?? '127.0.0.1', flags.port ?? gateway.port ?? 4_180)
  tellStart(io, server, handlers)
  void isReady()
  io.say(`${await signal}: ending.`)
  isEnding = true
  if (!(await endServer(server, gateway.endTimeoutMs ?? 10_000))) io.warn('Requests that still ran were cut off.')
  await engine.close()
}

interface Handlers {
  readonly forwardAuth: ForwardAuth | undefined
  readonly authzen: GatewayHandler | undefined
}

function handlersOf(engine: ConfiguredEngine, gateway: GatewayConfig, basePath: string | undefined): Handlers {
  const at = basePath === undefined ? {} : { basePath }
  const { forwardAuth: forward, authzen: point } = gateway
  const prefix = forward?.gateway === 'envoy' ? { pathPrefix: FORWARD_AUTH } : {}
  const failed: CliError[] = []
  const attempt = <T extends GatewayHandler>(make: () => T): T | undefined => {
    try {
      return make()
    } catch (thrown) {
      failed.push(failureOf(thrown))
      return undefined
    }
  }
  const handlers = {
    forwardAuth:
      forward && attempt(() => forwardAuth(engine, { onWarning: () => undefined, ...at, ...forward, ...prefix })),
    authzen: point && attempt(() => authzen(engine, { ...at, ...(point as AuthzenOptions) })),
  }
  if (failed.length === 0) return handlers
  // Both are told at once.
  throw new CliError(
    'config',
    'config_invalid',
    failed.map(({ message }) => message).join('\n'),
    failed.flatMap(({ issues }) => issues),
  )
}

/** The first signal; a second one ends the process at once. */
function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // Elsewhere a signal ends a command at once.
      process.removeAllListeners(signal)
      process.once(signal, () => {
        for (const next of ['SIGINT', 'SIGTERM'] as const)
          process.once(next, () => process.exit(EXIT_CODES.interrupted.code))
        resolve(signal)
      })
    }
  })
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  if (port > 65_535) throw new CliError('usage', 'usage', '--port takes 0 to 65535.')
  try {
    await once(server.listen(port, host), 'listening')
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    const where = `${oneLine(host)}, port ${port}`
    if (code === 'EADDRINUSE')
      throw new CliError('unavailable', 'port_in_use', `${where}, is in use. End what listens there, or say --port.`)
    throw new CliError(
      'unavailable',
      'cannot_listen',
      `Nothing can listen on ${where} (${code ?? 'unknown'}). Say --host and --port.`,
    )
  }
}

function tellStart(io: Io, server: Server, { forwardAuth: forward, authzen: point }: Handlers): void {
  const { address, port, family } = server.address() as AddressInfo
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  if (io.json) io.data(JSON.stringify({ url, bodyRoutes: forward?.bodyRoutes ?? [] }))
  const paths = [...(forward ? [FORWARD_AUTH] : []), ...(point ? ['/access/v1'] : []), '/healthz', '/readyz']
  io.say(`Listening on ${url}: ${paths.join(', ')}`)
  if (forward && forward.bodyRoutes.length > 0)
    io.warn(
      `The gateway sends no bodies, so these endpoints are refused: ${forward.bodyRoutes.map(oneLine).join(', ')}`,
    )
}
