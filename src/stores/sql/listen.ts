/**
 * Hears of new events through PostgreSQL's LISTEN: one connection for a process, opened again by itself. A hint and nothing
 * more: what counts is read from the tables (service/freshness.ts). Each new connection is tried, since behind a pooler LISTEN
 * is accepted and nothing is heard.
 */
import * as z from 'zod/mini'
import { StoreError } from '../../core/errors.ts'
import { readOptions } from '../../core/setup.ts'
import { callable } from '../../core/shape.ts'

/** Begins to listen: `wake` is called when there may be something new. Returns a function that ends it. */
export type Listen = (channel: string, wake: () => void) => () => void

/** What is used of a client of `pg`: a connection of its own, not one of a pool. */
export interface ListenClient {
  /** Opens the connection. */
  connect(): Promise<unknown>
  /** Runs `listen`. */
  query(text: string): Promise<unknown>
  /** Tells of news. */
  on(event: 'notification', listener: (message?: { readonly channel?: string }) => void): unknown
  /** Tells that the connection is lost. */
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown
  /** Ends the connection. */
  end(): Promise<unknown>
  /** Lets the process end while the connection is open. */
  unref?(): void
}

/** What can be set for `pgListener`. */
export interface PgListenerOptions {
  /**
   * Told why there are no news, once until they come again: a `StoreError` (`store_unsuitable`) where the connection hears
   * nothing, as behind PgBouncer, or what the driver threw. By default the first of them is a warning on the console.
   */
  readonly onError?: (error: unknown) => void
}

const optionsSchema = z.strictObject({
  connect: callable(
    'must be a function that makes a client: () => new pg.Client({ connectionString, keepAlive: true }).',
  ),
  onError: z.optional(callable()),
})

/** How long a notification of our own may take, in milliseconds. */
const HEARD_WITHIN = 5_000
/** The first and the longest pause before a lost connection is opened again, in milliseconds; doubled each time. */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 30_000

/**
 * The `listen` option of `sqlStore` for PostgreSQL: news of a change then reach this process in milliseconds. It needs one
 * connection, directly to the primary: a pooler such as PgBouncer in transaction mode delivers no notifications. That is tried
 * with a notification of its own, over a second connection that is closed at once; `onError` is told if it is not heard. A
 * connection that was lost is opened again after 100 ms, then after longer and longer, up to 30 s; nothing is thrown, and
 * nothing depends on it, since the store is read all the same. It does not keep the process alive.
 *
 * @param connect makes a new client of `pg`, not connected yet. `keepAlive: true` lets it notice a network that went silent.
 * @throws SetupError, which is a TypeError, if there is no such function.
 *
 * @example
 * sqlStore(db, { listen: pgListener(() => new pg.Client({ connectionString, keepAlive: true })) })
 */
export function pgListener(connect: () => ListenClient, options: PgListenerOptions = {}): Listen {
  const { onError = warn } = readOptions<PgListenerOptions>('pgListener', optionsSchema, options, { connect })
  return (channel, wake) => {
    let isEnded = false
    let current: ListenClient | undefined
    let pause = FIRST_PAUSE
    let timer: ReturnType<typeof setTimeout> | undefined
    let hasSaid = false

    const tell = (): void => {
      try {
        if (!isEnded) wake()
      } catch {
        // Whoever is woken answers for itself.
      }
    }
    const say = (error: unknown): void => {
      if (isEnded || hasSaid) return
      hasSaid = true
      try {
        onError(error)
      } catch {
        // Whoever is told answers for itself.
      }
    }
    const lose = (client: ListenClient | undefined, error?: unknown): void => {
      if (client !== current) return
      if (error !== undefined) say(error)
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
        const test = `${channel}_test_${Math.random().toString(36).slice(2, 12)}`
        let heard = (): void => undefined
        const isHeard = new Promise<true>((resolve) => {
          heard = () => resolve(true)
        })
        mine.on('error', (error) => lose(mine, error))
        mine.on('end', () => lose(mine))
        mine.on('notification', (message) => (message?.channel === test ? heard() : tell()))
        await mine.connect()
        letProcessEnd(mine)
        await mine.query(`listen "${channel}"`)
        pause = FIRST_PAUSE
        // For whatever was missed until now.
        tell()
        await mine.query(`listen "${test}"`)
        const answer = await notified(connect, test, isHeard)
        if (answer === 'silent' && mine === current) say(silence())
        if (answer === 'heard') hasSaid = false
        await mine.query(`unlisten "${test}"`)
      } catch (error) {
        lose(client, error)
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

/**
 * Notifies a channel and waits for it. Over another connection: a pooler hands on what comes while a statement of the listener's
 * own is running, and nothing else.
 */
async function notified(
  connect: () => ListenClient,
  channel: string,
  isHeard: Promise<true>,
): Promise<'heard' | 'silent' | 'unknown'> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silent = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), HEARD_WITHIN)
    letProcessEnd(timer)
  })
  let other: ListenClient | undefined
  try {
    other = connect()
    other.on('error', () => undefined)
    await other.connect()
    letProcessEnd(other)
    await other.query(`notify "${channel}"`)
    return (await Promise.race([isHeard, silent])) ? 'heard' : 'silent'
  } catch {
    // There may be no second connection.
    return 'unknown'
  } finally {
    clearTimeout(timer)
    close(other)
  }
}

function silence(): StoreError {
  return new StoreError(
    'store_unsuitable',
    'The listener does not hear its own notification: a pooler such as PgBouncer stands between it and PostgreSQL. Give pgListener a connection to the server itself, or one that is pooled by session. Until then this process takes note of changes later, within its freshnessMs.',
  )
}

function warn(error: unknown): void {
  // biome-ignore lint/suspicious/noConsole: a mistake of the set-up that would go unseen, and `onError` is there for another place.
  if (error instanceof StoreError) console.warn(`plan-access-tokens: ${error.message}`)
}

function close(client: ListenClient | undefined): void {
  client?.end().catch(() => undefined)
}

function letProcessEnd(what: unknown): void {
  ;(what as { unref?: () => void }).unref?.()
}
