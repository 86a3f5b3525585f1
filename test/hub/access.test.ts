/** The hub for whoever hears it, reads from right to left, has little room, or sees colours of their own. */
import { describe, expect, it } from 'vitest'
import { missingChromium, useChromium } from '../support/chromium.ts'
import { hubWorld, isFocused, rowOf } from './world.ts'

const open = useChromium()
const describeInChromium = missingChromium === undefined ? describe : describe.skip
const why = missingChromium === undefined ? '' : ` (skipped: ${missingChromium})`

async function opened(names: readonly string[], options: Parameters<typeof hubWorld>[0] = {}) {
  const world = await hubWorld(options)
  for (const name of names) await world.make(name)
  const { page } = await open()
  await page.goto(world.url)
  await page.getByRole('tab').first().waitFor()
  return { ...world, page, status: page.getByRole('tabpanel').getByRole('status').first() }
}

describeInChromium(`pages of the table${why}`, () => {
  const names = Array.from({ length: 51 }, (_, i) => `Token ${i}`)

  it('are told by their number, and the buttons keep the focus at both ends', async () => {
    const { page, status } = await opened(names)
    const more = page.getByRole('button', { name: 'More tokens' })
    const previous = page.getByRole('button', { name: 'Previous page' })
    expect(await status.textContent()).toBe('Page 1. 50 tokens are shown.')
    await more.press('Enter')
    await status.getByText('Page 2. 1 token is shown.').waitFor()
    expect(await isFocused(more)).toBe(true)
    expect(await more.isEnabled()).toBe(false)
    // Nothing lies behind the last page.
    await more.press('Enter')
    expect(await status.textContent()).toBe('Page 2. 1 token is shown.')
    await previous.press('Enter')
    await status.getByText('Page 1.').waitFor()
    expect(await isFocused(previous)).toBe(true)
    expect(await previous.isEnabled()).toBe(false)
  })

  it('begin at the head of the table, wherever one has turned them', async () => {
    const { page, status } = await opened([...names, ...names])
    await page.getByRole('button', { name: 'More tokens' }).click()
    await status.getByText('Page 2. 50 tokens are shown.').waitFor()
    await expect.poll(() => status.evaluate((element) => element.getBoundingClientRect().top)).toBeGreaterThan(-1)
  })
})

describeInChromium(`what is said${why}`, () => {
  it('of a search is not held back by what was said before', async () => {
    const { page, status } = await opened(['Website sync'])
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await rowOf(page, 'Website sync').getByRole('button').last().click()
    await page.getByRole('menuitem', { name: 'Copy id' }).click()
    await status.getByText('The id is on the clipboard.').waitFor()
    await page.getByLabel('Search tokens').fill('website')
    await status.getByText('1 token is shown.').waitFor()
  })
})
