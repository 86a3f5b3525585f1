/** The sample data of the hub: three organizations, their admins, what lies in them, and tokens in every state. */
import { millisecondsInDay } from 'date-fns/constants'
import {
  type Clock,
  createPlanTokens,
  type Directory,
  memoryStore,
  type PlanInfo,
  type PlanTokens,
  type ResourceRef,
} from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import type { HubPlan } from 'plan-access-tokens/hub'
import { npmPolicy } from 'plan-access-tokens/npm'
import { type ResourceTree, testClock, testDirectory } from 'plan-access-tokens/testing'
import { nameOf, TREE } from '../demo/organization.ts'

/** The npm registry of the sample. */
export const REGISTRY = 'https://npm.acme.example'

/** What the demo's organization has, and the npm scope of its registry. */
const ACME: ResourceTree = { ...TREE, 'npm_scope:@acme': {} }

const PLANS: readonly HubPlan[] = [
  { id: '123456789', name: 'Acme', tier: 'organization' },
  { id: '987654321', name: 'Globex', tier: 'enterprise' },
  { id: '555000111', name: 'Initech', tier: 'professional' },
]

/** The people of the user switch: whom they are, and of what they are an admin. */
export const PEOPLE = [
  { id: 'ada', name: 'Ada', about: 'admin of Acme, Globex and Initech' },
  { id: 'bob', name: 'Bob', about: 'admin of Acme' },
  { id: 'cleo', name: 'Cleo', about: 'admin of nothing' },
] as const

/** What the hub is given. */
export interface Sample {
  readonly tokens: PlanTokens
  plans(actor: string): readonly HubPlan[]
}

const NOW = Date.now()

/** Makes the sample. With `extra`, so many more tokens, to see what a long table is like. */
export async function createSample({ extra = 0 } = {}): Promise<Sample> {
  const tree = testDirectory({
    123456789: { tier: 'organization', admins: ['ada', 'bob'], resources: ACME },
    987654321: { tier: 'enterprise', admins: ['ada'], resources: { 'team:900': { 'file:GLOBEX2026': {} } } },
    555000111: { tier: 'professional', admins: ['ada'] },
  })
  const directory: Directory = {
    plan: (planId: string): PlanInfo | undefined => tree.plan(planId),
    isPlanAdmin: (actor, planId) => tree.isPlanAdmin(actor, planId),
    locate: (resource) => tree.locate(resource),
    describe: (refs: readonly ResourceRef[]) => refs.map(({ kind, id }) => nameOf(`${kind}:${id}`)),
  }
  const policy = [figmaPolicy(), npmPolicy({ packageScopes: ['@acme'], registry: REGISTRY })]
  const store = memoryStore()
  // The past is made with a clock that stands where the past was; from then on time is that of the machine.
  const past = testClock(new Date(NOW - 100 * millisecondsInDay).toISOString())
  let clock: Clock = past
  const tokens = createPlanTokens({ policy, store, directory, clock: { now: () => clock.now() } })
  await fill(tokens, (daysAgo) => past.set(new Date(NOW - daysAgo * millisecondsInDay).toISOString()), extra)
  clock = { now: () => Date.now() }
  return {
    tokens,
    plans: (actor) => PLANS.filter(({ id }) => tree.isPlanAdmin(actor, id)),
  }
}

const LANDING = 'https://www.figma.com/design/ABCDEFG123/Landing-page'
const BRAND = 'https://www.figma.com/files/123456789/team/456/Brand'

async function fill(tokens: PlanTokens, goTo: (daysAgo: number) => void, extra: number): Promise<void> {
  const acme = { actor: 'ada', planId: '123456789', type: 'rest', description: '' }
  const read = ['file_content:read', 'file_metadata:read']
  goTo(100)
  await tokens.create({ ...acme, name: 'Export of last year', lifetimeDays: 60, scopes: read, resources: [BRAND] })
  goTo(83)
  const analytics = { ...acme, name: 'Library analytics', description: 'Weekly report to the design system team.' }
  const report = await tokens.create({
    ...analytics,
    lifetimeDays: 90,
    scopes: ['library_analytics:read', ...read],
    resources: 'all',
  })
  goTo(30)
  const sync = await tokens.create({
    ...{ ...acme, actor: 'bob', name: 'Website sync', description: 'Runs every night in the build of the website.' },
    ...{ lifetimeDays: 180, scopes: [...read, 'projects:read'], resources: [LANDING, BRAND] },
  })
  const old = await tokens.create({
    ...acme,
    name: 'Old importer',
    lifetimeDays: 365,
    scopes: ['files:read'],
    resources: 'all',
  })
  goTo(12)
  await tokens.edit({ actor: 'ada', id: sync.token.id, scopes: [...read, 'projects:read', 'webhooks:read'] })
  await tokens.revoke({ actor: 'bob', id: old.token.id })
  goTo(0.4)
  const use = (secret: string) =>
    tokens.authorize({ method: 'GET', url: '/v1/files/ABCDEFG123', headers: { 'x-figma-token': secret } })
  await use(report.secret.reveal())
  const renewed = await tokens.refresh({ actor: 'ada', id: sync.token.id })
  goTo(0.125)
  await use(sync.secret.reveal())
  goTo(0)
  await use(renewed.secret.reveal())
  const npm = { actor: 'ada', planId: '123456789', type: 'npm', description: '', lifetimeDays: 90 }
  await tokens.create({ ...npm, name: 'Installs in CI', scopes: ['npm:read'], resources: [`${REGISTRY}/@acme`] })
  for (let i = 1; i <= extra; i++) {
    const name = `Job ${String(i).padStart(5, '0')}`
    await tokens.create({ ...acme, name, lifetimeDays: 1 + (i % 365), scopes: read, resources: 'all' })
  }
}
