/** What the hub does beyond the documented page: the table at a glance, history, pages, replacements, Try it, a host's own looks. */
import { addressRanges } from 'plan-access-tokens/addresses'
import { expect, it } from 'vitest'
import { REGISTRY } from '../npm/world.ts'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, descriptionOf, filterBy, hubWorld, LINKS, look, PLAN, rowOf, storeSecret } from './world.ts'

const open = useChromium()

/** The hub in a browser; `load` opens the page. */
async function opened(options: Parameters<typeof hubWorld>[0] = {}) {
  const world = await hubWorld(options)
  const { page } = await open()
  /** The names of the tokens that are shown, in their order. */
  const names = () => page.locator('td.name button').allTextContents()
  return { ...world, page, names, load: () => page.goto(world.url), dialog: page.getByRole('dialog') }
}

/** Waits until the table holds a number of tokens. */
const rows = (page: Awaited<ReturnType<typeof opened>>['page'], count: number) =>
  expect.poll(() => page.locator('tbody tr').count(), { timeout: 10_000 }).toBe(count)

describeInChromium('the table', () => {
  it('has what expires soon first, and says of each token how it stands', async () => {
    const { page, load, make, names, later, tokens } = await opened()
    await make('Long', { lifetimeDays: 200 })
    await make('Over', { lifetimeDays: 1 })
    const { token } = await make('Ended', { lifetimeDays: 300 })
    await tokens.revoke({ actor: 'bob', id: token.id })
    later(2)
    await make('Soon', { lifetimeDays: 3 })
    await load()
    await expect.poll(async () => (await names()).slice(0, 2)).toEqual(['Soon', 'Long'])
    await expect.poll(async () => (await names()).slice(2).sort()).toEqual(['Ended', 'Over'])
    for (const [name, status, more] of [
      ['Soon', 'Expires soon', 'in '],
      // 198 days from now, by the calendar.
      ['Long', 'Active', /in [67] months/],
      ['Over', 'Expired', ''],
      ['Ended', 'Revoked', 'revoked '],
    ] as const) {
      const row = rowOf(page, name)
      await expect.poll(() => row.locator('.badge, .status').textContent()).toBe(status)
      await expect.poll(() => row.textContent()).toMatch(more)
    }
  })

  it('says when a token was used last, and its old secret', async () => {
    const { page, load, make, use, later, tokens } = await opened()
    const { token, secret } = await make('Website sync')
    await make('Never touched')
    await use(secret)
    const refreshed = await tokens.refresh({ actor: 'ada', id: token.id })
    later(2 / 24)
    await use(refreshed.secret.reveal())
    later(1 / 24)
    await load()
    const row = rowOf(page, 'Website sync')
    await row.getByText('1 hour ago', { exact: false }).first().waitFor()
    await row.getByText('The old secret was last used 3 hours ago.').waitFor()
    await rowOf(page, 'Never touched').getByText('Never used').waitFor()
    await row.getByRole('button', { name: 'Website sync' }).click()
    const secrets = await page.getByRole('dialog').getByRole('listitem').allTextContents()
    expect(secrets[0]).toMatch(/^Newest secretIssued.*Works until.*Last used1 hour ago$/)
    expect(secrets[1]).toMatch(/^Old secretIssued.*Works until.*Last used3 hours ago$/)
  })

  it('pages forwards and back, and a search begins at the first page', async () => {
    const { page, load, make, names } = await opened()
    for (let i = 0; i < 120; i++) await make(`Token ${String(i).padStart(3, '0')}`, { lifetimeDays: 100 + i })
    await load()
    const expected = Array.from({ length: 120 }, (_, i) => `Token ${String(i).padStart(3, '0')}`)
    const shows = (from: number, to: number) =>
      expect.poll(names, { timeout: 10_000 }).toEqual(expected.slice(from, to))
    const previous = page.getByRole('button', { name: 'Previous page' })
    const more = page.getByRole('button', { name: 'Next page' })
    await shows(0, 50)
    // A double click is one page and no more.
    await more.dblclick()
    await shows(50, 100)
    await more.click()
    await shows(100, 120)
    await expect.poll(() => more.isEnabled()).toBe(false)
    await previous.click()
    await shows(50, 100)
    await previous.click()
    await shows(0, 50)
    await expect.poll(() => previous.isEnabled()).toBe(false)
    await more.click()
    await shows(50, 100)
    await page.getByLabel('Search tokens').fill('token 00')
    await shows(0, 10)
    await expect.poll(() => page.getByRole('navigation', { name: 'Pages of tokens' }).count()).toBe(0)
    await page.getByText('10 tokens found').waitFor()
    await page.getByLabel('Search tokens').fill('')
    await shows(0, 50)
  })

  it('is filtered by status, and searched by name, description and id', async () => {
    const { page, load, make, later, tokens } = await opened()
    const { token } = await make('Old one', { lifetimeDays: 1 })
    later(2)
    await make('New one', { description: 'For the quarterly report' })
    await tokens.revoke({ actor: 'ada', id: (await make('Gone one')).token.id })
    await load()
    await rows(page, 3)
    for (const [label, name] of [
      ['Active', 'New one'],
      ['Expired', 'Old one'],
      ['Revoked', 'Gone one'],
    ] as const) {
      await filterBy(page, 'Status', label)
      await rows(page, 1)
      await rowOf(page, name).waitFor()
    }
    await filterBy(page, 'Status', 'All')
    for (const [text, name] of [
      ['OLD', 'Old one'],
      ['quarterly', 'New one'],
      [token.id, 'Old one'],
    ] as const) {
      await page.getByLabel('Search tokens').fill(text)
      await rows(page, 1)
      await rowOf(page, name).waitFor()
    }
    await filterBy(page, 'Status', 'Active')
    await page.getByText('No token matches. Change the search or the filters.').waitFor()
  })
})

describeInChromium('of one token', () => {
  it('tells who made, edited, refreshed and revoked it, and what changed', async () => {
    const { page, load, make, tokens, dialog } = await opened()
    const { token } = await make('Website sync')
    const { id } = token
    await tokens.edit({ actor: 'bob', id, name: 'Website', resources: [LINKS.brand] })
    await tokens.refresh({ actor: 'ada', id })
    await tokens.revoke({ actor: 'bob', id })
    for (let i = 0; i < 25; i++) await make(`Other ${i}`)
    await load()
    await page.getByLabel('Search tokens').fill('Website')
    await look(page, 'Website', 'Activity')
    const entries = dialog.locator('ol.history > li')
    await entries.nth(3).waitFor()
    const texts = await entries.allTextContents()
    expect(texts.map((text) => /^(ada|bob) \w+ the token|^bob edited Name, Resources/.exec(text)?.[0])).toEqual([
      'bob revoked the token',
      'ada refreshed the token',
      'bob edited Name, Resources',
      'ada created the token',
    ])
    expect(texts[2]).toContain('before: Website sync after: Website')
    expect(texts[2]).toContain(`before: All resources`)
    expect(texts[2]).toContain(`after: ${LINKS.brand}`)
  })

  it('shows a long history some entries at a time', async () => {
    const { page, load, make, tokens, dialog } = await opened()
    const { token } = await make('Name 0')
    for (let i = 1; i <= 30; i++) await tokens.edit({ actor: 'ada', id: token.id, name: `Name ${i}` })
    await load()
    await look(page, 'Name 30', 'Activity')
    const entries = dialog.locator('ol.history > li')
    await entries.nth(19).waitFor()
    await dialog.getByRole('button', { name: 'Earlier entries' }).click()
    await entries.nth(30).waitFor()
    await expect.poll(() => entries.count()).toBe(31)
    await expect.poll(() => entries.last().textContent()).toContain('ada created the token')
    await expect.poll(() => dialog.getByRole('button', { name: 'Earlier entries' }).count()).toBe(0)
  })

  it.each(['revoked', 'expired'])('a replacement like one that is %s has everything but its secret', async (end) => {
    const { page, load, make, later, tokens, dialog } = await opened()
    const { token } = await make('Website sync', {
      ...{ description: 'For the website.', lifetimeDays: 45, scopes: ['file_content:read', 'webhooks:read'] },
      resources: [LINKS.landing, LINKS.brand],
    })
    if (end === 'revoked') await tokens.revoke({ actor: 'ada', id: token.id })
    else later(46)
    await load()
    await rowOf(page, 'Website sync').getByRole('button').last().click()
    await page.getByRole('menuitem', { name: 'Edit token' }).press('Enter')
    await page.getByText('Only an active token can be edited or refreshed.').waitFor()
    await choose(page, 'Website sync', 'Generate a replacement like this')
    await expect.poll(() => dialog.getByLabel('Name').inputValue()).toBe('Website sync')
    await expect.poll(() => descriptionOf(dialog.getByLabel('Ends on'))).toContain('In 45 days.')
    for (const name of ['Next', 'Next', 'Create']) await dialog.getByRole('button', { name }).click()
    await storeSecret(page)
    await rows(page, 2)
    const { tokens: all } = await tokens.list({ actor: 'ada', planId: PLAN, status: 'active' })
    const { id: _, createdAt, expiresAt, secrets, version, revokedAt, revokedBy, status, ...same } = token
    expect(all).toMatchObject([{ ...same, lastUsedAt: null, status: 'active' }])
    expect(all[0]?.id).not.toBe(token.id)
  })

  it.each<[string, string, string, string | undefined]>([
    ['a path', 'GET', '/v1/files/ABCDEFG123', undefined],
    ['a whole address', 'GET', ' https://api.figma.com/v1/files/ABCDEFG123?depth=1#nodes ', undefined],
    ['a path that the scopes lack', 'GET', '/v1/files/ABCDEFG123/comments', 'scope_missing'],
    ['another method', 'DELETE', '/v1/files/ABCDEFG123', 'endpoint_unknown'],
    ['a path that can be read in two ways', 'GET', '/v1/files/../me', 'request_malformed'],
    ['text', 'GET', '🦄 مفتاح', 'request_malformed'],
    ['nothing', 'GET', '', 'endpoint_unknown'],
    ['a host alone', 'GET', 'https://api.figma.com?x=1', 'endpoint_unknown'],
  ])('Try it with %s', async (_, method, url, code) => {
    const { page, load, make, dialog, tokens } = await opened()
    const { token } = await make('Website sync')
    await load()
    await look(page, 'Website sync', 'Try it')
    await dialog.getByLabel('Method').selectOption(method)
    await dialog.getByLabel('URL', { exact: true }).fill(url)
    await dialog.getByRole('button', { name: 'Explain' }).click()
    await dialog.getByText(code === undefined ? 'It would be allowed.' : /It would be refused with \d+ /).waitFor()
    if (code !== undefined) await dialog.getByText(code).first().waitFor()
    await dialog.getByText('Every question that is asked').click()
    await expect.poll(() => dialog.locator('details[open] ol > li').count()).toBeGreaterThan(1)
    expect((await tokens.get({ actor: 'ada', id: token.id })).lastUsedAt).toBe(null)
  })

  it('Try it of a token that is kept to addresses asks from where, and has one of them', async () => {
    const { page, load, make, dialog } = await opened({ engine: { addresses: addressRanges() } })
    await make('Website sync', { addresses: ['203.0.113.0/24'] })
    await load()
    await look(page, 'Website sync', 'Try it')
    await dialog.getByLabel('URL', { exact: true }).fill('/v1/files/ABCDEFG123')
    await dialog.getByRole('button', { name: 'Explain' }).click()
    await dialog.getByText('It would be allowed.').waitFor()
    await dialog.getByLabel('From the IP address').fill('198.51.100.7')
    await dialog.getByRole('button', { name: 'Explain' }).click()
    await dialog.getByText('It would be refused with 403 address_not_allowed.').waitFor()
  })

  it('shows the lines that use it', async () => {
    const { page, load, make, dialog } = await opened()
    await make('Website sync')
    const npm = { type: 'npm', scopes: ['npm:read'], resources: [`${REGISTRY}/@acme`] }
    await make('Installs', npm)
    await load()
    await choose(page, 'Website sync', 'Details and history')
    await expect
      .poll(() => dialog.locator('pre').allTextContents())
      .toEqual(['curl -H "x-figma-token: $TOKEN" \'https://api.acme.example/v1/files/ABCDEFG123\'\n'])
    await dialog.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('tab', { name: 'npm registry' }).click()
    await choose(page, 'Installs', 'Details and history')
    const npmrc = await dialog.locator('pre').textContent()
    await dialog.getByRole('tab', { name: '.yarnrc.yml' }).click()
    const yarnrc = await dialog.locator('pre').textContent()
    expect(npmrc).toContain(
      ['@acme:registry=', REGISTRY, '/\n//npm.acme.example/:_authToken=$', '{NPM_TOKEN}'].join(''),
    )
    expect(yarnrc).toContain('npmAuthToken: "$' + '{NPM_TOKEN:-}"')
  })
})

describeInChromium("a host's own", () => {
  it('texts, language, product and colours take effect', async () => {
    const { page, load, make } = await opened({
      lang: 'de',
      product: 'Acme Studio',
      texts: {
        title: 'Plan-Tokens',
        generate: 'Token für {type} erstellen',
        statusActive: 'Aktiv',
        columnExpires: 'Läuft ab',
      },
      css: ':root { --hub-accent: rgb(10, 125, 90); --hub-font: monospace }',
    })
    const { token } = await make('Website sync', { lifetimeDays: 200 })
    await load()
    await expect
      .poll(async () => [await page.title(), await page.locator('html').getAttribute('lang')])
      .toEqual(['Plan-Tokens · Acme Studio', 'de'])
    await page.getByRole('heading', { name: 'Plan-Tokens' }).waitFor()
    await page.getByText('Acme Studio', { exact: true }).waitFor()
    await page.getByRole('columnheader', { name: 'Läuft ab' }).waitFor()
    const button = page.getByRole('button', { name: 'Token für REST API erstellen' })
    await expect.poll(() => button.evaluate((one) => getComputedStyle(one).backgroundColor)).toBe('rgb(10, 125, 90)')
    await expect.poll(() => button.evaluate((one) => getComputedStyle(one).fontFamily)).toBe('monospace')
    const date = new Intl.DateTimeFormat('de', { dateStyle: 'medium', timeZone: 'UTC' }).format(token.expiresAt)
    const row = await rowOf(page, 'Website sync').textContent()
    expect(row).toContain('Aktiv')
    expect(row).toContain(date)
    // 200 days are 6 or 7 months of the calendar, by the day on which one counts.
    expect(row).toMatch(/in [67] Monaten/)
  })
})
