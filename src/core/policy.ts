/**
 * `definePolicy`: a policy's data, checked all at once and compiled into what the rules use. The data and its types:
 * core/policy-data.ts. What is checked: core/policy-check.ts. The rules: core/decide.ts.
 */

import { type CredentialPlaces, placesOf } from './credential-places.ts'
import { createDenials, type Denials, problemJson } from './denial.ts'
import { buildTrie, type CompiledEndpoint, type EndpointTrie } from './endpoints.ts'
import { SetupError } from './errors.ts'
import { issueAt } from './issue.ts'
import { buildKindForms, type KindForms } from './kinds.ts'
import { buildLinks, type LinkTable } from './link-shapes.ts'
import { type LinkReport, type ParsedLink, parseLink, parseLinks } from './links.ts'
import { checkMeaning, type ReadPolicy, readCode, readShape } from './policy-check.ts'
import type { KindInfo, Limits, PolicyCode, PolicyData, ScopeInfo, TokenType } from './policy-data.ts'
import { compileEndpoint } from './policy-endpoints.ts'
import { secretPattern } from './secret.ts'
import type { SelfRenewalRule } from './self-renewing.ts'
import type { Tell } from './setup.ts'

/** The scopes that `create` takes, by token type. */
export type AnyGrants = { readonly [type: string]: string }

/** For each token type the scopes that `create` takes. */
export type GrantsOf<Scope extends string, Types> = {
  readonly [X in keyof Types & string]: 0 extends 1 & Types
    ? string
    : Types[X] extends { readonly fixed: readonly unknown[] }
      ? never
      : Types[X] extends { readonly scopes: readonly (infer Chosen extends string)[] }
        ? Chosen
        : Scope
}

/** A scope as a page shows it. */
export interface ScopeView extends ScopeInfo {
  readonly name: string
  /** The token types that can be granted it; none for a reserved one. */
  readonly types: readonly string[]
}

/** A token type as a page shows it. */
export interface TypeView {
  readonly name: string
  readonly title?: string
  /** What its secrets begin with. */
  readonly prefix: string
  /** The scopes that can be chosen; none if they are fixed. */
  readonly scopes: readonly string[]
  /** The scopes that come with the type. */
  readonly fixed: readonly string[]
  /** The source of a regular expression that finds its secrets in text, for secret scanners. */
  readonly secretPattern: string
  /** Its tokens need a list of addresses that they may be used from. */
  readonly addresses?: 'required'
  /** Its tokens may be made such that they renew themselves. */
  readonly selfRenewal?: SelfRenewalRule
}

/**
 * A policy, checked and compiled. Its type parameters live in the types only: the scopes of each token type, the routes, and
 * which of these are public. Made by `definePolicy` alone.
 */
export interface Policy<
  out Grants extends AnyGrants = AnyGrants,
  out Route extends string = string,
  out Public extends string = string,
> {
  readonly surface: string
  /** The data it was made of, frozen; JSON. */
  readonly data: PolicyData
  readonly scopes: readonly ScopeView[]
  readonly types: readonly TypeView[]
  readonly limits: Required<Limits>
  /** Reads what a person pastes: every resource and every mistake with its place, all at once. Linear in the text. */
  parseLinks(text: string): LinkReport
  /** Reads one link. */
  parseLink(link: string): ParsedLink
  readonly '~types'?: { readonly grants: Grants; readonly route: Route; readonly public: Public }
}

/** Any policy without public endpoints: whatever is let through has a token. */
export type TokenOnlyPolicy = Policy<AnyGrants, string, never>

/** The token types of a policy. */
export type TypeOf<P extends Policy> = P extends Policy<infer Grants> ? keyof Grants & string : never
/** The scopes that a policy grants to a type, or to any. */
export type ScopeOf<P extends Policy, X extends string = string> =
  P extends Policy<infer Grants> ? Grants[keyof Grants & X] : never
/** The routes of a policy. */
export type RouteOf<P extends Policy> = P extends Policy<infer _, infer Route> ? Route : never

/** The routes of a policy that are public; `never` if it has none. */
export type PublicRouteOf<P extends Policy> = P extends Policy<infer _, infer __, infer Public> ? Public : never

/** The routes whose endpoints say, or may say, that they are public. */
export type PublicIn<Open> = {
  [R in keyof Open]: unknown extends Open[R] ? never : true extends Open[R] ? R : never
}[keyof Open] &
  string

/** What the rules use of a policy. */
export interface CompiledPolicy {
  readonly surface: string
  readonly credential: CredentialPlaces
  readonly tiers: ReadonlySet<string>
  readonly limits: Required<Limits>
  readonly types: ReadonlyMap<string, CompiledType>
  readonly scopes: ReadonlyMap<string, ScopeInfo>
  readonly reserved: ReadonlyMap<string, ScopeInfo>
  readonly deprecated: ReadonlySet<string>
  /** Earlier names of scopes, with the ones that they have now. */
  readonly renamed: ReadonlyMap<string, string>
  readonly links: LinkTable
  /** How ids of its kinds look. */
  readonly kinds: KindForms
  readonly trie: EndpointTrie
  readonly routes: ReadonlyMap<string, CompiledEndpoint>
  /** Whether an endpoint is public: only then a request without a credential has its target read. */
  readonly hasPublic: boolean
  readonly denials: Denials
  readonly spelling: ((target: string) => string) | undefined
  /** Checks that the data names and that no function stands for, by route: such an endpoint refuses everything. */
  readonly missingChecks: readonly string[]
}

/** A token type made ready. */
export interface CompiledType {
  readonly name: string
  readonly prefix: string
  readonly grantable: ReadonlySet<string>
  readonly fixed: readonly string[] | undefined
  readonly addresses: 'required' | undefined
  readonly selfRenewal: SelfRenewalRule | undefined
}

/** A token type and the policy that it belongs to. */
export interface TypeEntry {
  readonly policy: CompiledPolicy
  readonly type: CompiledType
}

const DEFAULT_LIMITS: Required<Limits> = {
  lifetimeDays: 365,
  graceHours: 24,
  liveSecrets: 10,
  links: 1_000,
  resources: 1_000,
  bodyBytes: 1_048_576,
}

const compiled: unique symbol = Symbol('compiled')

/**
 * Checks a policy and makes it ready for use. The names of its scopes, token types and routes flow into the types of
 * `create`, `edit` and `explain`; a policy that is read at run time takes plain strings.
 *
 * @throws SetupError with every mistake at once: an unknown scope, kind or field, two endpoints that claim the same path, a
 * scope that no endpoint uses and that is not reserved, a parameter that is neither a resource nor declared as free, …
 * @example
 * const policy = definePolicy({
 *   surface: 'invoices', credential: { headers: [], bearer: true }, tiers: ['business'],
 *   scopes: { 'invoice:read': {} }, types: { live: { prefix: 'inv' } }, kinds: { project: { id: 'digits' } },
 *   links: { hosts: ['app.example.com'], shapes: ['/p/{project}'] },
 *   endpoints: { 'GET /projects/{id}': { scopes: ['invoice:read'], names: [{ kind: 'project', at: 'path:id' }] } },
 * })
 */
export function definePolicy<
  Scope extends string,
  const Types extends { readonly [type: string]: TokenType<Scope> },
  Kind extends string,
  Route extends string,
  Reserved extends string = never,
  Open = unknown,
>(
  data: PolicyData<Scope, Reserved, Types, Kind, Route> & {
    readonly endpoints: { readonly [R in keyof Open]: { readonly public?: Open[R] } }
  },
  code: PolicyCode = {},
): Policy<GrantsOf<Scope, Types>, Route, PublicIn<Open>> {
  const shaped = readShape(data)
  const ready = compile(shaped, readCode(code, shaped.issues))
  const read = shaped.data
  const { surface, limits } = ready
  const types = [...ready.types.values()].map((type) => typeView(type, read.types[type.name] as TokenType))
  const policy = {
    surface,
    data: read,
    scopes: [...ready.scopes, ...ready.reserved].map(([name, info]) => scopeView(name, info, ready)),
    types,
    limits,
    parseLinks: (text: string) => parseLinks(ready.links, text),
    parseLink: (link: string) => parseLink(ready.links, link),
  }
  Object.defineProperty(policy, compiled, { value: ready })
  return Object.freeze(policy)
}

/** The compiled form of a policy that `definePolicy` made; `undefined` for anything else. */
export function compiledOf(policy: Policy): CompiledPolicy | undefined {
  return (policy as { readonly [compiled]?: CompiledPolicy } | undefined)?.[compiled]
}

function compile(read: ReadPolicy, code: PolicyCode): CompiledPolicy {
  const { data, issues } = read
  const tell: Tell = (at, message) => void issues.push(issueAt(at, message))
  checkMeaning(read, tell)
  const kinds = new Map<string, KindInfo>(Object.entries(data.kinds))
  const links = buildLinks(data.links, kinds, code.spelling?.link, (shape, message) =>
    tell(['links', 'shapes', shape], message),
  )
  const denials = createDenials(data.surface, data.credential, code.errors ?? problemJson)
  const scopes = new Map<string, ScopeInfo>(Object.entries(data.scopes))
  const reserved = new Map<string, ScopeInfo>(Object.entries(data.reserved ?? {}))
  const deprecated = new Set(
    [...scopes, ...reserved].filter(([, info]) => info.deprecated !== undefined).map(([name]) => name),
  )
  const endpoints = Object.entries(data.endpoints).map(([route, endpoint]) =>
    compileEndpoint(route, endpoint, code, denials, deprecated, tell),
  )
  const trie = buildTrie(endpoints, (route, other) =>
    tell(['endpoints', route], `claims the same path as "${other}": names of parameters and letter case do not count.`),
  )
  if (issues.length > 0) throw new SetupError('definePolicy', issues)
  return {
    surface: data.surface,
    credential: placesOf(data.credential),
    tiers: new Set(data.tiers),
    limits: { ...DEFAULT_LIMITS, ...data.limits },
    types: new Map(Object.entries(data.types).map(([name, type]) => [name, compileType(name, type, scopes)])),
    scopes,
    reserved,
    deprecated,
    renamed: new Map(
      [...scopes, ...reserved].flatMap(([name, { aliases = [] }]) => aliases.map((alias) => [alias, name] as const)),
    ),
    links,
    kinds: buildKindForms(kinds),
    trie,
    routes: new Map(endpoints.map((endpoint) => [endpoint.view.route, endpoint])),
    hasPublic: endpoints.some(({ isPublic }) => isPublic),
    denials,
    spelling: code.spelling?.target,
    missingChecks: missingChecks(data, code),
  }
}

function compileType(
  name: string,
  { prefix, scopes, fixed, addresses, selfRenewal }: TokenType,
  all: ReadonlyMap<string, ScopeInfo>,
): CompiledType {
  return { name, prefix, grantable: new Set(fixed ? [] : (scopes ?? all.keys())), fixed, addresses, selfRenewal }
}

/** `"text@1" of PUT /novel/{page}` for each check without a function. */
function missingChecks({ endpoints }: PolicyData, code: PolicyCode): readonly string[] {
  return Object.entries(endpoints).flatMap(([route, { checks = {} }]) =>
    Object.keys(checks)
      .filter((name) => typeof code.checks?.[name] !== 'function')
      .map((name) => `${JSON.stringify(name)} of ${route}`),
  )
}

function scopeView(name: string, info: ScopeInfo, { types }: CompiledPolicy): ScopeView {
  const holders = [...types.values()].filter((type) => type.grantable.has(name) || type.fixed?.includes(name))
  return Object.freeze({ name, ...info, types: holders.map((type) => type.name) })
}

function typeView(
  { name, prefix, grantable, fixed, addresses, selfRenewal }: CompiledType,
  { title }: TokenType,
): TypeView {
  return Object.freeze({
    name,
    ...(title !== undefined && { title }),
    prefix,
    scopes: [...grantable],
    fixed: fixed ?? [],
    secretPattern: secretPattern(prefix),
    ...(addresses !== undefined && { addresses }),
    ...(selfRenewal !== undefined && { selfRenewal }),
  })
}
