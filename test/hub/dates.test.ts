/** Dates as an admin reads them: how far away something is, by the calendar of the browser's time zone, and which zone that is. */
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { DAY } from '../support/world.ts'
import { choose, hubWorld, rowOf } from './world.ts'

const open = useChromium()

/** When it is, where, and how far away the end of a token is then. */
const AWAY: readonly [now: string, zone: string, ends: readonly (readonly [end: string, away: string])[]][] = [
  [
    '2026-11-29T08:00:00Z',
    'UTC',
    [
      ['2026-11-29T08:01:10Z', 'in 1 minute'],
      ['2026-11-29T09:29:00Z', 'in 1 hour'],
      ['2026-11-29T23:59:00Z', 'in 16 hours'],
      ['2026-11-30T07:00:00Z', 'in 23 hours'],
      ['2026-11-30T07:59:00Z', 'tomorrow'],
      ['2026-11-30T23:00:00Z', 'tomorrow'],
      ['2026-12-01T00:10:00Z', 'in 2 days'],
      ['2026-12-01T07:00:00Z', 'in 2 days'],
      ['2027-01-12T12:00:00Z', 'in 44 days'],
      ['2027-01-13T07:00:00Z', 'in 2 months'],
      ['2027-02-12T07:00:00Z', 'in 3 months'],
      ['2027-02-27T07:59:50Z', 'in 3 months'],
      ['2027-05-28T08:00:00Z', 'in 6 months'],
      ['2027-11-29T07:59:50Z', 'in 12 months'],
    ],
  ],
  // Around midnight, and where it is another day than in UTC.
  ['2026-11-29T23:30:00Z', 'UTC', [['2026-11-30T00:30:00Z', 'in 1 hour']]],
  [
    '2026-11-29T11:00:00Z', // the 30th, at one in the night
    'Pacific/Kiritimati',
    [
      ['2026-12-01T09:00:00Z', 'tomorrow'],
      ['2026-12-01T11:00:00Z', 'in 2 days'],
    ],
  ],
  // The clocks go back in the night to the 25th of October, and forth in that to the 28th of March.
  [
    '2026-10-24T22:30:00Z', // half past midnight of a day of 25 hours
    'Europe/Berlin',
    [
      ['2026-10-25T22:50:00Z', 'in 24 hours'],
      ['2026-10-25T23:10:00Z', 'tomorrow'],
      ['2026-10-26T22:50:00Z', 'tomorrow'],
      ['2026-10-26T23:10:00Z', 'in 2 days'],
    ],
  ],
  [
    '2027-03-27T08:00:00Z',
    'Europe/Berlin',
    [
      ['2027-03-28T21:50:00Z', 'tomorrow'],
      ['2027-03-28T22:10:00Z', 'in 2 days'],
    ],
  ],
]

describeInChromium('how far away something is', () => {
  it.each(AWAY)('at %s in %s', async (now, timezoneId, ends) => {
    const { url, goTo, make } = await hubWorld()
    for (const [end] of ends) {
      const lifetimeDays = Math.min(365, Math.ceil((Date.parse(end) - Date.parse(now)) / DAY) + 1)
      goTo(new Date(Date.parse(end) - lifetimeDays * DAY).toISOString())
      await make(`Ends at ${end}`, { lifetimeDays })
    }
    goTo(now)
    const { page } = await open({ timezoneId })
    await page.goto(url)
    await page.getByRole('row').nth(ends.length).waitFor()
    const shown = await page
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [row.querySelector('bdi')?.textContent, row.querySelector('time + span')?.textContent]),
      )
    expect(shown).toEqual(ends.map(([end, away]) => [`Ends at ${end}`, away]))
  })

  it('is said of the past in the same way', async () => {
    const { url, goTo, make, use } = await hubWorld()
    const now = '2026-11-29T08:00:00Z'
    const uses = [
      ['2026-11-29T07:59:10Z', '1 minute ago'],
      ['2026-11-28T08:30:00Z', 'yesterday'],
      ['2026-11-28T10:00:00Z', '22 hours ago'],
      ['2026-11-27T23:00:00Z', '2 days ago'],
      ['2026-10-16T12:00:00Z', '44 days ago'],
      ['2026-10-15T12:00:00Z', 'last month'],
      ['2025-12-15T12:00:00Z', '11 months ago'],
    ] as const
    for (const [used] of uses) {
      goTo(used)
      await use((await make(`Used at ${used}`, { lifetimeDays: 365 })).secret)
    }
    goTo(now)
    const { page } = await open()
    await page.goto(url)
    for (const [used, ago] of uses)
      await expect
        .poll(async () =>
          [used, await rowOf(page, used).locator('td[data-label="Last used"]').textContent()].map((one) => one?.trim()),
        )
        .toEqual([used, ago])
  })
})

describeInChromium('the time zone', () => {
  it.each([
    ['Europe/Berlin', 'en', 'Europe/Berlin', 'Nov 30, 2026, 12:30 AM GMT+1'],
    ['America/New_York', 'en-US', 'America/New York', 'Nov 29, 2026, 6:30 PM EST'],
    ['Asia/Kolkata', 'en-GB', 'Asia/Calcutta', '30 Nov 2026, 05:00 GMT+5:30'],
  ])('%s in %s stands below the table, in the form, and behind each time', async (timezoneId, lang, zone, time) => {
    const { url, goTo, make, tokens } = await hubWorld({ lang })
    goTo('2026-11-29T23:30:05Z')
    const { token } = await make('Website sync')
    const { page } = await open({ timezoneId })
    const dialog = page.getByRole('dialog')
    await page.goto(url)
    const text = `Dates and times are those of the time zone ${zone}.`
    await page.getByText(text).waitFor()
    const times = await rowOf(page, 'Website sync')
      .locator('time')
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).title))
    expect(times[1]).toBe(time)
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await dialog.getByText(text).waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await choose(page, 'Website sync', 'Details and history')
    await dialog.locator('dd').filter({ hasText: time }).first().waitFor()
    await dialog.getByRole('tab', { name: 'Activity' }).click()
    await dialog.locator('ol.history time').getByText(time).waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await choose(page, 'Website sync', 'Refresh token')
    const { previousWorksUntil } = await tokens.previewRefresh({ actor: 'ada', id: token.id })
    const behind = time.slice(time.lastIndexOf(' '))
    const day = new Intl.DateTimeFormat(lang, { timeZone: timezoneId, dateStyle: 'medium' })
    await dialog
      .locator('dd')
      .filter({ hasText: day.format(previousWorksUntil) })
      .filter({ hasText: behind })
      .waitFor()
  })
})
