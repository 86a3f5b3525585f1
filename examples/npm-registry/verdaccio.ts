/**
 * A real verdaccio to try things with: in a temporary folder and on a free loopback port, ended by its process id. Open to
 * everybody who reaches it unless the configuration says otherwise, and with no registry above it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

/** A registry that runs. */
export interface Verdaccio {
  readonly port: number
  readonly url: string
  /** Where its storage and its configuration are. */
  readonly folder: string
  /** Everything that it wrote to its log so far. */
  log(): string
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

const program = createRequire(import.meta.url).resolve('verdaccio/bin/verdaccio')
const OPEN = { access: '$all', publish: '$all', unpublish: '$all' }

/** Starts a registry; `config` is put over the one described above, `env` over this process's own environment. */
export async function startVerdaccio(
  config: { readonly [field: string]: unknown } = {},
  env: { readonly [name: string]: string } = {},
): Promise<Verdaccio> {
  const folder = await mkdtemp(join(tmpdir(), 'verdaccio-'))
  const port = await freePort()
  const file = join(folder, 'config.yaml')
  const whole = {
    storage: './storage',
    uplinks: {},
    auth: { htpasswd: { file: './htpasswd', max_users: -1 } },
    packages: { '@acme/*': OPEN, '**': OPEN },
    web: { enable: false },
    log: { type: 'stdout', format: 'json', level: 'http' },
    ...config,
  }
  // JSON is YAML.
  await writeFile(file, JSON.stringify(whole))
  const child = spawn(process.execPath, [program, '--config', file, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: { ...process.env, ...env },
  })
  const orphan = (): void => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', orphan)
  let said = ''
  const listen = (chunk: unknown): void => {
    said += String(chunk)
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const stop = async (): Promise<void> => {
    process.off('exit', orphan)
    await end(child)
    await rm(folder, { recursive: true, force: true })
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await answers(`${url}/-/ping`, child)
  } catch {
    await stop()
    throw new Error(`verdaccio did not start:\n${said.slice(-5_000)}`)
  }
  return { port, url, folder, log: () => said, stop }
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    const isUp = await fetch(url).then(
      (response) => response.status < 500,
      () => false,
    )
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('no answer')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
