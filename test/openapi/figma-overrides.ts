/**
 * What Figma's published document does not say, so that a policy can be made of it: how its security is meant, which parameter is
 * which resource, and single endpoints. The sources of each: docs/figma-conformance.md.
 */
import { figmaPolicy } from 'plan-access-tokens/figma'
import type { OpenApiOverrides } from 'plan-access-tokens/openapi'

const { endpoints: _, ...policy } = figmaPolicy().data

/** Which kind of resource a parameter of a path names; `key` by the word before it. */
const KINDS: { readonly [param: string]: string } = {
  file_key: 'file',
  team_id: 'team',
  project_id: 'project',
  folder_id: 'folder',
  webhook_id: 'webhook',
}
const LIBRARY_KINDS: { readonly [word: string]: string } = {
  components: 'component',
  component_sets: 'component_set',
  styles: 'style',
}
const AT_CONTEXT = ['team', 'project', 'file'] as const

export const FIGMA_OVERRIDES: OpenApiOverrides = {
  policy,
  schemes: {
    PlanAccessToken: { token: true },
    PersonalAccessToken: { token: false, scopes: 'ignore' },
    // Any one of the scopes in a list is enough, other than OpenAPI has it.
    OAuth2: { token: false, scopes: 'any' },
    OrgOAuth2: { token: false, scopes: 'any' },
  },
  resourceOf({ route, parameter: { name, in: place } }) {
    if (place !== 'path') return undefined
    // A comment lives and dies with its file.
    if (name === 'comment_id') return 'free'
    const kind = name === 'key' ? LIBRARY_KINDS[/\/(\w+)\/\{key\}$/.exec(route)?.[1] ?? ''] : KINDS[name]
    return kind === undefined ? undefined : { kind }
  },
  endpoints: {
    getWebhooks: {
      names: {
        anyOf: [
          { kind: { from: 'query:context', of: AT_CONTEXT }, at: 'query:context_id' },
          { kind: 'plan', at: 'query:plan_api_id', prefix: 'organization-' },
        ],
        none: 'plan',
      },
    },
    postWebhook: {
      names: {
        anyOf: [
          { kind: { from: 'body:context', of: AT_CONTEXT }, at: 'body:context_id' },
          { kind: 'team', at: 'body:team_id' },
        ],
        none: 'refuse',
      },
    },
    postDevResources: { names: [{ kind: 'file', at: 'body:dev_resources[].file_key' }] },
    putDevResources: { names: [{ kind: 'dev_resource', at: 'body:dev_resources[].id' }] },
    deleteDevResource: {
      names: [
        { kind: 'file', at: 'path:file_key' },
        { kind: 'dev_resource', at: 'path:dev_resource_id', within: 'path:file_key' },
      ],
    },
    // Whole plans. The document lists no scopes for two of them; their descriptions do.
    getActivityLogs: { names: 'plan' },
    getDeveloperLogs: { scopes: ['org:developer_log_read'], names: 'plan' },
    getAiUsageDaily: { scopes: ['org:ai_metering_usage_read'], names: 'plan' },
    // Closed in the document, which does not say why.
    postComment: { closed: 'it needs file_comments:write' },
    deleteComment: { closed: 'it needs file_comments:write' },
    postCommentReaction: { closed: 'it needs file_comments:write' },
    deleteCommentReaction: { closed: 'it needs file_comments:write' },
    postVariables: { closed: 'it needs file_variables:write' },
    getMe: { closed: 'it answers about a person' },
    getPayments: { closed: 'it names no resource of a plan' },
    getOEmbed: { closed: 'it is an endpoint for public embeds' },
    // Open by the page, closed in the document.
    getLocalVariables: { scopes: ['file_variables:read'] },
    getPublishedVariables: { scopes: ['file_variables:read'] },
  },
}
