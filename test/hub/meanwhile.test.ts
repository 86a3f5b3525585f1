/**
 * What changes while one types: the session, the rights, the plan, and the token itself, by another admin. Each is told, and
 * nothing that was typed is lost.
 */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, hubWorld, LINKS, PLAN, rowOf } from './world.ts'

const open = useChromium()

const press = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click()

async function opened() {
  const world = await hubWorld({ signIn: '/sign-in' })
  const { token } = await world.make('Website sync', { description: 'Of the start.', resources: [LINKS.landing] })
  const { page } = await open()
  await page.goto(world.url)
  const now = () => world.tokens.get({ actor: 'ada', id: token.id })
  /** What Bob does to the token in the meantime. */
  const bob = (change: object) => world.tokens.edit({ actor: 'bob', id: token.id, ...change })
  return { ...world, world, token, page, now, bob }
}

/** Everything that is typed for a new token, up to its last page. */
async function typeAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Generate REST API token' }).click()
  await page.getByLabel('Name').fill('Nightly export')
  await page.getByLabel('Description').fill('Runs at two.')
  await page.getByLabel('Expiration').selectOption({ value: '30' })
  await press(page, 'Next')
  await page.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
  await press(page, 'Next')
  await page.getByLabel('Links to resources').fill(LINKS.brand)
}

/** Goes back through the pages and forth again, and finds everything as it was typed. */
async function findAll(page: Page): Promise<void> {
  await press(page, 'Back')
  await expect.poll(() => page.getByRole('checkbox', { name: 'file_content:read', exact: true }).isChecked()).toBe(true)
  await press(page, 'Back')
  await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Nightly export')
  await expect.poll(() => page.getByLabel('Description').inputValue()).toBe('Runs at two.')
  await expect.poll(() => page.getByLabel('Expiration').inputValue()).toBe('30')
  await press(page, 'Next')
  await press(page, 'Next')
  await expect.poll(() => page.getByLabel('Links to resources').inputValue()).toBe(LINKS.brand)
}

describeInChromium('while one types', () => {
  it.each([
    {
      what: 'the session ends',
      happens: ({ state }: Happening) => Object.assign(state, { actor: undefined }),
      ends: ({ state }: Happening) => Object.assign(state, { actor: 'ada' }),
      told: 'You are no longer signed in. Sign in in another tab, then try again here.',
    },
    {
      what: 'one is no admin any more',
      happens: ({ tree }: Happening) => tree.setPlan(PLAN, { admins: [] }),
      ends: ({ tree }: Happening) => tree.setPlan(PLAN, { admins: ['ada'] }),
      told: 'You are no longer an admin of this organization. Ask another admin.',
    },
    {
      what: 'the plan is downgraded',
      happens: ({ tree }: Happening) => tree.setPlan(PLAN, { tier: 'professional' }),
      ends: ({ tree }: Happening) => tree.setPlan(PLAN, { tier: 'organization' }),
      told: 'The plan does not include these tokens any more, or is suspended.',
    },
    {
      what: 'the plan is suspended',
      happens: ({ tree }: Happening) => tree.setPlan(PLAN, { suspended: true }),
      ends: ({ tree }: Happening) => tree.setPlan(PLAN, { suspended: false }),
      told: 'The plan does not include these tokens any more, or is suspended.',
    },
  ])('$what', async ({ happens, ends, told }) => {
    const { page, world, tokens } = await opened()
    await typeAll(page)
    happens(world)
    await press(page, 'Create')
    await page.getByRole('alert').getByText(told).waitFor()
    await page.getByText('Nothing that you typed is lost.').waitFor()
    await expect
      .poll(() => page.getByRole('link', { name: 'Sign in' }).count())
      .toBe(told.includes('signed in') ? 1 : 0)
    await findAll(page)
    ends(world)
    await press(page, 'Create')
    await page.getByRole('dialog', { name: 'Your new token' }).waitFor()
    const made = (await tokens.list({ actor: 'ada', planId: PLAN })).tokens.filter(
      ({ name }) => name === 'Nightly export',
    )
    expect(made).toHaveLength(1)
    expect(made[0]).toMatchObject({ description: 'Runs at two.', lifetimeDays: 30, resources: [{ id: '456' }] })
  })

  it('another admin changes other fields: both changes are kept', async () => {
    const { page, now, bob } = await opened()
    await choose(page, 'Website sync', 'Edit token')
    await page.getByLabel('Name').fill('Website sync, new')
    // Looked at and left as it was: no change of mine.
    await page.getByLabel('Description').fill('Of the start. ')
    await page.getByRole('checkbox', { name: 'file_content:read', exact: true }).uncheck()
    await page.getByRole('checkbox', { name: 'webhooks:read', exact: true }).check()
    await page.getByRole('checkbox', { name: 'webhooks:read', exact: true }).uncheck()
    await page.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
    await page.getByLabel('Links to resources').fill(`${LINKS.landing}\n`)
    await bob({ description: 'By Bob.', scopes: ['file_content:read', 'webhooks:write'], resources: 'all' })
    await press(page, 'Save')
    await page.getByRole('heading', { name: 'Somebody else changed this token' }).waitFor()
    const note = page.getByRole('alert').filter({ hasText: 'Somebody else changed this token' })
    await expect.poll(() => note.textContent()).toMatch(/bob changed it .*(minute|now|ago).*after you had opened it/)
    await expect.poll(() => note.textContent()).toContain('Changes of both that do not touch each other are kept.')
    await expect.poll(() => note.getByRole('radio').count()).toBe(0)
    await expect.poll(() => page.getByLabel('Description').inputValue()).toBe('By Bob.')
    await press(page, 'Save')
    await page.getByText('Website sync, new is saved.').waitFor()
    await expect
      .poll(() => now())
      .toMatchObject({
        ...{ name: 'Website sync, new', description: 'By Bob.', resources: 'all' },
        scopes: ['file_content:read', 'webhooks:write'],
      })
  })

  const MINE = {
    name: 'Mine',
    description: 'Written by me.',
    scopes: ['file_content:read', 'webhooks:read'],
    resources: [{ id: '456' }],
  }
  const BOBS = {
    name: 'Of Bob',
    description: 'By Bob.',
    scopes: ['file_content:read', 'webhooks:write'],
    resources: 'all',
  }
  const FIELDS = ['name', 'description', 'scopes', 'resources'] as const

  async function editAll(page: Page): Promise<void> {
    await choose(page, 'Website sync', 'Edit token')
    await page.getByLabel('Name').fill(MINE.name)
    await page.getByLabel('Description').fill(MINE.description)
    await page.getByRole('checkbox', { name: 'webhooks:read', exact: true }).check()
    await page.getByLabel('Links to resources').fill(LINKS.brand)
  }
  const side = (page: Page, field: string, whose: 'Yours' | 'Theirs') =>
    page.getByRole('group', { name: field, exact: true }).getByRole('radio', { name: new RegExp(`^${whose}:`) })
  const LABELS = { name: 'Name', description: 'Description', scopes: 'Scopes', resources: 'Resources' } as const

  it.each(FIELDS)('another admin changes the same: of %s theirs is chosen, of the rest mine', async (field) => {
    const { page, now, bob } = await opened()
    await editAll(page)
    await bob(BOBS)
    await press(page, 'Save')
    await page.getByText('Where both of you changed the same, choose which one is kept.').waitFor()
    for (const one of FIELDS) await expect.poll(() => side(page, LABELS[one], 'Yours').isChecked()).toBe(true)
    await side(page, LABELS[field], 'Theirs').check()
    await press(page, 'Save')
    await page.getByText(/is saved\.$/).waitFor()
    await expect.poll(() => now()).toMatchObject({ ...MINE, [field]: BOBS[field], version: 3 })
  })

  it('another admin changes the same: what one chose first, theirs, can be chosen back', async () => {
    const { page, now, bob } = await opened()
    await editAll(page)
    await bob(BOBS)
    await press(page, 'Save')
    for (const field of FIELDS) await side(page, LABELS[field], 'Theirs').check()
    await expect.poll(() => page.getByLabel('Name').inputValue()).toBe(BOBS.name)
    await expect.poll(() => page.getByRole('checkbox', { name: 'webhooks:read', exact: true }).isChecked()).toBe(false)
    for (const field of FIELDS) await side(page, LABELS[field], 'Yours').check()
    await press(page, 'Save')
    await page.getByText('Mine is saved.').waitFor()
    await expect.poll(() => now()).toMatchObject({ ...MINE, version: 3 })
  })

  it('another admin changes the same, and again while one chooses', async () => {
    const { page, now, bob } = await opened()
    await editAll(page)
    await bob({ name: 'Of Bob' })
    await press(page, 'Save')
    await side(page, 'Name', 'Yours').waitFor()
    await bob({ name: 'Of Bob, again', description: 'By Bob.' })
    await press(page, 'Save')
    await page.getByRole('radio', { name: 'Theirs: Of Bob, again' }).check()
    await expect.poll(() => side(page, 'Description', 'Yours').isChecked()).toBe(true)
    await expect.poll(() => side(page, 'Scopes', 'Yours').count()).toBe(0)
    await press(page, 'Save')
    await page.getByText('Of Bob, again is saved.').waitFor()
    await expect.poll(() => now()).toMatchObject({ ...MINE, name: 'Of Bob, again' })
  })

  it('another admin changes the same, and one goes on typing before the answer is there', async () => {
    const { page, now, bob } = await opened()
    await choose(page, 'Website sync', 'Edit token')
    await page.getByLabel('Name').fill('Mine')
    await bob({ name: 'Of Bob' })
    await page.route('**/api/tokens/*', async (route) => {
      if (route.request().method() === 'PATCH') await page.getByLabel('Description').fill('Typed while it was saved.')
      await route.continue()
    })
    await press(page, 'Save')
    await side(page, 'Name', 'Yours').waitFor()
    await expect.poll(() => page.getByLabel('Description').inputValue()).toBe('Typed while it was saved.')
    await press(page, 'Save')
    await page.getByText('Mine is saved.').waitFor()
    await expect.poll(() => now()).toMatchObject({ name: 'Mine', description: 'Typed while it was saved.' })
  })

  it.each(['Edit token', 'Refresh token'])('another admin revokes the token: %s', async (entry) => {
    const { page, tokens, token, now } = await opened()
    await choose(page, 'Website sync', entry)
    if (entry === 'Edit token') await page.getByLabel('Description').fill('Written by me.')
    else await expect.poll(() => page.getByRole('button', { name: 'Refresh token' }).isEnabled()).toBe(true)
    await tokens.revoke({ actor: 'bob', id: token.id })
    await press(page, entry === 'Edit token' ? 'Save' : 'Refresh token')
    await page.getByText('The token has expired or was revoked in the meantime').waitFor()
    if (entry === 'Edit token')
      await expect.poll(() => page.getByLabel('Description').inputValue()).toBe('Written by me.')
    await press(page, 'Cancel')
    if (entry === 'Edit token') await press(page, 'Discard')
    // The table knows by now, and what was advised is in the menu.
    await rowOf(page, 'Website sync').getByText('Revoked', { exact: true }).waitFor()
    await choose(page, 'Website sync', 'Generate a replacement like this')
    await page.getByRole('dialog', { name: 'Generate REST API plan access token' }).waitFor()
    await expect.poll(async () => (await now()).version).toBe(2)
  })
})

/** What of a world can change under somebody. */
type Happening = Pick<Awaited<ReturnType<typeof hubWorld>>, 'state' | 'tree'>
