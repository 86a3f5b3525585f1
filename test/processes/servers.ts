/** Starts, stops and kills the servers of the deployment, each a process of its own, and speaks to them over sockets. */
import { type ChildProcess, spawn } from 'node:child_process'
import { Agent, request } from 'node:http'
import { REFUSALS, type RefusalCode } from 'plan-access-tokens'
import { type BuiltProgram, buildProgram } from '../support/built-program.ts'
import type { ManageAnswer, ManageCall, Settings } from './deployment.ts'

/** The program of a server. */
export const buildServer = (): Promise<BuiltProgram> => buildProgram(new URL('./server.ts', import.meta.url))

/** A server of the deployment, with a name that stays when its process is replaced. */
export interface Server {
  readonly name: string
  readonly freshnessMs: number
  /** What there is to say of processes that ended by themselves. */
  readonly crashes: readonly string[]
  /** `up`, `held` between SIGSTOP and SIGCONT, or `down`. */
  state(): 'up' | 'held' | 'down'
  /**
   * Sends a request with a secret. Resolves with `allowed` or the code of the refusal; with the status, where it is not the one
   * that belongs to it. Rejects if no answer comes.
   */
  ask(path: string, secret: string): Promise<string>
  /** Makes a change through this server. Rejects if no answer comes. */
  manage(change: ManageCall): Promise<ManageAnswer>
  /** SIGSTOP: it neither knows nor tells that it stands still. */
  hold(): void
  /** SIGCONT. */
  release(): void
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>
  /** Starts a process in its place. */
  start(): Promise<void>
}

/** Starts a server. */
export async function startServer(name: string, program: BuiltProgram, settings: Settings): Promise<Server> {
  let child: ChildProcess | undefined
  let isHeld = false
  let port = 0
  const crashes: string[] = []
  const agent = new Agent({ keepAlive: true })

  const start = async (): Promise<void> => {
    const mine = launch(program, settings)
    child = mine
    mine.once('exit', (code) => {
      if (child !== mine) return
      child = undefined
      crashes.push(`${name} ended by itself with ${code}`)
    })
    port = await portOf(mine, name)
  }
  const send = async (path: string, headers: Record<string, string>, body?: string) => {
    const { status, text } = await exchange(agent, port, path, headers, body)
    const answer = JSON.parse(text) as ManageAnswer & { readonly code?: unknown }
    return { status, answer }
  }
  await start()
  return {
    name,
    freshnessMs: settings.freshnessMs,
    crashes,
    state: () => (child === undefined || port === 0 ? 'down' : isHeld ? 'held' : 'up'),
    async ask(path, secret) {
      const { status, answer } = await send(path, { authorization: `Bearer ${secret}` })
      const code = `${answer.code}`
      const right = code === 'allowed' ? 200 : REFUSALS[code as RefusalCode]?.status
      return status === right ? code : `${code} with ${status}`
    },
    async manage(change) {
      return (await send('/manage', {}, JSON.stringify(change))).answer
    },
    hold() {
      child?.kill('SIGSTOP')
      isHeld = true
    },
    release() {
      child?.kill('SIGCONT')
      isHeld = false
    },
    async kill() {
      const killed = child
      child = undefined
      port = 0
      isHeld = false
      if (killed) await end(killed)
    },
    start,
  }
}

function launch({ script }: BuiltProgram, settings: Settings): ChildProcess {
  const child = spawn(process.execPath, [script, JSON.stringify(settings)], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const orphan = (): void => void child.kill('SIGKILL')
  process.once('exit', orphan)
  child.once('exit', () => process.off('exit', orphan))
  return child
}

/** The port that the process tells once it listens. */
function portOf(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('message', (port) => resolve(Number(port)))
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${name} ended before it listened.`)))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

function exchange(agent: Agent, port: number, path: string, headers: Record<string, string>, body?: string) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const sent = request({ agent, host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
