/**
 * What is kept of a secret, as text: JSON with the secret, its dates, and the renewal that is under way. At first it may be the secret
 * alone. Other fields of the JSON stay as they are.
 */

/**
 * A renewal that somebody has begun. Its key stands beside the secret, so that whoever goes on after a crash sends the same one.
 */
export interface Attempt {
  readonly key: string
  /** When, epoch milliseconds. */
  readonly at: number
  /** Which instance, by a random name. */
  readonly by: string
}

/** What is kept. */
export interface Kept {
  readonly secret: string
  /** From when on it can be renewed; absent where nobody knows yet. */
  readonly renewFrom?: number
  readonly expiresAt?: number
  readonly attempt?: Attempt
}

/** Reads a text; `undefined` for one that holds no secret. */
export function parseKept(text: string): Kept | undefined {
  const trimmed = text.trim()
  if (!trimmed.startsWith('{')) return isSecret(trimmed) ? { secret: trimmed } : undefined
  const fields = objectIn(trimmed)
  if (!fields || !isSecret(fields.secret)) return undefined
  const { attempt, renewFrom, expiresAt, ...rest } = fields
  return {
    ...rest,
    secret: fields.secret,
    ...(isMoment(renewFrom) && { renewFrom }),
    ...(isMoment(expiresAt) && { expiresAt }),
    ...(isAttempt(attempt) && { attempt }),
  }
}

/** The text of what is to be kept. */
export const textOf = (kept: Kept): string => JSON.stringify(kept)

/** What is kept without a renewal under way. */
export function settled({ attempt: _, ...kept }: Kept): Kept {
  return kept
}

/** Printable characters without spaces, as any header takes them. */
export const isSecret = (value: unknown): value is string => typeof value === 'string' && /^[!-~]{1,4096}$/.test(value)
/** Whether a value is a moment: whole epoch milliseconds. */
export const isMoment = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function isAttempt(value: unknown): value is Attempt {
  const { key, at, by } = Object(value) as { readonly [F in keyof Attempt]?: unknown }
  return typeof key === 'string' && /^[!-+\--~]{1,200}$/.test(key) && isMoment(at) && typeof by === 'string'
}

/** The fields of a JSON object; `undefined` for anything else. */
export function objectIn(text: string): { readonly [field: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { readonly [field: string]: unknown })
      : undefined
  } catch {
    return undefined
  }
}
