/** The worker of worker.ts on plain workerd, with a Durable Object that keeps SQLite on a disk. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { freePort } from '../../../examples/npm-registry/free-port.ts'

/** One that runs. */
export interface Workerd {
  readonly url: string
  stop(): Promise<void>
}

/** worker.ts as one module. */
export async function bundleWorker(entry = './worker.ts'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    ...{ bundle: true, write: false, format: 'esm', conditions: ['worker'], tsconfig: 'tsconfig.json' },
  })
  return outputFiles[0]?.text ?? ''
}

const CONFIG = (address: string) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "disk", disk = (path = "disk", writable = true))],
  sockets = [(name = "http", address = "${address}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
  durableObjectNamespaces = [(className = "Tokens", uniqueKey = "tokens", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [(name = "OBJECTS", durableObjectNamespace = "Tokens")],
);
`

/** Starts it on a free port, in a folder of its own. */
export async function startWorkerd(worker: string): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), 'workerd-'))
  const address = `127.0.0.1:${await freePort()}`
  await mkdir(join(folder, 'disk'))
  await writeFile(join(folder, 'worker.js'), worker)
  await writeFile(join(folder, 'worker.capnp'), CONFIG(address))
  const { default: program } = createRequire(import.meta.url)('workerd') as { readonly default: string }
  const child = spawn(program, ['serve', 'worker.capnp'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const stop = async (): Promise<void> => {
    await end(child)
    await rm(folder, { recursive: true, force: true })
  }
  const url = `http://${address}`
  for (let tries = 0; tries < 400 && child.exitCode === null; tries++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return { url, stop }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await stop()
  throw new Error(`workerd did not start:\n${said}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
