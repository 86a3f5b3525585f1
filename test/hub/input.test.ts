/** Whatever a person types: each field with what does not fit, what is said of it and where, and that nothing typed is lost. */
import type { Locator } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { descriptionOf, hubWorld, isFocused, LINKS, paste } from './world.ts'

const open = useChromium()

/** The modal that makes a token, on its first page. */
async function wizard(options: Parameters<typeof hubWorld>[0] = {}) {
  const world = await hubWorld(options)
  const { page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
  await page.goto(world.url)
  await page.getByRole('button', { name: 'Generate REST API token' }).click()
  const dialog = page.getByRole('dialog')
  const press = (name: string) => dialog.getByRole('button', { name, exact: true }).click()
  const heading = (name: string) => dialog.getByRole('heading', { name }).waitFor()
  return {
    ...{ ...world, page, dialog, press, heading },
    /** Goes to the page with the scopes, or to that with the resources. */
    async go(to: 'scopes' | 'resources') {
      await dialog.getByLabel('Name').fill('Nightly export')
      await press('Next')
      await heading('Choose scopes')
      if (to === 'scopes') return
      await dialog.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
      await press('Next')
      await heading('Choose resources')
    },
  }
}

/** Fails unless a control is marked, has the focus, and is read with a message. */
async function expectMarked(control: Locator, message: string): Promise<void> {
  await control.and(control.page().locator('[aria-invalid=true]')).waitFor()
  await expect.poll(() => descriptionOf(control)).toContain(message)
  await expect.poll(() => isFocused(control)).toBe(true)
}

const EMPTY = 'Write something here.'
const REFUSED = 'Remove line breaks, and characters that are invisible or broken.'
const tooLong = (most: string, length: string) => `At most ${most} characters fit; these are ${length}.`
/** Texts of every kind that are right. */
const FITTING = [
  'مفتاح التصدير الليلي',
  'שלום <b>&amp;</b>',
  '日本語',
  '👩‍👩‍👧‍👦 e\u0301',
  "'; DROP TABLE--",
  '{token} $& $1',
]

describeInChromium('what is typed', () => {
  describe.each<[string, string, readonly string[]]>([
    ['Name', '', [...FITTING, '🦄'.repeat(100), 'x'.repeat(100), `  ${'x'.repeat(100)}  `]],
    ['Description', 'Nightly export', [...FITTING, '', '🦄'.repeat(1_000)]],
  ])('as %s', (label, name, texts) => {
    it('stays over Next and Back if it fits', async () => {
      const { dialog, press, heading } = await wizard()
      await dialog.getByLabel('Name').fill(name)
      for (const text of texts) {
        await dialog.getByLabel(label).fill(text)
        await press('Next')
        await heading('Choose scopes')
        await press('Back')
        await heading('Describe your token')
        await expect.poll(() => dialog.getByLabel(label).inputValue()).toBe(text)
      }
    })
  })

  it.each<[string, string, string, string]>([
    ['Name', 'nothing', '', EMPTY],
    ['Name', 'blanks', ' \u00a0 ', EMPTY],
    ['Name', 'too much', 'x'.repeat(101), tooLong('100', '101')],
    ['Name', 'too many emoji', '🦄'.repeat(101), tooLong('100', '101')],
    ['Name', 'far too much', 'x'.repeat(50_000), tooLong('100', '50,000')],
    ['Name', 'a control character', 'a\u0007b', REFUSED],
    ['Name', 'an override of direction', 'a\u202eb', REFUSED],
    ['Name', 'an isolate', '\u2067abc\u2069', REFUSED],
    ['Description', 'too much', 'x'.repeat(1_001), tooLong('1,000', '1,001')],
    ['Description', 'a line break', 'one\ntwo', REFUSED],
    ['Description', 'a line separator', 'one\u2028two', REFUSED],
  ])('as %s, %s is kept back, told at its field, and not lost', async (label, _, text, message) => {
    const { dialog, press, heading } = await wizard()
    await dialog.getByLabel('Name').fill('Nightly export')
    const field = dialog.getByLabel(label)
    await field.fill(text)
    await press('Next')
    await expectMarked(field, message)
    await heading('Describe your token')
    await expect.poll(() => field.inputValue()).toBe(text)
    await field.fill('right')
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('false')
    await expect.poll(() => dialog.getByText(message).count()).toBe(0)
  })
})

describeInChromium('expiration', () => {
  const dateIn = (days: number): string =>
    new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' }).format(NOON + days * 86_400_000)
  const NOON = Date.parse('2026-03-01T12:00:00Z')
  const clock = { now: () => NOON }

  it('says of each choice when it would be', async () => {
    const { dialog } = await wizard({ clock })
    const texts = await dialog.getByLabel('Expiration').locator('option').allTextContents()
    const days = [30, 60, 90].map((one) => `${one} days, until ${dateIn(one)}`)
    expect(texts).toEqual([...days, `1 year, until ${dateIn(365)}`, 'Custom …'])
  })

  it('takes a day of a calendar, tells how far away it is, and keeps it', async () => {
    const { dialog, press, heading } = await wizard({ clock })
    await dialog.getByLabel('Name').fill('Nightly export')
    await dialog.getByLabel('Expiration').selectOption({ label: 'Custom …' })
    const field = dialog.getByLabel('Ends on')
    // What was chosen before, until one chooses another.
    await expect.poll(() => field.inputValue()).toBe('2026-05-30')
    for (const wrong of ['2026-03-01', '2026-02-28', '2027-03-02', '0001-01-01', '9999-12-31', '']) {
      await field.fill(wrong)
      await press('Next')
      await expectMarked(field, 'Choose a day that lies ahead, by 365 days at most.')
      await expect.poll(() => field.inputValue()).toBe(wrong)
    }
    for (const [day, away] of [
      ['2026-03-02', 'In 1 day.'],
      ['2026-04-15', 'In 45 days.'],
      ['2027-03-01', 'In 365 days.'],
    ] as const) {
      await dialog.getByLabel('Expiration').selectOption({ label: 'Custom …' })
      await field.fill(day)
      await expect.poll(() => descriptionOf(field)).toContain(away)
      await press('Next')
      await heading('Choose scopes')
      await press('Back')
      await heading('Describe your token')
      const shown = await dialog.getByLabel('Expiration').evaluate((one) => (one as HTMLSelectElement).value)
      // A day that is one of the choices is that choice again.
      if (shown === 'other') await expect.poll(() => field.inputValue()).toBe(day)
      else expect([shown, day]).toEqual(['365', '2027-03-01'])
    }
  })
})

describeInChromium('scopes', () => {
  it('none is a mistake, which is read with them; one mends it', async () => {
    const { dialog, press, go } = await wizard()
    await go('scopes')
    await press('Next')
    const first = dialog.getByRole('checkbox').first()
    await expectMarked(first, 'Choose at least one scope.')
    await first.check()
    await expect.poll(() => dialog.locator('[aria-invalid=true]').count()).toBe(0)
  })

  it('are in groups, searched by every word, and told apart when deprecated', async () => {
    const { dialog, press, go, heading, tokens } = await wizard()
    await go('scopes')
    const names = tokens.policies[0]?.types.find(({ name }) => name === 'rest')?.scopes ?? []
    const boxes = dialog.getByRole('checkbox')
    await expect.poll(() => boxes.count()).toBe(names.length)
    const offered = tokens.policies[0]?.scopes.filter(({ name }) => names.includes(name))
    const groups = new Set(offered?.map(({ group }) => group ?? 'Others'))
    for (const group of groups)
      await expect.poll(() => dialog.getByRole('group', { name: group, exact: true }).count()).toBe(1)
    const old = tokens.policies[0]?.scopes.find(({ deprecated, name }) => deprecated && names.includes(name))
    const description = await descriptionOf(boxes.and(dialog.getByLabel(old?.name ?? '', { exact: true })))
    expect(description).toContain(`Deprecated ${old?.deprecated}`)

    await dialog.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
    const search = dialog.getByLabel('Search scopes')
    await search.fill('  WEBHOOKS  read ')
    await expect.poll(() => boxes.count()).toBeLessThan(4)
    await dialog.getByRole('checkbox', { name: 'webhooks:read' }).check()
    await search.fill('(.*\\ <🦄> \u202e')
    await dialog.getByText('No scope matches.').waitFor()
    await expect.poll(() => descriptionOf(search)).toContain('2 chosen')
    await press('Next')
    await heading('Choose resources')
    await press('Back')
    await expect.poll(() => dialog.getByRole('checkbox', { checked: true }).count()).toBe(2)
  })
})

const selectionIn = (area: Locator): Promise<string> =>
  area.evaluate((one) => {
    const { value, selectionStart, selectionEnd } = one as HTMLTextAreaElement
    return value.slice(selectionStart, selectionEnd)
  })

describeInChromium('links', () => {
  it('are judged as one types: names of what is recognised, mistakes at their link', async () => {
    const { dialog, press, go, page } = await wizard()
    await go('resources')
    const area = dialog.getByLabel('Links to resources')
    await press('Create')
    await expectMarked(area, 'Paste at least one link, or choose all resources.')
    // The commas of a prototype's link are its own.
    const landing = `${LINKS.landing}#viewport=241,48,0.19`
    await area.fill(`🦄, ${landing}\n${LINKS.elsewhere}`)
    await dialog.getByText('To fix: 2 Recognized: 1').waitFor()
    // In the order of the text, each with what it is or what is wrong with it.
    const rows = dialog.getByRole('list', { name: 'What the links lead to' }).getByRole('listitem')
    const texts = await rows.allTextContents()
    expect(texts).toEqual([
      expect.stringContaining('🦄'),
      expect.stringContaining('Landing page file'),
      expect.stringContaining(`${LINKS.elsewhere}There is no such file in this plan.`),
    ])
    await rows.nth(2).getByRole('button', { name: 'Show in the text' }).press('Enter')
    await expect.poll(() => selectionIn(area)).toBe(LINKS.elsewhere)
    await page.keyboard.type(LINKS.brand)
    await dialog.getByText('To fix: 1 Recognized: 2').waitFor()
    await rows.getByText('Brand', { exact: true }).waitFor()
    await press('Create')
    await expectMarked(area, 'Fix the links that are marked, or remove them.')
    await dialog.getByRole('button', { name: 'Remove all of these' }).press('Enter')
    await expect.poll(() => area.inputValue()).toBe(`${landing}\n${LINKS.brand}`)
    await expect.poll(() => isFocused(area)).toBe(true)
    await press('Create')
    await page.getByRole('dialog', { name: 'Your new token' }).waitFor()
  })

  it('5,000 with 50 mistakes stay usable', async () => {
    const { dialog, press, go, heading } = await wizard()
    await go('resources')
    const area = dialog.getByLabel('Links to resources')
    const links = Array.from({ length: 5_000 }, (_, i) =>
      i % 100 === 99 ? `https://www.figma.com/nonsense/${i}` : `https://www.figma.com/design/NOWHERE${i}`,
    )
    const tooMany = '4,950 links are too many: at most 1,000 are taken.'
    await paste(area, links.join('\n'))
    const wrong = dialog.getByRole('list', { name: 'What the links lead to' }).getByRole('listitem')
    await wrong.first().waitFor()
    // Nobody has looked them up, so none of them is recognised.
    await dialog.getByText('To fix: 50 Not looked up yet: 4,950').waitFor()
    await expect.poll(() => dialog.getByText('Recognized').count()).toBe(0)
    await expect.poll(() => wrong.count()).toBe(50)
    // Only the number is said aloud, not 50 sentences.
    await expect.poll(() => wrong.getByRole('alert').count()).toBe(0)
    await expect.poll(() => descriptionOf(area)).toContain(tooMany)
    for (const [nth, link] of [
      [0, links[99]],
      [49, links[4_999]],
      [24, links[2_499]],
    ] as const) {
      await wrong.nth(nth).getByRole('button', { name: 'Show in the text' }).click()
      await expect.poll(() => selectionIn(area)).toBe(link)
      // It is brought into sight: the text is scrolled to about where it is.
      const { top, height, all } = await area.evaluate((one) => ({
        ...{ top: one.scrollTop, height: one.clientHeight, all: one.scrollHeight },
      }))
      const at = (links.indexOf(link ?? '') / links.length) * all
      expect(top).toBeGreaterThan(at - height * 1.5)
      expect(top).toBeLessThan(at + height * 0.5)
    }
    await press('Back')
    await heading('Choose scopes')
    await press('Next')
    await heading('Choose resources')
    await expect.poll(() => area.inputValue()).toBe(links.join('\n'))
    await dialog.getByRole('button', { name: 'Remove all of these' }).click()
    await dialog.getByText('To fix').waitFor({ state: 'detached' })
    const rest = (await area.inputValue()).split('\n')
    expect(rest).toEqual(links.filter((link) => !link.includes('nonsense')))
    await press('Create')
    await expectMarked(area, tooMany)
    // Below the limit they are looked up, and found to be nothing.
    await paste(area, rest.slice(0, 1_000).join('\n'))
    await dialog.getByText('To fix: 1,000 Recognized: 0').waitFor()
  })

  it('one file in two spellings counts once, and of more spellings than links are taken a token is made', async () => {
    const { dialog, press, go, page } = await wizard()
    await go('resources')
    const area = dialog.getByLabel('Links to resources')
    await area.fill(`${LINKS.landing}\nfigma.com/file/ABCDEFG123`)
    await dialog.getByText('Recognized: 1').first().waitFor()
    await expect
      .poll(() => dialog.getByRole('list', { name: 'What the links lead to' }).getByRole('listitem').count())
      .toBe(1)
    const spellings = Array.from({ length: 1_200 }, (_, i) => `https://www.figma.com/design/ABCDEFG123/${i}`)
    await paste(area, spellings.join('\n'))
    await dialog.getByText('Recognized: 1').first().waitFor()
    await press('Create')
    await page.getByRole('dialog', { name: 'Your new token' }).waitFor()
  })
})
