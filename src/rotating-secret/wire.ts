/** One renewal over HTTP: what is sent, and what comes back. */
import { isMoment, isSecret, objectIn } from './kept.ts'
import type { ReadOptions } from './options.ts'

/** What came of it. */
export type Answer =
  | { readonly what: 'renewed'; readonly secret: string; readonly renewFrom?: number; readonly expiresAt?: number }
  | { readonly what: 'early'; readonly renewFrom: number | undefined; readonly waitMs: number | undefined }
  /** The secret is not the newest, or works no more. */
  | { readonly what: 'replaced'; readonly status: number; readonly code: string }
  /** The key was used for another secret. */
  | { readonly what: 'spent' }
  | { readonly what: 'refused'; readonly status: number; readonly code: string }
  /** Nobody knows whether the token was renewed. */
  | {
      readonly what: 'unknown'
      readonly status?: number
      readonly waitMs: number | undefined
      readonly cause?: unknown
    }

/** The header that carries a secret. */
export function credentialOf({ header }: Pick<ReadOptions, 'header'>, secret: string): readonly [string, string] {
  return header === undefined ? ['Authorization', `Bearer ${secret}`] : [header, secret]
}

/** Asks for a new secret. Never rejects. */
export async function askFor(
  options: ReadOptions & { readonly url: string | URL },
  secret: string,
  key: string,
): Promise<Answer> {
  const { url, fetch, timeoutMs } = options
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: Object.fromEntries([credentialOf(options, secret), ['Idempotency-Key', key]]),
      // Whoever answers from elsewhere gets no secret.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return answerIn(response.status, await response.text(), response.headers.get('retry-after'))
  } catch (cause) {
    return { what: 'unknown', waitMs: undefined, cause }
  }
}

function answerIn(status: number, text: string, retryAfter: string | null): Answer {
  const body = objectIn(text) ?? {}
  const { secret, renewFrom, expiresAt } = body
  const waitMs = retryAfter !== null && /^\d{1,8}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : undefined
  if (status === 200 && isSecret(secret))
    return {
      ...{ what: 'renewed', secret },
      ...(isMoment(renewFrom) && { renewFrom }),
      ...(isMoment(expiresAt) && { expiresAt }),
    }
  const code = typeof body.code === 'string' && /^\w{1,64}$/.test(body.code) ? body.code : undefined
  if (code === undefined || status >= 500 || status === 429) return { what: 'unknown', status, waitMs }
  if (code === 'renewal_too_early')
    return { what: 'early', renewFrom: isMoment(renewFrom) ? renewFrom : undefined, waitMs }
  if (code === 'idempotency_key_reused') return { what: 'spent' }
  if (status === 401 || code === 'secret_superseded' || code === 'version_conflict')
    return { what: 'replaced', status, code }
  return { what: 'refused', status, code }
}
