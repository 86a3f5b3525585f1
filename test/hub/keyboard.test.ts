/** The hub by the keyboard alone: nothing here is clicked, and the focus is never lost. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { hubWorld, isFocused, LINKS, PLAN, rowOf } from './world.ts'

const open = useBrowsers()

async function opened(...names: readonly string[]) {
  const world = await hubWorld()
  for (const name of names) await world.make(name)
  const { page } = await open()
  await page.goto(world.url)
  await page.getByRole('tab').first().waitFor()
  const keys = async (...all: readonly string[]): Promise<void> => {
    for (const key of all) await page.keyboard.press(key)
  }
  return { ...world, page, keys, dialog: page.getByRole('dialog') }
}

/** What has the focus, as it is called. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement: at } = document
    const label = at?.id ? document.querySelector(`label[for="${CSS.escape(at.id)}"]`)?.textContent : undefined
    return (label ?? at?.getAttribute('aria-label') ?? at?.textContent ?? '').trim()
  })

/** Presses Tab until something of a name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 150; i++) {
    if ((await focused(page)) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${name} is not reached by Tab; the focus is at ${await focused(page)}`)
}

const nowAt = (page: Page, name: string) => expect.poll(() => focused(page), { timeout: 10_000 }).toBe(name)

describeInBrowsers('by keyboard', () => {
  it('a token is made from the first page to the last, and the focus is at its row', async () => {
    const { page, keys, dialog, tokens } = await opened()
    await tabTo(page, 'Generate REST API token')
    await keys('Enter')
    await nowAt(page, 'Name')
    await page.keyboard.type('Nightly export')
    await keys('Enter')
    await nowAt(page, 'Search scopes')
    await tabTo(page, 'file_content:read')
    await keys('Space', 'Enter')
    await nowAt(page, 'Only selected resources')
    await keys('Space')
    await tabTo(page, 'Links to resources')
    await page.keyboard.type(LINKS.landing)
    await dialog.getByText('Landing page', { exact: true }).waitFor()
    await tabTo(page, 'Create')
    await keys('Enter')
    await page.getByRole('dialog', { name: 'Your new token' }).waitFor()
    await tabTo(page, 'Done')
    await keys('Enter')
    await nowAt(page, 'Go back')
    await tabTo(page, 'I have stored it')
    await keys('Enter')
    await dialog.waitFor({ state: 'detached' })
    await nowAt(page, 'Nightly export')
    expect((await tokens.list({ actor: 'ada', planId: PLAN })).tokens).toMatchObject([{ name: 'Nightly export' }])
  })

  it('the menu moves by arrows, Home, End and letters, and closes by Escape and Tab', async () => {
    const { page, keys } = await opened('Website sync')
    const button = rowOf(page, 'Website sync').getByRole('button').last()
    await button.focus()
    await keys('Enter')
    await nowAt(page, 'Edit token')
    for (const [key, entry] of [
      ['ArrowDown', 'Refresh token'],
      ['ArrowUp', 'Edit token'],
      ['ArrowUp', 'Copy id'],
      ['ArrowDown', 'Edit token'],
      ['End', 'Copy id'],
      ['Home', 'Edit token'],
      ['r', 'Refresh token'],
      ['R', 'Revoke token'],
      ['r', 'Refresh token'],
      ['z', 'Refresh token'],
      ['5', 'Refresh token'],
      ['d', 'Details and history'],
    ] as const) {
      await keys(key)
      expect(`${key}: ${await focused(page)}`).toBe(`${key}: ${entry}`)
    }
    for (const leave of ['Escape', 'Tab']) {
      await keys(leave)
      await page.getByRole('menu').waitFor({ state: 'detached' })
      if (leave === 'Escape') await expect.poll(() => isFocused(button)).toBe(true)
      await button.focus()
      await keys('ArrowDown')
      await nowAt(page, 'Edit token')
    }
    await expect.poll(() => button.getAttribute('aria-expanded')).toBe('true')
    // The mouse closes it by the button that opened it.
    await button.click()
    await page.getByRole('menu').waitFor({ state: 'detached' })
    await expect.poll(() => button.getAttribute('aria-expanded')).toBe('false')
  })

  it.each(['Edit token', 'Refresh token', 'Revoke token', 'Details and history'])(
    'after %s the focus is back at the row',
    async (entry) => {
      const { page, keys, dialog } = await opened('First', 'Website sync')
      const button = rowOf(page, 'Website sync').getByRole('button').last()
      await button.focus()
      await keys('Enter')
      await nowAt(page, 'Edit token')
      while ((await focused(page)) !== entry) await keys('ArrowDown')
      await keys('Enter')
      await dialog.waitFor()
      await expect.poll(() => dialog.evaluate((one) => one.contains(document.activeElement))).toBe(true)
      await keys('Escape')
      await dialog.waitFor({ state: 'detached' })
      await expect.poll(() => isFocused(button), { timeout: 10_000 }).toBe(true)
    },
  )

  it('a revoked token moves to the end, and the focus is at the row that comes after it', async () => {
    const { page, keys, dialog } = await opened('Website sync', 'Second')
    await rowOf(page, 'Website sync').getByRole('button').last().focus()
    await keys('Enter')
    await nowAt(page, 'Edit token')
    await keys('r', 'r', 'Enter')
    await dialog.waitFor()
    await dialog.getByRole('textbox').focus()
    await page.keyboard.type('Website sync')
    await keys('Enter')
    await rowOf(page, 'Website sync').getByText('Revoked', { exact: true }).waitFor()
    const next = rowOf(page, 'Second').getByRole('button').last()
    await expect.poll(() => isFocused(next), { timeout: 10_000 }).toBe(true)
  })

  it('tabs move by arrows, Home and End; tab and plan survive a reload and stand in the address', async () => {
    const { page, keys, make } = await opened('Website sync')
    await make('Installs', { type: 'npm', scopes: ['npm:read'], planId: '1002' })
    const chosen = () => page.getByRole('tab', { selected: true }).textContent()
    await tabTo(page, 'REST API')
    for (const [key, tab] of [
      ['ArrowRight', 'npm registry'],
      ['ArrowRight', 'REST API'],
      ['ArrowLeft', 'npm registry'],
      ['Home', 'REST API'],
      ['End', 'npm registry'],
    ] as const) {
      await keys(key)
      await nowAt(page, tab)
      await expect.poll(() => chosen()).toBe(tab)
    }
    await page.getByLabel('Organization').selectOption('Globex')
    await rowOf(page, 'Installs').waitFor()
    await page.reload()
    await rowOf(page, 'Installs').waitFor()
    await expect
      .poll(async () => [await chosen(), await page.getByLabel('Organization').inputValue()])
      .toEqual(['npm registry', '1002'])
    await page.goto(`${page.url().split('#')[0]}#plan=${PLAN}&type=nonsense`)
    await rowOf(page, 'Website sync').waitFor()
    await expect
      .poll(async () => [await chosen(), await page.getByLabel('Organization').inputValue()])
      .toEqual(['REST API', PLAN])
  })
})
