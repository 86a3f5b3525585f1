/** `plan-access-tokens/elysia`: a guard for Elysia 1, on Bun and on Node, as a plugin. */
import type { AnyElysia, Elysia } from 'elysia'
import type { Denial } from '../core/denial.ts'
import { isThenable } from '../core/objects.ts'
import type { Policy, TokenOnlyPolicy } from '../core/policy.ts'
import type { Allowed } from '../service/decision.ts'
import type { RequestLike } from '../service/request.ts'
import { headersOf, isVary, joinVary } from './answer.ts'
import { questionOfFetch } from './fetch-side.ts'
import { createDecider, type GuardEngine, type GuardOptions, type PlanTokenOf } from './guard.ts'

export type { GuardEngine, GuardOptions, PlanTokenOf }

/** What `address` gets: the context of Elysia before it has routed, as far as it says where a request came from. */
export interface ElysiaContext {
  readonly request: Request
  /** Of Bun: `server?.requestIP(request)?.address`. On Node it throws; take `request.ip` of the adapter there. */
  readonly server: ElysiaServer | null
}

/** What is used of Bun's server. */
export interface ElysiaServer {
  /** The other side of the socket. */
  requestIP(request: Request): { readonly address: string } | null
}

/** What the guard takes. */
export type ElysiaGuardOptions = GuardOptions<Request, readonly [ElysiaContext]>

/** What is used of the context that Elysia has of every request. */
interface Context extends ElysiaContext {
  /** The path that Elysia routes by. */
  readonly path: string
  readonly set: { readonly headers: SetHeaders; status?: unknown }
  planToken: Allowed<string> | undefined
}
interface SetHeaders {
  [name: string]: unknown
}

/**
 * A plugin: lets requests through that the policy allows, with the decision in `planToken`, and answers the others before
 * anything is parsed. It guards the whole application, whichever part of it uses it, since Elysia runs such a hook for every
 * request. A `prefix` is part of the path here, so say it as `basePath` too.
 *
 * @throws SetupError, which is a TypeError, for wrong options.
 * @example
 * new Elysia().use(guard(tokens)).get('/v1/files/:key', ({ planToken }) => planToken.token.name)
 */
export function guard<
  const Options extends ElysiaGuardOptions = ElysiaGuardOptions,
  P extends Policy = TokenOnlyPolicy,
>(
  tokens: GuardEngine<P>,
  options?: Options,
): (app: AnyElysia) => Elysia<
  '',
  {
    decorator: { planToken: PlanTokenOf<Options, P> }
    store: Record<never, never>
    derive: Record<never, never>
    resolve: Record<never, never>
  }
> {
  const { decide, isGuarded, bodyBytes } = createDecider<Request, readonly [ElysiaContext]>(tokens, options)
  // Elysia goes by the source of a hook: it waits if that says `async`, and heads answers if it takes `set` out of its context.
  const onRequest = async (context: Context): Promise<Response | undefined> => {
    const { request, path, set } = context
    if (!isGuarded(request)) {
      // Elysia decorates with no `undefined`. What another guard has decided stays.
      context.planToken ??= undefined
      return undefined
    }
    try {
      const decided = decide(asRouted(questionOfFetch(request, bodyBytes), path), context)
      const decision = isThenable(decided) ? await decided : decided
      if (decision?.allowed === false) return refusalOf(decision, set.headers)
      if (decision) putHeaders(set.headers, decision)
      context.planToken = decision
      return undefined
    } catch (error) {
      // Elysia would answer an error of this hook with 200.
      set.status = 500
      throw error
    }
  }
  const onAfterHandle = ({ response, set }: Pick<Context, 'set'> & { readonly response: unknown }) =>
    response instanceof Response && response.headers.has('vary') ? withVaryOf(set.headers, response) : undefined
  return (app) =>
    app
      .decorate('planToken', null)
      .onRequest(onRequest as never)
      .onAfterHandle({ as: 'global' }, onAfterHandle as never) as never
}

/** The refusal, beside what an earlier hook has set. */
function refusalOf(denial: Denial, headers: SetHeaders): Response {
  const refusal = denial.response()
  refusal.headers.set('vary', joinVary(varyIn(headers), refusal.headers.get('vary') ?? ''))
  return refusal
}

/** In small letters, as Elysia's own plugins write them: a name in two spellings would be sent with both values. */
function putHeaders(headers: SetHeaders, decision: Allowed<string>): void {
  const added = headersOf(decision)
  for (const name in added) {
    const value = added[name] as string
    headers[name.toLowerCase()] = isVary(name) ? joinVary(varyIn(headers), value) : value
  }
}

/** What stands in `set` does not go onto a response that says the same header itself, so that `Vary` is joined here. */
function withVaryOf(headers: SetHeaders, response: Response): Response {
  const answer = new Response(response.body, response)
  answer.headers.set('vary', joinVary(response.headers.get('vary') ?? undefined, varyIn(headers) ?? ''))
  return answer
}

function varyIn({ vary }: SetHeaders): string | undefined {
  return vary === undefined ? undefined : String(vary)
}

/**
 * Elysia looks for the path of a URL behind its eleventh character, so that a client who says `Host: a` has the first segment
 * dropped, while the router of Bun, which may have found the handler, has not. A path that is read in two ways is refused.
 */
function asRouted(question: RequestLike, path: string): RequestLike {
  const { url } = question
  const end = url.indexOf('?')
  return path === (end === -1 ? url : url.slice(0, end)) ? question : { ...question, url: '' }
}
