/**
 * What has to be seen is in sight, in a long table and in long modals: what was done, what is wrong, the row that it is about.
 * And what lies behind a modal or below a menu stays where it is.
 */
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, hubWorld, isFocused, LINKS, rowOf, rowSays, storeSecret } from './world.ts'

const open = useChromium()

const nameOf = (i: number): string => `Job ${String(i).padStart(3, '0')}`

async function opened(count: number, look: Parameters<typeof open>[0] = {}) {
  const world = await hubWorld()
  for (let i = 0; i < count; i++) await world.make(nameOf(i), { lifetimeDays: 100 + i })
  const { page } = await open({ viewport: { width: 1100, height: 640 }, ...look })
  await page.goto(world.url)
  await rowOf(page, nameOf(0)).waitFor()
  const dialog = page.getByRole('dialog')
  const press = (name: string) => dialog.getByRole('button', { name, exact: true }).click()
  return { ...world, page, dialog, press }
}

/** Whether all of an element is inside the window, and nothing else lies over its middle. */
const isInSight = (one: Locator): Promise<boolean> =>
  one.evaluate((element) => {
    const { top, bottom, left, right } = element.getBoundingClientRect()
    const isInside = top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    return isInside && above !== null && (element.contains(above) || above.contains(element))
  })
const comesInSight = (one: Locator) => expect.poll(() => isInSight(one), { timeout: 10_000 }).toBe(true)

const menuOf = (page: Page, name: string) => rowOf(page, name).getByRole('button').last()

async function revoke({ page, dialog, press }: Awaited<ReturnType<typeof opened>>, name: string): Promise<void> {
  await choose(page, name, 'Revoke token')
  await dialog.getByRole('textbox').fill(name)
  await press('Revoke token')
}

const LOOKS = [
  ['a window', {}],
  ['a phone', { viewport: { width: 375, height: 640 } }],
] as const

describeInChromium('in a long table', () => {
  it.each(LOOKS)('in %s after a revoke the message is in sight, and the focus on the next row', async (_, look) => {
    const stage = await opened(120, look)
    const { page } = stage
    await revoke(stage, nameOf(30))
    await comesInSight(page.getByText('Job 030 is revoked.'))
    await expect.poll(() => isFocused(menuOf(page, nameOf(31)))).toBe(true)
    await rowOf(page, nameOf(30)).waitFor({ state: 'detached' })
    await expect.poll(() => isFocused(menuOf(page, nameOf(31)))).toBe(true)
    await comesInSight(menuOf(page, nameOf(31)))
    // The last of the page has none after it that is known; of what comes instead of it the focus is on what was before.
    await page.getByRole('button', { name: 'Next page' }).click()
    await rowOf(page, nameOf(51)).waitFor()
    await revoke(stage, nameOf(100))
    await page.getByText('Job 100 is revoked.').waitFor()
    await rowOf(page, nameOf(100)).waitFor({ state: 'detached' })
    await expect.poll(() => isFocused(menuOf(page, nameOf(99)))).toBe(true)
  })

  it('a revoked token that is the only one keeps the focus', async () => {
    const stage = await opened(1)
    await revoke(stage, nameOf(0))
    await rowSays(stage.page, nameOf(0), 'Revoked')
    await expect.poll(() => isFocused(menuOf(stage.page, nameOf(0)))).toBe(true)
  })

  it.each(LOOKS)(
    'in %s a new token is shown, marked and has the focus, wherever its place would be',
    async (_, look) => {
      const stage = await opened(60, look)
      const { page, dialog, press } = stage
      // The one ends before all others; the other one would be on another page, and is not what is searched for.
      for (const [name, days, search] of [
        ['Ends first', '30', ''],
        ['Ends last', '365', 'Job 00'],
      ] as const) {
        await page.getByLabel('Search tokens').fill(search)
        if (search !== '') await page.getByText(/^10 tokens found$/).waitFor()
        await page.getByRole('button', { name: 'Generate REST API token' }).click()
        await dialog.getByLabel('Name').fill(name)
        await dialog.getByLabel('Expiration').selectOption({ value: days })
        await press('Next')
        await dialog.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
        await press('Next')
        await dialog.getByRole('radio', { name: 'All resources' }).check()
        await press('Create')
        await storeSecret(page)
        const row = rowOf(page, name)
        await row.getByText('New', { exact: true }).waitFor()
        await comesInSight(page.getByText(`${name} is created.`))
        await comesInSight(row.getByRole('button', { name, exact: true }))
        await expect.poll(() => isFocused(row.getByRole('button', { name, exact: true }))).toBe(true)
      }
      // What one looks for next is shown without it.
      await page.getByLabel('Search tokens').fill('Job 01')
      await page.getByText(/^10 tokens found$/).waitFor()
      await expect.poll(() => rowOf(page, 'Ends last').count()).toBe(0)
    },
  )

  it('a token that was refreshed or edited is shown at its new place or before all others', async () => {
    const { page, dialog, press, later } = await opened(60)
    later(50)
    await choose(page, nameOf(5), 'Refresh token')
    await press('Refresh token')
    await storeSecret(page)
    await comesInSight(page.getByText('Job 005 has a new secret.'))
    await rowOf(page, nameOf(5)).getByText('Changed', { exact: true }).waitFor()
    await expect.poll(() => isFocused(menuOf(page, nameOf(5)))).toBe(true)
    await comesInSight(menuOf(page, nameOf(5)))

    await page.getByLabel('Search tokens').fill(nameOf(7))
    await page.getByText('1 token found').waitFor()
    await choose(page, nameOf(7), 'Edit token')
    await dialog.getByLabel('Name').fill('Called otherwise')
    await press('Save')
    await page.getByText('Called otherwise is saved.').waitFor()
    await expect.poll(() => isFocused(menuOf(page, 'Called otherwise'))).toBe(true)
  })

  it('a row under the mouse can be told from the others', async () => {
    const { page } = await opened(3)
    const row = rowOf(page, nameOf(1))
    const colour = () => row.evaluate((one) => getComputedStyle(one).backgroundColor)
    await page.mouse.move(0, 0)
    const before = await colour()
    await row.hover()
    await expect.poll(() => colour()).not.toBe(before)
  })

  it.each(LOOKS)('in %s an open menu scrolls with its row, or stays at the thumb of a phone', async (name, look) => {
    const { page } = await opened(40, look)
    const bottom = async (): Promise<number> => {
      const { y = 0, height = 0 } = (await page.getByRole('menu').boundingBox()) ?? {}
      return Math.round(y + height)
    }
    await menuOf(page, nameOf(3)).click()
    const menu = page.getByRole('menu')
    const apart = async (): Promise<number> => {
      const [one, other] = [await menu.boundingBox(), await menuOf(page, nameOf(3)).boundingBox()]
      return Math.round((one?.y ?? 0) - (other?.y ?? 0))
    }
    const before = await apart()
    const isSheet = name === 'a phone'
    const low = await bottom()
    await page.mouse.move(200, 300)
    await page.mouse.wheel(0, 150)
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100)
    if (isSheet) return expect(await bottom()).toBe(low)
    await expect.poll(() => apart()).toBe(before)
    // And goes with it when there is another window around it.
    const end = async (one: Locator): Promise<number> => {
      const { x = 0, width = 0 } = (await one.boundingBox()) ?? {}
      return Math.round(x + width)
    }
    await page.setViewportSize({ width: 900, height: 500 })
    await expect.poll(() => end(menu)).toBe(await end(menuOf(page, nameOf(3))))
  })
})

describeInChromium('in a modal', () => {
  it.each(LOOKS)('in %s the page behind it does not scroll', async (_, look) => {
    const { page, dialog } = await opened(40, look)
    await choose(page, nameOf(20), 'Revoke token')
    await dialog.getByRole('textbox').waitFor()
    const before = await page.evaluate(() => scrollY)
    expect(before).toBeGreaterThan(300)
    await page.mouse.move(5, 5)
    await page.mouse.wheel(0, 500)
    await page.mouse.move(190, 320)
    await page.mouse.wheel(0, -500)
    await page.keyboard.press('PageDown')
    await page.keyboard.press('End')
    await page.waitForTimeout(300)
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(before)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.mouse.wheel(0, 100)
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(before + 100)
  })

  it.each(LOOKS)('in %s what is wrong is in sight, wherever one was', async (_, look) => {
    const { page, dialog, press } = await opened(1, look)
    const toEnd = () => dialog.locator('.body').evaluate((one) => one.scrollTo(0, one.scrollHeight))
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await toEnd()
    await press('Next')
    await comesInSight(dialog.getByText('Write something here.'))
    await comesInSight(dialog.getByLabel('Name'))
    await dialog.getByLabel('Name').fill('Nightly export')
    await press('Next')
    await dialog.getByRole('heading', { name: 'Choose scopes' }).waitFor()
    await toEnd()
    await press('Next')
    await comesInSight(dialog.getByText('Choose at least one scope.'))
    await expect.poll(() => isFocused(dialog.getByRole('checkbox').first())).toBe(true)
    // Also if a search hides all of them.
    await dialog.getByLabel('Search scopes').fill('nothing of the kind')
    await press('Next')
    await comesInSight(dialog.getByText('Choose at least one scope.'))
    await expect.poll(() => isFocused(dialog.getByLabel('Search scopes'))).toBe(true)
    await dialog.getByLabel('Search scopes').fill('')
    await dialog.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
    await press('Next')
    await dialog.getByLabel('Links to resources').fill(`${LINKS.nonsense}\n`.repeat(30))
    await dialog.getByText('To fix: 30').first().waitFor()
    await toEnd()
    await press('Create')
    await comesInSight(dialog.getByText('Fix the links that are marked, or remove them.'))
  })

  it('a failure and a conflict are in sight, although Save is at the other end', async () => {
    const { page, dialog, press, state, tokens } = await opened(1)
    const toEnd = () => dialog.locator('.body').evaluate((one) => one.scrollTo(0, one.scrollHeight))
    await choose(page, nameOf(0), 'Edit token')
    await dialog.getByLabel('Name').fill('Mine')
    state.fault = (request) => (request.startsWith('PATCH') ? { status: 500, body: 'broken' } : undefined)
    await toEnd()
    await press('Save')
    await comesInSight(dialog.getByText('The server could not do it just now.'))
    state.fault = () => undefined
    const [token] = (await tokens.list({ actor: 'ada', planId: '1001' })).tokens
    await tokens.edit({ actor: 'bob', id: token?.id ?? '', name: 'By Bob' })
    await toEnd()
    await press('Save')
    await comesInSight(dialog.getByText('Somebody else changed this token'))
  })

  it('the question before something is discarded stands where the buttons were, and nothing moves', async () => {
    const { page, dialog } = await opened(1)
    await choose(page, nameOf(0), 'Edit token')
    await dialog.getByLabel('Name').fill('Mine')
    await page.keyboard.press('Escape')
    await comesInSight(dialog.getByRole('button', { name: 'Keep editing' }))
    await expect.poll(() => dialog.locator('.body').evaluate((one) => one.scrollTop)).toBe(0)
  })

  it('what has the focus is not under the buttons', async () => {
    const { page, dialog } = await opened(1, { viewport: { width: 375, height: 640 } })
    await choose(page, nameOf(0), 'Edit token')
    for (let i = 0; i < 25; i++) {
      await page.keyboard.press('Tab')
      await comesInSight(dialog.locator(':focus'))
    }
  })
})

describeInChromium('the edit modal', () => {
  it('has the id of the token, to be read and copied', async () => {
    const { page, dialog, tokens } = await opened(1, { permissions: ['clipboard-read', 'clipboard-write'] })
    const [token] = (await tokens.list({ actor: 'ada', planId: '1001' })).tokens
    await choose(page, nameOf(0), 'Edit token')
    await expect.poll(() => isFocused(dialog.getByLabel('Name'))).toBe(true)
    await dialog.getByText(token?.id ?? '?').waitFor()
    await dialog.getByRole('button', { name: 'Copy id' }).click()
    await dialog.getByText('The id is on the clipboard.').waitFor()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(token?.id)
    // To copy is no change.
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })
})

describeInChromium('the refresh modal', () => {
  it('says for how long the old secret goes on working, unless it has leaked', async () => {
    const { page, dialog } = await opened(1)
    await choose(page, nameOf(0), 'Refresh token')
    await dialog.getByText('The old secret goes on working for 24 hours.').waitFor()
    await dialog.getByLabel('The old secret has leaked').check()
    await dialog.getByText('24 hours').waitFor({ state: 'detached' })
  })
})
