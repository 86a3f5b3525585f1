/** What `createOutbox` takes, and what is wrong with it. */
import * as z from 'zod/mini'
import type { Policy } from '../core/policy.ts'
import { readOptions } from '../core/setup.ts'
import { callable, judged, matching, whole } from '../core/shape.ts'
import type { TokenStore } from '../ports.ts'
import type { ManagingEngine } from '../service/engine.ts'
import { engineBehind, NO_ENGINE } from '../service/engines.ts'
import type { Issued, Requested } from '../service/issue.ts'
import type { PlanTokens } from '../service/plan-tokens.ts'
import type { Deliver, DeliveryFailure } from './deliver.ts'
import type { NoticeType } from './notice.ts'

/** What became of one try. */
export interface Outcome {
  readonly id: string
  readonly type: NoticeType
  readonly planId: string
  readonly tokenId: string
  /** `failed` is tried again, `dead` is not. */
  readonly outcome: 'delivered' | 'failed' | 'dead'
  /** Which try it was. */
  readonly tries: number
  /** How long it took, in milliseconds. */
  readonly durationMs: number
  /** Absent of what was delivered. */
  readonly error?: DeliveryFailure
}

/** What `createOutbox` takes. */
export interface OutboxOptions<P extends Policy = Policy> {
  /** What `createPlanTokens` gave, itself and no copy. Its store has to have `readValue` and `writeValue`. */
  readonly tokens: PlanTokens<P, Issued | Requested>
  /** Sends a notice on. */
  readonly deliver: Deliver
  /**
   * Which outbox of the store it is: 1 to 40 letters `a-z`, digits and `-`; default `notices`. Each has a place of its own in the
   * log, so that one that fails holds up no other: one for mail, one for webhooks.
   */
  readonly name?: string
  /** Where an outbox begins that has never run: default `now`, with what happens from then on; or with the first event that is kept. */
  readonly since?: 'now' | 'beginning'
  /** How often a notice is tried before it is a dead letter: 1 to 100, default 10. */
  readonly tries?: number
  /** How long it is waited after the first failure, in milliseconds, 1 to 3,600,000; four times as long after each. Default 5,000. */
  readonly firstPauseMs?: number
  /** How long it is waited at most, in milliseconds, 1 to 86,400,000. Default 21,600,000: six hours. */
  readonly longestPauseMs?: number
  /** How long one try may take, in milliseconds, 1 to 300,000; at most half of `leaseMs`. Default 20,000. */
  readonly deliverTimeoutMs?: number
  /** For how long a process is the one that sends, unless it says so again, in milliseconds, 100 to 600,000. Default 60,000. */
  readonly leaseMs?: number
  /** How often news are looked for where the store does not tell of them, in milliseconds, 10 to 600,000. Default 1,000. */
  readonly pollMs?: number
  /** How many notices are under way at once, of as many plans: 1 to 1,000, default 16. */
  readonly concurrency?: number
  /** Whether what falls due is told too (`token.expiring` and its like). Default `true`, which needs a store with `scan`. */
  readonly due?: boolean
  /** How often all tokens are looked through for it, in milliseconds, 1,000 to 86,400,000. Default 3,600,000: an hour. */
  readonly dueEveryMs?: number
  /** Called with what became of each try; never waited for, and whatever it throws changes nothing. */
  readonly onOutcome?: (outcome: Outcome) => unknown
}

/** The options that have a default. */
const DEFAULTS = {
  name: 'notices',
  since: 'now' as 'now' | 'beginning',
  tries: 10,
  firstPauseMs: 5_000,
  longestPauseMs: 21_600_000,
  deliverTimeoutMs: 20_000,
  leaseMs: 60_000,
  pollMs: 1_000,
  concurrency: 16,
  due: true,
  dueEveryMs: 3_600_000,
}

/** Options as they are used. */
export interface Settings extends Readonly<typeof DEFAULTS> {
  readonly deliver: Deliver
  readonly onOutcome?: ((outcome: Outcome) => unknown) | undefined
}

const schema = z.strictObject({
  tokens: judged((value) => (engineBehind(value) ? undefined : NO_ENGINE)),
  deliver: callable(),
  name: z.exactOptional(matching(/^[a-z0-9-]{1,40}$/, 'must have 1 to 40 letters a-z, digits and "-".')),
  since: z.exactOptional(z.literal(['now', 'beginning'])),
  tries: z.exactOptional(whole(1, 100)),
  firstPauseMs: z.exactOptional(whole(1, 3_600_000)),
  longestPauseMs: z.exactOptional(whole(1, 86_400_000)),
  deliverTimeoutMs: z.exactOptional(whole(1, 300_000)),
  leaseMs: z.exactOptional(whole(100, 600_000)),
  pollMs: z.exactOptional(whole(10, 600_000)),
  concurrency: z.exactOptional(whole(1, 1_000)),
  due: z.exactOptional(z.boolean()),
  dueEveryMs: z.exactOptional(whole(1_000, 86_400_000)),
  onOutcome: z.exactOptional(callable()),
})

/** @throws SetupError with every mistake. */
export function readOutboxOptions<P extends Policy>(
  options: OutboxOptions<P>,
): { readonly engine: ManagingEngine; readonly settings: Settings } {
  const given = readOptions<OutboxOptions>('createOutbox', schema, options, {}, (some, tell) => {
    const store: Partial<TokenStore> | undefined = engineBehind(some.tokens)?.store
    const { due = DEFAULTS.due, deliverTimeoutMs = DEFAULTS.deliverTimeoutMs, leaseMs = DEFAULTS.leaseMs } = some
    if (store && (typeof store.readValue !== 'function' || typeof store.writeValue !== 'function'))
      tell(['tokens'], 'has a store without readValue() and writeValue(), where an outbox keeps its place.')
    if (store && due === true && typeof store.scan !== 'function')
      tell(['due'], 'must be false, since the store has no scan(): what falls due cannot be found.')
    if (Number(deliverTimeoutMs) * 2 > Number(leaseMs))
      tell(
        ['deliverTimeoutMs'],
        'must be at most half of leaseMs, so that a try ends while this process is the one that sends.',
      )
  })
  const { tokens, ...rest } = given
  return { engine: engineBehind(tokens) as ManagingEngine, settings: { ...DEFAULTS, ...rest } }
}
