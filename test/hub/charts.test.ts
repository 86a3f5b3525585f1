/** The charts: requests by day and tokens by the month of their end, as a drawing and as a table with the same numbers. */
import { usage } from 'plan-access-tokens/usage'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowsers, type OpenPage, useBrowsers } from '../support/browsers.ts'
import { hubWorld, PLAN, rowOf } from './world.ts'

const open = useBrowsers()

async function opened(options: Parameters<OpenPage>[0] = {}) {
  const world = await hubWorld({ engine: { usage: usage() } })
  const { secret } = await world.make('Busy')
  for (const lifetimeDays of [1, 40, 40, 200]) await world.make(`For ${lifetimeDays} days`, { lifetimeDays })
  for (let i = 0; i < 3; i++) await world.use(secret as string)
  await world.tokens.authorize({
    method: 'GET',
    url: '/v1/files/LOGOS2026/comments',
    headers: { 'x-figma-token': secret as string },
  })
  const { page } = await open(options)
  await page.goto(`${world.url}#view=usage`)
  const requests = page.getByRole('region', { name: 'Requests by day' })
  const expiring = page.getByRole('region', { name: /^Active tokens by/ })
  return { ...world, page, requests, expiring }
}

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' })

/** The rows of a table, each as its cells. */
const tableOf = (page: Page, name: RegExp) =>
  page
    .getByRole('region', { name })
    .last()
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)))

describeInBrowsers('the charts', () => {
  it('show the requests of a plan by day, in words, in bars and as a table', async () => {
    const { page, requests, tokens, clock } = await opened()
    await requests.getByText('4 requests in 90 days').waitFor()
    const { days } = await tokens.planUsage({ actor: 'ada', planId: PLAN })
    const last = days.at(-1)
    expect([days.length, last?.allowed, last?.refused]).toEqual([90, 3, 1])
    await requests.getByRole('img', { name: 'Requests of the last 90 days: 3 allowed, 1 refused' }).waitFor()
    await expect.poll(() => requests.locator('rect.part-0').count()).toBe(1)
    const [allowed, refused] = await Promise.all(
      ['rect.part-0', 'rect.part-1'].map((part) =>
        requests.locator(part).evaluate((bar) => Number(bar.getAttribute('height'))),
      ),
    )
    expect((allowed as number) / (refused as number)).toBeCloseTo(3, 1)
    expect(await requests.locator('.tick').allTextContents()).toEqual(['0', '1', '2', '3', '4'])
    const toggle = requests.getByRole('button', { name: 'Show as table' })
    await toggle.focus()
    await page.keyboard.press('Enter')
    const rows = await tableOf(page, /^Requests of the last/)
    expect(rows).toHaveLength(90)
    expect(rows.at(-1)).toEqual([day.format(clock.now()), '3', '1'])
    await requests.getByRole('button', { name: 'Hide table' }).click()
    await expect.poll(() => requests.getByRole('table').count()).toBe(0)
  })

  it('show what expires by month, and leave out what has ended', async () => {
    const { page, expiring, tokens, clock } = await opened()
    await expiring.getByText('5 active tokens').waitFor()
    await expiring.getByRole('button', { name: 'Show as table' }).click()
    const listed = (await tokens.list({ actor: 'ada', planId: PLAN, status: 'active' })).tokens
    const rows = await tableOf(page, /^When 5 active tokens/)
    const from = new Date(clock.now())
    expect(rows).toEqual(
      Array.from({ length: 12 }, (_, i) => {
        const month = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + i))
        const inMonth = listed.filter(({ expiresAt }) =>
          new Date(expiresAt).toISOString().startsWith(month.toISOString().slice(0, 7)),
        )
        const name = month.toLocaleString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' })
        return [name, String(inMonth.length)]
      }),
    )
  })

  it('fit a narrow window, and are drawn in the colours of a person’s own scheme', async () => {
    const { page, requests } = await opened({ viewport: { width: 320, height: 640 }, forcedColors: 'active' })
    await requests.getByRole('img').waitFor()
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    const fill = (part: string) => requests.locator(part).evaluate((bar) => getComputedStyle(bar).fill)
    await expect.poll(() => fill('rect.part-0')).not.toBe(await fill('rect.part-1'))
  })

  it('run from right to left where the language does', async () => {
    const world = await hubWorld({ lang: 'ar', engine: { usage: usage() } })
    const { secret } = await world.make('Busy')
    await world.use(secret as string)
    const { page } = await open()
    await page.goto(`${world.url}#view=usage`)
    const bar = page.locator('rect.part-0').first()
    await bar.waitFor()
    await expect.poll(async () => Number(await bar.getAttribute('x'))).toBeLessThan(100)
  })

  it('are those of the host alone: without a count of requests there is none of requests', async () => {
    const world = await hubWorld()
    await world.make('Website sync')
    const { page } = await open()
    await page.goto(world.url)
    await rowOf(page, 'Website sync').waitFor()
    await page.getByRole('link', { name: 'Expirations' }).click()
    await page.getByText('1 active token').first().waitFor()
    await expect.poll(() => page.getByText('Requests by day').count()).toBe(0)
    await expect.poll(() => page.getByRole('link', { name: 'Usage' }).count()).toBe(0)
  })

  it('say what went wrong, and are there at the next try', async () => {
    const world = await hubWorld({ engine: { usage: usage() } })
    const { page } = await open()
    world.state.fault = (asked) => (/usage|expirations/.test(asked) ? { status: 500, body: '' } : undefined)
    await page.goto(`${world.url}#view=usage`)
    const retries = page.getByRole('button', { name: 'Try again' })
    await retries.nth(1).waitFor()
    world.state.fault = () => undefined
    await retries.first().click()
    await page.getByText('0 requests in 90 days').waitFor()
    await retries.first().click()
    await page.getByText('0 active tokens').waitFor()
  })
})
