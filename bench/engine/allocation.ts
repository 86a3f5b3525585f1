/**
 * A script: how many bytes are allocated for one request. Its young generation must be so large that nothing is collected
 * meanwhile, and its collector callable.
 */
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestsFor, world } from '../engine-world.ts'
import type { Side } from '../measure.ts'
import { ours, theFloor } from '../sides.ts'

/** Bytes a request of each side. */
export interface Allocation {
  readonly floor: number
  readonly rest: number
  readonly fresh: number
}

process.stdout.write(JSON.stringify(await measure()))

async function measure(): Promise<Allocation> {
  const plain = await world(figmaPolicy(), 1_000)
  const fresh = await world(figmaPolicy(), 1_000, { freshnessMs: 1_000 })
  const requests = requestsFor(plain.secrets)
  return {
    floor: await bytesOf(theFloor(plain, requests)),
    rest: await bytesOf(ours(plain, requests)),
    fresh: await bytesOf(ours(fresh, requestsFor(fresh.secrets))),
  }
}

/** Calls enough to be compiled first, and then enough for an even figure. */
async function bytesOf(side: Side): Promise<number> {
  const { gc } = globalThis as { gc?: () => void }
  if (!gc) throw new Error('Run with --expose-gc.')
  await side(50_000)
  gc()
  const calls = 20_000
  const before = process.memoryUsage().heapUsed
  await side(calls)
  return Math.round((process.memoryUsage().heapUsed - before) / calls)
}
