/**
 * The hub in a real Chromium over 20,000 tokens: how often the page's thread is held for more than 50 ms and how far what stands
 * there is moved while one opens it, searches, filters, turns pages, reads a token's details and searches scopes; how much later
 * than over 20 tokens its largest part is painted; and what its files weigh. What a page of the list costs the engine:
 * bench/http/admin-list.ts.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPlanTokens, memoryStore, type PlanTokens } from 'plan-access-tokens'
import { toNode } from 'plan-access-tokens/admin'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { hubHandler } from 'plan-access-tokens/hub'
import { testDirectory } from 'plan-access-tokens/testing'
import { type Browser, chromium, type Page } from 'playwright-core'
import { ASSETS } from '../src/hub/assets.gen.ts'
import { sortedInSteps } from '../src/hub/overview/in-steps.ts'

/** No long task and no shift at all, half as late again, and 60 kB. */
export const HUB_LIMITS = { longTasks: 0, layoutShift: 0, paintRatio: 1.5, brotliBytes: 60_000 }

const PLAN = '1001'
const BASE = '/tokens'
/** One round opens the page once over few tokens and once over many, each in a browser's context of its own. */
const ROUNDS = 9

interface Figures {
  /** Tasks of more than 50 ms in the page's thread. */
  readonly longTasks: number
  /** The longest one, in milliseconds; 0 if none was that long. For the eye alone. */
  readonly longestTask: number
  /** What moved although nobody had pressed a key, as browsers count it. */
  readonly layoutShift: number
  /** When the largest part was painted over many tokens, as a multiple of when it was over few: that of the medians. */
  readonly paintRatio: number
  /** The medians, in milliseconds. For the eye alone. */
  readonly paint: { readonly few: number; readonly many: number }
  /**
   * What 20,000 names in an order of a language's rules take the server's thread, in milliseconds, the median: all of it at once, the
   * longest step as it is done (hub/overview/in-steps.ts), and all of it once one name has changed. For the eye alone.
   */
  readonly sortMs: { readonly atOnce: number; readonly step: number; readonly again: number }
  /** Scripts, stylesheet and the texts of the language that has most, as they are loaded for the table. */
  readonly brotliBytes: number
  /** Forms, log, charts, and what of a token's tabs is loaded when one opens one of them, with the texts of the language that has most. */
  readonly laterBytes: number
  /** Both in English, together. */
  readonly englishBytes: number
}

/** What a page has told of itself. */
interface Seen {
  readonly durations: number[]
  shift: number
  paint: number
}

const weightOf = (files: readonly ({ readonly brotli: string } | undefined)[]): number =>
  files.reduce((sum, file) => sum + atob(file?.brotli ?? '').length, 0)

/** Runs it, over a tenth of the tokens if it has to be quick. */
export async function hub({ quick }: { readonly quick: boolean }): Promise<Figures> {
  const parts = Object.values(ASSETS.parts)
  const heaviest = (texts: readonly { readonly brotli: string }[]): number =>
    Math.max(...texts.map((one) => weightOf([one])))
  const early = weightOf([ASSETS.script, ASSETS.style, ...parts.filter((one) => one.isEarly)])
  const later = weightOf(parts.filter((one) => !one.isEarly))
  const brotliBytes = early + heaviest(Object.values(ASSETS.texts))
  const laterBytes = later + heaviest(Object.values(ASSETS.laterTexts))
  const englishBytes = early + later + weightOf([ASSETS.texts.en, ASSETS.laterTexts.en])
  const few = await serving(await filled(20))
  const many = await serving(await filled(quick ? 2_000 : 20_000))
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const paints = { few: [] as number[], many: [] as number[] }
    for (let round = 0; round < (quick ? 3 : ROUNDS); round++) {
      paints.few.push((await visit(browser, few.url)).paint)
      paints.many.push((await visit(browser, many.url)).paint)
    }
    const { durations, shift } = await visit(browser, many.url, useIt)
    const paint = { few: median(paints.few), many: median(paints.many) }
    return {
      longTasks: durations.length,
      longestTask: Math.round(Math.max(0, ...durations)),
      layoutShift: Math.round(shift * 10_000) / 10_000,
      paintRatio: Math.round((paint.many / paint.few) * 100) / 100,
      paint,
      sortMs: await sorting(),
      ...{ brotliBytes, laterBytes, englishBytes },
    }
  } finally {
    await browser.close()
    few.close()
    many.close()
  }
}

const NAMES = 20_000

/** Sorts names as the table's overview does. */
async function sorting(): Promise<Figures['sortMs']> {
  const collator = new Intl.Collator('en', { numeric: true })
  const compare = (a: string, b: string): number => collator.compare(a, b)
  const names = Array.from(
    { length: NAMES },
    (_, i) => `${['sync', 'Äpfel', 'Zeta', 'élan'][i % 4]} ${(i * 7_919) % NAMES}`,
  )
  const [atOnce, step, again]: [number[], number[], number[]] = [[], [], []]
  for (let round = 0; round < ROUNDS; round++) {
    let from = performance.now()
    const plain = names.toSorted(compare)
    atOnce.push(performance.now() - from)
    from = performance.now()
    let longest = 0
    const seen = (): void => {
      longest = Math.max(longest, performance.now() - from)
    }
    await sortedInSteps(names, compare, async () => {
      seen()
      await new Promise((resolve) => setTimeout(resolve))
      from = performance.now()
    })
    seen()
    step.push(longest)
    from = performance.now()
    await sortedInSteps([...plain.slice(1), `${plain[0]} x`], compare, async () => undefined)
    again.push(performance.now() - from)
  }
  return { atOnce: median(atOnce), step: median(step), again: median(again) }
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN)
}

async function filled(count: number): Promise<PlanTokens> {
  const directory = testDirectory({ [PLAN]: { admins: ['ada'], resources: { 'file:ABC': {} } } })
  const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })
  const input = { actor: 'ada', planId: PLAN, type: 'rest', scopes: ['file_content:read'], resources: 'all' } as const
  for (let i = 0; i < count; i++)
    await tokens.create({ ...input, name: `Job ${String(i).padStart(6, '0')}`, lifetimeDays: 1 + (i % 365) })
  return tokens
}

/** The hub over some tokens, on a server of its own. */
async function serving(tokens: PlanTokens): Promise<{ readonly url: string; close(): void }> {
  const plans = () => [{ id: PLAN, name: 'Acme', tier: 'organization' }]
  const server = createServer(toNode(hubHandler({ tokens, plans, actor: () => 'ada', basePath: BASE })))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Opens the page, does something there, and gives what was seen. */
async function visit(browser: Browser, url: string, act?: (tab: Page) => Promise<void>): Promise<Seen> {
  const tab = await browser.newPage()
  await tab.addInitScript(() => {
    const seen: Seen = { durations: [], shift: 0, paint: 0 }
    Object.assign(globalThis, { seen })
    // Nothing here has a name: tsx would wrap it in a function that the page does not have.
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput } = entry as unknown as { value: number; hadRecentInput: boolean }
        if (entry.entryType === 'longtask') seen.durations.push(entry.duration)
        else if (entry.entryType === 'largest-contentful-paint') seen.paint = entry.startTime
        else if (!hadRecentInput) seen.shift += value
      }
    }).observe({ entryTypes: ['longtask', 'largest-contentful-paint', 'layout-shift'] })
  })
  await tab.goto(url)
  await tab.getByRole('row').nth(20).waitFor()
  // What is seen is told a moment after it is painted.
  await tab.waitForTimeout(300)
  await act?.(tab)
  const seen = await tab.evaluate(() => (globalThis as unknown as { seen: Seen }).seen)
  await tab.close()
  return seen
}

async function useIt(tab: Page): Promise<void> {
  await tab.getByRole('row').nth(50).waitFor()
  await tab.getByLabel('Search tokens').pressSequentially('Job 00077', { delay: 30 })
  await tab.getByText('Job 000777').waitFor()
  await tab.getByLabel('Search tokens').fill('')
  await tab.getByRole('button', { name: /^Active/ }).click()
  for (let i = 0; i < 5; i++) {
    await tab.getByRole('button', { name: 'Next page' }).click()
    await tab.waitForTimeout(200)
  }
  await tab.getByRole('row').nth(1).getByRole('button').first().click()
  await tab.getByRole('tab', { name: 'Activity' }).click()
  await tab.getByText('created the token').waitFor()
  await tab.getByRole('button', { name: 'Close' }).click()
  await tab.getByRole('button', { name: 'Generate REST API token' }).click()
  await tab.getByLabel('Name').fill('Nightly export')
  await tab.getByRole('button', { name: 'Next', exact: true }).click()
  await tab.getByLabel('Search scopes').pressSequentially('library', { delay: 30 })
}
