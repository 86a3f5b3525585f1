/**
 * A standby of a test's PostgreSQL, made as the manual's "Making a Base Backup Using the Low Level API" has it, since the package
 * that brings the server brings no pg_basebackup. The primary waits for it with each commit.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { type PostgresConfig, type PostgresServer, startPostgres } from './postgres.ts'
import { hangTree, signal } from './process-tree.ts'

/** What the standby calls itself. */
const NAME = 'standby'
/** What belongs to the running primary alone. */
const OWN_FILES = ['postmaster.pid', 'postmaster.opts', 'standby.signal']

/**
 * Starts a standby, and waits until no commit of the primary is acknowledged before the standby has it on its disk.
 *
 * @param port that of a server that is gone, instead of a free one.
 */
export async function startStandby(
  primary: PostgresServer,
  config: PostgresConfig,
  flags: readonly string[],
  port?: number,
): Promise<PostgresServer> {
  const folder = await copyOf(primary, config)
  for (const name of OWN_FILES) rmSync(join(folder, name), { force: true })
  rmSync(join(folder, 'log'), { recursive: true, force: true })
  writeFileSync(join(folder, 'standby.signal'), '')
  const { host, user, password } = config
  const to = `host=${host} port=${primary.port} user=${user} password=${password} application_name=${NAME}`
  // Once it is the primary it goes on without a standby, until it gets one.
  const settings = `primary_conninfo = '${to}'\nsynchronous_standby_names = ''\n`
  appendFileSync(join(folder, 'postgresql.auto.conf'), settings)
  chmodSync(folder, 0o700)
  // The folder belongs to the user that the server runs as.
  if (process.getuid?.() === 0) execFileSync('chown', ['-R', 'postgres', folder])
  const standby = await startPostgres({ folder, flags, ...(port !== undefined && { port }) })
  await primary.admin(`alter system set synchronous_standby_names = '${NAME}'`)
  await primary.admin('select pg_reload_conf()')
  await untilRow(
    primary,
    `select 1 from pg_stat_replication where application_name = '${NAME}' and sync_state = 'sync'`,
  )
  return standby
}

async function copyOf(primary: PostgresServer, config: PostgresConfig): Promise<string> {
  const folder = `${primary.folder}-copy`
  const client = new pg.Client({ ...config, port: primary.port })
  await client.connect()
  try {
    await client.query("select pg_backup_start('standby', fast => true)")
    const isKept = (file: string): boolean =>
      !OWN_FILES.some((name) => file.endsWith(`/${name}`)) && !file.includes('.s.PGSQL')
    cpSync(primary.folder, folder, { recursive: true, filter: isKept })
    const { rows } = await client.query('select labelfile from pg_backup_stop(wait_for_archive => false)')
    writeFileSync(join(folder, 'backup_label'), rows[0].labelfile)
  } finally {
    await client.end()
  }
  return folder
}

/** Makes a standby the primary. */
export async function promote(standby: PostgresServer): Promise<void> {
  await standby.admin('select pg_promote(wait => true)')
}

/** Ends a server as a power failure does. It may hang already. Its folder is removed. */
export async function destroy(server: PostgresServer): Promise<void> {
  const all = hangTree(server.pid())
  // It waits for the end of the process, which this signal does not bring about while it hangs.
  const isStopped = server.close()
  signal(all, 'SIGKILL')
  await isStopped
}

async function untilRow(server: PostgresServer, query: string): Promise<void> {
  while ((await server.admin(query)).length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
}
