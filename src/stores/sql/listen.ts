/**
 * Hears of new events through PostgreSQL's LISTEN: one connection for a process, opened again by itself. A hint and nothing
 * more: what counts is read from the tables (service/freshness.ts).
 */

/** Begins to listen: `wake` is called when there may be something new. Returns a function that ends it. */
export type Listen = (channel: string, wake: () => void) => () => void

/** What is used of a client of `pg`: a connection of its own, not one of a pool. */
export interface ListenClient {
  /** Opens the connection. */
  connect(): Promise<unknown>
  /** Runs `listen`. */
  query(text: string): Promise<unknown>
  /** `notification` for news, `error` and `end` for a connection that was lost. */
  on(event: 'notification' | 'error' | 'end', listener: () => void): unknown
  /** Ends the connection. */
  end(): Promise<unknown>
  /** Lets the process end while the connection is open. */
  unref?(): void
}

/** The first and the longest pause before a lost connection is opened again, in milliseconds; doubled each time. */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 30_000

/**
 * The `listen` option of `sqlStore` for PostgreSQL: news of a change then reach this process in milliseconds. It needs one
 * connection, directly to the primary: a pooler such as PgBouncer in transaction mode delivers no notifications. A connection
 * that was lost is opened again after 100 ms, then after longer and longer, up to 30 s; nothing is thrown, and nothing depends
 * on it, since the store is read all the same. It does not keep the process alive.
 *
 * @param connect makes a new client of `pg`, not connected yet. `keepAlive: true` lets it notice a network that went silent.
 *
 * @example
 * sqlStore(db, { listen: pgListener(() => new pg.Client({ connectionString, keepAlive: true })) })
 */
export function pgListener(connect: () => ListenClient): Listen {
  return (channel, wake) => {
    let isEnded = false
    let current: ListenClient | undefined
    let pause = FIRST_PAUSE
    let timer: ReturnType<typeof setTimeout> | undefined

    const tell = (): void => {
      try {
        if (!isEnded) wake()
      } catch {
        // Whoever is woken answers for itself.
      }
    }
    const lose = (client: ListenClient | undefined): void => {
      if (client !== current) return
      current = undefined
      close(client)
      if (isEnded) return
      timer = setTimeout(open, pause)
      letProcessEnd(timer)
      pause = Math.min(2 * pause, LONGEST_PAUSE)
    }
    const open = async (): Promise<void> => {
      let client: ListenClient | undefined
      try {
        client = connect()
        current = client
        const mine = client
        mine.on('error', () => lose(mine))
        mine.on('end', () => lose(mine))
        mine.on('notification', tell)
        await mine.connect()
        letProcessEnd(mine)
        await mine.query(`listen "${channel}"`)
        pause = FIRST_PAUSE
        // For whatever was missed until now.
        tell()
      } catch {
        lose(client)
      }
    }
    void open()
    return () => {
      isEnded = true
      if (timer !== undefined) clearTimeout(timer)
      const client = current
      current = undefined
      close(client)
    }
  }
}

function close(client: ListenClient | undefined): void {
  client?.end().catch(() => undefined)
}

function letProcessEnd(what: unknown): void {
  ;(what as { unref?: () => void }).unref?.()
}
