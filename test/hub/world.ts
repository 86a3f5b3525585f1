/**
 * The plain world (support/world.ts) with the plans of a small organization and the hub over it, on a real server of the loopback
 * interface. What a test has to steer is a field: who is signed in, what the network does, what time it is.
 */
import { createServer } from 'node:http'
import type { ApprovingOptions, Directory, Policy, ResourceRef } from 'plan-access-tokens'
import { toNode } from 'plan-access-tokens/admin'
import { type HubOptions, hubHandler } from 'plan-access-tokens/hub'
import { testDirectory } from 'plan-access-tokens/testing'
import type { Locator, Page } from 'playwright-core'
import type { Boot } from '../../src/hub/boot.ts'
import { listen } from '../admin/server.ts'
import { NPM_POLICY, REGISTRY } from '../npm/world.ts'
import { DAY, newWorld, POLICY, TOKEN, type Wish } from '../support/world.ts'

export const PATH = '/developers/tokens'
export const PLAN = TOKEN.planId
export const LINKS = {
  landing: 'https://www.figma.com/design/ABCDEFG123/Landing-page',
  brand: 'https://www.figma.com/files/1001/team/456/Brand',
  elsewhere: 'https://www.figma.com/design/GLOBEX2026/Secret-plans',
  nonsense: 'https://www.figma.com/nonsense/1',
} as const

const NAMES: { readonly [resource: string]: string } = { 'file:ABCDEFG123': 'Landing page', 'team:456': 'Brand' }

/** What the network does to a request: a status and a body, no answer for ever, a connection that breaks before or after the call. */
export type Fault =
  | { readonly status: number; readonly body: string; readonly type?: string; readonly location?: string }
  | 'hang'
  | 'drop'
  | 'drop the answer'

/** What a hub is made of, and how the engine's directory differs. */
export interface HubWorldOptions extends Partial<HubOptions> {
  readonly directory?: Partial<Directory>
  /** Optional parts of the engine, such as approvals. */
  readonly engine?: Partial<ApprovingOptions<Policy>>
}

/** The hub over a fresh world. */
export async function hubWorld({ directory: change, engine, ...options }: HubWorldOptions = {}) {
  const tree = testDirectory({
    1001: {
      admins: ['ada', 'bob'],
      resources: {
        'team:456': { 'project:457': { 'file:LOGOS2026': {} } },
        'file:ABCDEFG123': {},
        'npm_scope:@acme': {},
      },
    },
    1002: { tier: 'enterprise', admins: ['ada'], resources: { 'file:GLOBEX2026': {} } },
    1003: { tier: 'professional', admins: ['ada'] },
    1004: { admins: ['somebody else'] },
  })
  const directory: Directory = {
    plan: (id) => tree.plan(id),
    isPlanAdmin: (actor, planId) => tree.isPlanAdmin(actor, planId),
    locate: (resource) => tree.locate(resource),
    describe: (refs: readonly ResourceRef[]) => refs.map(({ kind, id }) => NAMES[`${kind}:${id}`]),
    ...change,
  }
  /** How far ahead of the machine's the engine's clock is. */
  let ahead = 0
  let stopped: number | undefined
  const clock = { now: () => (stopped ?? Date.now()) + ahead }
  const { tokens, make } = newWorld<Policy>({ policy: [POLICY, NPM_POLICY], directory, clock, ...engine })
  const names: Record<string, string> = { 1001: 'Acme', 1002: 'Globex', 1003: 'Initech', 1004: 'Hooli' }
  const state = {
    /** Who is signed in. */
    actor: 'ada' as string | undefined,
    /** What happens to a request of the API: the method and the path below the page's. */
    fault: (_request: string): Fault | undefined => undefined,
    /** Every request that the server was sent, as `POST /api/plans/1001/tokens`. */
    requests: [] as string[],
  }
  const hub = hubHandler({
    tokens,
    clock,
    actor: () => state.actor,
    plans: () => Object.entries(names).map(([id, name]) => ({ ...(tree.plan(id) ?? { id, tier: '' }), name })),
    basePath: PATH,
    addresses: { rest: 'https://api.acme.example/v1/files/ABCDEFG123', npm: { registry: REGISTRY, scope: '@acme' } },
    ...options,
  })
  const page = toNode(hub)
  const server = createServer(async (request, response) => {
    const asked = `${request.method} ${(request.url ?? '').replace(PATH, '')}`
    state.requests.push(asked)
    const fault = state.fault(asked)
    if (fault === 'hang') return
    if (fault === 'drop') return void request.socket.destroy()
    if (fault === 'drop the answer') {
      response.end = () => request.socket.destroy() as never
    } else if (fault) {
      const { status, type = 'text/html', location } = fault
      response.writeHead(status, { 'Content-Type': type, ...(location !== undefined && { Location: location }) })
      return void response.end(fault.body)
    }
    await page(request, response)
  })
  const address = await listen(server)
  return {
    tokens,
    tree,
    clock,
    state,
    hub,
    names,
    url: `${address}${PATH}`,
    /** Sets the engine's clock to a moment, from which it goes on. */
    goTo(at: string) {
      ahead = Date.parse(at) - Date.now()
    },
    /** Stops the engine's clock at a moment. */
    stopAt(at: string) {
      stopped = Date.parse(at)
      ahead = 0
    },
    /** Sets the engine's clock ahead by so many days. */
    later(days: number) {
      ahead += days * DAY
    },
    /** Makes a token as Ada would. */
    /** Makes a token, in a millisecond of its own, so that what was made later is newer and ends later. */
    async make(name: string, change: Wish<Policy> = {}) {
      for (const from = Date.now(); Date.now() === from; ) await new Promise((resolve) => setTimeout(resolve, 1))
      return make({ actor: 'ada', name, lifetimeDays: 90, ...change })
    },
    /** Uses a secret, so that a use is on record. */
    use: (secret: string) =>
      tokens.authorize({ method: 'GET', url: '/v1/files/ABCDEFG123', headers: { 'x-figma-token': secret } }),
  }
}

export type HubWorld = Awaited<ReturnType<typeof hubWorld>>

/** The row of a token. */
export const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })

/** Waits until the row of a token says something; after a change, the table is loaded anew. */
export const rowSays = (page: Page, name: string, text: string): Promise<void> =>
  rowOf(page, name).filter({ hasText: text }).waitFor()

/** Opens the menu of a token's row, and chooses from it. */
export async function choose(page: Page, name: string, entry: string): Promise<void> {
  await rowOf(page, name).getByRole('button').last().click()
  await page.getByRole('menuitem', { name: entry }).click()
}

/** Closes the box with a secret, as somebody who has stored it in another way than by *Copy*. */
export async function storeSecret(page: Page): Promise<void> {
  const box = page.getByRole('dialog', { name: 'Your new token' })
  await box.getByRole('button', { name: 'Done' }).click()
  await box.getByRole('button', { name: 'I have stored it' }).click()
  await box.waitFor({ state: 'detached' })
}

/** Opens a token's own page at one of its tabs. */
export async function look(page: Page, name: string, tab?: 'Activity' | 'Access' | 'Use' | 'Try it'): Promise<void> {
  await choose(page, name, 'Details and history')
  if (tab) await page.getByRole('dialog').getByRole('tab', { name: tab }).click()
}

/** Chooses a value of a filter, by the names that both have. */
export async function filterBy(page: Page, filter: string, value: string): Promise<void> {
  await page.getByRole('button', { name: /^Filter/ }).click()
  const filters = page.getByRole('dialog', { name: 'Filters' })
  await filters.getByLabel(filter, { exact: true }).selectOption(value)
  await page.keyboard.press('Escape')
  await filters.waitFor({ state: 'detached' })
}

/** Pastes a long text in place of what a control holds; typed in, it would take a browser half a minute. */
export async function paste(control: Locator, text: string): Promise<void> {
  await control.page().context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await control.page().evaluate((copied) => navigator.clipboard.writeText(copied), text)
  await control.press('ControlOrMeta+A')
  await control.press('ControlOrMeta+V')
}

/** The page's files, as its HTML names them: the stylesheets, then the script. */
export const filesOf = (html: string): string[] =>
  [...html.matchAll(/(?:rel="stylesheet" href|type="module" src)="([^"]+)"/g)].map(([, file = '']) => file)

/** What of the page is loaded at once: these, what the script imports, and its texts. */
export const loadedOf = (html: string): string[] =>
  [...html.matchAll(/(?:href|src)="([^"]+\.(?:css|js|json))"/g)].map(([, file = '']) => file)

/** What the server wrote into the HTML for the script. */
export function bootOf(html: string): Boot {
  return JSON.parse(/<script type="application\/json" id="boot">(.*?)<\/script>/s.exec(html)?.[1] ?? '') as Boot
}

/** What a screen reader says of a control besides its name. */
export const descriptionOf = (control: Locator): Promise<string> =>
  control.evaluate((element) =>
    (element.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' '),
  )

/** Whether the keyboard is at a control, or comes there soon: the page moves it once what it has drawn is there. */
export const isFocused = (control: Locator): Promise<boolean> =>
  control.evaluate(async (element) => {
    for (let i = 0; i < 50 && element !== document.activeElement; i++)
      await new Promise((resolve) => setTimeout(resolve, 20))
    return element === document.activeElement
  })

/** Back, as the browser's own button leads: what a page's script asks for is answered alike by each browser. */
export const back = (page: Page): Promise<void> =>
  page
    .evaluate(() => history.back())
    // Where the page itself goes, it may take the answer with it.
    .catch((error: Error) => {
      if (!error.message.includes('Execution context was destroyed')) throw error
    })

/** What each of some elements says, asked one by one: all at once has ended Firefox where there are many in a modal. */
export const textsOf = async (elements: Locator): Promise<(string | null)[]> =>
  Promise.all((await elements.all()).map((one) => one.textContent()))
