/** Builds the servers of the benchmark and starts each in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { builtFrom } from '../built.ts'
import type { Hello } from './server.ts'
import type { Kind, Side } from './sides.ts'

/** A server that runs. */
export interface Server extends Hello {
  /** The time that its process has used of a core so far, in milliseconds. */
  cpuMs(): Promise<number>
  close(): Promise<void>
}

/** Starts servers out of one build. */
export interface Servers {
  start(kind: Kind, side: Side): Promise<Server>
  /** Removes what was built. */
  remove(): void
}

/** Builds them. */
export async function buildServers(): Promise<Servers> {
  const { file, remove } = await builtFrom(new URL('./server.ts', import.meta.url))
  return { start: (kind, side) => startServer(file, kind, side), remove }
}

async function startServer(file: string, kind: Kind, side: Side): Promise<Server> {
  const child = fork(file, [kind, side], { execArgv: [], env: { ...process.env, NODE_ENV: 'production' } })
  const hello = (await answerOf(child)) as Hello
  return {
    ...hello,
    async cpuMs() {
      const answer = answerOf(child)
      child.send('cpu')
      return (await answer) as number
    },
    async close() {
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController()
  const { signal } = ended
  const exit = once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`A server ended: ${code}.`)))
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), exit])
    return message
  } finally {
    ended.abort()
    exit.catch(() => undefined)
  }
}
