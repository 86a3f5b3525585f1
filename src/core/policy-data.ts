/**
 * A policy as data: what one surface's API looks like to a token. It is JSON and survives `JSON.parse(JSON.stringify(…))`.
 * How it is checked and compiled: core/policy.ts. A worked example: figma/policy.ts; a guide: docs/policy.md.
 */
import type { Denial, RenderedDenial } from './denial.ts'
import type { ResourceRef } from './resources.ts'
import type { ScopeAlternative } from './scope-alternatives.ts'
import type { SelfRenewalRule } from './self-renewing.ts'

/**
 * Where a value stands in a request: `'path:file_key'` (a parameter of the route), `'query:context_id'`, or
 * `'body:items[].file_key'` (fields of a JSON body; `[]` for each entry of a list).
 */
export type Source = `${'path' | 'query' | 'body'}:${string}`

/** One resource that a request names. */
export interface NamedResource<Kind extends string = string> {
  /** Fixed, or told by another value of the request, which must be one of a list. */
  readonly kind: Kind | 'plan' | { readonly from: Source; readonly of: readonly (Kind | 'plan')[] }
  /** Where its id stands. */
  readonly at: Source
  /** Stripped from the value; a value without it is `request_malformed`. */
  readonly prefix?: string
  /** Put before the value: `@acme/` makes the id `@acme/ui` of `ui`. */
  readonly stem?: string
  /** The `at` of another resource of the same endpoint, which must be above this one. */
  readonly within?: Source
  /**
   * It is there only to be above another one, which names it as `within`: it has to be above that, and the token need not reach it.
   * For the beginning of a nested route, of which the answer shows nothing but what lies in it.
   */
  readonly above?: true
}

/**
 * What a request names: nothing of a plan; the whole plan, which only a token with all resources may; every one of a list;
 * or some of a list, where `none` says what it means if there is none of them. `'filtered'` names nothing either: the handler
 * answers for many resources and shows only those within `decision.reach`.
 */
export type Names<Kind extends string = string> =
  | 'nothing'
  | 'plan'
  | 'filtered'
  | readonly NamedResource<Kind>[]
  | { readonly anyOf: readonly NamedResource<Kind>[]; readonly none: 'plan' | 'refuse' | 'filtered' }

/** What a parameter that is no resource may be: anything, digits, or one of a list. Whatever else is another endpoint. */
export type FreeParameter = 'any' | 'digits' | readonly string[]

/** One endpoint, under its route: `'GET /v1/files/{file_key}'`. */
export interface Endpoint<Scope extends string = string, Kind extends string = string> {
  /** Any one of them is enough; an empty list needs none. A list inside of it means all of its scopes together. */
  readonly scopes: readonly ScopeAlternative<Scope>[]
  /** Always said, since an endpoint that names nothing is one where no plan is checked. */
  readonly names: Names<Kind>
  /** Parameters of the route that are no resource. */
  readonly params?: { readonly [param: string]: FreeParameter }
  /** Tiers that may use it, where these are fewer than the policy's. */
  readonly tiers?: readonly string[]
  /** Known, but not open to plan access tokens: the reason, in a sentence for `explain` and for `PolicyCode.errors`. */
  readonly closed?: string
  /**
   * Open to requests without a credential. One that is sent is judged all the same, and a wrong one refused. Needs empty `scopes`
   * and the names `'nothing'`; excludes `tiers`, `closed` and `checks`.
   */
  readonly public?: true
  /**
   * What else must hold, by name: a sentence for `explain`. The name, best with a version such as `attachments@1`, is that of a
   * function of `PolicyCode.checks`. If it says no, the request is `request_malformed`.
   */
  readonly checks?: { readonly [name: string]: string }
}

/** What a scope is called on a page. */
export interface ScopeInfo {
  readonly title?: string
  readonly group?: string
  /** Why it is deprecated and what to use. It can still be granted; the token then carries a warning. */
  readonly deprecated?: string
  /** Its earlier names: a token that was granted one of them holds this scope. Nobody can be granted them any more. */
  readonly aliases?: readonly string[]
}

/** A kind of resource. */
export interface KindInfo<Kind extends string = string> {
  /**
   * What its ids look like, in links and in requests: `digits`, `base62` (letters and digits), `name` (those, `.`, `_`, `@` and
   * `-`), or as in a column of that type in SQL: `integer` (0 to 2,147,483,647), `bigint` (0 to 9,223,372,036,854,775,807),
   * both without zeros before them, and `uuid`. A request with another id is `resource_not_in_plan`, and the directory is not
   * asked. Default: `name` in links, anything in requests.
   */
  readonly id?: 'digits' | 'base62' | 'name' | 'integer' | 'bigint' | 'uuid'
  /** How many characters an id may have at most, 1 to 512. Default 128. */
  readonly max?: number
  /** The kinds that can be directly above it. Links that chain kinds may only descend. */
  readonly parents?: readonly Kind[]
  /**
   * Its ids are `above/name`, where `above` is an id of its first parent, and it lies where that one lies: the directory is
   * asked for that one alone. So a resource that does not exist yet can be named.
   */
  readonly under?: true
}

/** A type of token. Without `scopes` it grants every grantable one; `fixed` scopes come with the type and are not chosen. */
export interface TokenType<Scope extends string = string> {
  /** What its secrets begin with, before an underscore: `[A-Za-z][A-Za-z0-9_]*` that does not end in one, different for each type of a deployment. */
  readonly prefix: string
  readonly title?: string
  readonly scopes?: readonly Scope[]
  readonly fixed?: readonly Scope[]
  /** Its tokens are made and edited only with a list of addresses that they may be used from. */
  readonly addresses?: 'required'
  /** Its tokens may be made such that they renew themselves. Needs the option `selfRenewal` of the engine. Default: none may. */
  readonly selfRenewal?: SelfRenewalRule
}

/** Numbers of a policy: whole ones from 1, each with a default. */
export interface Limits {
  /** The longest lifetime of a token, in whole days, at most 36,500. Default 365. */
  readonly lifetimeDays?: number
  /** How long a secret works after it was replaced, in hours, at most 8,760. Default 24. */
  readonly graceHours?: number
  /** How many secrets of one token may work at the same time, at most 1,000. Default 10. */
  readonly liveSecrets?: number
  /** How many links an allowlist may hold, at most 100,000. Default 1,000. */
  readonly links?: number
  /** How many resources one request may name, at most 100,000. Default 1,000. */
  readonly resources?: number
  /** How many bytes of a body are read, at most 1,073,741,824 (1 GiB). Default 1,048,576. */
  readonly bodyBytes?: number
}

/** The whole policy. The type parameters carry the names that flow into `create`, `edit` and `explain`. */
export interface PolicyData<
  Scope extends string = string,
  Reserved extends string = string,
  Types = { readonly [type: string]: TokenType },
  Kind extends string = string,
  Route extends string = string,
> {
  /** The name of the surface, different for each policy of a deployment. */
  readonly surface: string
  /** Where the secret stands: header names in lower case, and whether `Authorization: Bearer` is one. */
  readonly credential: { readonly headers: readonly string[]; readonly bearer: boolean }
  /** The tiers whose plans may have tokens. */
  readonly tiers: readonly string[]
  readonly limits?: Limits
  readonly scopes: { readonly [S in Scope]: ScopeInfo }
  /** Known and not grantable; may be unused. */
  readonly reserved?: { readonly [S in Reserved]: ScopeInfo }
  readonly types: Types
  readonly kinds: { readonly [K in Kind]: KindInfo<NoInfer<Kind>> }
  /**
   * Links that people paste. A shape is a path: `(a|b)` is one of these words, `[…]` may be left out, `*` is a word that no
   * shape has, `{kind}` is an id of that kind, `{kind:22}` one of 22 characters at least, and the last one is the resource;
   * `{plan}` is the plan that the link claims. `tail`: how many free segments (titles) may follow; any number where a shape
   * ends in `**`.
   */
  readonly links: { readonly hosts: readonly string[]; readonly tail?: 0 | 1; readonly shapes: readonly string[] }
  readonly endpoints: { readonly [R in Route]: Endpoint<NoInfer<Scope | Reserved>, NoInfer<Kind>> }
}

/** What a check looks at. */
export interface CheckedRequest {
  /** The values of the route's parameters, decoded. */
  readonly params: { readonly [name: string]: string }
  /** The resources that it names, in the order of the endpoint. */
  readonly resources: readonly ResourceRef[]
  /** What JSON gave; `undefined` if there is none, or it cannot be read, or is too long. */
  readonly body: unknown
}

/** The code that stands beside a policy's data. None of it can let a request through that the data would refuse. */
export interface PolicyCode {
  /**
   * How a refusal is rendered. Gives status (400 or above), headers and body; what cannot be sent is rendered as problem+json
   * (RFC 9457), which is the default.
   */
  readonly errors?: (denial: Denial) => RenderedDenial
  /** The checks of the endpoints, by name. Only `true` is a yes; a name without a function is a no. */
  readonly checks?: {
    /** Whether a request holds what the sentence of the same name says. */
    readonly [name: string]: (request: CheckedRequest) => boolean
  }
  /**
   * The one spelling in which the data is written, where clients use others as well. What comes of it is judged as if it had been
   * sent; where a function throws or gives no text, the request or the link is malformed.
   */
  readonly spelling?: {
    /** Of a request target, which the server behind must read in the same way in both spellings. */
    readonly target?: (target: string) => string
    /** Of a link, without its query and fragment. */
    readonly link?: (link: string) => string
  }
}
