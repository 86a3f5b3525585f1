/** Many tokens: sorting, filters, counts, pages and views, all of it in the address; and what others do meanwhile is seen. */
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { describeInChromium } from '../support/chromium.ts'
import { back, filterBy, hubWorld, isFocused, LINKS, rowOf } from './world.ts'

const open = useBrowsers()

async function opened(
  fill: (world: Awaited<ReturnType<typeof hubWorld>>) => Promise<unknown>,
  {
    hash = '',
    viewport = { width: 1280, height: 800 },
    ...options
  }: Parameters<typeof hubWorld>[0] & {
    readonly hash?: string
    readonly viewport?: { readonly width: number; readonly height: number }
  } = {},
) {
  const world = await hubWorld(options)
  await fill(world)
  const { page } = await open({ viewport })
  await page.goto(world.url + hash)
  await page.locator('.said').filter({ hasText: /./ }).waitFor()
  const status = page.locator('.said')
  const says = (text: string) => status.getByText(text, { exact: true }).waitFor()
  const names = () => page.locator('td.name .link').allTextContents()
  const view = (name: RegExp) => page.getByRole('list', { name: 'Views' }).getByRole('button', { name })
  return { ...world, page, says, names, view }
}

/** A number of tokens, the first of which end first. */
const jobs =
  (count: number) =>
  async ({ make }: Awaited<ReturnType<typeof hubWorld>>): Promise<void> => {
    for (let i = 0; i < count; i++) await make(`Job ${i}`, { lifetimeDays: Math.min(365, 1 + Math.floor(i / 8)) })
  }

const hashOf = (page: Page) => page.evaluate(() => decodeURIComponent(location.hash))

describeInBrowsers('over two thousand tokens', () => {
  it('counts, sorts, jumps between pages and finds its way back', async () => {
    const { page, says, names, view } = await opened(jobs(2_000))
    await says('1–50 of 2,000 tokens')
    await view(/^All 2,000$/).waitFor()
    await view(/^Expiring in 30 days 240$/).waitFor()

    const head = page.getByRole('columnheader', { name: 'Token' })
    await expect
      .poll(() => page.getByRole('columnheader', { name: 'Expires' }).getAttribute('aria-sort'))
      .toBe('ascending')
    await head.getByRole('button', { name: 'Token', exact: true }).click()
    await expect.poll(names).toContain('Job 49')
    await expect.poll(async () => (await names()).slice(0, 3)).toEqual(['Job 0', 'Job 1', 'Job 2'])
    await expect.poll(() => head.getAttribute('aria-sort')).toBe('ascending')
    await head.getByRole('button').press('Enter')
    await expect.poll(async () => (await names())[0]).toBe('Job 1999')
    await expect.poll(() => head.getAttribute('aria-sort')).toBe('descending')
    await expect.poll(() => isFocused(head.getByRole('button'))).toBe(true)

    const pages = page.getByRole('navigation', { name: 'Pages of tokens' })
    await pages.getByRole('button', { name: 'Page 40' }).click()
    await says('1,951–2,000 of 2,000 tokens')
    await expect.poll(async () => (await names()).at(-1)).toBe('Job 0')
    await expect.poll(() => pages.getByRole('button', { name: 'Page 40' }).getAttribute('aria-current')).toBe('page')
    await pages.getByLabel('Go to page').fill('17')
    await pages.getByLabel('Go to page').press('Enter')
    await says('801–850 of 2,000 tokens')
    await expect.poll(() => hashOf(page)).toBe('#plan=1001&type=rest&sort=name&dir=desc&page=17')
    // One that there is not is the last.
    await pages.getByLabel('Go to page').fill('900')
    await pages.getByLabel('Go to page').press('Enter')
    await says('1,951–2,000 of 2,000 tokens')
    await back(page)
    await says('801–850 of 2,000 tokens')
    await page.reload()
    await says('801–850 of 2,000 tokens')
    await expect.poll(async () => (await names())[0]).toBe('Job 1199')
    await view(/^Expiring in 30 days/).click()
    await says('1–50 of 240 tokens found')
    await back(page)
    await says('801–850 of 2,000 tokens')
    await page.evaluate(() => history.forward())
    await says('1–50 of 240 tokens found')
    // As it came, one press for each press.
    for (const text of ['801–850 of 2,000 tokens', '1,951–2,000 of 2,000 tokens', '1–50 of 2,000 tokens']) {
      await back(page)
      await says(text)
    }
  })
})

describeInChromium('the first page', () => {
  it.each(['light', 'dark'] as const)(
    'can be used by everybody with all that is chosen and told, in %s',
    async (scheme) => {
      const { page, tokens } = await opened(jobs(420), {
        hash: '#plan=1001&type=rest&status=active&expiring=90&sort=name',
      })
      await page.emulateMedia({ colorScheme: scheme })
      const [token] = (await tokens.list({ actor: 'ada', planId: '1001', order: 'expiry' })).tokens
      await tokens.revoke({ actor: 'bob', id: token?.id ?? '' })
      await page.getByText('bob revoked').waitFor()
      await page.evaluate(axe.source)
      const violations = async (): Promise<readonly string[]> => {
        const { violations: found } = await page.evaluate(() =>
          (globalThis as unknown as { axe: typeof axe }).axe.run(),
        )
        return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      }
      expect(await violations()).toEqual([])
      await page.getByRole('button', { name: /^Filter/ }).click()
      expect(await violations()).toEqual([])
      await page.setViewportSize({ width: 375, height: 700 })
      expect(await violations()).toEqual([])
    },
  )
})

describeInBrowsers('filters', () => {
  it('stand in the address and as pills, each of which can be taken out, with the keyboard alone', async () => {
    const { page, says, names } = await opened(async (world) => {
      await jobs(12)(world)
      await world.make('Of Bob', { actor: 'bob', scopes: ['projects:read'], lifetimeDays: 80 })
      await world.make('One file', { resources: [LINKS.landing], scopes: ['projects:read'] })
    })
    await says('14 tokens')
    const button = page.getByRole('button', { name: /^Filter/ })
    await button.press('Enter')
    const filters = page.getByRole('dialog', { name: 'Filters' })
    await expect.poll(() => isFocused(filters.getByLabel('Status'))).toBe(true)
    await filters.getByLabel('Holds the scope').selectOption({ label: 'projects:read (2)' })
    await says('2 tokens found')
    await filters.getByLabel('Made by').selectOption({ label: 'bob (1)' })
    await filters.getByRole('button', { name: 'Show 1 token' }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => isFocused(button)).toBe(true)
    await expect.poll(() => names()).toEqual(['Of Bob'])
    await expect.poll(() => hashOf(page)).toBe('#plan=1001&type=rest&scope=projects:read&by=bob')
    await page.getByRole('button', { name: 'Remove the filter Made by bob' }).press('Enter')
    await says('2 tokens found')
    await expect.poll(() => isFocused(button)).toBe(true)
    await back(page)
    await says('1 token found')
    await button.click()
    await filters.getByRole('button', { name: 'Clear all' }).click()
    await says('14 tokens')
    await expect.poll(() => hashOf(page)).toBe('#plan=1001&type=rest')
  })

  it('by expiry, use and resource find what they say', async () => {
    const { page, says, names, use, make, tokens, later } = await opened(async ({ make }) => {
      await make('Soon', { lifetimeDays: 5 })
      await make('Later', { lifetimeDays: 60, resources: [LINKS.brand] })
    })
    await filterBy(page, 'Expires', 'Within 7 days')
    await says('1 token found')
    await expect.poll(() => names()).toEqual(['Soon'])
    await filterBy(page, 'Expires', 'Any')
    const { secret, token } = await make('Busy', { lifetimeDays: 365 })
    await tokens.refresh({ actor: 'ada', id: token.id })
    later(0.1)
    await use(secret)
    await filterBy(page, 'Use', 'Old secret still used')
    await expect.poll(names).toEqual(['Busy'])
    await filterBy(page, 'Use', 'Never used')
    await expect.poll(names).toEqual(['Soon', 'Later'])
    await filterBy(page, 'Use', 'Any')
    await page.getByRole('button', { name: /^Filter/ }).click()
    const resource = page.getByLabel('Reaches the resource')
    await resource.fill(LINKS.brand)
    await resource.press('Enter')
    await expect.poll(names).toEqual(['Soon', 'Later', 'Busy'])
    await resource.fill(LINKS.landing)
    await resource.press('Enter')
    await expect.poll(names).toEqual(['Soon', 'Busy'])
    await resource.fill(LINKS.elsewhere)
    await resource.press('Enter')
    await page.locator('.said').getByText('The filter by resource was left out.').waitFor()
    await expect.poll(names).toEqual(['Soon', 'Later', 'Busy'])
  })

  it('that are nonsense are left out of an address, with a quiet note and no error', async () => {
    const nonsense = `#plan=1001&type=rest&status=lost&expiring=soon&page=-1&sort=%3Cb%3E&resource=a%20b&dir=x&by=ada`
    const { page, names } = await opened(jobs(2), { hash: nonsense })
    await page.getByText('A filter of this address means nothing here. It was left out.').waitFor()
    await expect.poll(() => names()).toEqual(['Job 0', 'Job 1'])
    await expect.poll(() => page.getByRole('alert').filter({ hasText: /./ }).count()).toBe(0)
    await expect.poll(() => hashOf(page)).toBe('#plan=1001&type=rest&by=ada')
  })

  it('never hold a secret: neither is it sent nor does it stay in the address', async () => {
    const world = await hubWorld()
    const { secret } = await world.make('Website sync')
    const { page } = await open()
    await page.goto(`${world.url}#plan=1001&type=rest&search=${secret}&by=${secret}`)
    await rowOf(page, 'Website sync').waitFor()
    await expect.poll(() => hashOf(page)).toBe('#plan=1001&type=rest')
    await page.getByRole('button', { name: /^Filter/ }).click()
    await page.getByLabel('Reaches the resource').fill(secret)
    await page.getByLabel('Reaches the resource').press('Enter')
    await page.getByText('This is a secret, so it was not sent.').waitFor()
    await page.waitForTimeout(500)
    await expect.poll(() => hashOf(page)).toBe('#plan=1001&type=rest')
    expect(world.state.requests.filter((request) => request.includes(secret.slice(0, 30)))).toEqual([])
  })

  it('are not in the way where there are few tokens', async () => {
    const { page } = await opened(jobs(3))
    await expect.poll(() => page.getByRole('list', { name: 'Views' }).count()).toBe(0)
    await expect.poll(() => page.getByRole('navigation', { name: 'Pages of tokens' }).count()).toBe(0)
  })
})

describeInBrowsers('saved views', () => {
  it('are kept by the browser, by plan, with their filters and order; are renamed and deleted', async () => {
    const { page, says, view, names } = await opened(jobs(12))
    await filterBy(page, 'Expires', 'Within 7 days')
    await page.getByRole('columnheader', { name: 'Token' }).getByRole('button').click()
    await page.getByRole('columnheader', { name: 'Token' }).getByRole('button').click()
    await page.getByRole('button', { name: 'Save view' }).click()
    const name = page.getByRole('textbox', { name: 'Name of the view' })
    await name.press('Enter')
    await page.getByText('Give it a name of 1 to 40 characters').waitFor()
    await name.fill('<b>Mine</b>')
    await name.press('Enter')
    await page.getByText('The view <b>Mine</b> is saved in this browser.').waitFor()
    await view(/^All/).click()
    await says('12 tokens')
    await page.reload()
    await says('12 tokens')
    await view(/Mine/).click()
    await expect.poll(async () => (await names())[0]).toBe('Job 11')
    await expect.poll(() => hashOf(page)).toContain('expiring=7&sort=name&dir=desc')
    const menu = page.getByRole('button', { name: 'What can be done with the view' })
    await menu.click()
    await page.getByRole('menuitem', { name: 'Rename view' }).click()
    await expect.poll(() => name.inputValue()).toBe('<b>Mine</b>')
    await name.fill('Ends this week')
    await name.press('Enter')
    await view(/^Ends this week$/).waitFor()
    await page.getByLabel('Organization').selectOption('Globex')
    await page.getByText('There are no tokens here yet.').waitFor()
    await expect.poll(() => view(/^Ends this week$/).count()).toBe(0)
    await page.getByLabel('Organization').selectOption('Acme')
    await view(/^Ends this week$/).click()
    await menu.click()
    await page.getByRole('menuitem', { name: 'Delete view' }).click()
    await page.getByText('The view Ends this week is deleted.').waitFor()
    await expect.poll(() => view(/^Ends this week$/).count()).toBe(0)
    await expect.poll(() => page.evaluate(() => ({ ...localStorage }))).toEqual({})
  })

  it('of a browser that keeps nothing are lost with the page, and nothing else is', async () => {
    const world = await hubWorld()
    await jobs(12)(world)
    const { page } = await open({ viewport: { width: 1280, height: 800 } })
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, 'localStorage', {
        get() {
          throw new DOMException('The operation is insecure.', 'SecurityError')
        },
      })
    })
    await page.goto(`${world.url}#plan=1001&type=rest&expiring=7`)
    await page.getByText('12 tokens found').waitFor()
    await page.getByRole('button', { name: 'Save view' }).click()
    await page.getByRole('textbox', { name: 'Name of the view' }).fill('Mine')
    await page.keyboard.press('Enter')
    await page.getByText('This browser keeps nothing, so the view is gone when the page is closed.').waitFor()
    await page.getByRole('list', { name: 'Views' }).getByRole('button', { name: 'Mine' }).waitFor()
  })

  it('that somebody else left in the storage are read with care', async () => {
    const world = await hubWorld()
    await jobs(12)(world)
    const { page } = await open()
    await page.goto(world.url)
    await page.evaluate(() => {
      const entries = [
        ['', 'x'],
        7,
        null,
        ['Good', 'status=active&page=4&status=lost'],
        ['Good', ''],
        ['Bad', 'sort=<b>'],
        {},
      ]
      localStorage.setItem('hub-views /developers/tokens 1001 rest', JSON.stringify(entries))
    })
    await page.reload()
    const views = page.getByRole('list', { name: 'Views' })
    await views.getByRole('button', { name: 'Good' }).waitFor()
    await views.getByRole('button', { name: 'Bad' }).click()
    await page.locator('.said').getByText('12 tokens').waitFor()
  })
})

describeInBrowsers('what others do', () => {
  it('is there within seconds, told in sight, and leads to the token; the focus stays where it is', async () => {
    const { page, tokens, says, state } = await opened(jobs(12))
    const all = (await tokens.list({ actor: 'ada', planId: '1001', order: 'expiry' })).tokens
    const [first, second] = all
    const menu = rowOf(page, second?.name ?? '')
      .getByRole('button')
      .last()
    await menu.focus()
    const news = page.getByRole('status', { name: 'What others did' })
    await tokens.edit({ actor: 'ada', id: first?.id ?? '', name: 'Mine' })
    await tokens.revoke({ actor: 'bob', id: first?.id ?? '' })
    await news.getByText('bob revoked Mine').waitFor()
    await rowOf(page, 'Mine').getByText('Revoked', { exact: true }).waitFor()
    await expect.poll(() => news.getByText('ada').count()).toBe(0)
    await expect.poll(() => isFocused(menu)).toBe(true)
    const box = await news.boundingBox()
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(800)
    // While nothing happens, an answer has nothing in it.
    const answers: number[] = []
    page.on('response', (response) => {
      if (response.url().includes('/overview?')) answers.push(response.status())
    })
    state.requests.length = 0
    await expect.poll(() => answers.length, { timeout: 20_000 }).toBeGreaterThan(1)
    expect(answers).toContain(304)
    await news.getByRole('button', { name: 'View' }).click()
    await page.getByRole('dialog', { name: 'Mine' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await news.getByRole('button', { name: 'Close' }).click()
    await expect.poll(() => news.getByText('bob').count()).toBe(0)
    await expect.poll(() => page.evaluate(() => document.activeElement === document.body)).toBe(false)
    await says('12 tokens')
  })

  it('to the last row that is in sight does not lose the focus', async () => {
    const { page, tokens, says } = await opened(jobs(12), { hash: '#plan=1001&type=rest&search=Job 11' })
    await says('1 token found')
    const [token] = (await tokens.list({ actor: 'ada', planId: '1001', search: 'Job 11' })).tokens
    await rowOf(page, 'Job 11').getByRole('button').last().focus()
    await tokens.edit({ actor: 'bob', id: token?.id ?? '', name: 'Called otherwise' })
    await page.getByText('No token matches.').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement === document.body)).toBe(false)
  })

  it('is not asked for while the page is hidden', async () => {
    const { page, state } = await opened(jobs(2))
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
    })
    await page.waitForLoadState('networkidle')
    state.requests.length = 0
    await page.waitForTimeout(6_500)
    expect(state.requests).toEqual([])
  })
})

describeInBrowsers('too many tokens to be kept', () => {
  it('come by expiration, page by page, and are searched all the same', async () => {
    const world = await hubWorld({ overviewTokens: 30 })
    await jobs(120)(world)
    const { page: tab } = await open({ viewport: { width: 1280, height: 800 } })
    await tab.goto(world.url)
    await tab.getByText('This organization has too many tokens to sort and count here.').waitFor()
    await expect.poll(() => tab.getByRole('columnheader').getByRole('button').count()).toBe(0)
    const shown = () => tab.locator('td.name .link').allTextContents()
    await tab.getByRole('button', { name: 'Next page' }).click()
    await expect.poll(shown).toContain('Job 60')
    await tab.getByRole('button', { name: 'Next page' }).click()
    await expect.poll(shown).toContain('Job 119')
    await tab.evaluate(() => history.back())
    await expect.poll(shown).toContain('Job 60')
    await tab.getByLabel('Search tokens').fill('Job 77')
    await expect.poll(shown).toEqual(['Job 77'])
    await filterBy(tab, 'Status', 'Revoked')
    await tab.getByText('No token matches.').waitFor()
  })
})

describeInBrowsers('too many tokens, and an address with a filter that needs all of them', () => {
  it('shows no filter that does not hold, and says so', async () => {
    const { page, names } = await opened(jobs(60), { overviewTokens: 30, hash: '#plan=1001&by=bob&status=active' })
    await page.getByText('A filter of this address means nothing here. It was left out.').waitFor()
    await page.getByRole('button', { name: 'Remove the filter Status: Active' }).waitFor()
    await expect.poll(() => page.locator('.pill').count()).toBe(1)
    await expect.poll(() => hashOf(page)).not.toContain('by=bob')
    await expect.poll(() => names()).toHaveLength(50)
  })
})

describeInBrowsers('on a phone', () => {
  it('tokens are sorted in the filters, and nothing is wider than the page', async () => {
    const { page, names } = await opened(jobs(120), { viewport: { width: 320, height: 640 } })
    await page.getByRole('button', { name: /^Filter/ }).click()
    await page.getByLabel('Sort by').selectOption('Token, descending')
    await expect.poll(async () => (await names())[0]).toBe('Job 119')
    await page.keyboard.press('Escape')
    await page.getByText('Page 1 of 3').waitFor()
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  })
})

/** Only Chromium measures how far things shift. */
describeInChromium('what comes later', () => {
  it('is there before anything is counted, and the counts move nothing', async () => {
    const world = await hubWorld()
    await jobs(60)(world)
    const { page } = await open({ viewport: { width: 1280, height: 800 } })
    await page.addInitScript(() => {
      const shifts: number[] = []
      Object.assign(globalThis, { shifts })
      const observer = new PerformanceObserver((list) =>
        shifts.push(...list.getEntries().map((one) => (one as unknown as { value: number }).value)),
      )
      observer.observe({ type: 'layout-shift', buffered: true })
    })
    let goOn = (): void => undefined
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    await page.route(/\/overview\?/, async (route) => {
      await held
      await route.continue()
    })
    await page.goto(world.url)
    await rowOf(page, 'Job 49').waitFor()
    await expect.poll(() => page.getByRole('list', { name: 'Views' }).count()).toBe(0)
    await page.evaluate(() => {
      ;(globalThis as unknown as { shifts: number[] }).shifts.length = 0
    })
    goOn()
    await page.getByText('1–50 of 60 tokens').waitFor()
    await page.getByRole('button', { name: 'All 60' }).waitFor()
    await page.waitForTimeout(300)
    const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)
    expect(shifts.filter((value) => value > 0)).toEqual([])
  })
})
