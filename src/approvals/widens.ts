/**
 * Whether an edit lets a token do more. By the same orders by which policies are compared: scopes by the endpoints that they are enough
 * for (core/scope-order.ts), resources by what an allowlist covers (core/resources.ts). Of addresses: the list that holds more.
 */
import { readPlace } from '../core/directory.ts'
import type { ChangedChoice } from '../core/lifecycle.ts'
import type { TypeEntry } from '../core/policy.ts'
import { covers, type ResourceRef, type Resources, readAllowlist } from '../core/resources.ts'
import { doScopesWiden } from '../core/scope-order.ts'
import { grantedScopes, type TokenRecord } from '../core/token.ts'
import { ask } from '../service/ask.ts'
import type { ManagingEngine } from '../service/engine.ts'
import { locateAll, locateUnder } from '../service/resources.ts'

export async function widens(
  engine: ManagingEngine,
  entry: TypeEntry,
  before: TokenRecord,
  choice: ChangedChoice,
): Promise<boolean> {
  const { scopes, resources } = choice
  if (scopes && doScopesWiden(entry, grantedScopes(before), scopes)) return true
  if ('addresses' in choice && doAddressesWiden(engine, before, choice.addresses)) return true
  return resources !== undefined && doResourcesWiden(engine, entry, before, resources)
}

/** No list is from anywhere. One that nobody here can read holds nothing. */
function doAddressesWiden(
  { addresses }: ManagingEngine,
  before: TokenRecord,
  after: readonly string[] | undefined,
): boolean {
  if (before.addresses === undefined) return false
  return after === undefined || addresses?.areWithin(after, before.addresses) !== true
}

async function doResourcesWiden(
  engine: ManagingEngine,
  { policy }: TypeEntry,
  before: TokenRecord,
  after: Resources,
): Promise<boolean> {
  const list = readAllowlist(before.resources)
  if (list === 'all') return false
  if (after === 'all') return true
  const anew = after.filter((resource) => !covers(list, resource, []))
  const { directory } = engine
  const places = await locateAll(anew, (ref: ResourceRef) =>
    ask(engine, 'directory.locate', () => locateUnder(policy.kinds.get(ref.kind)?.under, ref, directory), readPlace),
  )
  return anew.some((resource, i) => {
    const place = places[i]
    return typeof place !== 'object' || !covers(list, resource, place.ancestors)
  })
}
