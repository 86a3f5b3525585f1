/** Figma's scopes, with what each lets a token do, in words of our own. Which endpoint takes which: figma/endpoints.ts. */
import type { ScopeInfo } from '../core/policy-data.ts'

/** Scopes that a plan access token can be granted. */
export const SCOPES = {
  'file_content:read': { title: 'Read file contents', group: 'Files' },
  'file_metadata:read': { title: 'Read file metadata', group: 'Files' },
  'file_versions:read': { title: 'Read file versions', group: 'Files' },
  'files:read': {
    title: 'Read most things',
    group: 'Files',
    deprecated: 'Use the granular scopes.',
  },
  'file_comments:read': { title: 'Read comments and reactions', group: 'Comments' },
  'file_dev_resources:read': { title: 'Read dev resources', group: 'Development' },
  'file_dev_resources:write': { title: 'Change dev resources', group: 'Development' },
  'file_variables:read': { title: 'Read variables', group: 'Variables' },
  'library_assets:read': { title: 'Read library assets', group: 'Libraries' },
  'library_content:read': { title: 'Read file libraries', group: 'Libraries' },
  'team_library_content:read': { title: 'Read team libraries', group: 'Libraries' },
  'library_analytics:read': { title: 'Read library analytics', group: 'Libraries' },
  'projects:read': { title: 'Read projects', group: 'Projects' },
  'project_metadata:read': { title: 'Read project metadata', group: 'Projects' },
  'folders:read': { title: 'Read folders', group: 'Projects' },
  'folder_metadata:read': { title: 'Read folder metadata', group: 'Projects' },
  'webhooks:read': { title: 'Read webhooks', group: 'Webhooks' },
  'webhooks:write': { title: 'Change webhooks', group: 'Webhooks' },
  'org:activity_log_read': { title: 'Read the activity log', group: 'Organization' },
  'org:developer_log_read': { title: 'Read the developer log', group: 'Organization' },
  'org:ai_metering_usage_read': { title: 'Read the use of AI credits', group: 'Organization' },
  'org:discovery_read': { title: 'Export text events', group: 'Organization' },
} as const satisfies { readonly [scope: string]: ScopeInfo }

/** Scopes that Figma has and that a plan access token cannot be granted. */
export const RESERVED = {
  'file_comments:write': {},
  'file_variables:write': {},
  'file_code_connect:write': {},
  'current_user:read': {},
  'selections:read': {},
} as const satisfies { readonly [scope: string]: ScopeInfo }

/** A scope that a plan access token can be granted. */
export type FigmaScope = keyof typeof SCOPES
/** A scope that it cannot be granted. */
export type ReservedScope = keyof typeof RESERVED
