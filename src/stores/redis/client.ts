/**
 * The two clients that a host may have, described by the few methods that are called, and one way to run a script with either.
 * Nothing is imported from them. Subscriptions: stores/redis/watch.ts.
 */
import { sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { errorOf, isLostConnection, refusedBy } from './errors.ts'
import type { Script } from './scripts/begin.ts'

/** What is called of `Redis` and `Cluster` of the package `ioredis`, versions 5 and 6. */
export interface IoredisClient {
  /** Runs a script by its text. */
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  /** Runs a script by the hash of its text. */
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  /** For `watch`: a connection of its own. */
  duplicate(): IoredisSubscriber
  /** For `replicas`: makes replicas confirm at once. */
  wait?(replicas: number, ms: number): Promise<unknown>
  /** Of a cluster: the clients of its nodes. */
  nodes?(role: 'master'): readonly Pick<IoredisClient, 'wait'>[]
}

/** What is called of a connection of `ioredis` that listens. */
export interface IoredisSubscriber {
  /** `message` for news, `ready` after each connection. */
  on(event: 'message' | 'ready' | 'error', listener: () => void): unknown
  /** Begins to listen. */
  subscribe(channel: string): Promise<unknown>
  /** Ends the connection. */
  disconnect(): void
}

/** What is called of what `createClient` and `createCluster` of the package `redis` give, versions 4 to 6. */
export interface NodeRedisClient {
  /** Runs a script by its text. */
  eval(script: string, options: ScriptOptions): Promise<unknown>
  /** Runs a script by the hash of its text. */
  evalSha(sha1: string, options: ScriptOptions): Promise<unknown>
  /** For `watch`: a connection of its own. */
  duplicate(): NodeRedisSubscriber
  /** For `replicas`: makes replicas confirm at once. */
  wait?(replicas: number, ms: number): Promise<unknown>
}

/** Keys and arguments of a script, as node-redis takes them. */
export interface ScriptOptions {
  keys: string[]
  arguments: string[]
}

/** What is called of a connection of `redis` that listens. */
export interface NodeRedisSubscriber {
  /** `ready` after each connection. */
  on(event: 'ready' | 'error', listener: () => void): unknown
  /** Opens the connection. */
  connect(): Promise<unknown>
  /** Begins to listen. */
  subscribe(channel: string, listener: () => void): Promise<unknown>
  /** Version 5 and later. */
  destroy?(): unknown
  /** Version 4. */
  disconnect?(): unknown
}

/** A client of the package `ioredis` or `redis`, connected to the primary or to a cluster. */
export type RedisClient = IoredisClient | NodeRedisClient

/** Whether a client is one of ioredis; the other has a method with a capital S. */
export function isIoredis(client: RedisClient): client is IoredisClient {
  return !('evalSha' in client)
}

/** Whether a value has the methods of one of the two. */
export function isRedisClient(client: unknown): client is RedisClient {
  if (typeof client !== 'object' || client === null) return false
  const has = (method: string): boolean => typeof (client as Record<string, unknown>)[method] === 'function'
  return has('eval') && has('duplicate') && (has('evalSha') || has('evalsha'))
}

/** What a script answers: a word, then texts and lists of texts. */
export type Reply = readonly [word: string, ...rest: (string | readonly string[])[]]

/** Runs a script with arguments, on the keys from which all others are derived. Throws only errors that hold no arguments. */
export type Run = (script: Script, args: readonly string[]) => Promise<Reply>

/** Runs a script on keys: by its hash, with its text where the server does not know it (yet, or any more). */
export function scriptsOn(
  client: RedisClient,
): (script: Script, keys: readonly string[], args: readonly string[]) => Promise<unknown> {
  const hashes = new Map<Script, string>()
  const hashOf = (script: Script): string => {
    const hash = hashes.get(script) ?? bytesToHex(sha1(utf8ToBytes(script.text)))
    hashes.set(script, hash)
    return hash
  }
  return async (script, keys, args) => {
    try {
      return await (isIoredis(client)
        ? client.evalsha(hashOf(script), keys.length, ...keys, ...args)
        : client.evalSha(hashOf(script), { keys: [...keys], arguments: [...args] }))
    } catch (error) {
      // NOSCRIPT is said before anything is done, so the text may follow whatever the script does.
      if (refusedBy(error) !== 'NOSCRIPT') throw error
      return isIoredis(client)
        ? client.eval(script.text, keys.length, ...keys, ...args)
        : client.eval(script.text, { keys: [...keys], arguments: [...args] })
    }
  }
}

/** Makes the store's scripts run on a client. */
export function runner(client: RedisClient, base: string): Run {
  const keys = [`${base}state`, `${base}none`]
  const on = scriptsOn(client)
  const once = (script: Script, args: readonly string[]): Promise<unknown> => on(script, keys, args)

  return async (script, args) => {
    try {
      return replyOf(await once(script, args))
    } catch (error) {
      if (!script.repeatable || !isLostConnection(error)) throw errorOf(error, base)
    }
    try {
      return replyOf(await once(script, args))
    } catch (error) {
      throw errorOf(error, base)
    }
  }
}

/** Clients can be told to give bytes or numbers in other forms. */
function replyOf(reply: unknown): Reply {
  const [word, ...rest] = Array.isArray(reply) ? reply : [reply]
  return [textOf(word), ...rest.map((part) => (Array.isArray(part) ? part.map(textOf) : textOf(part)))]
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value)
}
