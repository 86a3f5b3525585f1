/** `npx tsx examples/hono/workerd.ts`: bundles worker.ts and runs it on workerd, the runtime of Cloudflare Workers. */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const require = createRequire(import.meta.url)
/** Where the package keeps the binary of this platform. */
const { default: workerd } = require('workerd') as { readonly default: string }

const here = fileURLToPath(new URL('./', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'hono-workerd-'))
const [bundle, config] = [join(folder, 'worker.js'), join(folder, 'worker.capnp')]
await build({ entryPoints: [join(here, 'worker.ts')], outfile: bundle, bundle: true, format: 'esm', minify: true })
await cp(join(here, 'worker.capnp'), config)

const address = `127.0.0.1:${process.env.PORT ?? 3000}`
const child = spawn(workerd, ['serve', config, `--socket-addr=http=${address}`, '--control-fd=3'], {
  stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal))
child.once('exit', () => rm(folder, { recursive: true }))

// It says on which port it listens. The first request makes it print what to try.
for await (const line of createInterface(child.stdio[3] as Readable)) {
  const { event, port } = JSON.parse(line) as { readonly event: string; readonly port?: number }
  if (event === 'listen') await fetch(`http://127.0.0.1:${port}/`)
}
