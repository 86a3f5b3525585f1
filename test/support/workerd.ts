/** Workers on plain workerd, bundled: with a Durable Object that keeps SQLite on a disk, where they have one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { freePort } from '../../examples/npm-registry/free-port.ts'

/** One that runs. */
export interface Workerd {
  readonly url: string
  /** Ends it and starts it again over the same disk. */
  restart(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** A worker, by its path in the repository, as one module. */
export async function bundleWorker(path: string): Promise<string> {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [join(root, path)],
    ...{ bundle: true, write: false, format: 'esm', conditions: ['worker'], tsconfig: join(root, 'tsconfig.json') },
  })
  return outputFiles[0]?.text ?? ''
}

/** Starts one on a free port, in a folder of its own; `binding` is the name of its Durable Object of the class `Tokens`. */
export async function startWorkerd(worker: string, binding?: string): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), 'workerd-'))
  const address = `127.0.0.1:${await freePort()}`
  await mkdir(join(folder, 'disk'))
  await writeFile(join(folder, 'worker.js'), worker)
  await writeFile(join(folder, 'worker.capnp'), configOf(address, binding))
  const start = () => launch(folder, `http://${address}`)
  let child = await start().catch(async (error) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  return {
    url: `http://${address}`,
    async restart() {
      await end(child)
      child = await start()
    },
    async stop() {
      await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const configOf = (
  address: string,
  binding: string | undefined,
): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "disk", disk = (path = "disk", writable = true))],
  sockets = [(name = "http", address = "${address}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",${
    binding === undefined
      ? ''
      : `
  durableObjectNamespaces = [(className = "Tokens", uniqueKey = "tokens", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [(name = "${binding}", durableObjectNamespace = "Tokens")],`
  }
);
`

async function launch(folder: string, url: string): Promise<ChildProcess> {
  const { default: program } = createRequire(import.meta.url)('workerd') as { readonly default: string }
  const child = spawn(program, ['serve', 'worker.capnp'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const isUp = () =>
    fetch(url).then(
      () => true,
      () => false,
    )
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    if (await isUp()) return child
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await end(child)
  throw new Error(`workerd did not start:\n${said}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
