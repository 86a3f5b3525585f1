/**
 * Pictures of the page that are compared with committed ones (pictures/), as eyes would: what anti-aliasing alone has changed is
 * not seen, a control that is a pixel lower or of another colour is. `-u` takes them anew, as vitest's snapshots; what differs is
 * written to screenshots/ with the difference beside it. How a state is reached: states.test.ts.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import pixelmatch from 'pixelmatch'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect } from 'vitest'

export const PICTURES = fileURLToPath(new URL('pictures/', import.meta.url))
/** Where what differs is written, for whoever changes the page. */
const SEEN = fileURLToPath(new URL('../../screenshots/', import.meta.url))
for (const folder of [PICTURES, SEEN]) mkdirSync(folder, { recursive: true })

const require = createRequire(import.meta.url)
const FONTS = {
  Inter: readFileSync(require.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'), 'base64'),
  Mono: readFileSync(
    require.resolve('@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2'),
    'base64',
  ),
}

/** What the hub is told of its letters, so that each machine has the same. */
export const SAME_LETTERS = ':root { --hub-font: "Inter"; --hub-mono: "Mono" }'

/** Gives the pages of a tab these letters. They come as bytes, which the page's policy does not ask for. */
export async function sameLetters(page: Page): Promise<void> {
  await page.addInitScript((fonts) => {
    for (const [name, font] of Object.entries(fonts))
      document.fonts.add(
        new FontFace(name, Uint8Array.from(atob(font), (char) => char.charCodeAt(0)).buffer, { weight: '100 900' }),
      )
  }, FONTS)
}

/** The same ids and secrets at each run. */
export function sameRandom(): (bytes: number) => Uint8Array {
  let state = 1
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  }
  return (bytes) => Uint8Array.from({ length: bytes }, next)
}

/** How different a pixel may look: the distance in OKLab, 1 from black to white. */
const THRESHOLD = 0.02
/** So many different pixels in a square of 24 are not seen: a curve of a letter that another Chromium draws otherwise. */
const WINDOW = { size: 24, most: 6 }

export interface Raw {
  readonly data: Buffer
  readonly width: number
  readonly height: number
}

/** What the page looks like, by a part of its pixels: where only colours are looked at, each second one is enough. */
export async function drawn(page: Page, size = 1): Promise<Raw> {
  await withoutCaret(page, true)
  const picture = await page.screenshot({ animations: 'disabled' })
  await withoutCaret(page, false)
  return rawOf(picture, size)
}

/** A caret blinks, and in forced colours no style hides it; a field that cannot be written in has none. */
const withoutCaret = (page: Page, isHidden: boolean): Promise<void> =>
  page.evaluate((readOnly) => {
    if (document.activeElement?.matches('input, textarea')) Object.assign(document.activeElement, { readOnly })
  }, isHidden)

async function rawOf(picture: Buffer, size = 1): Promise<Raw> {
  const image = sharp(picture).ensureAlpha()
  const { width = 0 } = await image.metadata()
  const smaller = size === 1 ? image : image.resize(Math.round(width * size), undefined, { kernel: 'nearest' })
  const { data, info } = await smaller.raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** How many pixels differ where most do, and a picture of where. */
export function difference(one: Raw, other: Raw): { readonly pixels: number; readonly where: Raw } {
  if (one.width !== other.width || one.height !== other.height)
    return { pixels: Number.POSITIVE_INFINITY, where: other }
  const data = Buffer.alloc(one.data.length)
  const options = { threshold: THRESHOLD, windowSize: WINDOW.size }
  const pixels = pixelmatch(one.data, other.data, data, one.width, one.height, options)
  return { pixels, where: { ...one, data } }
}

export const isSeen = ({ pixels }: { readonly pixels: number }): boolean => pixels > WINDOW.most

/**
 * Compares what the page looks like with its committed picture, and gives what is wrong, if anything. What came a moment too
 * early is looked at once more.
 */
export async function wrongWith(page: Page, name: string, size = 1): Promise<string | undefined> {
  const file = `${PICTURES}${name}.webp`
  const update = expect.getState().snapshotState.snapshotUpdateState
  const committed = existsSync(file) ? await rawOf(readFileSync(file)) : undefined
  let seen = await drawn(page, size)
  let found = committed && difference(committed, seen)
  if (committed && found && isSeen(found)) {
    await page.waitForTimeout(250)
    seen = await drawn(page, size)
    found = difference(committed, seen)
  }
  if (found && !isSeen(found)) return undefined
  if (update === 'all' || (update === 'new' && committed === undefined)) {
    await write(file, seen)
    return undefined
  }
  await write(`${SEEN}${name}.webp`, seen)
  if (found === undefined) return `${name} has no picture: npx vitest run test/hub/states.test.ts -u`
  await write(`${SEEN}${name}.different.webp`, found.where)
  return `${name} differs in ${found.pixels} pixels where most do: screenshots/${name}.different.webp`
}

/** Nearly without loss: the eye sees none, and the file is a fifth smaller. */
async function write(file: string, { data, width, height }: Raw): Promise<void> {
  const image = sharp(data, { raw: { width, height, channels: 4 } })
  writeFileSync(file, await image.webp({ nearLossless: true, quality: 60, effort: 6 }).toBuffer())
}
