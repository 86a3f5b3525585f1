/** Each path of the documented page, as a plan admin walks it in a real browser. Names and roles are those of the contract. */
import { expect, it } from 'vitest'
import { REGISTRY } from '../npm/world.ts'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { choose, hubWorld, LINKS, PLAN, rowOf, rowSays, storeSecret } from './world.ts'

const open = useBrowsers()

/** The hub in a browser, with the page open. */
async function opened() {
  const world = await hubWorld()
  const { page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
  return { ...world, page, load: () => page.goto(world.url) }
}

describeInBrowsers('the page', () => {
  it('is drawn, its tokens too, out of its HTML, three files, and its texts, and asks for nothing but the counts then', async () => {
    const { page, load, make, state } = await opened()
    await make('Website sync')
    await load()
    await rowOf(page, 'Website sync').waitFor()
    await page.waitForLoadState('networkidle')
    const asked = state.requests.map((request) => request.replace(/\.([0-9a-f]{16}|[\w-]{8})\.(?=\w+$)/, '.'))
    expect(asked.toSorted()).toEqual([
      'GET ',
      'GET /api/plans/1001/overview?type=rest',
      'GET /hub-table.js',
      'GET /hub.css',
      'GET /hub.js',
      'GET /texts.json',
    ])
  })

  it('makes a REST API token in three steps, shows its secret once, and the secret works', async () => {
    const { page, load, tokens, use } = await opened()
    await load()
    await expect.poll(() => page.getByRole('tab').allTextContents()).toEqual(['REST API', 'npm registry'])
    await expect.poll(() => page.getByRole('tab', { name: 'REST API' }).getAttribute('aria-selected')).toBe('true')

    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    const dialog = page.getByRole('dialog', { name: 'Generate REST API plan access token' })
    await dialog.getByRole('heading', { name: 'Describe your token' }).waitFor()
    await dialog.getByLabel('Name').fill('Nightly export')
    await dialog.getByLabel('Description').fill('Runs at two.')
    await dialog.getByLabel('Expiration').selectOption({ value: '30' })
    await dialog.getByRole('button', { name: 'Next' }).click()
    await dialog.getByRole('heading', { name: 'Choose scopes' }).waitFor()
    await dialog.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
    await dialog.getByRole('button', { name: 'Next' }).click()
    await dialog.getByRole('heading', { name: 'Choose resources' }).waitFor()
    await dialog.getByRole('radio', { name: 'Only selected resources' }).check()
    await dialog.getByLabel('Links to resources').fill(`${LINKS.landing}\n${LINKS.brand}`)
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()

    const box = page.getByRole('dialog', { name: 'Your new token' })
    await box.getByRole('button', { name: 'Copy', exact: true }).click()
    await box.getByText('The secret is on the clipboard.').waitFor()
    const secret = await page.evaluate(() => navigator.clipboard.readText())
    await expect.poll(() => box.textContent()).toContain(secret)
    await box.getByRole('button', { name: 'Done' }).click()

    expect(await page.content()).not.toContain(secret)
    await rowSays(page, 'Nightly export', 'Active')
    expect((await use(secret)).allowed).toBe(true)
    const [token] = (await tokens.list({ actor: 'ada', planId: PLAN })).tokens
    expect(token).toMatchObject({ description: 'Runs at two.', lifetimeDays: 30, scopes: ['file_content:read'] })
    expect(token?.resources).toHaveLength(2)
  })

  it('makes an npm token on the other tab', async () => {
    const { page, load, tokens } = await opened()
    await load()
    await page.getByRole('tab', { name: 'npm registry' }).click()
    await page.getByRole('button', { name: 'Generate npm token' }).click()
    const dialog = page.getByRole('dialog', { name: 'Generate npm plan access token' })
    await dialog.getByLabel('Name').fill('Installs in CI')
    await dialog.getByRole('button', { name: 'Next' }).click()
    await dialog.getByRole('checkbox', { name: 'npm:read', exact: true }).check()
    await dialog.getByRole('button', { name: 'Next' }).click()
    await dialog.getByLabel('Links to resources').fill(`${REGISTRY}/@acme`)
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()
    const box = page.getByRole('dialog', { name: 'Your new token' })
    await box.getByText('How it is used').click()
    await expect.poll(() => box.textContent()).toContain('//npm.acme.example/:_authToken=$' + '{NPM_TOKEN}')
    await storeSecret(page)
    await rowOf(page, 'Installs in CI').waitFor()
    expect((await tokens.list({ actor: 'ada', planId: PLAN, type: 'npm' })).tokens).toHaveLength(1)
  })

  it('edits a token', async () => {
    const { page, load, make, tokens } = await opened()
    const { token } = await make('Website sync')
    await load()
    await choose(page, 'Website sync', 'Edit token')
    const dialog = page.getByRole('dialog', { name: 'Edit token' })
    await dialog.getByLabel('Name').fill('Website sync, new')
    await dialog.getByLabel('Description').fill('For the website.')
    await dialog.getByRole('checkbox', { name: 'webhooks:read' }).check()
    await dialog.getByRole('radio', { name: 'Only selected resources' }).check()
    await dialog.getByLabel('Links to resources').fill(LINKS.brand)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await rowOf(page, 'Website sync, new').waitFor()
    expect(await tokens.get({ actor: 'ada', id: token.id })).toMatchObject({
      name: 'Website sync, new',
      description: 'For the website.',
      scopes: ['file_content:read', 'webhooks:read'],
      resources: [{ kind: 'team', id: '456', link: LINKS.brand }],
    })
  })

  it('shows both dates before a refresh, and the old secret goes on working', async () => {
    const { page, load, make, use, tokens } = await opened()
    const { token, secret } = await make('Website sync')
    await load()
    await choose(page, 'Website sync', 'Refresh token')
    const dialog = page.getByRole('dialog', { name: 'Refresh Website sync' })
    const { expiresAt, previousWorksUntil } = await tokens.previewRefresh({ actor: 'ada', id: token.id })
    const shown = (at: number): string =>
      new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)
    await dialog.getByText(shown(expiresAt)).waitFor()
    await dialog.getByText(shown(previousWorksUntil)).waitFor()
    await dialog.getByRole('button', { name: 'Refresh token' }).click()
    await storeSecret(page)
    expect((await use(secret)).allowed).toBe(true)
    expect((await tokens.get({ actor: 'ada', id: token.id })).secrets).toHaveLength(2)
    await rowSays(page, 'Website sync', 'The old secret works until')
  })

  it('ends the old secret at once when it has leaked', async () => {
    const { page, load, make, use } = await opened()
    const { secret } = await make('Website sync')
    await load()
    await choose(page, 'Website sync', 'Refresh token')
    const dialog = page.getByRole('dialog', { name: 'Refresh Website sync' })
    await dialog.getByLabel('The old secret has leaked: end it now').check()
    await dialog.getByText('the moment you refresh').waitFor()
    await dialog.getByRole('button', { name: 'Refresh token' }).click()
    await page.getByRole('dialog', { name: 'Your new token' }).waitFor()
    expect(await use(secret)).toMatchObject({ allowed: false, code: 'secret_retired' })
  })

  it('revokes a token once its name is typed', async () => {
    const { page, load, make, use } = await opened()
    const { secret } = await make('Website sync')
    await load()
    await choose(page, 'Website sync', 'Revoke token')
    const dialog = page.getByRole('dialog', { name: 'Revoke Website sync' })
    await dialog.getByText('This cannot be undone.').waitFor()
    await dialog.getByLabel('Type Website sync to confirm').fill('website')
    await dialog.getByLabel('Type Website sync to confirm').press('Enter')
    await dialog.getByText('This is not the name of the token.').waitFor()
    expect((await use(secret)).allowed).toBe(true)
    await dialog.getByLabel('Type Website sync to confirm').fill('Website sync')
    await dialog.getByRole('button', { name: 'Revoke token' }).click()
    await page.getByText('Website sync is revoked.').waitFor()
    await rowSays(page, 'Website sync', 'Revoked')
    expect(await use(secret)).toMatchObject({ allowed: false, code: 'token_revoked' })
  })

  it('copies the id of a token', async () => {
    const { page, load, make } = await opened()
    const { token } = await make('Website sync')
    await load()
    await choose(page, 'Website sync', 'Copy id')
    await page.getByText('The id is on the clipboard.').waitFor()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(token.id)
  })

  it('switches to the organizations of which one is an admin, and says why one cannot have tokens', async () => {
    const { page, load, make } = await opened()
    await make('Of Globex', { planId: '1002' })
    await load()
    const organization = page.getByLabel('Organization')
    // Not by the locator of the options: under WebDriver, Firefox itself crashes at what is done to them next.
    const names = organization.evaluate((one) => Array.from((one as HTMLSelectElement).options, ({ text }) => text))
    expect(await names).toEqual(['Acme', 'Globex', 'Initech'])
    await organization.selectOption('Globex')
    await rowOf(page, 'Of Globex').waitFor()
    await organization.selectOption('Initech')
    await page.getByText('The plan of Initech does not include these tokens.').waitFor()
    await expect.poll(() => page.getByRole('button', { name: 'Generate REST API token' }).count()).toBe(0)
  })
})
