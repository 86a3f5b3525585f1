/** Reports are verified, and canaries refused, in the runtimes that are no Node: workerd, Bun and Deno, each with its own WebCrypto. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../examples/npm-registry/free-port.ts'
import { PLATFORMS_COMMAND } from '../platforms/platforms.ts'
import { bundleWorker, startWorkerd } from '../support/workerd.ts'
import { hmacOf, newKey, published, signedBy } from './senders.ts'

/** A worker that listens. */
interface Running {
  readonly url: string
  stop(): Promise<void>
}

const program = (name: string): string => join(process.env.PLATFORMS ?? '', 'node_modules/.bin', name)

/** Starts the worker by a program, and waits until it answers. */
async function startBy(name: string, argsOf: (port: number) => readonly string[], worker: string): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'leaks-'))
  const file = join(folder, 'worker.mjs')
  await writeFile(file, worker)
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), DENO_DIR: folder }
  const child = spawn(program(name), [...argsOf(port), file], { cwd: folder, env, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    )
    if (isUp) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    url,
    async stop() {
      const gone = child.exitCode === null && new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const RUNTIMES: readonly (readonly [name: string, isHere: boolean, start: (worker: string) => Promise<Running>])[] = [
  ['workerd', true, (worker) => startWorkerd(worker)],
  ['Bun', existsSync(program('bun')), (worker) => startBy('bun', () => [], worker)],
  [
    'Deno',
    existsSync(program('deno')),
    (worker) =>
      startBy('deno', (port) => ['serve', '--no-prompt', '--host', '127.0.0.1', '--port', String(port)], worker),
  ],
]

describe.each(RUNTIMES)('reports and canaries', (name, isHere, start) => {
  describe.skipIf(!isHere)(isHere ? `in ${name}` : `in ${name} (skipped without it: ${PLATFORMS_COMMAND})`, () =>
    inRuntime(start),
  )
})

/** What has to hold in each. */
function inRuntime(start: (worker: string) => Promise<Running>): void {
  let running: Running
  beforeAll(async () => {
    running = await start(await bundleWorker('test/leaks/worker.ts'))
  })
  afterAll(() => running?.stop())
  const post = async (path: string, body = '', headers: Record<string, string> = {}) => {
    const response = await fetch(running.url + path, { method: 'POST', body, headers })
    return { status: response.status, text: await response.text() }
  }

  it('what GitHub has signed ends the secret, and nothing else does', async () => {
    const key = newKey('key-1')
    await post('/keys', published(key))
    const { text: secret } = await post('/make')
    const body = JSON.stringify([{ token: secret, type: 'a', url: 'https://github.com/a', source: 'content' }])
    expect((await post('/leaks', `${body} `, signedBy(key, body))).status).toBe(401)
    expect((await post('/leaks', body, signedBy(newKey('key-1'), body))).status).toBe(401)
    expect((await post('/ask', secret)).text).toBe('allowed')
    const { status, text } = await post('/leaks', body, signedBy(key, body))
    expect([status, JSON.parse(text)]).toMatchObject([200, [{ label: 'true_positive' }]])
    expect((await post('/ask', secret)).text).toBe('token_revoked')
  })

  it('what GitGuardian has signed ends the secret, and nothing else does', async () => {
    const { text: secret } = await post('/make')
    const body = JSON.stringify({ matches: [{ match: secret }] })
    const now = String(Date.now() / 1_000)
    expect((await post('/leaks', body, hmacOf('another', now, body))).status).toBe(401)
    expect((await post('/ask', secret)).text).toBe('allowed')
    expect((await post('/leaks', body, hmacOf('the signature token', now, body))).status).toBe(204)
    expect((await post('/ask', secret)).text).toBe('token_revoked')
  })

  it('a canary is not known', async () => {
    const { text: secret } = await post('/make', 'canary')
    expect((await post('/ask', secret)).text).toBe('token_unknown')
  })
}
