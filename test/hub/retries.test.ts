/** Done once, whatever the network does: a lost answer, a call asked for twice, a button pressed twice. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, type Fault, type HubWorld, hubWorld, PLAN, rowOf, storeSecret } from './world.ts'

const open = useChromium()

const CREATE = /^POST \/api\/plans\/1001\/tokens$/
const REFRESH = /^POST .+\/refresh$/
const UNREACHED = 'The server could not be reached. Check the connection and try again.'

async function opened() {
  const world = await hubWorld()
  const { token, secret } = await world.make('Website sync')
  const { page } = await open()
  await page.goto(world.url)
  return { world, token, secret, page }
}

const press = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click()

/** What happens to the first so many requests of a call; a browser may send one again by itself, so it is not counted by requests. */
function failing(world: HubWorld, path: RegExp, fault: Fault): { stop(): void; readonly count: () => number } {
  let count = 0
  world.state.fault = (request) => {
    if (!path.test(request)) return undefined
    count++
    return fault
  }
  const stop = (): void => {
    world.state.fault = () => undefined
  }
  return { stop, count: () => count }
}

async function toCreate(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Generate REST API token' }).click()
  await page.getByLabel('Name').fill('Nightly export')
  await press(page, 'Next')
  await page.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
  await press(page, 'Next')
  await page.getByRole('radio', { name: 'All resources' }).check()
}

async function secretIn(page: Page): Promise<string> {
  const box = page.getByRole('dialog', { name: 'Your new token' })
  return (await box.locator('.secret code').textContent()) ?? ''
}

const tokensOf = async (world: HubWorld) => (await world.tokens.list({ actor: 'ada', planId: PLAN })).tokens
const logOf = async (world: HubWorld, tokenId: string) => {
  const { events } = await world.tokens.events({ actor: 'ada', planId: PLAN, tokenId })
  return events.map(({ type }) => type)
}

describeInChromium('done once', () => {
  it.each(['drop', 'drop the answer'] as const)('a token, if the network fails and comes back (%s)', async (fault) => {
    const { world, page } = await opened()
    await toCreate(page)
    const network = failing(world, CREATE, fault)
    await press(page, 'Create')
    await expect.poll(network.count).toBeGreaterThan(0)
    network.stop()
    const secret = await secretIn(page)
    expect((await world.use(secret)).allowed).toBe(true)
    expect(await tokensOf(world)).toHaveLength(2)
  })

  it('a token, if every answer is lost and one presses Create again', async () => {
    const { world, page } = await opened()
    await toCreate(page)
    const network = failing(world, CREATE, 'drop the answer')
    await press(page, 'Create')
    await page.getByText(UNREACHED).waitFor()
    await page.getByText('Trying again with the same input does not do it twice').waitFor()
    network.stop()
    await press(page, 'Create')
    const secret = await secretIn(page)
    expect((await world.use(secret)).allowed).toBe(true)
    expect(await tokensOf(world)).toHaveLength(2)
  })

  it('a token, whose answer was lost, is in the table when one gives up', async () => {
    const { world, page } = await opened()
    await toCreate(page)
    failing(world, CREATE, 'drop the answer')
    await press(page, 'Create')
    await page.getByText(UNREACHED).waitFor()
    await press(page, 'Cancel')
    await press(page, 'Discard')
    await rowOf(page, 'Nightly export').waitFor()
  })

  it.each(['drop', 'drop the answer'] as const)(
    'a refresh, if the network fails and comes back (%s)',
    async (fault) => {
      const { world, page, token, secret: old } = await opened()
      await choose(page, 'Website sync', 'Refresh token')
      const network = failing(world, REFRESH, fault)
      await press(page, 'Refresh token')
      await page.getByText(UNREACHED).waitFor()
      network.stop()
      await press(page, 'Refresh token')
      const secret = await secretIn(page)
      expect((await world.use(secret)).allowed).toBe(true)
      expect((await world.use(old)).allowed).toBe(true)
      const { secrets } = await world.tokens.get({ actor: 'ada', id: token.id })
      // Of those whose answers were lost none works: only the one that is shown, and the one before the refresh.
      expect(secrets.filter(({ worksUntil }) => worksUntil === null || worksUntil > Date.now())).toHaveLength(2)
    },
  )

  it('a refresh, if another admin refreshes at the same moment', async () => {
    const { world, token, page } = await opened()
    const body = JSON.stringify({ code: 'version_conflict', title: 'Changed.', status: 409, issues: [] })
    failing(world, REFRESH, { status: 409, body, type: 'application/problem+json' })
    await choose(page, 'Website sync', 'Refresh token')
    await press(page, 'Refresh token')
    await page.getByText('Somebody else changed the token at the same moment.').waitFor()
    expect(await logOf(world, token.id)).toEqual(['created'])
  })

  it('an edit, whose answer was lost, is no conflict with oneself', async () => {
    const { world, page, token } = await opened()
    await choose(page, 'Website sync', 'Edit token')
    await page.getByLabel('Description').fill('For the website.')
    const network = failing(world, /^PATCH /, 'drop the answer')
    await press(page, 'Save')
    await page.getByText(UNREACHED).waitFor()
    network.stop()
    await press(page, 'Save')
    await page.getByText('Website sync is saved.').waitFor()
    expect(await logOf(world, token.id)).toEqual(['created', 'edited'])
  })

  it('a revoke, whose answer was lost', async () => {
    const { world, page, token } = await opened()
    await choose(page, 'Website sync', 'Revoke token')
    await page.getByLabel('Type Website sync to confirm').fill('Website sync')
    const network = failing(world, /^POST .+\/revoke$/, 'drop the answer')
    await press(page, 'Revoke token')
    await expect.poll(network.count).toBeGreaterThan(0)
    network.stop()
    await page.getByText('Website sync is revoked.').waitFor()
    expect(await logOf(world, token.id)).toEqual(['created', 'revoked'])
  })

  it('a token, if Create is pressed twice, and its secret stays in sight', async () => {
    const { world, page } = await opened()
    await toCreate(page)
    await page.getByRole('button', { name: 'Create', exact: true }).dblclick()
    await secretIn(page)
    await storeSecret(page)
    expect(await tokensOf(world)).toHaveLength(2)

    await toCreate(page)
    // As fast as a program can, within one turn of the page.
    await page.getByRole('button', { name: 'Create', exact: true }).evaluate((button) => {
      for (let i = 0; i < 3; i++) (button as HTMLButtonElement).click()
      ;(button as HTMLButtonElement).form?.requestSubmit()
    })
    expect((await world.use(await secretIn(page))).allowed).toBe(true)
    const made = await tokensOf(world)
    expect(made).toHaveLength(3)
    for (const { id } of made) expect(await logOf(world, id)).toEqual(['created'])
  })

  it('a step of the form, if Next is pressed twice', async () => {
    const { world, page } = await opened()
    world.later(365)
    // So small that the buttons of every step are at the same place.
    await page.setViewportSize({ width: 400, height: 480 })
    await page.reload()
    await choose(page, 'Website sync', 'Generate a replacement like this')
    await page.getByRole('button', { name: 'Next', exact: true }).dblclick()
    await page.getByRole('heading', { name: 'Choose scopes' }).waitFor()
    await page.getByRole('button', { name: 'Next', exact: true }).dblclick()
    await page.getByRole('heading', { name: 'Choose resources' }).waitFor()
    await expect.poll(() => page.getByText('One moment').count()).toBe(0)
    await press(page, 'Create')
    await secretIn(page)
    expect(await tokensOf(world)).toHaveLength(2)
  })
})
