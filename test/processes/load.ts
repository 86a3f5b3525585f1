/**
 * The load: clients that send requests to all servers, and admins who change tokens, both all the time. Everything is recorded
 * for the check. What is done next: tokens.ts.
 */
import { createHash } from 'node:crypto'
import { ENDPOINTS, type ManageAnswer, type ManageCall } from './deployment.ts'
import type { Call, CallEnd, Request } from './history.ts'
import type { Random } from './random.ts'
import type { Server } from './servers.ts'
import { createKnown, type KnownSecret, newToken, type Wish } from './tokens.ts'

/** Makes a change somewhere. Rejects if no answer comes. */
export type Manage = (change: ManageCall) => Promise<ManageAnswer>

export interface Load {
  readonly calls: readonly Call[]
  readonly requests: readonly Request[]
  /**
   * Resolves at the first answer to a request for which this holds.
   *
   * @throws Error after a minute, saying what did not come.
   */
  untilAnswered(what: string, holds: (request: Request) => boolean): Promise<void>
  /** Resolves when a call has ended for which this holds. @throws Error as above. */
  untilEnded(what: string, holds: (call: Call) => boolean): Promise<void>
  /** Resolves when of each kind of change one that was called from now on has been acknowledged. @throws Error as above. */
  untilChanged(): Promise<void>
  /** Resolves when each of these servers has allowed a request that was sent from now on. @throws Error as above. */
  untilAllowed(servers: readonly Server[]): Promise<void>
  /** Lets no admin begin anything, and resolves when no call and no request that followed one is under way. */
  quiet(): Promise<void>
  /** Lets admins go on. */
  goOn(): void
  /** Ends the load. */
  stop(): Promise<void>
}

/** How many clients each server has, and how many admins there are in this process and on the servers. */
const CLIENTS = 3
const ADMINS_HERE = 2
const ADMINS_ON_SERVERS = 2
/** How long clients and admins think, in milliseconds, and how long they wait for somebody to come back. */
const THINK = 5
const AWAY = 25
/** A limit that only a failure reaches. */
const TOO_LONG = 60_000

const now = (): number => performance.now()
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const KINDS: readonly Call['kind'][] = ['create', 'edit', 'refresh', 'revoke']

/**
 * Starts the load, with one token that nobody changes.
 *
 * @param here makes changes in this process, without a memory.
 */
export async function startLoad(servers: readonly Server[], here: Manage, random: Random): Promise<Load> {
  const known = createKnown(random)
  const calls: Call[] = []
  const requests: Request[] = []
  const watchers = new Set<() => void>()
  const underWay = new Set<Promise<unknown>>()
  let actors = 0
  let isStopped = false
  let resting: { readonly over: Promise<void>; readonly end: () => void } | undefined

  const track = <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work)
    work.finally(() => underWay.delete(work)).catch(() => undefined)
    return work
  }
  const tell = (): void => {
    for (const look of watchers) look()
  }
  const until = (what: string | (() => string), holds: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!holds()) return
        watchers.delete(look)
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        watchers.delete(look)
        const missing = typeof what === 'string' ? what : what()
        reject(new Error(`Within ${TOO_LONG / 1000} s this did not come: ${missing}.`))
      }, TOO_LONG)
      watchers.add(look)
      look()
    })

  /** Sends one request and records the answer, if one comes. */
  const ask = async (server: Server, { tokenId, secret, text }: KnownSecret, scope: string): Promise<boolean> => {
    const sent = now()
    try {
      const answer = await server.ask(`${ENDPOINTS[scope]}`, text)
      requests.push({ server: server.name, tokenId, secret, scope, sent, received: now(), answer })
    } catch {
      return false
    }
    tell()
    return true
  }

  /** Straight after a change each server is asked for what may have ended. */
  const askEverywhere = (tokenId: string): void => {
    for (const server of servers) {
      if (server.state() === 'down') continue
      for (const secret of known.secretsOf(tokenId).slice(-2))
        track(ask(server, secret, random.of(Object.keys(ENDPOINTS))))
    }
  }

  const change = async (manage: Manage, actor: string, { change, call }: Wish): Promise<void> => {
    const place = calls.push({ actor, ...call, began: now() }) - 1
    const answer = await manage(change).catch(() => undefined)
    calls[place] = { ...calls[place]!, end: endOf(answer, now()) }
    if (answer && 'tokenId' in answer) {
      const { tokenId, secret: text } = answer
      if (text !== undefined) known.issued({ tokenId, secret: actor, text })
      if (call.kind === 'revoke') known.revoked(tokenId)
      askEverywhere(tokenId)
    }
    tell()
  }

  const client = async (server: Server): Promise<void> => {
    while (!isStopped) {
      const secret = random.chance(0.2) ? steady : (known.nextSecret() ?? steady)
      const wasAnswered = server.state() !== 'down' && (await ask(server, secret, random.of(Object.keys(ENDPOINTS))))
      await pause(wasAnswered ? THINK : AWAY)
    }
  }
  const admin = async (choose: () => Manage | undefined): Promise<void> => {
    while (!isStopped) {
      await resting?.over
      const manage = choose()
      const actor = `admin-${++actors}`
      if (manage) await track(change(manage, actor, known.nextChange(actor)))
      await pause(manage ? THINK : AWAY)
    }
  }
  const onSomeServer = (): Manage | undefined => {
    const up = servers.filter((server) => server.state() === 'up')
    return up.length > 0 ? random.of(up).manage : undefined
  }

  const steady = await createSteady(here, calls)
  const loops = [
    ...servers.flatMap((server) => Array.from({ length: CLIENTS }, () => client(server))),
    ...Array.from({ length: ADMINS_HERE }, () => admin(() => here)),
    ...Array.from({ length: ADMINS_ON_SERVERS }, () => admin(onSomeServer)),
  ]
  const goOn = (): void => {
    resting?.end()
    resting = undefined
  }
  return {
    calls,
    requests,
    async untilAnswered(what, holds) {
      let place = requests.length
      await until(what, () => {
        while (place < requests.length) if (holds(requests[place++]!)) return true
        return false
      })
    },
    untilEnded: (what, holds) => until(what, () => calls.some((call) => call.end !== undefined && holds(call))),
    async untilChanged() {
      const first = calls.length
      await until('a change of each kind that was acknowledged', () => {
        const done = new Set(calls.slice(first).map(({ kind, end }) => (end?.outcome === 'done' ? kind : undefined)))
        return KINDS.every((kind) => done.has(kind))
      })
    },
    async untilAllowed(wanted) {
      const since = now()
      let place = requests.length
      const missing = new Set(wanted.map(({ name }) => name))
      await until(
        () => `an allowed request on ${[...missing].join(', ')}`,
        () => {
          for (; place < requests.length; place++) {
            const { server, sent, answer } = requests[place]!
            if (sent > since && answer === 'allowed') missing.delete(server)
          }
          return missing.size === 0
        },
      )
    },
    async quiet() {
      resting ??= restUntilEnd()
      while (underWay.size > 0) await Promise.allSettled(underWay)
    },
    goOn,
    async stop() {
      isStopped = true
      goOn()
      await Promise.allSettled(loops)
    },
  }
}

/** Makes the token that nobody changes, so that a server which works again can be told. On a busy machine it may take a few calls. */
async function createSteady(here: Manage, calls: Call[]): Promise<KnownSecret> {
  const scopes = Object.keys(ENDPOINTS)
  for (let attempt = 1; ; attempt++) {
    const actor = `admin-steady-${attempt}`
    const began = now()
    const answer = await here({ call: 'create', input: newToken(actor, scopes) })
    calls.push({ actor, kind: 'create', tokenId: undefined, scopes, began, end: endOf(answer, now()) })
    if ('secret' in answer) return { tokenId: answer.tokenId, secret: actor, text: `${answer.secret}` }
    if (attempt === 20) throw new Error(`No token could be made: ${JSON.stringify(answer)}`)
  }
}

function restUntilEnd(): { readonly over: Promise<void>; readonly end: () => void } {
  let end = (): void => undefined
  const over = new Promise<void>((resolve) => {
    end = resolve
  })
  return { over, end }
}

/** How a call ended, by its answer; `undefined` if none came. */
function endOf(answer: ManageAnswer | undefined, at: number): CallEnd {
  if (!answer) return { outcome: 'unknown', at }
  if ('code' in answer)
    return answer.code === 'unavailable' ? { outcome: 'unknown', at } : { outcome: 'refused', at, code: answer.code }
  const { tokenId, version, secret } = answer
  const digest = secret === undefined ? {} : { digest: createHash('sha256').update(secret).digest('hex') }
  return { outcome: 'done', at, tokenId, version, ...digest }
}
