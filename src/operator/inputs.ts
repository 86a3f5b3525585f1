/** What an operator gives to each call, described once. */
import * as z from 'zod/mini'
import type { Actor } from '../core/actor.ts'
import { matching, type Schema, whole } from '../core/shape.ts'
import type { TokenStatus } from '../core/token.ts'
import { CURSORS } from '../service/cursor.ts'
import { actor, page, reason } from '../service/input.ts'

/** Tokens of all plans that fit every filter that is given. */
export interface OperatorTokensInput {
  readonly planId?: string
  readonly type?: string
  readonly status?: TokenStatus
  /** Those that were granted it, or hold it by the policy of today. */
  readonly scope?: string
  /** Epoch milliseconds: active ones that end before it. */
  readonly expiresBefore?: number
  /** Epoch milliseconds: active ones made before it of which no secret was used since. Needs a store that keeps uses. */
  readonly unusedSince?: number
  /** 1 to 500, default 50. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly after?: string
}

/** The audit logs of all plans. */
export interface OperatorEventsInput {
  readonly planId?: string
  readonly tokenId?: string
  /** Default `oldest`. */
  readonly order?: 'oldest' | 'newest'
  /** 1 to 500, default 50. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly after?: string
}

/** Who does it and why: both stand in the log, and so before the eyes of the plan's admins. */
interface Answerable {
  /** 1 to 256 characters, as the log is to name you. The directory is not asked. */
  readonly actor: string | Actor
  /** 1 to 1,000 characters on one line. */
  readonly reason: string
}

/** A plan whose tokens all end. */
export interface RevokePlanInput extends Answerable {
  readonly planId: string
}

/** A plan whose tokens all belong to another from now on. */
export interface MovePlanInput extends Answerable {
  readonly from: string
  readonly to: string
}

const ID = /^[^\p{Cc}\p{Cs}]{1,256}$/u
const id = matching(ID, 'must have 1 to 256 characters, none of them a control character.')
const moment = z.exactOptional(whole(0))

/** The fields of each call. */
export const OPERATOR_INPUTS = {
  tokens: z.strictObject({
    planId: z.exactOptional(id),
    type: z.exactOptional(id),
    status: z.exactOptional(z.literal(['active', 'pending', 'expired', 'revoked'])),
    scope: z.exactOptional(id),
    expiresBefore: moment,
    unusedSince: moment,
    ...page(ID),
  }) satisfies Schema<OperatorTokensInput>,
  events: z.strictObject({
    planId: z.exactOptional(id),
    tokenId: z.exactOptional(id),
    order: z.exactOptional(z.literal(['oldest', 'newest'])),
    ...page(CURSORS.events),
  }) satisfies Schema<OperatorEventsInput>,
  revokePlan: z.strictObject({ planId: id, actor, reason }) satisfies Schema<RevokePlanInput>,
  movePlan: z.strictObject({ from: id, to: id, actor, reason }) satisfies Schema<MovePlanInput>,
}
