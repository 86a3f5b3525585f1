// primary-pool.ts
import { Socket } from 'node:net'
import pg from 'pg'

/** A connection over which nothing came for so long is given up: a host without power does not even say that it is gone. */
const SILENCE_MS = 5_000

/** Connections to whichever of several hosts is the primary now. */
export function primaryOf(
  hosts: readonly { readonly host: string; readonly port: number }[],
  settings: pg.ClientConfig,
) {
  let place = 0
  const good = new WeakSet<object>()

  class ToPrimary extends pg.Client {
    /** The pool hands over its options; the listener, over which nothing comes for hours, has none. */
    constructor(pooled?: pg.PoolConfig) {
      const mine = place
      const socket = new Socket()
      super({ ...settings, ...hosts[mine % hosts.length], keepAlive: true, stream: () => socket })
      if (!pooled) return
      socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error('PostgreSQL has fallen silent.')))
      // The next connection goes to the next host.
      socket.on('close', () => {
        if (!good.has(this) && mine === place) place += 1
      })
    }
  }
  const pool = new pg.Pool({
    ...{ Client: ToPrimary, connectionTimeoutMillis: 2_000, idleTimeoutMillis: 3_000 },
    // What target_session_attrs=read-write is for libpq; pg does not know that.
    verify(client, done) {
      client.query('show transaction_read_only').then(({ rows }) => {
        if (rows[0].transaction_read_only !== 'off') return done(new Error('This PostgreSQL is a standby.'))
        good.add(client)
        done()
      }, done)
    },
  })
  pool.on('error', (error) => console.warn(error.message))
  return { pool, listener: () => new ToPrimary() }
}
