/**
 * Drizzle's and Prisma's own programs, and Prisma itself, out of the folder that ORMS names: as development dependencies they would
 * double what everybody downloads. What is in it: test/stores/clients/packages.json.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

/** The folder; `undefined` where it is not installed. */
export const ORMS: string | undefined = existsSync(join(process.env.ORMS ?? '/', 'node_modules/prisma'))
  ? process.env.ORMS
  : undefined

/** The command that installs what is missing. */
const ORMS_COMMAND =
  'npm install --ignore-scripts --prefix <dir> the packages of test/stores/clients/packages.json, then ORMS=<dir> npm test'

/** A title that says how to have the tests run. */
export const withOrms = (title: string): string => (ORMS ? title : `${title} (skipped without it: ${ORMS_COMMAND})`)

/** A package of the folder, loaded. */
export async function ormsImport<T>(name: string): Promise<T> {
  const file = createRequire(join(ORMS ?? '/', 'package.json')).resolve(name)
  return (await import(pathToFileURL(file).href)) as T
}

/** Runs a program of the folder: what it printed, and how it ended. */
export async function ormsRun(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number; readonly text: string }> {
  const env = {
    ...process.env,
    // Prisma's command line would look for an engine elsewhere that nothing here runs.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CI: 'true',
    NO_COLOR: '1',
  }
  const run = promisify(execFile)(process.execPath, [join(ORMS ?? '', 'node_modules', program), ...args], {
    cwd,
    env,
    timeout: 60_000,
  })
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code: typeof code === 'number' ? code : 1, text: `${stdout}${stderr}` }),
  )
}

/** A folder in which the packages are found, with these files. */
export function ormsProject(files: { readonly [name: string]: string }): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(ORMS ?? '', 'project-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
