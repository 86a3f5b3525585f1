/**
 * `adopt`: a key from before becomes the first secret of a token, by what the host has kept of it. Nobody learns the key. Judged as
 * `create` judges (service/new-token.ts); what the host says of the key: legacy/claim.ts.
 */
import * as z from 'zod/mini'
import { PlanTokenError } from '../core/errors.ts'
import { adopted } from '../core/lifecycle.ts'
import type { Token } from '../core/token-view.ts'
import { change } from '../service/commit.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { newId } from '../service/ids.ts'
import { INPUTS, later, readBy } from '../service/input.ts'
import { repeatable } from '../service/issue.ts'
import { expiryIssues, judgeNew } from '../service/new-token.ts'
import { loadRecord } from '../service/rights.ts'
import { showOne } from '../service/show.ts'
import { refuseWeak } from '../service/step-up.ts'
import type { Claim, ReadClaim } from './claim.ts'

// A canary's secret must never have worked, which of a key that people use nobody can say. A key from before renews nothing.
const inputSchema = z.extend(
  z.omit(INPUTS.create, { lifetimeDays: true, canary: true, selfRenewal: true, renewUntil: true }),
  {
    expiresAt: later<number>(),
    scheme: later<string>(),
    digest: later<string>(),
    keyId: later<string>(),
  },
)

/** Makes a token of a key. `given` is an engine that manages. */
export async function adopt(given: object, readClaim: (claim: Claim) => ReadClaim, input: object): Promise<Token> {
  const engine = given as ManagingEngine
  const read = readBy(inputSchema, input)
  const claim = readClaim(read.fields)
  const expiresAt = read.fields.expiresAt as number
  const { actor, planId, type, choice, rules } = await judgeNew(
    engine,
    read,
    ({ lifetimeDays }) => [...(claim.issues ?? []), ...expiryIssues(engine, expiresAt, lifetimeDays)],
    (rules) => {
      // The key works already, so that nothing could wait for an approval.
      if (rules?.approvals) throw new PlanTokenError('approval_required')
    },
  )
  if (claim.issues) throw new PlanTokenError('invalid_input', { issues: claim.issues })
  const { digest, legacy } = claim
  const what = [planId, type.name, expiresAt, legacy, choice]
  const repeated = repeatable(engine, 'adopt', digest, read.fields.idempotencyKey, what)
  // It follows from the key, so that of two calls which adopt it at the same moment one wins in every store.
  const id = engine.sha256(`adopted:${digest}`).slice(0, 32)
  const record = await change(
    engine,
    () => loadRecord(engine, id),
    (before) => {
      if (!before) {
        refuseWeak(engine, actor, rules, 'create')
        const record = adopted({
          ...choice,
          ...{ id, planId, type: type.name, actor: actor.id, expiresAt, now: timeOf(engine), digest, legacy },
          eventId: newId(engine.random),
          ...(repeated && { idempotency: { ...repeated, digest } }),
        })
        return { record, type: 'adopted', actor, result: record }
      }
      const known = before.planId === planId && before.idempotency.find(({ key }) => key === repeated?.key)
      if (!known) throw new PlanTokenError('key_already_adopted')
      if (known.input !== repeated?.input) throw new PlanTokenError('idempotency_key_reused')
      refuseWeak(engine, actor, rules, 'create')
      return { result: before }
    },
  )
  // Whoever sent the key before, as in shadow mode, was told that it is unknown, and some processes may remember that.
  await engine.freshness.untilSeenEverywhere()
  return showOne(engine, record)
}
