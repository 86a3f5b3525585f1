/** The two sides that bench/engine.ts compares: the package and the floor. Every answer is checked, so that a fast wrong one does not count. */
import type { requestsFor, World } from './engine-world.ts'
import { type FloorRequest, floorAuthorize } from './floor.ts'
import type { Side } from './measure.ts'

/** Requests as a Node server sees them. */
export type Requests = ReturnType<typeof requestsFor>

/** Authorizes by the package. @param addressOf where the nth request comes from. */
export function ours(
  { tokens }: Pick<World, 'tokens'>,
  requests: Requests,
  code?: string,
  addressOf?: (i: number) => string,
): Side {
  return async (times) => {
    for (let i = 0; i < times; i++) {
      const request = requests[i % requests.length] as Requests[number]
      const decision = await tokens.authorize(request, addressOf && { address: addressOf(i) })
      if ((decision.allowed ? undefined : decision.code) !== code)
        throw new Error(`Unexpected decision: ${decision.allowed ? 'allowed' : decision.code}`)
    }
  }
}

/** The floor. */
export function theFloor({ floor }: World, requests: Requests, code?: string): Side {
  return async (times) => {
    for (let i = 0; i < times; i++) {
      const decision = await floorAuthorize(floor, requests[i % requests.length] as FloorRequest)
      if ((decision.allowed ? undefined : decision.code) !== code)
        throw new Error(`Unexpected answer of the floor: ${JSON.stringify(decision)}`)
    }
  }
}
