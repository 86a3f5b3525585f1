/** A process that sends, and kills itself before or after its nth call of a kind, as a power failure would. */
import type { TokenStore } from 'plan-access-tokens'
import { createOutbox, type Notice } from 'plan-access-tokens/outbox'
import { engineOver, openStore, type Where } from './world-of-stores.ts'

const { where, url, dies } = JSON.parse(process.argv[2] ?? '') as {
  readonly where: Where
  readonly url: string
  /** Absent of one that lives until everything is sent. */
  readonly dies?: { readonly what: string; readonly when: 'before' | 'after'; readonly nth: number }
}

let calls = 0
/** The call, before or after which the process may end. */
async function fatal<T>(what: string, call: () => Promise<T>): Promise<T> {
  const isLast = dies?.what === what && ++calls === dies.nth
  if (isLast && dies?.when === 'before') process.kill(process.pid, 'SIGKILL')
  const answer = await call()
  if (isLast) process.kill(process.pid, 'SIGKILL')
  return answer
}

const { store, close } = await openStore(where)
const wrapped: TokenStore = {
  ...store,
  events: (query) => fatal('events', () => store.events(query)),
  readValue: (name) => fatal('readValue', async () => store.readValue?.(name)),
  writeValue: (name, value, version) =>
    fatal('writeValue', async () => (await store.writeValue?.(name, value, version)) === true),
}
const deliver = (notice: Notice): Promise<unknown> =>
  fatal('deliver', async () => {
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ pid: process.pid, notice }) })
    if (!answer.ok) throw new Error('The receiver is down.')
  })
// Who dies holds up the next one only a moment.
const lease = dies ? { leaseMs: 600, deliverTimeoutMs: 300 } : {}
const options = { since: 'beginning', pollMs: 20, firstPauseMs: 20, ...lease } as const
const outbox = createOutbox({ tokens: engineOver(wrapped), deliver, ...options })
outbox.start()
console.log('started')
if (dies === undefined) {
  for (;;) {
    const { cursor, lag, waiting } = await outbox.status()
    if (cursor !== null && lag.events === 0 && waiting.length === 0) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await outbox.close()
  await close()
}
