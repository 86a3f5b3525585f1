/**
 * The views and modals of a plan by the keyboard alone, in a window, at a zoom of 200 % and at 320 pixels: each control is reached by
 * Tab, is seen with its focus, and Escape leads back to what opened it. What each one does: the tests beside this one.
 */
import { approvals } from 'plan-access-tokens/approvals'
import { usage } from 'plan-access-tokens/usage'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { hubWorld, LINKS, PLAN, rowOf } from './world.ts'

const open = useChromium()

const SIZES = {
  'in a window': { width: 1_040, height: 720 },
  'at a zoom of 200 %': { width: 520, height: 360 },
  'at 320 pixels': { width: 320, height: 560 },
} as const

/** What a person gets to, from the page that was just opened. */
interface View {
  /** The address, where it is not the table's. */
  readonly hash?: string
  /** The keys that lead to what opens it, and open it: the names of controls, each reached by Tab and pressed by the key behind it. */
  readonly path: readonly (readonly [name: string | RegExp, key: string])[]
  /** What is there then. */
  readonly shown: (page: Page) => Locator
  /** Controls that have to be among those that are reached. */
  readonly controls: readonly (string | RegExp)[]
  /** Of a view that is no modal: Escape has nothing to close. */
  readonly isPlace?: true
}

const dialog = (name: string | RegExp) => (page: Page) => page.getByRole('dialog', { name }).last()
const drawer = (id: string, tab = '') => `#plan=${PLAN}&type=rest&token=${id}${tab === '' ? '' : `&tab=${tab}`}`

const VIEWS: { readonly [view: string]: View } = {
  'the use of a plan': {
    path: [['Usage', 'Enter']],
    shown: (page) => page.locator('main').filter({ hasText: 'active tokens' }),
    controls: ['Usage', /table/i],
    isPlace: true,
  },
  'the log': {
    path: [['Audit log', 'Enter']],
    shown: (page) => page.locator('main').filter({ has: page.getByRole('button', { name: 'Export…' }) }),
    controls: ['Audit log', 'Export…', 'Event', 'Actor', /^From/, /^To/, /^Only this token/],
    isPlace: true,
  },
  'an export': {
    path: [
      ['Audit log', 'Enter'],
      ['Export…', 'Enter'],
    ],
    shown: dialog(/Export/),
    controls: [/^Export/],
  },
  'what waits': { path: [[/^Requests/, 'Enter']], shown: dialog('Requests'), controls: ['Nightly export', 'Close'] },
  'whose a secret is': {
    path: [['Whose secret is this?', 'Enter']],
    shown: dialog('Whose secret is this?'),
    controls: ['Secret', 'Look up'],
  },
  'the end of many': {
    path: [
      ['Select all active tokens of this page', 'Space'],
      ['Revoke…', 'Enter'],
    ],
    shown: dialog(/Revoke \d+ tokens/),
    controls: [/^Type \d+ to confirm/, /^Reason/, 'Cancel'],
  },
  'the filters': {
    path: [[/^Filter/, 'Enter']],
    shown: dialog('Filters'),
    controls: ['Status', 'Expires', 'Holds the scope', 'Made by'],
  },
  'the name of a view': {
    hash: `#plan=${PLAN}&type=rest&by=ada`,
    path: [['Save view', 'Enter']],
    shown: dialog('Name of the view'),
    controls: ['Name of the view', 'Save'],
  },
  'the question for a stronger session': {
    hash: 'RECENT',
    path: [['Approve', 'Enter']],
    shown: dialog('Confirm that it is you'),
    controls: ['Cancel', /Confirm/],
  },
  'less of a token': {
    hash: 'USED',
    path: [['Narrow …', 'Enter']],
    shown: dialog(/^Narrow /),
    controls: ['Narrow', 'Cancel'],
  },
  'an approval in the drawer': {
    hash: 'ASKED',
    path: [],
    shown: dialog('Nightly export'),
    controls: ['Approve', /^Decline/, 'Close', 'Copy id'],
    isPlace: true,
  },
  'the receipt of an end': {
    hash: 'ENDED',
    path: [['Show receipt', 'Enter']],
    shown: dialog('Old deploy'),
    controls: ['Generate a replacement like this', 'Copy as JSON'],
    isPlace: true,
  },
}

async function opened(view: View, viewport: { readonly width: number; readonly height: number }) {
  const rules = { now: {} as object }
  const world = await hubWorld({
    engine: { approvals: approvals(), usage: usage({ quietDays: 90 }) },
    directory: { rules: () => rules.now },
    signIn: '/login',
  })
  const { make, tokens, use, later, url } = world
  const used = await make('Website sync', {
    ...{ lifetimeDays: 365, scopes: ['file_content:read', 'projects:read'], resources: [LINKS.landing, LINKS.brand] },
  })
  await use(used.secret)
  await tokens.usage({ actor: 'ada', id: used.token.id })
  later(31)
  await use(used.secret)
  const ended = await make('Old deploy')
  await tokens.revoke({ actor: 'ada', id: ended.token.id })
  for (let i = 0; i < 10; i++) await make(`Job ${i}`)
  rules.now = { approvals: 'required' }
  const wish = { planId: PLAN, type: 'rest', lifetimeDays: 30, scopes: ['files:read'], resources: 'all' } as const
  const asked = await tokens.create({ ...wish, actor: 'bob', name: 'Nightly export', description: '' })
  const places: { readonly [name: string]: string } = {
    RECENT: drawer(asked.token.id),
    ASKED: drawer(asked.token.id),
    USED: drawer(used.token.id, 'use'),
    ENDED: drawer(ended.token.id),
  }
  const { hash = '' } = view
  const { page } = await open({ viewport })
  await page.goto(url + (places[hash] ?? hash))
  if (hash in places) await page.getByRole('dialog').getByRole('tablist').first().waitFor()
  else await rowOf(page, hash === '' ? 'Job 1' : 'Website sync').waitFor()
  if (hash === 'USED') await page.getByLabel('Look at').selectOption('The last 30 days')
  if (hash === 'RECENT') rules.now = { approvals: 'required', stepUp: { approve: { maxAgeSeconds: 300 } } }
  return page
}

/** What has the focus: its name, whether one sees that it has, whether it is in sight, and a mark by which it is known again. */
const focused = (page: Page) =>
  page.evaluate(async () => {
    await new Promise(requestAnimationFrame)
    const at = document.activeElement
    if (!at || at === document.body) return { name: '', key: '', isSeen: true, isInSight: true }
    const element = at as HTMLElement & { readonly labels?: NodeListOf<HTMLLabelElement> }
    element.dataset.met ??= String(document.querySelectorAll('[data-met]').length)
    const labelled = element.getAttribute('aria-labelledby')?.split(' ') ?? []
    const name =
      element.getAttribute('aria-label') ??
      (labelled.map((id) => document.getElementById(id)?.textContent).join(' ') ||
        element.labels?.[0]?.textContent ||
        element.textContent)
    /** A box may have its ring itself, or what is drawn for it. */
    const rings = [element, element.parentElement, element.nextElementSibling].flatMap((one) =>
      one ? [getComputedStyle(one)] : [],
    )
    const isSeen = rings.some(
      ({ outlineStyle, outlineWidth, boxShadow }) =>
        (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1) || boxShadow !== 'none',
    )
    const { left, right, top, bottom } = element.getBoundingClientRect()
    const isInSight = right > 0 && left < innerWidth && bottom > 0 && top < innerHeight
    return { name: (name ?? '').trim(), key: element.dataset.met ?? '', isSeen, isInSight }
  })

const fits = (name: string, wanted: string | RegExp): boolean =>
  typeof wanted === 'string' ? name === wanted : wanted.test(name)

/** Presses Tab until something of a name has the focus. */
async function tabTo(page: Page, wanted: string | RegExp): Promise<void> {
  for (let i = 0; i < 120; i++) {
    if (fits((await focused(page)).name, wanted)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${wanted} is not reached by Tab.`)
}

/** Goes once around by Tab. Gives what was met. */
async function around(page: Page): Promise<readonly Awaited<ReturnType<typeof focused>>[]> {
  const met = new Map<string, Awaited<ReturnType<typeof focused>>>()
  let first: string | undefined
  for (let i = 0; i < 150; i++) {
    const now = await focused(page)
    // Once around, past what the browser itself has; a date is several stops.
    if (now.key !== '' && now.key === first && met.size > 1) break
    first ??= now.key === '' ? undefined : now.key
    if (now.key !== '' && !met.has(now.key)) met.set(now.key, now)
    await page.keyboard.press('Tab')
  }
  return [...met.values()]
}

describeInChromium('what a plan has', () => {
  for (const [size, viewport] of Object.entries(SIZES))
    it.each(Object.entries(VIEWS))(`${size}, %s is reached, seen and left by the keyboard`, async (_, view) => {
      const page = await opened(view, viewport)
      for (const [name, key] of view.path) {
        // What opens it may be on its way.
        await expect.poll(() => page.getByRole('button').count()).toBeGreaterThan(0)
        await tabTo(page, name)
        await page.keyboard.press(key)
      }
      const shown = view.shown(page)
      await shown.waitFor()
      const opener = view.path.at(-1)?.[0] ?? ''
      const met = await around(page)
      const names = met.map(({ name }) => name)
      const missed = view.controls.filter((wanted) => !names.some((name) => fits(name, wanted)))
      expect(missed.length === 0 ? [] : { missed, names }).toEqual([])
      expect(met.filter(({ isSeen, isInSight }) => !isSeen || !isInSight)).toEqual([])
      await expect
        .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
        .toBeLessThanOrEqual(viewport.width)
      if (view.isPlace) return
      await page.keyboard.press('Escape')
      await shown.waitFor({ state: 'detached' })
      await expect.poll(async () => fits((await focused(page)).name, opener)).toBe(true)
    })
})
