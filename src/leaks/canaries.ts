/**
 * `canaryTokens`: who is told that a canary token was used. A hook hears it at once, and the audit log has it once a minute a token
 * at most, so that whoever found one cannot fill the log. That nothing is let through with it: core/decide.ts.
 */
import * as z from 'zod/mini'
import type { Canaries, CanaryPlace } from '../core/canary.ts'
import { next } from '../core/lifecycle.ts'
import { readOptions } from '../core/setup.ts'
import { callable } from '../core/shape.ts'
import { isWithinMinute } from '../core/token.ts'
import { ask, readObjects } from '../service/ask.ts'
import { change, type Judged } from '../service/commit.ts'
import { type Engine, timeOf } from '../service/engine.ts'
import { newId } from '../service/ids.ts'
import { platformRandom } from '../service/platform.ts'
import { loadRecord } from '../service/rights.ts'
import { tell } from '../service/tell.ts'

/** A canary token that was used: somebody has found its secret where it lay. Holds nothing of the request that could be secret. */
export interface CanaryUse extends CanaryPlace {
  readonly tokenId: string
  readonly planId: string
  /** The type of the token. */
  readonly type: string
  /** What the plan's admins called it, which says where it lies. */
  readonly name: string
  /** Epoch milliseconds. */
  readonly at: number
}

/** What `canaryTokens` takes. */
export interface CanaryOptions {
  /**
   * Told of a use at once, and of further ones of the same token once a minute in each process; `onDecision` hears every one. Not
   * waited for; what it throws is told to the engine's `onError` as `canaries.onUse`. Default: only the audit log has it.
   */
  readonly onUse?: (use: CanaryUse) => unknown
}

const schema = z.strictObject({ onUse: z.optional(callable()) })
/** How many canaries are remembered as told; the oldest goes first, and is told again sooner. */
const MOST_TOLD = 1_000

/**
 * Makes canary tokens possible, for the option `canaries` of `createPlanTokens` and of every `createAuthorizer` beside it.
 * `tokens.create({ …, canary: true })` then makes one: no request is let through with it, whoever sends it is answered as if it did
 * not exist, and its use is told.
 *
 * @throws SetupError, which is a TypeError, with every mistake.
 * @example
 * const canaries = canaryTokens({ onUse: ({ tokenId, route }) => page(`The canary ${tokenId} was used: ${route}`) })
 * const tokens = createPlanTokens({ policy, store, directory, canaries })
 */
export function canaryTokens(options: CanaryOptions = {}): Canaries {
  const { onUse } = readOptions<CanaryOptions>('canaryTokens', schema, options)
  const told = new Map<string, number>()
  const writing = new Set<Promise<unknown>>()
  const isToldAlready = (id: string, now: number): boolean => {
    const last = told.get(id)
    if (last !== undefined && isWithinMinute(last, now)) return true
    told.delete(id)
    told.set(id, now)
    if (told.size > MOST_TOLD) told.delete(told.keys().next().value as string)
    return false
  }
  return Object.freeze<Canaries>({
    used(given, record, at, place) {
      const engine = given as Engine
      const { id: tokenId, planId, type, name } = record
      if (isToldAlready(tokenId, at)) return
      const use = Object.freeze({ tokenId, planId, type, name, at, ...place })
      const failed = (error: unknown): void => engine.report.failed(error, 'canaries.onUse')
      // Behind the answer to the request, which a hook that takes its time would hold up. What fails in the store, the engine tells.
      const written: Promise<unknown> = Promise.resolve()
        .then(() => {
          tell(onUse, use, failed)
          return write(engine, tokenId, place)
        })
        .catch(() => told.delete(tokenId))
        .finally(() => writing.delete(written))
      writing.add(written)
    },
    async close() {
      await Promise.all(writing)
    },
  })
}

/** Writes the use into the log, unless any process has done so within the last minute. */
async function write(engine: Engine, tokenId: string, place: CanaryPlace): Promise<void> {
  await change(
    engine,
    () => loadRecord(engine, tokenId),
    async (before): Promise<Judged<undefined>> => {
      if (!before || before.revokedAt !== null || (await isInLog(engine, tokenId))) return { result: undefined }
      return {
        record: next(before, { eventId: newId(platformRandom) }),
        type: 'canary_used',
        actor: null,
        result: undefined,
        told: { changes: { use: { before: null, after: { ...place } } } },
      }
    },
  )
}

async function isInLog(engine: Engine, tokenId: string): Promise<boolean> {
  const query = { tokenId, order: 'newest', limit: 1 } as const
  const [last] = await ask(engine, 'store.events', () => engine.store.events(query), readObjects)
  return last?.type === 'canary_used' && isWithinMinute(last.at, timeOf(engine))
}
