/** Tokens that are picked in the table and revoked together: nothing ends that was not shown, and each outcome is told. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { hubWorld, isFocused, PLAN, rowOf } from './world.ts'

const open = useBrowsers()

async function opened(count: number, first = 'Token 01') {
  const world = await hubWorld()
  const ids: string[] = []
  for (let i = 1; i <= count; i++)
    ids.push((await world.make(`Token ${String(i).padStart(2, '0')}`, { lifetimeDays: 90 + i })).token.id)
  const { page } = await open()
  await page.goto(world.url)
  await rowOf(page, first).waitFor()
  const active = async (): Promise<string[]> =>
    (await world.tokens.list({ actor: 'ada', planId: PLAN, status: 'active', limit: 500 })).tokens
      .map(({ name }) => name)
      .sort()
  return { ...world, ids, page, dialog: page.getByRole('dialog'), active }
}

const pick = (page: Page, name: string) => page.getByRole('checkbox', { name: `Select ${name}` })
const bar = (page: Page) => page.getByRole('region', { name: 'Selected tokens' })

/** Opens the dialog and types the number. */
async function confirm(page: Page, count: number): Promise<void> {
  await bar(page).getByRole('button', { name: 'Revoke…' }).click()
  await page.getByLabel(`Type ${count} to confirm`).fill(String(count))
  await page.getByRole('button', { name: `Revoke ${count} tokens` }).click()
}

describeInBrowsers('a selection', () => {
  it('is a check mark for each active token and one for the page, with a bar that says how many', async () => {
    const { page, tokens, ids } = await opened(4)
    await tokens.revoke({ actor: 'ada', id: ids[3] ?? '' })
    await page.reload()
    await rowOf(page, 'Token 01').waitFor()
    await expect.poll(() => bar(page).count()).toBe(0)
    await pick(page, 'Token 01').check()
    await bar(page).getByText('1 selected').waitFor()
    const whole = page.getByRole('checkbox', { name: 'Select all active tokens of this page' })
    await expect.poll(() => whole.evaluate((box: HTMLInputElement) => box.indeterminate)).toBe(true)
    await whole.check()
    await bar(page).getByText('3 selected').waitFor()
    await expect.poll(() => pick(page, 'Token 04').count()).toBe(0)
    await bar(page).getByRole('button', { name: 'Clear selection' }).click()
    await expect.poll(() => bar(page).count()).toBe(0)
    await expect.poll(() => page.getByRole('checkbox', { checked: true }).count()).toBe(0)
  })

  it('of all that match is said of what matches, and of nothing that one looks at later', async () => {
    const { page } = await opened(60)
    await pick(page, 'Token 01').check()
    await bar(page).getByRole('button', { name: 'Select all' }).click()
    await bar(page).getByText('All 60 that match are selected.').waitFor()
    await page.getByLabel('Search tokens').fill('Token 1')
    await rowOf(page, 'Token 10').waitFor()
    await bar(page).getByText('60 selected', { exact: true }).waitFor()
    // An answer that comes too late is not of what one looks at by then.
    await bar(page).getByRole('button', { name: 'Clear selection' }).click()
    await page.getByLabel('Search tokens').fill('')
    await rowOf(page, 'Token 01').waitFor()
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route(/size=500/, async (route) => {
      await released
      await route.continue()
    })
    await pick(page, 'Token 01').check()
    await bar(page).getByRole('button', { name: 'Select all' }).click()
    await page.getByLabel('Search tokens').fill('Token 2')
    await rowOf(page, 'Token 20').waitFor()
    const late = page.waitForResponse(/size=500/)
    release()
    await (await late).finished()
    await page.waitForTimeout(200)
    await bar(page).getByText('1 selected', { exact: true }).waitFor()
  })

  it('works by the keyboard alone', async () => {
    const { page, active } = await opened(2)
    await pick(page, 'Token 01').focus()
    await page.keyboard.press('Space')
    await pick(page, 'Token 02').focus()
    await page.keyboard.press('Space')
    await bar(page).getByRole('button', { name: 'Revoke…' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('This cannot be undone.').waitFor()
    await page.getByLabel('Type 2 to confirm').focus()
    await page.keyboard.type('2')
    await page.keyboard.press('Enter')
    await page.getByText('2 tokens were revoked.').waitFor()
    await page.locator('footer').getByRole('button', { name: 'Close' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => isFocused(rowOf(page, 'Token 01').getByRole('button').first())).toBe(true)
    await expect.poll(() => active()).toEqual([])
  })

  it('is made with a finger too, where a card opens wherever it is met', async () => {
    const { page } = await opened(2)
    await page.setViewportSize({ width: 375, height: 780 })
    await pick(page, 'Token 01').click()
    await bar(page).getByText('1 selected').waitFor()
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  })

  it('is kept from page to page, and can be all that match', async () => {
    const { page, active } = await opened(53)
    await pick(page, 'Token 01').check()
    await page.getByRole('button', { name: 'Next page' }).click()
    await pick(page, 'Token 53').check()
    await bar(page).getByText('2 selected').waitFor()
    await bar(page).getByRole('button', { name: 'Select all that match' }).click()
    await bar(page).getByText('All 53 that match are selected.').waitFor()
    await confirm(page, 53)
    await page.getByText('53 tokens were revoked.').waitFor()
    await expect.poll(() => active()).toEqual([])
  })
})

describeInBrowsers('many tokens', () => {
  it('are shown before, with their last use, and end with a reason in the log once their number is typed', async () => {
    const { page, dialog, make, use, tokens, active } = await opened(2)
    const { secret } = await make('Busy')
    await use(secret as string)
    await page.reload()
    for (const name of ['Token 01', 'Busy']) await pick(page, name).check()
    await bar(page).getByRole('button', { name: 'Revoke…' }).click()
    await dialog.getByText('1 of them was used in the last 7 days.').waitFor()
    const listed = dialog.getByRole('list', { name: 'Tokens that are revoked' }).getByRole('listitem')
    await expect
      .poll(() => listed.allTextContents())
      .toEqual([
        expect.stringMatching(/^Busy.*ago|^Busyin 0|^Busythis minute/),
        expect.stringMatching(/^Token 01Never used/),
      ])
    await dialog.getByLabel('Reason').fill('The team is gone')
    await dialog.getByLabel('Type 2 to confirm').fill('3')
    await page.keyboard.press('Enter')
    await dialog.getByText('That is not the number of tokens.').waitFor()
    await expect.poll(() => active()).toHaveLength(3)
    await dialog.getByLabel('Type 2 to confirm').fill('2')
    await page.keyboard.press('Enter')
    await dialog.getByText('2 tokens were revoked.').waitFor()
    await dialog.locator('footer').getByRole('button', { name: 'Close' }).click()
    await page.getByText('2 tokens were revoked.').waitFor()
    await rowOf(page, 'Busy').filter({ hasText: 'Revoked' }).waitFor()
    await expect.poll(() => bar(page).count()).toBe(0)
    await expect.poll(() => active()).toEqual(['Token 02'])
    const { events } = await tokens.events({ actor: 'ada', planId: PLAN, order: 'newest', limit: 2 })
    expect(events.map(({ type, reason }) => [type, reason])).toEqual([
      ['revoked', 'The team is gone'],
      ['revoked', 'The team is gone'],
    ])
  })

  it('are told apart: what another admin ended meanwhile, before the preview and after it', async () => {
    const { page, dialog, ids, tokens, active } = await opened(4)
    await page.getByRole('checkbox', { name: 'Select all active tokens of this page' }).check()
    await tokens.revoke({ actor: 'bob', id: ids[0] ?? '' })
    await bar(page).getByRole('button', { name: 'Revoke…' }).click()
    await dialog.getByText('1 that you selected has ended in the meantime and is left out.').waitFor()
    await tokens.revoke({ actor: 'bob', id: ids[1] ?? '' })
    await dialog.getByLabel('Type 3 to confirm').fill('3')
    await dialog.getByRole('button', { name: 'Revoke 3 tokens' }).click()
    await dialog.getByText('2 tokens were revoked.').waitFor()
    await dialog.getByText('1 had ended already').click()
    await expect.poll(() => dialog.getByRole('listitem').allTextContents()).toEqual(['Token 02'])
    await expect.poll(() => active()).toEqual([])
  })

  it('go on after a call that failed, which is told, and none is lost or ended twice', async () => {
    const { page, dialog, state, active, tokens } = await opened(30)
    await page.getByRole('checkbox', { name: 'Select all active tokens of this page' }).check()
    let calls = 0
    state.fault = (asked) => {
      if (asked !== 'POST /api/plans/1001/tokens/revoke') return undefined
      calls += 1
      return calls === 2 ? { status: 503, body: '<html>' } : undefined
    }
    await confirm(page, 30)
    await dialog.getByText('10 tokens were revoked.').waitFor()
    await dialog.getByText('20 were not reached.').waitFor()
    await expect.poll(() => active()).toHaveLength(20)
    await dialog.getByRole('button', { name: 'Try again' }).click()
    await dialog.getByText('30 tokens were revoked.').waitFor()
    await expect.poll(() => active()).toEqual([])
    const { events } = await tokens.events({ actor: 'ada', planId: PLAN, limit: 500 })
    expect(events.filter(({ type }) => type === 'revoked')).toHaveLength(30)
  })

  it('can be stopped half-way: what was not reached works as before, and one can go on', async () => {
    const { page, dialog, state, active } = await opened(30)
    await page.getByRole('checkbox', { name: 'Select all active tokens of this page' }).check()
    let isHeld = true
    const held = new Set<() => void>()
    await page.route('**/tokens/revoke', async (route) => {
      if (isHeld) await new Promise<void>((resolve) => held.add(resolve))
      await route.continue()
    })
    await confirm(page, 30)
    await dialog.getByRole('button', { name: 'Stop' }).click()
    await dialog.getByText('Stopping after this part.').waitFor()
    isHeld = false
    for (const go of held) go()
    await dialog.getByText('10 tokens were revoked. Stopped.').waitFor()
    await expect.poll(() => active()).toHaveLength(20)
    await dialog.getByRole('button', { name: 'Go on' }).click()
    await dialog.getByText('30 tokens were revoked.').waitFor()
    expect(state.requests.filter((one) => one.endsWith('/tokens/revoke'))).toHaveLength(3)
  })

  it('say that nothing is left, and keep what was typed when the session has ended', async () => {
    const { page, dialog, ids, tokens, state } = await opened(2)
    await pick(page, 'Token 01').check()
    await tokens.revoke({ actor: 'bob', id: ids[0] ?? '' })
    await bar(page).getByRole('button', { name: 'Revoke…' }).click()
    await dialog.getByText('There is nothing to revoke.').waitFor()
    await dialog.locator('footer').getByRole('button', { name: 'Close' }).click()
    await pick(page, 'Token 02').check()
    state.actor = undefined
    await bar(page).getByRole('button', { name: 'Revoke…' }).click()
    await dialog.getByText('You are no longer signed in.').waitFor()
    state.actor = 'ada'
    await dialog.getByRole('button', { name: 'Try again' }).click()
    await dialog.getByLabel('Type 1 to confirm').waitFor()
  })

  it('take no secret for a reason', async () => {
    const { page, dialog, make } = await opened(1)
    const { secret } = await make('Leaky')
    await pick(page, 'Token 01').check()
    await bar(page).getByRole('button', { name: 'Revoke…' }).click()
    await dialog.getByLabel('Reason').fill(`found ${secret}`)
    await dialog.getByText('This holds a secret').waitFor()
  })
})
