/**
 * How many bytes are allocated for one request, measured in a process of its own whose young generation is so large that nothing
 * is collected meanwhile.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestsFor, world } from './engine-world.ts'
import type { Side } from './measure.ts'
import { ours, theFloor } from './sides.ts'

/** Bytes a request of each side. */
export interface Allocation {
  readonly floor: number
  readonly rest: number
  readonly fresh: number
}

if (import.meta.url === `file://${process.argv[1]}`) process.stdout.write(JSON.stringify(await measure()))

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

/** Measures it. */
export function bytesPerRequest(): Allocation {
  const large = ['--min-semi-space-size=256', '--max-semi-space-size=256']
  const file = fileURLToPath(import.meta.url)
  const run = spawnSync(process.execPath, ['--expose-gc', ...large, '--import', 'tsx', file], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`The measurement failed: ${run.stderr}`)
  return JSON.parse(run.stdout) as Allocation
}
