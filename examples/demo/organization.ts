/** The organization that the demo is about: who is an admin of which plan, and what lies where. A host asks its database. */
import { type ResourceTree, type TestDirectory, testDirectory } from 'plan-access-tokens/testing'

export const PLAN = '123456789'
export const OTHER_PLAN = '987654321'
/** An admin of the plan, and somebody who is not. */
export const ADMIN = 'ada'
export const GUEST = 'bob'

/** What people paste for the four places that the demo's token may reach. */
export const LINKS = {
  file: 'https://figma.com/design/ABCDEFG123',
  project: `https://figma.com/files/${PLAN}/project/123`,
  team: `https://figma.com/files/${PLAN}/team/456`,
  workspace: `https://figma.com/files/${PLAN}/workspace/789`,
} as const

/** What lies in the plan, above and below each other. The packages are those of its npm registry. */
export const TREE = {
  'workspace:789': { 'team:790': { 'project:791': { 'file:CHECKOUT01': {} } } },
  'team:456': { 'project:457': { 'file:LOGOS2026': {} } },
  'team:300': {
    'project:123': { 'file:HANDBOOK01': {} },
    'project:301': { 'file:ABCDEFG123': {}, 'file:ROADMAP2027': {} },
  },
  'package:acme-ui': {},
} as const satisfies ResourceTree

const OTHER_TREE = { 'team:900': { 'project:901': { 'file:GLOBEX2026': {} } } } as const satisfies ResourceTree

const NAMES: { readonly [resource: string]: string } = {
  'workspace:789': 'Product',
  'team:790': 'Checkout',
  'project:791': 'Cart',
  'file:CHECKOUT01': 'Cart, third draft',
  'team:456': 'Brand',
  'project:457': 'Logos',
  'file:LOGOS2026': 'Logos of 2026',
  'team:300': 'Web',
  'project:123': 'Handbook',
  'file:HANDBOOK01': 'Handbook for new colleagues',
  'project:301': 'Website',
  'file:ABCDEFG123': 'Landing page',
  'file:ROADMAP2027': 'Roadmap, not for everybody',
  'package:acme-ui': 'npm package',
  'npm_scope:@acme': 'Packages of Acme',
  'team:900': 'Globex',
  'file:GLOBEX2026': 'Plans of Globex',
}

/** What a person calls a resource (`kind:id`). */
export function nameOf(resource: string): string {
  return NAMES[resource] ?? 'unnamed'
}

/** The directory, and a way to make it fail. */
export interface Organization {
  readonly directory: TestDirectory
  /** The next time that it is asked where a resource lies, it fails, once. */
  failOnce(): void
}

/** Makes the organization anew. */
export function createOrganization(): Organization {
  const directory = testDirectory({
    [PLAN]: { tier: 'organization', admins: [ADMIN], resources: TREE },
    [OTHER_PLAN]: { tier: 'enterprise', admins: ['gus'], resources: OTHER_TREE },
  })
  let failing = false
  return {
    directory: {
      ...directory,
      locate(resource) {
        if (!failing) return directory.locate(resource)
        failing = false
        throw new Error('The database is being restarted.')
      },
    },
    failOnce() {
      failing = true
    },
  }
}
