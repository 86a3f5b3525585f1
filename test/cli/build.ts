/** Builds the package once for the tests of the command line, into a folder in which projects of tests find it as installed. */
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { setup as buildHubOnce } from '../support/build-hub.ts'
import { buildPackage } from '../support/built-package.ts'
import { IN_CI } from '../support/rounds.ts'
import { PROJECTS } from './project.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

export async function setup(): Promise<void> {
  await buildHubOnce()
  rmSync(PROJECTS, { recursive: true, force: true })
  mkdirSync(PROJECTS, { recursive: true })
  // Or else the package would be found by its own name in the repository.
  writeFileSync(join(PROJECTS, 'package.json'), '{ "name": "projects", "private": true }')
  const folder = join(PROJECTS, 'node_modules/plan-access-tokens')
  await buildPackage(folder)
  if (!IN_CI) await entriesInFewFiles(folder)
  await inFewFiles('zod', { index: 'zod', mini: 'zod/mini' })
  await inFewFiles('kysely', { index: 'kysely' })
}

/** The same modules, those of an entry in a file and those of several in files between them. In CI they stay as they were built. */
async function entriesInFewFiles(folder: string): Promise<void> {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>
  }
  const entries = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.default]))
  const [dist, outdir] = [join(folder, 'dist'), join(folder, 'few')]
  await build({
    ...{ entryPoints: [...entries, './dist/cli/main.js'], absWorkingDir: folder, outbase: dist, outdir },
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', packages: 'external' },
  })
  cpSync(join(dist, 'cli/bin.js'), join(outdir, 'cli/bin.js'))
  rmSync(dist, { recursive: true })
  renameSync(outdir, dist)
}

/**
 * A dependency with its entries in a file each: every command is a process, which would spend a third of its time on finding hundreds
 * of files.
 */
async function inFewFiles(name: string, entryPoints: Readonly<Record<string, string>>): Promise<void> {
  const outdir = join(PROJECTS, 'node_modules', name)
  await build({
    ...{ entryPoints, absWorkingDir: root, outdir },
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node' },
  })
  const exports = Object.keys(entryPoints).map((entry) => [entry === 'index' ? '.' : `./${entry}`, `./${entry}.js`])
  const manifest = { name, type: 'module', exports: Object.fromEntries(exports) }
  writeFileSync(join(outdir, 'package.json'), JSON.stringify(manifest))
}

export function teardown(): void {
  rmSync(PROJECTS, { recursive: true, force: true })
}
