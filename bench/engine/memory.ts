/** A script: how many bytes of heap the memory store takes a token, events included. Its collector must be callable. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'

process.stdout.write(String(Math.round(await measure(Number(process.argv[2])))))

async function measure(count: number): Promise<number> {
  const gc = (globalThis as { gc?: () => void }).gc
  if (!gc) throw new Error('Run with --expose-gc.')
  const directory = { plan: () => ({ id: '1', tier: 'enterprise' }), isPlanAdmin: () => true, locate: () => undefined }
  const store = memoryStore()
  const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory })
  const create = (i: number) =>
    tokens.create({
      actor: 'admin-1',
      planId: '1',
      type: 'rest',
      name: JSON.parse(`"Nightly export ${i}"`),
      lifetimeDays: 365,
      scopes: ['file_content:read', 'file_metadata:read'],
      resources: 'all',
    })
  for (let i = 0; i < 1_000; i++) await create(i)
  gc()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < count; i++) await create(i)
  gc()
  const bytes = (process.memoryUsage().heapUsed - before) / count
  // Still in use, so that nothing of it was collected.
  if ((await store.events({ limit: 1 })).length !== 1) throw new Error('The store lost its events.')
  return bytes
}
