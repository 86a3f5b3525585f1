/** What `hubHandler` is given: mistakes told at once, texts that cannot break out of the page, plans that are not one's own. */
import { type Policy, SetupError } from 'plan-access-tokens'
import { HUB_TEXTS, type HubOptions, hubHandler } from 'plan-access-tokens/hub'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { NPM_POLICY, REGISTRY } from '../npm/world.ts'
import { newWorld, POLICY } from '../support/world.ts'
import { bootOf, filesOf, hubWorld, PATH, PLAN } from './world.ts'

const engine = newWorld<Policy>({ policy: [POLICY, NPM_POLICY] }).tokens
const RIGHT = { tokens: engine, actor: () => 'ada', plans: () => [] }

/** The mistakes of options: paths with texts. */
function mistakesOf(options: unknown): readonly string[] {
  try {
    hubHandler(options as HubOptions)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(SetupError)
    expect(error).toBeInstanceOf(TypeError)
    return (error as SetupError).issues.map(({ path, message }) => `${path} ${message}`)
  }
}
const pathsOf = (options: unknown): readonly string[] => mistakesOf(options).map((one) => one.split(' ')[0] ?? '')

describe('wrong options', () => {
  it.each<[string, object, readonly string[]]>([
    ['a misspelt one', { basepath: '/x' }, ['basepath']],
    ['plans as a list', { plans: [] }, ['plans']],
    ['an actor as text', { actor: 'ada' }, ['actor']],
    ['half an engine', { tokens: { ...engine, edit: undefined } }, ['tokens']],
    ['an engine without policies', { tokens: { ...engine, policies: undefined } }, ['tokens']],
    ['the directory, which is the engine’s', { directory: testDirectory({}) }, ['directory']],
    ['a clock without now', { clock: {} }, ['clock']],
    ['a path with a slash at its end', { basePath: '/x/' }, ['basePath']],
    ['a path with dot segments', { basePath: '/x/./y' }, ['basePath']],
    ['a path of nothing', { basePath: '' }, ['basePath']],
    ['a path that is a number', { basePath: 5 }, ['basePath']],
    ['a path with markup', { basePath: '/"><script>' }, ['basePath']],
    ['an origin with a path', { origin: 'https://x.example/' }, ['origin']],
    ['a product that is no text', { product: 5 }, ['product']],
    ['css that is no text', { css: [] }, ['css']],
    ['a log that is no function', { onError: console }, ['onError']],
    ['a language that is none', { lang: 'klingon!' }, ['lang']],
    ['a language that is empty', { lang: '' }, ['lang']],
    ['texts of a language that is none', { languages: { 'klingon!': {} } }, ['languages["klingon!"]']],
    ['a text of a language that there is not', { languages: { it: { tittle: 'x' } } }, ['languages.it.tittle']],
    ['languages that are a list', { languages: [] }, ['languages']],
    ['a plan that is no id', { plan: 5 }, ['plan']],
    ['a header that is text', { header: '<nav>' }, ['header']],
    ['texts that are a list', { texts: ['x'] }, ['texts']],
    ['texts that are text', { texts: 'x' }, ['texts']],
    ['a text that there is not', { texts: { tittle: 'x' } }, ['texts.tittle']],
    ['a text that is none', { texts: { title: 5 } }, ['texts.title']],
    [
      'a text that lacks two names',
      { texts: { expirationDays: { one: '1 Tag', other: '…' } } },
      ['texts.expirationDays', 'texts.expirationDays'],
    ],
    ['one sentence for every number', { texts: { scopeCount: '{count}' } }, ['texts.scopeCount']],
    ['no sentence for other numbers', { texts: { scopeCount: { one: '1' } } }, ['texts.scopeCount']],
    ['a category that there is not', { texts: { scopeCount: { three: '3', other: '{count}' } } }, ['texts.scopeCount']],
    ['a sentence that is none', { texts: { scopeCount: { one: 1, other: '{count}' } } }, ['texts.scopeCount']],
    ['a script to sign in', { signIn: 'javascript:alert(1)' }, ['signIn']],
    ['a script to confirm at', { stepUp: 'javascript:alert(1)' }, ['stepUp']],
    ['names that are no function', { describeActor: { ada: 'Ada' } }, ['describeActor']],
    ['another host without a scheme', { signIn: '//evil.example' }, ['signIn']],
    ['the same with a backslash', { signIn: '/\\evil.example' }, ['signIn']],
    ['the same with a line break', { signIn: '/\n/evil.example' }, ['signIn']],
    ['addresses that are a list', { addresses: [] }, ['addresses']],
    ['addresses of nothing', { addresses: null }, ['addresses']],
    ['an address of no type', { addresses: { rset: 'https://x.example' } }, ['addresses.rset']],
    ['an address that is a path', { addresses: { rest: '/v1/me' } }, ['addresses.rest']],
    ['an address that is a number', { addresses: { rest: 5 } }, ['addresses.rest']],
    ['an address with a line break', { addresses: { rest: 'https://x.example/\nrm -rf' } }, ['addresses.rest']],
    ['a registry without a scope', { addresses: { npm: { registry: REGISTRY } } }, ['addresses.npm.scope']],
    [
      'a registry that is none',
      { addresses: { npm: { registry: 'npm', scope: 'ACME' } } },
      ['addresses.npm.registry', 'addresses.npm.scope'],
    ],
    [
      'a registry with a secret',
      { addresses: { npm: { registry: REGISTRY, scope: '@acme', secret: 'npm_x' } } },
      ['addresses.npm.secret'],
    ],
  ])('%s', (_, change, paths) => {
    expect(pathsOf({ ...RIGHT, ...change })).toEqual(paths)
  })

  it.each([undefined, null, {}, [], 'x', 5])('%o lacks what has to be there', (options) => {
    expect(pathsOf(options)).toEqual(expect.arrayContaining(['plans', 'tokens', 'actor']))
  })

  it('are told all at once, each once, and with what was meant', () => {
    const wrong = {
      basepath: 1,
      plans: 1,
      basePath: 'x',
      lang: '',
      origin: 'x',
      texts: { tittle: '' },
      addresses: { rset: '' },
    }
    const mistakes = mistakesOf(wrong)
    expect(mistakes.map((one) => one.split(' ')[0])).toEqual([
      ...['plans', 'basePath', 'lang', 'basepath', 'texts.tittle', 'addresses.rset'],
      ...['tokens', 'actor', 'origin'],
    ])
    expect(mistakesOf({ ...RIGHT, adresses: {} })).toEqual(['adresses is not a field here. Did you mean "addresses"?'])
    expect(mistakesOf({ ...RIGHT, texts: { tittle: '' } })[0]).toContain('Did you mean "title"?')
    expect(mistakesOf({ ...RIGHT, addresses: { nmp: '' } })[0]).toContain('Did you mean "npm"?')
  })

  it('and right ones are taken', () => {
    const registry = { registry: REGISTRY, scope: '@acme' }
    for (const change of [
      { addresses: { rest: 'https://api.example/v1/me?a=b', npm: registry } },
      { addresses: { rest: registry, npm: "http://localhost:80/it's" } },
      { signIn: '/login?to=/developers', lang: 'pt-BR', css: '', product: '', texts: {} },
      { stepUp: '/confirm', describeActor: (ids: readonly string[]) => ids },
      { signIn: 'https://login.example', texts: HUB_TEXTS, clock: { now: () => 0 } },
    ])
      expect(mistakesOf({ ...RIGHT, ...change })).toEqual([])
  })
})

const EVIL = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  ']]>',
  '\u2028alert(1)\u2029',
  '&lt;img src=x onerror=alert(1)&gt;',
  '"\'`$' + '{1}{token}\\u003c',
  '"><img src=x onerror=alert(1)>',
].join(' ')

/** The page as a person gets it. */
async function pageWith(options: Partial<HubOptions> = {}) {
  const world = await hubWorld(options)
  const get = (path = PATH, init?: RequestInit) => world.hub(new Request(`https://acme.example${path}`, init))
  return { ...world, get, html: async () => (await get()).text() }
}

describe('what the page is given', () => {
  it('cannot leave the element that it stands in, whoever wrote it', async () => {
    const { html, make, names } = await pageWith({
      product: EVIL,
      lang: 'en',
      signIn: '/login?a="><script>alert(1)</script>'.replaceAll(' ', ''),
      texts: { title: EVIL, loading: EVIL, noScript: EVIL, signIn: EVIL },
    })
    const name = EVIL.replaceAll(/[\u2028\u2029]/g, '').slice(0, 100)
    await make(name, { description: EVIL.replaceAll(/[\u2028\u2029]/g, '') })
    names[PLAN] = EVIL
    const page = await html()
    const boot = bootOf(page)
    expect(boot.first?.tokens[0]?.name).toBe(name)
    expect([boot.plans[0]?.name, boot.product, ...Object.values(boot.texts)]).toEqual([
      EVIL,
      EVIL,
      EVIL,
      EVIL,
      EVIL,
      EVIL,
    ])
    // Two script elements and no more: the page's own file, and the data.
    expect(page.match(/<\/?script/g)).toHaveLength(4)
    expect(page).not.toMatch(/<img|<!--|\]\]>(?!<)/)
    const data = /id="boot">(.*?)<\/script>/s.exec(page)?.[1]
    expect(data).not.toMatch(/[<>&\u2028\u2029]/)
  })

  it('and the notices neither', async () => {
    const texts = { title: EVIL, noticeMissing: EVIL, noticeSignedOut: EVIL, signIn: EVIL }
    const { get, state } = await pageWith({ texts, signIn: '/login?"><script>' })
    state.actor = undefined
    for (const path of [PATH, `${PATH}/x`]) expect(await (await get(path)).text()).not.toMatch(/<script|<img|<!--/)
    expect(await (await get(PATH)).text()).toContain('href="/login?&quot;&gt;&lt;script&gt;"')
  })

  it('holds no secret, no digest and nothing of the request', async () => {
    const { get, make } = await pageWith()
    const { secret } = await make('Nightly export')
    const text = await (await get(PATH, { headers: { cookie: 'session=5e55ion', 'x-other': 'h34der' } })).text()
    for (const hidden of [secret, secret.slice(-30), 'digest', '5e55ion', 'h34der']) expect(text).not.toContain(hidden)
  })

  it('every notice speaks the language of the host', async () => {
    const texts = {
      title: 'Plan-Tokens',
      noticeSignedOut: 'Abgemeldet',
      noticeToken: 'Kein Mensch',
      noticeMissing: 'Nichts hier',
      noticeUnreadable: 'Unlesbar',
      noticeFailed: 'Kaputt',
    }
    const { get, state } = await pageWith({
      ...{ texts, lang: 'de', signIn: '/login' },
      plans: () => Promise.reject(new Error('secret detail')),
    })
    const text = async (path?: string, init?: RequestInit) => (await get(path, init)).text()
    expect(await text(PATH, { headers: { 'x-figma-token': 'x' } })).toContain('Kein Mensch')
    expect(await text(`${PATH}/x`)).toContain('Nichts hier')
    expect(await text(`${PATH}//`)).toContain('Unlesbar')
    const failed = await text()
    expect(failed).toContain('Kaputt')
    expect(failed).not.toContain('secret detail')
    expect(failed).toContain('<html lang="de">')
    state.actor = undefined
    const out = await get()
    expect([out.status, out.headers.get('www-authenticate')]).toEqual([401, 'Session realm="plan-access-tokens"'])
    expect(await out.text()).toMatch(/Abgemeldet.*href="\/login"/s)
  })

  it.each<[string, string, RequestInit, string | undefined, string | undefined]>([
    ['signed out', PATH, {}, undefined, '/login'],
    ['a token', PATH, { headers: { 'x-figma-token': 'x' } }, 'ada', '/login'],
    ['nothing there', `${PATH}/x`, {}, 'ada', PATH],
    ['an unreadable address', `${PATH}//`, {}, 'ada', PATH],
    ['a failure', PATH, {}, 'eve', PATH],
  ])('the page for %s is part of the design, and leads on', async (_, path, init, actor, href) => {
    const { get, html, state } = await pageWith({
      ...{ signIn: '/login', product: 'Acme Design', css: ':root { --hub-accent: red }' },
      plans: (who) => (who === 'eve' ? Promise.reject(new Error('down')) : []),
    })
    const styles = filesOf(await html()).filter((file) => file.endsWith('.css'))
    state.actor = actor
    const text = await (await get(path, init)).text()
    expect(filesOf(text)).toEqual(styles)
    expect(styles).toHaveLength(2)
    expect(text).toContain('<title>Plan access tokens · Acme Design</title>')
    expect(/<a class="button" href="([^"]*)"/.exec(text)?.[1]).toBe(href)
  })

  it('the text while it is loaded is for whoever waits', async () => {
    const { html } = await pageWith()
    const text = await html()
    expect(text).toContain('Your tokens are being loaded. If nothing appears in a moment, reload the page.')
  })

  it("the host's CSS is a file of its own after the page's, whose name says what is in it", async () => {
    const themed = async (css: string) => {
      const { get, html } = await pageWith({ css })
      const files = filesOf(await html())
      return { files, answer: await get(files[1]) }
    }
    const { files, answer } = await themed(':root { --hub-accent: #0a7d5a } /* ü </style> */')
    expect(files).toHaveLength(3)
    expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(answer.headers.get('cache-control')).toContain('immutable')
    expect(await answer.text()).toBe(':root { --hub-accent: #0a7d5a } /* ü </style> */')
    expect((await themed(':root {}')).files[1]).not.toBe(files[1])
    expect((await themed('')).files).toHaveLength(2)
  })
})
