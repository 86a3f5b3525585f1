/**
 * The real npm, pnpm and yarn, each run in a folder of its own with its own configuration and cache, so that a test leaves
 * nothing behind and meets nothing of the machine's.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url))

/** Where the heavy ones are installed, if anywhere: test/platforms. */
const heavy = join(process.env.PLATFORMS ?? '', 'node_modules')

/** How each client is started. */
const PROGRAMS = {
  npm: ['npm'],
  bun: [join(heavy, '.bin/bun')],
  deno: [join(heavy, '.bin/deno')],
  changeset: [process.execPath, join(modules, '@changesets/cli/bin.js')],
  git: ['git'],
  pnpm: [process.execPath, join(modules, 'pnpm/bin/pnpm.cjs')],
  yarn1: [process.execPath, join(modules, 'yarn-classic/bin/yarn.js')],
  yarn: [process.execPath, join(modules, 'yarn-modern/bin/yarn.js')],
} as const

/** The folder of the npm that is installed, with its own libraries. */
export const npmHome = (): string => join(execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim(), 'npm')

/** What a command did. */
interface Ran {
  readonly status: number
  /** What stood on the terminal, standard output and error together. */
  readonly text: string
}

/** A folder of files with a home of its own. */
export interface Place {
  readonly folder: string
  /** What its environment holds; a test may put more into it. */
  readonly env: { [name: string]: string | undefined }
  /** Runs a client there; `NPM_TOKEN` is in its environment. */
  run(client: keyof typeof PROGRAMS, ...args: readonly string[]): Promise<Ran>
  remove(): Promise<void>
}

/** Makes a folder with these files. */
export async function newPlace(files: { readonly [path: string]: string }, token: string): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'npm-client-'))
  const [folder, home] = [join(root, 'project'), join(root, 'home')]
  await mkdir(home)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const env: { [name: string]: string | undefined } = {
    PATH: process.env.PATH,
    HOME: home,
    NPM_TOKEN: token,
    CI: '1',
    NO_COLOR: '1',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_cache: join(root, 'cache'),
    npm_config_fetch_retries: '0',
    YARN_CACHE_FOLDER: join(root, 'yarn-cache'),
    YARN_GLOBAL_FOLDER: join(root, 'yarn'),
    YARN_ENABLE_TELEMETRY: '0',
    YARN_ENABLE_IMMUTABLE_INSTALLS: '0',
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_IGNORE_PATH: '1',
    COREPACK_ENABLE_STRICT: '0',
    BUN_INSTALL_CACHE_DIR: join(root, 'bun-cache'),
    DENO_DIR: join(root, 'deno'),
    DENO_NO_UPDATE_CHECK: '1',
  }
  return {
    folder,
    env,
    run: (client, ...args) =>
      new Promise((done, failed) => {
        const [command, ...first] = PROGRAMS[client]
        const child = spawn(command, [...first, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
        let text = ''
        const listen = (chunk: unknown): void => {
          text += String(chunk)
        }
        child.stdout.on('data', listen)
        child.stderr.on('data', listen)
        child.once('error', failed)
        child.once('close', (status) => done({ status: status ?? 1, text }))
      }),
    remove: () => rm(root, { recursive: true, force: true }),
  }
}
