/** `d1Store` over the SQLite of a Durable Object, in workerd: the contract of every store. */
import { storeContract } from 'plan-access-tokens/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleWorker, startWorkerd, type Workerd } from '../../support/workerd.ts'

describe('a Durable Object', () => {
  let workerd: Workerd
  beforeAll(async () => {
    workerd = await startWorkerd(await bundleWorker('test/stores/d1/worker.ts'), 'OBJECTS')
  })
  afterAll(() => workerd?.stop())
  const names = storeContract({ create: () => ({}) as never }).map(({ name }) => name)
  it.each(names.map((name, i) => [name, i] as const))('%s', async (_, i) => {
    expect(await (await fetch(`${workerd.url}/${i}`)).text()).toBe('')
  })
})
