/**
 * Installs the libraries of bench/peers/packages.json into a folder of the system's for temporary files, once for each list of
 * versions, so that nobody who only works on this library has them.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const list = readFileSync(new URL('packages.json', import.meta.url), 'utf8')

/** The folder that they are installed in. */
export function installedPeers(): string {
  const folder = join(
    tmpdir(),
    `plan-access-tokens-peers-${createHash('sha256').update(list).digest('hex').slice(0, 12)}`,
  )
  const isDone = join(folder, 'done')
  if (existsSync(isDone)) return folder
  const packages = Object.entries(JSON.parse(list) as { readonly [name: string]: string }).map((pair) => pair.join('@'))
  console.error(`Installing ${packages.join(' ')} into ${folder}`)
  // The plugin of better-auth asks for another version of a peer than better-auth itself does.
  const loosely = '--legacy-peer-deps'
  const flags = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', loosely]
  const { status } = spawnSync('npm', ['install', ...flags, ...packages], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error('The libraries to compare with were not installed.')
  writeFileSync(isDone, '')
  return folder
}
