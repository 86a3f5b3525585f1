/** Names that every JavaScript object has something under: as scopes, token types, plans, fields of an answer and texts. */
import { createPlanTokens, definePolicy, memoryStore } from 'plan-access-tokens'
import { testDirectory } from 'plan-access-tokens/testing'
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, hubWorld, look, storeSecret } from './world.ts'

const open = useChromium()

const SCOPES = ['link', 'toString', 'constructor', 'valueOf', 'at', 'length'] as const

/** A policy, plans and a token that are called as such. */
async function opened(options: Parameters<typeof hubWorld>[0] = {}) {
  const policy = definePolicy({
    surface: 'valueOf',
    credential: { headers: [], bearer: true },
    tiers: ['constructor'],
    scopes: Object.fromEntries(SCOPES.map((scope) => [scope, { title: `Does ${scope}` }])),
    types: { constructor: { prefix: 'con' }, toString: { prefix: 'str' }, npm: { prefix: 'n' } },
    kinds: {},
    links: { hosts: [], shapes: [] },
    endpoints: { 'GET /things': { scopes: SCOPES, names: 'plan' } },
  } as never)
  const directory = testDirectory({
    constructor: { tier: 'constructor', admins: ['hasOwnProperty'] },
    toString: { tier: 'toString', admins: ['hasOwnProperty'] },
  })
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
  const plans = [
    { id: 'constructor', tier: 'constructor', name: 'Constructors' },
    { id: 'toString', tier: 'toString', name: 'Strings' },
  ]
  const actor = 'hasOwnProperty'
  const world = await hubWorld({
    ...{ tokens: tokens as never, plans: () => plans, actor: () => actor, addresses: {} },
    ...options,
  })
  const { token } = await tokens.create({
    ...{ actor, planId: 'constructor', type: 'constructor', name: 'Of a class', description: '' },
    ...{ lifetimeDays: 90, scopes: ['link', 'at'], resources: 'all' },
  } as never)
  const { page } = await open()
  return { ...world, tokens, token, actor, page, dialog: page.getByRole('dialog'), load: () => page.goto(world.url) }
}

describeInChromium('a name that every object has', () => {
  it('is a scope like any other in the history of an edit', async () => {
    const { tokens, token, actor, page, dialog, load } = await opened()
    await tokens.edit({ actor, id: token.id, scopes: ['link', 'toString', 'constructor', 'valueOf'], name: 'all' })
    await load()
    await look(page, 'all', 'Activity')
    const entry = dialog.locator('ol.history > li').filter({ hasText: 'edited' })
    await expect
      .poll(() => entry.locator('dd').allTextContents())
      .toEqual(['before: Of a class after: all', 'removed: at added: toString, constructor, valueOf'])
    await expect.poll(() => dialog.textContent()).not.toContain('native code')
  })

  it('is a token type like any other: open where the plan has it, closed where not, with its own lines', async () => {
    const { page, dialog, load } = await opened()
    await load()
    await expect.poll(() => page.getByRole('tab').allTextContents()).toEqual(['constructor', 'toString', 'npm'])
    await page.getByRole('button', { name: 'Generate constructor token' }).click()
    await dialog.getByLabel('Name').fill('Second')
    await dialog.getByRole('button', { name: 'Next' }).click()
    for (const scope of SCOPES) await dialog.getByRole('checkbox', { name: scope, exact: true }).check()
    await dialog.getByRole('button', { name: 'Next' }).click()
    await dialog.getByRole('radio', { name: 'All resources' }).check()
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()
    await dialog.getByText('How it is used').click()
    await expect
      .poll(() => dialog.locator('pre').allTextContents())
      .toEqual(['curl -H "Authorization: Bearer $TOKEN" "$API_URL"\n'])
    await storeSecret(page)
    await page.getByLabel('Organization').selectOption('Strings')
    await page.getByText('The plan of Strings does not include these tokens.').waitFor()
    await page.getByRole('tab', { name: 'toString' }).click()
    await page.getByText('The plan of Strings does not include these tokens.').waitFor()
  })

  it('is no code and no field of an answer', async () => {
    const { page, dialog, load, state } = await opened()
    await load()
    await choose(page, 'Of a class', 'Edit token')
    await dialog.getByLabel('Description').fill('New')
    for (const [code, path] of [
      ['constructor', 'name'],
      ['invalid_input', 'constructor'],
      ['invalid_input', 'toString[0]'],
    ]) {
      const answer = { code, title: 'Refused here.', status: 400, issues: [{ path, message: `About ${path}.` }] }
      state.fault = (request) =>
        request.startsWith('PATCH')
          ? { status: 400, type: 'application/problem+json', body: JSON.stringify(answer) }
          : undefined
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.getByRole('alert').getByText(`${path} About ${path}.`).waitFor()
    }
  })

  it('is no hole of a text: what the page does not fill stays as the host wrote it', async () => {
    const texts = {
      saved: '{token} is saved, {constructor} {toString}.',
      createdBy: 'by {actor}, {valueOf} {nothing}',
      generate: 'Generate {type} token {hasOwnProperty}',
    }
    const { page, dialog, load } = await opened({ texts })
    await load()
    await expect
      .poll(() => page.getByRole('row').last().textContent())
      .toContain('by hasOwnProperty, {valueOf} {nothing}')
    await page.getByRole('button', { name: 'Generate constructor token {hasOwnProperty}' }).waitFor()
    await choose(page, 'Of a class', 'Edit token')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Of a class is saved, {constructor} {toString}.').waitFor()
  })
})
