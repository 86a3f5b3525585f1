/**
 * The hub in a real Chromium over 10,000 tokens: how often the page's thread is held for more than 50 ms while one opens it,
 * searches, filters, turns pages, reads a token's details and searches scopes; and what its files weigh. What a page of the
 * list costs the engine: bench/http/admin-list.ts.
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

/** No long task at all, and 60 kB. */
export const HUB_LIMITS = { longTasks: 0, brotliBytes: 60_000 }

const PLAN = '1001'
const BASE = '/tokens'

interface Figures {
  /** Tasks of more than 50 ms in the page's thread. */
  readonly longTasks: number
  /** The longest one, in milliseconds; 0 if none was that long. For the eye alone. */
  readonly longestTask: number
  /** Script and stylesheet. */
  readonly brotliBytes: number
}

/** Runs it, over 1,000 tokens if it has to be quick. */
export async function hub({ quick }: { readonly quick: boolean }): Promise<Figures> {
  const brotliBytes = [ASSETS.script, ASSETS.style].reduce((sum, { brotli }) => sum + atob(brotli).length, 0)
  const durations = await walk(await filled(quick ? 1_000 : 10_000))
  return { longTasks: durations.length, longestTask: Math.round(Math.max(0, ...durations)), brotliBytes }
}

async function filled(count: number): Promise<PlanTokens> {
  const directory = testDirectory({ [PLAN]: { admins: ['ada'], resources: { 'file:ABC': {} } } })
  const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })
  const input = { actor: 'ada', planId: PLAN, type: 'rest', scopes: ['file_content:read'], resources: 'all' } as const
  for (let i = 0; i < count; i++)
    await tokens.create({ ...input, name: `Job ${String(i).padStart(6, '0')}`, lifetimeDays: 1 + (i % 365) })
  return tokens
}

/** Walks through the page, and gives the durations of all long tasks, in milliseconds. */
async function walk(tokens: PlanTokens): Promise<readonly number[]> {
  const plans = () => [{ id: PLAN, name: 'Acme', tier: 'organization' }]
  const handler = hubHandler({ tokens, plans, actor: () => 'ada', basePath: BASE })
  const server = createServer(toNode(handler))
  let browser: Browser | undefined
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    const tab = await browser.newPage()
    await tab.addInitScript(() => {
      const durations: number[] = []
      Object.assign(globalThis, { durations })
      const observer = new PerformanceObserver((list) =>
        durations.push(...list.getEntries().map((one) => one.duration)),
      )
      observer.observe({ type: 'longtask', buffered: true })
    })
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`)
    await useIt(tab)
    return await tab.evaluate(() => (globalThis as unknown as { durations: number[] }).durations)
  } finally {
    await browser?.close()
    server.closeAllConnections()
    server.close()
  }
}

async function useIt(tab: Page): Promise<void> {
  await tab.getByRole('row').nth(50).waitFor()
  await tab.getByLabel('Search tokens').pressSequentially('Job 00077', { delay: 30 })
  await tab.getByText('Job 000777').waitFor()
  await tab.getByLabel('Search tokens').fill('')
  await tab.getByLabel('Status').selectOption('Active')
  for (let i = 0; i < 5; i++) {
    await tab.getByRole('button', { name: 'More tokens' }).click()
    await tab.waitForTimeout(200)
  }
  await tab.getByRole('row').nth(1).getByRole('button').first().click()
  await tab.getByText('created the token').waitFor()
  await tab.getByRole('button', { name: 'Close' }).click()
  await tab.getByRole('button', { name: 'Generate REST API token' }).click()
  await tab.getByLabel('Name').fill('Nightly export')
  await tab.getByRole('button', { name: 'Next' }).click()
  await tab.getByLabel('Search scopes').pressSequentially('library', { delay: 30 })
}
