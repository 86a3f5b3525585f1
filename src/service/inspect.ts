/** `inspect`: whether a secret works now, for introspection (RFC 7662). Of what does not work, nothing is said. */
import * as z from 'zod/mini'
import { isEligible } from '../core/decide.ts'
import { PlanTokenError } from '../core/errors.ts'
import { isActive, isActiveSecret } from '../core/lifecycle.ts'
import { read } from '../core/shape.ts'
import { isCanary, secretWithDigest } from '../core/token.ts'
import type { SecretView, Token } from '../core/token-view.ts'
import { noteCanary } from './canary.ts'
import { type Engine, timeOf } from './engine.ts'
import { findBySecret } from './find.ts'
import { standingOf } from './plan-rules.ts'
import { askPlan } from './rights.ts'
import { showOne } from './show.ts'

/** A secret to look up. */
export interface InspectInput {
  readonly secret: string
}

/** What is known of a secret. */
export interface Inspection {
  /** Whether it works now. */
  readonly active: boolean
  /** Its token, if it works. */
  readonly token?: Token
  /** Since when and until when it works, if it does. */
  readonly secret?: SecretView
  /**
   * Until when it works if nothing changes, epoch milliseconds: by the token, the secret, and the longest lifetime that the rules of the
   * plan allow.
   */
  readonly endsAt?: number
}

const inputSchema = z.strictObject({ secret: z.string() })

/** Read here and not with the input of management calls, of which what only answers requests has none. */
function secretIn(input: unknown): string {
  const { data, issues } = read<InspectInput>(inputSchema, input, 'stranger')
  if (data) return data.secret
  throw new PlanTokenError('invalid_input', { issues })
}

const INACTIVE: Inspection = Object.freeze({ active: false })

/** Whether a secret works now, and its token if so. A canary is told, and is to whoever asks as if it did not exist. */
export async function inspect(engine: Engine, input: InspectInput): Promise<Inspection> {
  const found = await findBySecret(engine, secretIn(input))
  const policy = found && engine.types.get(found.record.type)?.policy
  if (!found || !policy) return INACTIVE
  const { record, digest } = found
  if (isCanary(record)) {
    noteCanary(engine, record, digest, {})
    return INACTIVE
  }
  const plan = await askPlan(engine, record.planId)
  const now = timeOf(engine)
  const secret = secretWithDigest(record, digest)
  if (
    !secret ||
    !isActive(record, now) ||
    !isActiveSecret(record, secret, now) ||
    !isEligible(plan, record.planId, policy.tiers)
  )
    return INACTIVE
  const { outlived, endsAt } = await standingOf(engine, record, now)
  if (outlived !== undefined) return INACTIVE
  const token = await showOne(engine, record)
  return {
    active: true,
    token,
    secret: token.secrets[record.secrets.indexOf(secret)] as SecretView,
    endsAt: Math.min(token.expiresAt, secret.worksUntil ?? token.expiresAt, endsAt ?? token.expiresAt),
  }
}
