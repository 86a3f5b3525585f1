/**
 * Whether an edit lets a token do more. By the same orders by which policies are compared: scopes by the endpoints that they are enough
 * for (core/scope-order.ts), resources by what an allowlist covers (core/resources.ts). Of addresses: the list that holds more.
 */
import type { ChangedChoice } from '../core/lifecycle.ts'
import type { TypeEntry } from '../core/policy.ts'
import { covers, type Resources, readAllowlist } from '../core/resources.ts'
import { doScopesWiden } from '../core/scope-order.ts'
import { grantedScopes, type TokenRecord } from '../core/token.ts'
import type { ManagingEngine } from '../service/engine.ts'
import { locateAll, placeOf } from '../service/resources.ts'

/** Whether an edit gives a token what it did not have: scopes, resources, or addresses that it may be used from. */
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
  const places = await locateAll(anew, (ref) => placeOf(engine, policy, ref))
  return anew.some((resource, i) => {
    const place = places[i]
    return typeof place !== 'object' || !covers(list, resource, place.ancestors)
  })
}
