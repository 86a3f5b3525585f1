/** Figma's scopes, with what each lets a token do, in words of our own. Which endpoint takes which: figma/endpoints.ts. */
import type { ScopeInfo } from '../core/policy-data.ts'

/** Scopes that a plan access token can be granted. */
export const SCOPES = {
  'file_content:read': { title: 'Read the contents of files', group: 'Files' },
  'file_metadata:read': { title: 'Read the metadata of files', group: 'Files' },
  'file_versions:read': { title: 'Read the version history of files', group: 'Files' },
  'files:read': {
    title: 'Read most of what other scopes read',
    group: 'Files',
    deprecated: 'Figma replaced it by granular scopes. Choose those that you need.',
  },
  'file_comments:read': { title: 'Read comments and reactions', group: 'Comments' },
  'file_dev_resources:read': { title: 'Read dev resources', group: 'Development' },
  'file_dev_resources:write': { title: 'Add, change and remove dev resources', group: 'Development' },
  'file_variables:read': { title: 'Read variables', group: 'Variables' },
  'library_assets:read': { title: 'Read single published components and styles', group: 'Libraries' },
  'library_content:read': { title: 'Read what a file publishes', group: 'Libraries' },
  'team_library_content:read': { title: 'Read what a team publishes', group: 'Libraries' },
  'library_analytics:read': { title: 'Read how libraries are used', group: 'Libraries' },
  'projects:read': { title: 'List projects and their files', group: 'Projects' },
  'project_metadata:read': { title: 'Read the metadata of projects', group: 'Projects' },
  'folders:read': { title: 'List folders and their files', group: 'Projects' },
  'folder_metadata:read': { title: 'Read the metadata of folders', group: 'Projects' },
  'webhooks:read': { title: 'Read webhooks and their deliveries', group: 'Webhooks' },
  'webhooks:write': { title: 'Make, change and remove webhooks', group: 'Webhooks' },
  'org:activity_log_read': { title: 'Read the activity log', group: 'Organization' },
  'org:developer_log_read': { title: 'Read the log of API use', group: 'Organization' },
  'org:ai_metering_usage_read': { title: 'Read the daily use of AI credits', group: 'Organization' },
  'org:discovery_read': { title: 'Export text events', group: 'Organization' },
} as const satisfies { readonly [scope: string]: ScopeInfo }

/** Scopes that Figma has and that a plan access token cannot be granted. */
export const RESERVED = {
  'file_comments:write': { title: 'Write comments and reactions', group: 'Comments' },
  'file_variables:write': { title: 'Change variables', group: 'Variables' },
  'file_code_connect:write': { title: 'Publish Code Connect', group: 'Development' },
  'current_user:read': { title: "Read a person's own account", group: 'Person' },
  'selections:read': { title: 'Read the latest selection', group: 'Files' },
} as const satisfies { readonly [scope: string]: ScopeInfo }

export type FigmaScope = keyof typeof SCOPES
export type ReservedScope = keyof typeof RESERVED
