/** `plan-access-tokens/hono`: a guard for Hono, on whatever runtime. */
import type { Context, MiddlewareHandler } from 'hono'
import { faultOfContent } from '../core/body.ts'
import { type BodyReading, unreadable } from '../core/body-reading.ts'
import type { Denial } from '../core/denial.ts'
import { isThenable } from '../core/objects.ts'
import type { RefusalStatus } from '../core/refusals.ts'
import { readTarget } from '../core/target.ts'
import type { Allowance } from '../service/decision.ts'
import type { RequestLike } from '../service/request.ts'
import { isVary, joinVary } from './answer.ts'
import { questionOfFetch, withHeaders } from './fetch-side.ts'
import { createDecider, type GuardEngine, type GuardOptions, hasToken } from './guard.ts'
import type { NodeRequest } from './node-side.ts'

export type { GuardEngine, GuardOptions }

declare module 'hono' {
  interface ContextVariableMap {
    /** The decision of `plan-access-tokens`, in what its guard has let through. */
    planToken: Allowance
  }
}

/**
 * A middleware: goes on for requests that the policy lets through, with the decision in `c.get('planToken')`, and answers the
 * others. Behind `optional` or `when`, and of a public endpoint that was asked without a token, there may be none. The path of `app.route('/api', …)` or `app.basePath` is part of the
 * target here, so say it as `basePath` too; `app.mount` takes it off.
 *
 * @throws SetupError, which is a TypeError, for wrong options.
 * @example
 * app.use(guard(tokens))
 * app.get('/v1/files/:key', (c) => c.json({ name: c.get('planToken').token.name }))
 */
export function guard(tokens: GuardEngine, options?: GuardOptions<Request, readonly [Context]>): MiddlewareHandler {
  const { decide, isGuarded, bodyBytes } = createDecider<Request, readonly [Context]>(tokens, options)
  return async (c, next) => {
    const { raw } = c.req
    if (!isGuarded(raw)) return next()
    const incoming = (c.env as { incoming?: NodeRequest } | undefined)?.incoming
    const question = questionOfFetch(raw, bodyBytes, incoming?.rawHeaders)
    // A parser that has run has used the stream up, and keeps what it read.
    const asked = raw.bodyUsed ? { ...question, body: () => keptBody(c) } : question
    const decided = decide(withSentTarget(asRouted(asked, c), incoming), c)
    const decision = isThenable(decided) ? await decided : decided
    if (decision?.allowed === false) return refusal(c, decision)
    if (!decision) return next()
    if (hasToken(decision)) c.set('planToken', decision)
    await next()
    // Only now: an answer that the handler makes itself would lose what was set before.
    const answer = withHeaders(c.res, decision)
    if (answer !== c.res) {
      // Without this, Hono would put the old headers over the new.
      c.res = undefined
      c.res = answer
    }
    return undefined
  }
}

/** What a parser keeps of a body that it has read, if the headers say that it is JSON. */
function keptBody({ req }: Context): BodyReading | Promise<ArrayBuffer | BodyReading> {
  const reason = faultOfContent(req.raw.headers, undefined)
  return reason === undefined ? req.arrayBuffer().catch(() => unreadable('body_was_read')) : unreadable(reason)
}

/** The refusal, beside what an earlier middleware has set. */
function refusal(c: Context, denial: Denial): Response {
  const { status, headers, body } = denial.rendered()
  const before = c.res.headers.get('Vary') ?? undefined
  for (const name in headers) {
    const value = headers[name] as string
    c.header(name, isVary(name) ? joinVary(before, value) : value)
  }
  return c.body(body, status as RefusalStatus)
}

/** A path that an app's own `getPath` gives is the one that is routed, and so the one that is judged. */
function asRouted(question: RequestLike, c: Context): RequestLike {
  const { url } = question
  const { path } = c.req
  const end = url.indexOf('?')
  const own = end === -1 ? url : url.slice(0, end)
  if (path === own || !readTarget(url) || path === decodeURI(own.replaceAll('%25', '%2525'))) return question
  return { ...question, url: end === -1 ? path : path + url.slice(end) }
}

/**
 * On Node (`@hono/node-server`) the target that was sent is still there, before it was made into a URL. One that cannot be read
 * in one way only is judged instead of what was made of it.
 */
function withSentTarget(question: RequestLike, incoming: NodeRequest | undefined): RequestLike {
  const url = incoming?.url
  return !incoming || url === question.url || readTarget(url) ? question : { ...question, url: url ?? '' }
}
