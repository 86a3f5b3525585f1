/** The measures of the page: rows of one line, controls of one height, more room for fingers, no motion, and a list on paper. */
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { hubWorld, rowOf } from './world.ts'

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
      expect(await heights('tbody tr')).toEqual([48, 48])
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
      // What is cut off is told by a pointer that rests on it, and whole in the details.
      expect(await page.getByRole('button', { name: LONG }).getAttribute('title')).toBe(LONG.trim())
    },
  )

  it('has controls of 32 px, and one button that stands out', async () => {
    const { page, heights } = await opened()
    expect(await heights('.toolbar :is(input, select, button)')).toEqual([32, 32, 32])
    expect(await page.locator('button.main').allTextContents()).toEqual(['Generate REST API token'])
  })

  it('gives a finger 44 px, and letters that no phone enlarges', async () => {
    const { page, heights } = await opened({ viewport: { width: 375, height: 780 }, hasTouch: true, isMobile: true })
    for (const selector of ['.toolbar :is(input, select, button)', 'td.name button', 'td.actions button'])
      for (const height of await heights(selector)) expect(height).toBeGreaterThanOrEqual(44)
    const sizes = page.locator('input, select').evaluateAll((all) => all.map((one) => getComputedStyle(one).fontSize))
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
    expect([await head.isVisible(), await head.textContent()]).toEqual([true, expect.stringMatching(/^Acme, \w{3} \d/)])
    expect(await page.getByText(LONG.trim()).first().isVisible()).toBe(true)
    expect(await page.getByRole('button', { name: 'Generate REST API token' }).isVisible()).toBe(false)
    expect(await page.locator('td.actions').first().isVisible()).toBe(false)
  })

  it('has the shape of the rows while they are under way, once that takes its time', async () => {
    const world = await hubWorld()
    await world.make('Short')
    const { page } = await open()
    await page.goto(world.url)
    await rowOf(page, 'Short').waitFor()
    world.state.fault = (request) => (request.includes('/tokens?') ? 'hang' : undefined)
    await page.getByRole('tab', { name: 'npm registry' }).click()
    await page.locator('.skeleton > div').first().waitFor()
    expect(await page.getByRole('status').allTextContents()).toContain('One moment …')
  })
})
