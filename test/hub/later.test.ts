/** Parts of the page that lie in files of their own: loaded when one opens them, and told where that fails. */
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, hubWorld, rowOf } from './world.ts'

const open = useChromium()

async function opened(lang = 'en') {
  const world = await hubWorld({ lang })
  await world.make('Website sync')
  const { page } = await open()
  await page.goto(world.url)
  await rowOf(page, 'Website sync').waitFor()
  await page.waitForLoadState('networkidle')
  const asked = (): readonly string[] =>
    world.state.requests.flatMap((request) => /hub-[a-z]+-parts|texts-later/.exec(request)?.[0] ?? [])
  return { ...world, page, asked }
}

describeInChromium('a part of the page', () => {
  it('is loaded when one opens it, once', async () => {
    const { page, asked } = await opened()
    expect(asked()).toEqual([])
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await page.getByLabel('Name').waitFor()
    expect(asked().toSorted()).toEqual(['hub-later-parts', 'texts-later'])
    await page.keyboard.press('Escape')
    for (let i = 0; i < 2; i++) {
      await page.getByRole('link', { name: 'Audit log' }).click()
      await page.getByRole('button', { name: 'Export…' }).waitFor()
      await page.getByRole('link', { name: 'Tokens' }).click()
      await rowOf(page, 'Website sync').waitFor()
    }
    expect(asked().toSorted()).toEqual(['hub-later-parts', 'texts-later'])
  })

  it('that cannot be loaded says so, and comes at the next try', async () => {
    const { page } = await opened()
    await page.route('**/hub-later-parts*', (route) => route.abort())
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByText('The server could not be reached.').waitFor()
    await page.unroute('**/hub-later-parts*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('button', { name: 'Export…' }).waitFor()
  })

  it('comes with the texts that it needs, and not without them', async () => {
    const { page, asked } = await opened('de')
    await choose(page, 'Website sync', 'Details und Verlauf')
    await page.route('**/texts-later.*', (route) => route.fulfill({ status: 404, body: '' }))
    const drawer = page.getByRole('dialog')
    expect(asked()).toEqual([])
    await drawer.getByRole('tab', { name: 'Ausprobieren' }).click()
    await drawer.getByText('Der Server ist nicht erreichbar.').waitFor()
    await page.unroute('**/texts-later.*')
    await drawer.getByRole('button', { name: 'Noch einmal versuchen' }).click()
    await drawer.getByRole('button', { name: 'Erklären' }).click()
    await drawer.getByText('Prüfen Sie die Methode und den Pfad.').first().waitFor()
    expect(asked().toSorted()).toEqual(['hub-later-parts', 'texts-later'])
  })

  it.each([
    ['a desk', { width: 1280, height: 900 }],
    ['a phone', { width: 390, height: 780 }],
  ])('that is a form is as large before it is there as it is then, on %s', async (_, viewport) => {
    for (const form of ['Generate REST API token', 'Edit']) {
      const { page } = await opened()
      await page.setViewportSize(viewport)
      let goOn = (): void => undefined
      const held = new Promise<void>((resolve) => {
        goOn = resolve
      })
      await page.route('**/hub-later-parts*', (route) => held.then(() => route.continue()))
      const dialog = page.getByRole('dialog')
      if (form === 'Edit') await choose(page, 'Website sync', form)
      else await page.getByRole('button', { name: form }).click()
      await dialog.getByRole('status').waitFor()
      const before = await dialog.boundingBox()
      goOn()
      await dialog.getByLabel('Name', { exact: true }).waitFor()
      expect(await dialog.boundingBox(), form).toEqual(before)
    }
  })

  it('that is a modal can be left without it', async () => {
    const { page } = await opened()
    await page.route('**/hub-later-parts*', (route) => route.abort())
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await page.getByText('The server could not be reached.').waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await rowOf(page, 'Website sync').waitFor()
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  })
})
