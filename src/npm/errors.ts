/**
 * Refusals as clients of a registry read them: they print `error` of a JSON body, so the sentence stands there, beside the
 * fields of RFC 9457. The words of closed endpoints: npm/endpoints.ts. What a request adds to it: npm/guard.ts.
 */
import { type Denial, problemJson, type RenderedDenial } from '../core/denial.ts'

/** What a check of a registry refuses: npm/checks.ts. */
const MISMATCHED = 'Its path, the package that its body names and its attachments do not belong together.'

/**
 * Renders a refusal for the npm CLI.
 *
 * @example
 * npmErrors(decision).body // {"error":"The token has been revoked. Ask a plan admin for a new one.","code":"token_revoked", …}
 */
export function npmErrors(denial: Denial): RenderedDenial {
  return render(denial, denial.message)
}

/** The same for a registry that holds the packages of these npm scopes. */
export function npmErrorsOf(packageScopes: readonly string[]): (denial: Denial) => RenderedDenial {
  // Where there are several, they belong to several plans, and none of them is told of the others.
  const [only = ''] = packageScopes
  const holds =
    packageScopes.length === 1
      ? `This registry holds the packages of ${only} and nothing else: in .npmrc, write ${only}:registry= in place of registry=.`
      : 'This registry holds the packages of some npm scopes and nothing else: in .npmrc, write @scope:registry=, with yours as @scope, in place of registry=.'
  return (denial) => render(denial, denial.code === 'endpoint_unknown' ? holds : denial.message)
}

function render(denial: Denial, message: string): RenderedDenial {
  const { reason, closed } = denial
  return saying(
    problemJson(denial),
    reason === 'check_failed' ? MISMATCHED : closed === undefined ? message : sentence(closed),
    // Of a 401, npm prints words of its own and not ours.
    denial.status === 401,
  )
}

/** A reason of a closed endpoint as a sentence. */
export function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`
}

/**
 * A rendered refusal with these words: in `error`, which clients print, in `message`, which npm logs of an exchange of
 * credentials, and, if it is told, in `npm-notice`, which npm prints whatever becomes of the command.
 */
export function saying({ status, headers, body }: RenderedDenial, message: string, isNotice: boolean): RenderedDenial {
  const { 'npm-notice': _, ...others } = headers
  const words = { error: message, message }
  return {
    status,
    headers: {
      ...others,
      'Content-Type': 'application/json; charset=utf-8',
      ...(isNotice && { 'npm-notice': message }),
    },
    body: JSON.stringify({ ...words, ...(JSON.parse(body) as object), ...words }),
  }
}
