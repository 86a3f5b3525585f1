/** The hub for whoever hears it, reads from right to left, has little room, or sees colours of their own. */
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, descriptionOf, hubWorld, isFocused, LINKS, look, rowOf } from './world.ts'

const open = useChromium()

async function opened(
  names: readonly string[],
  options: Parameters<typeof hubWorld>[0] = {},
  look: Parameters<typeof open>[0] = {},
) {
  const world = await hubWorld(options)
  for (const name of names) await world.make(name)
  const { page } = await open(look)
  await page.goto(world.url)
  await page.getByRole('tab').first().waitFor()
  return { ...world, page, status: page.getByRole('tabpanel').getByRole('status').first() }
}

describeInChromium('pages of the table', () => {
  const names = Array.from({ length: 51 }, (_, i) => `Token ${i}`)

  it('are told by their number, and the buttons keep the focus at both ends', async () => {
    const { page, status } = await opened(names)
    const more = page.getByRole('button', { name: 'Next page' })
    const previous = page.getByRole('button', { name: 'Previous page' })
    await expect.poll(() => status.textContent()).toBe('1–50 of 51 tokens')
    await more.press('Enter')
    await status.getByText('51–51 of 51 tokens').waitFor()
    await expect.poll(() => isFocused(more)).toBe(true)
    await expect.poll(() => more.isEnabled()).toBe(false)
    // Nothing lies behind the last page.
    await more.press('Enter')
    await expect.poll(() => status.textContent()).toBe('51–51 of 51 tokens')
    await previous.press('Enter')
    await status.getByText('1–50 of 51 tokens').waitFor()
    await expect.poll(() => isFocused(previous)).toBe(true)
    await expect.poll(() => previous.isEnabled()).toBe(false)
  })

  it('begin at the head of the table, wherever one has turned them', async () => {
    const { page, status } = await opened([...names, ...names])
    await page.getByRole('button', { name: 'Next page' }).click()
    await status.getByText('51–100 of 102 tokens').waitFor()
    await expect.poll(() => status.evaluate((element) => element.getBoundingClientRect().top)).toBeGreaterThan(-1)
  })
})

describeInChromium('what is said', () => {
  it('of a search is not held back by what was said before', async () => {
    const { page, status } = await opened(['Website sync'])
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await rowOf(page, 'Website sync').getByRole('button').last().click()
    await page.getByRole('menuitem', { name: 'Copy id' }).click()
    await status.getByText('The id is on the clipboard.').waitFor()
    await page.getByLabel('Search tokens').fill('website')
    await status.getByText('1 token found').waitFor()
  })

  it.each<[string, string]>([
    ['Revoke token', 'This cannot be undone.'],
    ['Refresh token', 'the lifetime of 90 days starts again'],
  ])('when %s opens is what it does, and not only its title', async (entry, told) => {
    const { page } = await opened(['Website sync'])
    await choose(page, 'Website sync', entry)
    await expect.poll(() => descriptionOf(page.getByRole('dialog'))).toContain(told)
  })

  it('of links is what was found in them, and not that somebody looks', async () => {
    const { page, state } = await opened(['Website sync'])
    await choose(page, 'Website sync', 'Edit token')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('radio', { name: 'Only selected resources' }).check()
    state.fault = (request) => (request.startsWith('POST /api/links') ? 'hang' : undefined)
    await dialog.getByLabel('Links to resources').fill(LINKS.landing)
    await dialog.getByText('The links are being checked …').waitFor()
    for (const said of await dialog.getByRole('status').allTextContents()) expect(said.trim()).toBe('')
    state.fault = () => undefined
    await dialog.getByLabel('Links to resources').fill(`${LINKS.landing}\n${LINKS.brand}`)
    await dialog.getByRole('status').getByText('Recognized: 2').waitFor()
  })

  it('after the last entries of a history begins at its list', async () => {
    const { page, tokens, make } = await opened([])
    const { token } = await make('Name 0')
    for (let i = 1; i <= 20; i++) await tokens.edit({ actor: 'ada', id: token.id, name: `Name ${i}` })
    await page.reload()
    await look(page, 'Name 20', 'Activity')
    await page.getByRole('button', { name: 'Earlier entries' }).press('Enter')
    await page.getByText('ada created the token').waitFor()
    await expect.poll(() => isFocused(page.getByRole('list', { name: 'History' }))).toBe(true)
  })

  it('when the secret is shown is that it is the only time', async () => {
    const { page } = await opened(['Website sync'])
    await choose(page, 'Website sync', 'Refresh token')
    await page.getByRole('dialog').getByRole('button', { name: 'Refresh token' }).click()
    const box = page.getByRole('dialog', { name: 'Your new token' })
    await expect.poll(() => descriptionOf(box)).toContain('This is the only time that the secret is shown.')
  })
})

describeInChromium('from right to left', () => {
  it('the menu ends where its button ends, tabs go the other way, and a link is written as links are', async () => {
    const { page } = await opened(['Website sync'], { lang: 'he' })
    await expect.poll(() => page.locator('html').getAttribute('dir')).toBe('rtl')
    const dots = rowOf(page, 'Website sync').getByRole('button').last()
    await dots.click()
    const leftOf = async (one: typeof dots) => Math.round((await one.boundingBox())?.x ?? -1)
    await expect.poll(() => leftOf(page.getByRole('menu'))).toBe(await leftOf(dots))
    await page.keyboard.press('Escape')
    await page.getByRole('tab', { name: 'REST API' }).press('ArrowLeft')
    await page.getByRole('tab', { name: 'npm registry', selected: true }).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('tab', { name: 'REST API', selected: true }).waitFor()
    await choose(page, 'Website sync', 'Edit token')
    await page.getByRole('radio', { name: 'Only selected resources' }).check()
    const area = page.getByLabel('Links to resources')
    await expect.poll(() => area.evaluate((element) => getComputedStyle(element).direction)).toBe('ltr')
  })

  it.each([
    ['he', 'rtl'],
    ['fa-IR', 'rtl'],
    ['az-Arab', 'rtl'],
    ['az', null],
    ['ar-Latn', null],
  ])('is %s as its script is: %s', async (lang, dir) => {
    const { hub } = await hubWorld({ lang })
    const html = await (await hub(new Request('https://example.com/developers/tokens'))).text()
    expect(/<html lang="[^"]+"(?: dir="(\w+)")?>/.exec(html)?.[1] ?? null).toBe(dir)
  })
})

describeInChromium('with little room or other colours', () => {
  it('320 pixels are enough, and nothing sticks out', async () => {
    const { page } = await opened(['Website sync'], {}, { viewport: { width: 320, height: 480 } })
    const widest = () =>
      page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll('dialog[open]')].map((element) =>
          // Narrower is the root where room is kept for a scroll bar.
          Math.max(0, element.scrollWidth - element.clientWidth),
        ),
      )
    await expect.poll(() => widest()).toEqual([0])
    await choose(page, 'Website sync', 'Edit token')
    await page.getByRole('radio', { name: 'Only selected resources' }).check()
    await page.getByLabel('Links to resources').fill(`${LINKS.landing} ${LINKS.nonsense}`)
    await page.getByText('To fix: 1').first().waitFor()
    await expect.poll(() => widest()).toEqual([0, 0])
  })

  it('the chosen tab can be told from the others in colours of the system', async () => {
    const { page } = await opened([], {}, { forcedColors: 'active' })
    const lineOf = (tab: string) =>
      page.getByRole('tab', { name: tab }).evaluate((element) => {
        const { borderBottomColor, backgroundColor } = getComputedStyle(element)
        return { line: borderBottomColor, behind: backgroundColor }
      })
    const [chosen, other] = [await lineOf('REST API'), await lineOf('npm registry')]
    expect(chosen.line).not.toBe(other.line)
  })

  it('paper has the tokens and nothing to press', async () => {
    const { page } = await opened(['Website sync'])
    await page.emulateMedia({ media: 'print' })
    await expect.poll(() => page.getByText('Website sync').isVisible()).toBe(true)
    await expect.poll(() => page.getByLabel('Search tokens').isVisible()).toBe(false)
    await expect
      .poll(() => rowOf(page, 'Website sync').getByRole('button', { name: 'Actions' }).isVisible())
      .toBe(false)
  })
})
