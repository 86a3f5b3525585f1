/** The form that makes a token: its frame, what it chooses at once, what the rules of a plan leave, and what is more than the page documents. */
import { definePolicy } from 'plan-access-tokens'
import { approvals } from 'plan-access-tokens/approvals'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { selfRenewal } from 'plan-access-tokens/self-renewal'
import { expect, it } from 'vitest'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { choose, descriptionOf, type HubWorldOptions, hubWorld, isFocused, LINKS, PLAN, rowSays } from './world.ts'

const open = useBrowsers()

/** The form on its first page. The rules are those of the plan. */
async function wizard(rules: object = {}, options: HubWorldOptions = {}, viewport = { width: 1200, height: 800 }) {
  const world = await hubWorld({ directory: { rules: () => rules }, ...options })
  const { page } = await open({ viewport, permissions: ['clipboard-read', 'clipboard-write'] })
  await page.goto(world.url)
  await page.getByRole('button', { name: 'Generate REST API token' }).click()
  const dialog = page.getByRole('dialog')
  const press = (name: string) => dialog.getByRole('button', { name, exact: true }).click()
  const made = async (name: string) =>
    (await world.tokens.list({ actor: 'ada', planId: PLAN })).tokens.find((token) => token.name === name)
  return {
    ...{ ...world, page, dialog, press, made },
    scope: (name: string) => dialog.getByRole('checkbox', { name, exact: true }),
    steps: dialog.getByRole('navigation'),
    async go(to: 'scopes' | 'resources') {
      await dialog.getByLabel('Name').fill('Nightly export')
      await press('Next')
      if (to === 'scopes') return
      await dialog.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
      await press('Next')
    },
  }
}

const APPROVING = { engine: { approvals: approvals() } } as const

describeInBrowsers('the frame', () => {
  it.each([
    ['a window', { width: 1200, height: 800 }],
    ['a phone', { width: 375, height: 700 }],
  ] as const)(
    'in %s keeps its size and its buttons from page to page, with the focus on the first field',
    async (_, viewport) => {
      const { dialog, press, go } = await wizard({}, {}, viewport)
      const box = async () => ({
        frame: await dialog.boundingBox(),
        buttons: (await dialog.locator('footer').boundingBox())?.y,
      })
      // Until its parts are loaded, another frame holds the place.
      await expect.poll(() => isFocused(dialog.getByLabel('Name'))).toBe(true)
      const first = await box()
      await go('scopes')
      await expect.poll(() => isFocused(dialog.getByLabel('Search scopes'))).toBe(true)
      expect(await box()).toEqual(first)
      await dialog.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
      await press('Next')
      const radio = dialog.getByRole('radio', { name: 'Only selected resources' })
      await expect.poll(() => isFocused(radio)).toBe(true)
      await expect.poll(() => radio.evaluate((one) => getComputedStyle(one).outlineStyle)).toBe('solid')
      expect(await box()).toEqual(first)
    },
  )

  it('leads back by its steps and forth again to where one has been, unless something is wrong', async () => {
    const { dialog, steps, go } = await wizard()
    const step = (name: string) => steps.getByRole('button', { name })
    await expect.poll(() => step('Scopes').isDisabled()).toBe(true)
    await go('resources')
    await expect
      .poll(() => steps.getByRole('listitem').filter({ hasText: 'Resources' }).getAttribute('aria-current'))
      .toBe('step')
    await step('Describe').click()
    await dialog.getByRole('heading', { name: 'Describe your token' }).waitFor()
    await dialog.getByLabel('Name').fill('')
    await step('Resources').click()
    await dialog.getByText('Write something here.').waitFor()
    await dialog.getByLabel('Name').fill('Nightly export')
    await step('Resources').click()
    await dialog.getByRole('heading', { name: 'Choose resources' }).waitFor()
  })

  it('shows what is chosen beside the form, and as a review with a way to each part before it is made', async () => {
    const { dialog, press, go, made } = await wizard()
    const rail = dialog.getByRole('complementary')
    await go('scopes')
    await expect.poll(() => rail.textContent()).toContain('Nightly export')
    await dialog.getByRole('checkbox', { name: 'webhooks:write' }).check()
    await expect.poll(() => rail.textContent()).toContain('webhooks:write')
    await press('Next')
    await dialog.getByLabel('Links to resources').fill(`${LINKS.landing} ${LINKS.brand} ${LINKS.nonsense}`)
    await rail.getByText('1 file, 1 team; To fix: 1').waitFor()
    await rail.getByRole('heading', { name: 'Review before you create' }).waitFor()
    await press('Edit: Scopes')
    await dialog.getByRole('heading', { name: 'Choose scopes' }).waitFor()
    await press('Next')
    await dialog.getByRole('button', { name: `Remove ${LINKS.nonsense}` }).click()
    await expect.poll(() => isFocused(dialog.getByLabel('Links to resources'))).toBe(true)
    await dialog.getByRole('button', { name: 'Remove Brand' }).click()
    await rail.getByText('1 file', { exact: true }).waitFor()
    await press('Create')
    await dialog.getByText('Your new token').waitFor()
    expect(await made('Nightly export')).toMatchObject({
      resources: [{ id: 'ABCDEFG123' }],
      scopes: ['webhooks:write'],
    })
  })

  it('on a phone has it in a line above the buttons, and the review after the resources', async () => {
    const { dialog, go } = await wizard({}, {}, { width: 375, height: 700 })
    const rail = dialog.getByRole('complementary')
    await go('scopes')
    await dialog.getByRole('checkbox', { name: 'webhooks:write' }).check()
    await dialog.getByText('90 days · 1 scope').waitFor()
    await expect.poll(() => rail.isVisible()).toBe(false)
    await dialog.getByRole('button', { name: 'Next' }).click()
    await rail.scrollIntoViewIfNeeded()
    await rail.getByText('webhooks:write').waitFor()
  })
})

describeInBrowsers('scopes at once', () => {
  it('are chosen by group, and what is chosen by name is told by the group', async () => {
    const { dialog, press, go, scope, made } = await wizard()
    await go('scopes')
    const hooks = dialog.getByRole('group', { name: 'Webhooks' }).getByRole('radiogroup', { name: 'Access' })
    const level = (name: string) => hooks.getByRole('radio', { name, exact: true })
    await expect.poll(() => level('None').isChecked()).toBe(true)
    await level('Read').check()
    await expect
      .poll(async () => [await scope('webhooks:read').isChecked(), await scope('webhooks:write').isChecked()])
      .toEqual([true, false])
    await level('Read').press('ArrowRight')
    await expect.poll(() => scope('webhooks:write').isChecked()).toBe(true)
    await scope('webhooks:read').uncheck()
    // Write alone is none of the three.
    await expect.poll(() => hooks.getByRole('radio', { checked: true }).count()).toBe(0)
    await level('None').check()
    await expect.poll(() => scope('webhooks:write').isChecked()).toBe(false)
    await level('Read').check()
    // A group has no level for which there are no scopes, and no level chooses what nobody should choose any more.
    const files = dialog.getByRole('group', { name: 'Files' }).getByRole('radiogroup')
    await expect.poll(() => files.getByRole('radio').count()).toBe(2)
    await files.getByRole('radio', { name: 'Read' }).check()
    await expect.poll(() => scope('files:read').isChecked()).toBe(false)
    await press('Next')
    await dialog.getByRole('radio', { name: 'All resources' }).check()
    await press('Create')
    await dialog.getByText('Your new token').waitFor()
    expect((await made('Nightly export'))?.scopes.toSorted()).toEqual([
      'file_content:read',
      'file_metadata:read',
      'file_versions:read',
      'webhooks:read',
    ])
  })

  it('are chosen by a preset, which never holds what writes, and cleared', async () => {
    const { dialog, press, go, page } = await wizard()
    await go('scopes')
    const chosen = () => dialog.getByRole('checkbox', { checked: true }).count()
    await press('Read only')
    const names = await page.locator('.scopes .choice:has(:checked) code').allTextContents()
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !name.endsWith('read') || name === 'files:read')).toEqual([])
    await expect.poll(() => dialog.getByRole('button', { name: 'Read only' }).getAttribute('aria-pressed')).toBe('true')
    await press('CI')
    await expect.poll(() => chosen()).toBe(4)
    await expect
      .poll(() => dialog.getByRole('button', { name: 'Read only' }).getAttribute('aria-pressed'))
      .toBe('false')
    await press('Clear')
    await expect.poll(() => chosen()).toBe(0)
  })
})

/** A policy that says of its scopes nothing but their names. */
const PLAIN = definePolicy({
  surface: 'invoices',
  credential: { headers: [], bearer: true },
  tiers: ['organization'],
  scopes: { 'invoice:read': {}, 'invoice:write': {}, 'invoice:send': {}, ping: {} },
  types: { live: { prefix: 'inv_live', title: 'Invoices' } },
  kinds: { client: { id: 'digits' } },
  links: { hosts: ['app.invoices.example'], shapes: ['/clients/{client}'] },
  endpoints: {
    'GET /v1/clients/{id}/invoices': { scopes: ['invoice:read'], names: [{ kind: 'client', at: 'path:id' }] },
    'POST /v1/clients/{id}/invoices': { scopes: ['invoice:write'], names: [{ kind: 'client', at: 'path:id' }] },
    'POST /v1/clients/{id}/send': { scopes: ['invoice:send'], names: [{ kind: 'client', at: 'path:id' }] },
    'GET /v1/clients/{id}/ping': { scopes: ['ping'], names: [{ kind: 'client', at: 'path:id' }] },
  },
})

describeInBrowsers('scopes of a policy that has no groups', () => {
  it('are put together by what their names are about, and none is chosen of which it is not known how far it goes', async () => {
    const world = await hubWorld({ engine: { policy: PLAIN }, addresses: {} })
    const { page } = await open()
    await page.goto(world.url)
    await page.getByRole('button', { name: 'Generate Invoices token' }).click()
    await page.getByLabel('Name').fill('Books')
    await page.getByRole('button', { name: 'Next' }).click()
    const invoices = page.getByRole('group', { name: 'invoice', exact: true })
    await invoices.getByRole('radio', { name: 'Write' }).check()
    const chosen = page.getByRole('checkbox', { checked: true })
    await expect.poll(() => chosen.count()).toBe(2)
    await expect.poll(() => invoices.getByRole('checkbox', { name: 'invoice:send' }).isChecked()).toBe(false)
    const others = page.getByRole('group', { name: 'Others', exact: true })
    await others.getByRole('checkbox', { name: 'ping' }).waitFor()
    await expect.poll(() => others.getByRole('radio').count()).toBe(0)
    // A build needs something else here, and nobody guesses what.
    await expect.poll(() => page.getByRole('button', { name: 'CI', exact: true }).count()).toBe(0)
  })
})

describeInBrowsers('the rules of the plan', () => {
  it('are shown where they bind, with whose rule it is', async () => {
    const { dialog, press, go, scope } = await wizard({
      ...{ maxLifetimeDays: 45, scopes: ['file_content:read', 'webhooks:read'], allResources: false },
    })
    const expiration = dialog.getByLabel('Expiration')
    await expect.poll(() => descriptionOf(expiration)).toContain('The rules of Acme allow 45 days at most.')
    const offered = () =>
      expiration.evaluate((one) => [...(one as HTMLSelectElement).options].map(({ value }) => value))
    await expect.poll(offered).toEqual(['30', '45', 'other'])
    await expect.poll(() => expiration.inputValue()).toBe('45')
    // What the rules changed was typed by nobody.
    await dialog.getByLabel('Name').press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await dialog.page().getByRole('button', { name: 'Generate REST API token' }).click()
    await go('scopes')
    await expect.poll(() => scope('webhooks:write').isDisabled()).toBe(true)
    await expect.poll(() => descriptionOf(scope('webhooks:write'))).toContain('The rules of Acme do not allow it.')
    await press('Read only')
    await expect.poll(() => dialog.getByRole('checkbox', { checked: true }).count()).toBe(2)
    await press('Next')
    const all = dialog.getByRole('radio', { name: 'All resources' })
    await expect.poll(() => all.isDisabled()).toBe(true)
    await expect.poll(() => descriptionOf(all)).toContain('The rules of Acme do not allow it')
  })

  it('that ask for addresses are told before, and mistakes in them at each', async () => {
    const { dialog, press, go, made } = await wizard({ addresses: 'required' })
    await go('resources')
    await dialog.getByRole('radio', { name: 'All resources' }).check()
    const field = dialog.getByLabel('Allowed IP addresses')
    await expect.poll(() => descriptionOf(field)).toContain('The rules of Acme ask for at least one.')
    await press('Create')
    await field.and(dialog.page().locator('[aria-invalid=true]')).waitFor()
    await expect.poll(() => isFocused(field)).toBe(true)
    await field.fill('203.0.113.300\n203.0.113.7\n10.0.0.1/8')
    await press('Create')
    await expect.poll(() => descriptionOf(field)).toContain('203.0.113.300: ')
    await expect.poll(() => descriptionOf(field)).toContain('10.0.0.1/8: ')
    await expect.poll(() => descriptionOf(field)).not.toContain('203.0.113.7:')
    await field.fill('203.0.113.7, 10.0.0.0/8')
    await press('Create')
    await dialog.getByText('Your new token').waitFor()
    expect(await made('Nightly export')).toMatchObject({ addresses: ['203.0.113.7', '10.0.0.0/8'] })
  })

  it('that ask for an approval: a new token waits, and one is told what happens next', async () => {
    const { dialog, press, go, made, page, tokens } = await wizard({ approvals: 'required' }, APPROVING)
    await dialog.getByText('another admin has to approve the token before it gets a secret').first().waitFor()
    await go('resources')
    await dialog.getByRole('radio', { name: 'All resources' }).check()
    await press('Create')
    const waiting = page.getByRole('dialog', { name: 'It waits for approval' })
    await waiting.getByText('Nightly export is asked for.').waitFor()
    const token = await made('Nightly export')
    expect(token?.status).toBe('pending')
    await waiting.getByText('Once it is approved you collect its secret here').waitFor()
    await waiting.getByRole('button', { name: 'Copy link' }).click()
    await waiting.getByText('The link is on the clipboard.').waitFor()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(`token=${token?.id}`)
    await press('Done')
    await page.getByText('You asked for Nightly export.').waitFor()
    await rowSays(page, 'Nightly export', 'Waits for approval')

    // An edit that lets it do more waits too; one that does not goes through.
    await tokens.approve({ actor: 'bob', id: token?.id ?? '' })
    await tokens.collect({ actor: 'ada', id: token?.id ?? '' })
    await page.reload()
    await choose(page, 'Nightly export', 'Edit token')
    await dialog.getByText('what lets the token do more waits until another admin has approved it').waitFor()
    await dialog.getByRole('checkbox', { name: 'webhooks:write' }).check()
    await press('Save')
    await waiting.getByText('The change of Nightly export is asked for.').waitFor()
    await press('Done')
    await page.getByText('The change of Nightly export waits').waitFor()
    expect((await made('Nightly export'))?.scopes).toEqual(['file_content:read'])
  })

  it('that cannot be read leave it to the server', async () => {
    const { dialog, state, press, go } = await wizard({ maxLifetimeDays: 45 }, {})
    await press('Cancel')
    state.fault = (request) => (request.endsWith('/rules') ? { status: 500, body: '' } : undefined)
    await dialog.page().getByRole('button', { name: 'Generate REST API token' }).click()
    await go('resources')
    await dialog.getByRole('radio', { name: 'All resources' }).check()
    await press('Create')
    const expiration = dialog.getByLabel('Expiration')
    await expiration.and(dialog.page().locator('[aria-invalid=true]')).waitFor()
    await expect.poll(() => descriptionOf(expiration)).toContain('The rules of the plan say so.')
  })
})

describeInBrowsers('more options', () => {
  const RENEWING = { engine: { policy: figmaPolicy({ selfRenewal: { afterPart: 0.5 } }), selfRenewal: selfRenewal() } }

  it('take a contact, metadata and whether it may renew itself, and an edit changes each', async () => {
    const { dialog, press, go, made, page } = await wizard({}, { ...RENEWING, addresses: {} })
    await dialog.getByText('More options').click()
    await dialog.getByLabel('Contact').fill('platform@acme.example')
    await press('Add metadata')
    await expect.poll(() => isFocused(dialog.getByLabel('Key 1', { exact: true }))).toBe(true)
    await dialog.getByLabel('Key 1', { exact: true }).fill('env')
    await dialog.getByLabel('Value 1', { exact: true }).fill('production')
    await press('Add metadata')
    await dialog.getByLabel('Key 2', { exact: true }).fill('env')
    await dialog.getByLabel('Value 2', { exact: true }).fill('<b>x</b>')
    await dialog.getByLabel('It may renew itself').check()
    await dialog.getByLabel('Name').fill('Nightly export')
    await press('Next')
    await dialog.getByText('Each key can be there once.').waitFor()
    await dialog.getByLabel('Key 2', { exact: true }).fill('__proto__')
    await go('resources')
    await dialog.getByRole('radio', { name: 'All resources' }).check()
    await press('Create')
    // What no server should have to read.
    await dialog.getByText('Nothing that you typed is lost.').waitFor()
    await press('Edit: Describe')
    await dialog.getByLabel('Key 2', { exact: true }).fill('team')
    await press('Next')
    await press('Next')
    await press('Create')
    await dialog.getByText('Your new token').waitFor()
    const token = await made('Nightly export')
    expect(token).toMatchObject({ contact: 'platform@acme.example', metadata: { env: 'production', team: '<b>x</b>' } })
    expect(token?.selfRenewal?.until).toBeGreaterThan(Date.now())
    await press('Copy')
    await press('Done')

    await choose(page, 'Nightly export', 'Edit token')
    await expect.poll(() => dialog.getByLabel('Value 1', { exact: true }).inputValue()).toBe('production')
    await press('Remove env')
    await dialog.getByLabel('Contact').fill('')
    await dialog.getByLabel('It may renew itself').uncheck()
    await press('Save')
    await page.getByText('Nightly export is saved.').waitFor()
    const edited = await made('Nightly export')
    expect(edited).toMatchObject({ metadata: { team: '<b>x</b>' } })
    expect([edited?.contact, edited?.selfRenewal]).toEqual([undefined, undefined])
  })

  it('hold what the host has, and no secret', async () => {
    const { dialog, press, make, page } = await wizard({}, { engine: { addresses: undefined } } as never)
    const { secret } = await make('Other')
    await dialog.getByLabel('Name').fill('Nightly export')
    await dialog.getByText('More options').click()
    await expect.poll(() => dialog.getByLabel('It may renew itself').count()).toBe(0)
    await dialog.getByLabel('Contact').fill(secret)
    await press('Next')
    await dialog.getByText('Remove the secret').waitFor()
    await dialog.getByLabel('Contact').fill('')
    await press('Next')
    await dialog.getByRole('checkbox', { name: 'webhooks:read' }).check()
    await press('Next')
    await dialog.getByRole('radio', { name: 'All resources' }).waitFor()
    await expect.poll(() => page.getByLabel('Allowed IP addresses').count()).toBe(0)
  })
})
