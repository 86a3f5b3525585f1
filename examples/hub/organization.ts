/**
 * The sample data of the hub: three organizations, their admins, what lies in them, and tokens in every state. Acme is without rules
 * of its own; in Globex another admin approves, and nothing lives longer than 90 days.
 */
import { millisecondsInDay } from 'date-fns/constants'
import {
  type Clock,
  createPlanTokens,
  type Directory,
  type Issued,
  memoryStore,
  type PlanInfo,
  type PlanTokens,
  type Policy,
  type Requested,
  type ResourceRef,
  type Secret,
} from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { approvals } from 'plan-access-tokens/approvals'
import { figmaPolicy } from 'plan-access-tokens/figma'
import type { HubPlan } from 'plan-access-tokens/hub'
import { reportLeak } from 'plan-access-tokens/leaks'
import { npmPolicy } from 'plan-access-tokens/npm'
import { selfRenewal } from 'plan-access-tokens/self-renewal'
import { type ResourceTree, testClock, testDirectory } from 'plan-access-tokens/testing'
import { usage } from 'plan-access-tokens/usage'
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
  { id: 'gus', name: 'Gus', about: 'admin of Globex' },
  { id: 'cleo', name: 'Cleo', about: 'admin of nothing' },
] as const

/** An engine in which another admin may have to approve. */
type Engine = PlanTokens<Policy, Issued | Requested>

/** What the hub is given. */
export interface Sample {
  readonly tokens: Engine
  plans(actor: string): readonly HubPlan[]
  names(ids: readonly string[]): readonly (string | undefined)[]
}

const NOW = Date.now()

/** Makes the sample. With `extra`, so many more tokens, to see what a long table is like. */
export async function createSample({ extra = 0 } = {}): Promise<Sample> {
  const tree = testDirectory({
    123456789: { tier: 'organization', admins: ['ada', 'bob'], resources: ACME },
    987654321: {
      tier: 'enterprise',
      admins: ['ada', 'gus'],
      resources: { 'team:900': { 'file:GLOBEX2026': {} } },
      rules: { approvals: 'required', maxLifetimeDays: 90 },
    },
    555000111: { tier: 'professional', admins: ['ada'] },
  })
  const directory: Directory = {
    plan: (planId: string): PlanInfo | undefined => tree.plan(planId),
    isPlanAdmin: (actor, planId) => tree.isPlanAdmin(actor, planId),
    rules: (planId) => tree.rules?.(planId),
    locate: (resource) => tree.locate(resource),
    describe: (refs: readonly ResourceRef[]) => refs.map(({ kind, id }) => nameOf(`${kind}:${id}`)),
  }
  const policy = [
    figmaPolicy({ selfRenewal: { afterPart: 0.5 } }),
    npmPolicy({ packageScopes: ['@acme'], registry: REGISTRY }),
  ]
  const store = memoryStore()
  // The past is made with a clock that stands where the past was; from then on time is that of the machine.
  const past = testClock(new Date(NOW - 100 * millisecondsInDay).toISOString())
  let clock: Clock = past
  const tokens = createPlanTokens({
    ...{ policy, store, directory, clock: { now: () => clock.now() } },
    ...{
      addresses: addressRanges(),
      approvals: approvals(),
      selfRenewal: selfRenewal(),
      usage: usage({ quietDays: 90 }),
    },
  })
  const goTo = (daysAgo: number) => past.set(new Date(NOW - daysAgo * millisecondsInDay).toISOString())
  await fillAcme(tokens, goTo, extra)
  await fillGlobex(tokens, goTo)
  clock = { now: () => Date.now() }
  return {
    tokens,
    plans: (actor) => PLANS.filter(({ id }) => tree.isPlanAdmin(actor, id)),
    names: (ids) => ids.map((id) => PEOPLE.find((person) => person.id === id)?.name),
  }
}

const LANDING = 'https://www.figma.com/design/ABCDEFG123/Landing-page'
const BRAND = 'https://www.figma.com/files/123456789/team/456/Brand'

/** Where the sample's people sit, and where the build of the website runs. */
const OFFICE = '198.51.100.7'
const BUILD = '203.0.113.24'

type GoTo = (daysAgo: number) => void

/** A token that another admin has approved, one that was asked for, and an edit that waits. */
async function fillGlobex(tokens: Engine, goTo: GoTo): Promise<void> {
  const gus = { id: 'gus', address: OFFICE }
  const globex = { actor: gus, planId: '987654321', type: 'rest', description: '', lifetimeDays: 60 }
  const link = 'https://www.figma.com/design/GLOBEX2026/Plans'
  goTo(20)
  const roadmap = { ...globex, name: 'Roadmap export', scopes: ['file_content:read'], resources: [link] }
  const { token } = await tokens.create(roadmap)
  goTo(19)
  await tokens.approve({ actor: 'ada', id: token.id })
  await tokens.collect({ actor: gus, id: token.id })
  goTo(2)
  const wider = ['file_content:read', 'file_comments:read']
  await tokens.edit({ actor: gus, id: token.id, scopes: wider, resources: 'all' })
  goTo(0.2)
  await tokens.create({ ...globex, name: 'Nightly backup', scopes: ['file_content:read'], resources: 'all' })
}

async function fillAcme(tokens: Engine, goTo: GoTo, extra: number): Promise<void> {
  const ada = { id: 'ada', address: OFFICE }
  const acme = { actor: ada, planId: '123456789', type: 'rest', description: '' }
  const read = ['file_content:read', 'file_metadata:read']
  const use = (secret: Secret | undefined, path = '/v1/files/ABCDEFG123') =>
    tokens.authorize({ method: 'GET', url: path, headers: { 'x-figma-token': secret?.reveal() } }, { address: BUILD })
  goTo(100)
  await tokens.create({ ...acme, name: 'Export of last year', lifetimeDays: 60, scopes: read, resources: [BRAND] })
  goTo(83)
  const report = await tokens.create({
    ...{ ...acme, name: 'Library analytics', description: 'Weekly report to the design system team.' },
    ...{ lifetimeDays: 90, scopes: ['library_analytics:read', ...read], resources: 'all' },
    ...{ contact: 'design-systems@acme.example', metadata: { team: 'design-systems' } },
  })
  goTo(40)
  const sync = await tokens.create({
    ...{ ...acme, actor: 'bob', name: 'Website sync', description: 'Runs every night in the build of the website.' },
    ...{ lifetimeDays: 180, scopes: [...read, 'projects:read'], resources: [LANDING, BRAND], selfRenewal: true },
    ...{ addresses: ['203.0.113.0/24'], contact: 'web@acme.example', metadata: { team: 'web', ticket: 'WEB-812' } },
  })
  const old = await tokens.create({
    ...{ ...acme, name: 'Old importer', lifetimeDays: 365, scopes: ['files:read'], resources: 'all' },
  })
  // Its build asks each night, more often on weekdays, and once for what it may not see.
  for (let day = 38; day >= 1; day--) {
    goTo(day)
    for (let i = 0; i < 4 + ((day * 5) % 7); i++) await use(sync.secret)
    if (day % 7 === 0) await use(report.secret)
    if (day === 12) {
      await tokens.edit({ actor: ada, id: sync.token.id, scopes: [...read, 'projects:read', 'webhooks:read'] })
      await tokens.revoke({ actor: 'bob', id: old.token.id, reason: 'The import has moved to the website sync.' })
    }
    if (day === 9) await use(sync.secret, '/v1/files/ABCDEFG123/variables/local')
  }
  goTo(0.4)
  const renewed = await tokens.refresh({ actor: ada, id: sync.token.id })
  goTo(0.2)
  const found = {
    text: report.secret?.reveal() ?? '',
    source: 'github',
    url: 'https://github.com/acme/report/blob/main/.env',
  }
  await reportLeak(tokens, { ...found, action: 'tell' })
  goTo(0.125)
  await use(sync.secret)
  goTo(0)
  await use(renewed.secret)
  // What was gathered is written before one asks for it.
  await tokens.planUsage({ actor: 'ada', planId: acme.planId })
  const npm = { actor: ada, planId: acme.planId, type: 'npm', description: '', lifetimeDays: 90 }
  await tokens.create({ ...npm, name: 'Installs in CI', scopes: ['npm:read'], resources: [`${REGISTRY}/@acme`] })
  for (let i = 1; i <= extra; i++) {
    const name = `Job ${String(i).padStart(5, '0')}`
    await tokens.create({ ...acme, name, lifetimeDays: 1 + (i % 365), scopes: read, resources: 'all' })
  }
}
