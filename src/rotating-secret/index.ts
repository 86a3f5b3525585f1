/**
 * `plan-access-tokens/rotating-secret`: for whoever uses a token that renews itself. It keeps the newest secret, and gets the next one
 * when it is due. Imports nothing, neither a package nor any other part of this one.
 */
export { RotatingSecretError, type RotatingSecretProblem } from './error.ts'
export type { RotatingSecretOptions } from './options.ts'
export { createRotatingSecret, type RotatingSecret } from './rotating.ts'
