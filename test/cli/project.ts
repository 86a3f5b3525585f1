/**
 * Projects of tests: a folder with a configuration, in which the built command line runs. In CI each command is a process of its own;
 * elsewhere those that run to their end share one (host.ts), since most of the time of a process is its start.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject, onTestFinished } from 'vitest'
import { type Outcome, runInHost } from './host.ts'

/** Where they are: below the repository, so that they find its drivers, and beside the built package. */
export const PROJECTS = fileURLToPath(new URL('../../.vitest/cli/', import.meta.url))
export const BIN = join(PROJECTS, 'node_modules/plan-access-tokens/dist/cli/bin.js')

/** A command that runs. */
interface Running {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Outcome>
  /** Resolves when stdout or stderr has had this text. */
  until(text: string): Promise<void>
}

/** How a command is started. */
interface Start {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly node?: readonly string[]
}

export interface Project {
  readonly folder: string
  write(file: string, text: string): string
  /** Runs a command to its end. */
  run(args: readonly string[], start?: Omit<Start, 'node'>): Promise<Outcome>
  /** Starts one that goes on, or that is to be a process of its own. */
  start(args: readonly string[], start?: Start): Running
}

/** Makes an empty one, with these files. */
export function project(files: Readonly<Record<string, string>> = {}): Project {
  mkdirSync(PROJECTS, { recursive: true })
  const folder = mkdtempSync(join(PROJECTS, 'project-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const write = (file: string, text: string): string => {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  for (const [file, text] of Object.entries(files)) write(file, text)
  const start = (args: readonly string[], { input, env, cwd = folder, node = [] }: Start = {}): Running =>
    running(spawn(process.execPath, [...node, BIN, ...args], { cwd, env: environment(env) }), input)
  const socket = inject('commandHost')
  const run: Project['run'] = (args, how = {}) => {
    const { input = '', env, cwd = folder } = how
    return socket === undefined
      ? start(args, { input: '', ...how }).ended
      : runInHost(socket, { args, cwd, env: environment(env), input })
  }
  return { folder, write, start, run }
}

/** Nothing of the machine that runs the tests, but for where programs are. */
function environment(own: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '', TMPDIR } = process.env
  const git = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  return { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }), ...git, ...own }
}

function running(child: ChildProcessWithoutNullStreams, input: string | undefined): Running {
  let stdout = ''
  let stderr = ''
  const watchers = new Set<() => void>()
  const take = (add: (text: string) => void) => (text: string) => {
    add(text)
    for (const watch of watchers) watch()
  }
  child.stdout.setEncoding('utf8').on(
    'data',
    take((text) => {
      stdout += text
    }),
  )
  child.stderr.setEncoding('utf8').on(
    'data',
    take((text) => {
      stderr += text
    }),
  )
  child.stdin.on('error', () => undefined)
  if (input !== undefined) child.stdin.end(input)
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  const until = async (text: string): Promise<void> => {
    const isThere = (): boolean => stdout.includes(text) || stderr.includes(text)
    if (isThere()) return
    const seen = new Promise<void>((resolve) => watchers.add(() => isThere() && resolve()))
    const early = ended.then((outcome) => {
      if (!isThere()) throw new Error(`It ended before it said ${JSON.stringify(text)}: ${JSON.stringify(outcome)}`)
    })
    await Promise.race([seen, early])
  }
  return { child, ended, until }
}

/** What the API of the projects looks like to a token. */
export const INVOICES = {
  surface: 'invoices',
  credential: { headers: ['x-invoices-key'], bearer: true },
  tiers: ['business'],
  scopes: { 'invoice:read': {}, 'invoice:write': {} },
  types: { live: { prefix: 'inv_live', selfRenewal: { afterPart: 0.5 } } },
  kinds: { client: { id: 'digits' } },
  links: { hosts: ['app.invoices.example'], shapes: ['/clients/{client}'] },
  endpoints: {
    'GET /v1/clients/{client}/invoices': { scopes: ['invoice:read'], names: [{ kind: 'client', at: 'path:client' }] },
    'POST /v1/invoices': { scopes: ['invoice:write'], names: [{ kind: 'client', at: 'body:client' }] },
  },
} as const

/** A project with a store in SQLite, a small policy and two plans. `admin-1` is the actor of `acme`. */
export const SQLITE: Readonly<Record<string, string>> = {
  'world.mjs': `
import { Kysely, SqliteDialect } from 'kysely'
import Libsql from 'libsql'
import { definePolicy } from 'plan-access-tokens'
import { sqlStore } from 'plan-access-tokens/stores/sql'
import { testDirectory } from 'plan-access-tokens/testing'

export const policy = definePolicy(${JSON.stringify(INVOICES)})
export const directory = testDirectory({
  acme: { tier: 'business', admins: ['admin-1'], resources: { 'client:12': {}, 'client:34': {} } },
  other: { tier: 'business', admins: ['admin-2'], resources: { 'client:99': {} } },
})
export const database = new Kysely({
  dialect: new SqliteDialect({ database: async () => new Libsql(new URL('tokens.db', import.meta.url).pathname) }),
})
export const store = sqlStore(database)
`,
  'plan-access-tokens.config.mjs': `
import { defineConfig } from 'plan-access-tokens/config'
import { database, directory, policy, store } from './world.mjs'

export default defineConfig({ policy, store, directory, database, actor: 'admin-1', close: () => database.destroy() })
`,
}

/** Arguments that make a token. */
export const CREATE: readonly string[] = [
  ...['create', '--plan', 'acme', '--type', 'live', '--name', 'Nightly export', '--days', '30'],
  ...['--scope', 'invoice:read', '--resource', 'https://app.invoices.example/clients/12'],
]

/** A database with the tables that the first project here has made. */
let tables: Buffer | undefined

/** A project with its tables made, by the command if no other has them yet. */
export async function migrated(files: Readonly<Record<string, string>> = SQLITE): Promise<Project> {
  const made = project(files)
  const database = join(made.folder, 'tokens.db')
  if (tables === undefined) {
    const { code, stderr } = await made.run(['migrate'])
    if (code !== 0) throw new Error(stderr)
    tables = readFileSync(database)
  } else writeFileSync(database, tables)
  return made
}
