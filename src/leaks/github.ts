/**
 * `githubSecretScanning`: reports of GitHub's secret scanning partner program. The body is signed by ECDSA on P-256 with SHA-256;
 * the signature stands in DER and base64 in a header, and beside it which of GitHub's keys it is by. Its keys: leaks/github-keys.ts.
 *
 * Source: docs.github.com, "Secret scanning partner program".
 */
import * as z from 'zod/mini'
import { platformSha256 } from '../core/digest.ts'
import { parseJsonStrictly } from '../core/json.ts'
import { isDictionary } from '../core/objects.ts'
import { readOptions } from '../core/setup.ts'
import { callable, judged, matching } from '../core/shape.ts'
import { createKeys } from './github-keys.ts'
import type { Leak } from './report.ts'
import { bytesOfBase64, rawOfDer } from './signature.ts'
import { actionSchema, type Finding, type LeakActions, type LeakSource } from './source.ts'

/** What `githubSecretScanning` takes. */
export interface GithubOptions {
  /** What is done with a secret that GitHub has found. */
  readonly action: LeakActions
  /** A token of GitHub's without any scope, against its limit of calls without one. Default: none, which is enough for one server. */
  readonly token?: string
  /** Where GitHub's keys are. Default: `https://api.github.com/meta/public_keys/secret_scanning`. */
  readonly keysUrl?: string
  /** How they are fetched. Default: the platform's `fetch`. */
  readonly fetch?: typeof fetch
}

const KEYS_URL = 'https://api.github.com/meta/public_keys/secret_scanning'
const [IDENTIFIER, SIGNATURE] = ['github-public-key-identifier', 'github-public-key-signature']

const schema = z.strictObject({
  action: actionSchema,
  token: z.optional(matching(/\S/, 'must be text.')),
  keysUrl: z.optional(
    judged((value) => (isHttps(value) ? undefined : 'must be an address that begins with https://.')),
  ),
  fetch: z.optional(callable()),
})

const isHttps = (value: unknown): boolean =>
  typeof value === 'string' && URL.canParse(value) && new URL(value).protocol === 'https:'

/**
 * Reports of GitHub's secret scanning partner program, for `leakHandler`. It answers with what the program asks for: of each finding
 * its SHA-256 and whether it is a secret that was given out here.
 *
 * @throws SetupError, which is a TypeError, with every mistake.
 * @example
 * githubSecretScanning({ action: 'revoke' })
 * githubSecretScanning({ action: { live: 'revoke', test: 'tell' }, token: process.env.GITHUB_TOKEN })
 */
export function githubSecretScanning(options: GithubOptions): LeakSource {
  const given = readOptions<GithubOptions>('githubSecretScanning', schema, options)
  const { action, token, keysUrl = KEYS_URL } = given
  const keys = createKeys({ keysUrl, token, fetch: given.fetch ?? ((...args) => fetch(...args)) })
  const sha256 = platformSha256()
  return Object.freeze<LeakSource>({
    name: 'github',
    action,
    header: SIGNATURE,
    async readReport({ headers, bytes, now }, failed) {
      const id = headers.get(IDENTIFIER)
      const signature = rawOfDer(bytesOfBase64(headers.get(SIGNATURE) ?? '') ?? new Uint8Array())
      // What cannot be a signature is forged whatever the key.
      if (!id || !signature) return 'report_forged'
      const key = await keys.find(id, now, failed)
      if (key === 'unavailable') return 'keys_unavailable'
      const isGenuine = key && (await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, bytes))
      if (!isGenuine) return 'report_forged'
      const { value } = parseJsonStrictly(bytes)
      if (!Array.isArray(value)) return 'report_unreadable'
      const reported = value.flatMap((one: unknown) => findingOf(one) ?? [])
      return {
        findings: reported,
        answer: (leaks) => reported.map((one, i) => feedbackOn(one, leaks[i] ?? [], sha256)),
      }
    },
  })
}

interface Reported extends Finding {
  readonly type: string
}

/** A finding, if it has a text; what has none names no secret, and is no reason to leave the others alive. */
function findingOf(one: unknown): Reported | undefined {
  if (!isDictionary(one)) return undefined
  const { token, type, url } = one as { readonly token?: unknown; readonly type?: unknown; readonly url?: unknown }
  if (typeof token !== 'string') return undefined
  return { text: token, type: typeof type === 'string' ? type : '', ...(typeof url === 'string' && { url }) }
}

/** The text is not repeated: its hash says as much. */
function feedbackOn({ text, type }: Reported, leaks: readonly Leak[], sha256: (text: string) => string): object {
  return {
    token_hash: sha256(text),
    token_type: type,
    label: leaks.length > 0 ? 'true_positive' : 'false_positive',
  }
}
