/**
 * The operations of Figma's REST API, as `@figma/rest-api-spec` 0.43.0 publishes them, and what each names.
 * test/conformance/ reads that package and fails when the two part. Beside them, what other pages and programs of Figma's have. Which rows options change: figma/policy.ts.
 */
import type { Endpoint } from '../core/policy-data.ts'
import type { FigmaScope, ReservedScope } from './scopes.ts'

/** The kinds of resource that Figma's endpoints and links name. */
type FigmaKind =
  | 'file'
  | 'project'
  | 'folder'
  | 'team'
  | 'workspace'
  | 'component'
  | 'component_set'
  | 'style'
  | 'webhook'
  | 'dev_resource'

/** None is public. */
type FigmaEndpoint = Omit<Endpoint<FigmaScope | ReservedScope, FigmaKind>, 'public'>

/** An endpoint that names the one resource in its path. The deprecated `files:read` is an alternative where the spec says so. */
const at = (kind: FigmaKind, param: string, ...scopes: FigmaScope[]): FigmaEndpoint => ({
  scopes,
  names: [{ kind, at: `path:${param}` }],
})
const file = (...scopes: FigmaScope[]): FigmaEndpoint => at('file', 'file_key', ...scopes)
const team = (...scopes: FigmaScope[]): FigmaEndpoint => at('team', 'team_id', ...scopes)
const project = (...scopes: FigmaScope[]): FigmaEndpoint => at('project', 'project_id', ...scopes)
const folder = (...scopes: FigmaScope[]): FigmaEndpoint => at('folder', 'folder_id', ...scopes)
const webhook = (...scopes: FigmaScope[]): FigmaEndpoint => at('webhook', 'webhook_id', ...scopes)

/** An endpoint of one comment of a file. The comment lives and dies with its file, so it is no resource of its own. */
const comment = (endpoint: FigmaEndpoint): FigmaEndpoint => ({ ...endpoint, params: { comment_id: 'any' } })

/** Known, and closed to plan access tokens because of the scope that it needs. */
const needing = (scope: ReservedScope, names: FigmaEndpoint['names']): FigmaEndpoint => ({
  scopes: [scope],
  names,
  closed: `it needs ${scope}`,
})
const closed = (scope: ReservedScope): FigmaEndpoint => needing(scope, [{ kind: 'file', at: 'path:file_key' }])
/** Closed whatever it names, so what it names in query and body is not read. */
const codeConnect = (names: FigmaEndpoint['names']): FigmaEndpoint => needing('file_code_connect:write', names)

const comments = file('file_comments:read', 'files:read')
const analytics = file('library_analytics:read')

/** Every operation of the published spec, by route. */
export const SPEC_ENDPOINTS = {
  'GET /v1/files/{file_key}': file('file_content:read', 'files:read'),
  'GET /v1/files/{file_key}/nodes': file('file_content:read', 'files:read'),
  'GET /v1/images/{file_key}': file('file_content:read', 'files:read'),
  'GET /v1/files/{file_key}/images': file('file_content:read', 'files:read'),
  'GET /v1/files/{file_key}/meta': file('file_metadata:read', 'files:read'),
  'GET /v1/files/{file_key}/versions': file('file_versions:read', 'files:read'),

  'GET /v1/teams/{team_id}/projects': team('projects:read', 'files:read'),
  'GET /v1/projects/{project_id}/meta': project('project_metadata:read'),
  'GET /v1/projects/{project_id}/files': project('projects:read', 'files:read'),
  'GET /v2/teams/{team_id}/folders': team('folders:read'),
  'GET /v2/folders/{folder_id}/folders': folder('folders:read'),
  'GET /v2/folders/{folder_id}/files': folder('folders:read'),
  'GET /v2/folders/{folder_id}/meta': folder('folder_metadata:read'),

  'GET /v1/files/{file_key}/comments': comments,
  'POST /v1/files/{file_key}/comments': closed('file_comments:write'),
  'DELETE /v1/files/{file_key}/comments/{comment_id}': comment(closed('file_comments:write')),
  'GET /v1/files/{file_key}/comments/{comment_id}/reactions': comment(comments),
  'POST /v1/files/{file_key}/comments/{comment_id}/reactions': comment(closed('file_comments:write')),
  'DELETE /v1/files/{file_key}/comments/{comment_id}/reactions': comment(closed('file_comments:write')),

  'GET /v1/me': {
    scopes: ['current_user:read', 'files:read'],
    names: 'nothing',
    closed: 'it answers about a person',
  },

  'GET /v1/teams/{team_id}/components': team('team_library_content:read', 'files:read'),
  'GET /v1/files/{file_key}/components': file('library_content:read', 'files:read'),
  'GET /v1/components/{key}': at('component', 'key', 'library_assets:read', 'files:read'),
  'GET /v1/teams/{team_id}/component_sets': team('team_library_content:read', 'files:read'),
  'GET /v1/files/{file_key}/component_sets': file('library_content:read', 'files:read'),
  'GET /v1/component_sets/{key}': at('component_set', 'key', 'library_assets:read', 'files:read'),
  'GET /v1/teams/{team_id}/styles': team('team_library_content:read', 'files:read'),
  'GET /v1/files/{file_key}/styles': file('library_content:read', 'files:read'),
  'GET /v1/styles/{key}': at('style', 'key', 'library_assets:read', 'files:read'),

  'GET /v2/webhooks': {
    scopes: ['webhooks:read'],
    names: {
      anyOf: [
        { kind: { from: 'query:context', of: ['team', 'project', 'file'] }, at: 'query:context_id' },
        { kind: 'plan', at: 'query:plan_api_id', prefix: 'organization-' },
      ],
      none: 'plan',
    },
  },
  'POST /v2/webhooks': {
    scopes: ['webhooks:write'],
    names: {
      anyOf: [
        { kind: { from: 'body:context', of: ['team', 'project', 'file'] }, at: 'body:context_id' },
        { kind: 'team', at: 'body:team_id' },
      ],
      none: 'refuse',
    },
  },
  'GET /v2/webhooks/{webhook_id}': webhook('webhooks:read', 'files:read'),
  'PUT /v2/webhooks/{webhook_id}': webhook('webhooks:write'),
  'DELETE /v2/webhooks/{webhook_id}': webhook('webhooks:write'),
  'GET /v2/teams/{team_id}/webhooks': team('webhooks:read', 'files:read'),
  'GET /v2/webhooks/{webhook_id}/requests': webhook('webhooks:read', 'files:read'),

  'GET /v1/activity_logs': { scopes: ['org:activity_log_read'], names: 'plan' },
  'POST /v1/developer_logs': { scopes: ['org:developer_log_read'], names: 'plan' },
  'GET /v1/ai_usage/daily': { scopes: ['org:ai_metering_usage_read'], names: 'plan' },

  'GET /v1/payments': { scopes: [], names: 'nothing' },

  'GET /v1/files/{file_key}/variables/local': file('file_variables:read'),
  'GET /v1/files/{file_key}/variables/published': file('file_variables:read'),
  'POST /v1/files/{file_key}/variables': closed('file_variables:write'),

  'GET /v1/files/{file_key}/dev_resources': file('file_dev_resources:read'),
  'POST /v1/dev_resources': {
    scopes: ['file_dev_resources:write'],
    names: [{ kind: 'file', at: 'body:dev_resources[].file_key' }],
  },
  'PUT /v1/dev_resources': {
    scopes: ['file_dev_resources:write'],
    names: [{ kind: 'dev_resource', at: 'body:dev_resources[].id' }],
  },
  'DELETE /v1/files/{file_key}/dev_resources/{dev_resource_id}': {
    scopes: ['file_dev_resources:write'],
    names: [
      { kind: 'file', at: 'path:file_key' },
      { kind: 'dev_resource', at: 'path:dev_resource_id', within: 'path:file_key' },
    ],
  },

  'GET /v1/analytics/libraries/{file_key}/component/actions': analytics,
  'GET /v1/analytics/libraries/{file_key}/component/usages': analytics,
  'GET /v1/analytics/libraries/{file_key}/style/actions': analytics,
  'GET /v1/analytics/libraries/{file_key}/style/usages': analytics,
  'GET /v1/analytics/libraries/{file_key}/variable/actions': analytics,
  'GET /v1/analytics/libraries/{file_key}/variable/usages': analytics,

  'GET /v1/oembed': { scopes: ['file_metadata:read'], names: 'nothing', closed: 'it is an endpoint for public embeds' },
} as const satisfies { readonly [route: string]: FigmaEndpoint }

/** Documented by Figma, but not in the published spec. */
export const DOCUMENTED_ENDPOINTS = {
  'GET /v1/discovery': { scopes: ['org:discovery_read'], names: 'plan' },
} as const satisfies { readonly [route: string]: FigmaEndpoint }

/** What Figma's Code Connect calls (`@figma/code-connect` 2.0.2); in no document of Figma's. */
export const CODE_CONNECT_ENDPOINTS = {
  'POST /v1/code_connect': codeConnect('nothing'),
  'DELETE /v1/code_connect': codeConnect('nothing'),
  'GET /v1/code_connect/{file_key}/cli_data': codeConnect([{ kind: 'file', at: 'path:file_key' }]),
  'POST /v1/code_connect/preview_snippets': codeConnect('nothing'),
  'POST /v1/code_connect/name_embeddings': codeConnect('nothing'),
} as const satisfies { readonly [route: string]: FigmaEndpoint }

/** The paths that Figma serves to enterprise plans alone. */
export const ENTERPRISE_PATHS = /\/(variables|analytics|activity_logs|developer_logs|ai_usage|discovery)(\/|$)/
