/** A token's own page: its address, who may see it, what it shows, and that one comes back to where one was. */

import { reportLeak } from 'plan-access-tokens/leaks'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { back, choose, type HubWorldOptions, hubWorld, isFocused, LINKS, look, rowOf, storeSecret } from './world.ts'

const open = useBrowsers()

async function opened(options: HubWorldOptions = {}) {
  const world = await hubWorld(options)
  const { token, secret } = await world.make('Website sync', { resources: [LINKS.landing, LINKS.brand] })
  const { page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
  const drawer = page.getByRole('dialog')
  return { ...world, token, secret, page, drawer, load: (hash = '') => page.goto(world.url + hash) }
}

const hashOf = (page: Page) => new URLSearchParams(new URL(page.url()).hash.slice(1))
const NOT_HERE = 'This token is not here, or you may not see it.'

describeInBrowsers('the address of a token', () => {
  it('holds no secret: one that stands there as a token is asked of nobody, and taken out', async () => {
    const { page, drawer, load, state, secret } = await opened()
    await load(`#plan=1001&token=${secret}`)
    await rowOf(page, 'Website sync').waitFor()
    await expect.poll(() => hashOf(page).get('token')).toBe(null)
    await expect.poll(() => drawer.count()).toBe(0)
    expect(state.requests.filter((one) => one.includes(secret))).toEqual([])
  })

  it('stands there while its page is open, survives a reload, and goes with Back', async () => {
    const { page, drawer, load, token } = await opened()
    await load()
    await look(page, 'Website sync', 'Access')
    await expect.poll(() => hashOf(page).get('tab')).toBe('access')
    expect(Object.fromEntries(hashOf(page))).toEqual({ plan: '1001', type: 'rest', token: token.id, tab: 'access' })
    await page.reload()
    await drawer.getByRole('tab', { name: 'Access', selected: true }).waitFor()
    await back(page)
    await drawer.waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate(() => location.hash)).not.toContain('token=')
    await rowOf(page, 'Website sync').waitFor()
    expect(await page.evaluate(() => history.state)).toBe(null)
  })

  it('leads a colleague to it, over the table of its plan and type; Back and Close lead to the table', async () => {
    const { page, drawer, load, state, token } = await opened()
    state.actor = 'bob'
    const link = `#plan=1001&type=rest&token=${token.id}&tab=activity`
    await load(link)
    await drawer.getByText('ada created the token').waitFor()
    await back(page)
    await drawer.waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate(() => location.hash)).not.toContain('token=')
    // Typed into the page that is open already.
    await page.evaluate((hash) => Object.assign(location, { hash }), link)
    await drawer.getByText('ada created the token').waitFor()
    await drawer.getByRole('button', { name: 'Close' }).click()
    await drawer.waitFor({ state: 'detached' })
    await expect.poll(() => hashOf(page).get('token')).toBe(null)
    await expect.poll(() => isFocused(rowOf(page, 'Website sync').getByRole('button').first())).toBe(true)
    // And once more, where a modal was closed just before.
    await page.evaluate((hash) => Object.assign(location, { hash }), link)
    await drawer.getByText('ada created the token').waitFor()
  })

  it.each(['no token', 'a token of another plan of mine', 'a token of a plan of others', 'no id at all'])(
    'of %s tells the same, and nothing of what there is',
    async (which) => {
      const { page, drawer, load, make, state, token } = await opened()
      const other = await make('Secret project', { planId: '1002' })
      if (which === 'a token of a plan of others') state.actor = 'bob'
      const id = {
        'no token': 'tok_nothing',
        'a token of another plan of mine': other.token.id,
        'a token of a plan of others': other.token.id,
        'no id at all': '../plans/1001/tokens',
      }[which]
      await load(`#plan=1001&type=rest&token=${encodeURIComponent(id ?? '')}&tab=nonsense`)
      await drawer.getByText(NOT_HERE).waitFor()
      await expect.poll(() => drawer.textContent()).toBe(`This token is not here×${NOT_HERE}`)
      expect(await page.content()).not.toContain('Secret project')
      await drawer.getByRole('button', { name: 'Close' }).click()
      await rowOf(page, token.name).waitFor()
    },
  )

  it('of another token, typed while one is open, shows that one', async () => {
    const { page, drawer, load, make } = await opened()
    const { token } = await make('Second')
    await load()
    await look(page, 'Website sync')
    await page.evaluate((hash) => Object.assign(location, { hash }), `#plan=1001&type=rest&token=${token.id}`)
    await page.getByRole('dialog', { name: 'Second' }).waitFor()
    await expect.poll(() => drawer.count()).toBe(1)
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
  })
})

describeInBrowsers('the page of a token', () => {
  it('shows everything that it is: dates in words and in UTC, secrets in a line, whom to ask, the rules that bind it', async () => {
    const rules = { maxLifetimeDays: 180, idleDays: 30, allResources: false, stepUp: { revoke: { maxAgeSeconds: 60 } } }
    const world = await hubWorld({ directory: { rules: () => rules } })
    const { token } = await world.make('Website sync', {
      ...{ resources: [LINKS.landing], contact: 'web@acme.example', metadata: { team: 'web' } },
      ...{ addresses: ['203.0.113.0/24'], description: 'Runs every night.' },
    })
    await world.tokens.refresh({ actor: 'ada', id: token.id })
    const { page } = await open({ timezoneId: 'Asia/Tokyo' })
    await page.goto(world.url)
    await look(page, 'Website sync')
    const text = async () => (await page.locator('#token-panel').textContent()) ?? ''
    await page.getByText('A secret works for 180 days at most.').waitFor()
    const shown = await text()
    expect(shown).toContain(`${new Date(token.expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`)
    expect(shown).toContain('GMT+9')
    for (const part of ['Runs every night.', 'web@acme.example', 'team', '203.0.113.0/24', '90 days', 'by ada'])
      expect(shown).toContain(part)
    for (const rule of [
      'After 30 days without a use',
      'Its resources must be named',
      'Some changes ask that you confirm',
    ])
      expect(shown).toContain(rule)
    await expect
      .poll(() => page.locator('.timeline > li').allTextContents())
      .toEqual([
        expect.stringMatching(/^Newest secret.*Issued.*Works until/),
        expect.stringMatching(/^Old secret.*Issued.*Works until.*in 24 hours|in 1 day|tomorrow/),
      ])
  })

  it('names what it may do: scopes with their titles, resources with their names and kinds', async () => {
    const { page, drawer, load } = await opened()
    await load()
    await look(page, 'Website sync', 'Access')
    await drawer.getByText('Landing page', { exact: true }).waitFor()
    const rows = await drawer.getByRole('listitem').allTextContents()
    expect(rows).toEqual([
      expect.stringMatching(/^Read file contents.*file_content:read$/i),
      `Landing page file${LINKS.landing}`,
      `Brand team${LINKS.brand}`,
    ])
  })

  it('edits, refreshes and revokes from its head, goes on showing it, and gives a receipt of its end', async () => {
    const { page, drawer, load, token, tokens } = await opened()
    await load()
    await look(page, 'Website sync')
    const box = page.getByRole('dialog', { name: 'Website sync', exact: true })
    await box.getByRole('button', { name: 'Edit token' }).click()
    await drawer.last().getByLabel('Name').fill('Website')
    await drawer.last().getByRole('button', { name: 'Save' }).click()
    const renamed = page.getByRole('dialog', { name: 'Website', exact: true })
    await renamed.getByText('Website is saved.').waitFor()
    await expect.poll(() => isFocused(renamed.getByRole('button', { name: 'Edit token' }))).toBe(true)
    await renamed.getByRole('button', { name: 'Revoke token' }).click()
    await page.getByLabel('Type Website to confirm').fill('Website')
    await drawer.last().getByText('Say why').click()
    await drawer.last().getByLabel('Reason').fill('It was found in a log.')
    await drawer.last().getByRole('button', { name: 'Revoke token' }).click()
    await renamed.getByText('Website is revoked.').waitFor()
    await renamed.getByRole('button', { name: 'Show receipt' }).click()
    await renamed.getByText('Not accepted since').waitFor()
    const { receipt } = await tokens.revoke({ actor: 'ada', id: token.id, receipt: true })
    await renamed.getByText(receipt.chain ?? 'no chain', { exact: true }).waitFor()
    await renamed.getByRole('button', { name: 'Copy as JSON' }).click()
    await renamed.getByText('It is on the clipboard.').waitFor()
    const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))
    expect(copied).toMatchObject({ tokenId: token.id, seq: receipt.seq, revokedAt: receipt.revokedAt })
    await renamed.getByRole('tab', { name: 'Activity' }).click()
    await renamed.getByText('It was found in a log.').waitFor()
  })

  it('tells of a secret that was found, by whom, where and when', async () => {
    const { page, drawer, load, tokens, secret } = await opened()
    await reportLeak(tokens, { text: secret, source: 'github', url: 'https://github.com/acme/site', action: 'tell' })
    await load()
    await look(page, 'Website sync')
    await drawer.getByRole('heading', { name: /^A secret of this token was found by GitHub on / }).waitFor()
    await drawer.getByText('https://github.com/acme/site').waitFor()
  })

  it('has the next step beside it: a new secret, with the end of the one that was found, or the end of the token', async () => {
    const { page, drawer, load, tokens, secret, use } = await opened()
    await reportLeak(tokens, { text: secret, source: 'github', action: 'tell' })
    await load()
    await look(page, 'Website sync')
    const note = drawer.locator('section').filter({ hasText: 'found by GitHub' })
    await note.getByRole('button', { name: 'Revoke token' }).click()
    await page.getByRole('dialog', { name: 'Revoke Website sync' }).getByRole('button', { name: 'Cancel' }).click()
    await note.getByRole('button', { name: 'Refresh and end the old secret now' }).click()
    const refresh = page.getByRole('dialog', { name: 'Refresh Website sync' })
    await expect.poll(() => refresh.getByRole('checkbox', { name: 'The old secret has leaked' }).isChecked()).toBe(true)
    await refresh.getByRole('button', { name: 'Refresh token' }).click()
    await page.getByRole('dialog', { name: 'Your new token' }).waitFor()
    expect((await use(secret)).allowed).toBe(false)
    await storeSecret(page)
    await note.waitFor({ state: 'detached' })
  })

  it('is no older than when it was opened, and says so where it cannot be loaded; the session that ends shows nothing new', async () => {
    const { page, drawer, load, state, token } = await opened({ signIn: '/sign-in' })
    await load()
    state.actor = undefined
    await choose(page, 'Website sync', 'Details and history')
    await drawer.getByText('You are no longer signed in.').waitFor()
    await drawer.getByText('What stands below may have changed since.').waitFor()
    await drawer.getByRole('link', { name: 'Sign in' }).waitFor()
    state.actor = 'ada'
    await drawer.getByRole('button', { name: 'Try again' }).click()
    await drawer.getByText('What stands below may have changed since.').waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    state.actor = 'ada'
    await page.goto('about:blank')
    state.fault = (request) => (/^GET \/api\/tokens\/\w+$/.test(request) ? { status: 500, body: '' } : undefined)
    await load(`#plan=1001&type=rest&token=${token.id}`)
    await drawer.getByText('The server could not do it just now.').waitFor()
    await expect.poll(() => drawer.textContent()).not.toContain('Website sync')
  })

  it('is walked through by the keyboard alone', async () => {
    const { page, drawer, load } = await opened()
    await load()
    const name = rowOf(page, 'Website sync').getByRole('button').first()
    await name.focus()
    await page.keyboard.press('Enter')
    await drawer.getByRole('tab', { name: 'Overview', selected: true }).focus()
    for (const [key, tab] of [
      ['ArrowRight', 'Activity'],
      ['End', 'Try it'],
      ['ArrowRight', 'Overview'],
    ] as const) {
      await page.keyboard.press(key)
      await expect.poll(() => isFocused(drawer.getByRole('tab', { name: tab, selected: true }))).toBe(true)
    }
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    await expect.poll(() => isFocused(name)).toBe(true)
  })
})

describeInBrowsers('a slow answer', () => {
  it('of before what was done is asked for again', async () => {
    const { page, drawer, load, token } = await opened()
    await load()
    await rowOf(page, 'Website sync').waitFor()
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let count = 0
    await page.route(`**/api/tokens/${token.id}`, async (route) => {
      if (route.request().method() !== 'GET' || count++ > 0) return route.continue()
      const response = await route.fetch()
      await released
      await route.fulfill({ response })
    })
    await look(page, 'Website sync')
    await expect.poll(() => count).toBe(1)
    await drawer.first().getByRole('button', { name: 'Revoke' }).click()
    await drawer.last().getByRole('textbox').fill('Website sync')
    await drawer.last().getByRole('button', { name: 'Revoke token' }).click()
    await expect.poll(() => drawer.count()).toBe(1)
    release()
    await drawer.getByText('Revoked', { exact: true }).first().waitFor()
  })
})

describeInBrowsers('a reason', () => {
  it('holds no secret, which would stay in the log', async () => {
    const { page, drawer, load, tokens, token, secret } = await opened()
    await load()
    await look(page, 'Website sync')
    await drawer.first().getByRole('button', { name: 'Revoke token' }).click()
    await drawer.last().getByLabel('Type Website sync to confirm').fill('Website sync')
    await drawer.last().getByText('Say why').click()
    await drawer.last().getByLabel('Reason').fill(`It was found: ${secret}`)
    await drawer.last().getByText('This holds a secret, which would stay in the log.').waitFor()
    await page.keyboard.press('Enter')
    await page.waitForTimeout(300)
    expect((await tokens.get({ actor: 'ada', id: token.id })).status).toBe('active')
    await drawer.last().getByLabel('Reason').fill('It was found.')
    await page.keyboard.press('Enter')
    await drawer.getByText('Website sync is revoked.').waitFor()
  })
})
