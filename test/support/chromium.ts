/**
 * A real Chromium, from the system or from `CHROMIUM`. Where there is none, what needs one is skipped by name, never in CI. Every
 * page is watched: an error of a script and a report of the Content-Security-Policy fail the test that opened it.
 */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest'

const PLACES = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const executablePath = PLACES.find((place) => place !== '' && existsSync(place))

/** Why there is no browser here, or `undefined` if there is one. In CI there has to be one. */
const missingChromium =
  executablePath === undefined && process.env.CI === undefined
    ? 'skipped without it: apt-get install -y chromium, or name one in CHROMIUM'
    : undefined

const USUAL = { locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce' } as const

/** `describe` for what needs a browser; where there is none, it is skipped by a name that says why. */
export function describeInChromium(name: string, tests: () => void): void {
  if (missingChromium === undefined) describe(name, tests)
  else describe.skip(`${name} (${missingChromium})`, tests)
}

/** What was seen of a page besides what it shows. */
export interface Watched {
  readonly page: Page
  /** Errors of scripts, reports of the policy, and what the console was told as an error. */
  readonly complaints: string[]
}

/** Starts a browser for the tests of a file, and gives a way to open pages in it. */
export function useChromium(): (options?: BrowserContextOptions) => Promise<Watched> {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (missingChromium !== undefined) return
    browser = await chromium.launch({ executablePath: executablePath ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
  })
  afterAll(() => browser?.close())
  return async (options = {}) => {
    const context = await (browser as Browser).newContext({ ...USUAL, ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      // What the network answered is told by the page; a refused answer is no error of a script.
      const isNetwork = message.text().startsWith('Failed to load resource')
      if (message.type() === 'error' && !isNetwork) complaints.push(message.text())
    })
    onTestFinished(async () => {
      await context.close()
      expect(complaints).toEqual([])
    })
    return { page, complaints }
  }
}
