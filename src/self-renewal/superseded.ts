/**
 * What is done when somebody tries to renew a token with a secret of it that was replaced: the audit log has it, once a minute a token
 * at most, and by option the token ends. What is no misuse is told apart in self-renewal/renew.ts.
 */
import { isActive, next } from '../core/lifecycle.ts'
import { isWithinMinute, newestSecret, secretWithDigest, type TokenRecord } from '../core/token.ts'
import { ask, readObjects } from '../service/ask.ts'
import { change, type Judged } from '../service/commit.ts'
import { revocation } from '../service/end.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { newId } from '../service/ids.ts'
import { loadRecord } from '../service/rights.ts'

/** What is done with the token. */
export type OnSuperseded = 'tell' | 'revoke'

/** What stands in the log for the end of a token. */
const REASON = 'A secret that had renewed the token already was used to renew it again: somebody else has it.'

/** Notes a use of a replaced secret. `isMisuse`: it has renewed the token before, so that two must have held it. */
export async function noteSuperseded(
  engine: ManagingEngine,
  { id }: TokenRecord,
  digest: string,
  onSuperseded: OnSuperseded,
  isMisuse: boolean,
): Promise<void> {
  await change(
    engine,
    () => loadRecord(engine, id),
    async (before): Promise<Judged<undefined>> => {
      if (!before || !isActive(before, timeOf(engine)) || (await isInLog(engine, id))) return { result: undefined }
      const secret = secretWithDigest(before, digest)
      const after = secret ? { issuedAt: secret.issuedAt, worksUntil: secret.worksUntil } : null
      return {
        record: next(before, { eventId: newId(engine.random) }),
        type: 'superseded_secret_used',
        actor: null,
        result: undefined,
        told: { changes: { supersededSecret: { before: null, after } } },
      }
    },
  )
  if (onSuperseded !== 'revoke' || !isMisuse) return
  const ended = await change(
    engine,
    () => loadRecord(engine, id),
    (before): Judged<boolean> => {
      if (!before || isInRace(before, timeOf(engine))) return { result: false }
      const judged = revocation(engine, before, null, REASON)
      return 'record' in judged ? { ...judged, result: true } : { result: true }
    },
  )
  if (ended) await engine.freshness.untilSeenEverywhere()
}

/** Of several processes that share a secret each may be late by a moment. That ends nothing. */
const isInRace = (record: TokenRecord, now: number): boolean =>
  isWithinMinute(newestSecret(record)?.issuedAt ?? now, now)

/** How many of a token's latest events are looked at: whoever sends the secret again and again is not alone in the log. */
const LATEST = 100

async function isInLog(engine: ManagingEngine, tokenId: string): Promise<boolean> {
  const query = { tokenId, order: 'newest', limit: LATEST } as const
  const latest = await ask(engine, 'store.events', () => engine.store.events(query), readObjects)
  const now = timeOf(engine)
  return latest.some(({ type, at }) => type === 'superseded_secret_used' && isWithinMinute(at, now))
}
