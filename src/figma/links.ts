/** Figma's resource kinds and the links that people paste for them. They are read in figma/parse.ts. */
import type { KindInfo } from '../core/policy-data.ts'

/** Keys are 1 to 128 letters and digits, ids 1 to 32 digits. A branch is a file below its main file. */
export const FIGMA_KINDS = {
  workspace: { id: 'digits', max: 32 },
  team: { id: 'digits', max: 32, parents: ['workspace'] },
  project: { id: 'digits', max: 32, parents: ['team', 'folder'] },
  folder: { id: 'digits', max: 32, parents: ['team', 'folder', 'project'] },
  file: { id: 'base62', max: 128, parents: ['project', 'folder', 'file'] },
  component: { parents: ['file'] },
  component_set: { parents: ['file'] },
  style: { parents: ['file'] },
  dev_resource: { parents: ['file'] },
  webhook: { parents: ['team', 'project', 'file'] },
  plan: { id: 'digits', max: 32 },
} as const satisfies { readonly [kind: string]: KindInfo }

const CHAIN = '/files[/{plan}][/workspace/{workspace}]'

/**
 * Links of files and branches, behind which anything may follow, and of the places that hold them, alone or as a chain that
 * descends: what Figma may add to a chain would lead below, so one title follows and no more. Figma publishes
 * `/([\w-]+)/([0-9a-zA-Z]{22,128})(?:\/.*)?` for files, and says that it may add words.
 *
 * @see https://developers.figma.com/docs/embeds/resources
 */
export const FIGMA_LINKS = {
  hosts: ['figma.com', 'www.figma.com'],
  tail: 1,
  shapes: [
    '/(design|file|board|slides|buzz|site|make|proto|deck)/{file}[/branch/{file}]/**',
    '/files[/{plan}]/workspace/{workspace}',
    `${CHAIN}/team/{team}`,
    `${CHAIN}[/team/{team}]/(project/{project}|folder/{folder})`,
    '/*/{file:22}[/branch/{file:22}]/**',
  ],
} as const
