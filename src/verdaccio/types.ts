/** What verdaccio 6 gives a plugin and asks of it, as far as this one goes. verdaccio's own types are not needed by anybody. */
import type { NodeRequest, NodeResponse } from '../http/node-side.ts'
import type { NpmPolicyOptions } from '../npm/policy.ts'

/**
 * What stands below the plugin's name in verdaccio's YAML: either `engine`, or `store` and `directory` with the options of
 * `npmPolicy`. Paths are as seen from the configuration.
 */
export interface VerdaccioOptions extends Partial<Omit<NpmPolicyOptions, 'errors'>> {
  /** The module whose default export is what `createPlanTokens` or `createAuthorizer` returned, with `npmPolicy` among its policies. */
  readonly engine?: string
  /** The module whose default export is a store, the one in which your application makes tokens. */
  readonly store?: string
  /** The module whose default export is the directory. */
  readonly directory?: string
  /** With `store`: for how many milliseconds it may answer from memory. Default 0. */
  readonly freshnessMs?: number
}

/** Where verdaccio logs. */
export interface VerdaccioLogger {
  /** Logs an error. */
  error(details: object, message: string): void
}

/** What verdaccio gives a plugin. */
export interface VerdaccioContext {
  readonly config: { readonly configPath?: string }
  readonly logger: VerdaccioLogger
}

/** A user as verdaccio has it. */
export interface VerdaccioUser {
  readonly name?: string | undefined
}
/** How verdaccio makes one. */
export interface VerdaccioHelpers {
  /** A user with a name and groups. */
  createRemoteUser(name: string, groups: string[]): VerdaccioUser
}
/** An error with a status, or an answer. */
export type VerdaccioAnswer<T> = (error: Error | null, answer?: T) => void
/** A package that verdaccio asks about. */
export interface VerdaccioPackage {
  readonly name: string
}
/** A request of verdaccio's server. */
export interface VerdaccioRequest extends NodeRequest {
  /** Where it came from, as Express says by verdaccio's `server.trustProxy`. */
  readonly ip?: unknown
  /** Who sends it, for what comes after the middleware. */
  remote_user?: VerdaccioUser
  /** Stops what flows. */
  pause(): unknown
  /** Listens to an event. */
  on(event: string, listener: (chunk: Uint8Array) => void): unknown
  /** Whether a body parser has run. */
  _body?: boolean
}

/** An Express middleware. */
export type VerdaccioMiddleware = (
  request: VerdaccioRequest,
  response: NodeResponse,
  next: (error?: unknown) => void,
) => void

/** The plugin, as verdaccio calls it. */
export interface VerdaccioPlugin {
  /** Reads the bearer token of each request and decides about the request. */
  apiJWTmiddleware(helpers: VerdaccioHelpers): VerdaccioMiddleware
  /** A login with a name and a password: always refused. */
  authenticate(name: string, password: string, answer: VerdaccioAnswer<string[]>): void
  /** A new user: always refused. */
  adduser(name: string, password: string, answer: VerdaccioAnswer<boolean>): void
  /** Whether a package may be read in the request that was let through. */
  allow_access(user: VerdaccioUser, about: VerdaccioPackage, answer: VerdaccioAnswer<boolean>): void
  /** Whether it may be changed there. */
  allow_publish(user: VerdaccioUser, about: VerdaccioPackage, answer: VerdaccioAnswer<boolean>): void
  /** Whether it, or a version of it, may be removed there. */
  allow_unpublish(user: VerdaccioUser, about: VerdaccioPackage, answer: VerdaccioAnswer<boolean>): void
}
