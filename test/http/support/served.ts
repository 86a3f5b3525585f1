/** A world of plans and tokens with a site served before it, and requests to that site. */

import type { PlanTokens } from 'plan-access-tokens'
import { onTestFinished } from 'vitest'
import type { World } from '../../attack/world.ts'
import type { Made } from '../../support/world.ts'
import type { Framework } from './frameworks.ts'
import type { Route, Run, Running, Site } from './site.ts'
import { type Reply, type Sending, send1, send2 } from './wire.ts'

/** What the sites of these tests serve. */
const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1/files/:file_key' },
  { method: 'GET', path: '/v1/files/:file_key/comments' },
  { method: 'GET', path: '/v1/teams/:team_id/projects' },
  { method: 'GET', path: '/v1/me' },
  { method: 'GET', path: '/v2/webhooks' },
  { method: 'POST', path: '/v2/webhooks' },
  { method: 'POST', path: '/v1/dev_resources' },
]

/** A site that listens. */
export interface Served {
  readonly port: number
  /** The handlers that ran, in turn. */
  readonly runs: readonly Run[]
  send(sending: Sending): Promise<Reply>
  close(): Promise<void>
}

/** Serves a site until the test ends. */
export async function serve(framework: Framework, site: Partial<Site>): Promise<Served> {
  const served = await start(framework, site)
  onTestFinished(served.close)
  return served
}

/** Serves a site until it is closed. */
export async function start(framework: Framework, site: Partial<Site>): Promise<Served> {
  const runs: Run[] = []
  const running: Running = await framework.start({ routes: ROUTES, onRun: (run) => void runs.push(run), ...site })
  const send = framework.isHttp2 ? send2 : send1
  return { port: running.port, runs, close: running.close, send: (sending) => send(running.port, sending) }
}

/** `'GET /v1/me'` with a secret in `X-Figma-Token` and whatever else is said. */
export function request(line: string, secret?: Made | string, other: Partial<Sending> = {}): Sending {
  const [method = '', target = ''] = line.split(' ')
  const text = typeof secret === 'object' ? secret.secret : secret
  const credential = text === undefined ? [] : [['X-Figma-Token', text] as const]
  return { method, target, ...other, headers: [...credential, ...(other.headers ?? [])] }
}

/** `request` with a JSON body. */
export function jsonRequest(
  line: string,
  secret: Made | string | undefined,
  body: unknown,
  other: Partial<Sending> = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = [['Content-Type', 'application/json'] as const, ...(other.headers ?? [])]
  return request(line, secret, { body: [text], ...other, headers })
}

/** What the engine says of a request as it was sent. */
export function decide(tokens: PlanTokens, { method, target, headers = [], body }: Sending, url = target) {
  return tokens.authorize({ method, url, headers: {}, rawHeaders: headers.flat(), body: body?.join('') })
}

/** The names in a `Vary`, in lower case. */
export function varyOf({ headers }: Reply): readonly string[] {
  return (headers.vary ?? '').split(',').map((name) => name.trim().toLowerCase())
}

/** Makes the store fail. */
export function breakStore({ store }: World): void {
  store.replace.findByDigest = () => Promise.reject(new Error('down'))
}
