/** An example as a program of its own: started by its one command on a free port, read, called, and ended by its id. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { buildProgram } from '../support/built-program.ts'
import { IN_CI } from '../support/rounds.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The line that every example prints at its start: with curl, or with what else its protocol needs. */
const TRY = /^ {2}(?:curl -i -H |npx wscat -H )?'X-Figma-Token: (figpat_\w+)' (?:-c )?(\S+)$/

/** An example that listens. */
export interface Program {
  /** The secret that it has printed. */
  readonly secret: string
  /** The address that it has printed, of a file that the secret reaches. */
  readonly url: string
  /** All that it has printed so far, the complaints too. */
  output(): string
  /** Asks it to end, and gives its exit status. */
  end(): Promise<number | null>
}

/** An answer, with what is read of it. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: { readonly [field: string]: unknown }
}

/** What Node is told to run an example: in CI as its command does, elsewhere as one file, which starts in a third of the time. */
export async function commandOf(path: string): Promise<{ readonly args: readonly string[]; remove(): Promise<void> }> {
  if (IN_CI) return { args: ['--import', 'tsx', `examples/${path}`], remove: async () => undefined }
  const { script, remove } = await buildProgram(new URL(`../../examples/${path}`, import.meta.url))
  return { args: [script], remove }
}

/** Starts `examples/<path>`. It fails with what the program printed if that ends before it listens. */
export async function startExample(path: string, env: { readonly [variable: string]: string } = {}): Promise<Program> {
  const { args, remove } = await commandOf(path)
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = once(child, 'exit').finally(remove)
  let printed = ''
  child.stderr.on('data', (chunk: Buffer) => {
    printed += chunk
  })
  const found = new Promise<RegExpExecArray>((resolve, reject) => {
    createInterface(child.stdout)
      .on('line', (line) => {
        printed += `${line}\n`
        const match = TRY.exec(line)
        if (match) resolve(match)
      })
      .on('close', () => reject(new Error(`${path} ended before it listened.\n${printed}`)))
  })
  const [, secret = '', url = ''] = await found.catch((error) => {
    child.kill('SIGKILL')
    throw error
  })
  return { secret, url, output: () => printed, end: () => end(child, exit) }
}

async function end(child: ChildProcess, exit: Promise<readonly unknown[]>): Promise<number | null> {
  child.kill('SIGTERM')
  await exit
  return child.exitCode
}

/** Sends a request, with a secret or with none. */
export async function call(url: string, secret?: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...init, headers: secret === undefined ? {} : { 'X-Figma-Token': secret } })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} }
}

/** The lines of an example's file. */
export const linesOf = (path: string): number => readFileSync(`${root}examples/${path}`, 'utf8').split('\n').length
