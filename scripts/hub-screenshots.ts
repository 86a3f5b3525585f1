/**
 * `npx tsx scripts/hub-screenshots.ts`: takes the pictures of docs/images/ from the real page of `npm run hub`. Needs a Chromium,
 * `/usr/bin/chromium` or what `CHROMIUM` names.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import sharp from 'sharp'

const root = fileURLToPath(new URL('../', import.meta.url))
const images = `${root}docs/images/`

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  for await (const line of createInterface(stdout as NodeJS.ReadableStream)) {
    const [, address] = /^The hub: (\S+)$/.exec(line) ?? []
    if (address !== undefined) return address
  }
  throw new Error('The hub ended before it listened.')
}

async function toResources(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Generate REST API token' }).click()
  await page.getByLabel('Name').fill('Nightly export')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('checkbox', { name: 'file_content:read', exact: true }).check()
  await page.getByRole('button', { name: 'Next' }).click()
  const links = [
    ...['https://www.figma.com/design/ABCDEFG123/Landing-page', 'https://www.figma.com/files/123456789/team/456/Brand'],
    'https://www.figma.com/desing/LOGOS2026',
  ]
  await page.getByLabel('Links to resources').fill(links.join('\n'))
  await page.getByText('To fix: 1').first().waitFor()
}

const PICTURES: readonly {
  readonly name: string
  readonly dark?: true
  readonly reach: (page: Page) => Promise<unknown>
}[] = [
  { name: 'hub', reach: (page) => page.getByRole('row').nth(1).waitFor() },
  { name: 'hub-dark', dark: true, reach: (page) => page.getByRole('row').nth(1).waitFor() },
  { name: 'hub-resources', reach: toResources },
  {
    name: 'hub-token',
    async reach(page) {
      await page.getByLabel('Organization').selectOption('Globex')
      await page.getByRole('button', { name: 'Roadmap export' }).click()
      await page.getByRole('button', { name: 'Approve' }).waitFor()
    },
  },
  {
    name: 'hub-usage',
    async reach(page) {
      await page.getByRole('link', { name: 'Usage' }).click()
      await page.getByText(/requests in 90 days/).waitFor()
    },
  },
]

mkdirSync(images, { recursive: true })
const program = spawn(process.execPath, ['--import', 'tsx', 'examples/hub/main.ts'], {
  cwd: root,
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
try {
  const address = await addressOf(program)
  for (const { name, dark, reach } of PICTURES) {
    const page = await browser.newPage({
      viewport: { width: 1120, height: 720 },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      locale: 'en-US',
    })
    await page.goto(address)
    await reach(page)
    // A page of few colours, so that each is small.
    await sharp(await page.screenshot())
      .png({ palette: true, colours: 64, effort: 10 })
      .toFile(`${images}${name}.png`)
    await page.close()
  }
} finally {
  await browser.close()
  program.kill()
}
