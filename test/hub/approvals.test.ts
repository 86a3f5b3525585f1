/** Two pairs of eyes in the page: what waits is shown to whoever may decide, decided, taken back, and collected once. */

import { approvals } from 'plan-access-tokens/approvals'
import { hubHandler } from 'plan-access-tokens/hub'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { DAY, MINUTE } from '../support/world.ts'
import { hubWorld, LINKS, look, PATH, PLAN, rowSays, textsOf } from './world.ts'

const open = useBrowsers()

async function opened() {
  const rules = { now: {} as object }
  const world = await hubWorld({ engine: { approvals: approvals() }, directory: { rules: () => rules.now } })
  const { page } = await open()
  const drawer = page.getByRole('dialog').first()
  const { tokens, state, url } = world
  const made = await world.make('Website sync', { resources: [LINKS.landing] })
  rules.now = { approvals: 'required' }
  const input = {
    planId: PLAN,
    type: 'rest',
    lifetimeDays: 30,
    scopes: ['file_content:read'],
    resources: 'all',
  } as const
  return {
    ...{ ...world, page, drawer, made },
    /** Asks for a token. */
    ask: async (actor: string, name = 'Nightly export') => (await tokens.create({ ...input, actor, name })).token,
    /** Asks for an edit that widens. */
    widen: (actor: string) => tokens.edit({ actor, id: made.id, resources: 'all', name: 'All of it' }),
    get: (id: string) => tokens.get({ actor: 'ada', id }),
    as: async (actor: string, name: string) => {
      state.actor = actor
      await page.goto('about:blank')
      await page.goto(url)
      await look(page, name)
    },
  }
}

const press = (page: Page, name: string) =>
  page.getByRole('dialog').last().getByRole('button', { name, exact: true }).click()

describeInBrowsers('a token that was asked for', () => {
  it('is approved by another admin, who sees what it may do, and collected once by whoever asked', async () => {
    const { page, drawer, ask, as, get, use } = await opened()
    const { id } = await ask('bob')
    await as('ada', 'Nightly export')
    await drawer.getByRole('heading', { name: /^bob asked for this token on / }).waitFor()
    await expect.poll(() => drawer.locator('.note dl').textContent()).toContain('All resources')
    await press(page, 'Approve')
    await drawer.getByText('You approved it.').waitFor()
    await drawer.getByText(/^bob may collect its secret until /).waitFor()
    await expect.poll(() => drawer.getByRole('button', { name: 'Collect secret' }).count()).toBe(0)
    expect(await get(id)).toMatchObject({ status: 'pending', request: { by: 'bob', approvedBy: 'ada' } })

    await as('bob', 'Nightly export')
    await drawer.getByText(/^Collect its secret now\. It is shown once\. You have until .* \(in 7 days\)\.$/).waitFor()
    await press(page, 'Collect secret')
    const box = page.getByRole('dialog').last()
    await box.getByText('This is the only time that the secret is shown.').waitFor()
    const secret = (await box.locator('.secret code').textContent()) ?? ''
    expect((await use(secret)).allowed).toBe(true)
    expect((await get(id)).status).toBe('active')
  })

  it('is declined with a reason, which stands in its history', async () => {
    const { page, drawer, ask, as, get } = await opened()
    const { id } = await ask('bob')
    await as('ada', 'Nightly export')
    await press(page, 'Decline …')
    await page.getByText('This cannot be undone; it can be asked for again.').waitFor()
    await page.getByLabel('Reason').fill('Use the one that there is.')
    await press(page, 'Decline')
    await drawer.getByText('You declined it.').waitFor()
    expect((await get(id)).status).toBe('revoked')
    await drawer.getByRole('tab', { name: 'Activity' }).click()
    await drawer.getByText('ada declined what was asked for').waitFor()
    await drawer.getByText('Use the one that there is.').waitFor()
  })

  it('that one asked for oneself says who has to approve it, and is taken back', async () => {
    const { page, drawer, ask, as, get } = await opened()
    const { id } = await ask('ada')
    await as('ada', 'Nightly export')
    await drawer.getByRole('heading', { name: 'Another admin has to approve this token' }).waitFor()
    await expect.poll(() => drawer.getByRole('button', { name: 'Approve' }).count()).toBe(0)
    await press(page, 'Cancel request')
    await page.getByText('The request is taken back, and the token that was asked for ends.').waitFor()
    await page.getByLabel('Type Nightly export to confirm').fill('Nightly export')
    await press(page, 'Revoke token')
    await drawer.getByText('Nightly export is revoked.').waitFor()
    expect((await get(id)).status).toBe('revoked')
    await page.keyboard.press('Escape')
    await rowSays(page, 'Nightly export', 'Revoked')
  })

  it('that somebody else has decided about meanwhile says so, and shows what it is by now', async () => {
    const { page, drawer, ask, as, tokens } = await opened()
    const { id } = await ask('bob')
    await as('ada', 'Nightly export')
    await drawer.getByRole('button', { name: 'Approve' }).waitFor()
    await tokens.edit({ actor: 'bob', id, name: 'Weekly export' })
    await press(page, 'Approve')
    await drawer.getByText('Somebody else changed the token at the same moment.').waitFor()
    await page.getByRole('heading', { name: 'Weekly export' }).waitFor()
    await tokens.revoke({ actor: 'bob', id })
    await press(page, 'Approve')
    await drawer.getByRole('button', { name: 'Approve' }).waitFor({ state: 'detached' })
    await expect.poll(() => drawer.getByRole('alert').filter({ hasText: /./ }).count()).toBe(1)
    expect((await tokens.get({ actor: 'ada', id })).status).toBe('revoked')
  })
})

describeInBrowsers('an edit that was asked for', () => {
  it('shows what it would change, before and after, and counts once it is approved', async () => {
    const { page, drawer, widen, as, get, made } = await opened()
    await widen('bob')
    await as('ada', 'Website sync')
    await drawer.getByRole('heading', { name: /^bob asked for an edit on / }).waitFor()
    const changes = (await drawer.locator('.note dl').textContent()) ?? ''
    expect(changes).toContain('Namebefore: Website sync after: All of it')
    expect(changes).toContain(`Resourcesbefore: ${LINKS.landing} after: All resources`)
    expect((await get(made.id)).name).toBe('Website sync')
    await press(page, 'Approve')
    await drawer.getByText('You approved it.').waitFor()
    expect(await get(made.id)).toMatchObject({ name: 'All of it', resources: 'all' })
  })

  it('is dropped where it is declined; the token stays as it is', async () => {
    const { page, drawer, widen, as, get, made } = await opened()
    await widen('bob')
    await as('ada', 'Website sync')
    await press(page, 'Decline …')
    await page.getByText('The token stays as it is, and the edit is dropped.').waitFor()
    await press(page, 'Decline')
    await drawer.getByText('You declined it.').waitFor()
    const token = await get(made.id)
    expect([token.name, token.status, 'proposal' in token]).toEqual(['Website sync', 'active', false])
  })

  it('of one’s own is taken back', async () => {
    const { page, drawer, widen, as, get, made } = await opened()
    await widen('ada')
    await as('ada', 'Website sync')
    await drawer.getByRole('heading', { name: 'Another admin has to approve your edit' }).waitFor()
    await press(page, 'Cancel request')
    await drawer.getByText('You took your edit back. The token is as it was.').waitFor()
    const token = await get(made.id)
    expect([token.name, token.resources.length, 'proposal' in token]).toEqual(['Website sync', 1, false])
  })
})

describeInBrowsers('what waits in a plan', () => {
  it('is counted, listed by whom it waits for, and led on from to the token’s own page', async () => {
    const { page, drawer, ask, widen, url, tokens, state } = await opened()
    await ask('bob', 'By Bob')
    const mine = await ask('ada', 'By Ada')
    // The newest comes first, so it is asked for in a millisecond of its own.
    await new Promise((resolve) => setTimeout(resolve, 5))
    await widen('bob')
    await page.goto(url)
    await page.getByRole('button', { name: /^Requests.*2 wait for you$/ }).click()
    const inbox = page.getByRole('dialog', { name: 'Requests' })
    const section = (title: string) =>
      inbox.locator('section').filter({ has: page.getByRole('heading', { name: title }) })
    await expect.poll(() => textsOf(section('Waits for you').getByRole('button'))).toEqual(['Website sync', 'By Bob'])
    await expect.poll(() => section('Waits for you').textContent()).toContain('An edit of Name, Resources')
    await expect.poll(() => textsOf(section('You asked for').getByRole('button'))).toEqual(['By Ada'])
    await inbox.getByRole('button', { name: 'Website sync' }).click()
    await drawer.getByRole('heading', { name: /^bob asked for an edit on / }).waitFor()
    await press(page, 'Approve')
    await drawer.getByText('You approved it.').waitFor()
    await page.keyboard.press('Escape')
    await tokens.approve({ actor: 'bob', id: mine.id })
    await page.getByRole('button', { name: /^Requests/ }).click()
    await section('You asked for').getByText('approved: the secret can be collected').waitFor()
    state.fault = () => ({ status: 500, body: '' })
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: /^Requests/ }).click()
    await inbox.getByText('The server could not do it just now.').waitFor()
  })

  it('is not there where the host has no approvals', async () => {
    const world = await hubWorld()
    await world.make('Website sync')
    const { page } = await open()
    await page.goto(world.url)
    await rowSays(page, 'Website sync', 'Active')
    await expect.poll(() => page.getByRole('button', { name: /^Requests/ }).count()).toBe(0)
    expect(world.state.requests.filter((asked) => asked.includes('/requests'))).toEqual([])
  })
})

describeInBrowsers('a decision', () => {
  it.each(['Approve', 'Collect secret'])('%s that fails is told, and works when it is tried again', async (name) => {
    const { page, drawer, ask, as, tokens, state } = await opened()
    const { id } = await ask('bob')
    if (name === 'Collect secret') await tokens.approve({ actor: 'ada', id })
    await as(name === 'Approve' ? 'ada' : 'bob', 'Nightly export')
    await drawer.getByRole('button', { name }).waitFor()
    state.fault = (request) => (request.startsWith('POST') ? { status: 500, body: '' } : undefined)
    await press(page, name)
    await drawer.getByText('The server could not do it just now.').waitFor()
    const { actor } = state
    state.fault = () => undefined
    state.actor = undefined
    await press(page, name)
    await drawer.getByText('You are no longer signed in.').first().waitFor()
    state.actor = actor
    await press(page, name)
    await page
      .getByRole('dialog')
      .getByText(name === 'Approve' ? 'You approved it.' : 'This is the only time')
      .waitFor()
  })
})

it('a host without approvals is asked for nothing that waits', async () => {
  const world = await hubWorld()
  expect(world.tokens.features.approvals).toBe(false)
  await world.make('Website sync')
  const answer = await world.hub(new Request(`http://127.0.0.1/developers/tokens/api/plans/${PLAN}/requests`))
  expect(await answer.json()).toEqual({ requests: [], isWhole: true })
})

describeInBrowsers('the route of what waits', () => {
  it('gives tokens and edits that wait, the newest first, to admins of the plan alone', async () => {
    const { ask, widen, hub, state, later } = await opened()
    await ask('bob', 'First')
    later(1)
    await widen('ada')
    later(1)
    await ask('ada', 'Third')
    const asked = async () => {
      const answer = await hub(new Request(`http://127.0.0.1/developers/tokens/api/plans/${PLAN}/requests`))
      return [answer.status, await answer.json()] as const
    }
    const [status, { requests, isWhole }] = await asked()
    expect([status, isWhole]).toEqual([200, true])
    expect(requests.map(({ name }: { name: string }) => name)).toEqual(['Third', 'Website sync', 'First'])
    expect(JSON.stringify(requests)).not.toContain('digest')
    state.actor = 'nobody'
    expect((await asked())[1]).toMatchObject({ code: 'not_plan_admin' })
  })

  it('answers 304 as long as the log says nothing new, and asks for rights all the same', async () => {
    const { ask, hub, state } = await opened()
    await ask('bob', 'First')
    const asked = (tag?: string) =>
      hub(
        new Request(`http://127.0.0.1/developers/tokens/api/plans/${PLAN}/requests`, {
          headers: tag === undefined ? {} : { 'If-None-Match': tag },
        }),
      )
    const tag = (await asked()).headers.get('etag') ?? ''
    expect((await asked(tag)).status).toBe(304)
    await ask('bob', 'Second')
    const answer = await asked(tag)
    expect([answer.status, (await answer.json()).requests.length]).toEqual([200, 2])
    state.actor = 'nobody'
    expect((await asked(tag)).status).toBe(403)
  })

  it.each([50_000, 5])('reads no more than some pages, whether %s tokens are kept or not', async (overviewTokens) => {
    const pages: unknown[] = []
    const world = await hubWorld({ engine: { approvals: approvals() }, directory: { rules: () => rules.now } })
    const rules = { now: {} as object }
    const made = []
    for (let i = 0; i < 10; i++) made.push((await world.make(`Job ${i}`, { resources: [LINKS.landing] })).token)
    rules.now = { approvals: 'required' }
    await world.tokens.edit({ actor: 'bob', id: made[3]?.id ?? '', resources: 'all' })
    const list: typeof world.tokens.list = (input) => {
      pages.push(input)
      return world.tokens.list(input)
    }
    const plans = () => [{ id: PLAN, name: 'Acme', tier: 'organization' }]
    const tokens = { ...world.tokens, list }
    const hub = hubHandler({ tokens, actor: () => 'ada', plans, basePath: PATH, overviewTokens, clock: world.clock })
    for (let i = 0; i < 5; i++) {
      const answer = await hub(new Request(`http://127.0.0.1${PATH}/api/plans/${PLAN}/requests`))
      const { requests, isWhole } = await answer.json()
      expect([requests.map(({ name }: { name: string }) => name), isWhole]).toEqual([['Job 3'], true])
    }
    expect(pages.length).toBeLessThanOrEqual(overviewTokens === 5 ? 11 : 1)
  })
})

it.each([50_000, 5])(
  'an edit that has lapsed is gone at once, whether %s tokens are kept or not',
  async (overviewTokens) => {
    const rules = { now: {} as object }
    const world = await hubWorld({ engine: { approvals: approvals() }, directory: { rules: () => rules.now } })
    const asked = Math.ceil(world.clock.now() / MINUTE) * MINUTE + 20_000
    world.stopAt(new Date(asked).toISOString())
    const made = []
    for (let i = 0; i < 6; i++)
      made.push((await world.make(`Job ${i}`, { resources: [LINKS.landing], lifetimeDays: 90 })).token)
    rules.now = { approvals: 'required' }
    await world.tokens.edit({ actor: 'bob', id: made[3]?.id ?? '', resources: 'all' })
    const plans = () => [{ id: PLAN, name: 'Acme', tier: 'organization' }]
    const { tokens, clock } = world
    const hub = hubHandler({ tokens, actor: () => 'ada', plans, basePath: PATH, overviewTokens, clock })
    const waiting = async (tag = '') => {
      const headers = { 'If-None-Match': tag }
      const answer = await hub(new Request(`http://127.0.0.1${PATH}/api/plans/${PLAN}/requests`, { headers }))
      const found = answer.status === 200 ? (await answer.json()).requests.length : undefined
      return { status: answer.status, found, tag: answer.headers.get('etag') ?? '' }
    }
    world.stopAt(new Date(asked + 30 * DAY - 1).toISOString())
    const before = await waiting()
    expect(before).toMatchObject({ status: 200, found: 1 })
    expect(await waiting(before.tag)).toMatchObject({ status: 304 })
    world.stopAt(new Date(asked + 30 * DAY).toISOString())
    const after = await waiting(before.tag)
    expect(after).toMatchObject({ status: 200, found: 0 })
    expect(await waiting(after.tag)).toMatchObject({ status: 304 })
  },
)

describeInBrowsers('a dialog to decline', () => {
  it('that came too late leads back to what there is by now', async () => {
    const { page, drawer, widen, as, tokens, made } = await opened()
    await widen('bob')
    await as('ada', 'Website sync')
    await press(page, 'Decline …')
    // Taken back by whoever asked, by an edit to what there is.
    await tokens.edit({ actor: 'bob', id: made.id, resources: [LINKS.landing] })
    await press(page, 'Decline')
    await page.getByRole('dialog').last().getByRole('alert').waitFor()
    await press(page, 'Cancel')
    await drawer.getByRole('button', { name: 'Approve' }).waitFor({ state: 'detached' })
    await drawer.getByRole('button', { name: 'Edit token' }).waitFor()
  })
})
