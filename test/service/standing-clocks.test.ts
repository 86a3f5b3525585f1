/** Where the platform's clocks stand still between I/O, nobody knows how old a proof is: nothing is answered from memory there. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundleWorker, startWorkerd, type Workerd } from '../support/workerd.ts'

describe('freshnessMs in the runtime of Cloudflare Workers', () => {
  let workerd: Workerd
  beforeAll(async () => {
    workerd = await startWorkerd(await bundleWorker('test/service/standing-clocks.worker.ts'))
  })
  afterAll(() => workerd?.stop())
  const made = async (freshnessMs: number) => (await fetch(`${workerd.url}/${freshnessMs}`)).json()

  it('is refused above 0', async () => {
    const [engine, authorizer] = (await made(1_000)) as readonly string[]
    for (const message of [engine, authorizer])
      expect(message).toContain('freshnessMs: must be 0 on Cloudflare Workers, whose clocks stand still between I/O')
  })
  it('is taken at 0', async () => {
    expect(await made(0)).toEqual(['made', 'made'])
  })
})

describe('freshnessMs elsewhere', () => {
  afterEach(() => vi.unstubAllGlobals())
  const make = () =>
    createPlanTokens({
      ...{ policy: figmaPolicy(), store: memoryStore(), directory: testDirectory({}), freshnessMs: 1_000 },
    })

  it('is taken, with a navigator and without', () => {
    expect(make).not.toThrow()
    vi.stubGlobal('navigator', undefined)
    expect(make).not.toThrow()
  })
  it('is refused where only what else Workers have tells them', () => {
    vi.stubGlobal('navigator', undefined)
    vi.stubGlobal('WebSocketPair', class {})
    expect(make).toThrow(/must be 0 on Cloudflare Workers/)
  })
})
