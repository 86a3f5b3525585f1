/**
 * What goes wrong between a gateway and us, before or instead of a decision: codes with what is said to a client, and errors with
 * what is said to whoever runs the server. Neither holds anything of the request.
 */
import type { RenderedDenial } from '../core/denial.ts'
import { toConsole } from '../service/report.ts'
import { tell } from '../service/tell.ts'

/** Why a gateway's question is refused without a decision about the token. */
export type GatewayCode =
  | 'gateway_untrusted'
  | 'gateway_request_unreadable'
  | 'gateway_header_forged'
  | 'gateway_method_overridden'
  | 'gateway_target_overridden'
  | 'gateway_upgrade_refused'
  | 'gateway_headers_too_many'
  | 'gateway_body_missing'
  | 'internal'

const PROBLEMS: {
  readonly [C in GatewayCode]: { readonly status: number; readonly title: string; readonly help: string }
} = {
  gateway_untrusted: {
    status: 403,
    title: 'The request did not come through a gateway that is trusted here.',
    help: 'This is a mistake of the server: its gateway and its authorization do not know each other.',
  },
  gateway_request_unreadable: {
    status: 403,
    title: 'The gateway did not say in one way which request it asks about.',
    help: 'This is a mistake of the server: its gateway and its authorization do not speak the same language.',
  },
  gateway_header_forged: {
    status: 400,
    title: 'The request has a header that some servers take for one about its token.',
    help: 'Send it without headers that are called X_Plan_Id, X_Token_Id or the like.',
  },
  gateway_method_overridden: {
    status: 400,
    title: 'The request has one method in its first line and another in a header or a parameter.',
    help: 'Send it with the method that is meant, and without X-HTTP-Method-Override, _method or the like.',
  },
  gateway_target_overridden: {
    status: 400,
    title: 'The request has one target in its first line and another in a header.',
    help: 'Send it to the target that is meant, and without X-Original-URL or X-Rewrite-URL.',
  },
  gateway_upgrade_refused: {
    status: 400,
    title: 'The request asks for another protocol on its connection, in which nobody would judge what follows.',
    help: 'Send it without Upgrade.',
  },
  gateway_headers_too_many: {
    status: 400,
    title: 'The request has more headers than are read here.',
    help: 'Send it with fewer.',
  },
  gateway_body_missing: {
    status: 403,
    title: 'The endpoint names resources in its body, and that was not shown to the authorization.',
    help: 'It is not open to tokens behind this gateway, or the request had no body.',
  },
  internal: { status: 503, title: 'Something went wrong.', help: 'Try again later.' },
}

/** What is wrong, as an evaluation of AuthZEN tells it. */
export function problemOf(code: GatewayCode): { readonly [name: string]: unknown } {
  const { status, title, help } = PROBLEMS[code]
  return { code, status, reason: `${title} ${help}` }
}

/** The answer for a code: problem+json (RFC 9457). */
export function problemAnswer(code: GatewayCode): RenderedDenial {
  const { status, title, help } = PROBLEMS[code]
  const body = JSON.stringify({
    type: `urn:plan-access-tokens:error:${code}`,
    title,
    status,
    detail: `${title} ${help}`,
    code,
  })
  return {
    status,
    headers: {
      'Cache-Control': 'no-store',
      'Content-Type': 'application/problem+json',
      ...(status === 503 && { 'Retry-After': '1' }),
    },
    body,
  }
}

/** What `onError` is told when a gateway's question cannot be answered. Its message says what to do. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: GatewayCode

  constructor(code: GatewayCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Tells `onError`; without it, one line for each message goes to the console. */
export function createTold(onError: ((error: unknown) => unknown) | undefined): (error: unknown) => void {
  const said = new Set<string>()
  return (error) => {
    if (onError) return tell(onError, error)
    const line = error instanceof GatewayError ? error.message : 'A question of the gateway could not be answered.'
    if (!said.has(line)) tell(toConsole, line)
    said.add(line)
  }
}
