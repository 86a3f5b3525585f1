/** What is put into a sentence does not turn the words around it, whichever of both is written from right to left. */
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, hubWorld, rowOf, rowSays } from './world.ts'

const open = useChromium()
const HEBREW = 'אתר (שלנו)'

describeInChromium('a name in a sentence', () => {
  it('that is written the other way is kept apart, and one that is not stays as it is', async () => {
    const world = await hubWorld()
    await world.make(HEBREW)
    await world.make('Website (sync)')
    const { page } = await open()
    await page.goto(world.url)
    const said = page.getByRole('status').filter({ hasText: 'is revoked' })
    for (const name of [HEBREW, 'Website (sync)']) {
      await choose(page, name, 'Revoke token')
      await page.getByRole('dialog').getByRole('textbox').fill(name)
      await page.getByRole('button', { name: 'Revoke token' }).click()
      await rowSays(page, name, 'Revoked')
      const mark = name === HEBREW ? ['\u2068', '\u2069'] : ['', '']
      await expect.poll(() => said.first().textContent()).toBe(`${mark[0]}${name}${mark[1]} is revoked.`)
    }
  })

  it('in Arabic, a Latin one stands whole; what one types and what was copied out of a sentence is its name alone', async () => {
    const world = await hubWorld({ lang: 'ar' })
    await world.make('Website (sync)')
    const { page } = await open()
    await page.goto(world.url)
    await rowOf(page, 'Website (sync)').getByRole('button').last().click()
    await page.getByRole('menuitem', { name: 'إلغاء الرمز' }).click()
    const dialog = page.getByRole('dialog')
    await expect.poll(() => dialog.locator('label bdi').textContent()).toBe('Website (sync)')
    await dialog.getByRole('textbox').fill('\u2068Website (sync)\u2069')
    await dialog.getByRole('button', { name: 'إلغاء الرمز' }).click()
    await page.getByText('أُلغي \u2068Website (sync)\u2069.').first().waitFor()
    expect((await world.tokens.list({ actor: 'ada', planId: '1001' })).tokens[0]?.status).toBe('revoked')
  })
})
