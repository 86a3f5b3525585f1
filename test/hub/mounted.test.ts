/** The page in a document of the host's, below a header of the host's, and for one organization alone. */
import { createServer } from 'node:http'
import { join } from 'node:path'
import expressApp from 'express'
import { toNode } from 'plan-access-tokens/admin'
import { acceptLanguage, HUB_TEXTS, type HubHandler, type HubOptions, hubHandler } from 'plan-access-tokens/hub'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../examples/hub-element/app.ts'
import { scoped } from '../../scripts/scope-css.ts'
import { listen } from '../admin/server.ts'
import { isInstalled, PLATFORMS_COMMAND, tools } from '../platforms/platforms.ts'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { bootOf, choose, type HubWorldOptions, hubWorld, PATH, rowOf } from './world.ts'

const open = useChromium()
const at = (path = PATH) => new Request(`https://acme.example${path}`)

/** The host's document: a shell of its own around the page. */
async function shell(hub: HubHandler, request: Request): Promise<Response> {
  const nonce = crypto.randomUUID()
  const { status, lang, dir, title, head, body, headers } = await hub.parts(request, { nonce })
  const html = `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><title>${title}</title>
<style nonce="${nonce}">body { margin: 0 } h1 { font-size: 40px } button { border: 5px solid red }</style>
${head}</head><body><nav><h1>Acme</h1><button>Menu</button></nav>${body}</body></html>`
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; require-trusted-types-for 'script'`
  return new Response(html, {
    status,
    headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy },
  })
}

/** The document at the page's own address; everything below it is the hub's. */
const inShell = (hub: HubHandler) => (request: Request) =>
  new URL(request.url).pathname === PATH ? shell(hub, request) : hub(request)

const SERVERS: { readonly [server: string]: (hub: HubHandler) => Promise<string> } = {
  'a plain server of Node': (hub) => listen(createServer(toNode(inShell(hub)))),
  Express: (hub) => {
    const app = expressApp()
    app.all([PATH, `${PATH}/*rest`], toNode(inShell(hub)))
    return listen(createServer(app))
  },
}

describeInChromium('in a document of the host’s', () => {
  it.each(Object.keys(SERVERS))(
    'on %s, the page works under a policy by nonce, and neither spoils the other',
    async (name) => {
      const { hub, make } = await hubWorld({ product: 'Acme Studio' })
      await make('Website sync')
      const { page } = await open()
      await page.goto((await (SERVERS[name] as (hub: HubHandler) => Promise<string>)(hub)) + PATH)
      await rowOf(page, 'Website sync').waitFor()
      const style = (selector: string, property: string) =>
        page
          .locator(selector)
          .first()
          .evaluate((one, of) => getComputedStyle(one).getPropertyValue(of), property)
      await expect
        .poll(async () => [await style('nav h1', 'font-size'), await style('#hub h1', 'font-size')])
        .toEqual(['40px', '20px'])
      await expect
        .poll(async () => [await style('nav button', 'border-top-width'), await style('body', 'background-color')])
        .toEqual([...['5px', 'rgba(0, 0, 0, 0)']])
      await expect.poll(() => style('#hub button.main', 'border-top-width')).not.toBe('5px')
      await page.getByRole('button', { name: 'Generate REST API token' }).click()
      await page.getByRole('dialog').getByLabel('Name').fill('x')
    },
  )
})

/** The value of a name in the address of a request. */
const said = (request: Request, name: string): string | undefined =>
  new URL(request.url).searchParams.get(name) ?? undefined

/** The hub in an application that is drawn in the browser, with a token in each of two organizations. */
async function application(options: HubWorldOptions = {}) {
  const world = await hubWorld(options)
  await world.make('Of Acme')
  await world.tokens.create({
    ...{ actor: 'ada', planId: '1002', type: 'rest', name: 'Of Globex', description: '' },
    ...{ lifetimeDays: 5, scopes: ['files:read'], resources: 'all' },
  })
  const app = createApp(world.hub, {
    ...{ basePath: PATH, plans: ['1001', '1002'], languages: ['en', 'de'] },
    ...(tools !== undefined && { packages: join(tools, 'node_modules') }),
  })
  return { ...world, address: await listen(createServer(toNode(app))) }
}

describeInChromium('in an application of the browser’s', () => {
  it('the page is a custom element', async () => {
    const { address } = await application()
    const { page } = await open()
    await page.goto(`${address}/element`)
    await rowOf(page, 'Of Acme').waitFor()
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('x')
  })

  it('the element tells of a page that there is not', async () => {
    const { address } = await application()
    const { page } = await open()
    await page.route('**/tokens.json', (route) => route.abort())
    await page.goto(`${address}/element`)
    await page.locator('plan-access-tokens').evaluate((element) => {
      element.addEventListener('error', () => document.body.append('told'))
      const place = element.parentElement
      element.remove()
      place?.append(element)
    })
    await page.getByText('told').waitFor()
  })

  it('a page that was taken away while it asked for a confirmation leaves nothing that the next one waits for', async () => {
    const { address } = await application({
      directory: { rules: () => ({ stepUp: { edit: { maxAgeSeconds: 300 } } }) },
    })
    const { page } = await open()
    await page.goto(`${address}/element`)
    const question = page.getByRole('dialog', { name: 'Confirm that it is you' })
    for (let i = 0; i < 2; i++) {
      await choose(page, 'Of Acme', 'Edit token')
      await page.getByRole('dialog').getByLabel('Name').fill('Other')
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
      await question.waitFor()
      await page.locator('plan-access-tokens').evaluate((element) => {
        const place = element.parentElement
        element.remove()
        place?.append(element)
      })
      await question.waitFor({ state: 'detached' })
    }
  })
})

const isReactHere = isInstalled({ packages: ['react', 'react-dom'] })

describeInChromium('in an application of React’s', () => {
  const named = isReactHere ? 'strict mode' : `strict mode (skipped without it: ${PLATFORMS_COMMAND})`
  describe.skipIf(!isReactHere)(named, () => {
    const ofRequest: HubWorldOptions = {
      plan: (request) => said(request, 'plan') ?? '1001',
      lang: (request) => said(request, 'lang'),
    }
    const enter = async (): ReturnType<typeof open> => {
      const { address } = await application(ofRequest)
      const opened = await open()
      await opened.page.goto(`${address}/component`)
      await opened.page.getByRole('button', { name: 'Tokens of the organization' }).click()
      return opened
    }

    it('the page is a component, which is there once, goes and comes back', async () => {
      const { page } = await enter()
      for (let i = 0; i < 2; i++) {
        await rowOf(page, 'Of Acme').waitFor()
        await expect.poll(() => page.locator('#hub').count()).toBe(1)
        await expect.poll(() => page.locator('#hub main').count()).toBe(1)
        await page.getByRole('button', { name: 'Home' }).click()
        await page.getByRole('heading', { name: 'Welcome' }).waitFor()
        await expect.poll(() => page.locator('#hub').count()).toBe(0)
        await page.getByRole('button', { name: 'Tokens of the organization' }).click()
      }
    })

    it('another organization and another language are another page, with nothing of the one before', async () => {
      const { page } = await enter()
      await rowOf(page, 'Of Acme').waitFor()
      await page.getByLabel('Workspace').selectOption('1002')
      await rowOf(page, 'Of Globex').waitFor()
      await expect.poll(() => page.getByText('Of Acme').count()).toBe(0)
      await page.getByLabel('Speech').selectOption('de')
      await page.getByRole('heading', { name: 'Zugriffstoken' }).waitFor()
      await rowOf(page, 'Of Globex').waitFor()
      await expect.poll(() => page.locator('#hub main').count()).toBe(1)
    })

    it('what is loaded when it is opened is in the language of the page that is there', async () => {
      const { page } = await enter()
      const drawer = page.getByRole('dialog')
      await choose(page, 'Of Acme', 'Details and history')
      await drawer.getByRole('tab', { name: 'Try it' }).click()
      await drawer.getByRole('button', { name: 'Explain' }).click()
      await drawer.getByText('Check the method and the path.').first().waitFor()
      await page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })
      await page.getByLabel('Speech').selectOption('de')
      await choose(page, 'Of Acme', 'Details und Verlauf')
      await drawer.getByRole('tab', { name: 'Ausprobieren' }).click()
      await drawer.getByRole('button', { name: 'Erklären' }).click()
      await drawer.getByText('Prüfen Sie die Methode und den Pfad.').first().waitFor()
    })

    it('who changes their mind at once sees what they chose last', async () => {
      const { page } = await enter()
      for (const plan of ['1002', '1001', '1002', '1001', '1002'])
        await page.getByLabel('Workspace').selectOption(plan, { noWaitAfter: true })
      await rowOf(page, 'Of Globex').waitFor()
      await expect.poll(() => page.locator('#hub main').count()).toBe(1)
      await expect.poll(() => page.getByText('Of Acme').count()).toBe(0)
    })

    it('once the page is gone, the browser’s history is the application’s own', async () => {
      const { page } = await enter()
      await rowOf(page, 'Of Acme').waitFor()
      await page.getByRole('button', { name: 'Generate REST API token' }).click()
      await page.getByRole('dialog').getByLabel('Name').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Home' }).click()
      await page.getByRole('heading', { name: 'Welcome' }).waitFor()
      await page.evaluate(() => {
        history.pushState({ isModal: true }, '', '#theirs')
        history.pushState({}, '', '#more')
      })
      await page.goBack()
      await expect.poll(() => page.evaluate(() => location.hash)).toBe('#theirs')
      await new Promise((resolve) => setTimeout(resolve, 200))
      await expect.poll(() => page.evaluate(() => location.hash)).toBe('#theirs')
    })
  })
})

describe('the parts', () => {
  it('say why there is no page, with the status and the headers of the answer', async () => {
    const { hub, state } = await hubWorld({ signIn: '/login' })
    state.actor = undefined
    const { status, body, head, headers } = await hub.parts(at())
    expect([status, headers['WWW-Authenticate'], headers['Cache-Control']]).toEqual([
      ...[401, 'Session realm="plan-access-tokens"', 'no-store'],
    ])
    expect(body).toContain('href="/login"')
    expect(head).not.toContain('<script')
  })

  it('are given to a handler such as those of Next.js, which gives the answer', async () => {
    const { hub } = await hubWorld()
    const GET = (request: Request): Promise<Response> => inShell(hub)(request)
    expect(await (await GET(at())).text()).toContain('<div id="hub" class="hub" lang="en">')
    expect((await GET(at(`${PATH}/api/policies`))).status).toBe(200)
  })

  it.each<unknown>(['/t', undefined, { url: '/t', headers: { host: 'acme.example' } }])(
    'say what they were to be given in place of %j',
    async (given) => {
      const told: unknown[] = []
      const { hub } = await hubWorld({ lang: acceptLanguage, onError: (error) => told.push(error) })
      const { status, lang, body } = await hub.parts(given as Request)
      expect([status, lang]).toEqual([500, 'en'])
      expect(body).toContain(HUB_TEXTS.noticeFailed)
      expect((await hub(given as Request)).status).toBe(500)
      expect(told.map((error) => (error as Error).message)).toEqual(
        Array(2).fill(expect.stringMatching(/Fetch Request/)),
      )
    },
  )

  it('never reject, and write a nonce as text', async () => {
    const told: unknown[] = []
    const { hub } = await hubWorld({ plans: () => Promise.reject(new Error('down')), onError: (e) => told.push(e) })
    const { status, head } = await hub.parts(at(), { nonce: '"><script>' })
    expect([status, told.length]).toEqual([500, 1])
    expect(head).toContain('nonce="&quot;&gt;&lt;script&gt;"')
  })
})

describe('a header of the host’s', () => {
  it('stands above the page, above its notices too, and its failure costs nothing', async () => {
    const header = (request: Request) => `<nav>${new URL(request.url).pathname}</nav>`
    const { hub, state } = await hubWorld({ header })
    expect(await (await hub(at())).text()).toMatch(
      /<body class="hub-page">\n<nav>\/developers\/tokens<\/nav>\n<div id="hub"/,
    )
    state.actor = undefined
    expect(await (await hub(at())).text()).toContain('<nav>')
    const failing = await hubWorld({ header: () => Promise.reject(new Error('down')), onError: () => undefined })
    expect((await failing.hub(at())).status).toBe(200)
  })

  it.each([[{ html: '<nav>' }], [42], [['<nav>']]])('that is no text but %j is left out, and told', async (given) => {
    const told: unknown[] = []
    const { hub } = await hubWorld({ header: (() => given) as never, onError: (error) => told.push(error) })
    const answer = await hub(at())
    expect(answer.status).toBe(200)
    expect(await answer.text()).toMatch(/<body class="hub-page">\s*<div id="hub"/)
    expect(told.map(String)).toEqual([expect.stringContaining('must give HTML as text.')])
  })
})

describe('whoever is signed in', () => {
  it.each([[7], [{ name: 'Ada' }], [{ id: 7 }], [['ada']], [true]])(
    'is not taken for nobody where actor gives %j: it is a mistake of the set-up, and told',
    async (given) => {
      const told: unknown[] = []
      const { hub } = await hubWorld({ actor: (() => given) as never, onError: (error) => told.push(error) })
      expect((await hub(at())).status).toBe(500)
      expect((await hub(at(`${PATH}/api/policies`))).status).toBe(500)
      expect(told.map(String)).toEqual([
        expect.stringContaining('must give an id as text, or an object with an "id" that is text'),
        expect.stringContaining('must give an id as text, or an object with an "id" that is text'),
      ])
    },
  )

  it.each([[undefined], [null], [false], [''], [{ id: undefined, address: '203.0.113.7' }], [{ id: '' }]])(
    'is nobody where actor gives %j',
    async (given) => {
      const { hub } = await hubWorld({ actor: (() => given) as never })
      expect((await hub(at())).status).toBe(401)
    },
  )
})

describe('plans by the request', () => {
  it('are asked with it, and one may be the only one', async () => {
    const asked: string[] = []
    const plans: HubOptions['plans'] = (actor, request) => {
      asked.push(`${actor} ${new URL(request.url).pathname}`)
      return ['1001', '1002'].map((id) => ({ id, name: id, tier: 'organization' }))
    }
    const { tokens } = await hubWorld()
    const hub = hubHandler({ tokens, actor: () => 'ada', plans, basePath: PATH, plan: () => '1002' })
    const boot = bootOf(await (await hub(at())).text())
    expect(asked).toEqual([`ada ${PATH}`])
    expect([boot.plans.map(({ id }) => id), boot.isPinned]).toEqual([['1002'], true])
  })
})

describeInChromium('one organization alone', () => {
  it('has no switch, and no address leads to another one', async () => {
    const { url, make, tokens } = await hubWorld({ plan: '1001' })
    await make('Of Acme')
    await tokens.create({
      ...{ actor: 'ada', planId: '1002', type: 'rest', name: 'Of Globex', description: '' },
      ...{ lifetimeDays: 5, scopes: ['files:read'], resources: 'all' },
    })
    const { page } = await open()
    await page.goto(`${url}#plan=1002&type=rest`)
    await rowOf(page, 'Of Acme').waitFor()
    await expect.poll(() => page.getByLabel('Organization').count()).toBe(0)
    await expect.poll(() => page.getByText('Of Globex').count()).toBe(0)
  })
})

describe('the stylesheet', () => {
  it('counts below the page alone, but for variables and the document', () => {
    const css =
      ':root{--a:1}html:has(>.hub-page){x:y}a,b:is(c,d){x:"}"}@media print{tr{x:y}:root{--a:2}}@page{m:0}@keyframes k{from{x:y}}.hub{x:y}'
    expect(scoped(css)).toBe(
      ':root{--a:1}html:has(>.hub-page){x:y}.hub a,.hub b:is(c,d){x:"}"}@media print{.hub tr{x:y}:root{--a:2}}@page{m:0}@keyframes k{from{x:y}}.hub{x:y}',
    )
  })
})
