/**
 * What goes wrong with Redis, in words that say what to do. What a client throws may carry the command with its arguments, and
 * with them digests and whole records, so nothing is passed on as it was thrown.
 */
import { StoreError, safeCause } from '../../core/errors.ts'

/** A refusal by the server, such as `WRONGTYPE Operation against a key …`: its first word in capitals. */
const REFUSAL = /^-?([A-Z][A-Z0-9]+)(?: |$)/

/** The first word of what a server refused with; `undefined` if the server did not answer. */
export function refusedBy(thrown: unknown): string | undefined {
  const message = messageOf(thrown)
  return message === undefined ? undefined : REFUSAL.exec(message)?.[1]
}

/** Whether a command may have got lost with its connection. A time-out has used up the time to try again. */
export function isLostConnection(thrown: unknown): boolean {
  return refusedBy(thrown) === undefined && !/timed out|timeout|abort/i.test(`${messageOf(thrown)}`)
}

function messageOf(thrown: unknown): string | undefined {
  if (typeof thrown === 'string') return thrown
  const message = typeof thrown === 'object' && thrown !== null ? (thrown as { message?: unknown }).message : undefined
  return typeof message === 'string' ? message : undefined
}

/** The error that a store throws for what a client threw, or for the text of a refusal inside a script. */
export function errorOf(thrown: unknown, base: string): Error {
  const text = messageOf(thrown) ?? ''
  const word = refusedBy(thrown)
  if (/\bNOPERM\b|\bNOAUTH\b|\bWRONGPASS\b|ACL failure|user executing the script can't/.test(text))
    return forbidden(base)
  for (const [code, message] of UNSUITABLE) if (new RegExp(`\\b${code}\\b`).test(text)) return unsuitable(message(base))
  if (word === 'ERR' && text.includes('non local key'))
    return unsuitable(
      'This node of a Redis cluster is a replica, or does not hold the keys of the token store. Give the store a client of the cluster, which finds the primary.',
    )
  if (word === 'ERR' && /unknown (redis )?command/i.test(text))
    return unsuitable(
      'Redis does not know a command that the token store needs: eval, evalsha or one inside of its scripts was renamed or taken away (rename-command), or this is no Redis of its own but a proxy. Give the store a server that has them.',
    )
  if (word === 'ERR')
    return unsuitable(
      `Redis could not run a script of the token store. It has to be Redis 6.2 or later, or Valkey, and nothing but the store may write the keys "${base}*".`,
    )
  if (word !== undefined)
    return new Error(`Redis refused a command of the token store: ${word}${REFUSALS[word] ?? ''}.`)
  return new Error(`Redis did not answer the token store: ${text || 'no reason was given'}`, {
    cause: safeCause(thrown),
  })
}

/** What passes by itself or tells more than its word; the server's own text may quote arguments. */
const REFUSALS: { readonly [word: string]: string } = {
  LOADING: ' (it is reading its data from the disk)',
  BUSY: ' (a script of other code runs for too long)',
  CLUSTERDOWN: ' (some slots of the cluster are not served)',
  NOREPLICAS: ' (fewer replicas are connected than min-replicas-to-write)',
  TRYAGAIN: ' (the cluster moves the slot)',
}

/** What a user needs, as `ACL SETUSER` takes it. */
const rightsFor = (base: string): string =>
  `~${base}* resetchannels &${base}* +@read +@write +@pubsub +eval +evalsha +info`

function forbidden(base: string): StoreError {
  return new StoreError(
    'store_forbidden',
    `The Redis user may not do what the token store needs. Give the client the right user and password, and the user its rights: ACL SETUSER <user> ${rightsFor(base)}`,
  )
}

const unsuitable = (message: string): StoreError => new StoreError('store_unsuitable', message)

const REPLICA =
  'This Redis is a replica, which lags behind, also where it takes writes (replica-read-only no). Connect the token store to the primary; with Sentinel (role master) or Cluster let the client find it.'

const UNSUITABLE: readonly (readonly [string, (base: string) => string])[] = [
  ['READONLY', () => REPLICA],
  ['MASTERDOWN', () => REPLICA],
  [
    'EVICTS',
    () =>
      'Redis removes any key when its memory is full (maxmemory-policy allkeys-…): tokens, and the freshness bound. Set maxmemory-policy to noeviction, or give the token store a Redis of its own.',
  ],
  [
    'WRONGTYPE',
    (base) =>
      `A key that begins with "${base}" holds something of another kind than the token store keeps there. Give the store a prefix of its own, or remove what does not belong there.`,
  ],
  [
    'OOM',
    () =>
      'Redis has reached maxmemory and takes no new tokens; tokens can still be revoked. Raise maxmemory, or sweep what ended long ago.',
  ],
  [
    'MISCONF',
    () => 'Redis cannot write to its disk and takes no changes. Look into its log, make room on the disk or mend it.',
  ],
]

/** The keys were written by a newer version of this package. */
export function newer(base: string, format: string): StoreError {
  const known = /^[0-9]{1,9}$/.test(format) ? `format ${format}` : 'a format that this version does not know'
  return new StoreError(
    'store_newer',
    `The keys "${base}*" were written in ${known}, by a newer version of plan-access-tokens. Update the package here, or give this version a prefix of its own.`,
  )
}

/** The state is gone or behind, so that numbers of events would be given out twice. */
export function lost(base: string): StoreError {
  return new StoreError(
    'store_unsuitable',
    `The key "${base}state" is missing or older than the events in "${base}events". Set maxmemory-policy to noeviction, and restore all keys "${base}*" from one backup.`,
  )
}

/** A token's value cannot be read; `problem` names what is wrong with it. */
export function unreadableToken(id: string, base: string, problem: string): StoreError {
  const key = `"${base}token:${id}"`
  return new StoreError(
    'row_unreadable',
    `The token "${id}" in the key ${key} cannot be read: ${problem}. It is refused until it is mended; no other token is. Restore the key from a backup, or delete it to end the token.`,
  )
}

/** An event cannot be read. */
export function unreadableEvent(seq: string, base: string): StoreError {
  return new StoreError(
    'row_unreadable',
    `The event ${seq} in the stream "${base}events" cannot be read: it is not as it was written. Restore the keys "${base}*" from a backup, or remove it: XDEL ${base}events ${seq}-0.`,
    /^[1-9]\d{0,15}$/.test(seq) ? Number(seq) : undefined,
  )
}
