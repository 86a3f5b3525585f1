/** The engine with its two surfaces, as on the token page's two tabs: Figma's REST API, and a small npm registry. */
import {
  type Clock,
  createPlanTokens,
  type DecisionInfo,
  type Directory,
  definePolicy,
  memoryStore,
} from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'

/** The name of the second surface, which the server of the registry passes to `authorize`. */
export const REGISTRY = 'npm'

/** A registry that only hands out packages: the least that a policy can be. */
const registryPolicy = definePolicy({
  surface: REGISTRY,
  credential: { headers: [], bearer: true },
  tiers: ['organization', 'enterprise'],
  scopes: { 'npm:read': { title: 'Install packages' } },
  types: { npm: { prefix: 'acmenpm', title: 'npm registry' } },
  kinds: { package: { id: 'name' } },
  links: { hosts: ['npm.acme.example'], shapes: ['/{package}'] },
  endpoints: { 'GET /{package}': { scopes: ['npm:read'], names: [{ kind: 'package', at: 'path:package' }] } },
})

/** Makes the engine over an empty store. */
export function createTokens(
  directory: Directory,
  options: { readonly clock?: Clock; readonly onDecision?: (info: DecisionInfo) => void } = {},
) {
  return createPlanTokens({
    policy: [figmaPolicy(), registryPolicy],
    store: memoryStore(),
    directory,
    // A plan without tokens and a directory that fails are part of the tour, and no news.
    onError() {},
    onWarning() {},
    ...options,
  })
}
