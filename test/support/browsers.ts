/**
 * Real browsers: a Chromium and a stock Firefox, from the system or from `CHROMIUM` and `FIREFOX`. Where there is none, what needs
 * one is skipped by name, never in CI. Each is started once for a file, when its first page is opened. Every page is watched: an
 * error of a script and a report of the Content-Security-Policy fail the test that opened it.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, firefox, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest'
import { IN_CI } from './rounds.ts'

/** A browser that this machine has, or why it has none. */
export interface InstalledBrowser {
  readonly name: 'Chromium' | 'Firefox'
  readonly missing: string | undefined
  launch(): Promise<Browser>
  /** What a page is opened with unless a test says otherwise. */
  readonly usual: BrowserContextOptions
}

const HERE = { locale: 'en-US', timezoneId: 'UTC' } as const

const chromiumPath = firstOf(
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
)

export const CHROMIUM: InstalledBrowser = {
  name: 'Chromium',
  missing: whyMissing(chromiumPath, 'chromium', 'CHROMIUM'),
  launch: () =>
    chromium.launch({
      executablePath: chromiumPath ?? '/usr/bin/chromium',
      // Letters are drawn alike on every machine.
      args: ['--no-sandbox', '--font-render-hinting=none', '--disable-lcd-text'],
    }),
  usual: { ...HERE, reducedMotion: 'reduce' },
}

const firefoxPath = firstOf(
  process.env.FIREFOX,
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
)

const FIREFOX: InstalledBrowser = {
  name: 'Firefox',
  missing: whyMissing(firefoxPath, 'firefox-esr', 'FIREFOX'),
  launch: () =>
    firefox.launch({
      channel: 'moz-firefox',
      executablePath: fileURLToPath(new URL('firefox.mjs', import.meta.url)),
      env: { ...process.env, FIREFOX_PROGRAM: firefoxPath ?? '/usr/bin/firefox-esr' },
      firefoxUserPrefs: {
        'ui.prefersReducedMotion': 1,
        // A page that Firefox has kept comes back as another one than Playwright knows.
        'browser.sessionhistory.max_total_viewers': 0,
      },
    }),
  usual: HERE,
}

/** What was seen of a page besides what it shows. */
interface Watched {
  readonly page: Page
  /** Errors of scripts, reports of the policy, and what the console was told as an error. */
  readonly complaints: string[]
}

/** Opens a page in the browser of the tests that run. */
export type OpenPage = (options?: BrowserContextOptions) => Promise<Watched>

/** The browser of the tests that run. */
let current = CHROMIUM
const started = new Map<InstalledBrowser, Promise<Browser>>()

/** `describe` for what one browser shows; where it is missing, skipped by a name that says why. */
export function describeIn(browser: InstalledBrowser, name: string, tests: () => void): void {
  if (browser.missing !== undefined) return void describe.skip(`${name} (${browser.missing})`, tests)
  describe(name, () => {
    beforeAll(() => {
      current = browser
    })
    tests()
  })
}

/** `describe` for what each browser has to show. */
export function describeInBrowsers(name: string, tests: () => void): void {
  for (const browser of [CHROMIUM, FIREFOX]) describeIn(browser, `${name}, in ${browser.name}`, tests)
}

/** A way to open pages, for the tests of a file. */
export function useBrowsers(): OpenPage {
  afterAll(async () => {
    for (const browser of started.values()) await (await browser).close()
    started.clear()
  })
  return async (options = {}) => {
    if (!started.has(current)) started.set(current, current.launch())
    const browser = await (started.get(current) as Promise<Browser>)
    const context = await browser.newContext({ ...current.usual, ...options })
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

function firstOf(...places: readonly (string | undefined)[]): string | undefined {
  return places.find((place) => place !== undefined && place !== '' && existsSync(place))
}

/** Why a browser is not there, or `undefined` if it is. In CI it has to be. */
function whyMissing(path: string | undefined, debian: string, variable: string): string | undefined {
  if (path !== undefined || IN_CI) return undefined
  return `skipped without it: apt-get install -y ${debian}, or name one in ${variable}`
}
