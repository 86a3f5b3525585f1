/**
 * Transactions of one process over SQLite, one after the other. SQLite has one writer at a time, and a driver that runs in the
 * process' own thread holds that thread while it waits for the lock: whoever has the lock cannot go on until the wait has run out.
 */

/** The last transaction of each client. */
const last = new WeakMap<object, Promise<unknown>>()

/** Runs something once all is over that was asked for before with the same client, whatever became of it. */
export function inTurn<T>(client: object, work: () => Promise<T>): Promise<T> {
  const before = last.get(client)
  const turn = before ? before.then(work) : work()
  last.set(
    client,
    turn.catch(() => undefined),
  )
  return turn
}
