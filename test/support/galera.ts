/**
 * A real Galera cluster of two MariaDB nodes for tests, on free ports of the loopback. Debian's packages bring all it takes. The
 * second node gets its first state by a copy of files: what MariaDB itself brings for that starts dozens of programs.
 */
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, createConnection } from 'mysql2/promise'
import { freePort } from '../../examples/npm-registry/free-port.ts'
import { hasMariadb, type MariadbServer, startMariadb } from './mariadb.ts'

const PROVIDER = '/usr/lib/galera/libgalera_smm.so'

/** Whether there is a MariaDB with Galera on this machine. */
export const hasGalera = hasMariadb && existsSync(PROVIDER)
/** The command that installs what is missing. */
export const GALERA_COMMAND = 'apt-get install -y mariadb-server galera-4'

export interface GaleraCluster {
  readonly first: MariadbServer
  readonly second: MariadbServer
  /** Runs something while the second node does not apply what is committed on the first, as during a backup. */
  whileLate<T>(work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * How the second node gets the first one's files, by the protocol that MariaDB's own `wsrep_sst_rsync` follows: the first locks
 * its tables, and says so in a file. Both programs talk to their server over standard output.
 */
const COPY = `#!/bin/bash
set -e
while [ $# -gt 0 ]; do
  case "$1" in
    --role) role=$2; shift ;;
    --address) address=$2; shift ;;
    --datadir) data=$2; shift ;;
    --gtid) state=$2; shift ;;
    --bypass) bypass=1 ;;
  esac
  shift
done
if [ "$role" = joiner ]; then
  echo "ready $address/$data"
  until [ -f "$data/received" ]; do sleep 0.1; done
  cat "$data/received"
  rm "$data/received"
  exit
fi
to=\${address#*/}
if [ -z "\${bypass:-}" ]; then
  echo 'flush tables'
  until [ -s "$data/tables_flushed" ]; do sleep 0.1; done
  state=$(head -n 1 "$data/tables_flushed")
  rm "$data/tables_flushed"
  (cd "$data" && cp -r ibdata1 ib_logfile* aria_log* mysql sys performance_schema "$to/")
  echo 'continue'
fi
echo "\${state%% *} 0" > "$to/received.new"
mv "$to/received.new" "$to/received"
echo "done $state"
`

/** Starts two nodes with MariaDB's defaults for reading: a node answers before it has what the other one committed. */
export async function startGalera(): Promise<GaleraCluster> {
  const programs = mkdtempSync(join(tmpdir(), 'plan-tokens-galera-'))
  const copy = join(programs, 'wsrep_sst_copy')
  writeFileSync(copy, COPY)
  chmodSync(copy, 0o755)
  const address = `127.0.0.1:${await freePort()}`
  const start = async (name: string, own: string, cluster: string): Promise<MariadbServer> => {
    const incremental = `127.0.0.1:${await freePort()}`
    const provider = [
      ...[`gmcast.listen_addr=tcp://${own}`, 'base_host=127.0.0.1', `base_port=${own.split(':')[1]}`],
      ...[`ist.recv_addr=${incremental}`, 'gcache.size=8M', 'pc.announce_timeout=PT1S'],
      // A machine with other work may stand still for longer than a node is waited for by default, and half of two is no cluster.
      ...['evs.suspect_timeout=PT50S', 'evs.inactive_timeout=PT60S', 'evs.install_timeout=PT60S'],
    ]
    const flags = [
      ...['--wsrep-on=ON', `--wsrep-provider=${PROVIDER}`, '--wsrep-cluster-name=test', `--wsrep-node-name=${name}`],
      ...[`--wsrep-cluster-address=gcomm://${cluster}`, '--wsrep-node-address=127.0.0.1', '--wsrep-sst-method=copy'],
      ...[
        `--wsrep-sst-receive-address=127.0.0.1:${await freePort()}`,
        `--wsrep-provider-options=${provider.join(';')}`,
      ],
      ...['--binlog-format=ROW', '--innodb-autoinc-lock-mode=2', '--innodb-log-file-size=4M'],
    ]
    const node = await startMariadb(flags, [programs])
    for (let state = ''; !state.includes('"Synced"'); )
      state = JSON.stringify(await node.admin("show status like 'wsrep_local_state_comment'"))
    return node
  }
  const first = await start('first', address, '')
  const second = await start('second', `127.0.0.1:${await freePort()}`, address)
  return {
    first,
    second,
    async whileLate(work) {
      const backup: Connection = await createConnection({ host: '127.0.0.1', port: second.port, user: 'root' })
      try {
        // Without it the first node would wait for the second.
        await backup.query('set global wsrep_desync = 1')
        await backup.query('flush tables with read lock')
        return await work()
      } finally {
        await backup.query('unlock tables')
        await backup.query('set global wsrep_desync = 0')
        await backup.end()
      }
    },
    async close() {
      await second.close()
      await first.close()
      await rm(programs, { recursive: true, force: true })
    },
  }
}
