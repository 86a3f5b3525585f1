/**
 * A refusal as a value, and how it is rendered: headers by RFC 6750 and RFC 9110, a body by RFC 9457 unless the policy has
 * its own. Nothing in it repeats what the client sent. Which refusal it is: core/decide.ts.
 */
import type { Limited, LimitState } from './limited.ts'
import { type Malformed, type MalformedReason, sentenceOf } from './malformed.ts'
import { letGo } from './objects.ts'
import { messageOf, REFUSALS, type RefusalCode, type RefusalStatus } from './refusals.ts'
import { anyOf, type ScopeAlternative } from './scope-alternatives.ts'

/** A request that is refused. Frozen. Refusals that say the same may be one object. */
export interface Denial {
  readonly allowed: false
  readonly code: RefusalCode
  readonly status: RefusalStatus
  /** What happened and what to do, for a person; holds nothing of the request. */
  readonly message: string
  /** The scopes that the endpoint takes, any one of them, or a list of them together; only with `scope_missing`. */
  readonly scopes?: readonly ScopeAlternative[]
  /** What is malformed; only with `request_malformed`, and absent there if the request cannot be looked at at all. */
  readonly reason?: MalformedReason
  /** Why the endpoint is closed, in the policy's words; only with `endpoint_not_supported`, for a renderer of the policy. */
  readonly closed?: string
  /** Which limit of requests is used up, and for how long; only with `rate_limited`. */
  readonly limit?: LimitState
  /** `Cache-Control`, `Vary`, and where they fit `WWW-Authenticate`, `Retry-After` and `RateLimit`. */
  readonly headers: Readonly<Record<string, string>>
  /** Status, headers and body, for a server that speaks no Fetch. */
  rendered(): RenderedDenial
  /** The same as a Fetch `Response`, made anew at each call. */
  response(): Response
}

/** A refusal as it goes over the wire. */
export interface RenderedDenial {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Renders a refusal as problem+json, with further members where a surface has them (RFC 9457, section 3.2). */
export function problemJson(denial: Denial, more?: { readonly [member: string]: string }): RenderedDenial {
  const { code, status, message, headers, reason } = denial
  const body = JSON.stringify({
    type: `urn:plan-access-tokens:error:${code}`,
    title: REFUSALS[code].title,
    status,
    detail: message,
    code,
    ...(reason !== undefined && { reason }),
    ...more,
  })
  return { status, headers: { ...headers, 'Content-Type': 'application/problem+json' }, body }
}

/** Seconds after which a client may try again what could not be checked. */
const RETRY_AFTER = '1'

/** The refusals of one surface, made once, so that refusing costs nothing. */
export interface Denials {
  of(code: RefusalCode): Denial
  /** `request_malformed` with its cause. */
  malformed(cause: Malformed): Denial
  /** `scope_missing` for an endpoint, naming the scopes that it takes. */
  scopeMissing(scopes: readonly ScopeAlternative[], preferred: ScopeAlternative | undefined): Denial
  /** `endpoint_not_supported` for an endpoint, with the reason that the policy gives. */
  notSupported(closed: string): Denial
  /** `rate_limited` with the limit that is used up. */
  limited(limited: Limited): Denial
  /** The headers of every answer to a credential (RFC 9111). */
  readonly headers: Readonly<Record<string, string>>
  /** The codes that the policy's own renderer cannot render; they go out as problem+json. */
  unrenderable(): readonly RefusalCode[]
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
  const make = (
    code: RefusalCode,
    message: string,
    extra: Readonly<Record<string, string>>,
    more: Pick<Denial, 'scopes' | 'reason' | 'closed' | 'limit'> = {},
  ): Denial => {
    const denial: Denial = {
      allowed: false,
      code,
      status: REFUSALS[code].status,
      message,
      headers: Object.freeze({ ...shared, ...extra }),
      ...more,
      rendered: () => renderSafely(render, denial),
      response: () => responseOf(denial.rendered()),
    }
    return Object.freeze(denial)
  }
  const codes = Object.keys(REFUSALS) as RefusalCode[]
  const missing = `${REFUSALS.token_missing.title} Send the secret of one in ${placesOf(credential)}.`
  const table = new Map(
    codes.map((code) => [
      code,
      make(code, code === 'token_missing' ? missing : messageOf(code), challenge(realm, code)),
    ]),
  )
  /** By cause and source. Sources are the policy's, so they are few. */
  const causes = new Map<string, Denial>()
  return {
    headers: shared,
    of: (code) => table.get(code) as Denial,
    unrenderable: () => codes.filter((code) => renderedBy(render, table.get(code) as Denial) === undefined),
    scopeMissing(scopes, preferred) {
      const message = `${REFUSALS.scope_missing.title} It takes ${anyOf(scopes)}.`
      const challenged = `${realm}, error="insufficient_scope", error_description="${messageOf('scope_missing')}"`
      return make(
        'scope_missing',
        message,
        {
          // RFC 6750, section 3: separated by spaces, and all of them required.
          'WWW-Authenticate':
            preferred === undefined ? challenged : `${challenged}, scope="${[preferred].flat().join(' ')}"`,
        },
        { scopes },
      )
    },
    malformed(cause) {
      // Places in the target are too many to keep.
      const key = cause.at === undefined ? `${cause.reason} ${cause.source}` : undefined
      const known = key === undefined ? undefined : causes.get(key)
      if (known) return known
      const message = `${REFUSALS.request_malformed.title} ${sentenceOf(cause)}`
      const denial = make('request_malformed', message, challenge(realm, 'request_malformed', message), {
        reason: cause.reason,
      })
      if (key !== undefined) causes.set(key, denial)
      return denial
    },
    limited: ({ state, headers }) => make('rate_limited', messageOf('rate_limited'), headers, { limit: state }),
    notSupported: (closed) => make('endpoint_not_supported', messageOf('endpoint_not_supported'), {}, { closed }),
  }
}

/** Where a policy looks for a secret, in words. */
function placesOf({ headers, bearer }: { readonly headers: readonly string[]; readonly bearer: boolean }): string {
  const places = headers.map((header) => `the header ${titleCase(header)}`)
  return [...places, ...(bearer ? ['the header Authorization, after the word Bearer'] : [])].join(', or in ')
}

/** The challenge of RFC 6750, section 3: no error where nothing was sent. */
function challenge(realm: string, code: RefusalCode, message = messageOf(code)): Record<string, string> {
  const { status } = REFUSALS[code]
  if (code === 'token_missing') return { 'WWW-Authenticate': realm }
  if (status === 503 || status === 429) return { 'Retry-After': RETRY_AFTER }
  if (status === 403) return {}
  const error = status === 400 ? 'invalid_request' : 'invalid_token'
  return { 'WWW-Authenticate': `${realm}, error="${error}", error_description="${message}"` }
}

/** A host's renderer that fails, or gives what cannot be sent as a refusal, must not turn it into something else. */
function renderSafely(render: (denial: Denial) => RenderedDenial, denial: Denial): RenderedDenial {
  return renderedBy(render, denial) ?? problemJson(denial)
}

/** What a renderer gives, if it can be sent as a refusal. */
function renderedBy(render: (denial: Denial) => RenderedDenial, denial: Denial): RenderedDenial | undefined {
  try {
    const rendered = render(denial)
    letGo(rendered)
    const isRefusal = rendered.status >= 400 && typeof rendered.body === 'string'
    return isRefusal && responseOf(rendered) ? rendered : undefined
  } catch {
    return undefined
  }
}

function responseOf({ status, headers, body }: RenderedDenial): Response {
  return new Response(body, { status, headers })
}

function titleCase(header: string): string {
  return header.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase())
}
