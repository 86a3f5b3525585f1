/** What is typed and not saved yet: what the server says of it stands at its field, and nobody loses it by a slip. */
import type { Issue } from 'plan-access-tokens'
import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, descriptionOf, hubWorld, isFocused, LINKS, rowOf } from './world.ts'

const open = useChromium()

/** The page with a token, and buttons of the modal that is open. */
async function opened(options: Parameters<typeof hubWorld>[0] = {}) {
  const world = await hubWorld(options)
  await world.make('Website sync')
  const { page } = await open()
  await page.goto(world.url)
  const dialog = page.getByRole('dialog')
  const press = (name: string) => dialog.getByRole('button', { name, exact: true }).click()
  return { ...world, page, dialog, press }
}

/** An answer that finds fault. */
const faults = (...issues: readonly Issue[]) => ({
  ...{ status: 400, type: 'application/problem+json' },
  body: JSON.stringify({ type: 'urn:x', title: 'The input is not valid.', status: 400, code: 'invalid_input', issues }),
})

/** `resources[1]` as keys. */
const keysOf = (path: string): Issue['at'] =>
  [...path.matchAll(/\w+/g)].map(([key]) => (/^\d+$/.test(key) ? Number(key) : key))

const FIELDS: readonly [path: string, heading: string, control: (dialog: Locator) => Locator][] = [
  ['name', 'Describe your token', (dialog) => dialog.getByLabel('Name')],
  ['description', 'Describe your token', (dialog) => dialog.getByLabel('Description')],
  ['lifetimeDays', 'Describe your token', (dialog) => dialog.getByLabel('Expiration')],
  ['scopes', 'Choose scopes', (dialog) => dialog.getByRole('checkbox').first()],
  ['scopes[0]', 'Choose scopes', (dialog) => dialog.getByRole('checkbox').first()],
  ['resources', 'Choose resources', (dialog) => dialog.getByLabel('Links to resources')],
  ['resources[1]', 'Choose resources', (dialog) => dialog.getByLabel('Links to resources')],
]

describeInChromium('what the server finds fault with', () => {
  it.each(FIELDS)('in %s is told at its field, on the page where that is', async (path, heading, control) => {
    const { page, dialog, press, state, tokens } = await opened()
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await dialog.getByLabel('Name').fill('Nightly export')
    await press('Next')
    await dialog.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
    await press('Next')
    await dialog.getByLabel('Links to resources').fill(`${LINKS.landing}\n${LINKS.brand}`)
    state.fault = (request) =>
      /POST .*\/tokens$/.test(request) ? faults({ path, at: keysOf(path), message: 'The moon is full.' }) : undefined
    await press('Create')
    await dialog.getByRole('heading', { name: heading }).waitFor()
    const field = control(dialog)
    await field.and(page.locator('[aria-invalid=true]')).waitFor()
    const told = await descriptionOf(field)
    expect(told).toContain(path === 'resources[1]' ? `${LINKS.brand}: The moon is full.` : 'The moon is full.')
    await expect.poll(() => isFocused(field)).toBe(true)

    // All of it is still there, and goes through as soon as the server has no objection.
    state.fault = () => undefined
    while (!(await dialog.getByRole('button', { name: 'Create', exact: true }).count())) await press('Next')
    await press('Create')
    await page.getByRole('dialog', { name: 'Your new token' }).waitFor()
    const [token] = (await tokens.list({ actor: 'ada', planId: '1001', search: 'Nightly' })).tokens
    expect(token).toMatchObject({ scopes: ['file_content:read'], resources: [{ id: 'ABCDEFG123' }, { id: '456' }] })
  })

  it('in several fields is told at each, the first page first', async () => {
    const { page, dialog, press, state } = await opened()
    await choose(page, 'Website sync', 'Edit token')
    await dialog.getByLabel('Description').fill('New')
    const issues = ['scopes', 'description'].map((path) => ({ path, at: [path], message: `Wrong ${path}.` }))
    state.fault = (request) => (request.startsWith('PATCH') ? faults(...issues) : undefined)
    await press('Save')
    await dialog.getByText('Wrong scopes.').waitFor()
    await expect.poll(() => descriptionOf(dialog.getByLabel('Description'))).toContain('Wrong description.')
    await expect.poll(() => isFocused(dialog.getByLabel('Description'))).toBe(true)
    state.fault = () => undefined
    await press('Save')
    await page.getByText('Website sync is saved.').waitFor()
  })

  it('and that is about no field is told above all of them', async () => {
    const { page, dialog, press, state } = await opened()
    await choose(page, 'Website sync', 'Edit token')
    await dialog.getByLabel('Description').fill('New')
    state.fault = (request) =>
      request.startsWith('PATCH') ? faults({ path: 'moon', at: ['moon'], message: 'It is full.' }) : undefined
    await press('Save')
    await dialog.getByText('moon It is full.').waitFor()
    await expect.poll(() => dialog.getByLabel('Description').inputValue()).toBe('New')
  })

  it('of links is there too when nobody could look them up before, each with its link', async () => {
    const { page, dialog, press, state } = await opened()
    state.fault = (request) => (request.startsWith('POST /api/links') ? 'drop' : undefined)
    await choose(page, 'Website sync', 'Edit token')
    await dialog.getByRole('radio', { name: 'Only selected resources' }).check()
    const area = dialog.getByLabel('Links to resources')
    await area.fill([LINKS.landing, LINKS.elsewhere, LINKS.elsewhere.replace('2026', '2027')].join('\n'))
    await press('Save')
    await area.and(page.locator('[aria-invalid=true]')).waitFor()
    const told = await descriptionOf(area)
    expect(told).toContain(`${LINKS.elsewhere}: There is no such file in this plan.`)
    expect(told).toContain('And 1 more.')
  })
})

describeInChromium('leaving', () => {
  it.each(['Escape', 'Cancel', 'Close'])(
    'by %s asks first if something was typed, and keeping it goes on where one was',
    async (way) => {
      const { page, dialog, press, tokens } = await opened()
      await page.getByRole('button', { name: 'Generate REST API token' }).click()
      const name = dialog.getByLabel('Name')
      await name.fill('Nightly export')
      const leave = () => (way === 'Escape' ? name.press('Escape') : press(way))
      const question = dialog.getByText('Nothing has been saved. Discard what you have typed?')
      await leave()
      await question.waitFor()
      await expect.poll(() => isFocused(dialog.getByRole('button', { name: 'Keep editing' }))).toBe(true)
      // Neither a second Escape nor Enter in a field loses it.
      await page.keyboard.press('Escape')
      await question.waitFor({ state: 'detached' })
      await expect.poll(() => name.inputValue()).toBe('Nightly export')
      if (way === 'Escape') await expect.poll(() => isFocused(name)).toBe(true)
      for (let i = 0; i < 3; i++) {
        await leave()
        await question.waitFor()
        await name.press('Enter')
        await press('Keep editing')
      }
      await dialog.getByRole('heading', { name: 'Describe your token' }).waitFor()
      await leave()
      await press('Discard')
      await dialog.waitFor({ state: 'detached' })
      await expect.poll(() => isFocused(page.getByRole('button', { name: 'Generate REST API token' }))).toBe(true)
      expect((await tokens.list({ actor: 'ada', planId: '1001' })).tokens).toHaveLength(1)
    },
  )

  it.each(['Generate REST API token', 'Edit token'])('%s untouched asks nothing', async (what) => {
    const { page, dialog } = await opened()
    if (what === 'Edit token') await choose(page, 'Website sync', what)
    else await page.getByRole('button', { name: what }).click()
    await dialog.getByLabel('Name').press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })
})

describeInChromium('leaving the page', () => {
  it('is asked about by the browser while something is typed, and only then', async () => {
    const { page, dialog, press } = await opened()
    const wouldAsk = () => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })))
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await expect.poll(() => wouldAsk()).toBe(false)
    await dialog.getByLabel('Name').fill('Nightly export')
    await expect.poll(() => wouldAsk()).toBe(true)
    await press('Close')
    await press('Discard')
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => wouldAsk()).toBe(false)
  })
})

describeInChromium('searching', () => {
  it.each<[string, string, boolean]>([
    ['part of a name', 'WEBSITE', true],
    ['blanks', '   ', true],
    ['emoji', '🦄', false],
    ['right-to-left text', 'مفتاح', false],
    ['what is special to a database', "%_'\\", false],
    ['markup', '<b>Website</b>', false],
    ['a query', '&status=revoked#x', false],
    ['200 characters', 'x'.repeat(200), false],
  ])('for %s', async (_, text, isFound) => {
    const { page } = await opened()
    await page.getByLabel('Search tokens').fill(text)
    if (isFound) await rowOf(page, 'Website sync').waitFor()
    else await page.getByText('No token matches. Change the search or the filters.').waitFor()
    await expect.poll(() => page.getByRole('alert').filter({ hasText: /./ }).count()).toBe(0)
    await page.getByLabel('Search tokens').fill('')
    await rowOf(page, 'Website sync').waitFor()
  })

  it.each<[string, string]>([
    ['more than fits', 'x'.repeat(5_000)],
    ['a control character', 'a\u0007b'],
  ])('for %s says what is wrong at the field, asks nobody, and goes on after that', async (_, text) => {
    const { page, state } = await opened()
    const search = page.getByLabel('Search tokens')
    state.requests.length = 0
    await search.fill(text)
    await search.and(page.locator('[aria-invalid=true]')).waitFor()
    await expect.poll(() => descriptionOf(search)).toMatch(/At most 200 characters|control characters|invisible/)
    await search.fill('website')
    await page.getByText('1 token found').waitFor()
    expect(state.requests.filter((request) => request.length > 500 || request.includes('%07'))).toEqual([])
  })
})

describeInChromium('confirming a revoke', () => {
  it.each(['👩‍👩‍👧‍👦 e\u0301', 'مفتاح  شركة', '<b>&amp;</b>', 'it\'s "ours"'])(
    'of %s takes the name as it is',
    async (name) => {
      const { page, dialog, press, make } = await opened()
      await make(name)
      await page.reload()
      await choose(page, name.split(' ')[0] ?? '', 'Revoke token')
      const typed = dialog.getByRole('textbox')
      await typed.fill(`${name}x`)
      await typed.press('Enter')
      await dialog.getByText('This is not the name of the token. Type it exactly.').waitFor()
      await typed.fill(name)
      await press('Revoke token')
      await dialog.waitFor({ state: 'detached' })
      await rowOf(page, name.split(' ')[0] ?? '')
        .getByText('Revoked', { exact: true })
        .waitFor()
    },
  )
})
