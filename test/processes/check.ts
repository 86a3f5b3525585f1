/**
 * Finds in a history what breaks the promise: an answer by a state that ended before the request was sent, an acknowledged
 * change that is lost, an answer from memory beyond the bound. A pure function, tried on small histories in check.test.ts.
 */
import type { Call, History, Request, SeenRecord } from './history.ts'

/** What a token grants at one version. */
interface State {
  readonly scopes: readonly string[]
  /** Whether each secret works, by the actor of the call that issued it. */
  readonly secrets: ReadonlyMap<string, boolean>
  readonly isRevoked: boolean
}

/** A version of a token, with the call that made it. */
interface Version {
  readonly call: Call
  readonly state: State
}

type Chains = ReadonlyMap<string, readonly Version[]>
type Done = Call & { readonly end: { readonly outcome: 'done' } }

const EVENT_TYPES = { create: 'created', edit: 'edited', refresh: 'refreshed', revoke: 'revoked' } as const
/** What an admin may be told where several change the same tokens. */
const FAIR_REFUSALS: readonly string[] = ['version_conflict', 'token_not_active', 'too_many_live_secrets']
/** A stopped process may take a moment to stop. */
const SLACK_MS = 50

/** Every broken promise in words; empty if there is none. */
export function brokenPromises(history: History): string[] {
  const chains = chainsOf(history)
  return [...inLog(history), ...inRecords(history, chains), ...inAnswers(history, chains), ...inOutages(history)]
}

/** From when on a server must not answer from memory any more in an outage. */
export function endOfMemory(outageFrom: number, freshnessMs: number): number {
  return outageFrom + freshnessMs + SLACK_MS
}

/** The versions of each token, oldest first, as far as the log tells them without a gap. */
function chainsOf({ calls, events }: History): Chains {
  const byActor = new Map(calls.map((call) => [call.actor, call]))
  const chains = new Map<string, Version[]>()
  for (const { actor, tokenId, version } of events) {
    const call = byActor.get(`${actor}`)
    const chain = chains.get(tokenId) ?? []
    if (!call || version !== chain.length + 1) continue
    chain.push({ call, state: stateAfter(chain.at(-1)?.state, call) })
    chains.set(tokenId, chain)
  }
  return chains
}

const NOTHING: State = { scopes: [], secrets: new Map(), isRevoked: false }

function stateAfter(before: State = NOTHING, { kind, actor, scopes = before.scopes, retires }: Call): State {
  if (kind === 'revoke') return { ...before, isRevoked: true }
  if (kind === 'edit') return { ...before, scopes }
  const earlier = [...before.secrets].map(([secret, works]): [string, boolean] => [secret, works && !retires])
  return { ...before, scopes, secrets: new Map([...earlier, [actor, true]]) }
}

function isDone(call: Call): call is Done {
  return call.end?.outcome === 'done'
}

/** The log holds each acknowledged change once, and nothing that nobody asked for. */
function* inLog({ calls, events }: History): Generator<string> {
  const byActor = new Map(calls.map((call) => [call.actor, call]))
  const versions = new Map<string, number>()
  const seenIds = new Set<string>()
  const eventOf = new Map<string, (typeof events)[number]>()
  for (const [i, event] of events.entries()) {
    const { seq, id, type, tokenId, version } = event
    const actor = `${event.actor}`
    const call = byActor.get(actor)
    const what = `event ${seq} (${type} by ${actor})`
    if (seq !== i + 1) yield `${what} stands in place ${i + 1} of the log`
    if (seenIds.has(id) || eventOf.has(actor)) yield `${what} stands in the log twice`
    if (version !== (versions.get(tokenId) ?? 0) + 1)
      yield `${what} makes version ${version} out of another than ${version - 1}`
    if (!call) yield `${what} belongs to no call`
    else if (EVENT_TYPES[call.kind] !== type || (call.tokenId ?? tokenId) !== tokenId)
      yield `${what} is not what was called`
    else if (call.end?.outcome === 'refused')
      yield `${what} stands in the log, and the caller was told ${call.end.code}`
    seenIds.add(id)
    eventOf.set(actor, event)
    versions.set(tokenId, version)
  }
  for (const call of calls) {
    const { actor, kind, end } = call
    const what = `${kind} by ${actor}`
    if (end?.outcome === 'refused' && !FAIR_REFUSALS.includes(end.code)) yield `${what} was refused with ${end.code}`
    if (!isDone(call)) continue
    const { tokenId, version } = call.end
    const event = eventOf.get(actor)
    // A token that was revoked before is revoked without another event.
    const isRepeated =
      kind === 'revoke' &&
      events.some((other) => other.tokenId === tokenId && other.type === 'revoked' && other.version <= version)
    if (!event && !isRepeated) yield `${what} was acknowledged and is not in the log`
    if (event && (event.tokenId !== tokenId || event.version !== version))
      yield `${what} was acknowledged as version ${version} and is version ${event.version} in the log`
  }
}

/** Each record is at least as new as what was acknowledged, and is what the log says of its version. */
function* inRecords({ calls, records, events }: History, chains: Chains): Generator<string> {
  const byId = new Map(records.map((record) => [record.id, record]))
  const digests = new Map<string, string>()
  for (const call of calls.filter(isDone)) {
    const { digest, tokenId, version } = call.end
    if (digest !== undefined) digests.set(call.actor, digest)
    const record = byId.get(tokenId)
    if (!record) yield `${call.kind} by ${call.actor} was acknowledged and the token is gone`
    else if (record.version < version)
      yield `${call.kind} by ${call.actor} was acknowledged as version ${version} and the record has version ${record.version}`
  }
  for (const record of records) {
    const { id, version, eventId } = record
    const state = chains.get(id)?.[version - 1]?.state
    if (!state) yield `the record of token ${id} has version ${version}, which the log does not know`
    else {
      if (!events.some((event) => event.id === eventId && event.tokenId === id && event.version === version))
        yield `the record of token ${id} belongs to another event than the log has for its version`
      for (const difference of differences(record, state, digests)) yield `the record of token ${id} ${difference}`
    }
  }
}

function* differences(record: SeenRecord, state: State, digests: ReadonlyMap<string, string>): Generator<string> {
  if ((record.revokedAt !== null) !== state.isRevoked) yield `is ${state.isRevoked ? 'not ' : ''}revoked`
  if (String([...record.scopes].sort()) !== String([...state.scopes].sort())) yield `has the scopes ${record.scopes}`
  if (record.secrets.length !== state.secrets.size) yield `has ${record.secrets.length} secrets`
  for (const [secret, works] of state.secrets) {
    const digest = digests.get(secret)
    if (digest === undefined) continue
    const kept = record.secrets.find((candidate) => candidate.digest === digest)
    if (!kept) yield `lacks the secret of ${secret}`
    else if ((kept.worksUntil !== 0) !== works) yield `has the secret of ${secret} ${works ? 'ended' : 'alive'}`
  }
}

/** What a request is answered at one version. */
function answerAt(state: State | undefined, { secret, scope }: Request): string {
  const works = state?.secrets.get(secret)
  if (!state || works === undefined) return 'token_unknown'
  if (state.isRevoked) return 'token_revoked'
  if (!works) return 'secret_retired'
  return state.scopes.includes(scope) ? 'allowed' : 'scope_missing'
}

/**
 * Each answer is right for a version between the last one that had been acknowledged when the request was sent, and the last
 * one that had been asked for when the answer came. Not to know is always right.
 */
function* inAnswers({ calls, requests }: History, chains: Chains): Generator<string> {
  const acknowledged = new Map<string, Done[]>()
  for (const call of calls.filter(isDone)) {
    const { tokenId } = call.end
    acknowledged.set(tokenId, [...(acknowledged.get(tokenId) ?? []), call])
  }
  for (const request of requests) {
    const { server, tokenId, secret, scope, sent, received, answer } = request
    if (answer === 'unavailable') continue
    const chain = chains.get(tokenId) ?? []
    const before = (acknowledged.get(tokenId) ?? []).filter(({ end }) => end.at < sent)
    const least = Math.min(Math.max(0, ...before.map(({ end }) => end.version)), chain.length)
    let most = least
    while (most < chain.length && chain[most]!.call.began < received) most += 1
    const right = new Set<string>()
    for (let version = least; version <= most; version++) right.add(answerAt(chain[version - 1]?.state, request))
    if (!right.has(answer))
      yield `${server} answered ${answer} to the secret of ${secret} (token ${tokenId}, ${scope}), sent at ${sent.toFixed(1)} and answered at ${received.toFixed(1)}, where version ${least} to ${most} say ${[...right].join(' or ')}`
  }
}

/** Nothing is answered from memory beyond the bound while the database answers nobody. */
function* inOutages({ freshnessMs, requests, outages }: History): Generator<string> {
  for (const { from, to } of outages) {
    for (const { server, sent, received, answer } of requests) {
      const end = endOfMemory(from, freshnessMs[server] ?? 0)
      if (sent > end && received < to && answer !== 'unavailable')
        yield `${server} answered ${answer} to a request sent at ${sent.toFixed(1)}, though the database answered nobody from ${from.toFixed(1)} to ${to.toFixed(1)}`
    }
  }
}
