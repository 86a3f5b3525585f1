/**
 * A server that fails: for every call of the page, what happened and what to do is shown, what was typed stays, and trying
 * again works. Answers that were lost after the call was carried out: test/hub/retries.test.ts.
 */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, type Fault, type HubWorld, hubWorld, LINKS, look, PLAN, rowOf } from './world.ts'

const open = useChromium()

const SIGNED_OUT = 'You are no longer signed in. Sign in in another tab, then try again here.'
const SERVER = 'The server could not do it just now. Try again in a moment.'
const OTHER = 'The server gave an unexpected answer.'
const UNKNOWN = 'Whether it was done is not known.'
const HTML = '<!doctype html><title>Gateway</title><h1>Bad gateway at 10.0.0.7</h1>'
const INTERNAL = JSON.stringify({ code: 'internal', title: 'Something went wrong.', status: 500, issues: [] })

interface Failing {
  readonly fault: Fault
  readonly told: string
  /** Whether the call may have been carried out all the same. */
  readonly isUnknown?: boolean
  readonly offersSignIn?: boolean
}

/** What can go wrong; neighbours are told differently, so that a test sees that the text is a new one. */
const FAILINGS: readonly Failing[] = [
  { fault: { status: 500, body: INTERNAL, type: 'application/problem+json' }, told: SERVER, isUnknown: true },
  { fault: { status: 200, body: HTML }, told: OTHER, isUnknown: true, offersSignIn: true },
  { fault: { status: 502, body: HTML }, told: SERVER, isUnknown: true },
  { fault: { status: 302, body: '', location: '/sign-in' }, told: SIGNED_OUT, offersSignIn: true },
  { fault: 'drop', told: 'The server could not be reached. Check the connection and try again.', isUnknown: true },
  { fault: { status: 401, body: HTML }, told: SIGNED_OUT, offersSignIn: true },
  { fault: 'hang', told: 'The server did not answer in time. Try again.', isUnknown: true },
  {
    fault: { status: 200, body: '{"error":"login"}', type: 'application/json' },
    told: OTHER,
    isUnknown: true,
    offersSignIn: true,
  },
]

/** How a person comes to make a call, and makes it again. */
interface Way {
  readonly call: string
  readonly path: RegExp
  readonly isWrite?: boolean
  prepare(page: Page): Promise<unknown>
  ask(page: Page): Promise<unknown>
  /** Default: asks as before. */
  again?(page: Page): Promise<unknown>
  /** What was typed or chosen is still there. */
  still?(page: Page): Promise<unknown>
  works(page: Page, world: HubWorld): Promise<unknown>
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const inDialog = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true })
const tryAgain = (page: Page) => press(page, 'Try again')
const tokensOf = async (world: HubWorld) => (await world.tokens.list({ actor: 'ada', planId: PLAN })).tokens

async function toResources(page: Page): Promise<void> {
  await press(page, 'Generate REST API token')
  await page.getByLabel('Name').fill('Nightly export')
  await page.getByLabel('Description').fill('Runs at two.')
  await press(page, 'Next')
  await page.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
  await press(page, 'Next')
}

const WAYS: readonly Way[] = [
  {
    call: 'list',
    path: /^GET \/api\/plans\/1001\/overview\?/,
    prepare: async () => undefined,
    ask: (page) => page.getByLabel('Search tokens').fill('Website'),
    again: tryAgain,
    async still(page) {
      await expect.poll(() => page.getByLabel('Search tokens').inputValue()).toBe('Website')
      await expect.poll(() => rowOf(page, 'Website sync').count()).toBe(1)
    },
    async works(page) {
      await rowOf(page, 'Other').waitFor({ state: 'detached' })
      await page.getByText(OTHER).waitFor({ state: 'detached' })
    },
  },
  {
    call: 'create',
    path: /^POST \/api\/plans\/1001\/tokens$/,
    isWrite: true,
    async prepare(page) {
      await toResources(page)
      await page.getByLabel('Links to resources').fill(LINKS.landing)
      await page.getByText('Recognized: 1').first().waitFor()
    },
    ask: (page) => press(page, 'Create'),
    async still(page) {
      await expect.poll(() => page.getByLabel('Links to resources').inputValue()).toBe(LINKS.landing)
    },
    async works(page, world) {
      await page.getByRole('dialog', { name: 'Your new token' }).waitFor()
      const [made] = (await tokensOf(world)).filter(({ name }) => name === 'Nightly export')
      expect(made).toMatchObject({ description: 'Runs at two.', scopes: ['file_content:read'] })
      expect(await tokensOf(world)).toHaveLength(3)
    },
  },
  {
    call: 'parseLinks',
    path: /^POST \/api\/links$/,
    prepare: toResources,
    ask: (page) => page.getByLabel('Links to resources').fill(LINKS.landing),
    async again(page) {
      const area = page.getByLabel('Links to resources')
      await area.fill(`${await area.inputValue()}\n`)
    },
    async still(page) {
      await expect.poll(() => page.getByLabel('Links to resources').inputValue()).toContain(LINKS.landing)
      await page.getByText('They are checked again when you save.').waitFor()
    },
    works: (page) => page.getByRole('list', { name: 'What the links lead to' }).getByText('Landing page').waitFor(),
  },
  {
    call: 'edit',
    path: /^PATCH /,
    isWrite: true,
    async prepare(page) {
      await choose(page, 'Website sync', 'Edit token')
      await page.getByLabel('Description').fill('For the website.')
    },
    ask: (page) => press(page, 'Save'),
    async still(page) {
      await expect.poll(() => page.getByLabel('Description').inputValue()).toBe('For the website.')
    },
    async works(page, world) {
      await page.getByText('Website sync is saved.').waitFor()
      const edited = (await tokensOf(world)).find(({ name }) => name === 'Website sync')
      expect(edited).toMatchObject({ description: 'For the website.', version: 2 })
    },
  },
  {
    call: 'previewRefresh',
    path: /^GET .+\/refresh$/,
    prepare: async () => undefined,
    ask: (page) => choose(page, 'Website sync', 'Refresh token'),
    again: tryAgain,
    async still(page) {
      await expect.poll(() => inDialog(page, 'Refresh token').getAttribute('aria-disabled')).toBe('true')
    },
    async works(page) {
      await inDialog(page, 'Refresh token').click()
      await page.getByRole('dialog', { name: 'Your new token' }).waitFor()
    },
  },
  {
    call: 'refresh',
    path: /^POST .+\/refresh$/,
    isWrite: true,
    async prepare(page) {
      await choose(page, 'Website sync', 'Refresh token')
      await page.getByLabel('The old secret has leaked').check()
    },
    ask: (page) => inDialog(page, 'Refresh token').click(),
    async still(page) {
      await expect.poll(() => page.getByLabel('The old secret has leaked').isChecked()).toBe(true)
    },
    async works(page, world) {
      await page.getByRole('dialog', { name: 'Your new token' }).waitFor()
      const refreshed = (await tokensOf(world)).find(({ name }) => name === 'Website sync')
      expect(refreshed?.secrets).toHaveLength(2)
    },
  },
  {
    call: 'revoke',
    path: /^POST .+\/revoke$/,
    isWrite: true,
    async prepare(page) {
      await choose(page, 'Website sync', 'Revoke token')
      await page.getByLabel('Type Website sync to confirm').fill('Website sync')
    },
    ask: (page) => inDialog(page, 'Revoke token').click(),
    async still(page) {
      await expect.poll(() => page.getByLabel('Type Website sync to confirm').inputValue()).toBe('Website sync')
    },
    works: (page) => page.getByText('Website sync is revoked.').waitFor(),
  },
  {
    call: 'get',
    path: /^GET \/api\/tokens\/\w+$/,
    prepare: async () => undefined,
    ask: (page) => choose(page, 'Website sync', 'Details and history'),
    again: tryAgain,
    still: (page) => page.getByText('What stands below may have changed since.').waitFor(),
    works: (page) => page.getByText('What stands below may have changed since.').waitFor({ state: 'detached' }),
  },
  {
    call: 'events',
    path: /^GET .+\/events\?/,
    prepare: async () => undefined,
    ask: (page) => look(page, 'Website sync', 'Activity'),
    again: tryAgain,
    works: (page) => page.getByText('ada created the token').waitFor(),
  },
  {
    call: 'explain',
    path: /^POST \/api\/explain$/,
    async prepare(page) {
      await look(page, 'Website sync', 'Try it')
      await page.getByLabel('URL', { exact: true }).fill('/v1/files/ABCDEFG123')
    },
    ask: (page) => press(page, 'Explain'),
    async still(page) {
      await expect.poll(() => page.getByLabel('URL', { exact: true }).inputValue()).toBe('/v1/files/ABCDEFG123')
    },
    works: (page) => page.getByText('It would be allowed.').waitFor(),
  },
]

describeInChromium('a server that fails', () => {
  it.each(WAYS)('at $call is told, loses nothing, and trying again works', async (way) => {
    const world = await hubWorld({ signIn: '/sign-in' })
    await world.make('Website sync')
    await world.make('Other')
    const { page } = await open()
    await page.clock.install()
    await page.goto(world.url)
    await way.prepare(page)
    const again = way.again ?? way.ask
    for (const [i, { fault, told, isUnknown = false, offersSignIn = false }] of FAILINGS.entries()) {
      const asked = new Promise<void>((resolve) => {
        world.state.fault = (request) => {
          if (!way.path.test(request)) return undefined
          resolve()
          return fault
        }
      })
      await (i === 0 ? way.ask(page) : again(page))
      await asked
      if (fault === 'hang') await page.clock.fastForward(15_000)
      await page.getByText(told).first().waitFor()
      await way.still?.(page)
      await expect.poll(() => page.getByText('10.0.0.7').count()).toBe(0)
      await expect.poll(() => page.getByText(UNKNOWN).count()).toBe(way.isWrite && isUnknown ? 1 : 0)
      if (way.call !== 'parseLinks') {
        const link = page.getByRole('link', { name: 'Sign in' })
        await expect.poll(() => link.count()).toBe(offersSignIn ? 1 : 0)
        if (offersSignIn) await expect.poll(() => link.getAttribute('href')).toBe('/sign-in')
      }
    }
    world.state.fault = () => undefined
    await again(page)
    await way.works(page, world)
  })

  it('at the check of links does not keep one from making the token', async () => {
    const world = await hubWorld()
    const { page } = await open()
    world.state.fault = (request) => (request === 'POST /api/links' ? { status: 502, body: HTML } : undefined)
    await page.goto(world.url)
    await toResources(page)
    await page.getByLabel('Links to resources').fill(`${LINKS.landing}, ${LINKS.nonsense}`)
    await press(page, 'Create')
    await page.getByText('A token cannot be limited to this kind of link.').first().waitFor()
    await page.getByLabel('Links to resources').fill(LINKS.landing)
    await press(page, 'Create')
    await page.getByRole('dialog', { name: 'Your new token' }).waitFor()
    expect(await tokensOf(world)).toHaveLength(1)
  })

  it('before there is a page says so on a page of its own', async () => {
    const world = await hubWorld({
      signIn: '/sign-in?to=/developers/tokens',
      plans: (actor) => {
        if (actor === 'bob') throw new Error('connect ECONNREFUSED postgres://hub:hunter2@10.0.0.7')
        return [{ id: PLAN, name: 'Acme', tier: 'organization' }]
      },
    })
    const { page } = await open()
    world.state.actor = 'bob'
    expect((await page.goto(world.url))?.status()).toBe(500)
    await page.getByText('Something went wrong. Try again in a moment.').waitFor()
    expect(await page.content()).not.toMatch(/ECONNREFUSED|hunter2/)
    world.state.actor = undefined
    expect((await page.reload())?.status()).toBe(401)
    await page.getByText('You are not signed in. Sign in and open this page again.').waitFor()
    const link = page.getByRole('link', { name: 'Sign in' })
    await expect.poll(() => link.getAttribute('href')).toBe('/sign-in?to=/developers/tokens')
    world.state.actor = 'ada'
    await page.reload()
    await page.getByRole('button', { name: 'Generate REST API token' }).waitFor()
  })
})
