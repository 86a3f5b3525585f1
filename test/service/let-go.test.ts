/** An async function of the host's where nothing waits for one: what it gives counts as nothing, and what it rejects with ends no process. */
import { definePolicy } from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { guard } from 'plan-access-tokens/fetch'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestLimits } from 'plan-access-tokens/limits'
import { memoryLimiter } from 'plan-access-tokens/limits/memory'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newWorld, type World } from '../support/world.ts'

const late = async (): Promise<never> => {
  throw new Error('late')
}

let unheard: unknown[]
const hear = (error: unknown): void => void unheard.push(error)
beforeEach(() => {
  unheard = []
  process.on('unhandledRejection', hear)
})
afterEach(() => void process.off('unhandledRejection', hear))

/** After Node has looked for rejections that nobody has heard. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

async function statusOf({ tokens }: World, secret: string, options: object): Promise<number> {
  const fetch = guard(tokens, () => new Response(), options)
  const answer = await fetch(new Request('https://api.test/v1/files/FileA', { headers: { 'x-figma-token': secret } }))
  await settled()
  return answer.status
}

it('address of a guard: the request has no address', async () => {
  const world = newWorld({ addresses: addressRanges(), onWarning: () => undefined })
  const { secret } = await world.make({ addresses: ['0.0.0.0/0'] })
  expect(await statusOf(world, secret, { address: late })).toBe(403)
  expect(unheard).toEqual([])
})

it('when of a guard: the request is guarded', async () => {
  expect(await statusOf(newWorld(), 'fig_none', { when: late })).toBe(401)
  expect(unheard).toEqual([])
})

it('errors and spelling of a policy: the refusal goes out as it would without them, and the path names nothing', async () => {
  const errors = late as never
  expect(await statusOf(newWorld({ policy: figmaPolicy({ errors }) }), 'fig_none', {})).toBe(401)
  const policy = definePolicy(figmaPolicy().data, { spelling: { target: late as never } }) as never
  const world = newWorld({ policy })
  expect(await statusOf(world, (await world.make()).secret, {})).toBe(400)
  expect(unheard).toEqual([])
})

it('limit of a rule: the limiter has failed', async () => {
  const rules = [{ name: 'all', limit: late as never }]
  for (const [whenUnavailable, status] of [
    ['allow', 200],
    ['deny', 503],
  ] as const) {
    const limits = requestLimits({ limiter: memoryLimiter(), whenUnavailable, rules })
    const world = newWorld({ limits, onWarning: () => undefined })
    expect(await statusOf(world, (await world.make()).secret, {})).toBe(status)
  }
  expect(unheard).toEqual([])
})
