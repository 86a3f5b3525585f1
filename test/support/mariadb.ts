/**
 * A real MariaDB for tests, from the machine's package: in a temporary folder, on a free port of the loopback. Started by the
 * test that needs it, and ended by its process id.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { createConnection } from 'mysql2/promise'
import { freePort } from '../../examples/npm-registry/free-port.ts'

/** How to connect, for `mysql2`. */
export interface MariadbConfig {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
}

export interface MariadbServer {
  /** A new, empty database. */
  database(): Promise<MariadbConfig>
  /** Runs statements as root, in the database that is named or in none. */
  admin(sql: string, database?: string): Promise<unknown>
  readonly pid: number
  readonly port: number
  /** Ends the server and removes its folder. */
  close(): Promise<void>
}

const HOST = '127.0.0.1'
/** Where Debian puts servers is not on everybody's path. */
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
const programOf = (name: string): string | undefined =>
  folders.map((folder) => join(folder, name)).find((file) => existsSync(file))

/** Whether there is a MariaDB on this machine. */
export const hasMariadb = programOf('mariadbd') !== undefined && programOf('mariadb-install-db') !== undefined
/** The command that installs what is missing. */
export const MARIADB_COMMAND = 'apt-get install -y mariadb-server'

/** Starts a server with settings such as `--max-connections=10`; it finds programs of its own in further folders. */
export async function startMariadb(
  flags: readonly string[] = [],
  programs: readonly string[] = [],
): Promise<MariadbServer> {
  const folder = mkdtempSync(join(tmpdir(), 'plan-tokens-mariadb-'))
  const port = await freePort()
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []
  await promisify(execFile)(programOf('mariadb-install-db') ?? '', [
    ...['--no-defaults', ...asRoot, `--datadir=${folder}`, '--auth-root-authentication-method=normal'],
    ...['--skip-test-db', '--skip-name-resolve'],
  ])
  const server = spawn(
    programOf('mariadbd') ?? '',
    [
      ...['--no-defaults', ...asRoot, `--datadir=${folder}`, `--port=${port}`, `--bind-address=${HOST}`],
      ...[`--socket=${folder}/socket`, `--tmpdir=${folder}`, `--pid-file=${folder}/pid`, '--skip-name-resolve'],
      ...['--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=32M', ...flags],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, PATH: [...programs, ...folders].join(delimiter) } },
  )
  await isReady(server)

  const root = { host: HOST, port, user: 'root' }
  let databases = 0
  const admin: MariadbServer['admin'] = async (sql, database) => {
    const connection = await createConnection({ ...root, multipleStatements: true, ...(database && { database }) })
    try {
      return (await connection.query(sql))[0]
    } finally {
      await connection.end()
    }
  }
  return {
    admin,
    pid: server.pid ?? 0,
    port,
    async database() {
      databases += 1
      const database = `test_${databases}`
      await admin(`create database ${database}`)
      return { ...root, database }
    },
    async close() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      if (server.exitCode === null && server.kill('SIGTERM')) await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Waits for the line that says so; what was said before tells why, if it never comes. */
function isReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const end = (): boolean => server.kill('SIGKILL')
    process.once('exit', end)
    server.once('exit', () => {
      process.off('exit', end)
      reject(new Error(`MariaDB did not start: ${said}`))
    })
    server.stderr?.on('data', (text) => {
      said += text
      if (said.includes('ready for connections')) resolve()
    })
  })
}
