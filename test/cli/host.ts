/** The process that runs commands of tests outside of CI (command-host.mjs): how a run of tests starts it, and how a test asks it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** A command, with all that a process of its own would get. */
export interface Command {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly input: string
}

/** What a command said, and how it ended. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The process, and where it listens. */
export interface CommandHost {
  readonly socket: string
  end(): Promise<void>
}

/** Starts it. @param bin the built command line. @param projects the folder of all projects. */
export async function startCommandHost(bin: string, projects: string): Promise<CommandHost> {
  const folder = mkdtempSync(join(tmpdir(), 'command-host-'))
  const socket = join(folder, 'socket')
  const child = fork(fileURLToPath(new URL('command-host.mjs', import.meta.url)), [bin, projects, socket])
  const ended = once(child, 'exit')
  await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('The process for commands did not start.'))),
  ])
  return {
    socket,
    async end() {
      if (child.connected) child.disconnect()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs a command there. */
export async function runInHost(socket: string, command: Command): Promise<Outcome> {
  const connection = connect(socket)
  connection.write(`${JSON.stringify(command)}\n`)
  return JSON.parse(await text(connection)) as Outcome
}
