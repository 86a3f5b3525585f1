/** The audit log of a plan: what the server finds of it, and what the page shows, filters and saves. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { TokenEvent } from 'plan-access-tokens'
import { toNode } from 'plan-access-tokens/admin'
import { hubHandler } from 'plan-access-tokens/hub'
import { describe, expect, it } from 'vitest'
import { type LogFilter, walkLog } from '../../src/hub/plan/log.ts'
import { listen } from '../admin/server.ts'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { describeInChromium } from '../support/chromium.ts'
import { DAY } from '../support/world.ts'
import { back, hubWorld, isFocused, PATH, PLAN, rowOf } from './world.ts'

const open = useBrowsers()

describe('a walk through a log', () => {
  const HOUR = 3_600_000
  /** A log of so many events, an hour apart, of three actors, and how many pages were asked for. */
  function logOf(count: number, wrong: (i: number) => number | undefined = () => undefined) {
    const dateOf = (i: number): number => wrong(i) ?? i * HOUR + (i % 7) * 60_000
    const all = Array.from({ length: count }, (_, i) => ({
      ...({ v: 1, id: `e${i}`, seq: 3 * i + 1, at: dateOf(i), version: 1, planId: PLAN } as const),
      ...{ type: i % 5 === 0 ? 'revoked' : 'edited', tokenId: `t${i % 4}`, actor: ['ada', 'bob', null][i % 3] },
    })) as readonly TokenEvent[]
    const asked = { pages: 0 }
    const engine = {
      events: async (input: object) => {
        asked.pages += 1
        const { order, limit, after, tokenId } = input as {
          order: string
          limit: number
          after?: string
          tokenId?: string
        }
        const isOn = ({ seq }: TokenEvent) => after === undefined || (order === 'newest' ? seq < +after : seq > +after)
        const fitting = all.filter((event) => isOn(event) && (tokenId === undefined || event.tokenId === tokenId))
        if (order === 'newest') fitting.reverse()
        const events = fitting.slice(0, limit)
        return { events, ...(fitting.length > limit && { next: String(events.at(-1)?.seq) }) }
      },
    }
    return { all, asked, asker: { engine: engine as never, actor: { id: 'ada' }, planId: PLAN } }
  }

  it.each<[LogFilter]>([
    [{}],
    [{ type: 'revoked' }],
    [{ by: 'bob', tokenId: 't1' }],
    [{ from: 9_000 * HOUR }],
    [{ to: 3_000 * HOUR, type: 'revoked' }],
    [{ from: 5_000 * HOUR, to: 5_050 * HOUR, by: 'ada' }],
    [{ from: 5, to: 4 }],
    [{ from: 20_000 * HOUR }],
  ])('%j finds what a plain filter finds, in both orders, part by part', async (filter) => {
    await isFoundPlainly(logOf(12_000), filter)
  })

  it.each([
    ['stood at the beginning of all times', 0],
    ['was a century ahead', 1_000_000 * HOUR],
  ])('an event of a clock that %s hides no others', async (_, at) => {
    // One at the newest end and at the oldest, those that a search by halving meets first, and every tenth.
    const log = logOf(12_000, (i) => (i % 10 === 0 || i === 11_999 || i % 1_500 === 1 ? at : undefined))
    for (const filter of [
      { from: 9_000 * HOUR },
      { to: 3_000 * HOUR },
      { from: 5_000 * HOUR, to: 5_050 * HOUR },
    ] satisfies LogFilter[])
      await isFoundPlainly(log, filter, (event) => event.at !== at)
  })

  async function isFoundPlainly(
    { all, asker }: ReturnType<typeof logOf>,
    filter: LogFilter,
    isMeant: (event: TokenEvent) => boolean = () => true,
  ): Promise<void> {
    const { type, by, tokenId, from = 0, to = Number.MAX_SAFE_INTEGER } = filter
    const wanted = all.filter(
      (event) =>
        (type === undefined || event.type === type) &&
        (by === undefined || event.actor === by) &&
        (tokenId === undefined || event.tokenId === tokenId) &&
        event.at >= from &&
        event.at < to,
    )
    for (const order of ['oldest', 'newest'] as const) {
      const found: TokenEvent[] = []
      for (let after: string | undefined; ; ) {
        const part = await walkLog(asker, filter, { order, limit: 700, ...(after !== undefined && { after }) })
        expect(part.events.length).toBeLessThanOrEqual(700)
        found.push(...part.events)
        after = part.next
        if (after === undefined) break
      }
      if (order === 'newest') found.reverse()
      const idsOf = (events: readonly TokenEvent[]) => events.filter(isMeant).map(({ id }) => id)
      expect(idsOf(found)).toEqual(idsOf(wanted))
    }
  }

  it('reads a bounded number of pages, says how far it has looked, and finds a day of long ago without what came since', async () => {
    const { asker, asked } = logOf(200_000)
    const none = await walkLog(asker, { by: 'nobody' }, { order: 'newest', limit: 50 })
    expect([none.events, asked.pages]).toEqual([[], 10])
    expect(none.lookedTo).toBeGreaterThan(0)
    asked.pages = 0
    const day = { from: 1_000 * HOUR, to: 1_024 * HOUR }
    expect((await walkLog(asker, day, { order: 'newest', limit: 50 })).events).toHaveLength(24)
    expect(asked.pages).toBeLessThan(20)
  })
})

async function opened(hash = 'view=log', tokenCount = 1) {
  const world = await hubWorld()
  const made = []
  for (let i = 0; i < tokenCount; i++) made.push((await world.make(i === 0 ? 'Website sync' : `Token ${i}`)).token)
  const id = made[0]?.id ?? ''
  await world.tokens.edit({ actor: { id: 'bob', address: '203.0.113.7' }, id, name: 'Website sync (prod)' })
  const gone = (await world.make('Old export')).token
  await world.tokens.revoke({ actor: 'ada', id: gone.id, reason: 'The project <b>has</b> ended' })
  const { page } = await open({ acceptDownloads: true })
  await page.goto(`${world.url}#${hash}`)
  const entries = page.locator('.logged > li')
  return { ...world, made, id, gone, page, entries, dialog: page.getByRole('dialog') }
}

const withoutPicker = () => void Object.assign(globalThis, { showSaveFilePicker: undefined })

describeInBrowsers('the log', () => {
  it('reads as sentences, the newest first: which token, who, from where, why, and what it was before', async () => {
    const { page, entries } = await opened()
    await entries.first().waitFor()
    await expect.poll(() => page.getByRole('link', { name: 'Audit log' }).getAttribute('aria-current')).toBe('page')
    const texts = await entries.allTextContents()
    expect(texts.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/Old export.*ada revoked the token.*The project <b>has<\/b> ended/),
      expect.stringMatching(/Old export.*ada created the token/),
      expect.stringMatching(/Website sync \(prod\).*bob edited Name.*203\.0\.113\.7/),
      expect.stringMatching(/Website sync \(prod\).*ada created the token/),
    ])
    const edit = entries.nth(2)
    await expect.poll(() => edit.getByText('Website sync', { exact: true }).isVisible()).toBe(false)
    await edit.getByText('What changed').click()
    await edit.locator('del').getByText('Website sync').waitFor()
  })

  it('is filtered by what stands in the address, which Back leads back through', async () => {
    const { page, entries, id } = await opened()
    await entries.nth(3).waitFor()
    await page.getByLabel('Event').selectOption({ label: 'Revoked' })
    await entries.nth(1).waitFor({ state: 'detached' })
    expect(page.url()).toContain('event=revoked')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByLabel('Actor').pressSequentially('bob')
    await page.getByLabel('Actor').press('Enter')
    await entries.filter({ hasText: 'bob edited' }).waitFor()
    await entries.nth(1).waitFor({ state: 'detached' })
    await page.reload()
    await entries.filter({ hasText: 'bob edited' }).waitFor()
    await expect.poll(() => page.getByLabel('Actor').inputValue()).toBe('bob')
    await entries.first().hover()
    await entries.first().getByRole('button', { name: 'Only this token' }).click()
    await page.waitForURL((url) => url.hash.includes(`about=${id}`) && url.hash.includes('actor=bob'))
    for (const [key, value] of [
      ['about', null],
      ['actor', null],
      ['event', 'revoked'],
    ] as const) {
      await back(page)
      await expect
        .poll(() => page.evaluate((one) => new URLSearchParams(location.hash.slice(1)).get(one), key))
        .toBe(value)
    }
    await entries.filter({ hasText: 'revoked the token' }).waitFor()
    await expect.poll(() => entries.count()).toBe(1)
  })

  it('has days of the browser’s time zone, the last of them whole', async () => {
    const { page, entries, clock } = await opened()
    await entries.nth(3).waitFor()
    const day = (away: number): string => new Date(clock.now() + away * DAY).toISOString().slice(0, 10)
    await page.getByLabel('To', { exact: true }).fill(day(0))
    await entries.nth(3).waitFor()
    await page.getByLabel('From', { exact: true }).fill(day(1))
    await page.getByLabel('To', { exact: true }).fill(day(2))
    await page.getByText('Nothing in the log fits these filters.').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).first().click()
    await entries.nth(3).waitFor()
  })

  it('leaves out a filter that is nonsense, says so, and takes no secret for one', async () => {
    const { page, entries, make, state } = await opened('view=log&event=nonsense&from=2026-02-31&actor=ada')
    await entries.first().waitFor()
    await page.getByText('A filter in the address could not be read').waitFor()
    await expect.poll(() => page.getByLabel('Event').inputValue()).toBe('')
    await expect.poll(() => page.getByLabel('Actor').inputValue()).toBe('ada')
    const { secret } = await make('Leaky')
    const text = typeof secret === 'string' ? secret : (secret as unknown as { reveal(): string }).reveal()
    await page.getByLabel('Token id').fill(text)
    await page.keyboard.press('Enter')
    await page.getByText('This is a secret, so it was not sent.').waitFor()
    expect(page.url()).not.toContain(text)
    expect(state.requests.filter((one) => one.includes(text))).toEqual([])
  })

  it('goes on with earlier entries, comes back fresh, and shows an id where a token is gone', async () => {
    const { page, entries, tokens, id } = await opened('view=log', 60)
    await entries.nth(49).waitFor()
    await expect.poll(() => entries.count()).toBe(50)
    await page.getByRole('button', { name: 'Earlier entries' }).click()
    await entries.nth(62).waitFor()
    await expect.poll(() => isFocused(page.locator('.entries'))).toBe(true)
    await tokens.edit({ actor: 'bob', id, description: 'New' })
    await page.waitForTimeout(2_100)
    await page.evaluate(() => dispatchEvent(new Event('focus')))
    await entries.filter({ hasText: 'bob edited Description' }).waitFor()
    await expect.poll(() => entries.count()).toBe(64)
  })

  it('says what is wrong when the server fails, and the session or the right is gone', async () => {
    const { page, entries, state } = await opened()
    await entries.first().waitFor()
    state.actor = 'eve'
    await page.getByLabel('Event').selectOption({ label: 'Created' })
    await page.getByText('You are no longer an admin of this organization.').waitFor()
    state.actor = undefined
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('You are no longer signed in.').waitFor()
    state.actor = 'ada'
    await page.getByRole('button', { name: 'Try again' }).click()
    await entries.first().waitFor()
  })

  /** As in a browser that cannot write files itself. */
  it('can be ended again where the disk had no room for the end, and says when it is saved', async () => {
    const { page, entries, dialog } = await opened('view=log')
    await entries.first().waitFor()
    await page.evaluate(() => {
      const file = { text: '', tries: 0 }
      Object.assign(globalThis, {
        file,
        showSaveFilePicker: async () => ({
          createWritable: async () => ({
            write: async (text: string) => Object.assign(file, { text: file.text + text }),
            async close() {
              file.tries += 1
              if (file.tries === 1) throw new DOMException('No room.', 'QuotaExceededError')
            },
            abort: async () => undefined,
          }),
        }),
      })
    })
    await page.getByRole('button', { name: 'Export…' }).click()
    await dialog.getByLabel('NDJSON').check()
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await dialog.getByText('Nothing is saved until all of it has come.').waitFor()
    await dialog.getByRole('button', { name: 'Try again' }).click()
    await dialog.getByText('entries were saved.').waitFor()
    const file = await page.evaluate(() => (globalThis as unknown as { file: { text: string; tries: number } }).file)
    const ids = file.text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as TokenEvent).id)
    expect([file.tries, new Set(ids).size]).toEqual([2, ids.length])
  })

  it('is written to a file as it comes, goes on after a failure, and is there only once it is whole', async () => {
    const { page, entries, dialog, state, tokens } = await opened('view=log', 60)
    await entries.first().waitFor()
    // A file of the disk, as far as a page sees it.
    await page.evaluate(() => {
      const file = { text: '', state: 'open' }
      Object.assign(globalThis, {
        file,
        showSaveFilePicker: async () => ({
          createWritable: async () => ({
            async write(text: string) {
              file.text += text
            },
            async close() {
              file.state = 'saved'
            },
            async abort() {
              file.state = 'dropped'
            },
          }),
        }),
      })
    })
    const file = () => page.evaluate(() => (globalThis as unknown as { file: { text: string; state: string } }).file)
    await page.getByRole('button', { name: 'Export…' }).click()
    await dialog.getByLabel('NDJSON').check()
    state.fault = (asked) => (asked.includes('/log/export') ? { status: 500, body: '' } : undefined)
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await dialog.getByText('Nothing is saved until all of it has come.').waitFor()
    expect((await file()).state).toBe('open')
    state.fault = () => undefined
    await dialog.getByRole('button', { name: 'Try again' }).click()
    await dialog.getByText('63 entries were saved.').waitFor()
    const { text, state: outcome } = await file()
    const { events } = await tokens.events({ actor: 'ada', planId: PLAN, limit: 500 })
    expect(outcome).toBe('saved')
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual(events.map(({ id }) => id))
  })

  it('of a million entries can be stopped half-way, and nothing is saved then', async () => {
    const { page, entries, dialog } = await opened()
    await entries.first().waitFor()
    await page.evaluate(withoutPicker)
    let part = 0
    await page.route('**/log/export?*', async (route) => {
      part += 1
      const text = `${'x'.repeat(100)}\n`.repeat(1_000)
      await route.fulfill({ json: { text, count: 1_000, next: String(part), at: part * DAY } })
    })
    let downloads = 0
    page.on('download', () => {
      downloads += 1
    })
    await page.getByRole('button', { name: 'Export…' }).click()
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await dialog.getByText(/\d,000 entries so far\. Now at/).waitFor()
    await dialog.getByRole('button', { name: 'Stop' }).click()
    await expect.poll(() => dialog.count()).toBe(0)
    const asked = part
    await page.waitForTimeout(300)
    expect([downloads, part <= asked + 1]).toEqual([0, true])
  })
})

describeInBrowsers('the views of a plan', () => {
  it('are links in the head; the tokens are one of them, and Back leads from one to the other', async () => {
    const world = await hubWorld()
    await world.make('Website sync')
    const { page } = await open()
    await page.goto(world.url)
    await rowOf(page, 'Website sync').waitFor()
    const current = () => page.getByRole('navigation', { name: 'Views' }).locator('[aria-current=page]').textContent()
    await expect.poll(() => current()).toBe('Tokens')
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByText('created the token').waitFor()
    await page.getByRole('link', { name: 'Expirations' }).click()
    await page.getByText('1 active token').first().waitFor()
    expect(page.url()).toContain('view=usage')
    await back(page)
    await page.getByText('created the token').waitFor()
    await expect.poll(() => current()).toBe('Audit log')
    await back(page)
    await rowOf(page, 'Website sync').waitFor()
    await page.getByLabel('Organization').selectOption({ label: 'Globex' })
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByText('Nothing has happened here yet.').waitFor()
    await page.getByLabel('Organization').selectOption({ label: 'Acme' })
    await page.getByText('created the token').waitFor()
  })
})

/** Firefox tells its driver of no file that it saves. */
describeInChromium('a file of the log', () => {
  it('is saved as CSV, what is filtered and nothing else', async () => {
    const { page, entries, dialog } = await opened('view=log&actor=ada')
    await entries.first().waitFor()
    await page.evaluate(withoutPicker)
    await page.getByRole('button', { name: 'Export…' }).click()
    await dialog.getByText('What fits the filters').waitFor()
    const download = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await dialog.getByText('3 entries were saved.').waitFor()
    const saved = await download
    expect(saved.suggestedFilename()).toMatch(/^audit-log-1001-\d{4}-\d\d-\d\d\.csv$/)
    const lines = (await readFile(await saved.path(), 'utf8')).trim().split('\r\n')
    expect(lines[0]).toMatch(/^seq,at,type,/)
    expect(lines.slice(1).map((line) => line.split(',')[2])).toEqual(['created', 'created', 'revoked'])
  })
})

describeInChromium('an entry of a token that lies elsewhere by now', () => {
  it.each([
    ['of mine leads there', {}, '1002'],
    ['of others leads nowhere', { plan: '1001' }, undefined],
  ])('in an organization %s', async (_, options, plan) => {
    const world = await hubWorld(options)
    const { token } = await world.make('Website sync')
    const get: typeof world.tokens.get = async (input) => {
      const found = await world.tokens.get(input)
      return found.id === token.id ? { ...found, planId: '1002' } : found
    }
    const plans = () => Object.entries(world.names).map(([id, name]) => ({ id, name, tier: 'organization' }))
    const hub = hubHandler({
      ...{ tokens: { ...world.tokens, get }, actor: () => 'ada', plans, basePath: PATH, clock: world.clock },
      ...options,
    })
    const { page } = await open()
    await page.goto(`${await listen(createServer(toNode(hub)))}${PATH}#plan=1001&view=log`)
    const entry = page.getByRole('listitem').filter({ hasText: 'Website sync' }).first()
    await entry.waitFor()
    await expect
      .poll(() => entry.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href'))))
      .toEqual(plan === undefined ? [] : [`#plan=${plan}&token=${token.id}`])
  })
})
