/** What changes elsewhere while the page is open: it is there as soon as the page is looked at again, and disturbs nothing. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, hubWorld, isFocused, look, rowOf, rowSays } from './world.ts'

const open = useChromium()

async function opened(...names: readonly string[]) {
  const world = await hubWorld()
  const made = []
  for (const name of names) made.push((await world.make(name)).token)
  const { page } = await open()
  await page.goto(world.url)
  await rowOf(page, names[0] ?? '').waitFor()
  // The counts are asked for once the page is drawn.
  await expect.poll(() => world.state.requests.some((one) => LIST.test(one))).toBe(true)
  await page.waitForLoadState('networkidle')
  world.state.requests.length = 0
  const asked = (request: RegExp) => world.state.requests.filter((one) => request.test(one)).length
  return { ...world, made, page, dialog: page.getByRole('dialog'), asked }
}

/** One looks at something else and comes back. */
const lookAgain = (page: Page) => page.evaluate(() => dispatchEvent(new Event('focus')))

const LIST = /^GET .*\/overview\?/

describeInChromium('the table', () => {
  it('comes back fresh when it is looked at, in a tab that was behind another one', async () => {
    const { page, url, made, tokens } = await opened('First', 'Second')
    const other = await page.context().newPage()
    await other.goto(url)
    await choose(other, 'First', 'Revoke token')
    await other.getByRole('dialog').getByRole('textbox').fill('First')
    await other.getByRole('dialog').getByRole('button', { name: 'Revoke token' }).click()
    await rowSays(other, 'First', 'Revoked')
    await expect.poll(() => rowOf(page, 'First').textContent()).toContain('Active')
    await page.bringToFront()
    await lookAgain(page)
    await rowSays(page, 'First', 'Revoked')
    await tokens.edit({ actor: 'bob', id: made[1]?.id ?? '', name: 'Second, by Bob' })
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await rowOf(page, 'Second, by Bob').waitFor()
  })

  it('does so without a flicker: nothing is dimmed, said or moved, and the focus, the menu and the search stay', async () => {
    const { page, make, state } = await opened('Website sync')
    await page.setViewportSize({ width: 1280, height: 1000 })
    await page.getByLabel('Search tokens').fill('sync')
    await page.getByText('1 token found').waitFor()
    const menu = rowOf(page, 'Website sync').getByRole('button').last()
    await menu.click()
    await page.evaluate(() => {
      const seen: string[] = []
      Object.assign(globalThis, { seen })
      const note = (): void => void seen.push(document.querySelector('.tokens')?.getAttribute('aria-busy') ?? '')
      new MutationObserver(note).observe(document.body, {
        attributes: true,
        subtree: true,
        attributeFilter: ['aria-busy'],
      })
      const said = document.querySelector('.said')
      if (said)
        new MutationObserver(() => seen.push('said')).observe(said, {
          childList: true,
          characterData: true,
          subtree: true,
        })
    })
    await make('Another sync', { lifetimeDays: 30 })
    state.requests.length = 0
    await lookAgain(page)
    await rowOf(page, 'Another sync').waitFor()
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
    expect(seen.filter((one) => one === 'true')).toEqual([])
    await expect.poll(() => page.getByLabel('Search tokens').inputValue()).toBe('sync')
    // The menu is where its row is, or closed with the focus on its button.
    const isOpen = (await page.getByRole('menu').count()) > 0
    await expect.poll(() => isFocused(isOpen ? page.getByRole('menuitem', { name: 'Edit token' }) : menu)).toBe(true)
    if (isOpen) {
      const [below, above] = [await page.getByRole('menu').boundingBox(), await menu.boundingBox()]
      expect(Math.round(below?.y ?? 0)).toBe(Math.round((above?.y ?? 0) + (above?.height ?? 0) + 4))
    }
  })

  it('is asked for once, however often one looks within two seconds', async () => {
    const { page, asked, make } = await opened('Website sync')
    await make('Second')
    await page.evaluate(() => {
      for (let i = 0; i < 20; i++) dispatchEvent(new Event('focus'))
    })
    await rowOf(page, 'Second').waitFor()
    await page.waitForTimeout(500)
    expect(asked(LIST)).toBe(1)
  })

  it('keeps what is shown if that fails in passing, and says so if one may not see it any more', async () => {
    const { page, state, asked } = await opened('Website sync')
    state.fault = (request) => (LIST.test(request) ? { status: 500, body: 'broken' } : undefined)
    await lookAgain(page)
    await expect.poll(() => asked(LIST), { timeout: 10_000 }).toBeGreaterThan(0)
    await page.waitForTimeout(300)
    await expect.poll(() => page.getByRole('button', { name: 'Try again' }).count()).toBe(0)
    await expect.poll(() => rowOf(page, 'Website sync').count()).toBe(1)
    state.fault = () => undefined
    state.actor = undefined
    await lookAgain(page)
    await page.getByText('You are no longer signed in.').waitFor()
    state.actor = 'ada'
    await lookAgain(page)
    await page.getByText('You are no longer signed in.').waitFor({ state: 'detached' })
  })

  it('and what is typed in a modal over it is not touched', async () => {
    const { page, dialog, make, asked } = await opened('Website sync')
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await dialog.getByLabel('Name').fill('Nightly export')
    await make('Second')
    await lookAgain(page)
    await expect.poll(() => asked(LIST), { timeout: 10_000 }).toBe(1)
    await expect.poll(() => dialog.getByLabel('Name').inputValue()).toBe('Nightly export')
    await expect.poll(() => isFocused(dialog.getByLabel('Name'))).toBe(true)
  })
})

describeInChromium('of one token', () => {
  it('details are those of the moment, when they are opened and when they are looked at again', async () => {
    const { page, dialog, made, tokens } = await opened('Website sync')
    const id = made[0]?.id ?? ''
    await tokens.edit({ actor: 'bob', id, scopes: ['projects:read'] })
    await look(page, 'Website sync', 'Access')
    await dialog.getByText('Read projects').waitFor()
    await dialog.getByRole('tab', { name: 'Activity' }).click()
    await dialog.getByText('bob edited').waitFor()
    await tokens.revoke({ actor: 'ada', id })
    await lookAgain(page)
    await dialog.getByText('ada revoked the token').waitFor()
    await expect.poll(() => dialog.locator('.status').first().textContent()).toBe('Revoked')
    await dialog.getByRole('button', { name: 'Close' }).click()
    await rowSays(page, 'Website sync', 'Revoked')
  })

  it('details and history agree, whichever answer comes first', async () => {
    for (const late of [/\/events\?/, /\/api\/tokens\/\w+$/]) {
      const { page, dialog, made, tokens } = await opened('Website sync')
      // The first answer is read before the token is revoked, the other one after that.
      let isFirst = true
      await page.route(late, async (route) => {
        if (isFirst) {
          isFirst = false
          await tokens.revoke({ actor: 'ada', id: made[0]?.id ?? '' })
        }
        await route.continue()
      })
      await look(page, 'Website sync', 'Activity')
      await dialog.getByText('ada revoked the token').waitFor()
      await dialog.locator('.status').first().getByText('Revoked').waitFor()
    }
  })

  it('details that cannot be loaded are those that were known, and say so', async () => {
    const { page, dialog, state } = await opened('Website sync')
    state.fault = (request) => (/^GET \/api\/tokens\/\w+$/.test(request) ? { status: 500, body: '' } : undefined)
    await choose(page, 'Website sync', 'Details and history')
    await dialog.getByText('What stands below may have changed since.').waitFor()
    state.fault = () => undefined
    await dialog.getByRole('button', { name: 'Try again' }).click()
    await dialog.getByText('What stands below may have changed since.').waitFor({ state: 'detached' })
  })

  it('an edit begins with what the token is now, so that there is no conflict with what was before', async () => {
    const { page, dialog, made, tokens } = await opened('Website sync')
    const id = made[0]?.id ?? ''
    await tokens.edit({ actor: 'bob', id, name: 'By Bob', description: 'By Bob.' })
    await choose(page, 'Website sync', 'Edit token')
    const name = dialog.getByLabel('Name')
    await expect.poll(() => name.inputValue(), { timeout: 10_000 }).toBe('By Bob')
    await name.fill('Mine')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Mine is saved.').waitFor()
    expect(await tokens.get({ actor: 'ada', id })).toMatchObject({ name: 'Mine', description: 'By Bob.', version: 3 })
  })

  it.each([
    ['Edit token', 'The token has expired or was revoked in the meantime'],
    ['Refresh token', 'The token has expired or was revoked in the meantime'],
    ['Revoke token', 'It is revoked already.'],
  ])('%s says at once that it was revoked elsewhere', async (entry, told) => {
    const { page, dialog, made, tokens } = await opened('Website sync')
    await tokens.revoke({ actor: 'bob', id: made[0]?.id ?? '' })
    await choose(page, 'Website sync', entry)
    await dialog.getByText(told).waitFor()
  })
})
