/**
 * Nothing leaks: where a secret must not be, who gets no page, and who may not keep or frame it. Text that is hostile:
 * test/hub/hostile.test.ts.
 */
import type { BrowserContext, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { listen } from '../admin/server.ts'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, hubWorld, look, PATH, PLAN, rowOf, storeSecret } from './world.ts'

const open = useChromium()

/** Everything that a browser sends, is answered and prints, as text. */
function recorded(page: Page) {
  const sent: Promise<string>[] = []
  const answers: Promise<readonly [string, string]>[] = []
  const printed: string[] = []
  const context = page.context()
  context.on('request', (request) => {
    const text = async (): Promise<string> =>
      JSON.stringify([request.url(), await request.allHeaders(), request.postData()])
    sent.push(text())
  })
  context.on('response', (response) => {
    const name = `${response.request().method()} ${new URL(response.url()).pathname.replace(PATH, '')}`
    answers.push(response.text().then((body) => [name, `${JSON.stringify(response.headers())} ${body}`] as const))
  })
  context.on('console', (message) => printed.push(message.text()))
  return {
    sent: () => Promise.all(sent),
    printed,
    /** The requests whose answer has a text in it. */
    async answered(text: string) {
      return (await Promise.all(answers)).flatMap(([name, answer]) => (answer.includes(text) ? [name] : []))
    },
  }
}

/** Everything that a page keeps, shows or has in its fields. */
async function keptBy(page: Page, context: BrowserContext): Promise<string> {
  const inPage = await page.evaluate(async () => [
    location.href,
    document.referrer,
    document.title,
    window.name,
    JSON.stringify([history.state, history.length, { ...localStorage }, { ...sessionStorage }, document.cookie]),
    JSON.stringify([await indexedDB.databases(), await caches.keys()]),
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll('input, textarea, select')].map((control) => (control as HTMLInputElement).value),
    String(getSelection()),
  ])
  return [...inPage, JSON.stringify(await context.cookies())].join('\n')
}

/** Makes a token as an admin does, up to the box with its secret. */
async function generate(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Generate REST API token' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByRole('button', { name: 'Next' }).click()
  await dialog.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
  await dialog.getByRole('button', { name: 'Next' }).click()
  await dialog.getByRole('radio', { name: 'All resources' }).check()
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
}

async function refresh(page: Page, name: string): Promise<void> {
  await choose(page, name, 'Refresh token')
  await page.getByRole('dialog').getByRole('button', { name: 'Refresh token' }).click()
}

/** The secret in the box. */
async function secretIn(page: Page): Promise<string> {
  const box = page.getByRole('dialog', { name: 'Your new token' })
  return (await box.locator('.secret code').textContent()) ?? ''
}

describeInChromium('a secret', () => {
  it.each(['created', 'refreshed'] as const)(
    'that was %s is in one answer and, while it is open, in the box',
    async (how) => {
      const world = await hubWorld()
      await world.make('Website sync')
      const { page } = await open()
      const record = recorded(page)
      await page.goto(world.url)
      await (how === 'created' ? generate(page, 'Nightly export') : refresh(page, 'Website sync'))
      const secret = await secretIn(page)
      expect((await world.use(secret)).allowed).toBe(true)

      await page.getByText('How it is used').click()
      await storeSecret(page)
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await look(page, how === 'created' ? 'Nightly export' : 'Website sync', 'Activity')
      await page.getByText('ada created the token').waitFor()
      const random = secret.slice(-38)
      expect(await keptBy(page, page.context())).not.toContain(random)

      await page.reload()
      await rowOf(page, 'Website sync').waitFor()
      expect(await keptBy(page, page.context())).not.toContain(random)
      expect(await record.answered(random)).toEqual([
        how === 'created'
          ? `POST /api/plans/${PLAN}/tokens`
          : expect.stringMatching(/^POST \/api\/tokens\/\w+\/refresh$/),
      ])
      expect((await record.sent()).join('\n')).not.toContain(random)
      expect(record.printed.join('\n')).not.toContain(random)
      expect(world.state.requests.join('\n')).not.toContain(random)
    },
  )

  it('is not shown again by going back, forward or by reloading, even if one left with the box open', async () => {
    const world = await hubWorld()
    const { page } = await open()
    const elsewhere = await listen((_, response) => response.end('<title>Elsewhere</title>'))
    const comeBack = async (secret: string): Promise<void> => {
      await page.getByRole('button', { name: 'Generate REST API token' }).waitFor()
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
      expect(await keptBy(page, page.context())).not.toContain(secret)
    }
    await page.goto(world.url)
    await generate(page, 'Nightly export')
    const first = await secretIn(page)
    await page.goto(elsewhere)
    await page.goBack()
    await comeBack(first)
    await page.goForward()
    await page.goBack()
    await comeBack(first)

    await generate(page, 'Weekly export')
    const second = await secretIn(page)
    await page.reload()
    await comeBack(second)

    await generate(page, 'Yearly export')
    const third = await secretIn(page)
    await storeSecret(page)
    await page.goto(elsewhere)
    await page.goBack()
    await comeBack(third)
  })

  it('is not in a page that the browser keeps whole for its back button', async () => {
    const world = await hubWorld()
    const { page } = await open()
    await page.goto(world.url)
    await generate(page, 'Nightly export')
    const secret = await secretIn(page)
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })))
    expect(await page.content()).not.toContain(secret)
  })

  it('that is pasted into the search or into a description is not sent on', async () => {
    const world = await hubWorld()
    const { secret } = await world.make('Website sync')
    const { page } = await open()
    const record = recorded(page)
    await page.goto(world.url)
    await page.getByLabel('Search tokens').fill(`  ${secret.slice(0, -1)}`)
    await page.getByText('This is a secret, so it was not sent.').waitFor()
    await page.getByLabel('Search tokens').fill('Website')
    await page.getByText('1 token found').waitFor()

    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await page.getByLabel('Name').fill('Nightly export')
    await page.getByLabel('Description').fill(`Its secret is ${secret}.`)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('Remove the secret').waitFor()
    expect((await record.sent()).join('\n')).not.toContain(secret.slice(-38, -1))
  })

  it('is no credential for the page and its API', async () => {
    const world = await hubWorld()
    const { secret } = await world.make('Website sync')
    for (const extraHTTPHeaders of [{ 'X-Figma-Token': secret }, { Authorization: `Bearer ${secret}` }]) {
      const { page } = await open({ extraHTTPHeaders })
      const response = await page.goto(world.url)
      expect(response?.status()).toBe(403)
      await page.getByText('A plan access token cannot manage tokens. Sign in as a person.').waitFor()
      expect(await page.content()).not.toContain(secret)
      expect((await page.goto(`${world.url}/api/plans/${PLAN}/tokens`))?.status()).toBe(403)
    }
  })
})

describeInChromium('the page among others', () => {
  it('is kept by no cache, and neither is an answer of its API', async () => {
    const world = await hubWorld()
    const { token } = await world.make('Website sync')
    const { page } = await open()
    const seen: { readonly [header: string]: string }[] = []
    page.on('response', (response) => {
      // Files are named after what they say; so are texts.
      if (!/\.(js|css)$|\/texts\.\w+\.json$/.test(response.url())) seen.push(response.headers())
    })
    await page.goto(world.url)
    await refresh(page, 'Website sync')
    await storeSecret(page)
    await page.goto(`${world.url}/nothing`)
    await page.goto(`${world.url}/api/tokens/${token.id}`)
    world.state.actor = undefined
    await page.goto(world.url)
    expect(seen.length).toBeGreaterThan(5)
    for (const headers of seen) expect(headers['cache-control']).toBe('no-store')
  })

  it('cannot be put into a frame', async () => {
    const world = await hubWorld()
    const outer = await listen((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' })
      response.end(`<h1>Win a prize</h1><iframe src="${world.url}"></iframe>`)
    })
    const { page, complaints } = await open()
    await page.goto(outer)
    const frame = page.frames()[1]
    await expect.poll(() => complaints.join('\n')).toMatch(/frame-ancestors 'none'/)
    expect(frame?.url()).not.toContain(world.url)
    expect(
      await frame
        ?.getByRole('button')
        .count()
        .catch(() => 0),
    ).toBe(0)
    complaints.length = 0
  })
})
