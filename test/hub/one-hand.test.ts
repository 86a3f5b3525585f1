/** The page's parts are drawn in one hand: what one stylesheet says of a name, no other says otherwise, and nothing is crushed. */
import { readdirSync, readFileSync } from 'node:fs'
import { approvals } from 'plan-access-tokens/approvals'
import { reportLeak } from 'plan-access-tokens/leaks'
import { usage } from 'plan-access-tokens/usage'
import type { Locator } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { hubWorld, look, PLAN, rowOf } from './world.ts'

const open = useChromium()

const CSS = new URL('../../src/hub/page/css/', import.meta.url)

describe('the stylesheets', () => {
  it('have one place for what a class looks like', () => {
    const places = new Map<string, Set<string>>()
    for (const file of readdirSync(CSS)) {
      // What is within a condition is indented, and of a class that has its place elsewhere.
      const text = readFileSync(new URL(file, CSS), 'utf8').replaceAll(/\/\*.*?\*\//gs, '')
      for (const [, selectors = ''] of text.matchAll(/^([^\s@}][^{}]*)\{/gm))
        for (const selector of selectors
          .replaceAll(/\(.*?\)/gs, '()')
          .split(',')
          .map((one) => one.trim())) {
          if (!/^(?:button)?\.[\w-]+$/.test(selector)) continue
          places.set(selector, (places.get(selector) ?? new Set()).add(file))
        }
    }
    expect([...places].flatMap(([name, files]) => (files.size > 1 ? [[name, ...files]] : []))).toEqual([])
  })
})

/** How many lines a text takes. */
const linesOf = (part: Locator): Promise<number> =>
  part.evaluate((element) => {
    const range = document.createRange()
    range.selectNodeContents(element)
    return new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom / 12))).size
  })

async function opened() {
  const rules = { now: {} as object }
  const world = await hubWorld({
    engine: { approvals: approvals(), usage: usage() },
    directory: { rules: () => rules.now },
    describeActor: (ids) => ids.map((id) => ({ ada: 'Ada Lovelace', bob: 'Bob Moran' })[id]),
  })
  const { tokens, make, url } = world
  const sync = await make('Website sync')
  rules.now = { approvals: 'required' }
  await tokens.edit({ actor: 'bob', id: sync.id, scopes: [...sync.token.scopes, 'projects:read'] })
  const input = {
    planId: PLAN,
    type: 'rest',
    lifetimeDays: 30,
    scopes: ['file_content:read'],
    resources: 'all',
  } as const
  await tokens.create({ ...input, actor: 'bob', name: 'Nightly export' })
  const { page } = await open({ viewport: { width: 1040, height: 720 } })
  await page.goto(url)
  await rowOf(page, 'Website sync').waitFor()
  return { ...world, page, sync }
}

describeInChromium('the page', () => {
  it('has its views, what waits and the question whose a secret is on one line', async () => {
    const { page } = await opened()
    const places = page.getByRole('navigation', { name: 'Views' })
    await places.getByRole('button', { name: 'Requests' }).getByText('2', { exact: true }).waitFor()
    const tops = await places
      .locator('> a, > button')
      .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().top)))
    expect(tops).toHaveLength(5)
    expect(new Set(tops).size).toBe(1)
    await expect.poll(() => linesOf(places.getByRole('button', { name: 'Whose secret is this?' }))).toBe(1)
  })

  it('says who made a token by the name that the host has, in the table too', async () => {
    const { page } = await opened()
    await rowOf(page, 'Nightly export').getByText('by Bob Moran').waitFor()
    await rowOf(page, 'Website sync').getByText('by Ada Lovelace').waitFor()
  })

  it('shows whole what a token is, whatever the status', async () => {
    const { page } = await opened()
    const cut = await page
      .locator('td .status')
      .evaluateAll((all) =>
        all.map((one) => one.getBoundingClientRect().right > (one.closest('td')?.getBoundingClientRect().right ?? 0)),
      )
    expect(cut).toEqual([false, false])
  })

  it('shows when a token and its old secret were used beside each other', async () => {
    const { page, tokens, sync, use } = await opened()
    await use(sync.secret)
    await tokens.refresh({ actor: 'ada', id: sync.id })
    await page.setViewportSize({ width: 1120, height: 720 })
    await page.reload()
    const cell = rowOf(page, 'Website sync').locator('td').nth(4)
    await cell.locator('.badge').waitFor()
    await expect.poll(() => cell.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true)
  })

  it('numbers the steps of its form', async () => {
    const { page } = await opened()
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await expect.poll(() => page.locator('.stepper .dot').allTextContents()).toEqual(['1', '2', '3'])
  })

  it('shows above the log what each of its fields is for', async () => {
    const { page } = await opened()
    await page.getByRole('link', { name: 'Audit log' }).click()
    for (const label of ['Event', 'Actor', 'Token id', 'From', 'To']) {
      const box = await page.locator('search').getByText(label, { exact: true }).boundingBox()
      expect([label, (box?.height ?? 0) > 10]).toEqual([label, true])
    }
  })

  it('shows the whole of what waits of a token, and of a leak, in its head', async () => {
    const { page, tokens, sync, use } = await opened()
    await use(sync.secret)
    await reportLeak(tokens, { text: sync.secret, source: 'github', action: 'tell' })
    await page.reload()
    await rowOf(page, 'Website sync').getByText('Found by others').waitFor()
    await look(page, 'Website sync')
    const drawer = page.getByRole('dialog').first()
    for (const text of [/^It lets the token do more/, /^It still works\./]) {
      const part = drawer.getByText(text)
      await part.waitFor()
      const isWhole = await part.evaluate((element) => element.scrollHeight <= element.clientHeight + 1)
      const { width = 0 } = (await part.boundingBox()) ?? {}
      expect([text, isWhole, width > 400]).toEqual([text, true, true])
    }
    await expect.poll(() => linesOf(drawer.getByRole('button', { name: 'Decline …' }))).toBe(1)
    await expect.poll(() => drawer.locator('.timeline > li').getAttribute('class')).toBe('alarming')
    await drawer.getByRole('tab', { name: 'Use', exact: true }).click()
    await expect.poll(() => linesOf(drawer.getByRole('button', { name: 'Show as table' }))).toBe(1)
    const isCut = await drawer.locator('.drawing').evaluate((frame) => {
      const { left, right } = frame.getBoundingClientRect()
      const names = [...frame.querySelectorAll('text')].map((one) => one.getBoundingClientRect())
      return names.some((name) => name.left < left || name.right > right)
    })
    expect(isCut).toBe(false)
  })
})
