/**
 * Libraries that have made the keys of others, as they come from the registry: better-auth with its API keys, bcrypt and argon2. They
 * are heavy, so a folder that KEY_LIBRARIES names holds them.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const { KEY_LIBRARIES: named = '' } = process.env
const folder = named !== '' && existsSync(named) ? resolve(named) : ''

/** What is installed, the one list of it. */
const VERSIONS: { readonly [name: string]: string } = JSON.parse(
  readFileSync(new URL('packages.json', import.meta.url), 'utf8'),
)

/** The command that installs what is missing; `.ci/run` makes it of the same list. */
export const LIBRARIES_COMMAND = `npm install --prefix <dir> --ignore-scripts ${Object.entries(VERSIONS)
  .map((pair) => pair.join('@'))
  .join(' ')}, then KEY_LIBRARIES=<dir> npm test`

/** Whether all of them are there, in the versions of the list. */
export const areInstalled = Object.entries(VERSIONS).every(([name, version]) => {
  const manifest = join(folder, 'node_modules', name, 'package.json')
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version
})

/** A module of them, by its name. */
export async function load<T>(name: string): Promise<T> {
  const path = createRequire(join(folder, 'package.json')).resolve(name)
  return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as T
}
