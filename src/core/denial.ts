/**
 * A refusal as a value, and how it is rendered: headers by RFC 6750 and RFC 9110, a body by RFC 9457 unless the policy has
 * its own. Nothing in it repeats what the client sent. Which refusal it is: core/decide.ts.
 */
import { REFUSALS, type RefusalCode, type RefusalStatus } from './errors.ts'

/** A request that is refused. Frozen, and the same object for the same refusal. */
export interface Denial {
  readonly allowed: false
  readonly code: RefusalCode
  readonly status: RefusalStatus
  /** One sentence for a person; holds nothing of the request. */
  readonly message: string
  /** The scopes that the endpoint takes, any one of them; only with `scope_missing`. */
  readonly scopes?: readonly string[]
  /** `Cache-Control`, `Vary`, and where they fit `WWW-Authenticate` and `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>
  /** A Fetch `Response` with status, headers and body, made anew at each call. */
  response(): Response
}

/** A refusal as it goes over the wire. */
export interface RenderedDenial {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Renders a refusal as problem+json. */
export function problemJson(denial: Denial): RenderedDenial {
  const { code, status, message, headers } = denial
  const body = JSON.stringify({
    type: `urn:plan-access-tokens:error:${code}`,
    title: REFUSALS[code].title,
    status,
    detail: message,
    code,
  })
  return { status, headers: { ...headers, 'Content-Type': 'application/problem+json' }, body }
}

/** Seconds after which a client may try again what could not be checked. */
const RETRY_AFTER = '1'

/** The refusals of one surface, made once, so that refusing costs nothing. */
export interface Denials {
  of(code: RefusalCode): Denial
  /** `scope_missing` for an endpoint, naming the scopes that it takes. */
  scopeMissing(scopes: readonly string[], preferred: string | undefined): Denial
  /** The headers of every answer to a credential (RFC 9111). */
  readonly headers: Readonly<Record<string, string>>
}

/** Makes the refusals of a surface. */
export function createDenials(
  surface: string,
  credential: { readonly headers: readonly string[]; readonly bearer: boolean },
  render: (denial: Denial) => RenderedDenial,
): Denials {
  const vary = [...credential.headers, ...(credential.bearer ? ['authorization'] : [])].map(titleCase).join(', ')
  const shared = Object.freeze({ 'Cache-Control': 'no-store', Vary: vary })
  const realm = `Bearer realm="${surface}"`
  const rendered = (denial: Denial): Response => {
    const { status, headers, body } = renderSafely(render, denial)
    return new Response(body, { status, headers })
  }
  const make = (
    code: RefusalCode,
    message: string,
    extra: Record<string, string>,
    scopes?: readonly string[],
  ): Denial => {
    const headers = Object.freeze({ ...shared, ...extra })
    const denial: Denial = {
      allowed: false,
      code,
      status: REFUSALS[code].status,
      message,
      headers,
      response: () => rendered(denial),
      ...(scopes && { scopes }),
    }
    return Object.freeze(denial)
  }
  const codes = Object.keys(REFUSALS) as RefusalCode[]
  const table = new Map(codes.map((code) => [code, make(code, ADVICE[code], challenge(realm, code))]))
  return {
    headers: shared,
    of: (code) => table.get(code) as Denial,
    scopeMissing(scopes, preferred) {
      const message = `${REFUSALS.scope_missing.title} It takes ${scopes.length > 1 ? 'any one of ' : ''}${scopes.join(', ')}.`
      const challenged = `${realm}, error="insufficient_scope", error_description="${ADVICE.scope_missing}"`
      return make(
        'scope_missing',
        message,
        { 'WWW-Authenticate': preferred ? `${challenged}, scope="${preferred}"` : challenged },
        scopes,
      )
    },
  }
}

/** The challenge of RFC 6750, section 3: no error where nothing was sent. */
function challenge(realm: string, code: RefusalCode): Record<string, string> {
  const { status } = REFUSALS[code]
  if (code === 'token_missing') return { 'WWW-Authenticate': realm }
  if (status === 503) return { 'Retry-After': RETRY_AFTER }
  if (status === 403) return {}
  const error = status === 400 ? 'invalid_request' : 'invalid_token'
  return { 'WWW-Authenticate': `${realm}, error="${error}", error_description="${ADVICE[code]}"` }
}

/** What happened and what to do, without quotation marks or backslashes, since it stands in a header too. */
const ADVICE: Record<RefusalCode, string> = {
  token_missing: 'The request carries no token. Send the secret of a plan access token with it.',
  request_malformed:
    'The request can be read in more than one way, or not at all. Send one credential, a plain path without empty, dot or needlessly encoded parts, and each value that names a resource exactly once.',
  token_malformed:
    'The credential is not a token of this API. Check that the whole secret was copied, without spaces or quotes.',
  token_unknown: 'The token is not known. Check that it is meant for this server, or ask a plan admin for a new one.',
  token_revoked: 'The token has been revoked. Ask a plan admin for a new one.',
  token_expired: 'The token has expired. Ask a plan admin for a new one.',
  secret_retired: 'The secret has been replaced by a refresh and no longer works. Use the newest secret of the token.',
  token_wrong_type: 'The token is of another type than this API takes. Use a token that was made for this API.',
  plan_not_eligible: 'The plan does not include this, or is suspended. Ask a plan admin.',
  endpoint_unknown: 'The endpoint is not known to this API. Check the method and the path; both are case-sensitive.',
  endpoint_not_supported: 'The endpoint is not open to plan access tokens. Use another way to authenticate for it.',
  scope_missing: 'The token holds none of the scopes that this endpoint takes. Ask a plan admin to add one.',
  resource_not_in_plan: 'A resource of the request does not exist in the plan of the token.',
  resource_not_allowed:
    'A resource of the request is not among those that the token may reach. Ask a plan admin to add it.',
  unavailable: 'The token could not be checked just now. Try again later.',
}

/** A host's renderer that fails must not turn a refusal into something else. */
function renderSafely(render: (denial: Denial) => RenderedDenial, denial: Denial): RenderedDenial {
  try {
    return render(denial)
  } catch {
    return problemJson(denial)
  }
}

function titleCase(header: string): string {
  return header.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase())
}
