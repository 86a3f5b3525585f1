/** The plain world (support/world.ts) in which tokens of Figma's type may renew themselves, after half of their life. */
import type { Policy, Renewal } from 'plan-access-tokens'
import { type SelfRenewalOptions, selfRenewal } from 'plan-access-tokens/self-renewal'
import { newWorld, type Wish, type World, type WorldOptions } from '../support/world.ts'
import { RENEWING } from './policy.ts'

export interface RenewingWorld extends World<Policy> {
  /** A wish of a token, by a secret and a key. */
  renew(secret: string, key?: string, address?: string): Promise<Renewal>
  /** The code of what came of it, or `renewed`. */
  tried(secret: string, key?: string, address?: string): Promise<string>
  /** A renewal that must succeed: the new secret as text. */
  renewed(secret: string, key?: string): Promise<string>
  /** Makes a token that may renew itself. */
  makeRenewing(wish?: Wish<Policy>): Promise<{ readonly id: string; readonly secret: string }>
}

export function renewingWorld(options: WorldOptions<Policy> & SelfRenewalOptions = {}): RenewingWorld {
  const { onSuperseded, ...rest } = options
  const world = newWorld<Policy>({
    policy: RENEWING,
    selfRenewal: selfRenewal(onSuperseded === undefined ? {} : { onSuperseded }),
    ...rest,
  })
  const renew: RenewingWorld['renew'] = (secret, key, address) =>
    world.tokens.renew({ secret }, { idempotencyKey: key, address })
  const codeFor = (renewal: Renewal): string => (renewal.renewed ? 'renewed' : renewal.code)
  return {
    ...world,
    renew,
    tried: async (secret, key = 'key-of-a-test', address) => codeFor(await renew(secret, key, address)),
    async renewed(secret, key = `key-${secret.slice(-8)}`) {
      const renewal = await renew(secret, key)
      if (!renewal.renewed) throw new Error(`Refused: ${renewal.code}`)
      return renewal.secret.reveal()
    },
    makeRenewing: (wish) => world.make({ selfRenewal: true, ...wish }),
  }
}
