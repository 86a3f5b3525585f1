/** The languages of the page: whole, chosen by the host or by the request, and in a browser with their plurals and their direction. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { acceptLanguage, HUB_LANGUAGES, HUB_TEXTS, type PluralText } from 'plan-access-tokens/hub'
import { describe, expect, it } from 'vitest'
import { LANGUAGES } from '../../src/hub/languages/index.ts'
import { textsIn } from '../../src/hub/texts/file.ts'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { bootOf, choose, hubWorld, LINKS, PATH, rowOf } from './world.ts'

type Text = string | PluralText
const TEXTS: { readonly [key: string]: Text } = HUB_TEXTS
const OTHERS = Object.entries(LANGUAGES) as readonly (readonly [string, { readonly [key: string]: Text }])[]
const holesOf = (text: string): readonly string[] => [...new Set(text.match(/\{\w+\}/g))].sort()
const formsOf = (text: Text): readonly string[] => (typeof text === 'string' ? [text] : Object.values(text))

describe.each(OTHERS)('%s', (tag, words) => {
  it('lacks no text and has none too many', () => {
    const missing = Object.keys(TEXTS).filter((key) => !Object.hasOwn(words, key))
    const unknown = Object.keys(words).filter((key) => !Object.hasOwn(TEXTS, key))
    expect({ missing, unknown }).toEqual({ missing: [], unknown: [] })
  })

  it('has, of what is about a number, a sentence for each category of plurals that it has, and for no other', () => {
    const categories = new Intl.PluralRules(tag).resolvedOptions().pluralCategories.toSorted()
    for (const [key, text] of Object.entries(words)) {
      const isPlural = typeof TEXTS[key] === 'object'
      expect([key, typeof text === 'object']).toEqual([key, isPlural])
      if (typeof text === 'object') expect([key, Object.keys(text).sort()]).toEqual([key, categories])
    }
  })

  it('loses no hole, and no text is empty or has one that nobody fills', () => {
    for (const [key, text] of Object.entries(words)) {
      const english = TEXTS[key] as Text
      const wanted = holesOf(typeof english === 'string' ? english : english.other)
      const other = typeof text === 'string' ? text : text.other
      expect([key, holesOf(other)]).toEqual([key, wanted])
      for (const form of formsOf(text)) {
        expect([key, form.trim()]).not.toEqual([key, ''])
        // A sentence for one or two may say the number in a word.
        expect([key, holesOf(form).filter((hole) => !wanted.includes(hole))]).toEqual([key, []])
        expect([key, wanted.filter((hole) => hole !== '{count}' && !holesOf(form).includes(hole))]).toEqual([key, []])
      }
    }
  })
})

describe('the texts', () => {
  it('have names of their own, so that none takes the place of another', () => {
    const folder = fileURLToPath(new URL('../../src/hub/texts/', import.meta.url))
    const names = readdirSync(folder).flatMap((file) =>
      [...readFileSync(folder + file, 'utf8').matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name),
    )
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })
})

const asking = (header: string) => new Request('https://acme.example/', { headers: { 'accept-language': header } })

describe('the language of a request', () => {
  it.each([
    ['de-AT, en;q=0.5', 'de-AT'],
    ['it, fr-CA;q=0.9, en;q=0.8', 'fr-CA'],
    ['en;q=0.2, es-MX;q=0.3', 'es-MX'],
    ['de;q=0, ja', 'ja'],
    ['*', undefined],
    ['klingon!, ;;;q=x', undefined],
    ['', undefined],
    [`${'x,'.repeat(5_000)}de`, undefined],
  ])('"%s" is %s', (header, found) => {
    expect(acceptLanguage(asking(header))).toBe(found)
  })

  it('is one of those that a host names, if it names some', () => {
    expect(acceptLanguage(asking('de, pt-BR;q=0.1'), ['pt'])).toBe('pt-BR')
    expect(HUB_LANGUAGES.toSorted()).toEqual(['ar', 'de', 'en', 'es', 'fr', 'ja'])
  })

  it.each([
    ['de-AT', 'Zugriffstoken der Organisation'],
    ['fr-CA', 'Jetons d’accès de l’organisation'],
    ['es-MX', 'Tokens de acceso de la organización'],
    ['ja', '組織のアクセストークン'],
    ['en-GB', 'Plan access tokens'],
  ])('%s is spoken, with its region', async (tag, title) => {
    const { hub } = await hubWorld({ lang: acceptLanguage })
    const html = await (await hub(new Request(`https://acme.example${PATH}`, asking(tag)))).text()
    expect(html).toContain(`<html lang="${tag}"`)
    expect(html).toContain(`<title>${title}</title>`)
    const { lang, words } = bootOf(html)
    expect(lang).toBe(tag)
    expect(Object.values(textsIn(await (await hub(new Request(`https://acme.example${words}`))).json()))).toContain(
      title,
    )
  })

  it('that nobody has written is English, and says so', async () => {
    const { hub } = await hubWorld({ lang: () => 'it' })
    expect(await (await hub(new Request(`https://acme.example${PATH}`))).text()).toContain('<html lang="en">')
  })

  it('may be one of the host’s, and single texts of it too', async () => {
    const languages = { it: { title: 'Token' }, de: { title: 'Schlüssel' } }
    const titled = async (lang: string) => {
      const { hub } = await hubWorld({ lang: () => lang, languages })
      return (await (await hub(new Request(`https://acme.example${PATH}`))).text()).match(/<html.*?>|<title>.*?</g)
    }
    expect(await titled('it-CH')).toEqual(['<html lang="it-CH">', '<title>Token<'])
    expect(await titled('de')).toEqual(['<html lang="de">', '<title>Schlüssel<'])
  })

  it.each([
    ['throws', () => Promise.reject(new Error('down'))],
    ['gives no language', () => 'klingon!'],
  ])('if its function %s, the page is English and the host is told', async (_, lang) => {
    const told: unknown[] = []
    const { hub } = await hubWorld({ lang, onError: (error) => told.push(error) })
    const answer = await hub(new Request(`https://acme.example${PATH}`))
    expect([answer.status, told.length]).toEqual([200, 1])
    expect(await answer.text()).toContain('<html lang="en">')
  })
})

const open = useChromium()

describeInChromium('in a browser', () => {
  it('Arabic is written from right to left, with the plurals of its numbers', async () => {
    const world = await hubWorld({ lang: 'ar' })
    const names = { one: 1, two: 2, three: 3, eleven: 11 }
    for (const [name, lifetimeDays] of Object.entries(names))
      await world.make(name, { lifetimeDays, scopes: ['files:read'], resources: [LINKS.landing] })
    const { page } = await open()
    await page.goto(world.url)
    await page.getByRole('heading', { name: 'رموز وصول المؤسسة' }).waitFor()
    await expect
      .poll(() => page.evaluate(() => getComputedStyle(document.querySelector('main') as Element).direction))
      .toBe('rtl')
    const row = await rowOf(page, 'one').textContent()
    expect(row).toContain('صلاحية واحدة')
    expect(row).toContain('مورد واحد')
    const lifetimes: string[] = []
    for (const name of Object.keys(names)) {
      await choose(page, name, 'التفاصيل والسجل')
      lifetimes.push((await page.getByRole('dialog').textContent()) ?? '')
      await page.keyboard.press('Escape')
    }
    for (const [i, words] of ['يوم واحد', 'يومان', ' أيام', ' يومًا'].entries()) expect(lifetimes[i]).toContain(words)
  })

  it('the engine speaks the language too, and what it cannot say is marked as English', async () => {
    const world = await hubWorld({ lang: 'de' })
    const { page } = await open()
    await page.goto(world.url)
    await page.getByRole('button', { name: 'REST API-Token erstellen' }).click()
    await page.getByLabel('Name').fill('Export')
    await page.getByRole('button', { name: 'Weiter' }).click()
    await page.getByRole('checkbox').first().check()
    await page.getByRole('button', { name: 'Weiter' }).click()
    await page.getByRole('radio', { name: 'Nur ausgewählte Ressourcen' }).check()
    await page.getByLabel('Links zu Ressourcen').fill(`${LINKS.elsewhere}\nhttps://example.com/x`)
    await page.getByText('Unter diesem Link gibt es in dieser Organisation nichts der Art „file“.').waitFor()
    await page.getByText('Der Link führt nicht zu figma.com').waitFor()
  })
})
