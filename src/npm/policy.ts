/**
 * A private npm registry as a policy: surface `npm`, token type `npm`, over the same engine, store and admin API as any other.
 * Its routes: npm/endpoints.ts. What a publish must hold: npm/checks.ts.
 */
import * as z from 'zod/mini'
import { definePolicy, type Policy } from '../core/policy.ts'
import type { PolicyCode } from '../core/policy-data.ts'
import { PREFIX_MESSAGE, PREFIX_PATTERN } from '../core/secret.ts'
import { readOptions } from '../core/setup.ts'
import { atLeastOne, callable, judged, matching, whole } from '../core/shape.ts'
import { CHECKS } from './checks.ts'
import { type NpmScope, npmEndpoints } from './endpoints.ts'
import { npmErrorsOf } from './errors.ts'
import { spelt } from './spelling.ts'

/** What a registry holds, and where it is. */
export interface NpmPolicyOptions {
  /** The npm scopes whose packages it holds: `['@acme']`. Packages of other scopes, and those without one, are refused. */
  readonly packageScopes: readonly string[]
  /** Where people's clients find it: `'https://npm.acme.example'`. Links to packages begin with it. */
  readonly registry: string
  /**
   * What secrets begin with. Default `npm`: npm, and each of its libraries, masks `npm_` and 36 to 48 letters and digits
   * wherever it prints or logs a text (@npmcli/redact), and no other form of a secret.
   */
  readonly prefix?: string
  /** The tiers whose plans may have such tokens. Default: `organization` and `enterprise`. */
  readonly tiers?: readonly string[]
  /** The longest body of a publish, in bytes, base64 included. Default 50 MiB; at most 1 GiB. */
  readonly publishBytes?: number
  /**
   * Search answers for the whole registry, so a token needs all resources of its plan for it. Say `closed` where packages of
   * more than one plan lie in the same registry, since its answer would show those of the others. Default `open`.
   */
  readonly search?: 'open' | 'closed'
  /** How refusals are rendered. Default: `npmErrors`, whose text the npm CLI prints. */
  readonly errors?: NonNullable<PolicyCode['errors']>
}

/** The largest publish, if the host says nothing. */
const PUBLISH_BYTES = 50 * 1_048_576

/**
 * The policy of a private npm registry.
 *
 * @throws SetupError for options that cannot be used, with every mistake at once.
 * @example
 * const npm = npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.example' })
 * const tokens = createPlanTokens({ policy: [figmaPolicy(), npm], store, directory })
 * await tokens.authorize(request, { surface: 'npm' })
 */
export function npmPolicy(options: NpmPolicyOptions): Policy<{ readonly npm: NpmScope }, string, never> {
  const given = readOptions<NpmPolicyOptions>('npmPolicy', optionsSchema, options)
  const { packageScopes, registry, prefix = 'npm', tiers = ['organization', 'enterprise'], errors } = given
  const { hostname, pathname } = new URL(registry)
  const base = pathname.replace(/\/$/, '')
  const pages = base === '' ? [''] : ['', base]
  return definePolicy(
    {
      surface: 'npm',
      credential: { headers: [], bearer: true },
      tiers,
      limits: { lifetimeDays: 365, graceHours: 24, liveSecrets: 10, bodyBytes: given.publishBytes ?? PUBLISH_BYTES },
      scopes: {
        'npm:read': { title: 'Install packages', group: 'Packages' },
        'npm:write': { title: 'Publish, deprecate and unpublish packages', group: 'Packages' },
      },
      types: { npm: { prefix, title: 'npm registry' } },
      kinds: { npm_scope: { id: 'name' }, package: { id: 'name', max: 214, parents: ['npm_scope'], under: true } },
      links: {
        hosts: [hostname],
        shapes: [
          ...pages.map((page) => `${page}/{npm_scope}/{package}`),
          ...pages.map((page) => `${page}/{npm_scope}`),
        ].concat(`${base}/-/web/detail/{npm_scope}/{package}`),
      },
      endpoints: npmEndpoints(packageScopes, given.search === 'closed'),
    },
    {
      errors: errors ?? npmErrorsOf(packageScopes),
      checks: CHECKS,
      spelling: { target: spelt, link: (link) => (/^@\w/.test(link) ? `${hostname}/${link}` : link) },
    },
  )
}

const packageScope = matching(/^@[a-z0-9][a-z0-9._-]{0,100}$/, 'must be an npm scope in lower case, such as "@acme".')
const optionsSchema = z.strictObject({
  packageScopes: atLeastOne(packageScope),
  registry: judged((value) =>
    isRegistry(value) ? undefined : 'must be the URL of a registry, such as "https://npm.acme.example".',
  ),
  prefix: z.optional(matching(PREFIX_PATTERN, PREFIX_MESSAGE)),
  tiers: z.optional(atLeastOne(matching(/./, 'must be text that is not empty.'))),
  publishBytes: z.optional(whole(1, 1_073_741_824)),
  search: z.optional(z.literal(['open', 'closed'])),
  errors: z.optional(callable()),
})

/** An address without user, query and fragment, whose path can stand in a link. */
function isRegistry(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, username, password, search, hash, hostname, pathname } = new URL(value)
  return (
    /^https?:$/.test(protocol) &&
    username + password + search + hash === '' &&
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(hostname) &&
    /^(\/[A-Za-z0-9_-]+)*\/?$/.test(pathname)
  )
}
