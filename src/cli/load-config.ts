/**
 * Finds and loads the configuration of a project. TypeScript is loaded by Node where it can, or else by `jiti` if the project has
 * it. What stands in it: config/config.ts.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Config, defineConfig } from '../config/config.ts'
import { isObject } from '../core/objects.ts'
import { CliError } from './exit.ts'
import { failureOf } from './failure.ts'

/** What a configuration may be called, in the order in which it is looked for. */
const CONFIG_FILES = ['ts', 'mts', 'mjs', 'js'].map((ending) => `plan-access-tokens.config.${ending}`)

/** Loads it: the file that is named, or the nearest in this folder and those above it. */
export async function loadConfig(named: string | undefined): Promise<Config> {
  const path = named === undefined ? nearest(process.cwd()) : resolve(named)
  if (path === undefined)
    throw new CliError(
      'config',
      'config_missing',
      `There is no ${CONFIG_FILES[0]} (or .mts, .mjs, .js) here or above. Run "plan-access-tokens init", or name the file with --config.`,
    )
  if (!existsSync(path)) throw new CliError('config', 'config_missing', `${path} does not exist.`)
  const given = await defaultOf(path)
  try {
    return defineConfig(given as Config)
  } catch (thrown) {
    const { issues, message } = failureOf(thrown)
    throw new CliError('config', 'config_invalid', `${path}: ${message}`, issues)
  }
}

/** The file in a folder or the nearest above it. */
function nearest(folder: string): string | undefined {
  const found = CONFIG_FILES.map((file) => join(folder, file)).find(existsSync)
  const above = dirname(folder)
  return found ?? (above === folder ? undefined : nearest(above))
}

async function defaultOf(path: string): Promise<unknown> {
  let loaded: unknown
  try {
    loaded = await importFrom(path)
  } catch (thrown) {
    if (thrown instanceof CliError) throw thrown
    // The host's own words about its own file, in its own terminal: only they say what is wrong with it.
    const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    throw new CliError('config', 'config_throws', `${path} cannot be loaded. ${words}`)
  }
  const found = isObject(loaded) ? (loaded as { readonly default?: unknown }).default : undefined
  if (found === undefined)
    throw new CliError(
      'config',
      'config_invalid',
      `${path} has no default export. Write: export default defineConfig({ … })`,
    )
  return found
}

/** Whether this Node reads TypeScript itself (22.18 and later). */
export const readsTypeScript = (): boolean =>
  Boolean((process.features as { readonly typescript?: unknown }).typescript)

/** Loads a module, of TypeScript too. */
export async function importFrom(path: string): Promise<unknown> {
  if (!/\.m?ts$/.test(path) || readsTypeScript()) return import(pathToFileURL(path).href)
  const require = createRequire(path)
  let jiti: string
  try {
    jiti = require.resolve('jiti')
  } catch {
    throw new CliError(
      'config',
      'config_typescript',
      `Node ${process.versions.node} reads no TypeScript. Run "npm install -D jiti", or Node 22.18 or later, or name the file .mjs and write it in JavaScript.`,
    )
  }
  const { createJiti } = (await import(pathToFileURL(jiti).href)) as {
    createJiti(from: string): { import(path: string): Promise<unknown> }
  }
  return createJiti(path).import(path)
}
