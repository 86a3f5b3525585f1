/** A request as it comes, read as far as the rules need it before any I/O. Its body, when a rule asks for it: service/body.ts. */
import { type Credential, type HeadersLike, readCredential } from '../core/credential.ts'
import type { Facts } from '../core/decide.ts'
import { matchEndpoint } from '../core/endpoints.ts'
import type { Malformed } from '../core/malformed.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import { isWellFormedSecret } from '../core/secret.ts'
import { malformedTarget, readTarget, readTargetOfUrl } from '../core/target.ts'

/** A request as Node and its frameworks have it. A Fetch `Request` is taken as it is. */
export interface RequestLike {
  /** Case-sensitive (RFC 9110, section 9.1); HEAD is judged as GET. */
  readonly method: string
  /** The raw request target in origin form, `/path?query`, before any router has rewritten it. */
  readonly url: string
  readonly headers: HeadersLike
  /**
   * Node's names and values in turn; read instead of `headers` where there are any, since Node drops repeated lines. Adapters of
   * serverless platforms leave them empty.
   */
  readonly rawHeaders?: readonly string[]
  /**
   * What JSON gave, or its text or bytes; needed only by endpoints that name resources in the body. Or a function that gives
   * one of them or a promise of it, called once and only for such an endpoint. In each case `headers` must say that it is JSON
   * in UTF-8 (`Content-Type: application/json`), since a handler may go by them.
   */
  readonly body?: unknown
}

/** The facts that a request alone gives. The target is read only if there is a credential of ours to judge it for. */
export function readRequest(
  policy: CompiledPolicy,
  prefixes: ReadonlySet<string>,
  request: RequestLike | Request,
): Facts {
  const credential = readCredential(policy.credential, request.headers, (request as RequestLike).rawHeaders, prefixes)
  const facts = factsOf(policy, credential, credential.ok && isWellFormedSecret(credential.secret, prefixes))
  if (facts.wellFormed) putTarget(facts, request)
  return facts
}

/** Facts about a credential alone. Always all fields, so that the engine's hot path sees one layout. */
export function factsOf(policy: CompiledPolicy, credential: Credential, wellFormed: boolean): Facts {
  return {
    policy,
    now: Number.NaN,
    credential,
    wellFormed,
    target: undefined,
    record: undefined,
    secret: undefined,
    grant: undefined,
    plan: undefined,
    match: undefined,
    named: undefined,
    places: undefined,
    malformed: undefined,
    failure: undefined,
    asked: undefined,
    source: undefined,
  }
}

/** Reads the target and finds its endpoint. */
export function putTarget(facts: Facts, request: Pick<RequestLike | Request, 'method' | 'url'>): void {
  const { method, url } = request
  const { spelling } = facts.policy
  const spelt = spelling ? spelling(url) : url
  const isUrl = isFetchRequest(request)
  const target = isUrl ? readTargetOfUrl(spelt) : readTarget(spelt)
  facts.target = target
  if (!target) facts.malformed = malformedIn(url, spelt, isUrl)
  else if (typeof method === 'string') facts.match = matchEndpoint(facts.policy.trie, method, target.path)
}

/** Places are told in the target that was sent, and so not in another spelling of it. */
function malformedIn(url: unknown, spelt: unknown, isUrl: boolean): Malformed {
  const malformed = malformedTarget(spelt, isUrl)
  return spelt === url ? malformed : { reason: malformed.reason }
}

/** Whether it is a Fetch `Request`, of whichever realm or library. */
export function isFetchRequest(request: object): request is Request {
  return (
    typeof (request as { clone?: unknown }).clone === 'function' &&
    typeof (request as { arrayBuffer?: unknown }).arrayBuffer === 'function'
  )
}
