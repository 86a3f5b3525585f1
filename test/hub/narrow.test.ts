/** How a token is used, and less of it: only where the host gathers it, with the proof first, and of the version that was looked at. */
import { usage } from 'plan-access-tokens/usage'
import { expect, it } from 'vitest'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { hubWorld, LINKS, look } from './world.ts'

const open = useBrowsers()

async function opened() {
  const world = await hubWorld({ engine: { usage: usage({ quietDays: 90 }) } })
  const { token, secret } = await world.make('Website sync', {
    ...{ lifetimeDays: 365, scopes: ['file_content:read', 'file_comments:read', 'projects:read'] },
    resources: [LINKS.landing, LINKS.brand],
  })
  await world.use(secret)
  await world.tokens.usage({ actor: 'ada', id: token.id })
  world.later(31)
  await world.use(secret)
  await world.tokens.authorize({
    method: 'GET',
    url: '/v1/files/ABCDEFG123/variables/local',
    headers: { 'x-figma-token': secret },
  })
  const { page } = await open()
  await page.goto(world.url)
  await look(page, 'Website sync', 'Use')
  const drawer = page.getByRole('dialog').first()
  const narrow = page.getByRole('dialog', { name: 'Narrow Website sync' })
  const openNarrow = async () => {
    await drawer.getByLabel('Look at').selectOption('The last 30 days')
    await drawer.getByRole('button', { name: 'Narrow …' }).click()
    await narrow.waitFor()
  }
  const get = () => world.tokens.get({ actor: 'ada', id: token.id })
  return { ...world, page, token, drawer, narrow, openNarrow, get }
}

describeInBrowsers('the use of a token', () => {
  it('shows its routes, resources, refusals and requests, and says of what nothing is known', async () => {
    const { drawer } = await opened()
    await drawer.getByRole('heading', { name: 'Routes' }).waitFor()
    const rows = await drawer.getByRole('listitem').allTextContents()
    expect(rows).toContainEqual(expect.stringMatching(/^GET \/v1\/files\/\{file_key\}2 requests, last on /))
    expect(rows).toContainEqual(expect.stringMatching(/^file ABCDEFG1232 requests, last on /))
    expect(rows).toContainEqual(expect.stringMatching(/variables.* · scope_missing1 request, last on /))
    await drawer.getByText('2 requests let through, 1 refused').waitFor()
    await drawer.getByText(/^Every use is known from /).waitFor()
    await drawer.getByText(/^Whether some of its access is not needed is not known yet\./).waitFor()
  })

  it('is no tab where the host gathers nothing', async () => {
    const world = await hubWorld()
    await world.make('Website sync')
    const { page } = await open()
    await page.goto(world.url)
    await look(page, 'Website sync')
    await expect.poll(() => page.getByRole('dialog').getByRole('tab').allTextContents()).not.toContain('Use')
  })

  it('is narrowed to what was used, which is shown with its proof before', async () => {
    const { drawer, narrow, openNarrow, get } = await opened()
    await openNarrow()
    await narrow.getByRole('heading', { name: 'Stays allowed' }).waitFor()
    const lists = narrow.getByRole('list')
    await expect.poll(() => lists.first().textContent()).toContain('file_comments:read')
    await expect.poll(() => lists.first().textContent()).toContain('team Brand')
    await expect.poll(() => lists.last().textContent()).toContain('GET /v1/files/{file_key}file Landing page · Allowed')
    expect((await get()).version).toBe(1)
    await narrow.getByRole('button', { name: 'Narrow', exact: true }).click()
    await drawer.getByText('Website sync has only the access that it uses.').waitFor()
    const token = await get()
    expect([token.scopes, token.resources.length]).toEqual([['file_content:read'], 1])
  })

  it('is not narrowed where another admin has changed it meanwhile', async () => {
    const { narrow, openNarrow, get, tokens, token } = await opened()
    await openNarrow()
    await tokens.edit({ actor: 'bob', id: token.id, name: 'By Bob' })
    await narrow.getByRole('button', { name: 'Narrow', exact: true }).click()
    await narrow.getByText('Somebody else changed the token at the same moment.').waitFor()
    expect((await get()).scopes).toHaveLength(3)
  })

  it('that a server cannot tell is said, and comes when it is tried again', async () => {
    const { drawer, state, page } = await opened()
    state.fault = (request) => (/\/(usage|advice)/.test(request) ? { status: 500, body: '' } : undefined)
    await drawer.getByRole('tab', { name: 'Overview' }).click()
    await drawer.getByRole('tab', { name: 'Use' }).click()
    const failed = drawer.getByText('The server could not do it just now.')
    await expect.poll(() => failed.count(), { timeout: 10_000 }).toBe(2)
    state.fault = () => undefined
    for (let left = 1; left >= 0; left--) {
      await page.getByRole('button', { name: 'Try again' }).first().click()
      await expect.poll(() => failed.count(), { timeout: 10_000 }).toBe(left)
    }
    await drawer.getByRole('heading', { name: 'Routes' }).waitFor()
  })
})
