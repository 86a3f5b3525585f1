/**
 * Programs for Figma's API as they come from the registry, unchanged: each is run in a folder of its own, told of a token by its
 * environment, and led to a server on the loopback by redirect.cjs. They are heavy, so they are installed beside the others'.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { FigmaServer } from './figma.ts'

const { FIGMA_PROGRAMS: named = '' } = process.env
const modules = join(named !== '' && existsSync(named) ? resolve(named) : '', 'node_modules')

/** What is installed, the one list of it. */
const VERSIONS: { readonly [name: string]: string } = JSON.parse(
  readFileSync(new URL('packages.json', import.meta.url), 'utf8'),
)

/** The command that installs what is missing; `.ci/run` makes it of the same list. */
export const PROGRAMS_COMMAND = `npm install --prefix <dir> ${Object.entries(VERSIONS)
  .map((pair) => pair.join('@'))
  .join(' ')}, then FIGMA_PROGRAMS=<dir> npm test`

/** Whether all of them are there, in the versions of the list. */
export const areInstalled = Object.entries(VERSIONS).every(([name, version]) => {
  const manifest = join(modules, name, 'package.json')
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version
})

/** Where an installed package lies. */
export const folderOf = (name: string): string => join(modules, name)

const PROGRAMS = {
  'figma-export': '@figma-export/cli/bin/run',
  figma: '@figma/code-connect/bin/figma',
  'figma-developer-mcp': 'figma-developer-mcp/dist/bin.js',
} as const

/** What a program did. */
interface Ran {
  readonly status: number
  /** What stood on the terminal, without colours: standard output and error together. */
  readonly text: string
}

/** What an MCP server answered a call of one of its tools. */
interface Answered {
  readonly isError: boolean
  readonly text: string
}

/** A folder in which programs run. */
export interface Project {
  readonly folder: string
  run(program: 'figma-export' | 'figma', ...args: readonly string[]): Promise<Ran>
  /** Starts the MCP server, calls a tool as an editor does, over its standard input, and ends it. */
  callTool(name: string, args: { readonly [name: string]: unknown }): Promise<Answered>
  /** The text of each file below a folder that a program wrote, by its name; empty if there is no such folder. */
  written(below: string): Promise<{ readonly [name: string]: string }>
  remove(): Promise<void>
}

/** Makes a folder with these files, for programs that have this secret. */
export async function newProject(
  server: FigmaServer,
  secret: string,
  files: { readonly [name: string]: string } = {},
): Promise<Project> {
  const root = await mkdtemp(join(tmpdir(), 'figma-program-'))
  const certificate = join(root, 'certificate.pem')
  await writeFile(certificate, server.certificate)
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text)
  const redirect = fileURLToPath(new URL('redirect.cjs', import.meta.url))
  const env = {
    ...{ PATH: process.env.PATH, HOME: root, CI: '1', NO_COLOR: '1', DO_NOT_TRACK: '1' },
    ...{ NODE_OPTIONS: `--require ${JSON.stringify(redirect)}`, NODE_EXTRA_CA_CERTS: certificate },
    FIGMA_PORT: String(server.securePort),
    // One for each program.
    ...{ FIGMA_TOKEN: secret, FIGMA_ACCESS_TOKEN: secret, FIGMA_API_KEY: secret },
  }
  const start = (program: keyof typeof PROGRAMS, args: readonly string[]): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, [join(modules, PROGRAMS[program]), ...args], { cwd: root, env })

  return {
    folder: root,
    async run(program, ...args) {
      const child = start(program, args)
      child.stdin.end()
      let text = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
      const [status] = (await once(child, 'close')) as [number | null]
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours a terminal begins with one.
      return { status: status ?? 1, text: text.replace(/\u001b\[[\d;]*m/g, '') }
    },
    async callTool(name, args) {
      const child = start('figma-developer-mcp', ['--stdio'])
      try {
        return await call(child, name, args)
      } finally {
        child.kill()
      }
    },
    async written(below) {
      const folder = join(root, below)
      const entries = existsSync(folder) ? await readdir(folder, { recursive: true, withFileTypes: true }) : []
      const found = entries.filter((entry) => entry.isFile())
      const texts = found.map(async ({ name, parentPath }) => [name, await readFile(join(parentPath, name), 'utf8')])
      return Object.fromEntries(await Promise.all(texts))
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

/** One call in the protocol of MCP: a JSON-RPC message a line. */
async function call(
  child: ChildProcessWithoutNullStreams,
  name: string,
  args: { readonly [name: string]: unknown },
): Promise<Answered> {
  const send = (message: object): void => void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const lines = createInterface({ input: child.stdout })
  let printed = ''
  child.stderr.on('data', (chunk) => (printed += chunk))
  const clientInfo = { name: 'test', version: '1' }
  send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } })
  for await (const line of lines) {
    const { id, result, error } = JSON.parse(line)
    if (error) throw new Error(JSON.stringify(error))
    if (id === 1) {
      send({ method: 'notifications/initialized' })
      send({ id: 2, method: 'tools/call', params: { name, arguments: args } })
    }
    if (id === 2)
      return {
        isError: result.isError === true,
        text: result.content.map((part: { text: string }) => part.text).join('\n'),
      }
  }
  throw new Error(`The server ended without an answer.\n${printed}`)
}
