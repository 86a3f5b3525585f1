/** Where the package is at home is said in one file, and nothing is published before it is said. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'publish-info-'))
mkdirSync(join(folder, 'scripts'))
for (const file of ['package.json', 'scripts/publish-info.ts']) cpSync(join(root, file), join(folder, file))
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const EMPTY = { repository: '', homepage: '', bugs: '' }
const FILLED = {
  repository: 'https://git.example.com/acme/tokens.git',
  homepage: 'https://example.com/tokens',
  bugs: 'https://git.example.com/acme/tokens/issues',
}

/** Runs a script of package.json with such a file, and gives what it says of it; nothing if it succeeds. */
function said(script: 'prepublishOnly' | 'publish-info', info: object): Promise<string[]> {
  writeFileSync(join(folder, 'scripts/publish-info.json'), JSON.stringify(info))
  return new Promise((resolve) => {
    execFile(
      'npm',
      ['run', '--silent', script],
      { cwd: folder, shell: process.platform === 'win32' },
      (error, _, stderr) => resolve(error ? stderr.split('\n').filter((line) => line.startsWith('scripts/')) : []),
    )
  })
}
const manifest = (): Record<string, unknown> => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

it('nothing is published while a field is empty, and each that is, is named', async () => {
  await said('publish-info', EMPTY)
  expect(manifest()).not.toHaveProperty('repository')
  expect(await said('prepublishOnly', EMPTY)).toEqual([
    expect.stringContaining('repository is empty'),
    expect.stringContaining('homepage is empty'),
    expect.stringContaining('bugs is empty'),
  ])
  expect(await said('prepublishOnly', { ...FILLED, bugs: 'http://example.com' })).toEqual([
    expect.stringContaining('bugs is no such address'),
    expect.stringContaining('package.json says something else'),
  ])
}, 60_000)

it('what is said stands in package.json by one command, and then the way is free', async () => {
  expect(await said('prepublishOnly', FILLED)).toEqual([expect.stringContaining('Run npm run publish-info.')])
  expect(await said('publish-info', FILLED)).toEqual([])
  expect(manifest()).toMatchObject({
    repository: { type: 'git', url: `git+${FILLED.repository}` },
    homepage: FILLED.homepage,
    bugs: { url: FILLED.bugs },
  })
  expect(await said('prepublishOnly', FILLED)).toEqual([])
}, 60_000)

it('package.json says what the file says now', () => {
  const info = JSON.parse(readFileSync(join(root, 'scripts/publish-info.json'), 'utf8')) as typeof EMPTY
  const { homepage, bugs, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect({
    repository: repository?.url.replace('git+', '') ?? '',
    homepage: homepage ?? '',
    bugs: bugs?.url ?? '',
  }).toEqual(info)
})
