/** A reload that is asked while another is under way: the newest answer is what is shown, and none is lost. */
import { approvals } from 'plan-access-tokens/approvals'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, hubWorld, PLAN, rowOf } from './world.ts'

const open = useChromium()

/** One looks at something else and comes back. */
const lookAgain = (page: Page) => page.evaluate(() => dispatchEvent(new Event('focus')))

/** Keeps the first answer to a request until one lets go of it. */
async function held(page: Page, path: RegExp) {
  let letGo = (): void => undefined
  let times = 0
  const going = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route(path, async (route) => {
    times++
    if (times > 1) return route.continue()
    const response = await route.fetch()
    await going
    await route.fulfill({ response })
  })
  return { letGo: () => letGo(), times: () => times }
}

describeInChromium('an answer that is of before', () => {
  it('of a token that is to be revoked is not what is shown', async () => {
    const { make, tokens, url } = await hubWorld()
    const { token } = await make('Website sync')
    const { page } = await open()
    await page.goto(url)
    await rowOf(page, 'Website sync').waitFor()
    const { letGo, times } = await held(page, /\/api\/tokens\/\w+$/)
    await choose(page, 'Website sync', 'Revoke token')
    await expect.poll(times).toBe(1)
    await tokens.edit({ actor: 'bob', id: token.id, name: 'By Bob' })
    // It is asked again at most once in two seconds.
    await page.waitForTimeout(2_100)
    await lookAgain(page)
    await page.waitForTimeout(100)
    letGo()
    await page.getByRole('dialog', { name: 'Revoke By Bob' }).waitFor()
  })

  it('of what waits is not what is counted', async () => {
    const rules = { now: {} as object }
    const world = await hubWorld({ engine: { approvals: approvals() }, directory: { rules: () => rules.now } })
    const { make, tokens, url } = world
    await make('Website sync')
    rules.now = { approvals: 'required' }
    const { page } = await open()
    const { letGo, times } = await held(page, /\/requests$/)
    await page.goto(url)
    await expect.poll(times).toBe(1)
    const wish = { planId: PLAN, type: 'rest', lifetimeDays: 30, scopes: ['files:read'], resources: 'all' } as const
    await tokens.create({ ...wish, actor: 'bob', name: 'Nightly export', description: '' })
    await page.waitForTimeout(2_100)
    await lookAgain(page)
    await page.waitForTimeout(100)
    letGo()
    await page.getByRole('button', { name: 'Requests 1 waits for you' }).waitFor()
  })
})
