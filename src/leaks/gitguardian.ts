/**
 * `gitguardian`: reports of GitGuardian's custom webhooks. The body is signed by HMAC with SHA-256, whose key is the header
 * `Timestamp` with the signature token of the webhook behind it. Newer webhooks name an incident and no secret; for those the host
 * finds the text.
 *
 * Source: docs.gitguardian.com, "Custom webhook".
 */
import { millisecondsInMinute, millisecondsInSecond } from 'date-fns/constants'
import * as z from 'zod/mini'
import { parseJsonStrictly } from '../core/json.ts'
import { isDictionary } from '../core/objects.ts'
import { readOptions } from '../core/setup.ts'
import { callable, matching } from '../core/shape.ts'
import type { Awaitable } from '../ports.ts'
import { bytesOfHex } from './signature.ts'
import { actionSchema, type LeakActions, type LeakSource } from './source.ts'

/** What `gitguardian` takes. */
export interface GitGuardianOptions {
  /** What is done with a secret that GitGuardian has found. */
  readonly action: LeakActions
  /** The signature token of the webhook. */
  readonly secret: string
  /**
   * The text in which the secret stands, of a report that holds none: those about incidents and occurrences name a place and a
   * hash. `payload` is the report as it came. `undefined` leaves it at that. Default: such a report is answered, and ends nothing.
   */
  readonly findText?: (payload: unknown) => Awaitable<string | undefined>
}

const schema = z.strictObject({
  action: actionSchema,
  secret: matching(/\S/, 'must be text.'),
  findText: z.optional(callable()),
})

/** The first is the header of today, the other one of before, which is still sent. */
const SIGNATURE = 'gitguardian-signature'
/** How far the time of a report may lie from ours, in milliseconds. One that is sent again later does no harm; it is refused all the same. */
const TOLERANCE_MS = 5 * millisecondsInMinute

/**
 * Reports of GitGuardian's custom webhooks, for `leakHandler`.
 *
 * @throws SetupError, which is a TypeError, with every mistake.
 * @example
 * gitguardian({ secret: process.env.GITGUARDIAN_SIGNATURE_TOKEN, action: 'retire' })
 */
export function gitguardian(options: GitGuardianOptions): LeakSource {
  const { action, secret, findText } = readOptions<GitGuardianOptions>('gitguardian', schema, options)
  return Object.freeze<LeakSource>({
    name: 'gitguardian',
    action,
    header: SIGNATURE,
    async readReport({ headers, bytes, now }) {
      const timestamp = headers.get('timestamp') ?? ''
      const [, hex = ''] = /^sha256=([0-9a-f]{64})$/.exec(headers.get(SIGNATURE) ?? '') ?? []
      const signature = bytesOfHex(hex)
      if (!signature || !(await isSigned(bytes, signature, timestamp + secret))) return 'report_forged'
      const sentAt = momentOf(timestamp)
      if (!(Math.abs(now - sentAt) <= TOLERANCE_MS)) return 'report_outdated'
      const { value, malformed } = parseJsonStrictly(bytes)
      if (malformed || !isDictionary(value)) return 'report_unreadable'
      const url = placeIn(value)
      // Written anew, so that no escape of JSON hides a secret.
      const text = JSON.stringify(value)
      const place = url === undefined ? {} : { url }
      const findings = [{ text, ...place }]
      try {
        const found = await findText?.(value)
        if (typeof found === 'string') findings.push({ text: found, ...place })
      } catch (thrown) {
        // What stands in the report itself is dealt with all the same.
        return { findings, failure: { thrown } }
      }
      return { findings }
    },
  })
}

async function isSigned(
  bytes: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  key: string,
): Promise<boolean> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', new TextEncoder().encode(key), algorithm, false, ['verify'])
  return crypto.subtle.verify('HMAC', imported, signature, bytes)
}

/** Seconds, or a date as ISO 8601 writes it; `NaN` for anything else. */
function momentOf(timestamp: string): number {
  if (/^\d{1,12}(\.\d{1,9})?$/.test(timestamp)) return Number(timestamp) * millisecondsInSecond
  return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(timestamp) ? Date.parse(timestamp) : Number.NaN
}

/** Where it was found, by the fields of the webhooks of today and of before; the incident where they do not say. */
function placeIn(report: object): string | undefined {
  const { occurrence, incident, break_url, gitguardian_link } = report as { readonly [field: string]: unknown }
  const { url } = Object(occurrence) as { readonly url?: unknown }
  const { gitguardian_url } = Object(incident) as { readonly gitguardian_url?: unknown }
  const said = [url, break_url, gitguardian_url, gitguardian_link]
  return said.find((one): one is string => typeof one === 'string')
}
