/** What a matrix holds. Who makes it: policy/matrix.ts. Who prints it: policy/matrix-text.ts. */
import type { Limits } from '../core/policy-data.ts'

/** What one endpoint asks for, and who can have it. */
export interface MatrixEndpoint {
  readonly route: string
  /** Why no token may use it; absent if it is open. */
  readonly closed?: string
  /** Sets of scopes, any one of which is enough; one empty set if none is needed. */
  readonly scopes: readonly (readonly string[])[]
  /** Whether a request without a credential is let through. */
  readonly public?: true
  /** The types of which a token can be given one of these sets. */
  readonly types: readonly string[]
  readonly tiers: readonly string[]
  /** What a request names, one line for each: `file in path:file_key`. Or `nothing`, or `the whole plan`. */
  readonly names: readonly string[]
  /** Which tokens get through, by what they are limited to. */
  readonly allowlist: 'any' | 'covering' | 'filtered' | 'all resources'
  /** Parameters that are no resource, and what they may be: a form, or one of a list of words. */
  readonly params: { readonly [param: string]: string | readonly string[] }
  readonly checks: readonly string[]
}

/** A type of token, and what it can be given. */
export interface MatrixType {
  readonly name: string
  readonly prefix: string
  /** Scopes that come with it, or that can be chosen. */
  readonly scopes: readonly string[]
  readonly isFixed: boolean
  /** Its tokens are made with a list of addresses; absent where they need none. */
  readonly needsAddresses?: true
  /** From which part of their life on its tokens may renew themselves; absent where none may. */
  readonly renewsAfter?: number
}

/** A scope, who can have it, and where it counts. */
export interface MatrixScope {
  readonly name: string
  readonly types: readonly string[]
  readonly routes: readonly string[]
  readonly deprecated: boolean
  /** Its earlier names: a token that was granted one of them holds it. */
  readonly aliases: readonly string[]
}

/** A kind of resource, how its ids look, and where it is named. */
export interface MatrixKind {
  readonly name: string
  readonly id: string
  readonly max: number
  /** The kinds directly above it. Where `under` holds, the first is the one whose ids its own begin with. */
  readonly parents: readonly string[]
  readonly under: boolean
  readonly routes: readonly string[]
}

/** All that a policy allows, as data. */
export interface MatrixData {
  readonly v: 1
  readonly surface: string
  readonly credential: readonly string[]
  readonly tiers: readonly string[]
  readonly limits: Required<Limits>
  readonly endpoints: readonly MatrixEndpoint[]
  readonly types: readonly MatrixType[]
  readonly scopes: readonly MatrixScope[]
  readonly kinds: readonly MatrixKind[]
  readonly links: { readonly hosts: readonly string[]; readonly shapes: readonly string[]; readonly tail: number }
}
