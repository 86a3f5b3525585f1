/** `selfRenewal`: what an engine is given so that tokens may renew themselves. */
import * as z from 'zod/mini'
import type { SelfRenewals } from '../core/self-renewal.ts'
import { readOptions } from '../core/setup.ts'
import type { ManagingEngine } from '../service/engine.ts'
import { renew } from './renew.ts'
import { choose, restarted } from './term.ts'

/** What `selfRenewal` takes. */
export interface SelfRenewalOptions {
  /**
   * What becomes of a token when a secret that was replaced is used to renew it. `tell` (default): the audit log has it, and the outbox.
   * `revoke`: the token also ends, where that very secret has renewed it before, so that two have held it. Within the minute after a
   * renewal nothing ends, since processes that share a secret may be late; nor where an admin's refresh has replaced the secret.
   */
  readonly onSuperseded?: 'tell' | 'revoke'
}

const schema = z.strictObject({ onSuperseded: z.optional(z.literal(['tell', 'revoke'])) })

/**
 * Makes the option `selfRenewal` of `createPlanTokens`: tokens whose type and admin allow it may then renew themselves, by
 * `tokens.renew` or at the endpoint of `selfRenewalHandler`.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the options.
 * @example
 * const tokens = createPlanTokens({ policy, store, directory, selfRenewal: selfRenewal() })
 * await tokens.create({ ...input, selfRenewal: true })
 */
export function selfRenewal(options: SelfRenewalOptions = {}): SelfRenewals {
  const { onSuperseded = 'tell' } = readOptions<SelfRenewalOptions>('selfRenewal', schema, options)
  return Object.freeze<SelfRenewals>({
    choose,
    restarted,
    renew: (engine, asked, given) => renew(engine as ManagingEngine, asked, given, onSuperseded),
  })
}
