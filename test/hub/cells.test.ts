/** The cells of the table in a narrow window: what stands in them is whole, within the height of a row. */
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { hubWorld, rowOf } from './world.ts'

const open = useChromium()

describeInChromium('a window of 1,040 pixels', () => {
  it.each(['en', 'de', 'fr', 'ar'])(
    'shows what a token may do and who made it, in a row of one height (%s)',
    async (lang) => {
      const { make, url } = await hubWorld({ lang, describeActor: (ids) => ids.map(() => 'Ada Lovelace') })
      const scopes = ['file_content:read', 'file_comments:read', 'projects:read', 'files:read']
      await make('Website sync', { scopes, resources: 'all' })
      const { page } = await open({ viewport: { width: 1_040, height: 720 } })
      await page.goto(url)
      await rowOf(page, 'Website sync').getByText('Ada Lovelace').waitFor()
      await expect
        .poll(() =>
          rowOf(page, 'Website sync').evaluate((row) => ({
            cut: [...row.querySelectorAll('td')]
              .filter((cell, at) => (at === 3 || at === 5) && cell.scrollWidth > cell.clientWidth)
              .map((cell) => cell.textContent),
            height: row.getBoundingClientRect().height,
          })),
        )
        .toEqual({ cut: [], height: 48 })
    },
  )
})
