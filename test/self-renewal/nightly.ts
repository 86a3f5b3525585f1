/** A nightly job over a real server, with a file in which its secret lies; and what goes wrong on the way. */
import { once } from 'node:events'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toNode } from 'plan-access-tokens/admin'
import { guard } from 'plan-access-tokens/node'
import {
  createRotatingSecret,
  type RotatingSecret,
  type RotatingSecretError,
  type RotatingSecretOptions,
} from 'plan-access-tokens/rotating-secret'
import { selfRenewalHandler } from 'plan-access-tokens/self-renewal'
import { type RenewingWorld, renewingWorld } from './world.ts'

/** What a server does with a renewal instead of answering. */
export type Fault = 'none' | '503 before' | '503 after' | 'lost before' | 'lost after' | 'garbage' | 'redirect'

export interface Site {
  readonly world: RenewingWorld
  readonly url: string
  readonly api: string
  /** What becomes of the next renewals, one after the other; at the end nothing goes wrong. */
  readonly faults: Fault[]
  /** How many renewals came. */
  readonly renewals: { count: number }
  stop(): Promise<void>
}

/** An API that is guarded, and the endpoint of renewals beside it. */
export async function newSite(options: Parameters<typeof renewingWorld>[0] = {}): Promise<Site> {
  const world = renewingWorld(options)
  const faults: Fault[] = []
  const renewals = { count: 0 }
  const renewing = toNode(selfRenewalHandler({ tokens: world.tokens }))
  const api = guard(world.tokens, (_request, response) => response.end('fine'))
  const server = createServer((request, response) => {
    if (request.url !== '/self/refresh') return void api(request, response)
    renewals.count++
    const fault = faults.shift() ?? 'none'
    if (fault === 'lost before') return void request.socket.destroy()
    if (fault === 'garbage') return void response.end('<html>')
    if (fault === 'redirect') return void response.writeHead(307, { Location: 'http://127.0.0.1:9/self/refresh' }).end()
    if (fault === '503 before') return void response.writeHead(503, { 'Retry-After': '1' }).end()
    if (fault === 'none') return void renewing(request, response)
    // It was renewed, and the answer is lost.
    const lost = {
      statusCode: 0,
      setHeader: () => undefined,
      end: () => (fault === 'lost after' ? request.socket.destroy() : response.writeHead(503).end()),
    }
    void renewing(request, lost)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...{ world, faults, renewals, url: `${base}/self/refresh`, api: `${base}/v1/files/FileA` },
    async stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** A file with a text, written whole or not at all. */
export async function newFile(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'rotating-'))
  const path = join(folder, 'secret')
  await writeFile(path, text)
  return {
    path,
    read: () => readFile(path, 'utf8'),
    async write(next: string) {
      await writeFile(`${path}.new`, next)
      await rename(`${path}.new`, path)
    },
    remove: () => rm(folder, { recursive: true }),
  }
}

/** The end of a process. */
class Killed extends Error {}

/** Options of one process that is killed at one of its steps, before it or after it. A step is a read, a write or a request of renewal. */
function mortal(
  options: RotatingSecretOptions,
  killAt: number,
): { readonly options: RotatingSecretOptions; readonly killed: () => boolean } {
  let step = 0
  let isDead = false
  const act = async <T>(what: () => T | Promise<T>): Promise<T> => {
    if (isDead || step++ === killAt) {
      isDead = true
      throw new Killed()
    }
    const done = await what()
    if (step++ === killAt) isDead = true
    if (isDead) throw new Killed()
    return done
  }
  const { read, write, fetch: asked = globalThis.fetch } = options
  return {
    options: {
      ...options,
      read: () => act(read),
      write: (text, previous) => act(() => write(text, previous)),
      fetch: (input, init) =>
        String(input) === String(options.url) || isDead ? act(() => asked(input, init)) : asked(input, init),
    },
    killed: () => isDead,
  }
}

/** A process of the job. */
export function newProcess(
  { world, url }: Site,
  file: Pick<RotatingSecretOptions, 'read' | 'write'>,
  more: Partial<RotatingSecretOptions> = {},
): { readonly rotating: RotatingSecret; readonly errors: RotatingSecretError[]; readonly killed: () => boolean } {
  const errors: RotatingSecretError[] = []
  const { killAt, ...rest } = more as Partial<RotatingSecretOptions> & { killAt?: number }
  const options: RotatingSecretOptions = {
    ...{ read: file.read, write: file.write, url, header: 'X-Figma-Token', now: () => world.clock.now() },
    onError: (error) => errors.push(error),
    ...rest,
  }
  const life = killAt === undefined ? { options, killed: () => false } : mortal(options, killAt)
  return { rotating: createRotatingSecret(life.options), errors, killed: life.killed }
}
