/**
 * Introspection (RFC 7662) and revocation (RFC 7009), for hosts that want them. Both take a form; whoever asks is known to
 * the host by its own predicate, and is never an actor. What is no secret of ours, or works no more, is not told apart.
 */
import { issueAt } from '../core/issue.ts'
import type { Awaitable } from '../ports.ts'
import type { Inspection } from '../service/inspect.ts'
import type { AnswerName } from './answers.ts'
import { type BodyLimits, readBytes } from './bytes.ts'
import { type AdminCode, HttpProblem } from './problem.ts'
import { decodeFormLines, isOfType } from './read.ts'
import type { AdminEngine } from './route.ts'

/** For hosts that want the two endpoints of OAuth. */
export interface IntrospectionOptions {
  /**
   * Whether a request comes from a client that may ask; only exactly `true` is yes. A credential in the form is read from
   * `request.clone()`.
   */
  readonly client: (request: Request) => Awaitable<boolean>
}

/** One of the two endpoints. */
export interface OAuthRoute {
  readonly id: string
  readonly path: '/introspect' | '/revoke'
  readonly summary: string
  readonly answer: AnswerName
  call(engine: AdminEngine, secret: string, form: Form): Promise<unknown>
}

/** The parameters of a form, by their names. */
type Form = ReadonlyMap<string, string>

/** Both of them. */
export const OAUTH_ROUTES: readonly OAuthRoute[] = [
  {
    id: 'introspect',
    path: '/introspect',
    summary: 'Whether a secret works now, and what its token is (RFC 7662).',
    answer: 'Introspection',
    call: async (engine, secret, form) => introspectionOf(await engine.inspect({ secret }), form.get('scope')),
  },
  {
    id: 'revokeSecret',
    path: '/revoke',
    summary:
      'Ends a secret, or those in a text: the newest takes its token with it (RFC 7009). 200 also where nothing was found.',
    answer: 'Revocation',
    call: async (engine, secret) => ({ revoked: (await engine.revokeSecret({ text: secret })).revoked }),
  },
]

/** What both take. */
export const FORM_TYPE = 'application/x-www-form-urlencoded'

/** Answers a request whose client is still to be asked for. */
export async function answerOAuth(
  { call }: OAuthRoute,
  engine: AdminEngine,
  { client }: IntrospectionOptions,
  request: Request,
  limits: BodyLimits,
): Promise<unknown> {
  if ((await client(request)) !== true) throw new HttpProblem('client_unauthenticated')
  if (!isOfType(request.headers, [FORM_TYPE])) throw new HttpProblem('media_type_unsupported')
  const form = formIn(await readBytes(request, limits))
  const token = form.get('token')
  if (!token) throw new HttpProblem('invalid_input', { issues: [issueAt(['token'], 'is missing.', 'missing')] })
  return call(engine, token, form)
}

/**
 * The parameters of a form, whose `token` may be a text of several lines with a secret in it. One that comes twice is malformed, and
 * one that is not known means nothing (RFC 6749, section 3.2): clients send what other servers take, and their own credentials.
 */
function formIn(bytes: Uint8Array): Form {
  const found = new Map<string, string>()
  for (const pair of textOf(bytes).split('&')) {
    const [name, value, ...more] = pair.split('=').map(decodeFormLines)
    const isRight = name !== undefined && value !== undefined && more.length === 0
    if (!isRight || found.has(name)) throw new HttpProblem('request_malformed')
    found.set(name, value)
  }
  return found
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new HttpProblem('request_malformed')
  }
}

/**
 * @param asked scopes that the client needs, with spaces between. Ory's servers have taken them for as long as there are any: a client
 * such as Oathkeeper sends them by default, and does not compare them itself.
 */
function introspectionOf({ active, token, secret, endsAt }: Inspection, asked = ''): unknown {
  if (!active || !token || !secret || endsAt === undefined) return { active: false }
  const { id, planId, type, scopes, resources, addresses } = token
  const needed = asked.split(' ').filter((scope) => scope !== '')
  if (!needed.every((scope) => scopes.includes(scope))) return { active: false }
  return {
    active: true,
    scope: scopes.join(' '),
    token_type: 'Bearer',
    exp: Math.floor(endsAt / 1_000),
    iat: Math.floor(secret.issuedAt / 1_000),
    sub: planId,
    jti: id,
    plan_id: planId,
    plan_token_type: type,
    resources: resources === 'all' ? resources : resources.map(({ kind, id }) => ({ kind, id })),
    // Whoever asks has the request, and so has to compare.
    ...(addresses && { addresses }),
  }
}

/** What RFC 6749, section 5.2, calls a code. Other clients than ours know only these. */
export function oauthErrorOf(code: AdminCode, status: number): string {
  if (code === 'client_unauthenticated') return 'invalid_client'
  return status >= 500 ? 'temporarily_unavailable' : 'invalid_request'
}
