/** Builds the package once for the tests of the command line, into a folder in which projects of tests find it as installed. */
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { rolldown } from 'rolldown'
import type { TestProject } from 'vitest/node'
import { setup as buildHubOnce } from '../support/build-hub.ts'
import { buildPackage } from '../support/built-package.ts'
import { IN_CI } from '../support/rounds.ts'
import { type CommandHost, startCommandHost } from './host.ts'
import { BIN, PROJECTS } from './project.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where commands run that need no process of their own; nowhere in CI. */
    readonly commandHost: string | undefined
  }
}

const root = fileURLToPath(new URL('../../', import.meta.url))

let host: CommandHost | undefined

export async function setup(project: TestProject): Promise<void> {
  await buildHubOnce()
  rmSync(PROJECTS, { recursive: true, force: true })
  mkdirSync(PROJECTS, { recursive: true })
  // Or else the package would be found by its own name in the repository.
  writeFileSync(join(PROJECTS, 'package.json'), '{ "name": "projects", "private": true }')
  const folder = join(PROJECTS, 'node_modules/plan-access-tokens')
  await buildPackage(folder)
  if (!IN_CI) await inOneFile(folder)
  await inFewFiles('zod', { index: 'zod', mini: 'zod/mini' })
  await inFewFiles('kysely', { index: 'kysely' })
  if (!IN_CI) host = await startCommandHost(BIN, PROJECTS)
  project.provide('commandHost', host?.socket)
}

/** The entry points that projects of these tests import: the few files have no other. */
const IMPORTED = [
  ...['index', 'addresses/index', 'admin/index', 'approvals/index', 'config/index', 'figma/index', 'leaks/index'],
  ...['legacy/index', 'limits/index', 'outbox/index', 'self-renewal/index', 'stores/sql/index', 'testing/index'],
  ...['http/node', 'openapi/index', 'usage/index'],
]

/**
 * The same modules in few files, and zod with them: one that most commands load, and one for each that a command alone loads. Every
 * command is a process, which would spend half of its time on finding files. In CI they stay as they were built.
 */
async function inOneFile(folder: string): Promise<void> {
  const [dist, dir] = [join(folder, 'dist'), join(folder, 'few')]
  const bundle = await rolldown({
    input: Object.fromEntries([...IMPORTED, 'cli/main'].map((entry) => [entry, join(dist, `${entry}.js`)])),
    platform: 'node',
    resolve: { alias: { 'zod/mini': join(root, 'node_modules/zod/mini/index.js') } },
    external: (id) => /^[@\w]/.test(id) && id !== 'zod/mini',
    preserveEntrySignatures: 'allow-extension',
  })
  await bundle.write({
    ...{ dir, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    codeSplitting: {
      groups: [{ name: 'package', tags: ['$initial'], test: (id) => !/\/dist\/(cli|openapi)\//.test(id) }],
    },
  })
  await bundle.close()
  cpSync(join(dist, 'cli/bin.js'), join(dir, 'cli/bin.js'))
  rmSync(dist, { recursive: true })
  renameSync(dir, dist)
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

export async function teardown(): Promise<void> {
  await host?.end()
  rmSync(PROJECTS, { recursive: true, force: true })
}
