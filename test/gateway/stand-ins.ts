/**
 * Traefik and Envoy as far as this machine can have them: neither Debian nor npm has the programs. Each does with a request what
 * the sources say (Traefik v3.7, pkg/middlewares/auth/forward.go, and Envoy's ext_authz HTTP filter), and sends targets on as they
 * came. What is configured stands in docs/gateways.md.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { listen, textOf } from '../http/support/site.ts'
import { type Reply, send1 } from '../http/support/wire.ts'
import { blockOf, SECRET } from './programs.ts'

type Line = readonly [name: string, value: string]

/** Where a gateway sends its question and what it lets through. */
interface Around {
  readonly auth: number
  readonly api: number
}

/** The configuration of the page. */
function configurationOf<T>(first: string): T {
  return parse(blockOf(first).replaceAll('THE SECRET', SECRET)) as T
}

interface Traefik {
  readonly http: {
    readonly middlewares: {
      readonly 'gateway-secret': {
        readonly headers: { readonly customRequestHeaders: Readonly<Record<string, string>> }
      }
      readonly 'plan-tokens': {
        readonly forwardAuth: {
          readonly address: string
          readonly trustForwardHeader: boolean
          readonly forwardBody: boolean
          readonly authResponseHeaders: readonly string[]
        }
      }
    }
  }
}

interface Patterns {
  readonly patterns: readonly { readonly exact: string }[]
}
interface Envoy {
  readonly typed_config: {
    readonly failure_mode_allow: boolean
    readonly allowed_headers: Patterns
    readonly with_request_body: { readonly allow_partial_message: boolean }
    readonly http_service: {
      readonly path_prefix: string
      readonly authorization_request: {
        readonly headers_to_add: readonly { readonly key: string; readonly value: string }[]
      }
      readonly authorization_response: { readonly allowed_upstream_headers: Patterns }
    }
  }
}
const exactly = ({ patterns }: Patterns): readonly string[] => patterns.map(({ exact }) => exact)

const linesOf = ({ rawHeaders }: IncomingMessage): readonly Line[] =>
  rawHeaders.flatMap((name, i): Line[] => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? '']] : []))
/** What the sender of a message says itself. */
const OF_MESSAGE = /^(host|connection|content-length|transfer-encoding)$/i
const without = (lines: readonly Line[], drop: (name: string) => boolean): readonly Line[] =>
  lines.filter(([name]) => !OF_MESSAGE.test(name) && !drop(name.toLowerCase()))

async function serveStandIn(
  api: number,
  ask: (request: IncomingMessage, lines: readonly Line[], body: string) => Promise<Reply | readonly Line[]>,
): Promise<number> {
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request
    const body = await textOf(request)
    const outcome = await ask(request, linesOf(request), body)
    const isRefused = 'status' in outcome
    const headers = isRefused ? [] : outcome
    const reply = isRefused
      ? outcome
      : await send1(api, { method, target: url, headers, ...(body !== '' && { body: [body] }) })
    response.statusCode = reply.status
    for (const [name, value] of Object.entries(reply.headers))
      if (!OF_MESSAGE.test(name)) response.setHeader(name, value)
    response.end(reply.body)
  })
  const { port, close } = await listen(server)
  onTestFinished(close)
  return port
}

/** The headers of an answer that a gateway copies. */
const given = (names: readonly string[], { headers }: Reply): readonly Line[] =>
  names.flatMap((name): Line[] => {
    const value = headers[name.toLowerCase()]
    return value === undefined ? [] : [[name, value]]
  })

/** The middleware that sets the secret, and behind it ForwardAuth. */
export function startTraefik({
  auth,
  api,
  forwardBody = false,
  maxBodySize = 1_000,
}: Around & { readonly forwardBody?: boolean; readonly maxBodySize?: number }) {
  const { middlewares } = configurationOf<Traefik>('# traefik.yaml: the dynamic configuration').http
  const { address, trustForwardHeader, authResponseHeaders } = middlewares['plan-tokens'].forwardAuth
  const custom = Object.entries(middlewares['gateway-secret'].headers.customRequestHeaders)
  const isCustom = (name: string): boolean => custom.some(([own]) => own.toLowerCase() === name)
  const copied = authResponseHeaders.map((name) => name.toLowerCase())
  return serveStandIn(api, async ({ method = '', url = '', headers: { host = '' } }, lines, body) => {
    const sent = [...without(lines, isCustom), ...custom]
    if (forwardBody && body.length > maxBodySize) return { status: 401, headers: {}, body: '' }
    const question = [
      ...without(sent, (name) => !trustForwardHeader && name.startsWith('x-forwarded-')),
      ['X-Forwarded-Method', method],
      ['X-Forwarded-Proto', 'http'],
      ['X-Forwarded-Host', host],
      ['X-Forwarded-Uri', url],
      ['X-Forwarded-For', '203.0.113.9'],
    ] as const
    const answer = await send1(auth, {
      ...{ method: 'GET', target: new URL(address).pathname, headers: question },
      ...(forwardBody && body !== '' && { body: [body] }),
    })
    if (answer.status < 200 || answer.status >= 300) return answer
    return [...without(sent, (name) => copied.includes(name)), ...given(authResponseHeaders, answer)]
  })
}

/** The filter of external authorization; `partial` is what it says of a body. */
export function startEnvoy({
  auth,
  api,
  withRequestBody = false,
  failureModeAllow = false,
  partial = 'false',
}: Around & { readonly withRequestBody?: boolean; readonly failureModeAllow?: boolean; readonly partial?: string }) {
  const { allowed_headers, http_service } = configurationOf<Envoy>(
    '# envoy.yaml: the filter, in front of the router',
  ).typed_config
  const { path_prefix, authorization_request, authorization_response } = http_service
  const allowed = ['authorization', ...exactly(allowed_headers)]
  const copied = exactly(authorization_response.allowed_upstream_headers)
  return serveStandIn(api, async ({ method = '', url = '' }, lines, body) => {
    const question = [
      ...without(lines, (name) => !allowed.includes(name)),
      ...authorization_request.headers_to_add.map(({ key, value }) => [key, value] as const),
      ...(withRequestBody && body !== '' ? [['x-envoy-auth-partial-body', partial] as const] : []),
    ]
    const answer = await send1(auth, {
      ...{ method, target: path_prefix + url, headers: question },
      ...(withRequestBody && body !== '' && { body: [body] }),
    })
    if (answer.status === 0 || answer.status >= 500)
      return failureModeAllow ? without(lines, () => false) : { status: 403, headers: {}, body: '' }
    if (answer.status !== 200) return answer
    return [...without(lines, (name) => copied.includes(name)), ...given(copied, answer)]
  })
}
