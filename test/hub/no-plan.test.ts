/** An address that names an organization which one does not have: it is said, the same for each, and never answered with another one. */
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { hubWorld, isFocused, rowOf } from './world.ts'

const open = useChromium()

const NOT_MINE = {
  'of others': '1004',
  'that there is not': '999',
  'that is markup': '<img src=x onerror=alert(1)>',
  'that is long': 'x'.repeat(3_000),
  'that turns the text': '\u202e1001',
} as const

async function at(hash: string, change: Parameters<typeof hubWorld>[0] = {}) {
  const world = await hubWorld(change)
  const { token } = await world.make('Website sync')
  const { page } = await open()
  await page.goto(`${world.url}${hash.replace('TOKEN', token.id)}`)
  return { ...world, page, main: page.locator('#hub main') }
}

describeInChromium('an organization that one does not have', () => {
  it('is answered alike, whoever’s it is, with those that one has, and nothing of them is asked for', async () => {
    const said = new Set<string>()
    for (const id of Object.values(NOT_MINE)) {
      const { page, main, state } = await at(`#plan=${encodeURIComponent(id)}&type=rest&token=TOKEN`)
      await page.getByText('There is no such organization, or you are not one of its admins.').waitFor()
      await expect.poll(() => main.getByRole('link').allTextContents()).toEqual(['Acme', 'Globex', 'Initech'])
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
      await expect.poll(() => page.getByText('Website sync').count()).toBe(0)
      said.add((await main.textContent()) ?? '')
      expect(state.requests.filter((request) => request.includes('/api/'))).toEqual([])
    }
    expect(said.size).toBe(1)
  })

  it('leads on to one of them, and Back leads here again', async () => {
    const { page, main } = await at('#plan=1004&type=rest')
    await main.getByRole('link', { name: 'Acme' }).click()
    await rowOf(page, 'Website sync').waitFor()
    await expect.poll(() => page.getByLabel('Organization').inputValue()).toBe('1001')
    expect(await isFocused(page.getByRole('heading', { level: 1 }))).toBe(true)
    await page.goBack()
    await page.getByText('There is no such organization').waitFor()
    await expect.poll(() => page.getByText('Website sync').count()).toBe(0)
  })

  it('whoever has none is told so, whatever the address names', async () => {
    for (const hash of ['', '#plan=1001', '#plan=1004']) {
      const { page, main } = await at(hash, { plans: () => [] })
      await page.getByText('You are not an admin of any organization here.').waitFor()
      await expect.poll(() => main.getByRole('link').count()).toBe(0)
    }
  })
})
