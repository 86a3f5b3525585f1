/** Back means back: to the tab, the plan or the page of the table before, out of what is open, and never away from a draft. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { listen } from '../admin/server.ts'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { back, choose, hubWorld, rowOf, storeSecret } from './world.ts'

const open = useBrowsers()

/** The hub, to which one has come from another page. */
async function opened(count = 1) {
  const world = await hubWorld()
  for (let i = 0; i < count; i++)
    await world.make(`Job ${String(i).padStart(3, '0')}`, { lifetimeDays: 100 + i, planId: '1001' })
  const elsewhere = await listen((_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>Elsewhere</title>'),
  )
  const { page } = await open({ viewport: { width: 1100, height: 640 } })
  await page.goto(elsewhere)
  await page.goto(world.url)
  await rowOf(page, 'Job 000').waitFor()
  const dialog = page.getByRole('dialog')
  const press = (name: string) => dialog.getByRole('button', { name, exact: true }).click()
  return { ...world, page, dialog, press }
}

const tabIs = (page: Page, name: string) => page.getByRole('tab', { name, selected: true }).waitFor()
const planIs = (page: Page, name: string) =>
  expect
    .poll(() => page.getByLabel('Organization').evaluate((one) => (one as HTMLSelectElement).selectedOptions[0]?.text))
    .toBe(name)
const leaves = (page: Page) => expect.poll(() => page.title(), { timeout: 10_000 }).toBe('Elsewhere')

describeInBrowsers('Back', () => {
  it('leads to the tab and the organization before, Forward to the next, and from the first away', async () => {
    const { page } = await opened()
    await page.getByRole('tab', { name: 'npm registry' }).click()
    await tabIs(page, 'npm registry')
    await page.getByLabel('Organization').selectOption('Globex')
    await planIs(page, 'Globex')
    // What is chosen already is no other place.
    await page.getByRole('tab', { name: 'npm registry' }).click()
    await back(page)
    await planIs(page, 'Acme')
    await tabIs(page, 'npm registry')
    await back(page)
    await tabIs(page, 'REST API')
    await rowOf(page, 'Job 000').waitFor()
    await page.evaluate(() => history.forward())
    await tabIs(page, 'npm registry')
    await back(page)
    await tabIs(page, 'REST API')
    await back(page)
    await leaves(page)
  })

  it('leads to the page of the table before, and to what was searched there', async () => {
    const { page } = await opened(160)
    const more = page.getByRole('button', { name: 'Next page' })
    await more.click()
    await page.getByText('51–100 of 160 tokens').waitFor()
    await page.getByLabel('Search tokens').fill('Job 1')
    await page.getByText('1–50 of 60 tokens found').waitFor()
    await page.waitForTimeout(500)
    await more.click()
    await page.getByText('51–60 of 60 tokens found').waitFor()
    await page.getByRole('tab', { name: 'npm registry' }).click()
    await page.getByText('There are no tokens here yet.').waitFor()
    await back(page)
    await page.getByText('51–60 of 60 tokens found').waitFor()
    await expect.poll(() => page.getByLabel('Search tokens').inputValue()).toBe('Job 1')
    await page.reload()
    await page.getByText('51–60 of 60 tokens found').waitFor()
    await back(page)
    await page.getByText('1–50 of 60 tokens found').waitFor()
    await expect.poll(() => page.getByLabel('Search tokens').inputValue()).toBe('Job 1')
    await back(page)
    await page.getByText('1–50 of 160 tokens').waitFor()
    await expect.poll(() => page.getByLabel('Search tokens').inputValue()).toBe('')
    await back(page)
    await leaves(page)
  })

  it.each(['Edit token', 'Refresh token', 'Revoke token', 'Details and history'])(
    'closes %s if nothing was typed, and stays on the page',
    async (entry) => {
      const { page, dialog } = await opened()
      await choose(page, 'Job 000', entry)
      await dialog.waitFor()
      await back(page)
      await dialog.waitFor({ state: 'detached' })
      await rowOf(page, 'Job 000').waitFor()
      // Forward does not open it again, and Back is as before.
      await page.evaluate(() => history.forward())
      await page.waitForTimeout(300)
      await expect.poll(() => dialog.count()).toBe(0)
      await back(page)
      await leaves(page)
    },
  )

  it('asks before it drops what was typed, as often as it is pressed, and leads back through the pages of the form', async () => {
    const { page, dialog, press, tokens } = await opened()
    await page.getByRole('tab', { name: 'npm registry' }).click()
    await page.getByRole('tab', { name: 'REST API' }).click()
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await dialog.getByLabel('Name').fill('Nightly export')
    await press('Next')
    await dialog.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
    await press('Next')
    await dialog.getByRole('radio', { name: 'All resources' }).check()
    await back(page)
    await dialog.getByRole('heading', { name: 'Choose scopes' }).waitFor()
    await expect
      .poll(() => dialog.getByRole('checkbox', { name: 'file_content:read', exact: true }).isChecked())
      .toBe(true)
    await back(page)
    await dialog.getByRole('heading', { name: 'Describe your token' }).waitFor()
    const question = dialog.getByText('Nothing has been saved. Discard what you have typed?')
    for (let i = 0; i < 3; i++) {
      await back(page)
      await question.waitFor()
      await back(page)
      await question.waitFor({ state: 'detached' })
    }
    await expect.poll(() => dialog.getByLabel('Name').inputValue()).toBe('Nightly export')
    // Twice before the page has answered.
    await page.evaluate(() => {
      history.back()
      history.back()
    })
    await page.waitForTimeout(500)
    await expect.poll(() => dialog.getByLabel('Name').inputValue()).toBe('Nightly export')
    if (await question.count()) await press('Keep editing')
    for (const name of ['Next', 'Next', 'Create']) await press(name)
    await storeSecret(page)
    await dialog.waitFor({ state: 'detached' })
    expect((await tokens.list({ actor: 'ada', planId: '1001' })).tokens).toHaveLength(2)
    // And where it was before is still where it leads.
    await back(page)
    await tabIs(page, 'npm registry')
  })

  it('does not lose a secret that was not copied', async () => {
    const { page, dialog, press } = await opened()
    await choose(page, 'Job 000', 'Refresh token')
    await press('Refresh token')
    const box = page.getByRole('dialog', { name: 'Your new token' })
    for (let i = 0; i < 2; i++) {
      await back(page)
      await box.getByText('The secret is not copied yet.').waitFor()
    }
    await press('Go back')
    await storeSecret(page)
    await dialog.waitFor({ state: 'detached' })
    await back(page)
    await leaves(page)
  })

  it('does not lead through modals that were closed', async () => {
    const { page, dialog } = await opened()
    await page.getByRole('tab', { name: 'npm registry' }).click()
    await page.getByRole('tab', { name: 'REST API' }).click()
    for (const entry of ['Edit token', 'Refresh token', 'Details and history']) {
      await choose(page, 'Job 000', entry)
      await dialog.waitFor()
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    }
    await back(page)
    await tabIs(page, 'npm registry')
    await back(page)
    await tabIs(page, 'REST API')
    await back(page)
    await leaves(page)
  })

  it('a draft stays when another address of the page is typed, and when the browser closes its modal', async () => {
    const { page, dialog, press } = await opened()
    await choose(page, 'Job 000', 'Edit token')
    await dialog.getByLabel('Name').fill('Mine')
    const question = dialog.getByText('Nothing has been saved.')
    await page.evaluate(() => Object.assign(location, { hash: '#plan=1002&type=npm' }))
    await question.waitFor()
    await press('Keep editing')
    await planIs(page, 'Acme')
    // As browsers on phones do at the second press of their own button.
    await dialog.evaluate((one) => (one as HTMLDialogElement).close())
    await question.waitFor()
    await press('Keep editing')
    await expect.poll(() => dialog.getByLabel('Name').inputValue()).toBe('Mine')
    await page.keyboard.press('Escape')
    await press('Discard')
    await page.evaluate(() => Object.assign(location, { hash: '#plan=1002&type=npm' }))
    await planIs(page, 'Globex')
    await tabIs(page, 'npm registry')
  })
})
