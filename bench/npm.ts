/**
 * What the guard adds to `npm install`: a project with 200 small packages, from one verdaccio, through the guard and straight
 * from it in turn, each time with an empty cache. The figure is the ratio of the medians.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { npmPolicy, npmrc, registryGuard } from 'plan-access-tokens/npm'
import { testDirectory } from 'plan-access-tokens/testing'
import { forwardTo } from '../examples/npm-registry/forward.ts'
import { startVerdaccio } from '../examples/npm-registry/verdaccio.ts'

/** The most that an install through the guard may take of one without. */
export const NPM_LIMITS = { install: 1.1 }

const PACKAGES = 200
const names = Array.from({ length: PACKAGES }, (_, i) => `@acme/p${i}`)

/** Runs it: 7 installs each, 3 if it has to be quick. */
export async function npm({ quick }: { readonly quick: boolean }): Promise<{ readonly install: number }> {
  const root = await mkdtemp(join(tmpdir(), 'bench-npm-'))
  const verdaccio = await startVerdaccio({ log: { type: 'stdout', format: 'json', level: 'error' } })
  const policy = npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.example' })
  const directory = testDirectory({ acme: { admins: ['ada'], resources: { 'npm_scope:@acme': {} } } })
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
  const forward = forwardTo(verdaccio.url)
  const listener: RequestListener = registryGuard(tokens, (request, response: ServerResponse) =>
    forward(request, response),
  )
  const server = createServer(listener)
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const guarded = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const input = { actor: 'ada', planId: 'acme', type: 'npm', name: 'Bench', lifetimeDays: 1 } as const
    const { secret } = await tokens.create({ ...input, scopes: ['npm:read', 'npm:write'], resources: 'all' })
    await publishAll(root, verdaccio.url)
    const times: { readonly [side: string]: number[] } = { guarded: [], plain: [] }
    for (let round = 0; round < (quick ? 3 : 7) * 2; round++) {
      const side = round % 2 === 0 ? 'guarded' : 'plain'
      const took = await install(join(root, `${round}`), side === 'guarded' ? guarded : verdaccio.url, secret.reveal())
      times[side]?.push(took)
    }
    return { install: Number((median(times.guarded ?? []) / median(times.plain ?? [])).toFixed(3)) }
  } finally {
    server.closeAllConnections()
    server.close()
    await verdaccio.stop()
    await rm(root, { recursive: true, force: true })
  }
}

/** Publishes the packages, a few at a time. */
async function publishAll(root: string, registry: string): Promise<void> {
  const lines = npmrc({ registry, scope: '@acme', secret: 'nobody_looks_at_it' }).user
  const left = [...names]
  const work = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      const folder = join(root, name.slice(1))
      const manifest = JSON.stringify({ name, version: '1.0.0' })
      await write(folder, { 'package.json': manifest, 'index.js': 'module.exports = 1\n', '.npmrc': lines })
      await run(folder, ['publish', '--ignore-scripts'], { npm_config_cache: join(root, 'cache') })
    }
  }
  await Promise.all([work(), work(), work(), work()])
}

/** Milliseconds of one install with an empty cache. */
async function install(root: string, registry: string, token: string): Promise<number> {
  const folder = join(root, 'project')
  await write(folder, {
    'package.json': JSON.stringify({
      name: 'project',
      private: true,
      dependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])),
    }),
    '.npmrc': npmrc({ registry, scope: '@acme' }).project,
  })
  const began = performance.now()
  await run(folder, ['install', '--no-audit', '--no-fund'], { NPM_TOKEN: token, npm_config_cache: join(root, 'cache') })
  return performance.now() - began
}

async function write(folder: string, files: { readonly [name: string]: string }): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
}

async function run(folder: string, args: readonly string[], more: { readonly [name: string]: string }): Promise<void> {
  const env = { PATH: process.env.PATH, HOME: join(folder, '..'), npm_config_update_notifier: 'false', ...more }
  const child = spawn('npm', [...args], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += String(chunk)
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`npm ${args.join(' ')} ended with ${status}:\n${said.slice(-2_000)}`)
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
}
