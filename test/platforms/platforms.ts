/** The platforms that the Fetch guard names: how each is built and started, and whether it is installed. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

type Command = readonly [program: string, ...args: readonly string[]]

export interface Platform {
  readonly name: string
  /** The folder of its sources. */
  readonly source: string
  /** Where in its project `tokens.js` goes. */
  readonly into?: string
  /** What its paths begin with. */
  readonly base?: string
  /** Whether its router tells the handler which file was asked for. */
  readonly routes?: boolean
  /** What it needs of the folder that PLATFORMS names. */
  readonly packages: readonly string[]
  readonly build?: Command
  start(port: number): Command
}

const { PLATFORMS: named = '' } = process.env
/** Where they are installed, if anywhere. */
export const tools = named !== '' && existsSync(named) ? resolve(named) : undefined

const ours = fileURLToPath(new URL('../../node_modules/', import.meta.url))
const theirs = join(tools ?? '', 'node_modules')
const node = (path: string, ...args: readonly string[]): Command => [process.execPath, path, ...args]

export const PLATFORMS: readonly Platform[] = [
  { name: 'Bun', source: 'module', packages: ['bun'], start: () => [join(theirs, '.bin/bun'), 'server.js'] },
  {
    ...{ name: 'the router of Bun', source: 'bun-routes', routes: true, packages: ['bun'] },
    start: () => [join(theirs, '.bin/bun'), 'server.js'],
  },
  {
    ...{ name: 'Elysia on Bun', source: 'elysia', routes: true, packages: ['bun', 'elysia'] },
    start: () => [join(theirs, '.bin/bun'), 'server.js'],
  },
  {
    ...{ name: "Google's Functions Framework", source: 'functions', routes: true },
    packages: ['@google-cloud/functions-framework'],
    start: () => node(join(theirs, '@google-cloud/functions-framework/build/src/main.js'), '--target=api'),
  },
  {
    ...{ name: 'Deno', source: 'module', packages: ['deno'] },
    start: (port) => [
      ...([join(theirs, '.bin/deno'), 'serve', '--no-prompt'] as const),
      ...['--host=127.0.0.1', `--port=${port}`, 'server.js'],
    ],
  },
  {
    ...{ name: 'Next.js', source: 'next', routes: true, packages: ['next', 'react', 'react-dom'] },
    build: node(join(theirs, 'next/dist/bin/next'), 'build'),
    start: (port) => node(join(theirs, 'next/dist/bin/next'), 'start', '--hostname=127.0.0.1', `--port=${port}`),
  },
  {
    ...{ name: 'SvelteKit', source: 'sveltekit', into: 'src', base: '/api', routes: true },
    packages: ['@sveltejs/kit', '@sveltejs/adapter-node', '@sveltejs/vite-plugin-svelte', 'svelte', 'vite'],
    build: node(join(theirs, 'vite/bin/vite.js'), 'build'),
    start: () => node('build/index.js'),
  },
  { name: 'h3', source: 'h3', routes: true, packages: ['h3'], start: () => node('server.js') },
  {
    ...{ name: 'Nitro', source: 'nitro', routes: true, packages: ['nitro'] },
    build: node(join(theirs, 'nitro/dist/cli/index.mjs'), 'build'),
    start: () => node('.output/server/index.mjs'),
  },
  {
    ...{ name: 'workerd', source: 'module', packages: [] },
    build: [join(ours, '.bin/esbuild'), 'server.js', '--bundle', '--format=esm', '--outfile=worker.js'],
    start: (port) => [
      createRequire(import.meta.url)('workerd').default,
      ...['serve', 'worker.capnp', `--socket-addr=http=127.0.0.1:${port}`],
    ],
  },
]

/** What is installed for them, the one list of it. */
export const VERSIONS: { readonly [name: string]: string } = JSON.parse(
  readFileSync(new URL('packages.json', import.meta.url), 'utf8'),
)

/** The command that installs what is missing; `.ci/run` makes it of the same list. */
export const PLATFORMS_COMMAND = `npm install --prefix <dir> ${Object.entries(VERSIONS)
  .map((pair) => pair.join('@'))
  .join(' ')}, then PLATFORMS=<dir> npm test`

/** Whether all that it needs is there, in the versions of the list. */
export const isInstalled = ({ packages }: Pick<Platform, 'packages'>): boolean =>
  packages.every((name) => VERSIONS[name] !== undefined && installed(name) === VERSIONS[name])

/** The version of a package in the folder that PLATFORMS names: what lies among our own is found by no project of a platform. */
function installed(name: string): unknown {
  if (!tools) return undefined
  try {
    return JSON.parse(readFileSync(join(theirs, name, 'package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}
