/**
 * Projects on the platforms, with the package as it is built beside them: each in a folder below that of the platforms, so that
 * it finds both as an installed project would. Every process is ended by its id, and every folder removed.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../../examples/npm-registry/free-port.ts'
import { buildPackage } from '../support/built-package.ts'
import { type Platform, tools } from './platforms.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const here = fileURLToPath(new URL('./', import.meta.url))

/** What a build may take on a machine that is busy. */
const BUILD_MS = 150_000

/** A folder with the package in its node_modules. */
export interface Home {
  readonly folder: string
  remove(): Promise<void>
}

/** Builds the package once, into a folder where the projects find it and what is installed in the folder above. */
export async function newHome(above = tools): Promise<Home> {
  const folder = await mkdtemp(join(above ?? tmpdir(), 'plan-tokens-platforms-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await install(join(folder, 'node_modules'))
  } catch (error) {
    await remove()
    throw error
  }
  return { folder, remove }
}

async function install(modules: string): Promise<void> {
  await buildPackage(join(modules, 'plan-access-tokens'))
  // Copies and no links: some bundlers follow none that lead out of the project.
  for (const name of ['@noble/hashes', 'nanoid', 'zod'])
    await cp(join(root, 'node_modules', name), join(modules, name), { recursive: true })
}

/** A platform that listens. */
export interface Running {
  readonly port: number
  /** All that it has printed. */
  output(): string
  end(): Promise<void>
}

/** Makes the project of a platform, builds it and starts it. */
export async function startPlatform(home: Home, platform: Platform): Promise<Running> {
  const { name, source, into = '', build, start } = platform
  const folder = await mkdtemp(join(home.folder, 'project-'))
  await cp(join(here, source), folder, { recursive: true })
  await cp(join(here, 'tokens.js'), join(folder, into, 'tokens.js'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'host', private: true, type: 'module' }))
  const port = await freePort()
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, HOST: '127.0.0.1', PORT: String(port), PLATFORMS: tools ?? '' },
    ...{ CI: '1', NO_COLOR: '1', NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', DENO_NO_UPDATE_CHECK: '1' },
  }
  if (build) {
    const [program, ...args] = build
    await promisify(execFile)(program, args, { cwd: folder, env, timeout: BUILD_MS }).catch((error) => {
      throw new Error(`${name} was not built.\n${error.stdout}\n${error.stderr}`, { cause: error })
    })
  }
  const [program, ...args] = start(port)
  // A group of its own, so that what it starts ends with it.
  const child = spawn(program, args, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      printed += chunk
    })
  const orphan = (): void => {
    killGroup(child)
    rmSync(home.folder, { recursive: true, force: true })
  }
  process.once('exit', orphan)
  // What could not be started never exits.
  const gone = once(child, 'exit').catch(() => undefined)
  const end = async (): Promise<void> => {
    process.off('exit', orphan)
    killGroup(child)
    await gone
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await listening(port, child)
  } catch (error) {
    await end()
    throw new Error(`${name} did not start.\n${printed}`, { cause: error })
  }
  return { port, output: () => printed, end }
}

/** It may say in any words that it listens, so it is tried. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) throw new Error('It ended.')
    if (await accepts(port)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('It takes no connections.')
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
