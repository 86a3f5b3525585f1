/** The plain world (support/world.ts) with a registry in it: its policy, and an npm scope that lies in plan 1001. */
import type { Policy } from 'plan-access-tokens'
import { npmPolicy } from 'plan-access-tokens/npm'
import type { ResourceTree, TestDirectory } from 'plan-access-tokens/testing'
import { newDirectory, newWorld, type Wish, type World, type WorldOptions } from '../support/world.ts'

export const REGISTRY = 'https://npm.acme.example'

/** Checked and compiled once; it is frozen. */
export const NPM_POLICY = npmPolicy({ packageScopes: ['@acme'], registry: REGISTRY })

/** The plain directory with `@acme`, and perhaps more, in plan 1001. */
export const npmDirectory = (resources: ResourceTree = {}): TestDirectory =>
  newDirectory({ resources: { 'npm_scope:@acme': {}, ...resources } })

/** A world under the registry's policy, whose tokens may read and write every package unless a test says otherwise. */
export function npmWorld(options: WorldOptions<Policy> = {}): World<Policy> {
  const world = newWorld<Policy>({ policy: NPM_POLICY, directory: npmDirectory(), ...options })
  const make = (wish: Wish<Policy> = {}) => world.make({ type: 'npm', scopes: ['npm:read', 'npm:write'], ...wish })
  return { ...world, make }
}
