/** Ending things: revoke, revokeSecret, sweep. Each promise of "immediately" waits until no process acts on the old state. */

import type { Actor } from '../core/actor.ts'
import { PlanTokenError, type SafeCause } from '../core/errors.ts'
import type { EventType } from '../core/event.ts'
import { issueAt } from '../core/issue.ts'
import type { LegacyKey } from '../core/legacy.ts'
import { revoked, secretRevoked } from '../core/lifecycle.ts'
import { secretsIn } from '../core/secret.ts'
import { isCanary, isDate, newestSecret, type TokenRecord } from '../core/token.ts'
import type { Token } from '../core/token-view.ts'
import { ask, shaped } from './ask.ts'
import { noteCanary } from './canary.ts'
import { change, type Judged, judgement } from './commit.ts'
import { type ManagingEngine, timeOf } from './engine.ts'
import { findByDigest } from './find.ts'
import { newId } from './ids.ts'
import {
  parseInput,
  type RevokeInput,
  type RevokeSecretInput,
  type RevokeWithReceiptInput,
  type SweepInput,
} from './input.ts'
import { type RevokedWithReceipt, receiptOf } from './receipt.ts'
import { loadManaged } from './rights.ts'
import { show, showOne } from './show.ts'
import { refuseWeakEnd } from './step-up.ts'

/** How many records and events are removed at a time. */
const SWEEP_BATCH = 500

/**
 * Ends a token for good, with a receipt if one is asked for. Again, it is the token as it was ended. Resolves when every process
 * refuses it.
 */
export async function revoke(
  engine: ManagingEngine,
  input: RevokeInput | RevokeWithReceiptInput,
): Promise<Token | RevokedWithReceipt> {
  const { actor, id, reason, receipt } = parseInput('revoke', input)
  const changed = await change(
    engine,
    () => loadManaged(engine, actor, id),
    async (before) => {
      // Of one that was revoked nothing is changed; that it was, an admin of its plan may read without being asked for more.
      if (before.revokedAt === null) await refuseWeakEnd(engine, actor, before.planId)
      return revocation(engine, before, actor, reason)
    },
  )
  const boundMs = await engine.freshness.untilSeenEverywhere()
  if (!receipt) return showOne(engine, changed)
  return { receipt: await receiptOf(engine, changed, boundMs), token: await showOne(engine, changed) }
}

/** What `revokeSecret` did. */
export interface RevokedSecret {
  /** Whether the text held a secret that is known; it and what it opened are dead now. */
  readonly revoked: boolean
  /** The token of the first such secret, as it is now; absent if there is none. */
  readonly token?: Token
  /** The tokens of all such secrets, each once; absent if there are none. */
  readonly tokens?: readonly Token[]
}

/** What a sweep removed. */
export interface SweepResult {
  /** How many tokens. */
  readonly tokens: number
  /** How many events. */
  readonly events: number
}

/** A report of more secrets than this is to be sent in parts. */
const MOST_SECRETS = 100

/**
 * Ends each secret that stands in a text, up to 100, without asking who it is that has found them. What failed is thrown once all
 * were tried.
 */
export async function revokeSecret(engine: ManagingEngine, input: RevokeSecretInput): Promise<RevokedSecret> {
  const { text } = parseInput('revokeSecret', input)
  const changed = new Map<string, TokenRecord>()
  const failed = await eachSecretIn(engine, text, async (digest, key) => {
    const record = await revokeDigest(engine, digest, key)
    if (record) changed.set(record.id, record)
  })
  if (changed.size > 0) await engine.freshness.untilSeenEverywhere()
  if (failed !== undefined) throw failed
  if (changed.size === 0) return { revoked: false }
  const tokens = await show(engine, [...changed.values()])
  return { revoked: true, token: tokens[0] as Token, tokens }
}

/**
 * Does something with each secret in a text, one after the other. A key from before that the host cannot compare says nothing of
 * the others, nor does a token that cannot be read, so what was thrown at the first such is given back; a store that fails says it
 * of all.
 *
 * @param most how many there may be; a report whose length is bounded may have all.
 * @throws PlanTokenError `invalid_input` for more, and what `act` throws.
 */
export async function eachSecretIn(
  engine: ManagingEngine,
  text: string,
  act: (digest: string, key: LegacyKey | undefined) => Promise<void>,
  most = MOST_SECRETS,
): Promise<unknown> {
  const native = [...secretsIn(text, engine.prefixes)].map((secret) => ({ digest: engine.sha256(secret) }))
  const found = [...native, ...(engine.legacy?.findIn(text) ?? [])]
  if (found.length > most) {
    const message = `must hold at most ${most} secrets. Report them in parts.`
    throw new PlanTokenError('invalid_input', { issues: [issueAt(['text'], message, 'secrets_too_many', { most })] })
  }
  let failed: unknown
  for (const one of found) {
    try {
      await act(one.digest, 'secretIn' in one ? one : undefined)
    } catch (error) {
      if (!isUncompared(error) && !isOfOneToken(error)) throw error
      failed ??= error
    }
  }
  return failed
}

/**
 * Whether what was thrown is about one token alone, so that others can be dealt with: its row was broken by hand, or somebody else
 * wrote it all the time.
 */
export const isOfOneToken = (error: unknown): boolean =>
  error instanceof PlanTokenError &&
  (error.code === 'version_conflict' || (error.cause as SafeCause | undefined)?.code === 'row_unreadable')

const isUncompared = (error: unknown): boolean =>
  error instanceof PlanTokenError && (error.cause as SafeCause | undefined)?.method === 'legacy.verify'

/** Ends a secret by its digest; the newest takes its token with it. A canary stays, since its end would silence it. */
async function revokeDigest(
  engine: ManagingEngine,
  digest: string,
  key: LegacyKey | undefined,
): Promise<TokenRecord | undefined> {
  const found = await findByDigest(engine, digest, key)
  if (!found) return undefined
  if (isCanary(found)) {
    noteCanary(engine, found, digest, {})
    return undefined
  }
  return change(
    engine,
    async () => (await findByDigest(engine, digest)) ?? found,
    (before) => endOfSecret(engine, before, digest),
  )
}

/** The end of a secret: the newest takes its token with it. */
export function endOfSecret(engine: ManagingEngine, before: TokenRecord, digest: string): Judged<TokenRecord> {
  return newestSecret(before)?.digest === digest
    ? revocation(engine, before, null)
    : judgement(before, secretRevoked(before, digest, newId(engine.random)), 'secret_revoked', null)
}

/**
 * Removes what ended before a moment (epoch milliseconds), in steps, and says how much.
 *
 * @throws TypeError where the store has no `sweep`.
 */
export async function sweep(engine: ManagingEngine, input: SweepInput): Promise<SweepResult> {
  const { olderThan: before } = parseInput('sweep', input)
  if (before > timeOf(engine))
    throw new PlanTokenError('invalid_input', {
      issues: [issueAt(['olderThan'], 'must not lie ahead.', 'moment_ahead')],
    })
  const { store } = engine
  if (!store.sweep) throw new TypeError('The store cannot sweep: it has no such method.')
  const removed = { tokens: 0, events: 0 }
  const forgetRest = await engine.usage?.forget(engine, before)
  for (;;) {
    const batch = await ask(
      engine,
      'store.sweep',
      async () => store.sweep?.({ before, limit: SWEEP_BATCH }),
      (answer) => shaped(answer as Swept, isSwept),
    )
    const { records, events } = batch
    removed.tokens += records
    removed.events += events
    if (records + events > 0) continue
    await forgetRest?.()
    return removed
  }
}

interface Swept {
  readonly records: number
  readonly events: number
}

function isSwept(answer: unknown): boolean {
  const { records, events } = (answer ?? {}) as Partial<Swept>
  return [records, events].every((count) => isDate(count) && count >= 0 && count <= SWEEP_BATCH)
}

/** Ends a token, if it was not revoked before, and says why where somebody was asked. */
export function revocation(
  engine: ManagingEngine,
  before: TokenRecord,
  by: Actor | null,
  reason?: string,
): Judged<TokenRecord> {
  return revocationAs(engine, before, 'revoked', by, reason)
}

/** The same, under another name in the log. */
export function revocationAs(
  engine: ManagingEngine,
  before: TokenRecord,
  type: EventType,
  by: Actor | null,
  reason?: string,
): Judged<TokenRecord> {
  const told = reason === undefined ? undefined : { reason }
  return judgement(before, revoked(before, by?.id ?? null, timeOf(engine), newId(engine.random)), type, by, told)
}
