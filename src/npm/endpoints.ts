/**
 * The routes of the registry protocol, as the npm CLI's own libraries (npm-registry-fetch, libnpm*) and registries list them, and
 * what each needs. docs/npm-registry.md has them as a table, and the dialects of registries as another. What a publish must
 * hold: npm/checks.ts. Other spellings of a name: npm/spelling.ts.
 */
import type { Endpoint } from '../core/policy-data.ts'
import { NAME_AND_VERSION, PACKUMENT, TARBALL } from './checks.ts'

/** What a token of type `npm` can be granted. */
export type NpmScope = 'npm:read' | 'npm:write'
/** The kinds of resource that a registry names. */
export type NpmKind = 'npm_scope' | 'package'
/** None is public. */
type NpmEndpoint = Omit<Endpoint<NpmScope, NpmKind>, 'public'>

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
  // The other forms of `dist.tarball`: with the npm scope once more (npm, GitLab, Artifactory), below the version (Gitea).
  const tarballs = [`${path}/-/{file}`, `${path}/-/${scope}/{file}`]
  const ofVersion = `${path}/-/{version}/{file}`
  return {
    [`GET ${path}`]: at(READ),
    [`GET ${path}/{version}`]: at(READ, { params: { version: 'any' } }),
    ...Object.fromEntries(tarballs.map((tarball) => [`GET ${tarball}`, at(READ, file)])),
    [`GET ${ofVersion}`]: at(READ, { params: { version: 'any', file: 'any' }, checks: TARBALL }),
    [`GET /download${path}/{version}/{digest}`]: at(READ, { params: { version: 'any', digest: 'any' } }),
    [`PUT ${path}`]: at(WRITE, { checks: PACKUMENT }),
    [`PUT ${path}/-rev/{rev}`]: at(WRITE, { ...rev, checks: PACKUMENT }),
    [`DELETE ${path}/-rev/{rev}`]: at(WRITE, rev),
    ...Object.fromEntries(tarballs.map((tarball) => [`DELETE ${tarball}/-rev/{rev}`, at(WRITE, fileOfRevision)])),
    [`DELETE ${ofVersion}/-rev/{rev}`]: at(WRITE, {
      params: { version: 'any', file: 'any', rev: 'any' },
      checks: TARBALL,
    }),
    [`GET /-/npm/v1/attestations${path}/{version}`]: at(READ, { params: { version: 'any' }, checks: NAME_AND_VERSION }),
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
    [`GET ${about}/trust`]: closed(TRUST),
    [`POST ${about}/trust`]: closed(TRUST),
    [`DELETE ${about}/trust/{id}`]: at([], { closed: TRUST, params: { id: 'any' } }),
    [`POST /-/npm/v1/oidc/token/exchange/package${path}`]: closed(TRUST),
    [`POST /-/stage/package${path}`]: closed(STAGE),
  }
}

// Sentences for the person at a terminal, who reads them with a capital letter and a full stop (npm/errors.ts).
const PEOPLE = 'who may reach a package is said by plan admins, who put it into tokens'
/** What somebody reads who wants to log in. */
export const USERS = 'there are no users here: ask a plan admin for a token of type npm, and put it into .npmrc'
const TOKENS = 'tokens are made and ended by plan admins, and never by a token'
const SHARED = 'a search would show the packages of other plans'
const ALL = 'no list of every package is given: search does it in pages'
const STAGE =
  'a staged package waits for a user to approve it, and there are no users here: use npm publish, with a token of type npm in .npmrc'
const TRUST =
  'this registry trusts no publisher but a token: ask a plan admin for one of type npm, and put it into .npmrc'

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
  // What `npm logout` sends, without the secret of its path (npm/spelling.ts). npm/guard.ts answers it.
  'DELETE /-/user/token/secret': { scopes: [], names: 'nothing' },
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
  ...closedTo(TOKENS, 'GET /-/npm/v1/tokens', 'POST /-/npm/v1/tokens', 'DELETE /-/npm/v1/tokens/token/{key}'),
  ...closedTo(
    STAGE,
    'GET /-/stage',
    'GET /-/stage/{id}',
    'GET /-/stage/{id}/tarball',
    'POST /-/stage/{id}/approve',
    'DELETE /-/stage/{id}',
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
