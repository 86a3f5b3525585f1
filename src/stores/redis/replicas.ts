/**
 * Waits until replicas have what was written: Redis acknowledges before they do, and a replica that takes over without it brings a
 * revoked token back to life. The primary is asked how far each replica has confirmed, by a script and not by `WAIT`: that counts
 * for its own connection alone, and after a failover says yes to what the new primary never had.
 */
import { isIoredis, type RedisClient, type Reply } from './client.ts'
import { reading, type Script } from './scripts/begin.ts'

/** What the primary says of its replicas, as text of `INFO`. */
const REPLICATION = reading(`return { 'ok', (about('replication')) }`)
/** The pauses between two looks, in milliseconds: doubled each time, up to the longest. About five seconds in all. */
const [FIRST_PAUSE, LONGEST_PAUSE, LOOKS] = [5, 100, 54]
/** For how long other commands of the connection may wait behind the one that makes replicas confirm at once, in milliseconds. */
const NUDGE = 50

/** Asks the server with a script. */
type Ask = (script: Script, args: readonly string[]) => Promise<Reply>

/** How far a primary is, and its replicas. */
interface Replication {
  /** Another one with each primary. */
  readonly id: string
  readonly offset: number
  /** How far each replica that is connected has confirmed. */
  readonly confirmed: readonly number[]
}

/** Lets nothing be acknowledged that replicas lack. */
export interface Replicas {
  /** Resolves when enough replicas have all that was written until now, on the primary with this id. */
  have(primary: string): Promise<void>
  /** A commit: what it promises is known once replicas have it. `work` gives the id of its primary, or `undefined` if it wrote nothing. */
  commit(work: () => Promise<string | undefined>): Promise<boolean>
  /** Reads what tells whether a commit was written. Where one of this process is not known to be on replicas, it has to be first. */
  look<T>(work: () => Promise<T>): Promise<T>
}

/** For a store that waits for so many replicas; with 0 it waits for none. */
export function replicasOf(client: RedisClient, count: number, ask: Ask): Replicas {
  let underWay = 0
  /** How many commits ended without a word of the replicas, and how many of these were looked after since. */
  let [failed, mended] = [0, 0]
  const read = async (): Promise<Replication> => replicationIn((await ask(REPLICATION, []))[1])

  const have = async (primary: string): Promise<void> => {
    if (count === 0) return
    let target: number | undefined
    for (let look = 0, pause = FIRST_PAUSE; ; look++, pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const { id, offset, confirmed } = await read()
      if (id !== primary) throw new Error('Another Redis has become the primary since the change was written there.')
      target ??= offset
      const least = target
      if (confirmed.filter((far) => far >= least).length >= count) return
      if (look === LOOKS) throw tooFew(count)
      if (look % 2 === 0 && confirmed.length >= count) await nudge(client, count)
      else await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  return {
    have,
    async commit(work) {
      underWay += 1
      try {
        const primary = await work()
        if (primary !== undefined) await have(primary)
        return primary !== undefined
      } catch (error) {
        failed += 1
        throw error
      } finally {
        underWay -= 1
      }
    },
    async look(work) {
      if (count === 0 || (underWay === 0 && failed === mended)) return work()
      const seen = failed
      const { id } = await read()
      const answer = await work()
      await have(id)
      mended = Math.max(mended, seen)
      return answer
    },
  }
}

function replicationIn(info: Reply[number] | undefined): Replication {
  const text = String(info)
  const confirmed = [...text.matchAll(/^slave\d+:.*state=online,offset=(\d+)/gm)].map(([, far]) => Number(far))
  const [, id = ''] = /^master_replid:(\w+)/m.exec(text) ?? []
  return { id, offset: Number(/^master_repl_offset:(\d+)/m.exec(text)?.[1]), confirmed }
}

/** Replicas confirm once a second by themselves, and at once where somebody waits for them. Only a hint: what it answers is not used. */
async function nudge(client: RedisClient, count: number): Promise<void> {
  const connections = isIoredis(client) ? (client.nodes?.('master') ?? [client]) : [client]
  try {
    await Promise.all(connections.map((one) => one.wait?.(count, NUDGE)))
  } catch {
    // The user may not, or the client has no such method: they confirm a little later.
  }
}

const tooFew = (count: number): Error =>
  new Error(
    `Fewer replicas of Redis than ${count} have confirmed the change within about 5 s, so a failover may undo it.`,
  )
