/**
 * The routes of the registry protocol, as the npm CLI's own libraries (npm-registry-fetch, libnpm*) and verdaccio list them, and
 * what each needs. docs/npm-registry.md has them as a table. What a publish must hold: npm/checks.ts.
 */
import type { Endpoint } from '../core/policy-data.ts'
import { PACKUMENT, TARBALL } from './checks.ts'

/** What a token of type `npm` can be granted. */
export type NpmScope = 'npm:read' | 'npm:write'
/** The kinds of resource that a registry names. */
export type NpmKind = 'npm_scope' | 'package'
type NpmEndpoint = Endpoint<NpmScope, NpmKind>

const READ: readonly NpmScope[] = ['npm:read']
const WRITE: readonly NpmScope[] = ['npm:write']

/** The routes of the packages of one npm scope, such as `@acme`. */
function packagesOf(scope: string): { readonly [route: string]: NpmEndpoint } {
  const at = (scopes: readonly NpmScope[], more: Partial<NpmEndpoint> = {}): NpmEndpoint => ({
    scopes,
    names: [{ kind: 'package', at: 'path:name', stem: `${scope}/` }],
    ...more,
  })
  const closed = (reason: string): NpmEndpoint => at([], { closed: reason })
  const file = { params: { file: 'any' }, checks: TARBALL } as const
  const fileOfRevision = { params: { file: 'any', rev: 'any' }, checks: TARBALL } as const
  const rev = { params: { rev: 'any' } } as const
  const tag = { params: { tag: 'any' } } as const
  const path = `/${scope}/{name}`
  const about = `/-/package${path}`
  return {
    [`GET ${path}`]: at(READ),
    [`GET ${path}/{version}`]: at(READ, { params: { version: 'any' } }),
    [`GET ${path}/-/{file}`]: at(READ, file),
    [`PUT ${path}`]: at(WRITE, { checks: PACKUMENT }),
    [`PUT ${path}/-rev/{rev}`]: at(WRITE, { ...rev, checks: PACKUMENT }),
    [`DELETE ${path}/-rev/{rev}`]: at(WRITE, rev),
    [`DELETE ${path}/-/{file}/-rev/{rev}`]: at(WRITE, fileOfRevision),
    [`GET ${about}/dist-tags`]: at(READ),
    [`PUT ${about}/dist-tags`]: at(WRITE),
    [`POST ${about}/dist-tags`]: at(WRITE),
    [`GET ${about}/dist-tags/{tag}`]: at(READ, tag),
    [`PUT ${about}/dist-tags/{tag}`]: at(WRITE, tag),
    [`POST ${about}/dist-tags/{tag}`]: at(WRITE, tag),
    [`DELETE ${about}/dist-tags/{tag}`]: at(WRITE, tag),
    [`GET ${about}/visibility`]: closed(PEOPLE),
    [`GET ${about}/collaborators`]: closed(PEOPLE),
    [`GET ${about}/access`]: closed(PEOPLE),
    [`POST ${about}/access`]: closed(PEOPLE),
  }
}

const PEOPLE = 'it is about who may reach a package, which plan admins say with tokens'
const USERS = 'it is about users, and tokens belong to none'
const TOKENS = 'tokens are made by plan admins, and never by a token'
const SHARED = 'it would show the packages of other plans'
const ALL = 'it lists every package; search does it in pages'

const closedTo = (reason: string, ...routes: readonly string[]): { readonly [route: string]: NpmEndpoint } =>
  Object.fromEntries(
    routes.map((route): [string, NpmEndpoint] => {
      const params = [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']): [string, 'any'] => [name, 'any'])
      return [
        route,
        {
          scopes: [],
          names: 'nothing',
          closed: reason,
          ...(params.length > 0 && { params: Object.fromEntries(params) }),
        },
      ]
    }),
  )

/** The routes that stand beside those of packages. */
const BESIDE: { readonly [route: string]: NpmEndpoint } = {
  'GET /-/ping': { scopes: [], names: 'nothing' },
  'GET /-/whoami': { scopes: [], names: 'nothing' },
  'GET /-/v1/search': { scopes: READ, names: 'plan' },
  'GET /-/npm/v1/keys': { scopes: READ, names: 'nothing' },
  'POST /-/npm/v1/security/advisories/bulk': { scopes: READ, names: 'nothing' },
  'POST /-/npm/v1/security/audits': { scopes: READ, names: 'nothing' },
  'POST /-/npm/v1/security/audits/quick': { scopes: READ, names: 'nothing' },
  ...closedTo(ALL, 'GET /-/all', 'GET /-/all/since', 'GET /-/_view/starredByUser'),
  ...closedTo(
    USERS,
    'POST /-/v1/login',
    'GET /-/v1/done/{session}',
    'GET /-/user/{user}',
    'PUT /-/user/{user}',
    'PUT /-/user/{user}/-rev/{rev}',
    'GET /-/user/{user}/package',
    'GET /-/npm/v1/user',
    'POST /-/npm/v1/user',
  ),
  ...closedTo(
    TOKENS,
    'GET /-/npm/v1/tokens',
    'POST /-/npm/v1/tokens',
    'DELETE /-/npm/v1/tokens/token/{key}',
    'DELETE /-/user/token/{key}',
  ),
  ...closedTo(
    PEOPLE,
    'GET /-/org/{org}/user',
    'PUT /-/org/{org}/user',
    'DELETE /-/org/{org}/user',
    'GET /-/org/{org}/package',
    'GET /-/org/{org}/team',
    'PUT /-/org/{org}/team',
    'DELETE /-/team/{org}/{team}',
    'GET /-/team/{org}/{team}/user',
    'PUT /-/team/{org}/{team}/user',
    'DELETE /-/team/{org}/{team}/user',
    'GET /-/team/{org}/{team}/package',
    'PUT /-/team/{org}/{team}/package',
    'DELETE /-/team/{org}/{team}/package',
  ),
}

/** Every route of a registry that holds the packages of some npm scopes; its search may be closed. */
export function npmEndpoints(
  packageScopes: readonly string[],
  isSearchClosed: boolean,
): { readonly [route: string]: NpmEndpoint } {
  const search = isSearchClosed ? closedTo(SHARED, 'GET /-/v1/search') : {}
  return Object.assign({}, BESIDE, search, ...packageScopes.map(packagesOf))
}
