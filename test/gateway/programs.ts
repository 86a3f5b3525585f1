/**
 * Real gateways in front of a server, with the configurations of docs/gateways.md, letter by letter but for the secret and the
 * ports. Each is a process in a folder of its own, ended by its id.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort } from '../../examples/npm-registry/free-port.ts'
import { ROOT, readPage } from '../docs/markdown.ts'

/** What the gateways of these tests are known by. */
export const SECRET = '5f1c0de5'.repeat(8)

/** A program that Debian has. */
export interface Program {
  readonly gateway: 'nginx' | 'caddy'
  readonly isThere: boolean
  /** For the title of tests that need it. */
  readonly needs: string
}

const isThere = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0
/** The programs, by which a folder of the path or another name can stand in. */
const { NGINX_PROGRAM: nginx = 'nginx', CADDY_PROGRAM: caddy = 'caddy' } = process.env
export const NGINX: Program = {
  gateway: 'nginx',
  isThere: isThere(nginx, '-v'),
  needs: 'skipped without it: apt-get install -y nginx',
}
export const CADDY: Program = {
  gateway: 'caddy',
  isThere: isThere(caddy, 'version'),
  needs: 'skipped without it: apt-get install -y caddy',
}

/** A block of a page, by its first line. */
export function blockOf(first: string, file = 'docs/gateways.md'): string {
  const { blocks } = readPage(file, readFileSync(ROOT + file, 'utf8'))
  const found = blocks.filter(({ code }) => code.startsWith(`${first}\n`))
  if (found.length !== 1) throw new Error(`${file} has ${found.length} blocks that begin with ${first}`)
  return found[0]?.code ?? ''
}

/** Where what is around a gateway listens. */
interface Around {
  /** Who is asked about requests; default: nobody. */
  readonly auth?: number
  readonly api: number
  /** Changes the configuration of the page, for what somebody may have instead. */
  readonly change?: (configuration: string) => string
}

/** Starts a gateway and gives its port. */
export async function startGateway({ gateway }: Program, { auth = 1, api, change = (text) => text }: Around) {
  const folder = mkdtempSync(join(tmpdir(), `${gateway}-`))
  const port = await freePort()
  const first = gateway === 'nginx' ? '# nginx.conf: what stands in http { }' : '# Caddyfile'
  const configuration = change(blockOf(first))
    .replaceAll('THE SECRET', SECRET)
    // In one go: a free port may begin with the digits of another one.
    .replaceAll(/:(8080|4180|3000)\b/g, (_, shown: string) => `:${{ 8080: port, 4180: auth, 3000: api }[shown]}`)
  const file = join(folder, 'configuration')
  writeFileSync(
    file,
    gateway === 'nginx'
      ? aroundNginx(folder, configuration)
      : `{\n\tadmin off\n\tdefault_bind 127.0.0.1\n}\n${configuration}`,
  )
  const child =
    gateway === 'nginx'
      ? spawn(nginx, ['-p', folder, '-c', file, '-e', join(folder, 'error.log')])
      : spawn(caddy, ['run', '--adapter', 'caddyfile', '--config', file], { env: { ...process.env, HOME: folder } })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      said += text
    })
  onTestFinished(async () => {
    await end(child)
    rmSync(folder, { recursive: true, force: true })
  })
  await untilOpen(port, child, () => said)
  return port
}

const aroundNginx = (folder: string, configuration: string): string => `
daemon off;
master_process off;
pid ${folder}/pid;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
${configuration}
}
`

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await once(child, 'exit')
  clearTimeout(timer)
}

async function untilOpen(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null) throw new Error(`The gateway ended: ${said()}`)
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`The gateway does not listen: ${said()}`)
}
