/** What the engine says reaches the page by codes: each code has a text, and a German page shows German. */
import { PlanTokenError, REFUSALS, type Verdict } from 'plan-access-tokens'
import { AdminApiError } from 'plan-access-tokens/admin'
import { HUB_TEXTS } from 'plan-access-tokens/hub'
import { describe, expect, it } from 'vitest'
import type { HttpCode } from '../../src/admin/problem.ts'
import { MANAGEMENT_ERRORS } from '../../src/core/errors.ts'
import { MALFORMED, UNPLACED } from '../../src/core/malformed.ts'
import { REASON_TEXTS } from '../../src/core/reason-texts.ts'
import { WITHHELD_CODES } from '../../src/core/usage.ts'
import { LANGUAGES } from '../../src/hub/languages/index.ts'
import { CALLS } from '../sentences/calls.ts'
import { SELF_RENEWAL } from '../sentences/self-renewal.ts'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { newWorld } from '../support/world.ts'
import { choose, hubWorld, LINKS } from './world.ts'

const TEXTS: { readonly [key: string]: unknown } = HUB_TEXTS
const lacking = (keys: readonly string[]): readonly string[] =>
  keys.flatMap((key) =>
    Object.entries({ en: TEXTS, ...LANGUAGES })
      .filter(([, words]) => !Object.hasOwn(words, key))
      .map(([tag]) => `${tag} ${key}`),
  )

/** Every code of HTTP's own. */
const OF_HTTP: { readonly [C in HttpCode]: true } = {
  ...{ request_malformed: true, actor_missing: true, client_unauthenticated: true, plan_token_refused: true },
  ...{ cross_site: true, not_found: true, method_not_allowed: true, body_timeout: true, body_too_large: true },
  ...{ media_type_unsupported: true, internal: true },
}
/** Those of which the page has a sentence that says what to do there (hub/page/api.ts). */
const SAID: ReadonlySet<string> = new Set([
  ...['invalid_input', 'not_plan_admin', 'plan_not_eligible', 'token_not_found', 'token_not_active', 'own_request'],
  ...['version_conflict', 'too_many_live_secrets', 'idempotency_key_spent', 'unavailable', 'nothing_requested'],
  ...['not_requester', 'insufficient_user_authentication', 'actor_missing', 'internal'],
])

describe('each code of the engine has its text in each language', () => {
  it.each([
    ['titles of refusals', Object.keys(REFUSALS).map((code) => `refusal_${code}`)],
    ['what to do then', Object.keys(REFUSALS).map((code) => `reason_${code}_help`)],
    ['reasons', Object.keys(REASON_TEXTS).map((code) => `reason_${code}`)],
    ['malformed requests', Object.keys({ ...MALFORMED, ...UNPLACED }).map((code) => `reason_${code}`)],
    ['what is not advised', WITHHELD_CODES.map((code) => `withheld_${code}`)],
  ])('%s', (_, keys) => {
    expect(lacking(keys)).toEqual([])
  })

  it('errors of calls, of HTTP too, by a sentence of the page or one of their own', () => {
    const others = Object.keys({ ...MANAGEMENT_ERRORS, ...OF_HTTP }).filter((code) => !SAID.has(code))
    expect(lacking(others.map((code) => `error_${code}`))).toEqual([])
  })

  it.each([...CALLS, ...SELF_RENEWAL].flat().map((mistake) => [mistake.entry, mistake.name, mistake.make] as const))(
    'mistakes in %s: %s',
    async (_entry, _name, make) => {
      const thrown = await Promise.resolve()
        .then(make)
        .catch((error: unknown) => error)
      if (!(thrown instanceof PlanTokenError || thrown instanceof AdminApiError)) return
      const codes = thrown.issues.map(({ code, message }) => (code ? `issue_${code}` : `no code: ${message}`))
      expect(lacking(codes)).toEqual([])
    },
  )
})

describe('explain', () => {
  /** A sentence out of its text and its parameters, where no parameter is a moment or a list. */
  const filled = (text: string, params: object = {}): string =>
    Object.entries(params).reduce((all, [name, value]) => all.replaceAll(`{${name}}`, String(value)), text)
  const textsOf = ({ code, reasons }: Verdict): readonly string[] =>
    reasons.map((one) => (one.code === code ? `refusal_${one.code}` : `reason_${one.code}`))

  it('says sentence by sentence what it says at once, with what stands in it', async () => {
    const { tokens, make } = newWorld()
    const { id } = await make({ resources: ['https://figma.com/design/FileA'] })
    const actor = 'admin-1'
    const urls = [
      '/v1/files/FileA',
      '/v1/files/FileB',
      '/v1/nothing',
      '/v1/files/../me',
      '/v1/files/a%2',
      '/v1/me?x= y',
    ]
    for (const url of urls) {
      const { rules } = await tokens.explain({ actor, id, method: 'GET', url })
      for (const verdict of rules) {
        expect(verdict.reasons.map(({ message }) => message).join(' ')).toBe(verdict.reason)
        expect(lacking(textsOf(verdict))).toEqual([])
        for (const { code, message, params = {} } of verdict.reasons) {
          const text = TEXTS[`reason_${code}`]
          const isPlain = Object.entries(params).every(([name, value]) => typeof value !== 'object' && name !== 'until')
          if (typeof text === 'string' && isPlain) expect(filled(text, params)).toBe(message)
        }
      }
    }
  })

  it('keeps the words of a policy', async () => {
    const { tokens, make } = newWorld()
    const { id } = await make()
    const { rules } = await tokens.explain({ actor: 'admin-1', id, method: 'GET', url: '/v1/oembed' })
    const [, said] = rules.find(({ rule }) => rule === 'endpoint')?.reasons ?? []
    const why = 'it is an endpoint for public embeds'
    expect(said).toEqual({
      code: 'endpoint_closed',
      message: `GET /v1/oembed: ${why}.`,
      params: { route: 'GET /v1/oembed', why },
    })
  })
})

const open = useChromium()

describeInChromium('in a browser', () => {
  /** The page of a token in a language, at *Try it*. */
  async function trying(lang: string) {
    const words = { ...HUB_TEXTS, ...LANGUAGES[lang] }
    const world = await hubWorld({ lang })
    await world.make('Website sync')
    const { page } = await open()
    await page.goto(world.url)
    await choose(page, 'Website sync', words.details)
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('tab', { name: words.tryIt }).click()
    const explain = async (url: string): Promise<void> => {
      await dialog.getByLabel(words.tryUrl, { exact: true }).fill(url)
      await dialog.getByRole('button', { name: words.tryGo }).click()
    }
    return { dialog, explain, words }
  }

  const tryingInGerman = () => trying('de')

  it('Try it of a refused request reads German', async () => {
    const { dialog, explain } = await tryingInGerman()
    await explain('/v1/files/ABCDEFG123/comments')
    await dialog
      .locator('.mistake')
      .getByText(/annimmt\. Bitten Sie jemanden aus der Verwaltung, eine hinzuzufügen\.$/)
      .waitFor()
    await dialog.getByText('Alle Fragen, die gestellt werden').click()
    const rules = dialog.locator('details[open] ol')
    await rules.getByText('Das Token ist aktiv bis').waitFor()
    await rules.getByText('Das Token hat keine der Berechtigungen, die dieser Endpunkt annimmt.').waitFor()
    await rules.getByText(/Angenommen wird .* oder |Angenommen wird/).waitFor()
    await rules.getByText('Nach der ID gefragt: Es wurde kein Geheimnis betrachtet.').first().waitFor()
    await expect.poll(() => rules.textContent()).toMatch(/aktiv bis \d{2}\.\d{2}\.\d{4}/)
    await expect.poll(() => dialog.locator('[lang=en]').count()).toBe(0)
  })

  it.each(['en', ...Object.keys(LANGUAGES)])(
    'types and tiers are called as elsewhere on the page in "%s"',
    async (lang) => {
      const { dialog, explain, words } = await trying(lang)
      await explain('/v1/files/LOGOS2026')
      await dialog.getByText(words.tryRules).click()
      const rules = dialog.locator('details[open] ol')
      await rules
        .getByText(/REST API/)
        .first()
        .waitFor()
      await rules.getByText(words.tier_organization).first().waitFor()
      await expect.poll(() => rules.textContent()).not.toMatch(/\b(rest|organization)\b/)
    },
  )

  it('of a list, each entry stands by itself where it is read from right to left', async () => {
    const { dialog, explain, words } = await trying('ar')
    await explain('/v1/files/ABCDEFG123/comments')
    await dialog.getByText(words.tryRules).click()
    await dialog.getByText('\u2068\u2068file_comments:read\u2069 أو \u2068files:read\u2069\u2069').waitFor()
  })

  it('a request that cannot be read is told in German, with the place', async () => {
    const { dialog, explain } = await tryingInGerman()
    await explain('/v1/files/a%zz')
    await dialog.getByText('Alle Fragen, die gestellt werden').click()
    await dialog
      .getByText('Das Prozentzeichen bei Zeichen 11 des Ziels leitet kein kodiertes Byte ein.')
      .first()
      .waitFor()
    await expect.poll(() => dialog.locator('[lang=en]').count()).toBe(0)
  })

  it('what the form of an input breaks is told in German, with German numbers', async () => {
    const { dialog, explain } = await tryingInGerman()
    await explain(`/${'a'.repeat(100_001)}`)
    await dialog.getByText('Das ist zu lang. Höchstzahl der Zeichen: 100.000.').waitFor()
    await expect.poll(() => dialog.locator('[lang=en]').count()).toBe(0)
  })

  it('a filter that is left out is told in German', async () => {
    const { url, make } = await hubWorld({ lang: 'de' })
    await make('Website sync')
    const { page } = await open()
    await page.goto(`${url}#resource=${encodeURIComponent(LINKS.nonsense)}`)
    const { issue_link_unknown_shape: why } = { ...HUB_TEXTS, ...LANGUAGES.de }
    await page.locator('.said').getByText(why).waitFor()
  })
})
