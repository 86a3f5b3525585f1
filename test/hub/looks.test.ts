/** The measures of the page: rows of one line, controls of one height, more room for fingers, no motion, and a list on paper. */
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { hubWorld, isFocused, rowOf } from './world.ts'

const open = useChromium()
const LONG = 'An export that somebody has named at length, '.repeat(2).slice(0, 90)

async function opened(look: Parameters<typeof open>[0] = {}) {
  const world = await hubWorld()
  const { token } = await world.make(LONG, { description: 'Why it is there, in many words. '.repeat(20) })
  await world.tokens.refresh({ actor: 'ada', id: token.id })
  await world.make('Short')
  const { page } = await open({ viewport: { width: 1100, height: 640 }, ...look })
  await page.goto(world.url)
  await rowOf(page, 'Short').waitFor()
  const heights = (selector: string) =>
    page.locator(selector).evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height))
  return { ...world, page, heights }
}

describeInChromium('the page', () => {
  it.each([1_100, 1_600])(
    'shows each token on one line of 48 px, however much there is to say, at %i px',
    async (width) => {
      const { page, heights } = await opened({ viewport: { width, height: 640 } })
      await page.getByText('Old secret', { exact: true }).waitFor()
      await expect.poll(() => heights('tbody tr')).toEqual([48, 48])
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
      // What is cut off is told by a pointer that rests on it, and whole in the details.
      await expect.poll(() => page.getByRole('button', { name: LONG }).getAttribute('title')).toBe(LONG.trim())
    },
  )

  it('has controls of 32 px, and one button that stands out', async () => {
    const { page, heights } = await opened()
    await expect.poll(() => heights('.toolbar :is(input, select, button)')).toEqual([32, 32, 32])
    await expect.poll(() => page.locator('button.main').allTextContents()).toEqual(['Generate REST API token'])
  })

  it('gives a finger 44 px, and letters that no phone enlarges', async () => {
    const { page, heights } = await opened({ viewport: { width: 375, height: 780 }, hasTouch: true, isMobile: true })
    for (const selector of ['.toolbar :is(input, select, button)', 'td.name button', 'td.actions button'])
      for (const height of await heights(selector)) expect(height).toBeGreaterThanOrEqual(44)
    const sizes = page
      .locator('input:not([type=checkbox]), select')
      .evaluateAll((all) => all.map((one) => getComputedStyle(one).fontSize))
    expect(new Set(await sizes)).toEqual(new Set(['16px']))
  })

  it.each([
    ['no-preference', '0.12s'],
    ['reduce', '0s'],
  ] as const)('moves for people who have said %s: %s', async (reducedMotion, duration) => {
    const { page } = await opened({ reducedMotion })
    const moved = await page
      .locator('button.main')
      .evaluate((one) => getComputedStyle(one).transitionDuration.split(', '))
    expect([...new Set(moved)]).toEqual([duration])
  })

  it('is a list on paper, with its date and its organization, and nothing to press', async () => {
    const { page } = await opened()
    await page.emulateMedia({ media: 'print' })
    const head = page.locator('.printed')
    await expect
      .poll(async () => [await head.isVisible(), await head.textContent()])
      .toEqual([true, expect.stringMatching(/^Acme, \w{3} \d/)])
    await expect.poll(() => page.getByText(LONG.trim()).first().isVisible()).toBe(true)
    await expect.poll(() => page.getByRole('button', { name: 'Generate REST API token' }).isVisible()).toBe(false)
    await expect.poll(() => page.locator('td.actions').first().isVisible()).toBe(false)
  })

  it('is a table on paper too, on as many sheets as it needs, and dark ink on white', async () => {
    const { page, make } = await opened({ colorScheme: 'dark' })
    for (let i = 0; i < 40; i++) await make(`Job ${i}`)
    await page.reload()
    await rowOf(page, 'Job 39').waitFor()
    // As wide as A4 without its margins.
    await page.setViewportSize({ width: 703, height: 1000 })
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    await expect.poll(() => page.getByRole('columnheader', { name: 'Expires' }).isVisible()).toBe(true)
    await expect.poll(() => page.locator('#hub').evaluate((one) => getComputedStyle(one).color)).toBe('rgb(31, 31, 31)')
    const sheets = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type \/Page\b/g)
    expect(sheets?.length).toBeGreaterThan(1)
  })

  it('is cards on a phone: each opens its token wherever it is met, and what it offers is at the thumb', async () => {
    const { page } = await opened({ viewport: { width: 375, height: 780 }, hasTouch: true, isMobile: true })
    const card = rowOf(page, 'Short')
    await card.getByRole('button').last().tap()
    const menu = await page.getByRole('menu').boundingBox()
    expect((menu?.y ?? 0) + (menu?.height ?? 0)).toBeGreaterThan(760)
    for (const entry of await page.getByRole('menuitem').all())
      expect((await entry.boundingBox())?.height).toBeGreaterThanOrEqual(44)
    await page.keyboard.press('Escape')
    await card.tap({ position: { x: 120, y: 100 } })
    await page.getByRole('dialog').getByRole('heading', { name: 'Short' }).waitFor()
  })

  it('says what to do where nothing was found, and the focus is at the search once all are there again', async () => {
    const { page } = await opened()
    await page.getByLabel('Search tokens').fill('nothing of the kind')
    await page.getByRole('button', { name: 'Show all tokens' }).click()
    await rowOf(page, 'Short').waitFor()
    await expect.poll(() => page.getByLabel('Search tokens').inputValue()).toBe('')
    await expect.poll(() => isFocused(page.getByLabel('Search tokens'))).toBe(true)
  })

  it('tells a token that lives from one that has ended in colours of a person’s own', async () => {
    const { page, tokens, make } = await opened({ forcedColors: 'active' })
    const { token } = await make('Gone')
    await tokens.revoke({ actor: 'ada', id: token.id })
    await page.reload()
    const dot = (name: string) =>
      rowOf(page, name)
        .locator('.status')
        .evaluate((one) => getComputedStyle(one, '::before').backgroundColor)
    expect(await dot('Short')).not.toBe(await dot('Gone'))
  })

  it('comes without moving what is there already', async () => {
    const world = await hubWorld()
    await world.make('Short')
    const { page } = await open()
    await page.addInitScript(() => {
      const seen = { moved: 0 }
      Object.assign(globalThis, { seen })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.moved += (entry as unknown as { value: number }).value
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await page.goto(world.url)
    await rowOf(page, 'Short').waitFor()
    // Told of with a picture that is drawn.
    await page.screenshot()
    await expect.poll(() => page.evaluate(() => (globalThis as unknown as { seen: object }).seen)).toEqual({ moved: 0 })
  })

  it('has the shape of the rows while they are under way, once that takes its time', async () => {
    const world = await hubWorld()
    await world.make('Short')
    const { page } = await open()
    await page.goto(world.url)
    await rowOf(page, 'Short').waitFor()
    world.state.fault = (request) => (request.includes('/overview?') ? 'hang' : undefined)
    await page.getByRole('tab', { name: 'npm registry' }).click()
    await page.locator('.skeleton > div').first().waitFor()
    await expect.poll(() => page.getByRole('status').allTextContents()).toContain('One moment …')
  })
})
