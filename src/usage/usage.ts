/** `usage`: what gathers how tokens are used, and answers for it. How it gathers: usage/gatherer.ts. */
import * as z from 'zod/mini'
import { readOptions } from '../core/setup.ts'
import { whole } from '../core/shape.ts'
import type { UsageGathering } from '../core/usage.ts'
import type { Engine, ManagingEngine } from '../service/engine.ts'
import { advise } from './advice.ts'
import { forget } from './forget.ts'
import { createMemory } from './gatherer.ts'
import { planUsageOf, usageOf } from './shown.ts'
import { unusedOf } from './unused.ts'

/** What `usage` takes. */
export interface UsageOptions {
  /**
   * How often what was noted is written, in seconds, 60 to 3,600. Default 60. A process that is killed loses what it has noted since;
   * `close()` writes it.
   */
  readonly writeEverySeconds?: number
  /**
   * How many whole days may pass on which no process gathers, 0 to 90, until it is taken that others have judged meanwhile and that
   * nothing from before is known. Default 0. For a service that sleeps on some days and never judges without this option.
   */
  readonly quietDays?: number
}

const schema = z.strictObject({
  writeEverySeconds: z.optional(whole(60, 3_600)),
  quietDays: z.optional(whole(0, 90)),
})

/**
 * Gathers how tokens are used, for the option `usage` of `createPlanTokens` and of every `createAuthorizer` beside it: each process
 * that judges has to have it. `tokens.usage`, `advice`, `planUsage` and `unused` then answer.
 *
 * @throws SetupError, which is a TypeError, with every mistake.
 * @example
 * const tokens = createPlanTokens({ policy, store, directory, usage: usage() })
 * const { edit, proof } = await tokens.advice({ actor: 'admin-1', id, window: 90 })
 */
export function usage(options: UsageOptions = {}): UsageGathering {
  const { writeEverySeconds = 60, quietDays = 0 } = readOptions<UsageOptions>('usage', schema, options)
  return Object.freeze<UsageGathering>({
    begin(engine) {
      const memory = createMemory(engine as Engine, { writeEveryMs: writeEverySeconds * 1_000, quietDays })
      return {
        note: memory.note,
        close: memory.close,
        usage: (managing, input) => usageOf(managing as ManagingEngine, memory, input),
        advice: (managing, input) => advise(managing as ManagingEngine, memory, input),
        planUsage: (managing, input) => planUsageOf(managing as ManagingEngine, memory, input),
        unused: (managing, input) => unusedOf(managing as ManagingEngine, input),
        forget: (managing, before) => forget(managing as ManagingEngine, before),
      }
    },
  })
}
