/**
 * Where an outbox stands, as it is kept in the store: how far it has walked, what of which plan is still to be sent, and who may go
 * on. As text of JSON in one value, so that whoever writes it has seen what stood before. Who writes it: outbox/lease.ts.
 */
import * as z from 'zod/mini'
import { StoreError } from '../core/errors.ts'
import { read, type Schema, whole } from '../core/shape.ts'

/** A plan with something that was not sent when the state was written. */
export interface PlanState {
  readonly planId: string
  /** Everything of the plan up to this `seq` is done. */
  readonly after: number
  /** How often the next notice was tried. */
  readonly tries: number
  /** Epoch milliseconds: not before then. */
  readonly retryAt: number
  /** What fell due since then is not sent yet. */
  readonly dueAfter?: number
}

/** How far the tokens were looked through for what fell due. */
export interface DueState {
  /** Up to this moment it is done. */
  readonly after: number
  /** While tokens are looked through: up to which moment. */
  readonly until?: number
  /** While tokens are looked through: the id of the last. */
  readonly id?: string
}

/** Who sends. */
export interface LeaseState {
  readonly by: string
  /** Epoch milliseconds, by the clock of whoever has it. */
  readonly until: number
  /** For how long it is taken each time, in milliseconds. */
  readonly ms: number
}

/** Where an outbox stands. */
export interface State {
  readonly v: 1
  /** All events up to this `seq` were sent, or stand in `plans`. */
  readonly cursor: number
  readonly plans: readonly PlanState[]
  readonly due: DueState
  /** How many dead letters there have been. */
  readonly dead: number
  readonly lease?: LeaseState
}

const count = whole(0)
const schema = z.strictObject({
  v: z.literal(1),
  cursor: count,
  plans: z.array(
    z.strictObject({
      ...{ planId: z.string(), after: count, tries: count, retryAt: count },
      dueAfter: z.exactOptional(count),
    }),
  ),
  due: z.strictObject({ after: count, until: z.exactOptional(count), id: z.exactOptional(z.string()) }),
  dead: count,
  lease: z.exactOptional(z.strictObject({ by: z.string(), until: count, ms: count })),
}) satisfies Schema<State>

/** @throws StoreError `row_unreadable` for what no outbox has written. */
export function readState(name: string, text: string): State {
  const { data, issues } = read<State>(schema, parse(text))
  if (data) return data
  throw new StoreError(
    'row_unreadable',
    `The value "${name}" cannot be read: ${issues.map(({ path, message }) => `${path || 'it'} ${message}`).join(' ')} Mend it; or remove it, and the outbox begins at the newest event.`,
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
