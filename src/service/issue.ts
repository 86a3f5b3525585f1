/** What the calls have in common that issue a secret: create, refresh, collect and renew, each with an idempotency key for an answer that was lost on the way. */
import type { Actor } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import { KEPT, reissued } from '../core/lifecycle.ts'
import { newSecret, type Secret } from '../core/new-secret.ts'
import { type IdempotencyRecord, newestSecret, type TokenRecord } from '../core/token.ts'
import type { Token } from '../core/token-view.ts'
import type { Judged } from './commit.ts'
import { type ManagingEngine, timeOf } from './engine.ts'
import { newId } from './ids.ts'
import { entryOf, refuseInactive } from './rights.ts'

/** What was written, and the secret of it. */
export interface Written {
  readonly record: TokenRecord
  readonly secret: Secret
  /** Whether another secret ended by it. */
  readonly replaced: boolean
}

/** A token and the only readable copy of its new secret. */
export interface Issued {
  readonly token: Token
  readonly secret: Secret
}

/** A token that another admin has to approve; whoever asked for it collects its secret then. */
export interface Requested {
  readonly token: Token
  readonly secret: undefined
}

/** What a call with an idempotency key leaves in its record. Parts are JSON-encoded first, so `('a', 'bc')` and `('ab', 'c')` hash differently. */
export function repeatable(
  { sha256 }: ManagingEngine,
  call: IdempotencyRecord['call'],
  subject: string,
  key: string | undefined,
  input: readonly unknown[],
): Omit<IdempotencyRecord, 'digest'> | undefined {
  const hashOf = (...parts: readonly unknown[]): string => sha256(JSON.stringify(parts))
  return key === undefined ? undefined : { call, key: hashOf(call, subject, key), input: hashOf(...input) }
}

/** The same call again: the same token, and a fresh secret in place of the one that nobody received. */
export async function reissue(
  engine: ManagingEngine,
  before: TokenRecord,
  repeated: Omit<IdempotencyRecord, 'digest'>,
  actor: Actor,
): Promise<Judged<Written>> {
  const lost = before.idempotency.find((entry) => entry.key === repeated.key)
  if (lost?.input !== repeated.input) throw new PlanTokenError('idempotency_key_reused')
  const now = timeOf(engine)
  refuseInactive(before, now)
  if (
    before.secrets.length >= KEPT ||
    newestSecret(before)?.digest !== lost.digest ||
    (await engine.uses.of([before.id]))?.has(lost.digest)
  )
    throw new PlanTokenError('idempotency_key_spent')
  const { secret, digest } = fresh(engine, entryOf(engine, before).type.prefix)
  const record = reissued(before, lost, { now, digest, eventId: newId(engine.random) })
  return { record, type: 'refreshed', actor, result: { record, secret, replaced: true } }
}

/** A new secret, and its digest. */
export function fresh(
  { random, sha256 }: ManagingEngine,
  prefix: string,
): { readonly secret: Secret; readonly digest: string } {
  const secret = newSecret(prefix, random)
  return { secret, digest: sha256(secret.reveal()) }
}
