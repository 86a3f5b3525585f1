/**
 * Every state of the page, each opened once: in light, in dark, on a phone and in colours of the person's own as its committed
 * picture has it (picture.ts), without a violation of axe, and without a part that sticks out, also at 320 px and zoomed to 200 %.
 */
import { readdirSync } from 'node:fs'
import axe, { type RunOptions } from 'axe-core'
import type { PlanRules } from 'plan-access-tokens'
import { approvals } from 'plan-access-tokens/approvals'
import { usage } from 'plan-access-tokens/usage'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { difference, drawn, isSeen, PICTURES, SAME_LETTERS, sameLetters, sameRandom, wrongWith } from './picture.ts'
import { choose, type HubWorld, hubWorld, LINKS, look, PLAN, paste, rowOf, storeSecret } from './world.ts'

const open = useChromium()

/** It stands still, so that each picture has the same dates. */
const AT = '2026-11-30T09:30:00Z'
const WIDE = { width: 1040, height: 720 }
const PHONE = { width: 375, height: 780 }

/** The WCAG's and what axe thinks best; of WCAG 2.2 it leaves out the size of targets unless it is asked. */
const EVERY_RULE: RunOptions = { rules: { 'target-size': { enabled: true } } }
const COLOURS_ALONE: RunOptions = { runOnly: ['color-contrast'] }

/** What is there is the same in all; where only colours differ, axe looks at these, and the picture has each second pixel. */
const LOOKS = [
  { look: 'light', media: { colorScheme: 'light' }, viewport: WIDE, size: 1, rules: EVERY_RULE },
  { look: 'dark', media: { colorScheme: 'dark' }, viewport: WIDE, size: 0.5, rules: COLOURS_ALONE },
  { look: 'forced', media: { forcedColors: 'active' }, viewport: WIDE, size: 0.5, rules: undefined },
  { look: 'phone', media: {}, viewport: PHONE, size: 1, rules: EVERY_RULE },
] as const

/** Sizes in which nothing sticks out either: as wide as 1,280 px at 400 %, and as the wide window at 200 %. */
const CRAMPED = [
  { width: 320, height: 560 },
  { width: 520, height: 360 },
]

interface Stage extends HubWorld {
  readonly page: Page
  /** From now on the host's own code throws. */
  fail(): void
  /** The rules of Acme for its tokens. */
  readonly rules: { now: PlanRules }
}

async function fill({ make, tokens, use, later }: Stage): Promise<void> {
  await make('Ended by itself', { lifetimeDays: 1, description: 'It lived for a day.' })
  const { token } = await make('Revoked by Bob')
  await tokens.revoke({ actor: 'bob', id: token.id })
  later(2)
  await make('Ends soon', { lifetimeDays: 3, scopes: ['files:read'] })
  const sync = await make('Website sync', { resources: [LINKS.landing, LINKS.brand], description: 'Runs every night.' })
  await use(sync.secret)
  await tokens.edit({ actor: 'bob', id: sync.token.id, name: 'Website sync, nightly', scopes: ['projects:read'] })
  await tokens.refresh({ actor: 'ada', id: sync.token.id })
  await make('A name of a hundred characters, or nearly, that goes on until there is no room left for it in a row')
  const input = { type: 'rest', lifetimeDays: 30, scopes: ['file_content:read'], resources: 'all' } as const
  await tokens.create({ ...input, actor: 'bob', planId: '1002', name: 'Nightly backup', description: 'To our vault.' })
}

async function toStep({ page }: Stage, step: 1 | 2 | 3): Promise<void> {
  await page.getByRole('button', { name: 'Generate REST API token' }).click()
  if (step === 1) return
  await page.getByLabel('Name', { exact: true }).fill('Nightly export')
  await page.getByRole('button', { name: 'Next' }).click()
  if (step === 2) return
  await page.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
  await page.getByRole('button', { name: 'Next' }).click()
}

async function toSecret(stage: Stage): Promise<void> {
  await toStep(stage, 3)
  await stage.page.getByRole('radio', { name: 'All resources' }).check()
  await stage.page.getByRole('button', { name: 'Create', exact: true }).click()
  await stage.page.getByRole('heading', { name: 'Your new token' }).waitFor()
}

const SYNC = 'Website sync, nightly'

/** How a person gets there from the page that was just opened. */
const STATES: { readonly [state: string]: (stage: Stage) => Promise<unknown> } = {
  'the table': ({ page }) => rowOf(page, SYNC).waitFor(),
  'the npm tab without a token': ({ page }) => page.getByRole('tab', { name: 'npm registry' }).click(),
  'a search that finds nothing': async ({ page }) => {
    await page.getByLabel('Search tokens').fill('nothing of the kind')
    await page.getByText('No token matches.').waitFor()
  },
  'a plan that cannot have tokens': async ({ page }) => {
    await page.getByLabel('Organization').selectOption('Initech')
    await page.getByText('There are no tokens here yet.').waitFor()
  },
  'a token that was just made': async (stage) => {
    await toSecret(stage)
    await storeSecret(stage.page)
    await rowOf(stage.page, 'Nightly export').getByText('New', { exact: true }).waitFor()
  },
  'no organization': async ({ page, state }) => {
    state.actor = 'nobody'
    await page.reload()
    await page.getByText('You are not an admin of any organization here.').waitFor()
  },
  'an organization that is not mine': async ({ page, url }) => {
    await page.goto('about:blank')
    await page.goto(`${url}#plan=1004`)
    await page.getByText('There is no such organization').waitFor()
  },
  'signed out': async ({ page, state }) => {
    state.actor = undefined
    await page.reload()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
  },
  'an address at which there is nothing': async ({ page, url }) => {
    await page.goto(`${url}/nothing`)
    await page.getByRole('link', { name: 'Go to your tokens' }).waitFor()
  },
  'a page that failed': async ({ page, fail }) => {
    fail()
    await page.reload()
    await page.getByRole('link', { name: 'Try again' }).waitFor()
  },
  'a page that is being loaded': async ({ page }) => {
    await page.route('**/*.js', (route) => route.abort())
    await page.reload()
    await page.getByText('Your tokens are being loaded.').waitFor()
  },
  'a list that failed': async ({ page, state }) => {
    state.fault = () => ({ status: 500, body: 'broken' })
    await page.getByRole('tab', { name: 'npm registry' }).click()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
  },
  'the menu': async ({ page }) => {
    await rowOf(page, SYNC).getByRole('button').last().click()
    await page.getByRole('menu').waitFor()
  },
  'describe your token': (stage) => toStep(stage, 1),
  'describe your token, with mistakes': async (stage) => {
    await toStep(stage, 1)
    await stage.page.getByLabel('Expiration').selectOption('Custom …')
    await stage.page.getByLabel('Ends on').fill('2100-01-01')
    await stage.page.getByRole('button', { name: 'Next' }).click()
    await stage.page.getByText('Choose a day that lies ahead, by 365 days at most.').waitFor()
  },
  'the question before something is discarded': async (stage) => {
    await toStep(stage, 2)
    await stage.page.keyboard.press('Escape')
    await stage.page.getByRole('button', { name: 'Keep editing' }).waitFor()
  },
  'choose scopes': (stage) => toStep(stage, 2),
  'choose scopes, none chosen': async (stage) => {
    await toStep(stage, 2)
    await stage.page.getByRole('button', { name: 'Next' }).click()
    await stage.page.getByText('Choose at least one scope.').waitFor()
  },
  'choose resources': async (stage) => {
    await toStep(stage, 3)
    await stage.page.getByLabel('Links to resources').fill(Object.values(LINKS).join('\n'))
    await stage.page.getByText('To fix: 2').first().waitFor()
    await stage.page.getByText('Landing page').waitFor()
  },
  'choose resources, too many': async (stage) => {
    await toStep(stage, 3)
    const links = Array.from({ length: 1_001 }, (_, i) => `https://www.figma.com/design/NOWHERE${i}`)
    await paste(stage.page.getByLabel('Links to resources'), links.join('\n'))
    await stage.page.getByText('Not looked up yet: 1,001').waitFor()
  },
  'a create by somebody who is signed out': async (stage) => {
    await toStep(stage, 3)
    await stage.page.getByRole('radio', { name: 'All resources' }).check()
    stage.state.actor = undefined
    await stage.page.getByRole('button', { name: 'Create', exact: true }).click()
    await stage.page.getByText('You are no longer signed in.').waitFor()
  },
  'the secret': toSecret,
  'the secret, not copied yet': async (stage) => {
    await toSecret(stage)
    await stage.page.getByText('How it is used').click()
    await stage.page.keyboard.press('Escape')
    await stage.page.getByText('The secret is not copied yet.').waitFor()
  },
  'edit token': ({ page }) => choose(page, SYNC, 'Edit token'),
  'a conflict': async ({ page, tokens, state }) => {
    await choose(page, SYNC, 'Edit token')
    // The table would tell of what Bob does at a moment of its own.
    state.fault = (request) => (request.includes('/overview?') ? 'hang' : undefined)
    await page.getByLabel('Name', { exact: true }).fill('As Ada calls it')
    const [token] = (await tokens.list({ actor: 'ada', planId: PLAN, search: SYNC })).tokens
    await tokens.edit({ actor: 'bob', id: token?.id ?? '', name: 'As Bob calls it' })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('radio', { name: 'Theirs' }).waitFor()
  },
  'refresh token': async ({ page }) => {
    await choose(page, SYNC, 'Refresh token')
    await page.getByText('New expiration date').waitFor()
  },
  'revoke token': ({ page }) => choose(page, SYNC, 'Revoke token'),
  'details that could not be loaded': async ({ page, state }) => {
    state.fault = (request) => (/^GET \/api\/tokens\/\w+$/.test(request) ? { status: 500, body: '' } : undefined)
    await choose(page, SYNC, 'Details and history')
    await page.getByText('What stands below may have changed since.').waitFor()
  },
  'a token’s own page': async ({ page }) => {
    await look(page, SYNC)
    await page.getByText('Newest secret').waitFor()
  },
  'the history of a token': async ({ page }) => {
    await look(page, SYNC, 'Activity')
    await page.getByText('created the token').waitFor()
  },
  'the access of a token': async ({ page }) => {
    await look(page, SYNC, 'Access')
    await page.getByText('Brand', { exact: true }).waitFor()
  },
  'a token that is not here': async ({ page, url }) => {
    // From elsewhere: here it would be taken out of the address at once, before or after a reload.
    await page.goto('about:blank')
    await page.goto(`${url}#token=nothing`)
    await page.getByText('This token is not here, or you may not see it.').waitFor()
  },
  'the filters': async ({ page }) => {
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByText('Holds the scope').waitFor()
  },
  'many tokens that are to be revoked': async ({ page }) => {
    await page.getByRole('checkbox', { name: 'Select all active tokens of this page' }).check()
    await page.getByRole('button', { name: 'Revoke…' }).click()
    await page.getByLabel('Type 3 to confirm').waitFor()
  },
  'whose a secret is': async ({ page }) => {
    await page.getByRole('button', { name: 'Whose secret is this?' }).click()
    await page.getByLabel('Secret', { exact: true }).fill('nothing of the kind')
    await page.getByRole('button', { name: 'Look up' }).click()
    await page.getByRole('dialog').getByRole('status').filter({ hasText: /./ }).first().waitFor()
  },
  'the audit log': async ({ page }) => {
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByRole('button', { name: 'Export…' }).waitFor()
    await page.getByText('Revoked by Bob').first().waitFor()
  },
  'how tokens are used': async ({ page }) => {
    await page.getByRole('link', { name: 'Usage' }).click()
    await page.getByText('3 active tokens').waitFor()
    await page.getByText('1 request in 90 days').waitFor()
  },
  'the use of a token': async ({ page }) => {
    await look(page, SYNC, 'Use')
    await page.getByText('GET /v1/files/').first().waitFor()
  },
  'what waits for somebody': async ({ page }) => {
    await page.getByLabel('Organization').selectOption('Globex')
    await page.getByRole('button', { name: /^Requests/ }).click()
    await page.getByRole('heading', { name: 'Waits for you' }).waitFor()
  },
  'a token that waits for an approval': async ({ page }) => {
    await page.getByLabel('Organization').selectOption('Globex')
    await look(page, 'Nightly backup')
    await page.getByRole('button', { name: 'Approve' }).waitFor()
  },
  'a question for a stronger session': async ({ page, rules }) => {
    rules.now = { stepUp: { revoke: { maxAgeSeconds: 300 } } }
    await choose(page, SYNC, 'Revoke token')
    await page.getByRole('dialog').getByRole('textbox').first().fill(SYNC)
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke token' }).click()
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
  },
  'what a token may do': async ({ page }) => {
    await look(page, SYNC, 'Try it')
    await page.getByLabel('URL', { exact: true }).fill('/v1/files/LOGOS2026')
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByText('Every question that is asked').click()
  },
}

/** What axe finds, in words. */
async function violations(page: Page, rules: RunOptions): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  const { violations: found } = await page.evaluate(
    (options) => (globalThis as unknown as { axe: typeof axe }).axe.run(options),
    rules,
  )
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
}

/** Whether something of the page is wider than the window, once it has taken the window's size. */
const sticksOut = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame)
    return document.documentElement.scrollWidth > document.documentElement.clientWidth
  })

/** The page with some tokens, as it is at a moment that never passes. */
async function onStage(css = ''): Promise<Stage> {
  let isFailing = false
  const rules: Stage['rules'] = { now: {} }
  const world = await hubWorld({
    ...{ product: 'Acme Design', signIn: '/login', css: SAME_LETTERS + css },
    engine: { random: sameRandom(), approvals: approvals(), usage: usage() },
    directory: {
      rules: (planId) => (planId === PLAN ? rules.now : { approvals: 'required', maxLifetimeDays: 90 }),
      isPlanAdmin: (actor) => actor === 'ada' || actor === 'bob',
    },
    plans: () => {
      if (isFailing) throw new Error('The database is down.')
      return [
        { id: PLAN, name: 'Acme', tier: 'organization' },
        { id: '1002', name: 'Globex', tier: 'enterprise' },
        { id: '1003', name: 'Initech', tier: 'professional' },
      ]
    },
  })
  const { page } = await open({ viewport: WIDE })
  const fail = (): void => {
    isFailing = true
  }
  const stage = { ...world, page, fail, rules }
  world.stopAt(AT)
  await fill(stage)
  await page.clock.setFixedTime(world.clock.now())
  await sameLetters(page)
  await page.goto(world.url)
  return stage
}

const pictureOf = (state: string, lookOf: string): string => `${state.replaceAll(/[^a-z0-9]+/gi, '-')}.${lookOf}`

describeInChromium('the page', () => {
  it.each(Object.entries(STATES))('shows %s so that everybody can use it', async (state, reach) => {
    const stage = await onStage()
    const { page } = stage
    await reach(stage)
    const wrong: unknown[] = []
    for (const { look: name, media, viewport, size, rules } of LOOKS) {
      await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', ...media })
      await page.setViewportSize(viewport)
      wrong.push(await wrongWith(page, pictureOf(state, name), size))
      if (rules) wrong.push(...(await violations(page, rules)).map((found) => `${name}: ${found}`))
      if (await sticksOut(page)) wrong.push(`${name}: something sticks out`)
    }
    for (const size of CRAMPED) {
      await page.setViewportSize(size)
      if (await sticksOut(page)) wrong.push(`${size.width} px: something sticks out`)
    }
    expect(wrong.filter((one) => one !== undefined)).toEqual([])
  })

  it('has no picture of a state that is no more', () => {
    const names = Object.keys(STATES).flatMap((state) =>
      LOOKS.map(({ look: name }) => `${pictureOf(state, name)}.webp`),
    )
    expect(readdirSync(PICTURES).filter((file) => !names.includes(file))).toEqual([])
  })

  it.each([
    ['.toolbar { position: relative; top: 1px }', true],
    ['button.main { padding-inline-start: calc(var(--hub-space-3) + 1px) }', true],
    [':root { --hub-accent: light-dark(#1a6ad8, #7cb8ff) }', true],
    [':root { --hub-muted: light-dark(#5a6169, #adb3ba) }', true],
    [':root { --hub-line: light-dark(#dddfe3, #444444) }', true],
    ['', false],
  ])('is seen to differ, if its styles end with "%s": %s', async (css, differs) => {
    const [one, other] = [await onStage(), await onStage(css)]
    for (const stage of [one, other]) await rowOf(stage.page, SYNC).waitFor()
    expect(isSeen(difference(await drawn(one.page), await drawn(other.page)))).toBe(differs)
  })
})
