/** The one time that a secret is shown: nobody loses it by a slip, what comes next holds none, and until when the old one works. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { choose, hubWorld, isFocused, textsOf } from './world.ts'

const open = useBrowsers()

/** The box after a refresh. */
async function opened(type: 'rest' | 'npm' = 'rest', timezoneId = 'Europe/Berlin') {
  const world = await hubWorld()
  await world.make('Website sync', type === 'npm' ? { type, scopes: ['npm:read'] } : {})
  const { page } = await open({ timezoneId, permissions: ['clipboard-read', 'clipboard-write'] })
  await page.goto(`${world.url}#plan=1001&type=${type}`)
  await choose(page, 'Website sync', 'Refresh token')
  await page.getByRole('dialog').getByRole('button', { name: 'Refresh token' }).click()
  const box = page.getByRole('dialog', { name: 'Your new token' })
  await box.waitFor()
  const secret = (await box.locator('.secret code').textContent()) ?? ''
  const press = (name: string) => box.getByRole('button', { name, exact: true }).click()
  return { ...world, page, box, secret, press }
}

const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText())

/** Whether the browser would ask before it leaves the page. */
const wouldAsk = (page: Page): Promise<boolean> =>
  page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })))

describeInBrowsers('the box with a secret', () => {
  it.each(['Done', 'Close'])('by %s asks if nothing was copied, and goes back to it', async (way) => {
    const { page, box, press, secret } = await opened()
    await press(way)
    await box.getByText('The secret is not copied yet. It cannot be shown again.').waitFor()
    const back = box.getByRole('button', { name: 'Go back' })
    await expect.poll(() => isFocused(back)).toBe(true)
    await back.press('Enter')
    await expect.poll(() => box.locator('.secret code').textContent()).toBe(secret)
    await press(way)
    await press('I have stored it')
    await box.waitFor({ state: 'detached' })
    expect(await page.content()).not.toContain(secret)
  })

  it('asks nothing once it is copied, by the button or by hand', async () => {
    const { page, box, press, secret } = await opened()
    await expect.poll(() => wouldAsk(page)).toBe(true)
    await box.locator('.secret code').click()
    await page.keyboard.press('ControlOrMeta+C')
    await expect.poll(() => clipboard(page)).toBe(secret)
    await expect.poll(() => wouldAsk(page)).toBe(false)
    await press('Done')
    await box.waitFor({ state: 'detached' })
    await page.getByText('Website sync has a new secret.').waitFor()
  })

  it('a part of it that was copied is not all of it', async () => {
    const { page, box, press } = await opened()
    await box.getByText('This is the only time').dblclick()
    await page.keyboard.press('ControlOrMeta+C')
    await press('Done')
    await box.getByText('The secret is not copied yet.').waitFor()
  })

  it.each([
    ['rest', ['curl', 'GitHub Actions', '.env'], 'TOKEN'],
    ['npm', ['.npmrc', '.yarnrc.yml', 'GitHub Actions', '.env'], 'NPM_TOKEN'],
  ] as const)('of %s shows what comes next, line by line, without the secret', async (type, files, variable) => {
    const { page, box, secret, press } = await opened(type)
    const tabs = box.getByRole('tab')
    await expect.poll(() => textsOf(tabs)).toEqual(files)
    await tabs.first().focus()
    for (const file of files) {
      await expect.poll(() => isFocused(box.getByRole('tab', { name: file, selected: true }))).toBe(true)
      const panel = box.getByRole('tabpanel', { name: file })
      const text = (await panel.locator('pre').textContent()) ?? ''
      expect(text).toContain(variable)
      expect(text).not.toContain(secret)
      await press(`Copy ${file}`)
      await panel.getByText('Copied.').waitFor()
      await expect.poll(() => clipboard(page)).toBe(text)
      await box.getByRole('tab', { name: file }).press('ArrowRight')
    }
    await expect.poll(() => isFocused(tabs.first())).toBe(true)
    // To copy these lines is not to copy the secret.
    await press('Done')
    await box.getByText('The secret is not copied yet.').waitFor()
  })

  it('says after a refresh until when the old secret works, by both clocks', async () => {
    const { box, tokens } = await opened()
    const [token] = (await tokens.list({ actor: 'ada', planId: '1001' })).tokens
    const until = token?.secrets[0]?.worksUntil ?? 0
    const local = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Europe/Berlin' })
    const note = await box.getByText('The old secret goes on working for 24 hours, until').textContent()
    expect(note).toContain(local.format(until))
    expect(note).toContain(`(${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC)`)
  })
})
