/**
 * Traefik and Envoy as far as this machine can have them: neither Debian nor npm has the programs. Each does with a request what
 * the sources say (Traefik v3.7, pkg/middlewares/auth/forward.go, and Envoy's ext_authz HTTP filter), and sends targets on as they
 * came.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { listen, textOf } from '../http/support/site.ts'
import { type Reply, send1 } from '../http/support/wire.ts'
import { SECRET } from './programs.ts'

type Line = readonly [name: string, value: string]

/** Where a gateway sends its question and what it lets through. */
interface Around {
  readonly auth: number
  readonly api: number
}

const COPIED = ['x-plan-id', 'x-token-id', 'x-token-scopes', 'x-token-reach']

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

/**
 * `headers` (customRequestHeaders) that sets the secret, and behind it `forwardAuth` with `trustForwardHeader: false` and
 * `authResponseHeaders` of ours and of the secret, which so goes no further.
 */
export function startTraefik({
  auth,
  api,
  forwardBody = false,
  maxBodySize = 1_000,
}: Around & { readonly forwardBody?: boolean; readonly maxBodySize?: number }) {
  return serveStandIn(api, async ({ method = '', url = '', headers: { host = '' } }, lines, body) => {
    const sent = [...without(lines, (name) => name === 'x-gateway-secret'), ['X-Gateway-Secret', SECRET] as const]
    if (forwardBody && body.length > maxBodySize) return { status: 401, headers: {}, body: '' }
    const question = [
      ...without(sent, (name) => name.startsWith('x-forwarded-')),
      ['X-Forwarded-Method', method],
      ['X-Forwarded-Proto', 'http'],
      ['X-Forwarded-Host', host],
      ['X-Forwarded-Uri', url],
      ['X-Forwarded-For', '203.0.113.9'],
    ] as const
    const answer = await send1(auth, {
      ...{ method: 'GET', target: '/forward-auth', headers: question },
      ...(forwardBody && body !== '' && { body: [body] }),
    })
    if (answer.status < 200 || answer.status >= 300) return answer
    const replaced = [...COPIED, 'x-gateway-secret']
    const given = COPIED.flatMap((name): Line[] =>
      answer.headers[name] === undefined ? [] : [[name, answer.headers[name]]],
    )
    return [...without(sent, (name) => replaced.includes(name)), ...given]
  })
}

/** `ext_authz` with `path_prefix`, `headers_to_add` and `allowed_upstream_headers`; `partial` is what it says of a body. */
export function startEnvoy({
  auth,
  api,
  withRequestBody = false,
  failureModeAllow = false,
  partial = 'false',
}: Around & { readonly withRequestBody?: boolean; readonly failureModeAllow?: boolean; readonly partial?: string }) {
  const allowed = ['authorization', 'x-figma-token', 'content-type', 'content-encoding']
  return serveStandIn(api, async ({ method = '', url = '' }, lines, body) => {
    const question = [
      ...without(lines, (name) => !allowed.includes(name)),
      ['X-Gateway-Secret', SECRET],
      ...(withRequestBody && body !== '' ? [['x-envoy-auth-partial-body', partial] as const] : []),
    ] as const
    const answer = await send1(auth, {
      ...{ method, target: `/forward-auth${url}`, headers: question },
      ...(withRequestBody && body !== '' && { body: [body] }),
    })
    if (answer.status === 0 || answer.status >= 500)
      return failureModeAllow ? without(lines, () => false) : { status: 403, headers: {}, body: '' }
    if (answer.status !== 200) return answer
    const given = COPIED.flatMap((name): Line[] =>
      answer.headers[name] === undefined ? [] : [[name, answer.headers[name]]],
    )
    return [...without(lines, (name) => COPIED.includes(name)), ...given]
  })
}
