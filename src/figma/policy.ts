/**
 * Figma's rules as a policy: the worked example and the conformance target. Made with `definePolicy` and with nothing else.
 * Where the page of Figma's docs and the published spec differ, the page is followed and the difference is an option; each is
 * a row of docs/figma-conformance.md.
 */

import * as z from 'zod/mini'
import { definePolicy, type Policy } from '../core/policy.ts'
import type { Endpoint, PolicyCode } from '../core/policy-data.ts'
import { linkHost, selfRenewalRule } from '../core/policy-schema.ts'
import { PREFIX_PATTERN } from '../core/secret.ts'
import type { SelfRenewalRule } from '../core/self-renewing.ts'
import { readOptions } from '../core/setup.ts'
import { atLeastOne, callable, matching } from '../core/shape.ts'
import { CODE_CONNECT_ENDPOINTS, DOCUMENTED_ENDPOINTS, ENTERPRISE_PATHS, SPEC_ENDPOINTS } from './endpoints.ts'
import { figmaProblems } from './errors.ts'
import { FIGMA_KINDS, FIGMA_LINKS } from './links.ts'
import { type FigmaScope, RESERVED, type ReservedScope, SCOPES } from './scopes.ts'

/** Where sources differ, and what the host wants. */
export interface FigmaPolicyOptions {
  /** `GET …/variables/local` and `…/variables/published`: open by the page, closed in the spec. Default `open`. */
  readonly variablesRead?: 'open' | 'closed'
  /** `GET /v1/payments`: open by the page, closed in the spec; it has no scope and names no resource. Default `closed`. */
  readonly payments?: 'open' | 'closed'
  /** `GET /v1/discovery`: open by the page, by its own documentation only for OAuth 2. Default `open`. */
  readonly discovery?: 'open' | 'closed'
  /** Whether the endpoints that Figma serves to enterprise plans alone are refused to others. Default `open`: the page names no such limit. */
  readonly endpointTiers?: 'open' | 'enforce'
  /**
   * The hosts of links, in place of `figma.com` and `www.figma.com`: `['www.figma-gov.com']` for Figma for Government, or all of
   * those that people may paste, `embed.figma.com` among them. A file of one host is taken for the same file on each.
   */
  readonly hosts?: readonly string[]
  /**
   * What secrets begin with. Default `figpat`. Programs that check the form of a token ask for `figd`, with which Figma's own
   * personal access tokens begin; scanners will then take a leaked one for one of Figma's.
   */
  readonly prefix?: string
  /** Lets an admin make tokens that renew themselves (docs/self-renewal.md). Default: none does. */
  readonly selfRenewal?: SelfRenewalRule
  /**
   * How refusals are rendered: `figmaErrors`, or a function of the host. Default: problem+json (RFC 9457) with the members `err`
   * and `message`, by which clients of Figma's API tell a refusal.
   */
  readonly errors?: NonNullable<PolicyCode['errors']>
}

/** A route of Figma's policy. */
export type FigmaRoute =
  | keyof typeof SPEC_ENDPOINTS
  | keyof typeof DOCUMENTED_ENDPOINTS
  | keyof typeof CODE_CONNECT_ENDPOINTS
/** None is public. */
type FigmaEndpoint = Omit<Endpoint<FigmaScope | ReservedScope, keyof typeof FIGMA_KINDS>, 'public'>

/**
 * Figma's policy: surface `figma`, token type `rest`.
 *
 * @throws SetupError for an option that does not exist or has another value.
 * @example
 * const tokens = createPlanTokens({ policy: figmaPolicy({ errors: figmaErrors }), store, directory })
 */
export function figmaPolicy(
  options: FigmaPolicyOptions = {},
): Policy<{ readonly rest: FigmaScope }, FigmaRoute, never> {
  const {
    variablesRead,
    payments,
    discovery,
    endpointTiers,
    hosts,
    prefix = 'figpat',
    selfRenewal,
    errors,
  } = withDefaults(options)
  const closedNow: readonly (readonly [isClosed: boolean, path: RegExp, reason: string])[] = [
    [variablesRead === 'closed', /\/variables\/(local|published)$/, 'the published spec does not open it to them'],
    [payments === 'closed', /\/payments$/, 'it names no resource of a plan'],
    [discovery === 'closed', /\/discovery$/, 'its documentation asks for OAuth 2'],
  ]
  const withOptions = ([route, endpoint]: [string, FigmaEndpoint]): [string, FigmaEndpoint] => {
    const closed = closedNow.find(([isClosed, path]) => isClosed && path.test(route))?.[2]
    const isEnterprise = endpointTiers === 'enforce' && ENTERPRISE_PATHS.test(route)
    return [
      route,
      { ...endpoint, ...(closed !== undefined && { closed }), ...(isEnterprise && { tiers: ['enterprise'] }) },
    ]
  }
  const endpoints = Object.fromEntries(
    Object.entries<FigmaEndpoint>({ ...SPEC_ENDPOINTS, ...DOCUMENTED_ENDPOINTS, ...CODE_CONNECT_ENDPOINTS }).map(
      withOptions,
    ),
  )
  return definePolicy(
    {
      surface: 'figma',
      credential: { headers: ['x-figma-token'], bearer: true },
      tiers: ['organization', 'enterprise'],
      limits: { lifetimeDays: 365, graceHours: 24, liveSecrets: 10 },
      scopes: SCOPES,
      reserved: RESERVED,
      types: { rest: { prefix, title: 'REST API', ...(selfRenewal && { selfRenewal }) } },
      kinds: FIGMA_KINDS,
      links: hosts ? { ...FIGMA_LINKS, hosts } : FIGMA_LINKS,
      endpoints: endpoints as { readonly [R in FigmaRoute]: FigmaEndpoint },
    },
    { errors: errors ?? figmaProblems },
  )
}

const optionsSchema = z.strictObject({
  variablesRead: z.optional(z.literal(['open', 'closed'])),
  payments: z.optional(z.literal(['open', 'closed'])),
  discovery: z.optional(z.literal(['open', 'closed'])),
  endpointTiers: z.optional(z.literal(['open', 'enforce'])),
  hosts: z.optional(atLeastOne(linkHost)),
  prefix: z.optional(
    matching(PREFIX_PATTERN, 'must begin with a letter and hold letters, digits and _ only, 64 at most.'),
  ),
  selfRenewal: z.optional(selfRenewalRule),
  errors: z.optional(callable()),
})

/** The options with their defaults. */
function withDefaults(options: FigmaPolicyOptions): FigmaPolicyOptions {
  const given = readOptions<FigmaPolicyOptions>('figmaPolicy', optionsSchema, options)
  return { ...given, payments: given.payments ?? 'closed' }
}
