/** A deployment: several processes, some of which answer requests and some of which make changes, over one database. */
import type * as Engine from 'plan-access-tokens'
import type { Directory, Issued, Requested, TokenOnlyPolicy } from 'plan-access-tokens'
import type * as Approvals from 'plan-access-tokens/approvals'
import { type Life, type Machine, newMachine } from './machine.ts'
import { type Database, type Link, linkTo, newDatabase } from './network.ts'
import { type Chance, type Course, chanceOf, newCourse } from './time.ts'

/** The library as it is, or with a protection taken out. */
export type Library = Pick<typeof Engine, 'createPlanTokens' | 'definePolicy' | 'memoryStore'> &
  Pick<typeof Approvals, 'approvals'>

export const PLAN = 'plan-1'
export const ADMIN = 'admin-1'
/** Who approves what the other asks for. */
export const SECOND_ADMIN = 'admin-2'
/** How long an answer about the plan may be used again. */
export const PLAN_AGE_MS = 60

/** What a schedule is mostly about; the seed decides. */
export type Focus = 'anything' | 'approvals' | 'restores' | 'drift' | 'starts'

/** One schedule in ten for each of the special ones. */
export const focusOf = (seed: number): Focus =>
  (['approvals', 'restores', 'drift', 'starts'] as const)[(seed % 10) - 6] ?? 'anything'

/** One place where a process runs; what runs there may crash and start anew. */
export interface Host {
  readonly freshnessMs: number
  readonly machine: Machine
  readonly link: Link
  tokens: Engine.PlanTokens<TokenOnlyPolicy, Issued | Requested>
  /** Ends the process at once and starts another. */
  crash(): void
  /** Whether it was stopped or crashed at some time, so that calls are counted that it knows nothing of. */
  wasDisturbed: boolean
  /** How many changes it is making. */
  changes: number
  /** Until when nobody asks it anything. */
  quietUntil: number
}

export interface Deployment {
  readonly course: Course
  readonly chance: Chance
  readonly database: Database
  /** They answer requests. */
  readonly servers: readonly Host[]
  /** It makes changes and answers nothing. */
  readonly admin: Host
  /** When the plan was put into a tier that has tokens, or out of it, with what it was then. */
  readonly tiers: { readonly at: number; readonly isEligible: boolean }[]
}

/** Made once a library, since every process of every schedule has the same. */
export function policyOf(library: Library): TokenOnlyPolicy {
  return library.definePolicy({
    surface: 'simulated',
    credential: { headers: [], bearer: true },
    tiers: ['organization'],
    scopes: { read: {}, write: {} },
    types: { rest: { prefix: 'sim' } },
    kinds: {},
    links: { hosts: [], shapes: [] },
    endpoints: {
      'GET /x': { scopes: ['read', 'write'], names: 'nothing' },
      // So that the second scope lets a token do more, for which another admin is needed.
      'POST /x': { scopes: ['write'], names: 'nothing' },
    },
  })
}

export function deploy(library: Library, policy: TokenOnlyPolicy, seed: number): Deployment {
  const chance = chanceOf(seed)
  const course = newCourse()
  const database = newDatabase(library.memoryStore)
  const tiers = [{ at: 0, isEligible: true }]
  const focus = focusOf(seed)

  const start = (freshnessMs: number, isAdmin = false): Host => {
    let life: Life = { isOver: false }
    const machine = newMachine(course, chance, () => life, focus === 'drift' ? (isAdmin ? 'fast' : 'slow') : 'any')
    const link = linkTo(database, { course, chance, machine, life: () => life, focus })
    const directory: Directory = {
      isPlanAdmin: () => true,
      ...(focus === 'approvals' && { rules: () => ({ approvals: 'required' as const }) }),
      locate: () => undefined,
      plan: (id) =>
        new Promise((resolve) => {
          const owner = life
          course.after(chance.below(15), () => {
            const tier = tiers.at(-1)?.isEligible ? 'organization' : 'starter'
            course.after(chance.below(40), () => machine.run(owner, () => resolve({ id, tier })))
          })
        }),
    }
    const engine = () =>
      library.createPlanTokens({
        policy,
        store: link.store,
        directory,
        clock: machine.clock,
        random: (bytes) => Uint8Array.from({ length: bytes }, () => chance.below(256)),
        freshnessMs,
        directoryMaxAgeMs: freshnessMs === 0 ? 0 : PLAN_AGE_MS,
        timeoutMs: 400,
        approvals: library.approvals(),
        onError() {},
        onWarning() {},
      })
    const host: Host = {
      ...{ freshnessMs, machine, link },
      tokens: engine(),
      wasDisturbed: false,
      changes: 0,
      quietUntil: chance.hits(0.5) ? 0 : chance.below(600),
      crash() {
        host.wasDisturbed = true
        life.isOver = true
        life = { isOver: false }
        host.changes = 0
        host.tokens = engine()
      },
    }
    return host
  }
  return {
    ...{ course, chance, database, tiers },
    servers: [start(chance.pick([50, 100])), start(100), start(chance.pick([20, 100]))],
    admin: start(chance.pick([0, 0, 50]), true),
  }
}
