/** What goes wrong while a secret is kept and renewed. None of it holds a secret or a key. */

/**
 * What went wrong. `read_failed`, `write_failed`: what the host gave threw. `kept_unreadable`: what was read holds no secret.
 * `kept_missing`: nothing was read. `renewal_failed`: no answer came, or one that says nothing. `renewal_refused`: the server said no; its
 * code is in `refusal`.
 */
export type RotatingSecretProblem =
  | 'read_failed'
  | 'write_failed'
  | 'kept_missing'
  | 'kept_unreadable'
  | 'renewal_failed'
  | 'renewal_refused'

const MESSAGES: { readonly [P in RotatingSecretProblem]: string } = {
  read_failed: 'The secret could not be read.',
  write_failed: 'The secret could not be written.',
  kept_missing: 'There is no secret yet: put the one that the token was made with where read() reads.',
  kept_unreadable: 'What was read is neither a secret nor JSON with the field secret.',
  renewal_failed: 'The token could not be renewed just now; it is tried again.',
  renewal_refused: 'The server does not renew the token.',
}

/** Something that went wrong. */
export class RotatingSecretError extends Error {
  override readonly name = 'RotatingSecretError'
  readonly code: RotatingSecretProblem
  /** Of `renewal_refused` and `renewal_failed`: the status of the answer, if one came. */
  readonly status: number | undefined
  /** Of `renewal_refused`: the server's code, such as `renewal_ended`. */
  readonly refusal: string | undefined

  constructor(
    code: RotatingSecretProblem,
    more: { readonly status?: number; readonly refusal?: string; readonly cause?: unknown } = {},
  ) {
    const { status, refusal, cause } = more
    super(
      `${MESSAGES[code]}${refusal === undefined ? '' : ` It says ${refusal}.`}`,
      cause === undefined ? {} : { cause },
    )
    this.code = code
    this.status = status
    this.refusal = refusal
  }
}
