/**
 * Refusals as clients of a registry read them: they print `error` of a JSON body, so the sentence stands there, beside the
 * fields of RFC 9457.
 */
import { type Denial, problemJson, type RenderedDenial } from '../core/denial.ts'

/** What is most often wrong with a request to a registry that cannot be judged. */
const MALFORMED =
  'The request is malformed: its path, the package that its body names and its attachments do not belong together, or it is larger than this registry takes.'

/**
 * Renders a refusal for the npm CLI.
 *
 * @example
 * npmErrors(decision).body // {"error":"The token has been revoked. Ask a plan admin for a new one.","code":"token_revoked", …}
 */
export function npmErrors(denial: Denial): RenderedDenial {
  const problem = problemJson(denial)
  const message = denial.code === 'request_malformed' ? MALFORMED : denial.message
  return {
    ...problem,
    headers: {
      ...denial.headers,
      'Content-Type': 'application/json; charset=utf-8',
      // Of a 401, npm prints words of its own and not ours.
      ...(denial.status === 401 && { 'npm-notice': message }),
    },
    body: JSON.stringify({ error: message, ...(JSON.parse(problem.body) as object) }),
  }
}
