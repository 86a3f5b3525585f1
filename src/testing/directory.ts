/** A directory written as a tree, for tests of a policy: who is admin of what, and what lies where. */
import * as z from 'zod/mini'
import { isDictionary } from '../core/objects.ts'
import type { PlanRules } from '../core/plan-rules.ts'
import { isResourceRef, PLAN_KIND, type Place, type ResourceRef } from '../core/resources.ts'
import { readOptions } from '../core/setup.ts'
import { dictionary, judged } from '../core/shape.ts'
import type { Directory, PlanInfo } from '../ports.ts'

/** Resources and what is below them: `{ 'team:456': { 'project:123': { 'file:ABC': {} } } }`. */
export interface ResourceTree {
  readonly [resource: string]: ResourceTree
}

/** A plan of a test directory. */
export interface TestPlan {
  /** Default `organization`. */
  readonly tier?: string
  readonly suspended?: boolean
  readonly admins?: readonly string[]
  readonly resources?: ResourceTree
  /** Without any in all of the plans, the directory has no `rules`. */
  readonly rules?: PlanRules
}

/** A directory whose answers can be changed during a test. */
export interface TestDirectory extends Directory {
  plan(planId: string): PlanInfo | undefined
  isPlanAdmin(actor: string, planId: string): boolean
  locate(resource: ResourceRef): Place | undefined
  /** Changes a plan's tier, suspension, admins or rules. */
  setPlan(planId: string, change: Omit<TestPlan, 'resources'>): void
  /** Puts a resource, with all that is below it, under another one, or directly into a plan (`plan:1001`). */
  move(resource: string, under: string): void
  /** Takes a resource, with all that is below it, away. */
  remove(resource: string): void
}

interface Entry {
  readonly ref: ResourceRef
  /** The key of what is directly above, or the plan's. */
  above: string
}

const isTree = (value: unknown): boolean => isDictionary(value) && Object.values(value).every(isTree)

const schema = dictionary(
  undefined,
  z.strictObject({
    tier: z.optional(z.string()),
    suspended: z.optional(z.boolean()),
    admins: z.optional(z.array(z.string())),
    resources: z.optional(
      judged((value) => (isTree(value) ? undefined : "must be a tree, such as { 'project:123': { 'file:ABC': {} } }.")),
    ),
    rules: z.optional(z.unknown()),
  }),
)

/**
 * Makes a directory out of a tree. Keys are `kind:id`.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the plans; TypeError for a key that is none, or that stands in two
 * places.
 * @example
 * const directory = testDirectory({ '1001': { admins: ['admin-1'], resources: { 'project:123': { 'file:ABC': {} } } } })
 */
export function testDirectory(plans: { readonly [planId: string]: TestPlan }): TestDirectory {
  const given = readOptions<typeof plans>('testDirectory', schema, plans)
  const infos = new Map<string, Omit<TestPlan, 'resources'>>()
  const entries = new Map<string, Entry>()
  const plant = (tree: ResourceTree, above: string): void => {
    for (const [key, below] of Object.entries(tree)) {
      if (entries.has(key)) throw new TypeError(`"${key}" stands in two places of the tree.`)
      entries.set(key, { ref: refOf(key), above })
      plant(below, key)
    }
  }
  for (const [planId, { resources = {}, ...info }] of Object.entries(given)) {
    infos.set(planId, info)
    plant(resources, planKey(planId))
  }
  const hasRules = Object.values(given).some(({ rules }) => rules !== undefined)
  const entryOf = (key: string): Entry => {
    const entry = entries.get(key)
    if (!entry) throw new TypeError(`There is no "${key}" in this directory.`)
    return entry
  }
  return {
    plan(planId) {
      const info = infos.get(planId)
      return info && { id: planId, tier: info.tier ?? 'organization', suspended: info.suspended ?? false }
    },
    ...(hasRules && { rules: (planId: string) => infos.get(planId)?.rules }),
    isPlanAdmin: (actor, planId) => infos.get(planId)?.admins?.includes(actor) === true,
    locate({ kind, id }) {
      const ancestors: ResourceRef[] = []
      let entry = entries.get(`${kind}:${id}`)
      if (!entry) return undefined
      for (let above = entries.get(entry.above); above; above = entries.get(above.above)) {
        ancestors.push(above.ref)
        entry = above
      }
      return { planId: entry.above.slice(planKey('').length), ancestors }
    },
    setPlan(planId, change) {
      const info = infos.get(planId)
      if (!info) throw new TypeError(`There is no plan "${planId}" in this directory.`)
      if (change.rules && !hasRules)
        throw new TypeError('This directory has no rules. Make it with rules for one of its plans, {} for none.')
      infos.set(planId, { ...info, ...change })
    },
    move(resource, under) {
      const moved = entryOf(resource)
      if (!under.startsWith(planKey(''))) entryOf(under)
      else if (!infos.has(under.slice(planKey('').length)))
        throw new TypeError(`There is no "${under}" in this directory.`)
      for (let above: string | undefined = under; above !== undefined; above = entries.get(above)?.above) {
        if (above === resource) throw new TypeError(`"${resource}" cannot be moved below itself.`)
      }
      moved.above = under
    },
    remove(resource) {
      entryOf(resource)
      const gone = new Set([resource])
      for (let before = 0; before !== gone.size; ) {
        before = gone.size
        for (const [key, entry] of entries) if (gone.has(entry.above)) gone.add(key)
      }
      for (const key of gone) entries.delete(key)
    },
  }
}

const planKey = (planId: string): string => `plan:${planId}`

function refOf(key: string): ResourceRef {
  const colon = key.indexOf(':')
  const ref = { kind: key.slice(0, colon), id: key.slice(colon + 1) }
  if (colon < 1 || !isResourceRef(ref) || ref.kind === PLAN_KIND)
    throw new TypeError(`"${key}" is not a resource. Write it as "kind:id".`)
  return ref
}
