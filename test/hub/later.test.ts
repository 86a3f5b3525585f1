/** Parts of the page that lie in files of their own: loaded when one opens them, and told where that fails. */
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { hubWorld, rowOf } from './world.ts'

const open = useChromium()

async function opened() {
  const world = await hubWorld()
  await world.make('Website sync')
  const { page } = await open()
  await page.goto(world.url)
  await rowOf(page, 'Website sync').waitFor()
  await page.waitForLoadState('networkidle')
  const asked = (): readonly string[] =>
    world.state.requests.flatMap((request) => /hub-[a-z]+-parts/.exec(request)?.[0] ?? [])
  return { ...world, page, asked }
}

describeInChromium('a part of the page', () => {
  it('is loaded when one opens it, once', async () => {
    const { page, asked } = await opened()
    expect(asked()).toEqual([])
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await page.getByLabel('Name').waitFor()
    expect(asked()).toEqual(['hub-form-parts'])
    await page.keyboard.press('Escape')
    for (let i = 0; i < 2; i++) {
      await page.getByRole('link', { name: 'Audit log' }).click()
      await page.getByRole('button', { name: 'Export…' }).waitFor()
      await page.getByRole('link', { name: 'Tokens' }).click()
      await rowOf(page, 'Website sync').waitFor()
    }
    expect(asked()).toEqual(['hub-form-parts', 'hub-plan-parts'])
  })

  it('that cannot be loaded says so, and comes at the next try', async () => {
    const { page } = await opened()
    await page.route('**/hub-plan-parts*', (route) => route.abort())
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByText('The server could not be reached.').waitFor()
    await page.unroute('**/hub-plan-parts*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('button', { name: 'Export…' }).waitFor()
  })

  it('that is a modal can be left without it', async () => {
    const { page } = await opened()
    await page.route('**/hub-form-parts*', (route) => route.abort())
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await page.getByText('The server could not be reached.').waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await rowOf(page, 'Website sync').waitFor()
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  })
})
